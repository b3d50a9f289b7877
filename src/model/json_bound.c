#include "model/json_bound.h"

bool lc_json_is_small(const char *text, size_t n, size_t depth, size_t values)
{
    size_t level = 0, count = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (quoted) {
            if (c == '\\') i++;
            else if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            count++;
            if (++level > depth) return false;
        } else if ((c == '}' || c == ']') && level) {
            level--;
        } else if (c == ',') {
            count++;
        }
        if (count > values) return false;
    }
    return true;
}

/* Our reader of JSON and Jansson's must take the same texts for the same values. */
#include <string.h>

#include "base/json.h"
#include "fuzz/fuzz.h"

/* Whole numbers of 19 digits: Jansson takes one more. */
static bool is_edge(const char *text, size_t n)
{
    static const char least[] = "-9223372036854775808";
    for (size_t i = 0; i + sizeof least - 1 <= n; i++)
        if (memcmp(text + i, least, sizeof least - 1) == 0) return true;
    return false;
}

static size_t depth_of(const char *text, size_t n)
{
    size_t brackets = 0;
    for (size_t i = 0; i < n; i++) brackets += text[i] == '[' || text[i] == '{';
    return brackets;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    lc_json_fault fault = {0};
    json_t *ours = NULL;
    const lc_code code = lc_json_read(&ours, text, size, &fault);
    FUZZ_MUST((code == LC_OK) == (ours != NULL) && (code == LC_OK || (fault.text && fault.line && fault.column)));
    /* Jansson passes over NULs, and nests deeper. */
    if (!memchr(text, '\0', size) && !is_edge(text, size) && depth_of(text, size) <= 64) {
        json_t *theirs = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
        FUZZ_MUST((ours != NULL) == (theirs != NULL));
        FUZZ_MUST(!ours || json_equal(ours, theirs));
        json_decref(theirs);
    }
    json_decref(ours);
    return 0;
}

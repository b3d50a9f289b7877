#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* The recursion is bounded by it. */
enum { MOST_DEPTH = 64 };

typedef struct reader {
    const char *text;
    size_t n, at;
    size_t depth;
    lc_buf word; /* the last string */
    size_t place;
    const char *wrong; /* NULL beside a failure: out of memory */
} reader;

/* ---- words ---- */

static bool fail(reader *r, size_t place, const char *wrong)
{
    if (!r->wrong) {
        r->wrong = wrong;
        r->place = place;
    }
    return false;
}

static json_t *no_value(reader *r, size_t place, const char *wrong)
{
    fail(r, place, wrong);
    return NULL;
}

/* The next byte behind blanks, '\0' at the end; a NUL within the text is no JSON, either. */
static char peek(reader *r)
{
    while (r->at < r->n && memchr(" \t\r\n", r->text[r->at], 4)) r->at++;
    return r->at < r->n ? r->text[r->at] : '\0';
}

static bool skip(reader *r, char c)
{
    if (peek(r) != c) return false;
    r->at++;
    return true;
}

static const char *expected(const reader *r, const char *wrong)
{
    return r->at < r->n ? wrong : "the text ends too early";
}

/* Four hexadecimal digits behind \u; false: they are none. */
static bool read_unit(reader *r, unsigned *unit)
{
    *unit = 0;
    if (r->n - r->at < 4) return false;
    for (size_t i = 0; i < 4; i++) {
        const char c = r->text[r->at + i];
        const bool digit = c >= '0' && c <= '9', low = c >= 'a' && c <= 'f', high = c >= 'A' && c <= 'F';
        if (!digit && !low && !high) return false;
        *unit = *unit << 4 | (unsigned)(digit ? c - '0' : (low ? c - 'a' : c - 'A') + 10);
    }
    r->at += 4;
    return true;
}

static void put_character(lc_buf *b, unsigned c)
{
    const char two[] = {(char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f))},
               three[] = {(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f))},
               four[] = {(char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 0x3f)), (char)(0x80 | (c >> 6 & 0x3f)),
                         (char)(0x80 | (c & 0x3f))},
               one[] = {(char)c};
    if (c < 0x80) lc_buf_append(b, one, sizeof one);
    else if (c < 0x800) lc_buf_append(b, two, sizeof two);
    else if (c < 0x10000) lc_buf_append(b, three, sizeof three);
    else lc_buf_append(b, four, sizeof four);
}

/* What stands behind a backslash. */
static bool read_escape(reader *r)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const size_t place = r->at - 1;
    const char c = r->at < r->n ? r->text[r->at++] : '\0', *known = c ? strchr(names, c) : NULL;
    unsigned unit, second;
    if (known) {
        lc_buf_append(&r->word, &meant[known - names], 1);
        return true;
    }
    if (c != 'u' || !read_unit(r, &unit)) return fail(r, place, "is no escape");
    if (unit == 0) return fail(r, place, "a NUL is not allowed");
    if (unit >= 0xd800 && unit < 0xdc00) {
        const bool pair = r->n - r->at >= 2 && r->text[r->at] == '\\' && r->text[r->at + 1] == 'u';
        if (pair) r->at += 2;
        if (!pair || !read_unit(r, &second) || second < 0xdc00 || second > 0xdfff)
            return fail(r, place, "half of a surrogate pair");
        unit = 0x10000 + ((unit & 0x3ff) << 10) + (second & 0x3ff);
    } else if (unit >= 0xdc00 && unit < 0xe000) {
        return fail(r, place, "half of a surrogate pair");
    }
    put_character(&r->word, unit);
    return true;
}

/* A string from its quote on goes to r->word. */
static bool read_word(reader *r)
{
    const size_t place = r->at++;
    r->word.len = 0;
    lc_buf_puts(&r->word, "");
    for (;;) {
        const size_t from = r->at;
        while (r->at < r->n && r->text[r->at] != '"' && r->text[r->at] != '\\' && (unsigned char)r->text[r->at] >= 0x20)
            r->at++;
        lc_buf_append(&r->word, r->text + from, r->at - from);
        if (r->at == r->n) return fail(r, place, "the text ends within a string");
        if ((unsigned char)r->text[r->at] < 0x20) return fail(r, r->at, "a control character within a string");
        if (r->text[r->at++] == '"') break;
        if (!read_escape(r)) return false;
    }
    if (r->word.failed) return false;
    return lc_is_utf8(r->word.data) || fail(r, place, "is no UTF-8");
}

/* ---- values ---- */

static size_t digits(const reader *r, size_t at)
{
    size_t n = 0;
    while (at + n < r->n && r->text[at + n] >= '0' && r->text[at + n] <= '9') n++;
    return n;
}

static json_t *read_number(reader *r)
{
    const size_t begin = r->at;
    size_t at = begin + (r->text[begin] == '-'), whole = digits(r, at);
    bool real = false;
    long long count;
    double x;
    if (!whole || (whole > 1 && r->text[at] == '0')) return no_value(r, begin, "is no number");
    at += whole;
    if (at < r->n && r->text[at] == '.') {
        const size_t part = digits(r, at + 1);
        if (!part) return no_value(r, begin, "is no number");
        at += 1 + part;
        real = true;
    }
    if (at < r->n && (r->text[at] == 'e' || r->text[at] == 'E')) {
        const size_t sign = at + 1 < r->n && (r->text[at + 1] == '-' || r->text[at + 1] == '+'),
                     exponent = digits(r, at + 1 + sign);
        if (!exponent) return no_value(r, begin, "is no number");
        at += 1 + sign + exponent;
        real = true;
    }
    r->at = at;
    const char *text = r->text + begin;
    if (!real) return lc_parse_int(text, at - begin, &count) ? json_integer(count) : no_value(r, begin, "is too large");
    return lc_parse_double(text, at - begin, &x) ? json_real(x) : no_value(r, begin, "is too large");
}

static json_t *read_value(reader *r);

/* The member behind `{` or a comma: false where it could not be read or taken. */
static bool read_member(reader *r, json_t *object)
{
    if (peek(r) != '"') return fail(r, r->at, expected(r, "a name in quotes was expected"));
    const size_t place = r->at;
    if (!read_word(r)) return false;
    if (json_object_get(object, r->word.data)) return fail(r, place, "duplicate object key");
    char *key = lc_strdup(r->word.data);
    bool taken = false;
    if (key && !skip(r, ':')) fail(r, r->at, expected(r, "':' was expected"));
    else if (key) taken = json_object_set_new_nocheck(object, key, read_value(r)) == 0;
    free(key);
    return taken;
}

/* An object or array from its bracket on. */
static json_t *read_list(reader *r, char close)
{
    json_t *list = close == '}' ? json_object() : json_array();
    const size_t place = r->at++;
    bool good = list != NULL, more = good && peek(r) != close;
    if (++r->depth > MOST_DEPTH) good = fail(r, place, "nests too deeply");
    while (good && more) {
        good = close == '}' ? read_member(r, list) : json_array_append_new(list, read_value(r)) == 0;
        more = good && skip(r, ',');
    }
    if (good && !skip(r, close))
        good = fail(r, r->at, expected(r, close == '}' ? "'}' or ',' was expected" : "']' or ',' was expected"));
    r->depth--;
    if (good) return list;
    json_decref(list);
    return NULL;
}

static bool skip_name(reader *r, const char *name)
{
    const size_t n = strlen(name);
    if (r->n - r->at < n || memcmp(r->text + r->at, name, n) != 0) return false;
    r->at += n;
    return true;
}

static json_t *read_value(reader *r)
{
    const char c = peek(r);
    if (c == '{') return read_list(r, '}');
    if (c == '[') return read_list(r, ']');
    if (c == '"') return read_word(r) ? json_string_nocheck(r->word.data) : NULL;
    if (c == '-' || (c >= '0' && c <= '9')) return read_number(r);
    if (skip_name(r, "true")) return json_true();
    if (skip_name(r, "false")) return json_false();
    if (skip_name(r, "null")) return json_null();
    return no_value(r, r->at, expected(r, "a value was expected"));
}

/* Line and column of a place. */
static void locate(lc_json_fault *fault, const reader *r)
{
    *fault = (lc_json_fault){1, 1, r->wrong};
    for (size_t i = 0; i < r->place; i++) {
        fault->column++;
        if (r->text[i] != '\n') continue;
        fault->line++;
        fault->column = 1;
    }
}

lc_code lc_json_read(json_t **out, const char *text, size_t n, lc_json_fault *fault)
{
    reader r = {.text = text, .n = n};
    const char first = peek(&r);
    *out = first == '{' || first == '[' ? read_value(&r) : no_value(&r, r.at, expected(&r, "'[' or '{' was expected"));
    peek(&r);
    if (*out && r.at < n) {
        json_decref(*out);
        *out = no_value(&r, r.at, "more follows the end");
    }
    lc_buf_free(&r.word);
    if (*out) return LC_OK;
    if (!r.wrong) return LC_E_MEMORY;
    locate(fault, &r);
    return LC_E_PARSE;
}

char *lc_json_text(const json_t *value, size_t flags)
{
    const size_t n = value ? json_dumpb(value, NULL, 0, flags) : 0;
    char *text = n ? malloc(n + 1) : NULL;
    if (!text) return NULL;
    if (json_dumpb(value, text, n, flags) != n) {
        free(text);
        return NULL;
    }
    text[n] = '\0';
    return text;
}

#define _GNU_SOURCE
#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool lc_parse_double(const char *s, size_t n, double *out)
{
    const char *end = s + n;
    while (s < end && (*s == ' ' || *s == '\t')) s++;
    while (s < end && (end[-1] == ' ' || end[-1] == '\t')) end--;
    bool negative = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+')) s++;
    lc_decimal d;
    if (!lc_decimal_read(&d, s, end) || d.end != end) return false;
    double x = lc_decimal_value(&d, s);
    if (!isfinite(x)) return false;
    *out = negative ? -x : x;
    return true;
}

bool lc_parse_int(const char *s, size_t n, long long *out)
{
    size_t i = 0;
    bool negative = false;
    if (n && (s[0] == '-' || s[0] == '+')) negative = s[i++] == '-';
    if (i >= n) return false;
    unsigned long long v = 0;
    for (; i < n; i++) {
        if (!is_digit(s[i])) return false;
        unsigned digit = (unsigned)(s[i] - '0');
        if (v > (9223372036854775807ULL - digit) / 10) return false;
        v = v * 10 + digit;
    }
    *out = negative ? -(long long)v : (long long)v;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool lc_equal_nocase(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) a++, b++;
    return lower(*a) == lower(*b);
}

enum { FAR = 10 }; /* stands for every distance from here on */

size_t lc_edit_distance(const char *a, const char *b)
{
    enum { MOST = 64 };
    size_t n = strlen(a), m = strlen(b);
    if (n >= MOST || m >= MOST) return FAR;
    size_t row[MOST];
    for (size_t j = 0; j <= m; j++) row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[m] > FAR ? FAR : row[m];
}

size_t lc_nearest(const char *word, const char *(*name_at)(void *list, size_t i), void *list)
{
    const size_t n = strlen(word);
    size_t best = SIZE_MAX, least = n / 3 + 2 < n ? n / 3 + 2 : n;
    if (least > FAR) least = FAR;
    const char *name;
    for (size_t i = 0; (name = name_at(list, i)); i++) {
        const size_t distance = lc_edit_distance(word, name);
        if (distance >= least) continue;
        least = distance;
        best = i;
    }
    return best;
}

/* Bytes of the UTF-8 character at s, or 0 where it is not well-formed. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80) return 1;
    size_t len = s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
    if (s[0] >= 0xf5 || len == 0 || len > n) return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    return len;
}

const char *lc_printable(char *out, size_t room, const char *s, size_t n)
{
    size_t k = 0, i = 0;
    while (i < n) {
        size_t len = utf8_length((const unsigned char *)s + i, n - i);
        size_t width = len ? len : 1;
        if (k + width + 4 > room && k + (n - i) + 1 > room) {
            memcpy(out + k, "...", 4);
            return out;
        }
        if (k + width + 1 > room) break;
        unsigned char c = (unsigned char)s[i];
        if (len == 0 || c < 0x20 || c == 0x7f || (len == 2 && c == 0xc2 && (unsigned char)s[i + 1] < 0xa0)) {
            out[k++] = '?';
        } else {
            memcpy(out + k, s + i, width);
            k += width;
        }
        i += width;
    }
    out[k] = '\0';
    return out;
}

/* Bytes of the well-formed UTF-8 character at s: no overlong form, no surrogate, none beyond U+10FFFF; 0: none. */
static size_t strict_length(const unsigned char *s, size_t n)
{
    size_t len = utf8_length(s, n);
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)) return 0;
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f)) return 0;
    return len;
}

bool lc_is_utf8(const char *s)
{
    const unsigned char *b = (const unsigned char *)s;
    while (*b && *b < 0x80) b++;
    if (!*b) return true;
    size_t n = strlen((const char *)b), i = 0, len = 1;
    while (i < n && (len = strict_length(b + i, n - i)) > 0) i += len;
    return i >= n;
}

/* What Windows-1252 has where Latin-1 has control characters; 0: nothing either. */
static const uint16_t windows_1252[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                          0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                          0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                          0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

char *lc_utf8(const char *s)
{
    size_t n = strlen(s), k = 0, need;
    if (lc_is_utf8(s)) return lc_strdup(s);
    char *out = lc_mul(n, 3, &need) && lc_add(need, 1, &need) ? malloc(need) : NULL;
    if (!out) return NULL;
    for (size_t i = 0; i < n; i++) {
        unsigned c = (unsigned char)s[i];
        if (c >= 0x80 && c < 0xa0 && windows_1252[c - 0x80]) c = windows_1252[c - 0x80];
        if (c < 0x80) {
            out[k++] = (char)c;
            continue;
        }
        if (c < 0x800) {
            out[k++] = (char)(0xc0 | c >> 6);
        } else {
            out[k++] = (char)(0xe0 | c >> 12);
            out[k++] = (char)(0x80 | (c >> 6 & 0x3f));
        }
        out[k++] = (char)(0x80 | (c & 0x3f));
    }
    out[k] = '\0';
    return out;
}

size_t lc_put_thousands(char *out, const char *digits, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) out[at++] = ',';
        out[at++] = digits[i];
    }
    return at;
}

const char *lc_count_text(char out[32], size_t n)
{
    char digits[24];
    out[lc_put_thousands(out, digits, (size_t)snprintf(digits, sizeof digits, "%zu", n))] = '\0';
    return out;
}

const char *lc_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

bool lc_split_names(const char *list, char ***names, size_t *count)
{
    *names = NULL;
    *count = 0;
    if (!list || !*list) return true;
    size_t cap = 0;
    for (const char *p = list;;) {
        const char *end = strchr(p, ',');
        size_t n = end ? (size_t)(end - p) : strlen(p);
        if (!LC_GROW(names, &cap, *count + 1)) goto fail;
        char *name = lc_strndup(p, n);
        if (!name) goto fail;
        (*names)[(*count)++] = name;
        if (!end) return true;
        p = end + 1;
    }
fail:
    lc_free_names(*names, *count);
    *names = NULL;
    *count = 0;
    return false;
}

void lc_free_names(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++) free(names[i]);
    free(names);
}

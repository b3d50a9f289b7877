#include "anomaly/monitor_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* ---- the clock as numbers ---- */

void lc_clock_to_numbers(const lc_clock_column *c, json_int_t n[LC_CLOCK_NUMBERS])
{
    const lc_clock *k = &c->clock;
    const json_int_t from[LC_CLOCK_NUMBERS] = {
        k->style,          k->mark,           k->has_time, k->has_seconds, k->separator, k->fraction_digits,
        k->zone,           k->offset_minutes, k->padded,   k->padded_hour, k->ampm,      k->ampm_space,
        c->offset_minutes, c->offset_varies};
    memcpy(n, from, sizeof from);
}

bool lc_numbers_to_clock(const json_int_t n[LC_CLOCK_NUMBERS], lc_clock_column *c)
{
    static const json_int_t most[LC_CLOCK_NUMBERS] = {
        LC_CLOCK_PATTERN, 127, 1, 1, 127, 6, 4, 1440, 1, 1, 127, 1, 1440, 1};
    for (size_t i = 0; i < LC_CLOCK_NUMBERS; i++)
        if (n[i] > most[i] || n[i] < (most[i] == 1440 ? -1440 : 0)) return false;
    *c = (lc_clock_column){.clock = {.style = (lc_clock_style)n[0],
                                     .mark = (char)n[1],
                                     .has_time = n[2],
                                     .has_seconds = n[3],
                                     .separator = (char)n[4],
                                     .fraction_digits = (int)n[5],
                                     .zone = (int)n[6],
                                     .offset_minutes = (int)n[7],
                                     .padded = n[8],
                                     .padded_hour = n[9],
                                     .ampm = (char)n[10],
                                     .ampm_space = n[11]},
                           .offset_minutes = (int)n[12],
                           .offset_varies = n[13]};
    return true;
}

/* ---- ids ---- */

json_t *lc_id_to_json(const char *id)
{
    lc_buf text = {0};
    const bool sound = lc_is_utf8(id);
    lc_buf_puts(&text, sound ? "u" : "b");
    if (sound) lc_buf_puts(&text, id);
    for (const unsigned char *p = (const unsigned char *)id; !sound && *p; p++) {
        const char two[2] = {(char)(0xc0 | *p >> 6), (char)(0x80 | (*p & 0x3f))};
        if (*p < 0x80) lc_buf_append(&text, p, 1);
        else lc_buf_append(&text, two, 2);
    }
    json_t *json = text.failed ? NULL : json_string(text.data);
    lc_buf_free(&text);
    return json;
}

bool lc_is_id(const char *text)
{
    return text && (*text == 'u' || *text == 'b');
}

char *lc_id_of(const char *text)
{
    char *id = lc_strdup(text + 1);
    if (!id || *text == 'u') return id;
    size_t n = 0;
    for (const unsigned char *p = (const unsigned char *)text + 1; *p; p++) {
        const bool two = (*p & 0xfc) == 0xc0 && p[1];
        id[n++] = (char)(two ? (*p & 3) << 6 | (p[1] & 0x3f) : *p);
        p += two;
    }
    id[n] = '\0';
    return id;
}

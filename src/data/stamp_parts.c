#include "data/stamp_parts.h"

#include <string.h>

#include "data/stamp_text.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 1 to 24 become 00 to 23; any other text stays, to be refused as what it is: an hour 0 is none here. */
static lc_stamp_part hour_before(lc_stamp_part it, char room[3])
{
    int value = 0;
    for (size_t i = 0; i < it.n && i < 3; i++) value = is_digit(it.text[i]) ? value * 10 + (it.text[i] - '0') : 100;
    if (it.n > 2 || value > 24) return it;
    if (value < 1) return (lc_stamp_part){"-", 1};
    room[0] = (char)('0' + (value - 1) / 10);
    room[1] = (char)('0' + (value - 1) % 10);
    room[2] = '\0';
    return (lc_stamp_part){room, 2};
}

size_t lc_stamp_parts_join(const lc_stamp_parts *p, const lc_stamp_part *part, char out[LC_STAMP_JOINED])
{
    size_t n = 0;
    char hour[3];
    memset(out, 0, LC_STAMP_JOINED);
    for (size_t k = 0; k < p->n; k++) {
        const size_t before = strlen(p->before[k]);
        lc_stamp_part it = part[k];
        if (k && k == p->hour) it = hour_before(it, hour);
        const bool pad = k && it.n == 1 && is_digit(it.text[0]) && strcmp(p->before[k], "-Q") != 0;
        if (!it.n || n + before + pad + it.n + strlen(p->after) >= LC_STAMP_JOINED) return 0;
        memcpy(out + n, p->before[k], before);
        n += before;
        if (pad) out[n++] = '0';
        memcpy(out + n, it.text, it.n);
        n += it.n;
    }
    memcpy(out + n, p->after, strlen(p->after));
    return n + strlen(p->after);
}

size_t lc_stamp_parts_join_row(const lc_stamp_parts *p, const char *const *cell, char out[LC_STAMP_JOINED], size_t *bad)
{
    lc_stamp_part part[LC_STAMP_PARTS];
    for (size_t k = 0; k < p->n; k++) {
        const char *text = cell[p->column[k]];
        size_t n = strlen(text);
        while (n && (*text == ' ' || *text == '\t')) text++, n--;
        while (n && (text[n - 1] == ' ' || text[n - 1] == '\t')) n--;
        part[k] = (lc_stamp_part){text, n};
        *bad = k;
        if (!n || n >= LC_STAMP_JOINED / 2) return 0;
    }
    return lc_stamp_parts_join(p, part, out);
}

bool lc_is_time_of_day(const char *cell)
{
    static const char day[] = "2000-01-01 ";
    char text[LC_STAMP_JOINED];
    lc_stamp_text s;
    size_t n = strlen(cell);
    if (n + sizeof day > sizeof text) return false;
    memcpy(text, day, sizeof day - 1);
    memcpy(text + sizeof day - 1, cell, n + 1);
    return lc_stamp_take_apart(&s, text) && s.has_time;
}

bool lc_stamp_parts_no_time(const lc_stamp_parts *p, const char *const *cell)
{
    return p->n == 2 && !*p->after && *p->before[1] == ' ' && !lc_is_time_of_day(cell[p->column[1]]);
}

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64
#include "data/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/memory.h"
#include "data/utf16.h"

enum { PACKED_BLOCK = 1 << 16, WIDE_BLOCK = 1 << 14 };

struct lc_source {
    char *name;
    FILE *file; /* NULL: memory */
    bool own_file;
    const char *bytes; /* memory that is left */
    size_t n;
    bool begun, packed;
    bool regular;  /* a file of its own, with places to read at */
    size_t taken;  /* bytes so far, of a file that is not packed */
    char ahead[2]; /* what was read to know gzip by */
    size_t n_ahead;

    z_stream z;
    bool z_open, member_ended;
    char *block; /* packed bytes, or those of UTF-16 */

    bool wide, wide_ended; /* UTF-16 */
    lc_utf16 utf16;
    char *text; /* converted bytes that wait, from text_at up to text_n */
    size_t text_at, text_n;
};

static lc_source *create(const char *name)
{
    lc_source *s = calloc(1, sizeof *s);
    if (s && !(s->name = lc_strdup(name))) {
        free(s);
        return NULL;
    }
    return s;
}

lc_code lc_source_open(lc_source **out, const char *path, lc_status *st)
{
    bool standard = strcmp(path, "-") == 0;
    *out = NULL;
    FILE *f = standard ? stdin : fopen(path, "rb");
    if (!f) return lc_fail_at(st, LC_E_IO, path, 0, 0, "cannot be opened: %s", strerror(errno));
    lc_source *s = create(standard ? "standard input" : path);
    if (!s) {
        if (!standard) fclose(f);
        return lc_fail_memory(st);
    }
    s->file = f;
    s->own_file = !standard;
    struct stat info;
    s->regular = !standard && fstat(fileno(f), &info) == 0 && S_ISREG(info.st_mode);
    *out = s;
    return LC_OK;
}

lc_code lc_source_memory(lc_source **out, const char *name, const char *bytes, size_t n, lc_status *st)
{
    *out = create(name);
    if (!*out) return lc_fail_memory(st);
    (*out)->bytes = bytes;
    (*out)->n = n;
    return LC_OK;
}

void lc_source_close(lc_source *s)
{
    if (!s) return;
    if (s->z_open) inflateEnd(&s->z);
    if (s->own_file) fclose(s->file);
    free(s->block);
    free(s->text);
    free(s->name);
    free(s);
}

static lc_code read_plain(lc_source *s, char *to, size_t room, size_t *got, lc_status *st)
{
    size_t n = 0;
    while (n < room && s->n_ahead) {
        to[n++] = s->ahead[0];
        s->ahead[0] = s->ahead[1];
        s->n_ahead--;
    }
    if (s->file) {
        n += fread(to + n, 1, room - n, s->file);
        if (n < room && ferror(s->file))
            return lc_fail_at(st, LC_E_IO, s->name, 0, 0, "cannot be read: %s", strerror(errno));
    } else if (s->n && n < room) {
        size_t more = room - n < s->n ? room - n : s->n;
        memcpy(to + n, s->bytes, more);
        s->bytes += more;
        s->n -= more;
        n += more;
    }
    *got = n;
    return LC_OK;
}

static lc_code begin(lc_source *s, lc_status *st)
{
    char first[2] = {0};
    size_t n;
    s->begun = true;
    lc_code code = read_plain(s, first, sizeof first, &n, st);
    if (code != LC_OK) return code;
    memcpy(s->ahead, first, n);
    s->n_ahead = n;
    s->packed = n == 2 && (unsigned char)first[0] == 0x1f && (unsigned char)first[1] == 0x8b;
    const unsigned char a = (unsigned char)first[0], b = (unsigned char)first[1];
    if (n == 2 && ((a == 0xff && b == 0xfe) || (a == 0xfe && b == 0xff))) {
        s->wide = true;
        s->utf16.big = a == 0xfe;
        s->n_ahead = 0;
        s->block = malloc(WIDE_BLOCK);
        s->text = malloc((size_t)LC_UTF16_GROWTH * WIDE_BLOCK + 4);
        return s->block && s->text ? LC_OK : lc_fail_memory(st);
    }
    if (!s->packed) return LC_OK;
    enum { LARGEST_WINDOW = 15, GZIP_FORMAT = 16 };
    s->block = malloc(PACKED_BLOCK);
    s->z_open = s->block && inflateInit2(&s->z, LARGEST_WINDOW + GZIP_FORMAT) == Z_OK;
    return s->z_open ? LC_OK : lc_fail_memory(st);
}

static lc_code broken(lc_source *s, const char *what, lc_status *st)
{
    lc_fail_at(st, LC_E_PARSE, s->name, 0, 0, "%s", what);
    lc_hint(st, "check the file with gzip -t, or fetch it again");
    return LC_E_PARSE;
}

/* More packed bytes; *end where there are none. */
static lc_code refill(lc_source *s, bool *end, lc_status *st)
{
    size_t n = 0;
    lc_code code = read_plain(s, s->block, PACKED_BLOCK, &n, st);
    s->z.next_in = (Bytef *)s->block;
    s->z.avail_in = (uInt)n;
    *end = n == 0;
    return code;
}

/* A gzip file may hold several members one after the other, and zeros behind the last. */
static lc_code next_member(lc_source *s, bool *end, lc_status *st)
{
    *end = false;
    for (;;) {
        if (!s->z.avail_in) {
            lc_code code = refill(s, end, st);
            if (code != LC_OK || *end) return code;
        }
        if (*s->z.next_in) break;
        s->z.next_in++;
        s->z.avail_in--;
    }
    if (*s->z.next_in != 0x1f) return broken(s, "something other than gzip data follows the packed file", st);
    s->member_ended = false;
    return inflateReset(&s->z) == Z_OK ? LC_OK : lc_fail_memory(st);
}

static lc_code read_packed(lc_source *s, char *to, size_t room, size_t *got, lc_status *st)
{
    size_t n = 0;
    bool end = false;
    *got = 0;
    while (n < room) {
        lc_code code = LC_OK;
        if (s->member_ended) {
            code = next_member(s, &end, st);
            if (code != LC_OK) return code;
            if (end) break;
        } else if (!s->z.avail_in) {
            code = refill(s, &end, st);
            if (code != LC_OK) return code;
            if (end) return broken(s, "the gzip data ends too early", st);
        }
        size_t most = room - n < (1u << 30) ? room - n : 1u << 30;
        s->z.next_out = (Bytef *)(to + n);
        s->z.avail_out = (uInt)most;
        int z = inflate(&s->z, Z_NO_FLUSH);
        n += most - s->z.avail_out;
        if (z == Z_STREAM_END) s->member_ended = true;
        else if (z == Z_MEM_ERROR) return lc_fail_memory(st);
        else if (z != Z_OK && z != Z_BUF_ERROR) return broken(s, "the gzip data is damaged", st);
    }
    *got = n;
    return LC_OK;
}

static lc_code read_wide(lc_source *s, char *to, size_t room, size_t *got, lc_status *st)
{
    size_t n = 0;
    *got = 0;
    while (n < room) {
        if (s->text_at == s->text_n) {
            size_t bytes;
            if (s->wide_ended) break;
            lc_code code = read_plain(s, s->block, WIDE_BLOCK, &bytes, st);
            if (code != LC_OK) return code;
            s->text_at = 0;
            s->text_n = lc_utf16_read(&s->utf16, (const unsigned char *)s->block, bytes, s->text);
            s->wide_ended = bytes < WIDE_BLOCK;
            if (s->wide_ended) s->text_n += lc_utf16_finish(&s->utf16, s->text + s->text_n);
            continue;
        }
        size_t more = s->text_n - s->text_at < room - n ? s->text_n - s->text_at : room - n;
        memcpy(to + n, s->text + s->text_at, more);
        s->text_at += more;
        n += more;
    }
    *got = n;
    return LC_OK;
}

lc_code lc_source_read(lc_source *s, char *to, size_t room, size_t *got, lc_status *st)
{
    *got = 0;
    if (!s->begun) {
        lc_code code = begin(s, st);
        if (code != LC_OK) return code;
    }
    if (s->wide) return read_wide(s, to, room, got, st);
    if (s->packed) return read_packed(s, to, room, got, st);
    lc_code code = read_plain(s, to, room, got, st);
    s->taken += *got;
    return code;
}

bool lc_source_is_plain(const lc_source *s)
{
    return s->regular && s->begun && !s->packed && !s->wide;
}

size_t lc_source_read_at(const lc_source *s, char *to, size_t n, size_t ahead)
{
    size_t got = 0;
    while (got < n) {
        ssize_t more = pread(fileno(s->file), to + got, n - got, (off_t)(s->taken + ahead + got));
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return SIZE_MAX;
        if (more == 0) break;
        got += (size_t)more;
    }
    return got;
}

void lc_source_take(lc_source *s, size_t n)
{
    s->taken += n;
}

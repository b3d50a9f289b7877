#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "data/source.h"
#include "unit/support/unit.h"

/* One gzip member of n bytes appended to `to`; returns the length of all. */
static size_t pack(char *to, size_t at, size_t room, const char *bytes, size_t n)
{
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)bytes;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)(to + at);
    z.avail_out = (uInt)(room - at);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

/* Reads all in pieces of `piece`; *n receives the length. */
static lc_code read_all(const char *bytes, size_t size, size_t piece, char *out, size_t room, size_t *n, lc_status *st)
{
    lc_source *s;
    lc_code code = lc_source_memory(&s, "made.csv.gz", bytes, size, st);
    ck_assert_int_eq(code, LC_OK);
    *n = 0;
    for (size_t got = piece; code == LC_OK && got == piece;) {
        ck_assert_uint_le(*n + piece, room);
        code = lc_source_read(s, out + *n, piece, &got, st);
        *n += got;
    }
    lc_source_close(s);
    return code;
}

enum { SIZE = 3000, ROOM = 2 * SIZE + 8000 };
static char plain[SIZE], packed[ROOM], out[ROOM];

static void draw_plain(void)
{
    for (size_t i = 0; i < SIZE; i++) plain[i] = (char)("0123456789,\n"[(i * 7919 + i / 13) % 12]);
}

START_TEST(packed_bytes_come_back)
{
    draw_plain();
    const size_t pieces[] = {1, 2, 3, 64, 1000, 2999, 3000, 3001, 7000};
    for (size_t members = 1; members <= 3; members++) {
        size_t at = 0, n;
        for (size_t m = 0; m < members; m++) {
            size_t from = SIZE * m / members, to = SIZE * (m + 1) / members;
            at = pack(packed, at, sizeof packed, plain + from, to - from);
        }
        for (size_t zeros = 0; zeros < 3; zeros++) /* padding of tapes */
            for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
                memset(packed + at, 0, zeros);
                lc_status st = {0};
                lc_code code = read_all(packed, at + zeros, pieces[i], out, sizeof out, &n, &st);
                UNIT_MUST(code == LC_OK, "%zu members, pieces of %zu: %s", members, pieces[i], st.text);
                UNIT_MUST(n == SIZE && memcmp(out, plain, SIZE) == 0, "%zu members, pieces of %zu: %zu bytes", members,
                          pieces[i], n);
            }
    }
}
END_TEST

START_TEST(plain_bytes_stay)
{
    draw_plain();
    size_t n;
    for (size_t size = 0; size < 5; size++) {
        ck_assert_int_eq(read_all(plain, size, 2, out, sizeof out, &n, NULL), LC_OK);
        ck_assert(n == size && memcmp(out, plain, size) == 0);
    }
    /* Half of the mark is none. */
    ck_assert_int_eq(read_all("\x1f", 1, 8, out, sizeof out, &n, NULL), LC_OK);
    ck_assert(n == 1 && out[0] == 0x1f);
}
END_TEST

/* Every shortening and every changed byte is found, or changes nothing. */
START_TEST(damage_is_told)
{
    draw_plain();
    size_t size = pack(packed, 0, sizeof packed, plain, SIZE), n, told = 0;
    for (size_t cut = 2; cut < size; cut++) {
        lc_status st = {0};
        ck_assert_int_eq(read_all(packed, cut, 512, out, sizeof out, &n, &st), LC_E_PARSE);
        ck_assert(strstr(st.text, "gzip") && strcmp(st.file, "made.csv.gz") == 0 && st.hint[0]);
    }
    for (size_t i = 2; i < size; i++) {
        lc_status st = {0};
        packed[i] = (char)(packed[i] ^ 0x55);
        lc_code code = read_all(packed, size, 512, out, sizeof out, &n, &st);
        packed[i] = (char)(packed[i] ^ 0x55);
        told += code != LC_OK;
        UNIT_MUST(code == LC_E_PARSE || (n == SIZE && memcmp(out, plain, SIZE) == 0), "byte %zu: code %d", i, code);
    }
    ck_assert_uint_gt(told, size - 12); /* time, system and hints of the header carry nothing */
    packed[size] = 'x';
    lc_status st = {0};
    ck_assert_int_eq(read_all(packed, size + 1, 512, out, sizeof out, &n, &st), LC_E_PARSE);
}
END_TEST

/* Every character there is, in both orders of bytes and in pieces of several sizes, comes back as UTF-8. */
START_TEST(utf16_becomes_utf8)
{
    enum { CHARACTERS = 0x110000 - 0x800, MOST = 4 * 0x110000 };
    unsigned char *wide = malloc(MOST + 2);
    char *want = malloc(MOST), *got = malloc(MOST + 70000);
    for (int big = 0; big < 2; big++) {
        size_t n = 0, w = 0, g;
        wide[n++] = big ? 0xfe : 0xff;
        wide[n++] = big ? 0xff : 0xfe;
        for (uint32_t c = 0; c < 0x110000; c++) {
            if (c >= 0xd800 && c < 0xe000) continue;
            const uint32_t high = 0xd800 + ((c - 0x10000) >> 10), low = 0xdc00 + ((c - 0x10000) & 0x3ff);
            const uint32_t unit[2] = {c < 0x10000 ? c : high, low};
            for (int k = 0; k < (c < 0x10000 ? 1 : 2); k++) {
                wide[n++] = (unsigned char)(big ? unit[k] >> 8 : unit[k]);
                wide[n++] = (unsigned char)(big ? unit[k] : unit[k] >> 8);
            }
            if (c < 0x80) {
                want[w++] = (char)c;
            } else if (c < 0x800) {
                want[w++] = (char)(0xc0 + c / 64);
                want[w++] = (char)(0x80 + c % 64);
            } else if (c < 0x10000) {
                want[w++] = (char)(0xe0 + c / 4096);
                want[w++] = (char)(0x80 + c / 64 % 64);
                want[w++] = (char)(0x80 + c % 64);
            } else {
                want[w++] = (char)(0xf0 + c / 262144);
                want[w++] = (char)(0x80 + c / 4096 % 64);
                want[w++] = (char)(0x80 + c / 64 % 64);
                want[w++] = (char)(0x80 + c % 64);
            }
        }
        static const size_t pieces[] = {997, 16384, 65536};
        for (size_t i = 0; i < 3; i++) {
            lc_status st = {0};
            ck_assert_int_eq(read_all((const char *)wide, n, pieces[i], got, MOST + 70000, &g, &st), LC_OK);
            ck_assert(g == w && memcmp(got, want, w) == 0);
        }
    }
    free(wide);
    free(want);
    free(got);
}
END_TEST

START_TEST(broken_utf16_is_marked)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *want;
    } text[] = {{"\xff\xfe", 2, ""},
                {"\xff\xfe"
                 "a\0",
                 4, "a"},
                {"\xff\xfe"
                 "a\0b",
                 5, "a\xef\xbf\xbd"},
                {"\xff\xfe\x00\xd8", 4, "\xef\xbf\xbd"},
                {"\xff\xfe\x00\xd8"
                 "a\0",
                 6,
                 "\xef\xbf\xbd"
                 "a"},
                {"\xff\xfe\x00\xdc"
                 "a\0",
                 6,
                 "\xef\xbf\xbd"
                 "a"},
                {"\xff\xfe\x00\xd8\x00\xd8\x00\xdc", 8, "\xef\xbf\xbd\xf0\x90\x80\x80"},
                {"\xfe\xff\xd8\x00\xdc", 5, "\xef\xbf\xbd"}};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        for (size_t piece = 1; piece < 12; piece++) {
            char got[64];
            size_t n;
            lc_status st = {0};
            ck_assert_int_eq(read_all(text[i].bytes, text[i].n, piece, got, sizeof got, &n, &st), LC_OK);
            UNIT_MUST(n == strlen(text[i].want) && memcmp(got, text[i].want, n) == 0, "text %zu, pieces of %zu", i,
                      piece);
        }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("bytes of an input");
    TCase *c = tcase_create("source");
    tcase_add_test(c, packed_bytes_come_back);
    tcase_add_test(c, plain_bytes_stay);
    tcase_add_test(c, damage_is_told);
    tcase_add_test(c, utf16_becomes_utf8);
    tcase_add_test(c, broken_utf16_is_marked);
    suite_add_tcase(s, c);
    return s;
}

/* SHA-256 against what others published: the examples of FIPS 180-4 and of NIST's test vectors, and lengths around a
 * block, for which the sums are those of sha256sum. */
#define _GNU_SOURCE
#include "cli/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit/support/scratch.h"
#include "unit/support/unit.h"

static void expect(const char *bytes, size_t n, const char *want)
{
    char got[SHA256_TEXT];
    for (size_t step = n ? n : 1; step; step /= 3) { /* in one piece, and in smaller ones */
        sha256 h;
        sha256_begin(&h);
        for (size_t at = 0; at < n; at += step) sha256_add(&h, bytes + at, n - at < step ? n - at : step);
        sha256_end(&h, got);
        ck_assert_str_eq(got, want);
    }
}

START_TEST(published_examples)
{
    static const struct {
        const char *text, *sum;
    } example[] = {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                   {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                   {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
                   {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmn"
                    "opqrstnopqrs"
                    "tu",
                    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
                   {"\xbd", "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"},
                   {"\xc9\x8c\x8e\x55", "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504"}};
    for (size_t i = 0; i < sizeof example / sizeof example[0]; i++)
        expect(example[i].text, strlen(example[i].text), example[i].sum);
}
END_TEST

START_TEST(a_million_letters)
{
    static char letters[1000000];
    memset(letters, 'a', sizeof letters);
    expect(letters, sizeof letters, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

/* Where the length no longer fits into the block of the last byte, and where a block is just full. */
START_TEST(lengths_around_a_block)
{
    static const struct {
        size_t n;
        const char *sum;
    } zeros[] = {{1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
                 {54, "ea659cdc838619b3767c057fdf8e6d99fde2680c5d8517eb06761c0878d40c40"},
                 {55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"},
                 {56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"},
                 {57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"},
                 {63, "c7723fa1e0127975e49e62e753db53924c1bd84b8ac1ac08df78d09270f3d971"},
                 {64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"},
                 {65, "98ce42deef51d40269d542f5314bef2c7468d401ad5d85168bfab4c0108f75f7"},
                 {119, "f616b0d54e78571a9611f343c9f8e022e859e920381ab0e4d3da01e193a7bd7e"},
                 {120, "6edd9f6f9cc92cded36e6c4a580933f9c9f1b90562b46903b806f21902a1a54f"},
                 {128, "38723a2e5e8a17aa7950dc008209944e898f69a7bd10a23c839d341e935fd5ca"},
                 {1000, "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53"}};
    static const char zero[1024];
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) expect(zero, zeros[i].n, zeros[i].sum);
}
END_TEST

START_TEST(a_file_is_its_bytes)
{
    char got[SHA256_TEXT];
    static char letters[200000]; /* more than are read at once */
    scratch_enter();
    memset(letters, 'b', sizeof letters);
    FILE *f = fopen("b", "w");
    ck_assert_uint_eq(fwrite(letters, 1, sizeof letters, f), sizeof letters);
    fclose(f);
    ck_assert(sha256_file(got, "b"));
    expect(letters, sizeof letters, got);
    ck_assert_str_eq(got, "31731ec46c3318e622490d1102d6a5f2d0b33995b35ede8cdbbb76252ee6d87b");
    ck_assert(!sha256_file(got, "none"));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert(!sha256_file(got, "."));
    ck_assert_int_eq(errno, EISDIR);
    scratch_leave();
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("SHA-256");
    TCase *c = tcase_create("sums");
    tcase_add_test(c, published_examples);
    tcase_add_test(c, a_million_letters);
    tcase_add_test(c, lengths_around_a_block);
    tcase_add_test(c, a_file_is_its_bytes);
    suite_add_tcase(s, c);
    return s;
}

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "unit/support/pipeline.h"
#include "unit/support/unit.h"

static char *folder, *target;

static void setup(void)
{
    folder = folder_create();
    target = path_in(folder, "out.csv");
}

static void teardown(void)
{
    free(target);
    folder_remove(folder);
}

static void open_fails(const char *path, bool replace, const char *text, const char *hint)
{
    lc_status st = {0};
    lc_output o;
    ck_assert_int_eq(lc_output_open(&o, path, replace, &st), LC_E_IO);
    ck_assert_int_eq(st.code, LC_E_IO);
    ck_assert_str_eq(st.text, text);
    ck_assert_str_eq(st.hint, hint);
    ck_assert_str_eq(st.file, path);
    lc_output_discard(&o);
}

static void expect_file(const char *path, const char *want)
{
    char *got = file_bytes(path, NULL);
    ck_assert_ptr_nonnull(got);
    ck_assert_str_eq(got, want);
    free(got);
}

static void open_ok(lc_output *o, const char *path, bool replace)
{
    lc_status st = {0};
    ck_assert_msg(lc_output_open(o, path, replace, &st) == LC_OK, "%s: %s", st.file, st.text);
    ck_assert_ptr_nonnull(o->stream);
}

static void write_whole(const char *path, const char *text, bool replace)
{
    lc_status st = {0};
    lc_output o;
    open_ok(&o, path, replace);
    fputs(text, o.stream);
    ck_assert_msg(lc_output_commit(&o, &st) == LC_OK, "%s: %s", st.file, st.text);
    lc_output_discard(&o);
}

START_TEST(the_file_appears_only_when_it_is_whole)
{
    lc_output o;
    open_ok(&o, target, false);
    fputs("half", o.stream);
    fflush(o.stream);
    ck_assert_int_ne(access(target, F_OK), 0);
    ck_assert_int_eq(lc_output_commit(&o, NULL), LC_OK);
    expect_file(target, "half");
    ck_assert_uint_eq(folder_entries(folder), 1);
}
END_TEST

START_TEST(a_discarded_file_leaves_nothing)
{
    lc_output o;
    open_ok(&o, target, false);
    fputs("half", o.stream);
    lc_output_discard(&o);
    lc_output_discard(&o);
    ck_assert_uint_eq(folder_entries(folder), 0);
    file_put(target, "old", 3);
    open_ok(&o, target, true);
    fputs("new", o.stream);
    lc_output_discard(&o);
    expect_file(target, "old");
    ck_assert_uint_eq(folder_entries(folder), 1);
    memset(&o, 0, sizeof o);
    lc_output_discard(&o);
}
END_TEST

START_TEST(an_existing_file_is_kept_unless_it_is_to_be_replaced)
{
    file_put(target, "old", 3);
    open_fails(target, false, "the file exists", "give --force to replace it, or another name");
    expect_file(target, "old");
    write_whole(target, "new", true);
    expect_file(target, "new");
    ck_assert_uint_eq(folder_entries(folder), 1);
}
END_TEST

START_TEST(a_file_that_appears_meanwhile_is_kept)
{
    lc_output o;
    lc_status st = {0};
    open_ok(&o, target, false);
    fputs("mine", o.stream);
    file_put(target, "theirs", 6);
    ck_assert_int_eq(lc_output_commit(&o, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "the file exists");
    ck_assert_str_eq(st.file, target);
    expect_file(target, "theirs");
    ck_assert_uint_eq(folder_entries(folder), 1);
}
END_TEST

START_TEST(two_writers_do_not_meet)
{
    lc_output a, b;
    open_ok(&a, target, true);
    open_ok(&b, target, true);
    fputs("a", a.stream);
    fputs("b", b.stream);
    ck_assert_str_ne(a.temporary, b.temporary);
    ck_assert_int_eq(lc_output_commit(&a, NULL), LC_OK);
    expect_file(target, "a");
    ck_assert_int_eq(lc_output_commit(&b, NULL), LC_OK);
    expect_file(target, "b");
    ck_assert_uint_eq(folder_entries(folder), 1);
}
END_TEST

START_TEST(a_name_that_is_taken_beside_the_target_is_left_alone)
{
    lc_output o;
    open_ok(&o, target, true);
    char *name = lc_strdup(o.temporary);
    lc_output_discard(&o);
    file_put(name, "not ours", 8);
    write_whole(target, "new", true);
    expect_file(name, "not ours");
    expect_file(target, "new");
    free(name);
}
END_TEST

START_TEST(places_that_cannot_be_written_are_named)
{
    open_fails(folder, true, "is a folder", "");
    open_fails(folder, false, "is a folder", "");
    char *in_missing = path_in(folder, "missing/out.csv"), *in_file = path_in(folder, "out.csv/below.csv");
    open_fails(in_missing, true, "cannot be written: No such file or directory", "");
    open_fails(in_missing, false, "cannot be written: No such file or directory", "");
    file_put(target, "old", 3);
    open_fails(in_file, true, "cannot be written: Not a directory", "");
    open_fails("", true, "the name of the file to write is empty", "");
    char *name = path_in(folder, "");
    lc_buf too_long = {0};
    lc_buf_puts(&too_long, name);
    for (int i = 0; i < 300; i++) lc_buf_puts(&too_long, "x");
    lc_status st = {0};
    lc_output o;
    ck_assert_int_eq(lc_output_open(&o, too_long.data, true, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "cannot be written: File name too long");
    lc_buf_free(&too_long);
    free(name);
    free(in_missing);
    free(in_file);
    ck_assert_uint_eq(folder_entries(folder), 1);
}
END_TEST

START_TEST(a_target_that_becomes_a_folder_is_an_error_at_the_end)
{
    for (int replace = 0; replace < 2; replace++) {
        lc_output o;
        lc_status st = {0};
        open_ok(&o, target, replace);
        ck_assert_int_eq(mkdir(target, 0700), 0);
        ck_assert_int_eq(lc_output_commit(&o, &st), LC_E_IO);
        ck_assert_ptr_nonnull(strstr(st.text, replace ? "cannot be written: " : "the file exists"));
        ck_assert_uint_eq(folder_entries(folder), 1);
        rmdir(target);
    }
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    if (access("/dev/full", W_OK) != 0) return;
    lc_output o;
    lc_status st = {0};
    open_ok(&o, "/dev/full", false);
    for (int i = 0; i < 100000; i++) fputs("more than a buffer holds ", o.stream);
    ck_assert_int_eq(lc_output_commit(&o, &st), LC_E_IO);
    ck_assert_str_eq(st.text, "cannot be written: No space left on device");
    ck_assert_str_eq(st.file, "/dev/full");
    struct stat info;
    ck_assert_int_eq(stat("/dev/full", &info), 0);
    ck_assert(S_ISCHR(info.st_mode));
    memset(&st, 0, sizeof st);
    open_ok(&o, "/dev/full", true);
    fputs("little", o.stream);
    ck_assert_int_eq(lc_output_commit(&o, &st), LC_E_IO);
}
END_TEST

START_TEST(devices_and_pipes_are_written_to)
{
    struct stat info;
    write_whole("/dev/null", "gone", false);
    write_whole("/dev/null", "gone", true);
    ck_assert_int_eq(stat("/dev/null", &info), 0);
    ck_assert(S_ISCHR(info.st_mode));

    char got[16] = "";
    ck_assert_int_eq(mkfifo(target, 0600), 0);
    int fd = open(target, O_RDWR | O_NONBLOCK); /* a reader, so that opening to write does not wait */
    ck_assert_int_ge(fd, 0);
    write_whole(target, "through", false);
    ck_assert_int_eq((int)read(fd, got, sizeof got - 1), 7);
    ck_assert_str_eq(got, "through");
    close(fd);
    ck_assert_int_eq(lstat(target, &info), 0);
    ck_assert(S_ISFIFO(info.st_mode));
    ck_assert_uint_eq(folder_entries(folder), 1);
}
END_TEST

START_TEST(a_link_stays_a_link)
{
    struct stat info;
    char *real = path_in(folder, "real.csv"), *lost = path_in(folder, "lost.csv");
    file_put(real, "old", 3);
    ck_assert_int_eq(symlink("real.csv", target), 0);
    open_fails(target, false, "the file exists", "give --force to replace it, or another name");
    write_whole(target, "new", true);
    ck_assert_int_eq(lstat(target, &info), 0);
    ck_assert(S_ISLNK(info.st_mode));
    expect_file(real, "new");
    ck_assert_uint_eq(folder_entries(folder), 2);
    ck_assert_int_eq(symlink("nowhere/at/all", lost), 0); /* leads nowhere, but is there */
    open_fails(lost, false, "the file exists", "give --force to replace it, or another name");
    write_whole(lost, "found", true);
    expect_file(lost, "found");
    free(real);
    free(lost);
}
END_TEST

START_TEST(the_mode_of_a_replaced_file_stays)
{
    struct stat info;
    mode_t mask = umask(022);
    file_put(target, "old", 3);
    ck_assert_int_eq(chmod(target, 0600), 0);
    write_whole(target, "secret", true);
    ck_assert_int_eq(stat(target, &info), 0);
    ck_assert_int_eq((int)(info.st_mode & 0777), 0600);
    unlink(target);
    write_whole(target, "usual", true);
    ck_assert_int_eq(stat(target, &info), 0);
    ck_assert_int_eq((int)(info.st_mode & 0777), 0644);
    umask(mask);
}
END_TEST

START_TEST(bytes_are_written_as_a_whole)
{
    lc_status st = {0};
    ck_assert_int_eq(lc_file_write(target, "one", 3, false, &st), LC_OK);
    ck_assert_int_eq(lc_file_write(target, "two", 3, false, &st), LC_E_IO);
    expect_file(target, "one");
    ck_assert_int_eq(lc_file_write(target, "two and", 3, true, &st), LC_OK);
    expect_file(target, "two");
    ck_assert_int_eq(lc_file_write(NULL, "x", 1, true, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_file_write(target, NULL, 1, true, &st), LC_E_USAGE);
    ck_assert_int_eq(lc_file_write("/nowhere/at/all", "x", 1, true, &st), LC_E_IO);
    expect_file(target, "two");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("files that are whole or not there");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_file_appears_only_when_it_is_whole);
    tcase_add_test(t, a_discarded_file_leaves_nothing);
    tcase_add_test(t, an_existing_file_is_kept_unless_it_is_to_be_replaced);
    tcase_add_test(t, a_file_that_appears_meanwhile_is_kept);
    tcase_add_test(t, two_writers_do_not_meet);
    tcase_add_test(t, a_name_that_is_taken_beside_the_target_is_left_alone);
    tcase_add_test(t, places_that_cannot_be_written_are_named);
    tcase_add_test(t, a_target_that_becomes_a_folder_is_an_error_at_the_end);
    tcase_add_test(t, a_full_disk_is_an_error);
    tcase_add_test(t, devices_and_pipes_are_written_to);
    tcase_add_test(t, a_link_stays_a_link);
    tcase_add_test(t, the_mode_of_a_replaced_file_stays);
    tcase_add_test(t, bytes_are_written_as_a_whole);
    suite_add_tcase(suite, t);
    return suite;
}

/* A scratch folder that is the current one while a test runs; $PATH is put back when it is left. */
#ifndef LC_TESTS_SCRATCH_H
#define LC_TESTS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

void scratch_enter(void);
void scratch_leave(void); /* removes the folder, its files and its folders' files */
const char *scratch_folder(void);
const char *scratch_path(void); /* $PATH as it was outside */

size_t scratch_files(void); /* entries in it */
bool scratch_has(const char *name);
char *scratch_text(const char *name); /* what a file holds, NUL behind it; free it */

#endif

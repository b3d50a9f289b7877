#include <stdarg.h>
#include <stdlib.h>

#include "cli/cli.h"

static int exit_code(lc_code code)
{
    switch (code) {
    case LC_OK: return LC_EXIT_OK;
    case LC_E_USAGE: return LC_EXIT_USAGE;
    default: return LC_EXIT_FAILED;
    }
}

/* Names come from files and users: what a terminal would obey is shown as '?'. */
static void print_safe(const char *s)
{
    for (; *s; s++) fputc((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s, stderr);
}

int cli_fail(const lc_status *st)
{
    if (st->file[0]) {
        print_safe(st->file);
        if (st->line) fprintf(stderr, ":%zu", st->line);
        if (st->line && st->column) fprintf(stderr, ":%zu", st->column);
        fprintf(stderr, ": ");
    } else {
        fprintf(stderr, "loomcast: ");
    }
    print_safe(st->text);
    fputc('\n', stderr);
    if (st->hint[0]) {
        fprintf(stderr, "  ");
        print_safe(st->hint);
        fputc('\n', stderr);
    }
    return exit_code(st->code);
}

int cli_usage(const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    fprintf(stderr, "loomcast: ");
    print_safe(text);
    fputc('\n', stderr);
    return LC_EXIT_USAGE;
}

void cli_note(const cli_options *o, const char *fmt, ...)
{
    if (o->quiet) return;
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

void cli_notices(const cli_options *o, const lc_panel *p)
{
    for (size_t i = 0; i < lc_panel_notice_count(p) && !o->quiet; i++) {
        fprintf(stderr, "note: ");
        print_safe(lc_panel_notice(p, i));
        fputc('\n', stderr);
    }
}

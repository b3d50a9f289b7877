#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_table.h"

static int exit_code(lc_code code)
{
    switch (code) {
    case LC_OK: return LC_EXIT_OK;
    case LC_E_USAGE: return LC_EXIT_USAGE;
    default: return LC_EXIT_FAILED;
    }
}

/* ---- text that a terminal cannot obey ---- */

/* Bytes of the character at s; *harmless false for broken UTF-8, control characters and marks that turn the
 * direction of writing. */
static size_t character(const unsigned char *s, bool *harmless)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : 2;
    unsigned c = n == 1 ? s[0] : s[0] & (0x7fu >> n);
    *harmless = s[0] < 0x80 || (s[0] >= 0xc2 && s[0] < 0xf5);
    for (size_t i = 1; *harmless && i < n; i++) {
        *harmless = (s[i] & 0xc0) == 0x80;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (!*harmless) return 1;
    bool control = c < 0x20 || (c >= 0x7f && c < 0xa0),
         turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    *harmless = !control && !turns;
    return n;
}

const char *cli_harmless(char *out, size_t room, const char *text)
{
    size_t at = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        bool harmless;
        size_t n = character(s, &harmless), width = harmless ? n : 1;
        if (at + width + 1 > room) break;
        memcpy(out + at, harmless ? (const char *)s : "?", width);
        at += width;
        s += n;
    }
    if (room) out[at] = '\0';
    return out;
}

/* Where text for the user goes; NULL: standard error. */
static FILE *errors_to, *notes_to;

void cli_tell(FILE *errors, FILE *notes)
{
    errors_to = errors;
    notes_to = notes;
}

static void print_harmless(FILE *to, const char *text)
{
    char out[2048];
    fputs(cli_harmless(out, sizeof out, text), to);
}

/* ---- errors ---- */

/* The library names settings and so does a line of loomcast.conf, the command line names options. */
static bool begins_with_name(const char *text)
{
    const size_t n = strcspn(text, ":");
    for (size_t i = 0; text[n] && i < cli_option_count(); i++) {
        const cli_option option = cli_option_at(i);
        if (!option.setting && option.value != CLI_SWITCH) continue;
        if (strlen(option.name) == n && strncmp(option.name, text, n) == 0) return true;
    }
    return false;
}

int cli_fail(const lc_status *st)
{
    FILE *to = errors_to ? errors_to : stderr;
    print_harmless(to, st->file[0] ? st->file : "loomcast");
    if (st->file[0] && st->line) fprintf(to, ":%zu", st->line);
    if (st->file[0] && st->line && st->column) fprintf(to, ":%zu", st->column);
    fprintf(to, ": %s", st->code == LC_E_USAGE && !st->line && begins_with_name(st->text) ? "--" : "");
    print_harmless(to, st->text);
    fputc('\n', to);
    if (st->hint[0]) {
        fprintf(to, "  ");
        print_harmless(to, st->hint);
        fputc('\n', to);
    }
    return exit_code(st->code);
}

int cli_refuse(const char *path, const char *text, const char *hint)
{
    lc_status st = {.code = LC_E_IO};
    snprintf(st.file, sizeof st.file, "%s", path);
    snprintf(st.text, sizeof st.text, "%s", text);
    snprintf(st.hint, sizeof st.hint, "%s", hint);
    return cli_fail(&st);
}

int cli_usage(const char *hint, const char *fmt, ...)
{
    lc_status st = {.code = LC_E_USAGE};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(st.text, sizeof st.text, fmt, ap);
    va_end(ap);
    if (hint) snprintf(st.hint, sizeof st.hint, "%s", hint);
    return cli_fail(&st);
}

int cli_no_memory(void)
{
    lc_status st = {.code = LC_E_MEMORY, .text = "out of memory"};
    return cli_fail(&st);
}

int cli_cannot(const char *path, const char *what, int why)
{
    lc_status st = {.code = LC_E_IO};
    snprintf(st.file, sizeof st.file, "%s", path);
    snprintf(st.text, sizeof st.text, "cannot be %s: %s", what, strerror(why));
    return cli_fail(&st);
}

/* ---- notes ---- */

static void print_line(const char *fmt, va_list ap)
{
    char text[1024];
    FILE *to = notes_to ? notes_to : stderr;
    vsnprintf(text, sizeof text, fmt, ap);
    print_harmless(to, text);
    fputc('\n', to);
}

void cli_note(const cli_options *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!o->quiet) print_line(fmt, ap);
    va_end(ap);
}

void cli_line(const cli_options *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!o->quiet && !o->json) print_line(fmt, ap);
    va_end(ap);
}

void cli_notices(const cli_options *o, const lc_panel *p)
{
    for (size_t i = 0; i < lc_panel_notice_count(p); i++) cli_note(o, "note: %s", lc_panel_notice(p, i));
}

#define _GNU_SOURCE
#include "report/gnuplot.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "report/fonts.h"
#include "report/tool.h"

/* ---- writing a script ---- */

size_t lc_gp_decode(const unsigned char *s, unsigned *out)
{
    unsigned char c = s[0];
    if (c < 0x80) {
        *out = c;
        return 1;
    }
    size_t n = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
    if (!n) return 0;
    unsigned v = c & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        v = v << 6 | (s[i] & 0x3fu);
    }
    if ((n == 3 && v < 0x800) || (n == 4 && (v < 0x10000 || v > 0x10ffff)) || (v >= 0xd800 && v <= 0xdfff)) return 0;
    *out = v;
    return n;
}

static int width_of(unsigned c)
{
    if (c >= 0x300 && c <= 0x36f) return 0;
    bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
                (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                c >= 0x1f300;
    return wide ? 2 : 1;
}

bool lc_gp_is_unfit(unsigned c)
{
    /* U+2028 and U+2029 break lines, U+FFFE and U+FFFF are no characters of XML, which .svg is. */
    const bool turns =
        (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfffe || c == 0xffff || turns;
}

void lc_gp_plain(char *out, size_t room, const char *text)
{
    size_t n = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        unsigned c = 0;
        const size_t width = lc_gp_decode(s, &c);
        const bool fit = width && !lc_gp_is_unfit(c);
        if (n + (fit ? width : 1) >= room) break;
        if (fit) memcpy(out + n, s, width);
        else out[n] = '?';
        n += fit ? width : 1;
        s += width ? width : 1;
    }
    out[n] = '\0';
}

int lc_gp_columns(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    int columns = 0;
    while (*s && columns < 1000000) {
        unsigned c = 0;
        size_t n = lc_gp_decode(s, &c);
        columns += n ? width_of(c) : 1;
        s += n ? n : 1;
    }
    return columns;
}

static void append_quoted(lc_buf *b, const char *text, int most)
{
    enum { BYTES_A_COLUMN = 16 }; /* bounds a pile of combining marks, which have no width */
    const unsigned char *s = (const unsigned char *)text;
    bool cut = most > 0 && lc_gp_columns(text) > most;
    int room = cut ? most - 1 : 1000000;
    size_t bytes = (size_t)(most > 0 ? most : room) * BYTES_A_COLUMN, begin = b->len;
    int brackets = 0;
    bool escaped = false; /* gnuplot reads any number of octal digits: a digit behind one is escaped too */
    lc_buf_puts(b, "\"");
    while (*s && b->len - begin < bytes) {
        unsigned c = 0;
        size_t n = lc_gp_decode(s, &c);
        room -= n ? width_of(c) : 1;
        if (room < 0) break;
        /* gnuplot's svg leaves the > of "]]>" bare, which ends the XML: a blank of no width parts them. */
        if (c == '>' && brackets >= 2) lc_buf_puts(b, "\xe2\x80\x8b");
        brackets = c == ']' ? brackets + 1 : 0;
        if (!n) lc_buf_puts(b, "\xef\xbf\xbd");
        else if (c == '\n' || c == '\t' || c == '\r' || c == 0x2028 || c == 0x2029) lc_buf_puts(b, " ");
        else if (lc_gp_is_unfit(c)) lc_buf_puts(b, "\xef\xbf\xbd");
        else if ((c < 0x80 && strchr("\"\\`@$%'", (int)c)) || (escaped && c >= '0' && c <= '9'))
            lc_buf_printf(b, "\\%03o", c);
        else lc_buf_append(b, s, n);
        escaped = b->len >= 4 && b->data[b->len - 4] == '\\';
        s += n ? n : 1;
    }
    if (cut || *s) lc_buf_puts(b, "\xe2\x80\xa6");
    lc_buf_puts(b, "\"");
}

void lc_gp(lc_buf *script, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    for (const char *p = fmt; *p;) {
        const char *percent = strchr(p, '%');
        if (!percent) {
            lc_buf_puts(script, p);
            break;
        }
        lc_buf_append(script, p, (size_t)(percent - p));
        p = percent[1] ? percent + 2 : percent + 1;
        char number[LC_NUMBER_TEXT];
        switch (percent[1]) {
        case 'g': lc_buf_append(script, number, lc_format_double(number, va_arg(ap, double), 0)); break;
        case 'd': lc_buf_printf(script, "%d", va_arg(ap, int)); break;
        case 's': lc_buf_puts(script, va_arg(ap, const char *)); break;
        case 'q': {
            const char *text = va_arg(ap, const char *);
            append_quoted(script, text ? text : "", va_arg(ap, int));
            break;
        }
        default: lc_buf_puts(script, "%"); break;
        }
    }
    va_end(ap);
}

/* ---- running it ---- */

/* The last line that says something; gnuplot puts an echo of the command and a caret above it. */
static void last_words(int fd, char *out, size_t room)
{
    char text[2048], shown[300];
    off_t end = lseek(fd, 0, SEEK_END);
    off_t from = end > (off_t)sizeof text ? end - (off_t)sizeof text : 0;
    ssize_t n = end > 0 ? pread(fd, text, sizeof text, from) : 0;
    size_t stop = n > 0 ? (size_t)n : 0;
    while (stop && strchr(" \t\r\n", text[stop - 1])) stop--;
    size_t start = stop;
    while (start && text[start - 1] != '\n') start--;
    const char *line = text + start;
    size_t len = stop - start;
    /* "/tmp/loomcast-chart-ab12cd" line 3: text -> line 3: text */
    const char *place = memmem(line, len, "\" line ", 7);
    if (len && line[0] == '"' && place) {
        len -= (size_t)(place + 2 - line);
        line = place + 2;
    }
    snprintf(out, room, "%s", lc_printable(shown, sizeof shown, line, len));
}

/* why: an errno; a folder of PATH that may not be looked into is told as what it is. */
static lc_code missing(int why, lc_status *st)
{
    if (why == EACCES) lc_fail(st, LC_E_TOOL, "gnuplot, which draws the charts, cannot be run: %s", strerror(why));
    else lc_fail(st, LC_E_TOOL, "gnuplot, which draws the charts, was not found");
    lc_hint(st, "install gnuplot (apt install gnuplot-nox, dnf install gnuplot, pacman -S gnuplot, brew install "
                "gnuplot)");
    return LC_E_TOOL;
}

static lc_code failed(int status, int err, lc_status *st)
{
    char words[300];
    last_words(err, words, sizeof words);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127 && !words[0]) return missing(ENOENT, st);
    if (WIFSIGNALED(status)) lc_fail(st, LC_E_TOOL, "gnuplot was ended by signal %d", WTERMSIG(status));
    else lc_fail(st, LC_E_TOOL, "gnuplot failed: %s", words[0] ? words : "it drew nothing");
    if (strstr(words, "terminal type")) lc_hint(st, "this gnuplot lacks the format; try .svg, or install gnuplot-nox");
    else lc_hint(st, "write a .gp file instead and run gnuplot on it to see more");
    return LC_E_TOOL;
}

static lc_code no_file(int why, lc_status *st)
{
    lc_fail(st, LC_E_IO, "no temporary file for gnuplot: %s", strerror(why));
    lc_hint(st, "set TMPDIR to a folder that can be written");
    return LC_E_IO;
}

/* What gnuplot draws by the scripts (n), one after the other. */
static lc_code run(const lc_buf *const *script, size_t n, lc_tool_output *out, lc_status *st)
{
    char script_name[512] = "", err_name[512] = "";
    int err = -1, status = 0;
    const int commands = lc_tool_file(script_name, sizeof script_name);
    if (commands >= 0) err = lc_tool_file(err_name, sizeof err_name);
    if (err >= 0) unlink(err_name);
    lc_code code = err >= 0 ? LC_OK : no_file(errno, st);
    for (size_t i = 0; i < n && code == LC_OK; i++)
        if (!lc_tool_write(commands, script[i]->data, script[i]->len)) code = no_file(errno, st);
    if (code != LC_OK) goto done;
    char program[] = "gnuplot", plain[] = "-d"; /* -d: no start-up files of the user */
    char *arguments[] = {program, plain, script_name, NULL};
    int why = lc_tool_run(arguments, out, err, &status);
    if (why == ENOENT || why == EACCES || why == ENOTDIR) {
        code = missing(why, st);
    } else if (why) {
        code = lc_fail(st, LC_E_TOOL, "gnuplot cannot be run: %s", strerror(why));
    } else if (out->why) {
        code = no_file(out->why, st);
    } else if (out->text && out->text->failed) {
        code = lc_fail_memory(st);
    } else if (status != 0 || !out->n) {
        code = failed(status, err, st);
    }
done:
    if (commands >= 0) {
        close(commands);
        unlink(script_name);
    }
    if (err >= 0) close(err);
    return code;
}

static lc_code run_one(const lc_buf *script, lc_buf *picture, lc_status *st)
{
    lc_tool_output out = {.text = picture};
    return run(&script, 1, &out, st);
}

static lc_code draw(const lc_buf *script, bool fit_fonts, lc_buf *picture, lc_status *st)
{
    lc_buf fitted = {0};
    if (fit_fonts) lc_fonts_fit(script, &fitted);
    const lc_code code = fitted.failed ? lc_fail_memory(st) : run_one(fit_fonts ? &fitted : script, picture, st);
    lc_buf_free(&fitted);
    return code;
}

lc_code lc_gp_draw(const lc_buf *script, bool fit_fonts, const char *path, bool replace, lc_status *st)
{
    if (script->failed) return lc_fail_memory(st);
    lc_output o;
    lc_buf picture = {0};
    lc_code code = lc_output_open(&o, path, replace, st);
    if (code == LC_OK) code = draw(script, fit_fonts, &picture, st);
    if (code == LC_OK) {
        fwrite(picture.data, 1, picture.len, o.stream); /* the commit sees a failure */
        code = lc_output_commit(&o, st);
    } else {
        lc_output_discard(&o);
    }
    lc_buf_free(&picture);
    return code;
}

lc_code lc_gp_picture(const lc_buf *script, lc_buf *out, lc_status *st)
{
    return script->failed ? lc_fail_memory(st) : run_one(script, out, st);
}

lc_code lc_gp_pictures(const lc_buf *const *script, size_t n, int *file, lc_status *st)
{
    char name[512];
    lc_tool_output out = {.file = lc_tool_file(name, sizeof name)};
    *file = -1;
    if (out.file < 0) return no_file(errno, st);
    unlink(name);
    lc_code code = run(script, n, &out, st);
    if (code == LC_OK && lseek(out.file, 0, SEEK_SET) != 0) code = no_file(errno, st);
    if (code == LC_OK) *file = out.file;
    else close(out.file);
    return code;
}

lc_code lc_gp_save(const lc_buf *script, const char *path, bool replace, lc_status *st)
{
    if (script->failed) return lc_fail_memory(st);
    lc_output o;
    lc_code code = lc_output_open(&o, path, replace, st);
    if (code != LC_OK) return code;
    fwrite(script->data, 1, script->len, o.stream); /* the commit sees a failure */
    return lc_output_commit(&o, st);
}

#!/bin/sh
# lint.sh [RULE...]: what compilers do not see. Rules: floors, house, length, format, tidy; all without a name.
# lint.sh --self-test: shows that each rule can fail, on small trees made up for it.
# Environment: LINT_ROOT (the tree, default this repository), JOBS.
set -u

here=$(cd "$(dirname "$0")" && pwd -P)
self=$here/$(basename "$0")
root=${LINT_ROOT:-$(dirname "$here")}
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
max_lines=450

# The house, from the ground up: a file includes its own folder and folders on lower floors, nothing else.
floors='base=1 kernel=1 par=1 data=2 nn=2 report=2 baseline=3 model=4 train=5 forecast=6 anomaly=7 api=8 cli=9'

# C source without comments and with empty strings, as the functions of an awk program: plain(line).
plain_c='
function plain(line,   out, c, two, quote) {
    out = ""
    quote = ""
    while (line != "") {
        c = substr(line, 1, 1)
        two = substr(line, 1, 2)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; line = substr(line, 3) } else line = substr(line, 2)
        } else if (quote != "") {
            if (c == "\\") line = substr(line, 3)
            else { if (c == quote) { out = out c; quote = "" } line = substr(line, 2) }
        } else if (two == "/*") { in_comment = 1; out = out " "; line = substr(line, 3) }
        else if (two == "//") line = ""
        else { if (c == "\"" || c == "\047") quote = c; out = out c; line = substr(line, 2) }
    }
    return out
}
FNR == 1 { in_comment = 0 }
function complain(what) { print FILENAME ":" FNR ": " what; bad = 1 }
'

sources() { # NAME-PATTERN FOLDER...
    pattern=$1
    shift
    for folder; do
        [ ! -d "$folder" ] || find "$folder" -name "$pattern" -type f
    done | LC_ALL=C sort
}

# Runs an awk program with plain_c over the C files of the folders.
over_c() {
    program=$1
    shift
    files=$(sources '*.[ch]' "$@")
    [ -n "$files" ] || return 0
    # shellcheck disable=SC2086 # file names of this repository have no blanks
    awk -v floors="$floors" "$plain_c $program END { exit bad }" $files
}

rule_floors() {
    # shellcheck disable=SC2016 # awk's own dollars
    over_c '
    BEGIN {
        n = split(floors, rows, " ")
        for (i = 1; i <= n; i++) { split(rows[i], row, "="); floor[row[1]] = row[2] }
    }
    FNR == 1 {
        split(FILENAME, path, "/")
        own = path[1] == "include" ? "public" : path[2] ~ /^api[^\/]*\.[ch]$/ ? "api" : path[2]
        if (own != "public" && !(own in floor)) complain("\"" own "\" has no floor: see the table in scripts/lint.sh")
    }
    {
        was_comment = in_comment
        code = plain($0)
        if (was_comment || code !~ /^[ \t]*#[ \t]*include/) next
        name = $0
        angle = name ~ /^[^"<]*</
        sub(/^[^"<]*["<]/, "", name)
        sub(/[">].*/, "", name)
        parts = split(name, part, "/")
        dir = parts > 1 ? part[1] : ""
        # Angle brackets around a name of ours are the same include.
        if (angle && name != "loomcast.h" && !(dir in floor)) next
        if (own == "public") { complain("the public header stands alone, but includes \"" name "\""); next }
        if (name == "loomcast.h") {
            if (own == "kernel") complain("kernel knows arrays and sizes only, but includes \"" name "\"")
            next
        }
        if (own == "api" && name ~ /^api[^\/]*\.h$/) next
        if (name ~ /(^|\/)\.\.?(\/|$)/ || !(dir in floor)) {
            complain("\"" name "\" is not written as \"folder/name.h\" with a folder of the house")
            next
        }
        if (dir == own) next
        if (own == "kernel") complain("kernel knows arrays and sizes only, but includes \"" name "\"")
        else if (own == "cli") complain("cli uses loomcast.h alone, but includes \"" name "\"")
        else if (floor[dir] >= floor[own])
            complain(own " (floor " floor[own] ") includes \"" name "\" of floor " floor[dir])
    }' src include
}

rule_house() {
    # shellcheck disable=SC2016 # awk's own dollars
    over_c '
    FNR == 1 { par = FILENAME ~ /^src\/par\//; cli = FILENAME ~ /^src\/cli\// }
    {
        raw = $0
        was_comment = in_comment
        code = " " plain($0)
        if (!par && (code ~ /#[ \t]*pragma[ \t]+omp/ || (!was_comment && raw ~ /_Pragma[ \t]*\([ \t]*"omp/) ||
                     code ~ /#[ \t]*include[ \t]*<omp\.h>/ || code ~ /[^A-Za-z0-9_]omp_[a-z_]+[ \t]*\(/))
            complain("OpenMP is used in src/par only")
        if (cli) next
        if (code ~ /[^A-Za-z0-9_](v?printf|puts|putchar|perror)[ \t]*\(/ ||
            code ~ /[^A-Za-z0-9_](v?fprintf|fputs|fputc|putc|fwrite|write)[ \t]*\((.*[^A-Za-z0-9_])?(stdout|stderr|STD(OUT|ERR)_FILENO)[^A-Za-z0-9_]/)
            complain("the library does not print: give an lc_status, or leave it to src/cli")
        if (code ~ /[^A-Za-z0-9_](exit|quick_exit|abort|assert)[ \t]*\(/)
            complain("the library does not end the process: give an lc_status")
        if (!par && code ~ /[^A-Za-z0-9_](secure_)?getenv[ \t]*\(/ && raw !~ /getenv\("(TMPDIR|LOOMCAST_ISA)"\)/)
            complain("the library does not look at the environment (but for TMPDIR and LOOMCAST_ISA): take a setting")
    }' src
}

rule_length() {
    sources '*' src tests | grep -E '\.(c|h|py|sh)$' | while IFS= read -r file; do
        lines=$(awk 'END { print NR }' "$file")
        [ "$lines" -le "$max_lines" ] || echo "$file:$max_lines: $lines lines, more than $max_lines: split it"
    done | awk '{ print; bad = 1 } END { exit bad }'
}

rule_format() {
    # shellcheck disable=SC2046
    clang-format --dry-run -Werror $(sources '*.[ch]' src include tests) >"$tmp/format" 2>&1 </dev/null && return 0
    sed -n 's/^\([^:]*:[0-9]*\):.*error: .*/\1: not as clang-format lays it out: make format/p' "$tmp/format" | uniq >"$tmp/places"
    if [ -s "$tmp/places" ]; then cat "$tmp/places"; else cat "$tmp/format"; fi
    return 1
}

# The kernels are compiled under the name of an instruction set.
rule_tidy() {
    # shellcheck disable=SC2016 # of the inner shell
    sources '*.c' src |
        xargs -n 1 -P "$JOBS" sh -c 'clang-tidy --quiet "$1" -- -std=gnu11 -Iinclude -Isrc -fopenmp -DLC_ISA=base 2>"$0/$$" ||
            { grep -v "warnings\{0,1\} \(generated\|treated\)" "$0/$$"; exit 1; }' "$tmp"
}

lint() {
    status=0
    for rule; do
        if "rule_$rule"; then
            echo "ok    $rule"
        else
            echo "FAIL  $rule"
            status=1
        fi
    done
    return "$status"
}

# try RULE STATUS REGEX FILE TEXT [FILE TEXT]...: a tree of these files gives that status and a line that matches.
try() {
    rule=$1 want=$2 re=$3
    tests=$((tests + 1))
    rm -rf "$tmp/tree"
    mkdir "$tmp/tree"
    cp "$root/.clang-format" "$root/.clang-tidy" "$tmp/tree"
    shift 3
    first=$1
    while [ $# -gt 0 ]; do
        mkdir -p "$tmp/tree/$(dirname "$1")"
        printf '%b\n' "$2" >"$tmp/tree/$1"
        shift 2
    done
    LINT_ROOT=$tmp/tree sh "$self" "$rule" >"$tmp/out" 2>&1
    code=$?
    if [ "$code" -ne "$want" ] || ! grep -q -E -e "$re" "$tmp/out"; then
        echo "FAIL  $rule on $first: status $code (expected $want), or no line matches \"$re\":"
        sed 's/^/    | /' "$tmp/out"
        wrong=$((wrong + 1))
    fi
}

self_test() {
    tests=0
    wrong=0
    inc='#include'
    try floors 0 '^ok' src/data/a.c "$inc \"base/b.h\"\n$inc \"data/c.h\"\n$inc \"loomcast.h\"\n$inc <stdio.h>"
    try floors 1 'src/data/a.c:2: data \(floor 2\) includes "report/b.h" of floor 2' src/data/a.c "\n$inc \"report/b.h\""
    try floors 1 'src/base/a.h:1: .*floor 4' src/base/a.h "# include \"model/b.h\""
    try floors 1 'src/base/a.h:1: .*floor 1' src/base/a.h "$inc \"kernel/b.h\""
    try floors 1 'src/kernel/a.c:1: kernel knows' src/kernel/a.c "$inc \"base/b.h\""
    try floors 1 'src/kernel/a.c:1: kernel knows' src/kernel/a.c "$inc \"loomcast.h\""
    try floors 0 '^ok' src/kernel/a.c "$inc \"kernel/b.h\"\n$inc <stddef.h>"
    try floors 0 '^ok' src/api_fit.c "$inc \"anomaly/b.h\"\n$inc \"api.h\"\n$inc \"loomcast.h\"" src/anomaly/b.h ''
    try floors 1 'src/anomaly/a.c:1: .*not written' src/anomaly/a.c "$inc \"api.h\""
    try floors 1 'src/cli/a.c:1: cli uses' src/cli/a.c "$inc \"base/b.h\""
    try floors 1 'src/cli/a.c:1: cli uses' src/cli/a.c "$inc <base/b.h>"
    try floors 1 'src/cli/a.c:1: .*not written' src/cli/a.c "$inc \"../base/b.h\""
    try floors 0 '^ok' src/cli/a.c "$inc \"cli/b.h\"\n$inc <loomcast.h>\n/*\n$inc \"base/b.h\"\n*/"
    try floors 1 'src/shed/a.c:1: "shed" has no floor' src/shed/a.c ''
    try floors 1 'include/loomcast.h:1: the public' include/loomcast.h "$inc \"base/b.h\""
    try house 1 'src/train/a.c:1: OpenMP' src/train/a.c '#pragma omp parallel'
    try house 1 'src/train/a.c:1: OpenMP' src/train/a.c '_Pragma("omp parallel")'
    try house 1 'src/train/a.c:1: OpenMP' src/train/a.c "$inc <omp.h>"
    try house 0 '^ok' src/par/a.c "$inc <omp.h>\n#pragma omp parallel\nint n = omp_get_max_threads();"
    try house 1 'src/data/a.c:1: .*not print' src/data/a.c 'printf("x");'
    try house 1 'src/data/a.c:2: .*not print' src/data/a.c '/* " */\nfprintf(stderr, "x");'
    try house 1 'src/data/a.c:1: .*not print' src/data/a.c 'int x = puts ("x");'
    try house 1 'src/data/a.c:1: .*not end' src/data/a.c 'if (x) exit(1);'
    try house 1 'src/data/a.c:1: .*not end' src/data/a.c 'abort();'
    try house 1 'src/data/a.c:1: .*environment' src/data/a.c 'getenv("HOME");'
    try house 0 '^ok' src/data/a.c '// printf("x")\nfprintf(f, "exit(1)"); /* abort() */ _exit(1); lc_buf_printf(b, "stderr");'
    try house 0 '^ok' src/data/a.c 'static_assert(1, "x"); char c = \047"\047; snprintf(s, 1, "\\" exit(1)");'
    try house 0 '^ok' src/data/a.c 'getenv("TMPDIR");'
    try house 0 '^ok' src/cli/a.c 'printf("x"); exit(1);'
    allowed=$(awk "BEGIN { for (i = 0; i < $max_lines; i++) print \"int x;\" }")
    long="$allowed\nint y;"
    try length 1 "tests/unit/a.c:450: 451 lines" tests/unit/a.c "$long"
    try length 0 '^ok' src/base/a.c "$allowed" tests/golden/a.csv "$long"
    try format 1 'include/a.h:1:' include/a.h 'int  x ;'
    try format 0 '^ok' include/a.h 'extern int x;'
    try tidy 1 'src/base/a.c:3:.*NullDereference' src/base/a.c 'int a(void);\nint a(void) {\nint *p = 0; return *p; }'
    try tidy 1 'src/base/a.c:1:.*no_such' src/base/a.c "$inc \"no_such.h\""
    try tidy 0 '^ok' src/base/a.c 'int a(void);\nint a(void) {\nreturn 1; }'
    if [ "$wrong" -gt 0 ]; then
        echo "lint: $wrong of $tests checks of its rules failed"
        return 1
    fi
    echo "lint: $tests checks of its rules passed"
}

# Homebrew keeps its LLVM off the PATH.
if [ -d "${HOMEBREW_PREFIX:-/opt/homebrew}/opt/llvm/bin" ]; then
    PATH=$PATH:${HOMEBREW_PREFIX:-/opt/homebrew}/opt/llvm/bin
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
cd "$root" || exit 1

if [ "${1-}" = --self-test ]; then
    self_test
    exit
fi
[ $# -gt 0 ] || set -- floors house length format tidy
for rule; do
    case $rule in
    floors | house | length | format | tidy) ;;
    *)
        echo "lint.sh: no rule \"$rule\" (floors, house, length, format, tidy)" >&2
        exit 2
        ;;
    esac
done
lint "$@"

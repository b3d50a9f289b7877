#!/bin/sh
# run-cli-tests.sh [--update] [--no-skip] [--count FILE] [CASE...]: runs the command-line cases of tests/cli, or those named.
#
# A case is a folder tests/cli/<case>/ with a file `cmd`, a piece of shell that runs in a scratch folder holding a copy
# of the case's other files, with `loomcast` on the PATH, $DATA the repository's datasets, $CASE the case's own folder.
# What it should give stands beside it:
#   stdout, stderr        the exact text (the folders above and the scratch folder read $DATA, $CASE, $WORK in it)
#   stdout.re, stderr.re  extended regular expressions, one a line: each must match a line after the previous one's
#   code                  the exit status
#   needs                 commands, one a line; where one of them fails the case is skipped, which the output says
# Without them: any standard output, no standard error, status 0. `--update` writes down what came for `stdout` where
# that file exists (touch it first), for `stderr` unless there is a stderr.re, and for `code`.
# With --no-skip a case that is skipped fails.
# Environment: LOOMCAST (the program, default build/loomcast), CLI_CASES (the folder), JOBS, CLI_TIMEOUT (seconds).
# ASAN_OPTIONS, UBSAN_OPTIONS and TSAN_OPTIONS reach the program; whatever a sanitizer reports fails the case.
set -u

literal() { # text as a sed pattern
    printf '%s' "$1" | sed 's/[][\.*^$|]/\\&/g'
}

# Every expression of file $1 in turn against the lines of $2; prints the first that finds no line.
match_in_order() {
    from=1
    while IFS= read -r re || [ -n "$re" ]; do
        [ -n "$re" ] || continue
        at=$(tail -n "+$from" "$2" | grep -n -E -e "$re" | head -n 1 | cut -d: -f1)
        if [ -z "$at" ]; then
            printf 'no line after line %s matches: %s\n' "$((from - 1))" "$re"
            sed 's/^/    | /' "$2"
            return 1
        fi
        from=$((from + at))
    done <"$1"
}

# Stream $1 (stdout or stderr) of the case against its expectation; $2 is what stands for no expectation at all.
compare() {
    if [ -f "$CASE/$1.re" ]; then
        match_in_order "$CASE/$1.re" "$got/$1" >"$got/$1.why" || { echo "$1:" && cat "$got/$1.why" && return 1; }
    fi
    if [ -f "$CASE/$1" ]; then
        diff -u "$CASE/$1" "$got/$1" >"$got/$1.diff" || { sed "1s|.*|--- $1 expected|; 2s|.*|+++ $1 got|" "$got/$1.diff" && return 1; }
    elif [ ! -f "$CASE/$1.re" ] && [ "$2" = empty ] && [ -s "$got/$1" ]; then
        echo "$1 should be empty:"
        sed 's/^/    | /' "$got/$1"
        return 1
    fi
}

update() {
    if [ -f "$CASE/stdout" ]; then cp "$got/stdout" "$CASE/stdout"; fi
    if [ ! -f "$CASE/stderr.re" ]; then
        if [ -s "$got/stderr" ]; then cp "$got/stderr" "$CASE/stderr"; else rm -f "$CASE/stderr"; fi
    fi
    if [ "$1" -ne 0 ]; then echo "$1" >"$CASE/code"; else rm -f "$CASE/code"; fi
}

# The case as it fails or not, told on standard output.
run_case() {
    CASE=$1
    name=$(basename "$CASE")
    got=$RESULTS/run/$name
    WORK=$got/work
    mkdir -p "$WORK" || return 1
    export CASE
    cp -R "$CASE/." "$WORK/" &&
        (cd "$WORK" && rm -f cmd code needs stdout stderr stdout.re stderr.re) || return 1
    (
        cd "$WORK" || exit 125
        PATH=$RESULTS/bin:$PATH
        HOME=$WORK LC_ALL=C TZ=UTC0
        unset COLUMNS NO_COLOR CLICOLOR_FORCE
        export PATH HOME LC_ALL TZ
        if [ -n "${ASAN_OPTIONS-}" ]; then export ASAN_OPTIONS="$ASAN_OPTIONS:log_path=$got/sanitizer"; fi
        if [ -n "${UBSAN_OPTIONS-}" ]; then export UBSAN_OPTIONS="$UBSAN_OPTIONS:log_path=$got/sanitizer"; fi
        if [ -n "${TSAN_OPTIONS-}" ]; then export TSAN_OPTIONS="$TSAN_OPTIONS:log_path=$got/sanitizer"; fi
        if command -v timeout >/dev/null 2>&1; then
            exec timeout -k 5 "${CLI_TIMEOUT:-300}" sh "$CASE/cmd"
        fi
        exec sh "$CASE/cmd"
    ) >"$got/stdout.raw" 2>"$got/stderr.raw" </dev/null
    code=$?
    for stream in stdout stderr; do
        sed "s|$(literal "$WORK")|\$WORK|g; s|$(literal "$CASE")|\$CASE|g; s|$(literal "$DATA")|\$DATA|g" \
            "$got/$stream.raw" >"$got/$stream"
    done
    if [ -n "$UPDATE" ]; then update "$code"; fi
    bad=0
    compare stdout any || bad=1
    compare stderr empty || bad=1
    want=0
    [ ! -f "$CASE/code" ] || read -r want <"$CASE/code"
    if [ "$code" != "$want" ]; then
        echo "exit status: expected $want, got $code"
        bad=1
    fi
    for log in "$got"/sanitizer*; do
        [ -f "$log" ] || continue
        cat "$log"
        bad=1
    done
    return "$bad"
}

# The first command that case $1 needs and that fails here.
unmet() {
    [ -f "$1/needs" ] || return 0
    while IFS= read -r need || [ -n "$need" ]; do
        if ! sh -c "$need" >/dev/null 2>&1 </dev/null; then
            echo "$need"
            return 0
        fi
    done <"$1/needs"
}

if [ "${1-}" = --one ]; then
    name=$(basename "$2")
    need=$(unmet "$2")
    if [ -n "$need" ]; then
        if [ -n "$NO_SKIP" ]; then
            echo "FAIL  cli/$name: it needs what fails here: $need"
        else
            : >"$RESULTS/$name.skipped"
            echo "skip  cli/$name: it needs what fails here: $need"
        fi
        exit 0
    fi
    if run_case "$2" >"$RESULTS/$name.log" 2>&1; then
        : >"$RESULTS/$name.ok"
        [ -z "$VERBOSE" ] || echo "ok    cli/$name"
    else
        { echo "FAIL  cli/$name" && cat "$RESULTS/$name.log" && echo; } >"$RESULTS/$name.told"
        cat "$RESULTS/$name.told"
    fi
    rm -rf "${RESULTS:?}/run/$name"
    exit 0
fi

root=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
UPDATE=
NO_SKIP=
VERBOSE=
count=
while [ $# -gt 0 ]; do
    case $1 in
    --update) UPDATE=yes ;;
    --no-skip) NO_SKIP=yes ;;
    --count)
        count=${2:?--count needs a file}
        shift
        ;;
    -*)
        echo "usage: run-cli-tests.sh [--update] [--no-skip] [--count FILE] [CASE...]" >&2
        exit 2
        ;;
    *) break ;;
    esac
    shift
done
[ $# -eq 0 ] || VERBOSE=yes
folder=${CLI_CASES:-$root/tests/cli}
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
DATA=$root/datasets

RESULTS=$(mktemp -d) || exit 1
RESULTS=$(cd "$RESULTS" && pwd -P)
trap 'rm -rf "$RESULTS"' EXIT
trap 'exit 130' INT TERM
: >"$RESULTS/list"
cases=0
if [ $# -eq 0 ] && [ -d "$folder" ]; then
    set --
    for file in "$folder"/*/cmd; do
        [ ! -f "$file" ] || set -- "$@" "$(basename "$(dirname "$file")")"
    done
fi
for name; do
    name=$(basename "$name")
    if [ ! -f "$folder/$name/cmd" ]; then
        echo "no case $folder/$name/cmd" >&2
        exit 2
    fi
    printf '%s\0' "$(cd "$folder/$name" && pwd -P)" >>"$RESULTS/list"
    cases=$((cases + 1))
done

if [ "$cases" -gt 0 ]; then
    program=${LOOMCAST:-$root/build/loomcast}
    if [ ! -x "$program" ]; then
        echo "no program $program: run make first, or name one in LOOMCAST" >&2
        exit 1
    fi
    mkdir "$RESULTS/bin" || exit 1
    ln -s "$(cd "$(dirname "$program")" && pwd -P)/$(basename "$program")" "$RESULTS/bin/loomcast" || exit 1
    export RESULTS DATA UPDATE NO_SKIP VERBOSE OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"
    xargs -0 -n 1 -P "$JOBS" sh "$0" --one <"$RESULTS/list"
fi

passed=$(find "$RESULTS" -maxdepth 1 -name '*.ok' | wc -l)
skipped=$(find "$RESULTS" -maxdepth 1 -name '*.skipped' | wc -l)
cases=$((cases - skipped))
failed=$((cases - passed))
[ -z "$count" ] || echo "$cases $failed" >"$count"
if [ "$failed" -gt 0 ]; then
    echo "FAIL  $failed of $cases command-line cases"
    exit 1
fi
more=
[ "$skipped" -eq 0 ] || more=", $skipped more skipped"
echo "ok    $cases command-line cases$more"

#!/bin/sh
# run-tests.sh PROGRAM [CHECK...]: runs the Check programs side by side, then the command-line cases against PROGRAM.
# One line a program, the whole output of whatever failed, and a total. Environment: JOBS (default: the CPUs).
set -u
here=$(dirname "$0")

# One Check program: its output goes to $RESULTS/<name>.log, "tests failed" to $RESULTS/<name>.count.
run_one() {
    name=$(basename "$1")
    log=$RESULTS/$name.log
    began=$(date +%s)
    if command -v timeout >/dev/null 2>&1; then
        timeout -k 10 "${TEST_TIMEOUT:-900}" "$1" >"$log" 2>&1 </dev/null
    else
        "$1" >"$log" 2>&1 </dev/null
    fi
    code=$?
    took=$(($(date +%s) - began))
    # Check closes with "100%: Checks: 12, Failures: 0, Errors: 0".
    counts=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$log" | tail -n 1)
    # shellcheck disable=SC2086 # three numbers
    set -- ${counts:-0 0 0}
    tests=$1
    failed=$(($2 + $3))
    why=
    if [ "$tests" -eq 0 ]; then
        why="ran no test to its end (exit status $code)"
    elif [ "$failed" -gt 0 ]; then
        why="$failed of $tests tests failed"
    elif [ "$code" -ne 0 ]; then
        why="exit status $code after $tests tests"
    fi
    if [ -n "$why" ]; then
        [ "$failed" -gt 0 ] || failed=1
        [ "$tests" -gt 0 ] || tests=1
        mv "$log" "$RESULTS/$name.failed"
        printf 'FAIL  %-24s %s, %s s\n' "$name" "$why" "$took"
    else
        printf 'ok    %-24s %s tests, %s s\n' "$name" "$tests" "$took"
    fi
    printf '%s %s\n' "$tests" "$failed" >"$RESULTS/$name.count"
}

if [ "${1-}" = --one ]; then
    run_one "$2"
    exit 0
fi

program=${1:?usage: run-tests.sh PROGRAM [CHECK...]}
shift
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
RESULTS=$(mktemp -d) || exit 1
trap 'rm -rf "$RESULTS"' EXIT
trap 'exit 130' INT TERM
# Check's own limit of 4 seconds a test is short of what a loaded machine needs; and two teams of threads that wait
# for work by spinning would keep each other from the CPUs.
export JOBS RESULTS CK_DEFAULT_TIMEOUT="${CK_DEFAULT_TIMEOUT:-120}" OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"

programs=$#
[ "$programs" -eq 0 ] || printf '%s\0' "$@" | xargs -0 -n 1 -P "$JOBS" sh "$0" --one
for log in "$RESULTS"/*.failed; do
    [ -f "$log" ] || continue
    printf '\n--- %s\n' "$(basename "$log" .failed)"
    cat "$log"
done
tests=0
failed=0
for count in "$RESULTS"/*.count; do
    [ -f "$count" ] || continue
    read -r n f <"$count"
    tests=$((tests + n))
    failed=$((failed + f))
done
counted=$(find "$RESULTS" -name '*.count' | wc -l)
# A program that left no count was itself cut short.
failed=$((failed + programs - counted))

LOOMCAST=$program "$here/run-cli-tests.sh" --count "$RESULTS/cli"
cases=0
cases_failed=1
[ ! -f "$RESULTS/cli" ] || read -r cases cases_failed <"$RESULTS/cli"

passed=$((tests + cases - failed - cases_failed))
if [ "$failed" -eq 0 ] && [ "$cases_failed" -eq 0 ]; then
    echo "$tests Check tests in $programs programs and $cases command-line cases passed"
else
    echo "FAILED: $failed of $tests Check tests in $programs programs, $cases_failed of $cases command-line cases"
fi
echo "$passed passed, $((failed + cases_failed)) failed"
[ "$failed" -eq 0 ] && [ "$cases_failed" -eq 0 ] && [ "$passed" -gt 0 ]

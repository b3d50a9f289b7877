#!/bin/sh
# self-test.sh: shows that the test runners pass what is right and fail what is wrong, on made-up programs and cases.
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
box=$(mktemp -d) || exit 1
trap 'rm -rf "$box"' EXIT
trap 'exit 130' INT TERM
bad=0
done=0

# expect WHAT STATUS REGEX COMMAND...: the command gives that status and a line that matches.
expect() {
    what=$1 status=$2 re=$3
    shift 3
    "$@" >"$box/out" 2>&1
    code=$?
    done=$((done + 1))
    if [ "$code" -ne "$status" ] || ! grep -q -E -e "$re" "$box/out"; then
        echo "FAIL  $what: status $code (expected $status), no line matching \"$re\" or a wrong status in:"
        sed 's/^/    | /' "$box/out"
        bad=$((bad + 1))
    fi
}

cat >"$box/fake" <<'END'
#!/bin/sh
case $1 in
echo) shift; echo "$@" ;;
warn) echo "warning: $2" >&2 ;;
fail) echo "cannot" >&2; exit "$2" ;;
where) echo "$PWD/x $CASE/y $DATA/z"; ls ;;
leak) options=${ASAN_OPTIONS-$TSAN_OPTIONS} && echo "leaked" >"${options##*log_path=}.1" ;;
hang) sleep 30 ;;
esac
END
chmod +x "$box/fake"
export LOOMCAST="$box/fake" CLI_CASES="$box/cases"

# new NAME CMD: a case, its expectations to be added
new() {
    mkdir -p "$box/cases/$1"
    printf '%s\n' "$2" >"$box/cases/$1/cmd"
}
cli() {
    "$here/run-cli-tests.sh" "$@"
}

mkdir "$box/cases"
expect "no case at all" 0 '^ok +0 command-line cases$' cli
new plain 'loomcast echo hello'
expect "nothing expected: any output" 0 'cli/plain' cli plain
echo hullo >"$box/cases/plain/stdout"
expect "another output" 1 '^\+hello' cli plain
expect "update" 0 . cli --update plain
expect "after update" 0 '^ok +cli/plain' cli plain
new noise 'loomcast warn careful'
expect "standard error must be empty" 1 'stderr should be empty' cli noise
echo '^warn.*care' >"$box/cases/noise/stderr.re"
expect "its expression" 0 . cli noise
printf '%s\n' '^warning' 'never' >"$box/cases/noise/stderr.re"
expect "an expression without a line" 1 'after line 1 matches: never' cli noise
new order 'loomcast echo a; loomcast echo b'
printf '%s\n' b a >"$box/cases/order/stdout.re"
expect "expressions hold in order" 1 'matches: a$' cli order
new status 'loomcast fail 3 2>/dev/null'
expect "status 0 by default" 1 'expected 0, got 3' cli status
echo 3 >"$box/cases/status/code"
expect "status as written" 0 . cli status
new folders 'loomcast where'
echo 1 >"$box/cases/folders/in.csv"
# shellcheck disable=SC2016 # the names stand in the file as they are
printf '%s\n' '$WORK/x $CASE/y $DATA/z' in.csv >"$box/cases/folders/stdout"
expect "folders are named, files are copied" 0 . cli folders
new leak 'loomcast leak'
expect "a sanitizer's report" 1 leaked env ASAN_OPTIONS=a=1 "$here/run-cli-tests.sh" leak
expect "the thread sanitizer's report" 1 leaked env -u ASAN_OPTIONS TSAN_OPTIONS=a=1 "$here/run-cli-tests.sh" leak
new hang 'loomcast hang'
if command -v timeout >/dev/null 2>&1; then
    expect "a case that hangs" 1 'expected 0, got 124' env CLI_TIMEOUT=1 "$here/run-cli-tests.sh" hang
fi
new able 'loomcast echo hello'
printf '%s\n' true 'command -v sh' >"$box/cases/able/needs"
expect "a case that has what it needs" 0 '^ok +1 command-line cases$' cli able
printf '%s\n' true false >"$box/cases/able/needs"
expect "one that has not" 0 '^skip +cli/able: .*: false$' cli able
expect "is counted apart" 0 '^ok +1 command-line cases, 1 more skipped$' cli able plain
expect "and fails where none may be skipped" 1 '^FAIL +cli/able: .*: false$' cli --no-skip able
rm -r "$box/cases/hang" "$box/cases/leak" "$box/cases/able"
expect "the whole folder" 1 '2 of 5 command-line cases' cli
expect "an unknown case" 2 'no case' cli nosuch
expect "no program" 1 'run make first' env LOOMCAST="$box/none" "$here/run-cli-tests.sh"

# check NAME STATUS TEXT: a made-up Check program
check() {
    printf '#!/bin/sh\necho "%s"\nexit %s\n' "$3" "$2" >"$box/$1"
    chmod +x "$box/$1"
}
all() {
    "$here/run-tests.sh" "$LOOMCAST" "$@"
}
rm -r "$box/cases/noise" "$box/cases/order"
check good 0 '100%: Checks: 7, Failures: 0, Errors: 0'
check wrong 1 '50%: Checks: 4, Failures: 1, Errors: 1'
check crash 139 'nothing to see'
check leaky 86 '100%: Checks: 2, Failures: 0, Errors: 0'
check empty 0 '100%: Checks: 0, Failures: 0, Errors: 0'
expect "all is well" 0 '^7 Check tests in 1 programs and 3 command-line cases passed$' all "$box/good"
expect "the plain closing line" 0 '^10 passed, 0 failed$' all "$box/good"
expect "failures are counted" 1 '^FAILED: 2 of 11 Check tests in 2 programs, 0 of 3' all "$box/good" "$box/wrong"
expect "a crash" 1 'exit status 139' all "$box/crash"
expect "its output is shown" 1 'nothing to see' all "$box/good" "$box/crash"
expect "a leak told at exit" 1 'exit status 86 after 2 tests' all "$box/leaky"
expect "a program without tests" 1 'ran no test' all "$box/empty"
expect "a program that is not there" 1 'FAIL +none' all "$box/none"
new plain 'loomcast fail 1'
expect "a failing case" 1 '^FAILED: 0 of 7 .* 1 of 3' all "$box/good"

if [ "$bad" -gt 0 ]; then
    echo "test runners: $bad of $done checks failed"
    exit 1
fi
echo "test runners: $done checks passed"

#!/bin/sh
# fault.sh [--all] [JOB...]: every system call and allocation can fail. Runs small jobs of the program, counts their calls
# of each kind, and lets one after the other fail (tests/fault/fail.c). A run must then end with exit status 1, a message that
# names the cause, no temporary file, and outputs that are the older or the new ones, whole; or with 0 and the same bytes as
# ever. Of allocations the first 500 fail one by one and then every k-th; --all: each.
# fault.sh --disk: what no library can make: a full disk, a folder that cannot be written, inputs that vanish, grow and shrink
# while they are read, little memory. Some of it wants root, who may mount a small disk, and is passed over otherwise.
# Environment: LOOMCAST (the program), FAULT_LIBRARY, KINDS (of calls), JOBS, KEEP (a folder for the runs that broke a promise).
# The program may be one of VARIANT=asan: then what a failure leaks, or touches wrongly, breaks the promise, too.
#
# What cannot be mended, and is counted as "outside":
# - libgomp ends the process itself where it gets no memory for its team, with its own message and status 1, and no chance to
#   remove a temporary file.
set -u
all_kinds='memory open denied read write stream short interrupted sync rename no-links spawn close stat'

# The jobs: what they are called with. Each begins with the files that prepare() makes, and older outputs where it is told
# --force.
net='--arch lstm --epochs 1 --hidden 2 --lookback 6 --horizon 2'
jobs='train train-again resume fit auto theta long model terminal detect methods labels online online-on inspect inspect-model evaluate
plot folder folder-again'
arguments() {
    case $1 in
    train) echo "train --threads 1 s.csv $net -o out.model --json" ;;
    train-again) echo "train --threads 1 s.csv.gz $net --epochs 2 -o out.model --loss-plot out.svg --checkpoint out.part --force" ;;
    resume) echo "train --threads 1 s.csv $net --epochs 2 -o out.model --checkpoint half.part --resume --force --json" ;;
    fit) echo "forecast --threads 1 s.csv $net -o out.csv --plot out.svg --force" ;;
    auto) echo "forecast --threads 1 s.csv --epochs 1 --hidden 2 --horizon 2 --members 1 --calendar --json -o out.csv" ;;
    theta) echo "forecast --threads 1 s.csv --arch theta --horizon 2 -o out.csv --plot out.html --force" ;;
    long) echo "forecast --threads 1 long.csv $net --horizon 1 --static size --future price --plot out.gp --rejects out.csv" ;;
    model) echo "forecast --threads 1 s.csv --model m.model --plot out.html" ;;
    terminal) echo "plot old.csv --plot -" ;;
    detect) echo "detect --threads 1 d.csv -o out.csv --events out-events.csv --plot out.html --explain --json --force" ;;
    methods) echo "detect --threads 1 d.csv -o out.csv --method dynamic-threshold --plot out.svg" ;;
    labels) echo "evaluate --threads 1 d.csv --labels bad --target y --json -o out.csv" ;;
    online) echo "detect --threads 1 --online d.csv --state out.state -o out.csv --json" ;;
    online-on) echo "detect --threads 1 --online d.csv --state on.state -o on.csv --rejects out.csv" ;;
    inspect) echo "inspect --threads 1 s.csv.gz --json" ;;
    inspect-model) echo "inspect --threads 1 m.model --json" ;;
    evaluate) echo "evaluate --threads 1 s.csv $net -o out.csv --save-windows out-windows.csv --save-steps out-steps.csv --plot out.svg --json --force" ;;
    plot) echo "plot old.csv s.csv --plot out.png --force" ;;
    folder) echo "detect --threads 1 d.csv s.csv --out-dir new.d --charts 0" ;;
    folder-again) echo "detect --threads 1 d.csv s.csv --out-dir old.d --charts 0" ;;
    esac
}

# What the message must say, by the kind of call.
cause() {
    case $1 in
    memory) echo '[Oo]ut of memory|Cannot allocate memory' ;;
    open) echo 'Too many open files' ;;
    denied | rename) echo 'Permission denied' ;;
    # A file that is not there is looked for at another time, and then that is the cause.
    stat) echo 'Permission denied|No such file' ;;
    read | sync | close) echo 'Input/output error' ;;
    # Standard output forgets why.
    write | stream) echo 'No space left on device|standard output cannot be written' ;;
    spawn) echo 'Resource temporarily unavailable' ;;
    *) echo 'nothing of this kind is a failure' ;;
    esac
}

prepare() { # FOLDER
    awk 'BEGIN { print "ds,y"; for (i = 0; i < 60; i++)
        printf "2024-%02d-%02d,%.3f\n", 1 + int(i / 28), 1 + i % 28, 10 + 5 * sin(i * 6.28318 / 7) + (i * 7919 % 13) / 10 }' \
        >"$1/s.csv"
    gzip -n <"$1/s.csv" >"$1/s.csv.gz"
    awk 'BEGIN { print "ds,y,bad"; for (i = 0; i < 240; i++)
        printf "%d,%.3f,%d\n", i + 1, 10 + 5 * sin(i * 6.28318 / 7) + (i * 7919 % 13) / 10 + (i == 220 ? 90 : 0), i == 220 }' >"$1/d.csv"
    awk 'BEGIN { print "unique_id,ds,y,size,price"; for (k = 1; k < 3; k++) for (i = 1; i < 32; i++)
        printf "%c,%d,%s,%d,%d\n", 96 + k, i, i == 31 ? "" : k * 10 + i % 5, k, i % 3 }' >"$1/long.csv"
    (
        cd "$1" || exit 1
        head -n 100 d.csv >part.csv
        # Rows that come after the fit move the intervals of the saved model.
        head -n 50 s.csv >fewer.csv
        # shellcheck disable=SC2086 # words
        "$program" train fewer.csv $net -o m.model --threads 1 --quiet && rm fewer.csv &&
            "$program" train s.csv $net --epochs 2 -o half.model --checkpoint half.part --threads 1 --quiet &&
            "$program" detect d.csv -o old.csv --threads 1 --quiet &&
            "$program" detect d.csv s.csv --out-dir old.d --charts 0 --threads 1 --quiet &&
            "$program" detect --online part.csv --state on.state -o on.csv --quiet && rm part.csv
    )
}

run() { # JOB KIND AT: in the folder of the job's run
    rm -rf "$place/run" "$place/tmp" "$place/log"
    cp -R "$place/before" "$place/run" && mkdir "$place/tmp" || exit 1
    (
        cd "$place/run" || exit 125
        # shellcheck disable=SC2046 # words
        exec timeout -k 5 60 env TMPDIR="$place/tmp" FAULT_KIND="$2" FAULT_AT="$3" FAULT_LOG="$place/log" \
            LSAN_OPTIONS="exitcode=86:print_suppressions=0:suppressions=$WORK/not-ours" LD_PRELOAD="$library" "$program" $(arguments "$1")
    ) >"$place/stdout" 2>"$place/stderr" </dev/null
}

# Whether file $1 of the run may look as it does after a failure.
may_be() {
    file=$1
    cmp -s "$place/before/$file" "$place/run/$file" && return 0
    cmp -s "$place/after/$file" "$place/run/$file" && return 0
    case $2:$file in
    # A page without charts is a page, and says why there are none.
    *:out.html) tail -n 1 "$place/run/$file" | grep -q '^</html>$' ;;
    # A checkpoint of an epoch before the last is one, too.
    train-again:out.part) resumes ;;
    # Rows that were answered before the failure.
    online*:o*.csv) head -c "$(wc -c <"$place/run/$file")" "$place/after/$file" | cmp -s - "$place/run/$file" ;;
    # A state that the next run can go on from, see below.
    online*:o*.state) true ;;
    *) false ;;
    esac
}

# Whether a training that goes on from the checkpoint comes to the model of an undisturbed one.
resumes() {
    rm -rf "$place/resumed"
    cp -R "$place/run" "$place/resumed" && (
        cd "$place/resumed" || exit 1
        # shellcheck disable=SC2046 # words
        timeout -k 5 60 "$program" $(arguments train-again) --resume >/dev/null 2>&1 &&
            cmp -s "$place/after/out.model" out.model
    )
}

# After a failure another run of a stream must bring it to its end: every line is there, the state is that of an undisturbed run.
goes_on() {
    (
        cd "$place/run" || exit 1
        begin=
        [ "$1" != online ] || [ -e out.state ] || begin=--force
        # shellcheck disable=SC2046,SC2086 # words
        timeout -k 5 60 "$program" $(arguments "$1") $begin >/dev/null 2>&1
    ) || return 1
    for file in "$place"/after/o*.state; do cmp -s "$file" "$place/run/${file##*/}" || return 1; done
    for file in "$place"/after/o*.csv; do
        sort -u "$file" >"$place/wanted"
        sort -u "$place/run/${file##*/}" | comm -23 "$place/wanted" - | grep -q . && return 1
    done
    return 0
}

# A copy of the folder of a job, at $2, without what no two runs have in common: dates and seconds.
plain() {
    rm -rf "$2" && cp -R "$1" "$2" || return 1
    for file in "$2"/*.d; do
        [ -d "$file" ] || continue
        sed -E -i 's/,[0-9.e-]*,("[^"]*"|[^,]*)$/,,\1/' "$file/summary.csv"
        sed -i 's|<td class="n" data-v="[^"]*">[^<]*</td>\(<td[^>]*><bdi>[^<]*</bdi></td><td><a href\)|\1|' "$file/report.html"
        sed -i '/^ *"\(mtime\|ctime\|looked_at\|seconds\)":/d' "$file"/.loomcast/*.json
    done
}

# After a failure the same line must bring a job to its end: every result is that of an undisturbed run, and so is the summary but
# for what was skipped.
folder_goes_on() {
    (
        cd "$place/run" || exit 1
        # shellcheck disable=SC2046 # words
        timeout -k 5 60 "$program" $(arguments "$1") >/dev/null 2>&1
    ) || return 1
    plain "$place/run" "$place/again" && plain "$place/after" "$place/wanted" || return 1
    for folder in "$place"/again/*.d "$place"/wanted/*.d; do sed -i 's/,done,/,skipped,/' "$folder/summary.csv"; done
    diff -rq -x report.html "$place/wanted" "$place/again"
}

# Prints what is wrong with a run that ended with $1; nothing where it kept its promise.
judge() { # STATUS JOB KIND
    for file in "$place"/tmp/*; do [ ! -e "$file" ] || echo "left ${file##*/}"; done
    for file in "$place"/run/*; do
        name=${file##*/}
        [ -e "$place/before/$name" ] || [ -e "$place/after/$name" ] || echo "left $name"
    done
    find "$place/run" -name '*.tmp-*' | sed 's|.*/|left |'
    case $1 in
    0)
        cmp -s "$place/stdout.ever" "$place/stdout" || echo "status 0, but standard output differs"
        plain "$place/run" "$place/plain"
        # What cannot be looked at is made anew, and then the job says so.
        case $2:$3 in
        folder-again:read | folder-again:stat | folder-again:open | folder-again:denied)
            folder_goes_on "$2" || echo "cannot be gone on from" ;;
        *) diff -rq "$place/after" "$place/plain" >/dev/null || echo "status 0, but the files differ" ;;
        esac
        ;;
    1)
        grep -Eq "$(cause "$3")" "$place/stderr" || echo "no cause in the message: $(tail -n 1 "$place/stderr")"
        for file in "$place"/run/*; do
            name=${file##*/}
            [ ! -d "$file" ] || continue
            [ ! -e "$place/before/$name" ] && [ ! -e "$place/after/$name" ] || may_be "$name" "$2" || echo "broken $name"
        done
        case $2 in
        online*) goes_on "$2" || echo "cannot be gone on from" ;;
        folder*) folder_goes_on "$2" || echo "cannot be gone on from" ;;
        esac
        ;;
    *) echo "status $1: $(tail -n 1 "$place/stderr")" ;;
    esac
}

# A share of a job's calls: a line for each, "0", "1", "outside ..." or "BAD ...".
one() { # JOB KIND AT...
    job=$1 kind=$2
    shift 2
    place=$WORK/$job.$kind.$1
    mkdir "$place" && cp -R "$WORK/$job/before" "$WORK/$job/after" "$WORK/$job/stdout.ever" "$place" || exit 1
    for at; do
        run "$job" "$kind" "$at"
        code=$?
        caller=$(sed -n 's/^failed [^ ]* //p' "$place/log" 2>/dev/null | head -n 1)
        wrong=$(judge "$code" "$job" "$kind" | tr '\n' ';')
        # Lines of a stream are written together where they come within 2 ms, and a pipe brings bytes in pieces of any size.
        case $caller:$job:$kind in
        :online*:* | :*:read | :*:short | :*:interrupted) ;;
        :*) wrong="$wrong no such call: the run is not the same twice" ;;
        esac
        case $caller in
        libgomp*) [ "$code" -ne 1 ] || code=outside ;;
        esac
        if [ "$code" = outside ]; then echo "outside $at"
        elif [ -z "$wrong" ]; then echo "$code"
        else
            echo "BAD $at: $wrong"
            if [ -n "${KEEP-}" ]; then
                mkdir -p "$KEEP"
                { echo "$wrong" && cat "$place/log" "$place/stderr"; } >"$KEEP/$job.$kind.$at"
            fi
        fi
    done >"$WORK/results/$job.$kind.$1"
    rm -rf "$place"
}

# The calls of a kind that will fail, of $1.
choose() {
    if [ -n "$ALL" ] || [ "$1" -le 750 ]; then
        seq 1 "$1"
    else
        seq 1 500
        seq 501 $((($1 - 500) / 250 + 1)) "$1"
    fi
}

# ---- what no library can make ----

# expect STATUS WORDS WHAT COMMAND...: the status, and the words in its message.
expect() {
    want=$1 words=$2 what=$3
    shift 3
    tries=$((tries + 1))
    timeout -k 5 60 "$@" >"$WORK/stdout" 2>"$WORK/stderr" </dev/null
    code=$?
    case " $want " in *" $code "*) ;; *) tell "$what" "status $code, not $want" ;; esac
    [ "$code" -eq 0 ] || grep -Eq "$words" "$WORK/stderr" || tell "$what" "not said: $words"
    for file in *.tmp-*; do [ ! -e "$file" ] || tell "$what" "left $file"; done
}

tell() {
    echo "BROKEN  $1: $2: $(tail -n 1 "$WORK/stderr")"
    broken=$((broken + 1))
}

full_disk() {
    expect 1 'No space left' 'standard output is full' sh -c "'$program' forecast s.csv --arch theta >/dev/full"
    expect 1 'No space left' 'a full device' "$program" forecast s.csv --arch theta -o /dev/full --quiet
    mkdir "$WORK/disk"
    if ! mount -t tmpfs -o size=64k none "$WORK/disk" 2>/dev/null; then
        echo "passed over: a full disk, for want of the right to mount one"
        return
    fi
    cp s.csv d.csv old.csv m.model "$WORK/disk"
    (
        cd "$WORK/disk" || exit 1
        echo "an older file" >out.csv
        head -c 100000 /dev/zero >rest 2>/dev/null
        # shellcheck disable=SC2086 # words
        for line in "train s.csv $net -o new.model --quiet" "forecast s.csv --arch theta -o out.csv --force --quiet" \
            "detect d.csv -o new.csv --quiet" "detect --online d.csv -o new.csv --state new.state" \
            "plot old.csv --plot new.svg" "forecast s.csv --model m.model --plot new.html --quiet"; do
            expect 1 'No space left' "full disk: $line" "$program" $line
            rm -f new.csv
        done
        expect 1 'No space left' "full disk: a job" "$program" detect d.csv s.csv --out-dir jobs
        [ -z "$(find jobs -name '*.tmp-*')" ] || tell "full disk: a job" "$(find jobs -name '*.tmp-*') was left"
        [ "$(cat out.csv)" = "an older file" ] || tell "full disk" "the older file is gone"
        [ -z "$(ls | grep new)" ] || tell "full disk" "$(ls | grep new) was left"
        echo "$tries $broken" >"$WORK/counts"
    )
    read -r tries broken <"$WORK/counts"
    mount -o remount,ro "$WORK/disk"
    expect 1 'Read-only' 'a disk that cannot be written' "$program" forecast s.csv --arch theta -o "$WORK/disk/x.csv"
    expect 1 'Read-only' 'a disk that cannot be written, online' "$program" detect --online d.csv -o "$WORK/disk/x.csv"
    umount "$WORK/disk"
}

closed_folder() {
    mkdir closed && chmod 555 closed
    [ -w closed ] && echo "passed over: a folder that root may write" ||
        expect 1 'Permission denied' 'a closed folder' "$program" forecast s.csv --arch theta -o closed/x.csv
}

# The second file is there when the options are checked, and gone when the first, a pipe, has been read.
vanishing_input() {
    mkfifo first.csv && cp s.csv second.csv
    { rm second.csv && cat s.csv; } >first.csv &
    expect 1 'second.csv: cannot be opened: No such file' 'an input that vanishes' "$program" forecast --arch theta \
        first.csv second.csv
    wait
}

restless_input() {
    for round in 1 2 3 4 5 6 7 8; do
        cp s.csv restless.csv
        { for i in 1 2 3 4 5 6 7 8 9; do echo "2025-01-0$i,$i" >>restless.csv; done; cp d.csv restless.csv; } &
        expect '0 1' 'restless.csv' "an input that changes, round $round" "$program" forecast restless.csv --arch theta
        wait
    done
}

little_memory() {
    kilobytes=8000
    while [ "$kilobytes" -lt 200000 ]; do
        # Below what the libraries need the loader ends the process.
        expect '0 1 127' 'out of memory|loading shared libraries|libgomp|Cannot allocate|cannot allocate' "$kilobytes kB of memory" \
            sh -c "ulimit -v $kilobytes; exec '$program' train s.csv $net -o little.model --force --threads 1 --quiet"
        kilobytes=$((kilobytes + 4000))
    done
}

disk() {
    tries=0 broken=0
    mkdir "$WORK/place" && cp -R "$WORK/files"/* "$WORK/place" && cd "$WORK/place" || exit 1
    full_disk
    closed_folder
    vanishing_input
    restless_input
    little_memory
    echo "$tries runs on bad disks, $broken broken promises"
    [ "$broken" -eq 0 ]
}

# ---- the whole ----

root=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
self=$root/scripts/fault.sh
program=${LOOMCAST:-$root/build/loomcast}
program=$(cd "$(dirname "$program")" && pwd -P)/$(basename "$program")
library=${FAULT_LIBRARY:-$root/build/release/fault.so}
library=$(cd "$(dirname "$library")" && pwd -P)/$(basename "$library")
LC_ALL=C TZ=UTC0 OMP_WAIT_POLICY=passive
# Exit status 86 is one that loomcast never gives itself. The library comes before the sanitizer's, which it hands on to.
ASAN_OPTIONS=verify_asan_link_order=0:exitcode=86
export LC_ALL TZ OMP_WAIT_POLICY ASAN_OPTIONS

if [ "${1-}" = --one ]; then
    shift
    one "$@"
    exit 0
fi
ALL=
disk=
case ${1-} in
--all) ALL=yes && shift ;;
--disk) disk=yes && shift ;;
esac
[ $# -gt 0 ] || set -- $jobs
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
for file in "$program" "$library"; do
    [ -e "$file" ] || { echo "fault.sh: there is no $file: make fault builds it" >&2 && exit 1; }
done
WORK=$(mktemp -d) || exit 1
trap 'umount "$WORK/disk" 2>/dev/null; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
export WORK ALL
echo 'leak:dl_open_worker' >"$WORK/not-ours" # of the library, which looks where it was called from
mkdir "$WORK/results" "$WORK/files" && prepare "$WORK/files" || exit 1
if [ -n "$disk" ]; then
    disk
    exit
fi
: >"$WORK/list"
for job; do
    place=$WORK/$job
    mkdir "$place" && cp -R "$WORK/files" "$place/before" || exit 1
    case $(arguments "$job") in
    '') echo "fault.sh: there is no job $job" >&2 && exit 2 ;;
    *--force*) for name in out.csv out.model out.svg out.html out.png out-events.csv out-windows.csv out-steps.csv; do
        case $(arguments "$job") in *" $name"*) echo "an older file" >"$place/before/$name" ;; esac
    done ;;
    esac
    run "$job" memory 0 || { echo "fault.sh: $job fails undisturbed:" && cat "$place/stderr" && exit 1; } >&2
    plain "$place/run" "$place/after" && mv "$place/stdout" "$place/stdout.ever" || exit 1
    for kind in ${KINDS:-$all_kinds}; do
        run "$job" "$kind" 0
        n=$(sed -n 's/^counted //p' "$place/log" | sort -n | tail -n 1)
        [ "$n" -eq 0 ] || choose "$n" | xargs -n 40 echo "$job" "$kind" >>"$WORK/list"
        echo "$n" >"$WORK/$job.$kind.calls"
    done
done
xargs -L 1 -P "$JOBS" sh "$self" --one <"$WORK/list"

bad=0
runs=0
printf '%-14s %-12s %7s %7s %9s %9s %9s %9s\n' job calls there failed 'status 1' 'status 0' outside broken
for job; do
    for kind in ${KINDS:-$all_kinds}; do
        read -r there <"$WORK/$job.$kind.calls"
        [ "$there" -gt 0 ] || continue
        cat "$WORK/results/$job.$kind".* >"$WORK/all"
        n=$(wc -l <"$WORK/all")
        broken=$(grep -c '^BAD' "$WORK/all")
        printf '%-14s %-12s %7d %7d %9d %9d %9d %9d\n' "$job" "$kind" "$there" "$n" "$(grep -c '^1$' "$WORK/all")" \
            "$(grep -c '^0$' "$WORK/all")" "$(grep -c '^outside' "$WORK/all")" "$broken"
        sed -n "s/^BAD/    call/p" "$WORK/all" | head -n 20
        bad=$((bad + broken))
        runs=$((runs + n))
    done
done
echo "$runs calls failed, $bad broken promises"
[ "$bad" -eq 0 ] && [ "$runs" -gt 0 ]

#!/bin/sh
# fuzz.sh SECONDS PROGRAM...: runs each fuzz program that long, over a corpus in build/fuzz/corpus that grows from run to
# run and begins with what the command-line cases read, and over tests/fuzz/corpus. Prints executions, coverage and crashes;
# fails where one crashed.
# fuzz.sh --keep PROGRAM...: makes tests/fuzz/corpus anew, from itself and the grown one: inputs that together reach all
# that was reached, the shortest first, KEEP_BYTES (60,000) of each program's at the most; and every input that a program
# has crashed on, for good. The suite takes them all (tests/fuzz/replay.c).
# Environment: FUZZ_FOLDER (default build/fuzz), KEPT_FOLDER (tests/fuzz/corpus).
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
folder=${FUZZ_FOLDER:-$root/build/fuzz}
kept_folder=${KEPT_FOLDER:-$root/tests/fuzz/corpus}
keep_bytes=${KEEP_BYTES:-60000}
seconds=${1:?seconds, or --keep}
shift

# What libFuzzer calls an input that it ends with.
crashed() { # FOLDER
    find "$1" -type f \( -name 'crash-*' -o -name 'timeout-*' -o -name 'oom-*' -o -name 'leak-*' \)
}

keep() { # PROGRAM
    name=$(basename "$1")
    kept=$kept_folder/$name
    new=$(mktemp -d) || return 1
    mkdir -p "$kept" "$folder/corpus/$name" "$folder/found/$name" "$new/merged" "$new/cut"
    # Edges alone: how often each is run through would keep ten times as many. Copies, as it moves what it shortens.
    "$1" -set_cover_merge=1 -use_counters=0 -timeout=20 -rss_limit_mb=2048 "$new/merged" "$kept" "$folder/corpus/$name" >"$new/log" 2>&1 || {
        echo "$name: cannot be merged: $(tail -n 1 "$new/log")"
        rm -rf "$new"
        return 1
    }
    total=0
    for file in $(cd "$new/merged" && find . -type f -exec wc -c {} + | sort -n | awk '$2 != "total" { print $2 }'); do
        size=$(wc -c <"$new/merged/$file")
        [ $((total + size)) -le "$keep_bytes" ] || break
        total=$((total + size))
        mv "$new/merged/$file" "$new/cut/"
    done
    crashed "$kept" >"$new/crashed"
    crashed "$folder/found/$name" >>"$new/crashed"
    while IFS= read -r file; do cp "$file" "$new/cut/"; done <"$new/crashed"
    rm -rf "$kept"
    mv "$new/cut" "$kept"
    echo "$name: $(find "$kept" -type f | wc -l) inputs kept, $total bytes; $(find "$new/merged" -type f | wc -l) longer ones were not"
    rm -rf "$new"
}

if [ "$seconds" = --keep ]; then
    failed=0
    for program; do keep "$program" || failed=1; done
    exit "$failed"
fi

failed=0
for program; do
    name=$(basename "$program")
    corpus=$folder/corpus/$name
    if [ ! -d "$corpus" ]; then
        mkdir -p "$corpus"
        n=0
        for file in "$root"/tests/cli/*/*.csv "$root"/tests/cli/*/*.json "$root"/tests/cli/*/*.model; do
            n=$((n + 1))
            case $name in
            fuzz_model) case $file in *.model) cp "$file" "$corpus/seed-$n" ;; esac ;;
            fuzz_json) case $file in *.json) cp "$file" "$corpus/seed-$n" ;; esac ;;
            fuzz_state | fuzz_checkpoint) ;; # make their own
            fuzz_options | fuzz_config) break ;;
            fuzz_labels) case $file in *.json) { printf '\001' && cat "$file"; } >"$corpus/seed-$n" ;; esac ;;
            fuzz_clock) cut -d, -f1 "$file" | sed -n 2,12p >"$corpus/seed-$n" ;;
            *) case $file in *.model) continue ;; esac
                { printf '\001\003' && head -c 2000 "$file"; } >"$corpus/seed-$n" ;;
            esac
        done
        case $name in
        fuzz_options)
            # What the cases call the program with.
            cat "$root"/tests/cli/*/cmd | grep -o '^loomcast [a-z][^|;&<>]*' | sort -u | while IFS= read -r line; do
                n=$((n + 1))
                printf '%s' "${line#loomcast }" | tr -s ' ' '\000' >"$corpus/seed-$n"
            done
            ;;
        fuzz_config)
            for file in "$root"/tests/cli/config*/cmd; do
                n=$((n + 1))
                { printf '\001' && grep -h ' = \|=' "$file"; } >"$corpus/seed-$n"
            done
            ;;
        # Edits of a whole one: none, and counts near its end.
        fuzz_checkpoint)
            for n in 0 2; do printf '\00%d' "$n" >"$corpus/seed-$n"; done
            # shellcheck disable=SC2059 # octal digits
            for n in 4 6; do
                for at in 067 057 047 037 027 017 007; do printf "\\00$n\\000\\$at\\001" >"$corpus/seed-$n-$at"; done
            done
            ;;
        fuzz_state) for n in 0 1 2; do printf '\00%d\000\000\010z' "$n" >"$corpus/seed-$n"; done ;;
        esac
    fi
    mkdir -p "$folder/found/$name"
    kept=$kept_folder/$name
    [ -d "$kept" ] || kept=
    "$program" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$folder/found/$name/" "$corpus" ${kept:+"$kept"} >"$folder/$name.log" 2>&1 || failed=1
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$name.log")
    cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$folder/$name.log" | tail -n 1)
    crashes=$(find "$folder/found/$name" -type f | wc -l)
    echo "$name: ${runs:-0} executions, $cover edges covered, $crashes crashes in $folder/found/$name"
    [ "$crashes" -eq 0 ] || failed=1
done
exit "$failed"

#!/bin/sh
# fuzz.sh SECONDS PROGRAM...: runs each fuzz program that long, over a corpus in build/fuzz/corpus that grows from run to
# run and begins with what the command-line cases read. Prints executions, coverage and crashes; fails where one crashed.
# Environment: FUZZ_FOLDER (default build/fuzz).
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
folder=${FUZZ_FOLDER:-$root/build/fuzz}
seconds=${1:?seconds}
shift
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
            fuzz_state) ;; # makes its own
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
        fuzz_state) for n in 0 1 2; do printf '\00%d\000\000\010z' "$n" >"$corpus/seed-$n"; done ;;
        esac
    fi
    mkdir -p "$folder/found/$name"
    "$program" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$folder/found/$name/" "$corpus" >"$folder/$name.log" 2>&1 || failed=1
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$name.log")
    cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$folder/$name.log" | tail -n 1)
    crashes=$(find "$folder/found/$name" -type f | wc -l)
    echo "$name: ${runs:-0} executions, $cover edges covered, $crashes crashes in $folder/found/$name"
    [ "$crashes" -eq 0 ] || failed=1
done
exit "$failed"

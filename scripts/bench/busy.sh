#!/bin/sh
# busy.sh [PROGRAM]: seconds of one `loomcast evaluate` on a quiet machine and beside a busy loop on every processor, in
# turn, three times each.
set -eu
cd "$(dirname "$0")/../.."
program=${1:-build/loomcast}
box=$(mktemp -d)
loops=
stop() { for pid in $loops; do kill "$pid" 2>/dev/null || true; done; loops=; }
trap 'stop; rm -rf "$box"' EXIT
once() {
    start=$(date +%s%N)
    "$program" evaluate --arch lstm datasets/brent-oil.csv -o "$box/result.csv" --force --quiet
    echo "$1 $(($(date +%s%N) - start))" | awk '{ printf "%s %.2f s\n", $1, $2 / 1e9 }'
}
for _ in 1 2 3; do
    once quiet
    for _ in $(seq "$(getconf _NPROCESSORS_ONLN)"); do
        sh -c 'while :; do :; done' &
        loops="$loops $!"
    done
    once busy
    stop
done

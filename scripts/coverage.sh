#!/bin/sh
# coverage.sh FOLDER: what the objects below FOLDER, compiled with --coverage, counted: lines and branches that were
# reached, by folder of the sources. A source that is compiled several times counts so often; kernels for instructions
# that this machine lacks are left out, and named. Run by `make coverage`.
set -eu
folder=${1:?usage: coverage.sh FOLDER}
gcov=${GCOV:-gcov}
unable=
for isa in "$folder"/src/kernel/*/; do
    for counts in "$isa"*.gcda; do "$gcov" -n -o "$isa" "$counts" 2>/dev/null; done | grep -q '^Lines executed:[1-9]' ||
        unable="$unable $(basename "$isa")"
done
find "$folder/src" -name '*.gcda' | sort | while read -r counts; do
    case " $unable " in *" $(basename "$(dirname "$counts")") "*) continue ;; esac
    "$gcov" -b -n -o "$(dirname "$counts")" "$counts" 2>/dev/null
done | awk -F "[':% ]+" '
    # gcov tells the lines, and with -b the branches, of each file in turn.
    /^File/ { file = $2; split(file, part, "/"); own = file ~ /^src\/.*\.c$/; of = part[3] == "" ? "src" : "src/" part[2] }
    own && /^Lines executed/ { lines[of] += $5; reached[of] += $3 * $5 / 100 }
    own && /^Taken at least once/ { branches[of] += $7; taken[of] += $5 * $7 / 100 }
    END {
        printf "%-14s %9s %9s\n", "folder", "lines", "branches"
        for (f in lines) { all += lines[f]; got += reached[f]; every += branches[f]; went += taken[f]; names[++n] = f }
        if (!n) { print "coverage.sh: nothing was counted" >"/dev/stderr"; exit 1 }
        for (i = 2; i <= n; i++) for (k = i; k > 1 && names[k] < names[k - 1]; k--) { t = names[k]; names[k] = names[k - 1]; names[k - 1] = t }
        for (i = 1; i <= n; i++) { f = names[i]; printf "%-14s %7.1f %% %7.1f %%\n", f, 100 * reached[f] / lines[f], branches[f] ? 100 * taken[f] / branches[f] : 100 }
        printf "%-14s %7.1f %% %7.1f %%\n", "all", 100 * got / all, 100 * went / every
    }'
[ -z "$unable" ] || echo "left out, for want of such a machine: kernels of$unable"

#!/bin/sh
# datasets.sh [PROGRAM]: `loomcast evaluate` with default settings on every series of datasets/, as one Markdown table of the
# MASE over all columns and windows of a file, beside the baselines (ETS and ARIMA over some fifty windows). The best of a
# row is in bold; then how much its 80 % interval covers, and what the verdict says of chance.
set -eu
cd "$(dirname "$0")/../.."
program=${1:-build/loomcast}
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
echo '| file | horizon, windows | loomcast | naive | seasonal naive | Theta | ETS | ARIMA | 80 % interval covers | best baseline, p |'
echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |'
for file in datasets/*.csv; do
    name=$(basename "$file" .csv)
    [ "$name" = labels ] && continue
    "$program" evaluate "$file" -o "$box/result.csv" --force --json >"$box/summary.json" 2>/dev/null
    horizon=$(sed -n 's/.*"horizon": \([0-9]*\).*/\1/p' "$box/summary.json" | head -1)
    rival=$(sed -n 's/.*"baseline": "\(.*\)".*/\1/p' "$box/summary.json" | head -1)
    p=$(sed -n 's/.*"p": \([0-9.e-]*\).*/\1/p' "$box/summary.json" | head -1)
    awk -F, -v name="$name" -v horizon="$horizon" -v rival="$rival" -v p="$p" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["unique_id"] == "*" {
            mase[$at["model"]] = $at["mase"]
            if ($at["model"] == "auto") { cover = $at["coverage-80"]; windows = $at["windows"] }
        }
        END {
            n = split("auto naive seasonal-naive theta ets arima", model, " ")
            best = model[1]
            for (i = 2; i <= n; i++) if (mase[model[i]] < mase[best]) best = model[i]
            printf "| %s | %d, %d |", name, horizon, windows
            for (i = 1; i <= n; i++) {
                mark = mase[model[i]] == mase[best] ? "**" : ""
                printf " %s%.3f%s |", mark, mase[model[i]], mark
            }
            printf " %.0f %% | %s, %s |\n", cover, rival, p == "" ? "-" : p < 0.001 ? "< 0.001" : sprintf("%.2g", p)
        }' "$box/result.csv"
done

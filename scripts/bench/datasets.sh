#!/bin/sh
# datasets.sh [PROGRAM]: `loomcast evaluate` with default settings on every series of datasets/, as one Markdown table of
# MASE / sMAPE over all columns and windows of a file, beside the baselines. The best MASE of a row is in bold.
set -eu
cd "$(dirname "$0")/../.."
program=${1:-build/loomcast}
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
echo '| file | horizon, windows | LSTM | naive | seasonal naive | drift | Theta | 80 % interval covers |'
echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
for file in datasets/*.csv; do
    name=$(basename "$file" .csv)
    [ "$name" = labels ] && continue
    "$program" evaluate "$file" -o "$box/result.csv" --force --json >"$box/summary.json" 2>/dev/null
    horizon=$(sed -n 's/.*"horizon": \([0-9]*\).*/\1/p' "$box/summary.json")
    awk -F, -v name="$name" -v horizon="$horizon" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["unique_id"] == "*" {
            mase[$at["model"]] = $at["mase"]; smape[$at["model"]] = $at["smape"]; windows = $at["windows"]
            if ($at["model"] == "lstm") cover = $at["coverage-80"]
        }
        END {
            n = split("lstm naive seasonal-naive drift theta", model, " ")
            best = model[1]
            for (i = 2; i <= n; i++) if (mase[model[i]] < mase[best]) best = model[i]
            printf "| %s | %d, %d |", name, horizon, windows
            for (i = 1; i <= n; i++) {
                mark = mase[model[i]] == mase[best] ? "**" : ""
                printf " %s%.3f%s / %.2f |", mark, mase[model[i]], mark, smape[model[i]]
            }
            printf " %.0f %% |\n", cover
        }' "$box/result.csv"
done

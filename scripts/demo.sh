#!/bin/sh
# demo.sh PROGRAM FOLDER: forecasts and flags the example files, results and charts in FOLDER. Everything that it shows is
# named here: title, command with its options, input, result.
set -u
examples='
Weather in Seattle, the days ahead|forecast|datasets/seattle-weather.csv|weather-forecast
Weather in Seattle, unusual days|detect --sensitivity sensitive|datasets/seattle-weather.csv|weather-anomalies
Apple stock, the days ahead|forecast|datasets/stock-aapl.csv|stock-forecast
Apple stock, unusual days|detect --sensitivity sensitive|datasets/stock-aapl.csv|stock-anomalies'

program=${1:?usage: demo.sh PROGRAM FOLDER}
folder=${2:?usage: demo.sh PROGRAM FOLDER}
mkdir -p "$folder" || exit 1
results=
began=$(date +%s)
# The list comes in on another descriptor: the program keeps standard input and error as they are.
while IFS='|' read -r title command input name <&3; do
    [ -n "$title" ] || continue
    printf '%s\n  loomcast %s %s -o %s.csv --plot %s.png --force\n' "$title" "$command" "$input" "$folder/$name" "$folder/$name"
    start=$(date +%s)
    # shellcheck disable=SC2086 # words of their own
    "$program" $command "$input" -o "$folder/$name.csv" --plot "$folder/$name.png" --force || {
        code=$?
        echo "demo.sh: loomcast $command $input failed with status $code" >&2
        exit 1
    }
    for result in "$folder/$name.csv" "$folder/$name.png"; do
        [ -s "$result" ] || {
            echo "demo.sh: loomcast $command $input wrote no $result" >&2
            exit 1
        }
    done
    if [ "${command%% *}" = detect ]; then
        # The column's place comes from the header.
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "anomaly") at = i }
                 NR > 1 && at && $at == 1 { n++ } END { printf "  %d of %d rows flagged", n, NR - 1 }' "$folder/$name.csv"
    else
        awk 'END { printf "  %d rows forecast", NR - 1 }' "$folder/$name.csv"
    fi
    echo ", $(($(date +%s) - start)) s"
    results="$results $name"
done 3<<END
$examples
END
echo
echo "Done in $(($(date +%s) - began)) s. Results and charts:"
for name in $results; do
    echo "  $folder/$name.csv  $folder/$name.png"
done

#!/bin/sh
# gallery.sh PROGRAM FOLDER: one of each kind of chart, drawn from datasets/ into FOLDER, with the command of each.
set -eu
cd "$(dirname "$0")/.."
program=${1:?usage: gallery.sh PROGRAM FOLDER}
folder=${2:?usage: gallery.sh PROGRAM FOLDER}
mkdir -p "$folder"
draw() { # COMMAND FILE OPTIONS...
    command=$1 file=$2
    shift 2
    echo "loomcast $command datasets/$file $*"
    "$program" "$command" "datasets/$file" --force --quiet "$@"
}
draw forecast co2-weekly.csv --level 50,80,95 -o "$folder/co2.csv" --plot "$folder/1-forecast.png"
draw forecast air-passengers.csv --level 80,95 -o "$folder/air.csv" --plot "$folder/2-season.png"
draw forecast stock-panel.csv --horizon 20 -o "$folder/stocks.csv" --plot "$folder/3-panel.png"
draw forecast seattle-weather.csv --target temp_max --past wind,precipitation -o "$folder/heat.csv" --plot "$folder/4-covariates.svg"
draw detect brent-oil.csv --sensitivity sensitive --explain -o "$folder/oil.csv" --plot "$folder/5-flags.png"
draw detect water-flow.csv --sensitivity sensitive -o "$folder/flow.csv" --plot "$folder/6-gaps.png"
draw detect seattle-weather.csv --sensitivity sensitive -o "$folder/weather.csv" --plot "$folder/7-columns.png"
draw train sea-temperature.csv --arch lstm --horizon 24 --epochs 20 -o "$folder/sea.model" --loss-plot "$folder/8-losses.png"
draw evaluate sunspots.csv --horizon 12 --level 50,80,95 -o "$folder/sunspots.csv" --plot "$folder/9-backtest.png"
draw forecast stock-panel.csv --level 80,95 -o "$folder/stocks.csv" --plot "$folder/10-report.html"
draw detect seattle-weather.csv --sensitivity sensitive -o "$folder/weather.csv" --plot "$folder/11-report.html"
draw evaluate stock-panel.csv --arch theta --horizon 20 -o "$folder/stocks-scores.csv" --plot "$folder/12-backtest-report.html"
draw forecast co2-weekly.csv --plot - >"$folder/13-terminal.txt"
draw evaluate air-passengers.csv --arch theta --horizon 12 --plot - >"$folder/14-backtest-terminal.txt"
echo "loomcast detect datasets/*.csv --out-dir $folder/15-job"
"$program" detect datasets/[!l]*.csv --out-dir "$folder/15-job" --sensitivity sensitive --force --quiet
echo "The charts are in $folder."

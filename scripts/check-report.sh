#!/bin/sh
# check-report.sh [SERIES]: makes a report of SERIES (200) series and opens it from disk in headless Chromium, 390 and
# 1440 pixels wide: nothing on the console, no request but the page itself, nothing that is wider than the window, tables
# that sort and search, by keyboard too, and again with hostile names. CHROMIUM names the browser, SHOTS a folder for screenshots.
set -eu
cd "$(dirname "$0")/.."
series=${1:-200}
loomcast=${LOOMCAST:-build/loomcast}
browser=${CHROMIUM:-chromium}
command -v "$browser" >/dev/null || { echo "check-report.sh: there is no $browser here" >&2; exit 1; }
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT INT TERM
fail() {
    echo "FAIL  report: $*"
    exit 1
}
open_page() { # WIDTH PAGE OPTIONS...: what the browser says goes to $box/log
    width=$1 address=$2
    shift 2
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$box/profile" \
        --no-first-run --disable-background-networking --disable-component-update --hide-scrollbars \
        --enable-logging=stderr --v=0 --window-size="$width,3000" "$@" "file://$address" \
        >"$box/out" 2>"$box/log" || fail "the browser fails: $(tail -n 2 "$box/log")"
    ! grep -i 'CONSOLE' "$box/log" || fail "something is on the console"
}

# The page with a script of ours that uses it as a reader would; what it finds becomes the title. The policy lets scripts
# of one hash run: it is taken out of the copy.
probe() { # PAGE SCRIPT
    {
        sed 's|<meta http-equiv="Content-Security-Policy"[^>]*>||; /^<\/body>/,$d' "$1"
        printf '<script>%s</script></body></html>\n' "$2"
    } >"$box/probe.html"
    open_page 1440 "$box/probe.html" --dump-dom
    sed -n 's|.*<title>\(.*\)</title>.*|\1|p' "$box/out" | head -n 1
}

awk -v series="$series" 'BEGIN {
    srand(7)
    print "unique_id,ds,y"
    for (s = 0; s < series; s++) {
        level = 50 * rand() + 10
        for (i = 0; i < 300; i++) {
            y = level + 8 * sin(i * 0.2618 + s) + 3 * (rand() + rand() + rand() - 1.5)
            if (s % 9 == 0 && i == 250 + s % 40) y += 60
            printf "meter-%04d,%d,%.3f\n", s, i, y
        }
    }
}' >"$box/meters.csv"
"$loomcast" detect "$box/meters.csv" --quiet -o "$box/flags.csv" --plot "$box/flags.html"
"$loomcast" forecast "$box/meters.csv" --arch theta --horizon 12 --quiet -o "$box/next.csv" --plot "$box/next.html"
{
    echo 'unique_id,ds,y'
    awk 'BEGIN {
        n = split("<script>document.title=1</script>|\"><img src=x onerror=document.title=1>|</bdi></table><h1>x|<svg onload=document.title=1>", id, "|")
        for (k = 1; k <= n; k++) { gsub(/"/, "\"\"", id[k]); for (i = 0; i < 300; i++) printf "\"%s\",%d,%.2f\n", id[k], i, i % 7 + (i == 250) * 50 }
    }'
} >"$box/hostile.csv"
"$loomcast" detect "$box/hostile.csv" --quiet -o "$box/hostile-flags.csv" --plot "$box/hostile.html"
head -n 9001 "$box/meters.csv" >"$box/some.csv" # the slow baselines of a backtest want their time
"$loomcast" evaluate "$box/some.csv" --arch theta --horizon 12 --quiet -o "$box/scores.csv" --plot "$box/scores.html"
mkdir "$box/in"
awk -F, -v folder="$box/in" 'NR > 1 { file = folder "/" $1 ".csv"; if (file != last) { close(last); print "ds,y" >file; last = file } print $2 "," $3 >file }' \
    "$box/meters.csv"
echo 'ds,y' >"$box/in/<b>.csv"
"$loomcast" detect "$box/in"/*.csv --out-dir "$box/job" --quiet 2>/dev/null || [ $? -eq 1 ] # one file is empty
"$loomcast" evaluate "$box/in"/*.csv --out-dir "$box/tests" --arch theta --horizon 12 --quiet 2>/dev/null || [ $? -eq 1 ]
for job in job tests; do
    [ "$(grep -c '<figure' "$box/$job/report.html")" -eq 24 ] || fail "the page of $job has not 24 charts"
done

for page in flags next scores hostile job/report tests/report; do
    for width in 390 1440; do
        open_page "$width" "$box/$page.html" ${SHOTS:+--screenshot="$SHOTS/$(echo "$page" | tr / -)-$width.png"} --dump-dom
    done
    wide=$(probe "$box/$page.html" 'document.body.style.width="390px";document.title=String([...document.querySelectorAll("body > *, main > *, .charts > *")].filter(e=>e.scrollWidth>e.clientWidth+1 && getComputedStyle(e).overflowX==="visible").length)')
    # Whatever the policy keeps from being asked for stands on the console; without it, this is the list.
    requests=$(probe "$box/$page.html" 'document.title=String(performance.getEntriesByType("resource").length)')
    [ "$requests" = 0 ] || fail "$page asks for $requests things outside itself"
    [ "$wide" = 0 ] || fail "$page: $wide parts are wider than a phone"
done
title=$(sed -n 's|.*<title>\(.*\)</title>.*|\1|p' "$box/hostile.html" | head -n 1)
[ "$(probe "$box/hostile.html" '')" = "$title" ] || fail "a name changed the title"

sorted=$(probe "$box/flags.html" '
const t=document.querySelector("table"),col=i=>[...t.tBodies[0].rows].map(r=>r.cells[i].dataset.v??r.cells[i].textContent),b=t.querySelectorAll("th button");
const up=a=>a.every((x,i)=>!i||a[i-1]<=x),num=a=>a.map(Number);
const ids=()=>col(0);b[0].click();const one=up(ids());b[0].click();const two=up(ids().reverse());
b[3].focus();b[3].click();const three=up(num(col(4)).reverse());
const q=document.querySelector("input[type=search]");q.value="meter-0009";q.dispatchEvent(new Event("input"));
const left=[...t.tBodies[0].rows].filter(r=>!r.hidden).length;
document.title=[one,two,three,b[3].closest("th").getAttribute("aria-sort"),document.activeElement===b[3],left].join(" ")')
[ "$sorted" = "true true true descending true 1" ] || fail "sorting and searching: $sorted"
echo "ok    report of $series series: $(wc -c <"$box/flags.html") bytes, console empty, no requests, sorts and searches"

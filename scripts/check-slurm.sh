#!/bin/sh
# check-slurm.sh [SERIES [SHARDS]]: starts a Slurm of its own on this machine (munged, slurmctld, slurmd; on loopback, all
# their files in a temporary folder) and submits scripts/job-array.sbatch over SERIES (40) made files in SHARDS (4)
# tasks, all at once. What they leave must be, byte for byte, what one run makes, also where a task is requeued while it
# works; the array given again, and one run after it, must find nothing to do. Needs no root.
# Environment: LOOMCAST (the program).
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
series=${1:-40} shards=${2:-4}
missing=
for tool in munged slurmctld slurmd sbatch sinfo scontrol; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    echo "check-slurm.sh: not here:$missing; scripts/install-deps.sh --with slurm installs them" >&2
    exit 1
fi
LOOMCAST=$(cd "$(dirname "${LOOMCAST:-build/loomcast}")" && pwd -P)/loomcast
[ -x "$LOOMCAST" ] || { echo "check-slurm.sh: there is no $LOOMCAST: make" >&2; exit 1; }
export LOOMCAST
script=$PWD/scripts/job-array.sbatch
box=$(mktemp -d)
# until_works SECONDS COMMAND...: tries it that long.
until_works() {
    tries=$(($1 * 5))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.2
    done
}
user=$(id -un)
daemons='' submitted=''
no_task() { [ -z "$(squeue -h 2>/dev/null)" ]; }
stop() {
    # Tasks outlive the daemons.
    if [ -n "$submitted" ]; then
        scancel -s KILL --user="$user" 2>/dev/null || true
        until_works 10 no_task || true
    fi
    for pid in $daemons; do kill "$pid" 2>/dev/null || true; done
    # They are ours, so that the folder can go when they have.
    for pid in $daemons; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$box"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP
fail() {
    echo "FAIL  slurm: $*" >&2
    for log in "$box"/*.log; do
        [ ! -s "$log" ] || { echo "-- ${log##*/}" && tail -n 12 "$log"; } >&2
    done
    exit 1
}
# begin NAME COMMAND...: in the foreground of its own, so that its number is known.
begin() {
    name=$1
    shift
    "$@" >"$box/$name.log" 2>&1 </dev/null &
    daemons="$! $daemons"
}

# ---- a Slurm ----

chmod 755 "$box"
mkdir -m 700 "$box/state" "$box/spool"
mkdir -m 755 "$box/munge"
(umask 077 && head -c 128 /dev/urandom >"$box/munge/key")
port=$((20000 + $$ % 20000))
cat >"$box/slurm.conf" <<END
ClusterName=check
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$box/munge/socket,cred_expire=5
CredType=cred/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmctldPidFile=$box/slurmctld.pid
SlurmdPidFile=$box/slurmd.pid
StateSaveLocation=$box/state
SlurmdSpoolDir=$box/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$((2 * shards)) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
# Containers may have no cgroups, and nothing here needs them; that they can be left out is news of version 23.02.
case $(slurmd -V) in
*\ 2[0-2].*) cgroup=cgroup/v1 ;;
*) cgroup=disabled ;;
esac
echo "CgroupPlugin=$cgroup" >"$box/cgroup.conf"
export SLURM_CONF="$box/slurm.conf"
begin munged munged --foreground --force --key-file="$box/munge/key" --socket="$box/munge/socket" \
    --pid-file="$box/munge/pid" --log-file="$box/munge/log" --seed-file="$box/munge/seed"
until_works 10 test -S "$box/munge/socket" || fail "munged does not start"
begin slurmctld slurmctld -D
begin slurmd slurmd -D
idle() { sinfo -h -o %T | grep -q '^idle'; }
until_works 60 idle || fail "no node is ready: $(sinfo -h -o '%T %E' 2>&1)"

# ---- the data, and one run ----

cd "$box"
make_series() { # FOLDER ROWS
    mkdir "$1"
    awk -v folder="$1" -v series="$series" -v rows="$2" 'BEGIN {
        srand(1)
        for (f = 1; f <= series; f++) {
            name = sprintf("%s/pump %02d.csv", folder, f)
            print "ds,y" >name
            for (i = 0; i < rows; i++)
                printf "%d,%.3f\n", i, 50 + f + 8 * sin(i * .2618 + f) + rand() + (f % 7 == 0 && i == rows - 20) * 60 >name
            close(name)
        }
    }'
}
make_series in 300
# One of them fails: its task fails, and nothing else does.
printf 'ds,y\n1,x\n' >"in/broken.csv"
code=0
"$LOOMCAST" detect in/*.csv --out-dir whole --quiet 2>/dev/null || code=$?
[ "$code" -eq 1 ] || fail "one run over a broken file: exit code $code"

results() { (cd "$1" && find . -name '*.csv' ! -name 'summary*' | LC_ALL=C sort); }
same() { # FOLDER ONE
    results "$2" >one.list
    results "$1" >parts.list
    [ "$(wc -l <one.list)" -eq "$series" ] || fail "$(wc -l <one.list) results of $series series"
    cmp -s one.list parts.list || fail "$1: not the files of one run"
    while IFS= read -r file; do
        cmp -s "$2/$file" "$1/$file" || fail "$1: $file differs"
    done <one.list
}
submit() {
    submitted=yes
    sbatch --parsable --array="1-$shards" --mem-per-cpu=0 "$@"
}
# array FOLDER: 0 only if every task gave 0.
array() {
    submit --wait "$script" detect in/*.csv --out-dir "$1" >number
}
# What the summaries of all tasks say: how many files of this status.
told() { cat "$1"/summary-*-of-"$shards".csv | grep -c ",$2," || true; }

array parts && fail "the array does not tell that a file failed"
same parts whole
set -- parts/summary-*-of-"$shards".csv
[ $# -eq "$shards" ] || fail "$# summaries of $shards tasks"
counts="$(told parts 'done') $(told parts failed)"
[ "$counts" = "$series 1" ] || fail "files done and failed, by the summaries: $counts"
rm in/broken.csv
array parts || fail "the array fails where every file can be read: exit code $?"
[ "$(told parts skipped)" -eq "$series" ] || fail "given again, it skips $(told parts skipped) of $series"
"$LOOMCAST" detect in/*.csv --out-dir parts --quiet || fail "a run after the array fails"
[ "$(grep -c ',skipped,' parts/summary.csv)" -eq "$series" ] || fail "a run after the array does not skip all files"
same parts whole

# ---- a task that loses its machine ----

make_series long 1000
"$LOOMCAST" detect long/*.csv --out-dir whole-long --quiet || fail "long series fail"
job=$(submit "$script" detect long/*.csv --out-dir cut)
until_works 60 test -f "cut/pump 01.csv" || fail "the first task has no result"
scontrol requeue "${job}_1" || fail "the first task cannot be requeued"
until_works 120 no_task || fail "the tasks do not end: $(squeue -h)"
scontrol -o show job "${job}_1" | grep -q 'JobState=COMPLETED.* Restarts=1 ' ||
    fail "the first task has not begun again: $(scontrol -o show job "${job}_1")"
grep -q ',skipped,' cut/summary-1-of-"$shards".csv || fail "the first task has begun anew"
same cut whole-long
echo "ok    slurm: $series series in $shards tasks, every result that of one run; given again, all are skipped; one requeued goes on"

"""What scaling and memory share: made series, and the time and peak memory of a program."""
import math, os, random, shutil, subprocess, sys, tempfile, time


def run(command):
    """(seconds, peak bytes) of a command that succeeds; its peak is that of its whole life.

    A child that Python starts inherits Python's own peak, some 14 MB, as its least. GNU time is small enough not to
    matter, so it is asked where it is there.
    """
    with tempfile.NamedTemporaryFile("r") as note:
        gnu = shutil.which("time")
        if gnu and "GNU" not in subprocess.run([gnu, "--version"], capture_output=True, text=True, check=False).stdout:
            gnu = None
        start = time.perf_counter()
        with subprocess.Popen([gnu, "-f", "%e %M", "-o", note.name, *command] if gnu else command,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
            errors = child.stderr.read().decode(errors="replace")
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if child.returncode:
            sys.exit(f"{' '.join(command)} failed with status {child.returncode}:\n{errors[-2000:]}")
        if gnu:
            return seconds, int(note.read().split()[-1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss * unit


def write_series(path, rows, seed=1):
    """One column of `rows` numbers: a wave with noise that repeats only after a million rows, written quickly."""
    r = random.Random(seed)
    block = [f"{10 + math.sin(i / 7) + r.gauss(0, 0.3):.3f}\n" for i in range(min(rows, 1_000_000))]
    with open(path, "w", encoding="ascii") as f:
        f.write("y\n")
        for first in range(0, rows, len(block)):
            f.writelines(block[:rows - first])

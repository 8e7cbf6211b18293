"""What rounds back to back cost where there is always more to read: a count by key as micro-batches and continuously, in
turn, with about as many checkpoints a second."""
import contextlib
import os
import pathlib
import subprocess
import tempfile
import time

from bed import Bed, progress_lines

EVENTS = 20_000_000
EPOCH_EVENTS = 2_000_000
# Such an epoch takes about as long.
TRIGGERS = {"micro-batches": '"default"', "continuous": '{ continuous = "250 milliseconds" }'}


def commits(process):
    """(time, rows so far) of each commit until all events are in, as the process tells of them."""
    rows = 0
    for progress in progress_lines(process):
        if progress["numInputRows"] == 0:
            continue
        rows += progress["numInputRows"]
        yield time.monotonic(), rows
        if rows >= EVENTS:
            return


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(bed, topic, trigger):
    """Events a second between the first commit and the last but one, and what an event costs in all."""
    out = bed.topic()
    pipeline = bed.pipeline(trigger=trigger, topic=topic, per_epoch=EPOCH_EVENTS, window="10 seconds", delivery="at_least_once",
                            out=out)
    process = bed.start(pipeline, "--json", "--quiet", stdout=subprocess.PIPE, text=True)
    made = list(commits(process))
    cpu_s = cpu_seconds(process)
    process.terminate()
    process.communicate()
    bed.tool("delete", out)
    if process.returncode != 0 or len(made) < 4 or made[-1][1] < EVENTS:
        raise SystemExit(f"the job ended with {process.returncode} after {made[-1:]} in {len(made)} commits")
    (begun, before), (ended, after) = made[0], made[-2]
    return {"events_per_s": (after - before) / (ended - begun), "us_per_event": cpu_s * 1e6 / EVENTS, "commits": len(made)}


def measure(build, repeat):
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Bed(build, folder)) as bed:
        topic = bed.topic(EVENTS)
        for _ in range(repeat):
            for name, trigger in TRIGGERS.items():
                yield {"part": "continuous", "trigger": name, "events": EVENTS, **run(bed, topic, trigger)}

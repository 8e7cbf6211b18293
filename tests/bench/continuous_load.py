"""What rounds back to back cost where there is always more to read: the throughput job as micro-batches and continuously,
in turn, with about as many checkpoints a second."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

from profile_chart import PARTITIONS, events_in

HERE = pathlib.Path(__file__).resolve().parent
# An epoch of the job's 2 million events takes about as long.
TRIGGERS = {"micro-batches": '"default"', "continuous": '{ continuous = "250 milliseconds" }'}


def commits(process, events):
    """(time, rows so far) of each commit until all events are in, as the process tells of them."""
    rows = 0
    for line in process.stdout:
        epoch = json.loads(line)
        if epoch["numInputRows"] == 0:
            continue
        rows += epoch["numInputRows"]
        yield time.monotonic(), rows
        if rows >= events:
            return


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(trigger, build, broker, topic, events):
    """What a second takes between the first commit and the last but one, and what an event costs in all."""
    out = f"continuous-out-{time.time_ns()}"
    tool = build / "bin" / "kafka_tool"
    subprocess.run([tool, "create", out, "--bootstrap", broker, "--partitions", str(PARTITIONS)], check=True)
    with tempfile.TemporaryDirectory() as folder:
        job = pathlib.Path(folder) / "job.toml"
        text = (HERE / "count_by_key.toml").read_text()
        job.write_text(re.sub(r"^trigger = .*", f"trigger = {trigger}", text, flags=re.MULTILINE))
        process = subprocess.Popen([build / "bin" / "millrace", "run", job, "--json", "--quiet"], stdout=subprocess.PIPE, text=True,
                                   env={**os.environ, "BROKERS": broker, "TOPIC_IN": topic, "TOPIC_OUT": out, "WORK": folder})
        made = list(commits(process, events))
        cpu_s = cpu_seconds(process)
        process.terminate()
        process.communicate()
    subprocess.run([tool, "delete", out, "--bootstrap", broker], check=True)
    if process.returncode != 0 or len(made) < 4 or made[-1][1] < events:
        raise SystemExit(f"the job ended with {process.returncode} after {made[-1:]} in {len(made)} commits")
    (begun, before), (ended, after) = made[0], made[-2]
    return {"events_per_s": (after - before) / (ended - begun), "us_per_event": cpu_s * 1e6 / events, "commits": len(made)}


def measure(peers, build, events, repeat):
    broker, topic = events_in(peers, events)
    for _ in range(repeat):
        for name, trigger in TRIGGERS.items():
            yield {"part": "continuous", "trigger": name, "events": events, **run(trigger, build, broker, topic, events)}

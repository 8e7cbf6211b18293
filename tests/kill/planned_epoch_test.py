#!/usr/bin/env python3
"""A process dies in its first epoch, in which one of two partitions has no event time yet."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from killed_job import BUILD, SCHEMA, Job, compare
from seeded_events import START_MS, text_of

BROKERS = (BUILD / "kafka" / "bootstrap").read_text().strip()


def kafka_tool(*words, text=None):
    subprocess.run([str(BUILD / "bin" / "kafka_tool"), *words], check=True, input=text, text=True,
                   env={**os.environ, "KAFKA_BROKERS": BROKERS})


def source(topic):
    return f"""
retain_epochs = 1000

[sources.events]
type = "kafka"
bootstrap_servers = "{BROKERS}"
subscribe = ["{topic}"]
starting_offsets = "earliest"
max_offsets_per_trigger = 40
format = "json"
{SCHEMA}
watermark = {{ column = "ts", delay = "10 seconds" }}
"""


def event(number, time_ms):
    time = {} if time_ms is None else {"ts": text_of(time_ms)}
    return json.dumps({"id": number, "key": "key", "value": 1} | time)


def fill(topic):
    """Partition 0 is an hour ahead; the first half of partition 1 has no times, its last event is further ahead."""
    kafka_tool("create", topic, "--partitions", "2")
    ahead = [event(number, START_MS + 3_600_000 + number) for number in range(100)]
    behind = [event(100 + number, None if number < 50 else START_MS + number) for number in range(100)]
    behind.append(event(200, START_MS + 7_200_000))
    for partition, lines in enumerate((ahead, behind)):
        kafka_tool("produce", topic, "--partition", str(partition), text="\n".join(lines) + "\n")


def die_in_the_first_epoch(job):
    """Leaves what a process leaves that died after it had planned epoch 0."""
    job.finish()
    for path in (job.folder / "checkpoint" / "epochs").glob("*.*"):
        if not (path.name.startswith(f"{0:020}") and path.suffix == ".plan"):
            path.unlink()
    for path in (job.folder / "checkpoint" / "state").glob("*"):
        path.unlink()
    shutil.rmtree(job.out)
    job.out.mkdir()


def main():
    topic = f"planned-{os.getpid()}"
    fill(topic)
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = Job(pathlib.Path(folder) / "undisturbed", source(topic))
        undisturbed.finish()
        rows = len(undisturbed.rows("rows"))
        counted = sum(row["n"] for row in undisturbed.rows("closed"))
        assert (rows, counted) == (201, 50), f"{rows} rows, {counted} of them in closed windows"
        job = Job(pathlib.Path(folder) / "killed", source(topic))
        die_in_the_first_epoch(job)
        job.finish()
        compare(job, undisturbed)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Two partitions of a real Kafka topic in, files out, kill -9 in between."""
import os
import pathlib
import subprocess
import tempfile

from killed_job import BUILD, SCHEMA, Job, Killer, arguments, check
from seeded_events import SeededEvents

BROKERS = (BUILD / "kafka" / "bootstrap").read_text().strip()
PARTITIONS = 2


def kafka_tool(*words, text=None):
    subprocess.run([str(BUILD / "bin" / "kafka_tool"), *words], check=True, input=text, text=True,
                   env={**os.environ, "KAFKA_BROKERS": BROKERS})


def source(topic):
    return f"""
[sources.events]
type = "kafka"
bootstrap_servers = "{BROKERS}"
subscribe = ["{topic}"]
starting_offsets = "earliest"
max_offsets_per_trigger = 1000
format = "json"
{SCHEMA}
watermark = {{ column = "ts", delay = "10 seconds" }}
"""


def main():
    options = arguments(__doc__, kills=15)
    events = SeededEvents(options.events or max(options.kills * 5000, 20000), options.seed)
    print(f"seed {options.seed}: {options.kills} kills, {len(events.events)} events", flush=True)
    topic = f"killed-{options.seed}-{os.getpid()}"
    kafka_tool("create", topic, "--partitions", str(PARTITIONS))
    for partition in range(PARTITIONS):
        kafka_tool("produce", topic, "--partition", str(partition),
                   text="\n".join(events.lines(partition, PARTITIONS)) + "\n")
    with tempfile.TemporaryDirectory() as folder:
        # Which offsets an epoch takes depends on the moment, so only the answer is compared, not each epoch.
        killer = Killer(options.seed)
        killer.run(options.kills, lambda n: Job(pathlib.Path(folder) / f"killed-{n}", source(topic),
                                                 continuous=options.continuous),
                   lambda job: check(job, events))
        print(killer.report())


if __name__ == "__main__":
    main()

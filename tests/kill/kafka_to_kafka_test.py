#!/usr/bin/env python3
"""Kafka in, Kafka out exactly once, kill -9 in between, and a reader that must never see what was taken back."""
import os
import pathlib
import tempfile

from kafka_job import Cluster, KafkaJob, Reader
from killed_job import Killer, arguments
from seeded_events import SeededEvents


def main():
    options = arguments(__doc__, kills=6)
    events = SeededEvents(options.events or max(options.kills * 4000, 20000), options.seed)
    print(f"seed {options.seed}: {options.kills} kills, {len(events.events)} events", flush=True)
    cluster = Cluster.of_the_tests()
    name = f"exactly-{options.seed}-{os.getpid()}"
    cluster.fill(name, events)
    readers = []
    with tempfile.TemporaryDirectory() as folder:
        def make_job(number):
            job = KafkaJob(pathlib.Path(folder) / f"killed-{number}", cluster, name, f"{name}-{number}")
            readers.append(Reader(job))
            return job

        def check_job(job):
            job.check(events)
            readers[-1].check()

        killer = Killer(options.seed)
        try:
            killer.run(options.kills, make_job, check_job)
        finally:
            for reader in readers:
                reader.stop()
        print(killer.report())


if __name__ == "__main__":
    main()

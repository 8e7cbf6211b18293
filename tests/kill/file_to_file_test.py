#!/usr/bin/env python3
"""A file in, files out, kill -9 in between."""
import pathlib
import tempfile

from killed_job import SCHEMA, Job, Killer, arguments, check, compare
from seeded_events import SeededEvents


def source(path):
    return f"""
[sources.events]
type = "file"
path = "{path}"
max_bytes_per_trigger = "64 KiB"
format = "json"
{SCHEMA}
watermark = {{ column = "ts", delay = "10 seconds" }}
"""


def main():
    options = arguments(__doc__, kills=25)
    events = SeededEvents(options.events or max(options.kills * 5000, 20000), options.seed)
    print(f"seed {options.seed}: {options.kills} kills, {len(events.events)} events", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "input.jsonl").write_text("\n".join(events.lines()) + "\n")
        undisturbed = Job(folder / "undisturbed", source(folder / "input.jsonl"), options.state_store)
        undisturbed.finish()
        check(undisturbed, events)

        def check_job(job):
            check(job, events)
            compare(job, undisturbed)

        if options.continuous:
            killer = Killer(options.seed)
            killer.run(options.kills, lambda n: Job(folder / f"killed-{n}", source(folder / "input.jsonl"),
                                                    options.state_store, continuous=True),
                       lambda job: check(job, events))
            print(killer.report())
            return
        killer = Killer(options.seed)
        killer.run(options.kills, lambda n: Job(folder / f"killed-{n}", source(folder / "input.jsonl"),
                                                options.state_store), check_job)
        print(killer.report())


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""A file in, tables of PostgreSQL out, kill -9 of the process and of the server in between. One table refuses rows."""
import collections
import json
import pathlib
import subprocess
import tempfile

from killed_job import SCHEMA, TRANSFORMS, Job, Killer, arguments
from seeded_events import FLUSH_KEY, SeededEvents

SERVER = pathlib.Path(__file__).resolve().parents[1] / "support" / "postgres" / "server.sh"
REFUSED_EACH = 700
QUERY = TRANSFORMS + """
[sinks.rows]
type = "postgres"
inputs = ["events"]
dsn = "${DSN}"
table = "SPACE.rows"
create_table = true
delivery = "exactly_once"

[sinks.accepted]
type = "postgres"
inputs = ["events"]
dsn = "${DSN}"
table = "SPACE.accepted"
delivery = "exactly_once"
on_error = "dead_letter"

[sinks.refused]
type = "postgres"
inputs = ["accepted.dead_letter"]
dsn = "${DSN}"
table = "SPACE.refused"
create_table = true
delivery = "exactly_once"

[sinks.closed]
type = "postgres"
inputs = ["windows"]
output_mode = "append"
dsn = "${DSN}"
table = "SPACE.closed"
create_table = true

[sinks.running]
type = "postgres"
inputs = ["totals"]
output_mode = "update"
dsn = "${DSN}"
table = "SPACE.running"
key = ["key"]
create_table = true

[sinks.whole]
type = "postgres"
inputs = ["totals"]
output_mode = "complete"
dsn = "${DSN}"
table = "SPACE.whole"
create_table = true
"""


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


class Server:
    def __init__(self, folder):
        self.folder = folder / "server"
        self.call("start")

    def call(self, verb):
        # The server keeps the output open that it was started with.
        subprocess.run([str(SERVER), verb, str(self.folder)], check=True, stdout=subprocess.DEVNULL)

    def file(self, name):
        return (self.folder / name).read_text().strip()

    def ask(self, sql):
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.file("admin"), "-c", sql],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr}")
        return done.stdout.strip()

    def rows(self, table):
        return json.loads(self.ask(f"SELECT coalesce(json_agg(t), '[]') FROM {table} t WHERE key <> '{FLUSH_KEY}'"))


class TableJob(Job):
    def __init__(self, folder, input_path, server):
        super().__init__(folder, source(input_path))
        self.server = server
        self.space = "job_" + folder.name.replace("-", "_")
        self.query = QUERY.replace("SPACE", self.space).replace("${DSN}", server.file("dsn"))
        self.seen = 0
        server.ask(f"""CREATE SCHEMA {self.space} AUTHORIZATION millrace;
            CREATE TABLE {self.space}.accepted (id bigint CHECK (id % {REFUSED_EACH} <> 7), key text, ts timestamptz,
                                                value bigint);
            ALTER TABLE {self.space}.accepted OWNER TO millrace""")

    def rows(self, sink):
        return self.server.rows(f"{self.space}.{sink}")

    def visible(self):
        """Checks in the middle what a reader sees: no row twice, and none taken back."""
        if self.server.ask(f"SELECT to_regclass('{self.space}.rows')"):
            count, ids = map(int, self.server.ask(f"SELECT count(*), count(DISTINCT id) FROM {self.space}.rows").split("|"))
            if count != ids or count < self.seen:
                raise AssertionError(f"rows: {count} where {self.seen} had been, {ids} different")
            self.seen = count
        return {}


def ids_of(job, table):
    if table == "accepted":
        return [row["id"] for row in job.rows(table)]
    values = job.server.ask(f"SELECT coalesce(json_agg(value::json), '[]') FROM {job.space}.{table}")
    return [row["id"] for row in json.loads(values)]


def check(job, events):
    ids = sorted(row["id"] for row in job.rows("rows"))
    expected = events.ids()
    if ids != expected:
        lost, doubled = len(set(expected) - set(ids)), len(ids) - len(set(ids))
        raise AssertionError(f"rows: {lost} lost, {doubled} written again, of {len(expected)}")
    for table, kept in (("accepted", lambda id: id % REFUSED_EACH != 7), ("refused", lambda id: id % REFUSED_EACH == 7)):
        found = sorted(ids_of(job, table))
        if found != list(filter(kept, expected)):
            raise AssertionError(f"{table}: {len(found)} rows, {len(set(found))} different")
    closed = job.rows("closed")
    windows = {(row["key"], row["ws"]): [row["n"], row["total"]] for row in closed}
    if windows != events.windows() or len(windows) != len(closed):
        raise AssertionError(f"windows: {len(closed)} rows for {len(events.windows())} windows")
    totals = collections.defaultdict(lambda: [0, 0])
    for event in events.events:
        totals[event["key"]][0] += 1
        totals[event["key"]][1] += event["value"]
    for sink in ("running", "whole"):
        found = sorted([row["key"], row["n"], row["total"]] for row in job.rows(sink))
        if found != sorted([key, *value] for key, value in totals.items()):
            raise AssertionError(f"{sink} totals are wrong")


def outlive_the_server(job):
    """The server crashes and comes back while the process goes on."""
    child = job.start()
    for crash in range(2):
        for _ in range(3):
            child.stdout.readline()
        job.server.call("kill")
        job.server.call("start")
        if child.poll() is not None:
            raise AssertionError(f"crash {crash} ended the process, with {child.returncode}:\n{job.log()}")
    child.communicate()
    if child.returncode != 0:
        raise AssertionError(f"the run ended with {child.returncode}:\n{job.log()}")
    if "works again" not in (job.folder / "log").read_text():
        raise AssertionError("the process never noticed that the server was away")


def main():
    options = arguments(__doc__, kills=15)
    events = SeededEvents(options.events or max(options.kills * 3000, 20000), options.seed)
    print(f"seed {options.seed}: {options.kills} kills, {len(events.events)} events", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        path = folder / "input.jsonl"
        path.write_text("\n".join(events.lines()) + "\n")
        server = Server(folder)
        try:
            killer = Killer(options.seed)
            killer.run(options.kills, lambda n: TableJob(folder / f"killed-{n}", path, server),
                       lambda job: check(job, events))
            outlived = TableJob(folder / "outlived", path, server)
            outlive_the_server(outlived)
            check(outlived, events)
            if server.file("dsn").split("password=")[1].split()[0] in "".join(
                    log.read_text(errors="replace") for log in folder.glob("*/log")):
                raise AssertionError("the password is in a log")
            print(killer.report() + "; 2 crashes of the server outlived")
        finally:
            server.call("stop")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""For random streams, and random cuts of them into epochs, threads and shards, what the engine puts out in
append mode is what a plain program puts out that sees all rows at once.

usage: final_results_test.py [--rounds N] [--rows N] [--seed N] [--kill]
Rows may be out of order, but never by more than the watermark's delay, so none is late; a last row far ahead
closes everything. A failure prints the seed of its round, which `--rounds 1 --seed SEED` repeats.
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import random
import string
import subprocess
import sys
import tempfile
import threading

import reference

BUILD = pathlib.Path(os.environ.get("MILLRACE_BUILD", pathlib.Path(__file__).parents[2] / "build/dev")).resolve()
PIPELINE = pathlib.Path(__file__).with_name("pipeline.toml")
DISORDER_SECONDS = 12
SINK = '[sinks.to_{0}]\ntype = "file"\ninputs = ["{0}"]\npath = "${{OUT}}/{0}"\nformat = "json"\n'
START = 1_767_225_600 * reference.SECOND
FLUSH_ID = -1
SECONDS_MAX = 60


def time_text(time):
    if time is None:
        return None
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=time)
    return moment.isoformat(timespec="microseconds") + "Z"


def times(chance, count):
    """They wander forward, with jumps, steps back, and times on the very edges of windows."""
    now = START
    for _ in range(count):
        now += chance.choice([0, 0, 1, 200_000, 1_700_000]) + (40 * reference.SECOND if chance.random() < 0.02 else 0)
        time = now - chance.randrange(DISORDER_SECONDS) * reference.SECOND * chance.choice([0, 0, 1])
        yield time - time % reference.SECOND if chance.random() < 0.3 else time


def streams(chance, count):
    left = [{"id": number, "key": chance.choice(["a", "b", "c", "long key of a group", None]),
             "ts": time if chance.random() > 0.05 else None,
             "value": chance.choice([None, -3, 0, 1, 2, 40])}
            for number, time in enumerate(times(chance, count))]
    right = [{"rid": number, "rkey": chance.choice(["a", "b", "c", None]), "rts": time}
             for number, time in enumerate(times(chance, count // 2))]
    return left, right


def write_cut(chance, rows, time_column, last, folder):
    """The rows in order, cut into files at random; the last file closes what is open."""
    folder.mkdir(parents=True)
    cuts = sorted(chance.randrange(len(rows) + 1) for _ in range(chance.randrange(8)))
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(rows)])):
        lines = [json.dumps(row | {time_column: time_text(row[time_column])}) for row in rows[start:end]]
        (folder / f"{number:03}.jsonl").write_text("".join(line + "\n" for line in lines))
    (folder / "999.jsonl").write_text(json.dumps(last) + "\n")


def run(command, chance, kill):
    """Until it ends by itself; with `kill` it is killed again and again, a little later each time."""
    patience = 0.05
    while True:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   text=True)
        timer = threading.Timer(chance.uniform(0, patience) if kill else SECONDS_MAX, process.kill)
        timer.start()
        _, errors = process.communicate()
        timer.cancel()
        if process.returncode == 0:
            return
        if process.returncode > 0 or not kill:
            raise SystemExit(f"exit code {process.returncode}:\n{errors}")
        patience *= 1.2


def read_rows(folder):
    for path in sorted(folder.glob("part-*")):
        yield from map(json.loads, path.read_text().splitlines())


def bag(rows):
    texts = (json.dumps({name: time_text(value) if name in ("window_start", "window_end") and
                         isinstance(value, int) else value for name, value in row.items()},
                        sort_keys=True) for row in rows)
    return collections.Counter(texts)


def normal(row):
    """Times as time_text writes them, whatever the length of their fraction."""
    def longer(text):
        return time_text((datetime.datetime.fromisoformat(text.rstrip("Z")) -
                          datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1))
    return {name: longer(value) if name in ("window_start", "window_end") else value
            for name, value in row.items()}


def check_round(seed, options, folder):
    chance = random.Random(seed)
    left, right = streams(chance, options.rows)
    far = time_text(START + 10_000 * 60 * reference.SECOND)
    write_cut(chance, left, "ts", {"id": FLUSH_ID, "key": "flush", "ts": far, "value": None}, folder / "left")
    write_cut(chance, right, "rts", {"rid": FLUSH_ID, "rkey": "flush", "rts": far}, folder / "right")
    expected = reference.results(left, right)
    cut = {"SHARDS": chance.choice([1, 2, 5, 16]), "FILES": chance.choice([1, 1, 2, 3, 100])}
    threads = str(chance.choice([1, 2, 4]))
    pipeline = folder / "pipeline.toml"
    text = PIPELINE.read_text() + "".join(SINK.format(name) for name in expected)
    pipeline.write_text(string.Template(text).substitute(
        cut, IN=folder, OUT=folder / "out", DELAY=f"{DISORDER_SECONDS} seconds"))
    run([str(BUILD / "bin" / "millrace"), "run", str(pipeline), "--quiet", "--threads", threads],
        chance, options.kill)
    for name, rows in expected.items():
        got = bag(map(normal, (row for row in read_rows(folder / "out" / name)
                               if row.get("id") != FLUSH_ID)))
        wanted = bag(rows)
        if got != wanted:
            raise SystemExit(f"seed {seed}, {threads} threads, {cut}: `{name}` misses\n"
                             f"{dict(wanted - got)}\nand has\n{dict(got - wanted)}\ntoo much")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--kill", action="store_true", help="kill the engine again and again in each round")
    options = parser.parse_args()
    for seed in range(options.seed, options.seed + options.rounds):
        with tempfile.TemporaryDirectory(prefix="millrace-property-") as folder:
            check_round(seed, options, pathlib.Path(folder))
    print(f"{options.rounds} rounds, each result as it must be")


if __name__ == "__main__":
    sys.exit(main())

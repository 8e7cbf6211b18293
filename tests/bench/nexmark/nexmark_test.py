#!/usr/bin/env python3
"""Runs the pipelines of configs/bench from topic to topic, in one epoch and in many, and compares what they write with
reference.py.

usage: nexmark_test.py [--cut whole|parts] [QUERY...]"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import answers
import events
import reference

BUILD = pathlib.Path(os.environ["MILLRACE_BUILD"])
PIPELINES = pathlib.Path(__file__).resolve().parents[3] / "configs" / "bench"
PARTITIONS = 2
EVENTS = 3000
EPOCH_OFFSETS = {"whole": 1_000_000, "parts": 500}
SECONDS_MAX = 60


def kafka_tool(*arguments, text=None):
    done = subprocess.run([str(BUILD / "bin" / "kafka_tool"), *map(str, arguments)], input=text,
                          capture_output=True, text=True, timeout=SECONDS_MAX)
    if done.returncode != 0:
        raise SystemExit(f"kafka_tool {arguments[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout


def fill(broker, topic, values):
    """Value i goes to partition i modulo their number, so that each gets its last, far ahead."""
    kafka_tool("create", topic, "--bootstrap", broker, "--partitions", PARTITIONS)
    for partition in range(PARTITIONS):
        kafka_tool("produce", topic, "--bootstrap", broker, "--partition", partition,
                   text=events.lines(values[partition::PARTITIONS]))


def run(query, cut, broker, topic, folder):
    out = f"{query}-{cut}-{folder.name}"
    kafka_tool("create", out, "--bootstrap", broker, "--partitions", PARTITIONS)
    environment = {**os.environ, "KAFKA_BROKERS": broker, "TOPIC_IN": topic, "TOPIC_OUT": out, "OUT": str(folder / cut),
                   "CAMPAIGNS": str(folder / "campaigns.jsonl")}
    line = 'starting_offsets = "earliest"\n'
    text = re.sub("max_offsets_per_trigger.*\n", "", (PIPELINES / f"{query}.toml").read_text())
    assert line in text
    pipeline = folder / f"{query}-{cut}.toml"
    pipeline.write_text(text.replace(line, f"{line}max_offsets_per_trigger = {EPOCH_OFFSETS[cut]}\n"))
    done = subprocess.run([str(BUILD / "bin" / "millrace"), "run", str(pipeline), "--quiet"],
                          env=environment, capture_output=True, text=True, timeout=SECONDS_MAX)
    if done.returncode != 0:
        raise SystemExit(f"{query}: exit code {done.returncode}:\n{done.stdout}{done.stderr}")
    return kafka_tool("consume", out, "--bootstrap", broker).splitlines()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cut", choices=EPOCH_OFFSETS, action="append", help="only so; one epoch, or many")
    parser.add_argument("queries", nargs="*", default=answers.QUERIES)
    options = parser.parse_args()
    broker = (BUILD / "kafka" / "bootstrap").read_text().strip()
    nexmark = list(events.nexmark(EVENTS, partitions=PARTITIONS))
    ads = list(events.advertisements(EVENTS, partitions=PARTITIONS))
    end_ms = events.START_MS + EVENTS * 1000 + events.DISORDER_MS
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="millrace-nexmark-") as name:
        folder = pathlib.Path(name)
        (folder / "campaigns.jsonl").write_text(events.lines(events.campaigns()))
        fill(broker, f"nexmark-{folder.name}", nexmark)
        fill(broker, f"ads-{folder.name}", ads)
        for query in options.queries:
            topic = f"{'ads' if query == 'yahoo' else 'nexmark'}-{folder.name}"
            wanted = reference.yahoo(ads, events.campaigns()) if query == "yahoo" else getattr(reference, query)(nexmark)
            wanted = list(answers.rows(query, map(json.dumps, wanted), end_ms))
            if not wanted:
                raise SystemExit(f"{query}: the events give it nothing to find")
            for cut in options.cut or EPOCH_OFFSETS:
                got = list(answers.rows(query, run(query, cut, broker, topic, folder), end_ms))
                missing, unexpected = answers.differences(wanted, got)
                print(f"{query}, {cut}: {len(got)} rows" + (f"; missing {missing}, unexpected {unexpected}"
                                                            if missing or unexpected else ", right"))
                wrong += bool(missing or unexpected)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Nexmark and the Yahoo benchmark on Millrace beside Flink: the same topics, results compared, CPU and time measured.

usage: compare.py --peers DIR [--queries q0,q5,yahoo] [--events 1000000,4000000] [--repeat 1] [--json FILE]
DIR is the bed with its generator and broker. Flink's side is built with Maven into build/nexmark-flink. Of two sizes the
difference is the cost of an event without that of the start."""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

import answers

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
FLINK = ROOT / "build" / "nexmark-flink"
PARTITIONS = 2
START_MS = 1_767_225_600_000
SECONDS_MAX = 600
OPENED = ["--add-opens=java.base/java.util=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED"]


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=SECONDS_MAX, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nfailed with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


class Bed:
    def __init__(self, folder, tool):
        self.folder = pathlib.Path(folder)
        self.tool = tool
        said = run(self.folder / "kafka.sh", "start", self.folder / "run" / "kafka")
        self.broker = re.search(r"127\.0\.0\.1:\d+", said)[0]

    def topic_of(self, query, events, rate):
        kind = "ysb" if query == "yahoo" else "nexmark"
        topic = f"{kind}-{events}-r{rate}"
        if self.count(topic) != events + PARTITIONS:
            if self.count(topic) >= 0:
                self.delete(topic)
            while self.count(topic) >= 0:
                pass  # The broker forgets a topic some time after it has said so.
            run(self.folder / "bin" / "fill", "--brokers", self.broker, "--topic", topic, "--format", kind, "--nexmark-time",
                "iso", "--events", events, "--rate", rate, "--partitions", PARTITIONS)
        return topic

    def count(self, topic):
        """Its records, or -1 where it is not there."""
        return int(run(self.folder / "bin" / "topic", "--brokers", self.broker, "--count", topic))

    def campaigns(self, work):
        path = work / "campaigns.jsonl"
        if not path.exists():
            run(self.folder / "bin" / "fill", "--format", "ysb", "--events", 1, "--file", "/dev/null", "--campaigns-out", path)
        return path

    def create(self, topic):
        run(self.tool, "create", topic, "--bootstrap", self.broker, "--partitions", PARTITIONS)

    def delete(self, topic):
        run(self.folder / "bin" / "topic", "--brokers", self.broker, "--delete", topic)

    def lines(self, topic):
        process = subprocess.Popen([str(self.tool), "consume", topic, "--bootstrap", self.broker], stdout=subprocess.PIPE,
                                   text=True)
        yield from process.stdout
        if process.wait() != 0:
            raise SystemExit(f"{topic} cannot be read")


def millrace_command(arguments, query, work):
    return [arguments.millrace, "run", ROOT / "configs" / "bench" / f"{query}.toml", "--quiet"]


def flink_command(arguments, query, work):
    return ["java", f"-Xmx{arguments.heap}", *OPENED, "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp",
            f"{FLINK}/nexmark-flink-1.jar:{FLINK}/libs/*", "bench.Main", "--script", HERE / "flink" / "sql" / f"{query}.sql",
            "--brokers", os.environ["KAFKA_BROKERS"], "--topic", os.environ["TOPIC_IN"], "--out", os.environ["TOPIC_OUT"],
            "--dir", work, "--campaigns", os.environ["CAMPAIGNS"]]


ENGINES = {"flink": flink_command, "millrace": millrace_command}


def measured(command, log):
    """Runs one command to its end: wall seconds, CPU seconds and peak memory of its processes."""
    begin = time.monotonic()
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen([str(part) for part in command], stdout=file, stderr=subprocess.STDOUT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{pathlib.Path(log).read_text()[-2000:]}")
    return {"wall_s": round(time.monotonic() - begin, 3), "cpu_s": round(usage.ru_utime + usage.ru_stime, 3),
            "peak_mb": usage.ru_maxrss // 1024}


def run_engine(arguments, bed, engine, query, events, work, repetition):
    topic = bed.topic_of(query, events, arguments.rate)
    out = f"nexmark-out-{engine}-{query}-{events}-{time.time_ns()}"
    bed.create(out)
    folder = work / f"{engine}-{query}"
    run("rm", "-rf", folder)
    folder.mkdir()
    os.environ.update(KAFKA_BROKERS=bed.broker, TOPIC_IN=topic, TOPIC_OUT=out, OUT=str(folder),
                      CAMPAIGNS=str(bed.campaigns(work)))
    record = {"part": "nexmark", "query": query, "engine": engine, "events": events, "repetition": repetition}
    record.update(measured(ENGINES[engine](arguments, query, folder), work / f"{engine}-{query}.log"))
    if repetition == 0 and events <= arguments.compare_up_to:
        end_ms = START_MS + events * 1000 // arguments.rate + 600_000
        record["rows"], total = answers.digest(answers.rows(query, bed.lines(out), end_ms))
        record["digest"] = f"{total:024x}"
    bed.delete(out)
    return record


def steady_us(records, engine, sizes):
    """CPU microseconds of one more event, from the medians of two sizes."""
    cpu = [statistics.median(record["cpu_s"] for record in records if record["engine"] == engine and record["events"] == size)
           for size in (sizes[0], sizes[-1])]
    if len(sizes) == 1:
        return cpu[0] * 1e6 / sizes[0]
    return (cpu[1] - cpu[0]) * 1e6 / (sizes[-1] - sizes[0])


def build_flink():
    if not (FLINK / "libs").exists():
        run("mvn", "-q", "-B", "-f", HERE / "flink" / "pom.xml", "package", "dependency:copy-dependencies",
            f"-DoutputDirectory={FLINK}/libs", f"-Dbuilt.below={FLINK}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", required=True, help="the bed: kafka.sh, bin/fill, bin/topic")
    parser.add_argument("--queries", default=",".join(answers.QUERIES))
    parser.add_argument("--engines", default="flink,millrace")
    parser.add_argument("--events", default="1000000,4000000")
    parser.add_argument("--rate", type=int, default=10000, help="events in a second of event time")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--compare-up-to", type=int, default=1_000_000_000,
                        help="rows of larger sizes are not compared: reading them takes longer than the run")
    parser.add_argument("--heap", default="3g", help="of Flink")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/millrace-nexmark"))
    parser.add_argument("--json", default="", help="one line for each run is added to this file")
    arguments = parser.parse_args()
    arguments.millrace = arguments.build / "bin" / "millrace"
    arguments.work.mkdir(parents=True, exist_ok=True)
    sizes = [int(size) for size in arguments.events.split(",")]
    engines = arguments.engines.split(",")
    if "flink" in engines:
        build_flink()
    bed = Bed(arguments.peers, arguments.build / "bin" / "kafka_tool")
    different = 0
    print("| query | engine | " + " | ".join(f"{size / 1e6:g} M: wall s | CPU s | peak MB" for size in sizes)
          + " | steady µs CPU per event | rows | Millrace needs |")
    print("|---|---|" + "---|" * (3 * len(sizes) + 3))
    for query in arguments.queries.split(","):
        query = query if query == "yahoo" else "nexmark_" + query.removeprefix("nexmark_")
        records = [run_engine(arguments, bed, engine, query, size, arguments.work, repetition)
                   for size in sizes for repetition in range(arguments.repeat) for engine in engines]
        if arguments.json:
            with open(arguments.json, "a", encoding="utf-8") as file:
                file.writelines(json.dumps(record) + "\n" for record in records)
        different += not report(query, engines, sizes, records)
    return 1 if different else 0


def report(query, engines, sizes, records):
    """Prints a query's lines; whether the engines wrote the same."""
    same = all(len({(record["rows"], record["digest"]) for record in records
                    if record["events"] == size and "digest" in record}) <= 1 for size in sizes)
    steady = {engine: steady_us(records, engine, sizes) for engine in engines}
    for engine in engines:
        mine = [record for record in records if record["engine"] == engine]
        cells = []
        for size in sizes:
            of_size = [record for record in mine if record["events"] == size]
            cells += [f"{statistics.median(record[what] for record in of_size):.{digits}f}"
                      for what, digits in (("wall_s", 2), ("cpu_s", 2), ("peak_mb", 0))]
        rows = ([""] + [str(record["rows"]) for record in mine if "rows" in record])[-1]
        ratio = "" if engine == "millrace" or "millrace" not in steady else f"1/{steady[engine] / steady['millrace']:.1f}"
        print(f"| {query} | {engine} | {' | '.join(cells)} | {steady[engine]:.3f} | {rows}{'' if same else ' DIFFERENT'} | {ratio} |",
              flush=True)
    return same


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""./dev bench: measures, and writes docs/performance.md from what it measured.

  micro        the micro-benchmarks (Google Benchmark): decoding, expressions, grouping, regrouping, state, checkpoints
  memory       whole pipelines whose events are in memory
  delivery     exactly once beside at least once, and recovery after kill -9, on a broker of its own
  throughput   count_by_key.toml beside other engines, Kafka to Kafka              (with --peers)
  state        the same with a million keys open at once                           (with --peers)
  latency      a stateless pipeline and a counting one at a steady rate            (with --peers)
  nexmark      configs/bench beside Flink                                          (with --peers)
  profile      where the CPU time of the throughput job goes (needs perf)          (with --peers)

A whole run takes an hour and wants the machine for itself; with --only it can be had in parts, each of which replaces
its own figures in the results. --peers names a bed: a folder with bench.py, lat.py, kafka.sh and bin/fill."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import continuous_load
import delivery_cost
import profile_chart
import report

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "release"
JOB = f"{HERE}/job.sh {{brokers}} {{topic}} {{out}} {{window_ms}} {{watermark_ms}} {{dir}}"
WITHOUT_PEERS = ("micro", "memory", "delivery", "continuous")
MEMORY_PROGRAM = "pipeline_bench"
RIGHT_OR_WRONG = (0, 1)  # Figures of wrong results are kept, and shown as such.


def run(command, accepted=(0,), **options):
    print("+ " + " ".join(map(str, command)), flush=True)
    done = subprocess.run([str(part) for part in command], **options)
    if done.returncode not in accepted:
        raise SystemExit(f"{command[0]} ended with {done.returncode}")
    return done


def benchmarks(part, programs, repeat):
    """One record for each benchmark: the median of its repetitions."""
    for program in programs:
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            run([program, "--benchmark_min_time=0.2", f"--benchmark_repetitions={repeat}",
                 "--benchmark_report_aggregates_only=true", f"--benchmark_out={file.name}", "--benchmark_out_format=json"])
            for entry in json.load(file)["benchmarks"]:
                if entry.get("aggregate_name") not in (None, "median"):
                    continue
                counters = {name: value for name, value in entry.items()
                            if isinstance(value, float) and name not in ("real_time", "cpu_time")}
                scale = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[entry["time_unit"]]
                yield {"part": part, "program": program.name, "name": entry["run_name"],
                       "real_ns": entry["real_time"] * scale, "cpu_ns": entry["cpu_time"] * scale, "counters": counters}


def micro(arguments):
    programs = sorted(path for path in (BUILD / "bin").glob("*_bench") if path.name != MEMORY_PROGRAM)
    return benchmarks("micro", programs, arguments.repeat)


def memory(arguments):
    programs = [BUILD / "bin" / MEMORY_PROGRAM]
    return benchmarks("memory", [program for program in programs if program.exists()], arguments.repeat)


def delivery(arguments):
    return delivery_cost.measure(BUILD, arguments.repeat)


def beside_peers(part, arguments, peers, events, *more):
    """The bed's own runs, with the hand-written program and Millrace's job beside its engines."""
    ceiling = (f"{arguments.peers}/bin/limit --brokers {{brokers}} --topic {{topic}} --out {{out}} --job {{job}} "
               "--window-ms {window_ms} --slide-ms {slide_ms} --watermark-ms {watermark_ms} --mode job --client rdkafka --parser spec")
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        run([sys.executable, arguments.peers / "bench.py", "--peers", peers, "--peer", f"hand-written={ceiling}",
             "--peer", f"millrace={JOB}", "--events", events,
             "--repeat", arguments.repeat, "--json", file.name, *more], accepted=RIGHT_OR_WRONG, cwd=arguments.peers)
        for line in file.read().decode().splitlines():
            record = json.loads(line)
            verified = record.pop("verify", {})
            record.pop("said", None)
            yield {**record, "part": part, "right": bool(verified.get("ok"))}


def throughput(arguments):
    return beside_peers("throughput", arguments, arguments.against, arguments.events)


def state(arguments):
    on_disk = f"millrace-rocksdb=env JOB=count_many_keys {JOB}"
    return beside_peers("state", arguments, arguments.state_against, arguments.state_events, "--keys", arguments.keys,
                        "--window-ms", 3_600_000, "--heap", "6g", "--timeout", 900,
                        *(["--peer", on_disk] if (HERE / "count_many_keys.toml").exists() else []))


def latency(arguments):
    command = [sys.executable, arguments.peers / "lat.py", "--procs", arguments.latency_against, "--seconds", 30]
    for job in sorted(HERE.glob("latency*.toml")):
        command += ["--proc", f"millrace-{job.stem}={HERE}/latency.sh {job.stem} '1 second' "
                              "{brokers} {topic} {out} {ready} {dir}"]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        for _ in range(arguments.repeat):
            run([*command, "--json", file.name], cwd=arguments.peers)
        for line in file.read().decode().splitlines():
            yield {**json.loads(line), "part": "latency"}


def nexmark(arguments):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        run([sys.executable, HERE / "nexmark" / "compare.py", "--peers", arguments.peers, "--build", BUILD,
             "--queries", arguments.queries, "--events", arguments.nexmark_events, "--repeat", arguments.repeat,
             "--compare-up-to", arguments.compare_up_to, "--json", file.name], accepted=RIGHT_OR_WRONG)
        for line in file.read().decode().splitlines():
            yield json.loads(line)


def profile(arguments):
    return profile_chart.measure(arguments.peers, BUILD, int(arguments.events.split(",")[-1]))


def continuous(arguments):
    return continuous_load.measure(BUILD, arguments.repeat)


PARTS = {part.__name__: part for part in (micro, memory, delivery, throughput, state, latency, continuous, nexmark, profile)}


def machine():
    """Where and of what the figures of a part are."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    os_name = re.search(r'PRETTY_NAME="(.*)"', pathlib.Path("/etc/os-release").read_text())
    return {"date": time.strftime("%Y-%m-%d"), "cpu": cpu[1] if cpu else "unknown", "cores": os.cpu_count(),
            "memory_gb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30,
            "commit": commit.stdout.strip(), "os": os_name[1] if os_name else "Linux"}


def refuse_checkpoints_in_memory():
    """A checkpoint costs what flushing a disk costs: no figure of one without."""
    folder = tempfile.gettempdir()
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True, check=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        raise SystemExit(f"{folder}, where checkpoints would be, is in memory ({kind}): set TMPDIR to a folder on a disk")


def keep(path, part, records):
    """The results without the part's old figures, and with the new ones. Nexmark keeps those of other queries."""
    queries = {record.get("query") for record in records}
    old = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    kept = [record for record in old if record["part"] != part or (part == "nexmark" and record.get("query") not in queries
                                                                   and "machine" not in record)]
    kept += [{"part": part, "machine": machine()}, *records]
    path.write_text("".join(json.dumps(record) + "\n" for record in kept))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=pathlib.Path, help="the bed with other engines")
    parser.add_argument("--only", default="", help=f"parts, separated by commas: {', '.join(PARTS)}")
    parser.add_argument("--repeat", type=int, default=3, help="the median of so many counts")
    parser.add_argument("--against", default="spark-hdfs,flink-hashmap,streams-alos")
    parser.add_argument("--state-against", default="flink-hashmap,flink-rocksdb,spark-hdfs,spark-rocksdb")
    parser.add_argument("--latency-against", default="limit-loop,streams-alos,flink-alos,spark-continuous,spark-rtm")
    parser.add_argument("--events", default="2000000,10000000", help="sizes of throughput; two give the steady cost of an event")
    parser.add_argument("--queries", default="q0,q1,q2,q3,q4,q5,q6,q7,q8,yahoo")
    parser.add_argument("--nexmark-events", default="1000000,4000000")
    parser.add_argument("--json", type=pathlib.Path, default=HERE / "results.jsonl", help="where the figures are kept")
    parser.add_argument("--keys", type=int, default=1_000_000, help="of the state part")
    parser.add_argument("--state-events", default="1000000,3000000")
    parser.add_argument("--compare-up-to", type=int, default=1_000_000, help="Nexmark's results of larger sizes are not compared")
    arguments = parser.parse_args()
    parts = arguments.only.split(",") if arguments.only else list(PARTS if arguments.peers else WITHOUT_PEERS)
    for part in parts:
        if part not in PARTS:
            parser.error(f"there is no part {part}; there are {', '.join(PARTS)}")
        if part not in WITHOUT_PEERS and not arguments.peers:
            parser.error(f"{part} needs --peers")
    refuse_checkpoints_in_memory()
    if arguments.peers:
        arguments.peers = arguments.peers.resolve()
        # The bed's programs look for a Python with its own packages there.
        os.environ.setdefault("PEER_PYTHON", str(arguments.peers / "run" / "py" / "bin" / "python"))
    arguments.json = arguments.json.resolve()
    os.environ["MILLRACE"] = str(BUILD / "bin" / "millrace")
    for part in parts:
        keep(arguments.json, part, list(PARTS[part](arguments)))
        report.write(arguments.json, ROOT / "docs" / "performance.md")
    print("written: docs/performance.md")


if __name__ == "__main__":
    main()

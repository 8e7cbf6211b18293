"""Where the CPU time of the throughput job goes: perf's samples, added up by the part of the program that they are in."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PARTITIONS = 2
# The first pattern that is found in the name of the shared object counts.
PARTS = (
    ("Kafka client (librdkafka)", r"librdkafka|rdk:"),
    ("kernel: sockets, memory, files", r"kernel|unknown|vdso"),
    ("Kafka source and sink", r"libmillrace_kafka|libisal|libsnappy|liblz4|libzstd|libz\."),
    ("JSON", r"libmillrace_json|simdjson"),
    ("windows and grouping", r"libmillrace_window"),
    ("state", r"libmillrace_memory_store"),
    ("select", r"libmillrace_select"),
    ("engine", r"^millrace"),
    ("copying and allocating (libc, libstdc++)", r"libc\.|libstdc|ld-linux|libpthread"),
)


def part_of(dso):
    for name, pattern in PARTS:
        if re.search(pattern, dso):
            return name
    return "other"


def shares(data):
    """The share of each part, from a file of perf."""
    said = subprocess.run(["perf", "report", "-i", str(data), "--stdio", "--no-children", "--sort", "dso,symbol", "-F",
                           "overhead,dso,symbol", "-t", ";"], capture_output=True, text=True, check=True).stdout
    total = {}
    for line in said.splitlines():
        found = re.match(r"\s*([\d.]+)%?\s*;\s*(\S+)\s*;\s*(.*)", line)
        if found:
            part = part_of(found[2])
            total[part] = total.get(part, 0) + float(found[1]) / 100
    return total


def run_job(under, build, broker, topic, folder):
    """The throughput job, by itself or under another program."""
    out = f"profile-out-{time.time_ns()}"
    tool = build / "bin" / "kafka_tool"
    subprocess.run([tool, "create", out, "--bootstrap", broker, "--partitions", str(PARTITIONS)], check=True)
    subprocess.run([*under, HERE / "job.sh", broker, topic, out, "10000", "10000", pathlib.Path(folder) / "work"], check=True)
    subprocess.run([tool, "delete", out, "--bootstrap", broker], check=True)


def measure(peers, build, events):
    """A record for each part: its share and the microseconds of an event that it is."""
    if shutil.which("perf") is None:
        raise SystemExit("profile needs perf: apt-get install linux-perf")
    started = subprocess.run([peers / "kafka.sh", "start", peers / "run" / "kafka"], capture_output=True, text=True, check=True)
    broker = re.search(r"127\.0\.0\.1:\d+", started.stdout)[0]
    topic = f"profile-{events}"
    count = subprocess.run([peers / "bin" / "topic", "--brokers", broker, "--count", topic], capture_output=True, text=True,
                           check=True).stdout.strip()
    if int(count) < events:
        subprocess.run([peers / "bin" / "fill", "--brokers", broker, "--topic", topic, "--events", str(events), "--partitions",
                        str(PARTITIONS)], check=True)
    with tempfile.TemporaryDirectory() as folder:
        # What perf itself costs must not count: the time is that of a run without it.
        before = os.times()
        run_job([], build, broker, topic, folder)
        after = os.times()
        cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
        data = pathlib.Path(folder) / "perf.data"
        run_job(["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "-o", data], build, broker, topic, folder)
        parts = shares(data)
    for name, share in sorted(parts.items(), key=lambda each: -each[1]):
        yield {"part": "profile", "name": name, "share": round(share, 4), "us_per_event": round(share * cpu_s * 1e6 / events, 4)}

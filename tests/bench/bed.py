"""A real broker of a benchmark's own, with topics of events and pipelines that count them by key."""
import contextlib
import json
import pathlib
import subprocess

BROKER = pathlib.Path(__file__).resolve().parents[1] / "support" / "kafka" / "broker.sh"
PARTITIONS = 2
EVENTS_PER_SECOND = 100_000  # of event time

JOB = """
name = "{name}"
checkpoint = "{folder}/{name}"
trigger = {trigger}
observability = {{ listen = "off" }}

[sources.events]
type = "kafka"
bootstrap_servers = "{broker}"
subscribe = ["{topic}"]
starting_offsets = "earliest"
max_offsets_per_trigger = {per_epoch}
format = "json"
schema = {{ key = "string", timestamp = "timestamp" }}
watermark = {{ column = "timestamp", delay = "10 seconds" }}

[transforms.counts]
type = "tumbling_window"
inputs = ["events"]
size = "{window}"
group_by = ["key"]
aggregates = {{ n = "count(*)" }}

[sinks.totals]
type = "kafka"
inputs = ["counts"]
output_mode = "append"
delivery = "{delivery}"
bootstrap_servers = "{broker}"
topic = "{out}"
format = "json"
"""


class Bed:
    """A broker with its topics, and a folder for pipelines and their checkpoints."""

    def __init__(self, build, folder):
        self.build, self.folder = build, pathlib.Path(folder)
        subprocess.run([BROKER, "fetch"], check=True)
        subprocess.run([BROKER, "start", self.folder / "kafka"], check=True)
        self.broker = (self.folder / "kafka" / "bootstrap").read_text().strip()
        self.made = 0

    def close(self):
        subprocess.run([BROKER, "stop", self.folder / "kafka"], check=True)

    def tool(self, *words):
        subprocess.run([self.build / "bin" / "kafka_tool", *map(str, words), "--bootstrap", self.broker], check=True)

    def topic(self, events=0, keys=10_000, seed=1):
        self.made += 1
        name = f"topic-{self.made}"
        self.tool("create", name, "--partitions", PARTITIONS)
        if events:
            self.tool("generate", name, "--events", events, "--keys", keys, "--partitions", PARTITIONS, "--seed", seed,
                      "--per-second", EVENTS_PER_SECOND)
        return name

    def pipeline(self, **values):
        self.made += 1
        name = f"job-{self.made}"
        path = self.folder / f"{name}.toml"
        path.write_text(JOB.format(name=name, folder=self.folder, broker=self.broker, **values))
        return path

    def start(self, pipeline, *flags, **options):
        return subprocess.Popen([self.build / "bin" / "millrace", "run", pipeline, *flags], **options)


def progress_lines(process):
    for line in process.stdout:
        with contextlib.suppress(json.JSONDecodeError):
            yield json.loads(line)

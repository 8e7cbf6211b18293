"""A pipeline from Kafka to Kafka, exactly once, with a file beside the topics; and a reader while they grow."""
import collections
import json
import os
import pathlib
import subprocess

from killed_job import BUILD, QUERY, SCHEMA, SINKS, Job, check, check_running_totals
from seeded_events import FLUSH_KEY

PARTITIONS = 2
# Sinks of a test's plugin, which get an epoch once Kafka has decided it. They take it again, and end the run if it is
# not the same then.
GIVEN = {"given": ("events", "append"), "given_totals": ("totals", "update")}


class Cluster:
    """A broker's address, and the test's tool for it."""

    def __init__(self, brokers):
        self.brokers = brokers

    @staticmethod
    def of_the_tests():
        return Cluster((BUILD / "kafka" / "bootstrap").read_text().strip())

    def environment(self):
        return {**os.environ, "KAFKA_BROKERS": self.brokers}

    def tool(self, *words, text=None):
        done = subprocess.run([str(BUILD / "bin" / "kafka_tool"), *words], check=True, input=text, text=True,
                              stdout=subprocess.PIPE, env=self.environment())
        return done.stdout

    def fill(self, topic, events):
        self.tool("create", topic, "--partitions", str(PARTITIONS))
        for partition in range(PARTITIONS):
            self.tool("produce", topic, "--partition", str(partition),
                      text="\n".join(events.lines(partition, PARTITIONS)) + "\n")


def query(brokers, name, topics, properties):
    """The pipelines' QUERY with topics for its files, and one file that stays."""
    kept = QUERY[:QUERY.index("[sinks.")]
    inputs = {"rows": ("events", "append"), "closed": ("windows", "append"), "running": ("totals", "update")}
    for sink in SINKS:
        source, mode = inputs[sink]
        kept += f"""
[sinks.{sink}]
type = "kafka"
inputs = ["{source}"]
output_mode = "{mode}"
bootstrap_servers = "{brokers}"
topic = "{topics[sink]}"
key = "key"
format = "json"
delivery = "exactly_once"
{properties}
"""
    for sink, (source, mode) in GIVEN.items():
        kept += f"""
[sinks.{sink}]
type = "trial_idempotent"
inputs = ["{source}"]
output_mode = "{mode}"
path = "${{OUT}}/{sink}"
again = true
"""
    return kept + """
[sinks.copies]
type = "file"
inputs = ["events"]
path = "${OUT}/copies"
format = "json"
delivery = "exactly_once"
"""


class KafkaJob(Job):
    """Reads the events of one topic; its results are in topics of its own. `through`: the address at which it finds the
    brokers, where that is another; `kafka`: properties of librdkafka."""

    def __init__(self, folder, cluster, input_topic, name, rows_per_epoch=1000, through="", kafka=None,
                 poll_timeout="2 minutes"):
        brokers = through or cluster.brokers
        properties = f"kafka = {{ {', '.join(f'{key!r} = {value!r}' for key, value in (kafka or {}).items())} }}"
        self.cluster = cluster
        self.topics = {sink: f"{name}-{sink}" for sink in SINKS}
        for topic in self.topics.values():
            cluster.tool("create", topic, "--partitions", str(PARTITIONS))
        self.query = query(brokers, name, self.topics, properties)
        super().__init__(folder, f"""
plugin_path = ["{BUILD}/lib/millrace/trial"]
[sources.events]
type = "kafka"
bootstrap_servers = "{brokers}"
{properties}
subscribe = ["{input_topic}"]
starting_offsets = "earliest"
max_offsets_per_trigger = {rows_per_epoch}
poll_timeout = "{poll_timeout}"
format = "json"
{SCHEMA}
watermark = {{ column = "ts", delay = "10 seconds" }}
""")
        self.records = {}

    def read(self, sink):
        """What a reader of committed records finds in a sink's topic."""
        if sink not in self.records:
            lines = self.cluster.tool("consume", self.topics[sink], "--meta").splitlines()
            self.records[sink] = [json.loads(line) for line in lines]
        return self.records[sink]

    def epochs(self, sink):
        if sink not in self.topics:
            return super().epochs(sink)
        epochs = collections.defaultdict(list)
        for record in self.read(sink):
            row = json.loads(record["value"])
            if row["key"] != FLUSH_KEY:
                epochs[int(record["headers"]["millrace.epoch"])].append(row)
        return dict(sorted(epochs.items()))

    def visible(self):
        return self.files_of(("copies", *GIVEN))

    def check(self, events):
        """Each row once in the topic and in every copy; windows and running totals of exactly those rows."""
        self.records = {}
        check(self, events)
        for sink in ("copies", "given"):
            ids = sorted(row["id"] for row in self.rows(sink))
            if ids != events.ids():
                raise AssertionError(f"{sink}: {len(ids)} rows, {len(set(ids))} different, of {len(events.ids())}")
        check_running_totals(self, "given", "given_totals")

    def inspect(self):
        done = subprocess.run([str(BUILD / "bin" / "millrace"), "checkpoint", "inspect", "--json",
                               str(self.folder / "checkpoint")], stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)


class Reader:
    """Reads the topics of a job from the beginning, committed records only, all the time."""

    def __init__(self, job):
        self.job = job
        self.path = pathlib.Path(job.folder) / "read"
        with open(self.path, "wb") as out:
            self.child = subprocess.Popen([str(BUILD / "bin" / "kafka_tool"), "follow", *job.topics.values()],
                                          stdin=subprocess.PIPE, stdout=out, env=job.cluster.environment())

    def check(self):
        """Whether it was given what is there in the end: nothing that was taken back, nothing twice."""
        self.child.stdin.close()
        self.child.wait(timeout=120)
        seen = collections.defaultdict(list)
        for line in self.path.read_text().splitlines():
            record = json.loads(line)
            seen[record.pop("topic")].append(record)
        for sink, topic in self.job.topics.items():
            def place(record):
                return record["partition"], record["offset"]
            if sorted(seen[topic], key=place) != sorted(self.job.read(sink), key=place):
                raise AssertionError(f"{topic}: the reader saw {len(seen[topic])} records, there are "
                                     f"{len(self.job.read(sink))}")
        return sum(map(len, seen.values()))

    def stop(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()

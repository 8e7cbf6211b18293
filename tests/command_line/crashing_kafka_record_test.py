"""A record of a real topic that a plugin dies of, in the real program between topics, exactly once: after some deaths it
is set aside with its place, and readers of committed records find everything else once."""

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path()
PARTITIONS = 2
RECORDS = 1500  # of each partition
CULPRIT = 1234  # in partition 1
ID = RECORDS + CULPRIT
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

HEAD = """
name = "job"
checkpoint = "{folder}/checkpoint"
trigger = {trigger}
plugin_path = ["{plugins}"]
threads = 2
observability = {{ listen = "off" }}

[sources.events]
type = "kafka"
bootstrap_servers = "{broker}"
subscribe = ["{topic}"]
starting_offsets = "earliest"
max_offsets_per_trigger = 2000
format = "json"
schema = {{ id = "long", note = "string" }}
on_error = "dead_letter"
"""
TO_TOPIC = """
[sinks.{name}]
type = "kafka"
inputs = ["{above}"]
bootstrap_servers = "{broker}"
topic = "{topic}-{name}"
format = "json"
delivery = "exactly_once"
"""
TRANSFORM = """
[transforms.fragile]
type = "fragile"
inputs = ["events"]
word = "culprit"
"""
# Is given an epoch once Kafka has decided it.
SINK = """
[sinks.fragile]
type = "fragile"
inputs = ["events"]
word = "culprit"
on_error = "dead_letter"
"""
LETTERS_TO_FILE = """
[sinks.letters]
type = "file"
inputs = ["fragile.dead_letter"]
path = "{folder}/letters"
"""


class CrashingKafkaRecord(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="crashing-kafka-record-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.broker = (BUILD / "kafka" / "bootstrap").read_text().strip()
        self.topic = self.folder.name
        for suffix in ("", "-rows", "-letters"):
            self.kafka_tool("create", self.topic + suffix, "--partitions", str(PARTITIONS))
        for partition in range(PARTITIONS):
            first = partition * RECORDS
            notes = ["culprit" if partition == 1 and number == CULPRIT else "fine" for number in range(RECORDS)]
            self.kafka_tool("produce", self.topic, "--partition", str(partition),
                            text="".join(json.dumps({"id": first + number, "note": note}) + "\n"
                                         for number, note in enumerate(notes)))

    def kafka_tool(self, *words, text=None):
        return subprocess.run([BUILD / "bin" / "kafka_tool", *words], input=text, text=True, check=True, timeout=60,
                              stdout=subprocess.PIPE, env={**os.environ, "KAFKA_BROKERS": self.broker}).stdout

    @staticmethod
    def to_topic(name, above):
        return TO_TOPIC.replace("{name}", name).replace("{above}", above)

    def write(self, rest, trigger='"available_now"'):
        text = HEAD + rest
        (self.folder / "job.toml").write_text(text.format(folder=self.folder, plugins=BUILD / "lib/millrace/trial",
                                                          broker=self.broker, topic=self.topic, trigger=trigger))

    def run_once(self):
        return subprocess.run([BUILD / "bin" / "millrace", "run", "--quiet", "--json", self.folder / "job.toml"],
                              capture_output=True, text=True, timeout=60)

    def deaths(self):
        for deaths in range(20):
            done = self.run_once()
            if done.returncode in (0, 70):
                self.assertEqual(done.returncode, 0, done.stderr)
                return deaths
        self.fail(f"it died again and again:\n{done.stderr}")

    def committed(self, sink):
        return [json.loads(line) for line in self.kafka_tool("consume", f"{self.topic}-{sink}").splitlines()]

    def ids(self, sink):
        return sorted(row["id"] for row in self.committed(sink))

    def assert_all_but_the_culprit(self):
        self.assertEqual(self.ids("rows"), [number for number in range(PARTITIONS * RECORDS) if number != ID])
        letter, = self.committed("letters")
        self.assertEqual((letter["topic"], letter["partition"], letter["offset"]), (self.topic, 1, CULPRIT))
        self.assertEqual(json.loads(letter["value"])["id"], ID)
        self.assertEqual(letter["reason"], "3 processes died of it, the last of SIGSEGV in `process` of `fragile`")

    def test_is_set_aside_in_the_transaction_of_the_others(self):
        self.write(TRANSFORM + self.to_topic("rows", "fragile") + self.to_topic("letters", "events.dead_letter"))
        self.assertEqual(self.deaths(), 3)
        self.assert_all_but_the_culprit()
        self.assertEqual(self.deaths(), 0)
        self.assertFalse((self.folder / "checkpoint" / "crashes").exists())

    def test_is_set_aside_in_an_epoch_of_a_continuous_pipeline(self):
        self.write(TRANSFORM + self.to_topic("rows", "fragile") + self.to_topic("letters", "events.dead_letter"),
                   trigger='{ continuous = "200 ms" }')
        seen = 0
        for _ in range(3):
            died = self.run_once()
            self.assertNotEqual(died.returncode, 0)
            seen += sum(json.loads(line)["numInputRows"] for line in died.stdout.splitlines())
        with subprocess.Popen([BUILD / "bin" / "millrace", "run", "--json", self.folder / "job.toml"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            while seen < PARTITIONS * RECORDS:
                self.assertNotEqual(line := child.stdout.readline(), "", "it ended")
                seen += json.loads(line)["numInputRows"]
            child.terminate()
            child.communicate(timeout=60)
        self.assert_all_but_the_culprit()

    def test_is_set_aside_by_a_sink_that_is_told_after_the_decision(self):
        """The transaction of the epoch stands, and is not written again, however often its delivery kills."""
        self.write(SINK + self.to_topic("rows", "events") + LETTERS_TO_FILE)
        self.assertEqual(self.deaths(), 3)
        self.assertEqual(self.ids("rows"), list(range(PARTITIONS * RECORDS)))
        letter, = [json.loads(line) for path in (self.folder / "letters").glob("part-*")
                   for line in path.read_text().splitlines()]
        self.assertEqual((letter["sink"], json.loads(letter["value"])["id"]), ("fragile", ID))
        self.assertIn("a row crashes a plugin: 3 processes died of it, the last of SIGSEGV", letter["reason"])


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)

"""A record of Kafka that cannot be decoded, in the real program: where it was and what it was."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path()

PIPELINE = """
trigger = "available_now"
observability = {{ listen = "off" }}
[sources.views]
type = "kafka"
bootstrap_servers = "{broker}"
subscribe = ["{topic}"]
starting_offsets = "earliest"
format = "json"
schema = {{ key = "string" }}
on_error = "{on_error}"
[sinks.nowhere]
type = "blackhole"
inputs = ["views"]
{more}
"""

DEAD_LETTERS = """
[sinks.rejects]
type = "console"
style = "json"
inputs = ["views.dead_letter"]
"""


class BadKafkaRecord(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="bad-kafka-record-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.broker = (BUILD / "kafka" / "bootstrap").read_text().strip()
        self.topic = self.folder.name
        self.kafka_tool("create", self.topic)
        self.kafka_tool("produce", self.topic, lines='{"key": "a"}\n{"key": "b"}\nnonsense\n')

    def kafka_tool(self, *words, lines=""):
        subprocess.run([BUILD / "bin" / "kafka_tool", *words, "--bootstrap", self.broker],
                       input=lines, text=True, check=True, timeout=60, stdout=subprocess.DEVNULL)

    def run_with(self, on_error, more=""):
        path = self.folder / "pipeline.toml"
        path.write_text(PIPELINE.format(broker=self.broker, topic=self.topic, on_error=on_error,
                                        more=more))
        return subprocess.run([BUILD / "bin" / "millrace", "run", "--quiet", path],
                              capture_output=True, text=True, timeout=60)

    def test_stops_the_run_with_its_topic_partition_and_offset(self):
        done = self.run_with("fail")
        self.assertEqual(done.returncode, 70, done.stderr)
        for word in (f'\\"topic\\":\\"{self.topic}\\"', '\\"partition\\":0', '\\"offset\\":2',
                     "nonsense", "a JSON object was expected"):
            self.assertIn(word, done.stderr)

    def test_goes_to_the_dead_letters_with_its_topic_partition_and_offset(self):
        done = self.run_with("dead_letter", DEAD_LETTERS)
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in (f'"topic":"{self.topic}"', '"partition":0', '"offset":2',
                     '"value":"nonsense"', "a JSON object was expected"):
            self.assertIn(word, done.stdout)


if __name__ == "__main__":
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)

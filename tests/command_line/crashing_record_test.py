"""A record that a plugin dies of, in the real program, which is started again as a service manager would: after some
deaths the record is known and set aside, and everything else is written once."""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest

MILLRACE = PLUGINS = ""
RECORDS = 5000
CULPRIT = 3210
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

PIPELINE = """
name = "job"
checkpoint = "{folder}/checkpoint"
trigger = {trigger}
plugin_path = ["{plugins}"]
threads = 2
observability = {{ listen = "off" }}
{top}

[sources.events]
type = "file"
path = "{folder}/in"
format = "json"
schema = {{ id = "long", note = "string" }}
on_error = "{on_error}"
{rest}
"""
FRAGILE = """
[transforms.fragile]
type = "fragile"
inputs = ["events"]
word = "{word}"
death = "{death}"

[sinks.rows]
type = "file"
inputs = ["fragile"]
path = "{folder}/rows"
"""
LETTERS = """
[sinks.letters]
type = "file"
inputs = ["events.dead_letter"]
path = "{folder}/letters"
"""
# The sink stands behind the shards of an aggregate: a row of it is of no one record.
BEHIND_SHARDS = """
[transforms.counts]
type = "aggregate"
inputs = ["events"]
group_by = ["note"]
aggregates = {{ n = "count(*)" }}

[sinks.fragile]
type = "fragile"
inputs = ["counts"]
output_mode = "update"
word = "{word}"
death = "{death}"

[sinks.totals]
type = "file"
inputs = ["counts"]
output_mode = "update"
path = "{folder}/totals"
"""


class CrashingRecord(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="crashing-record-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        (self.folder / "in").mkdir()
        with open(self.folder / "in" / "events.jsonl", "w") as events:
            for number in range(RECORDS):
                note = f"culprit {number}" if number in (CULPRIT, CULPRIT + 7) else "fine"
                events.write(json.dumps({"id": number, "note": note}) + "\n")

    def write(self, rest, on_error="dead_letter", word=f"culprit {CULPRIT}", death="fault", top="",
              trigger='"available_now"'):
        words = dict(folder=self.folder, word=word, death=death)
        (self.folder / "job.toml").write_text(PIPELINE.format(
            trigger=trigger, plugins=PLUGINS, top=top, on_error=on_error, rest=rest.format(**words), **words))

    def run_once(self):
        return subprocess.run([MILLRACE, "run", "--quiet", self.folder / "job.toml"], capture_output=True, text=True,
                              timeout=60)

    def deaths(self, expected_code=0):
        """Starts it until it ends by itself; how often it died before."""
        for deaths in range(20):
            done = self.run_once()
            if done.returncode in (0, 70):
                self.assertEqual(done.returncode, expected_code, done.stderr)
                self.last = done
                return deaths
        self.fail(f"it died again and again:\n{done.stderr}")

    def rows(self, sink):
        return [json.loads(line) for path in sorted((self.folder / sink).rglob("*.jsonl"))
                for line in path.read_text().splitlines()]

    def assert_all_but(self, *culprits):
        self.assertEqual(sorted(row["id"] for row in self.rows("rows")),
                         [number for number in range(RECORDS) if number not in culprits])
        letters = self.rows("letters")
        self.assertEqual(sorted(json.loads(letter["value"])["id"] for letter in letters), list(culprits))
        return letters

    def test_goes_to_the_dead_letters(self):
        self.write(FRAGILE + LETTERS)
        self.assertEqual(self.deaths(), 3)
        letter, = self.assert_all_but(CULPRIT)
        self.assertEqual(letter["reason"],
                         "3 processes died of it, the last of SIGSEGV in `process` of `fragile`")
        self.assertEqual(self.deaths(), 0)
        self.assertFalse((self.folder / "checkpoint" / "crashes").exists())

    def test_is_found_beside_another_one_and_however_it_kills(self):
        for death in ("abort", "overflow"):
            with self.subTest(death):
                self.setUp()
                self.write(FRAGILE + LETTERS, word="culprit", death=death)
                self.assertEqual(self.deaths(), 5)
                self.assert_all_but(CULPRIT, CULPRIT + 7)

    def test_stops_the_pipeline_by_default_and_is_named(self):
        self.write(FRAGILE, on_error="fail", top="crash_limit = 4")
        self.assertEqual(self.deaths(70), 4)
        for words in ("source `events` (type `file`): a record crashes a plugin: 4 processes died of it",
                      "events.jsonl", f'culprit {CULPRIT}'):
            self.assertIn(words, self.last.stderr)
        self.assertEqual(self.deaths(70), 0)
        self.write(FRAGILE, on_error="drop", top="crash_limit = 4")
        self.assertEqual(self.deaths(), 0)
        self.assertEqual(len(self.rows("rows")), RECORDS - 1)

    def test_is_found_though_the_plugin_stands_behind_shards(self):
        self.write(BEHIND_SHARDS + LETTERS)
        self.assertEqual(self.deaths(), 3)
        last = {row["note"]: row["n"] for row in self.rows("totals")}
        self.assertEqual(last, {"fine": RECORDS - 2, f"culprit {CULPRIT + 7}": 1})
        self.assertEqual([json.loads(letter["value"])["id"] for letter in self.rows("letters")], [CULPRIT])

    def test_is_found_in_an_epoch_of_a_continuous_pipeline(self):
        self.write(FRAGILE + LETTERS, trigger='{ continuous = "200 ms" }')
        for _ in range(3):
            self.assertNotEqual(self.run_once().returncode, 0)
        with subprocess.Popen([MILLRACE, "run", "--json", self.folder / "job.toml"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as child:
            seen = 0
            while seen < RECORDS:
                seen += json.loads(child.stdout.readline())["numInputRows"]
            child.terminate()
            child.communicate(timeout=60)
        self.assert_all_but(CULPRIT)

    def test_is_left_alone_where_nobody_looks(self):
        self.write(FRAGILE, top="crash_limit = 0")
        for _ in range(5):
            self.assertNotIn(self.run_once().returncode, (0, 70))
        self.assertFalse((self.folder / "checkpoint" / "crashes").exists())


if __name__ == "__main__":
    MILLRACE = pathlib.Path(sys.argv.pop(1)).resolve()
    PLUGINS = MILLRACE.parents[1] / "lib" / "millrace" / "trial"
    unittest.main(verbosity=2)

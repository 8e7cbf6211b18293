"""`millrace checkpoint discard`: a sink outside the decision whose target is gone for good, and how the pipeline goes on."""

import fcntl
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

MILLRACE = PLUGINS = ""
ROWS = 10

# An epoch a row.
PIPELINE = """
name = "job"
trigger = "available_now"
checkpoint = "{folder}/checkpoint"
plugin_path = ["{plugins}"]
observability = {{ listen = "off" }}
[sources.events]
type = "file"
path = "{folder}/in.jsonl"
max_bytes_per_trigger = "1 B"
format = "json"
schema = {{ id = "long" }}
[sinks.rows]
type = "file"
inputs = ["events"]
path = "{folder}/rows"
"""
GONE = """
[sinks.gone]
type = "trial_idempotent"
inputs = ["events"]
path = "{folder}/gone"
failures = {failures}
retry = {{ attempts = 1 }}
"""
OTHER = """
[sinks.other]
type = "trial_idempotent"
inputs = ["events"]
path = "{folder}/other"
retry = {{}}
"""


class CheckpointDiscard(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="checkpoint-discard-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        (self.folder / "in.jsonl").write_text("".join(json.dumps({"id": i}) + "\n" for i in range(ROWS)))
        self.assertEqual(self.run_job(GONE + OTHER, failures=1000).returncode, 75)

    def run_job(self, rest, failures=0):
        path = self.folder / "job.toml"
        path.write_text((PIPELINE + rest).format(folder=self.folder, plugins=PLUGINS, failures=failures))
        return subprocess.run([MILLRACE, "run", path], capture_output=True, text=True, timeout=60)

    def discard(self, *words):
        return subprocess.run([MILLRACE, "checkpoint", "discard", self.folder / "checkpoint", *words],
                              capture_output=True, text=True, timeout=60)

    def undelivered(self):
        told = subprocess.run([MILLRACE, "checkpoint", "inspect", self.folder / "checkpoint", "--json"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(told.returncode, 0, told.stdout)
        return list(json.loads(told.stdout)["undelivered"])

    def ids(self, sink):
        return sorted(json.loads(line)["id"] for path in (self.folder / sink).glob("part-*")
                      for line in path.read_text().splitlines())

    def test_a_dry_run_says_what_would_be_given_up_and_changes_nothing(self):
        told = self.discard("--sink", "gone")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        for words in ("pipeline  job  epoch 0, committed ", "sink      gone  is never given 1 row (",
                      "sink      other  is given at the next start 1 row (", "nothing was changed: add --yes"):
            self.assertIn(words, told.stdout)
        self.assertEqual(self.undelivered(), ["gone", "other"])
        self.assertEqual(self.run_job(GONE + OTHER, failures=1000).returncode, 75)

    def test_the_pipeline_goes_on_without_the_sink_and_others_get_all(self):
        refused = self.run_job(OTHER)
        self.assertEqual(refused.returncode, 78)
        self.assertIn("millrace checkpoint discard DIRECTORY --sink gone", refused.stderr)
        told = self.discard("--sink", "gone", "--yes")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertIn("done: `gone` gets nothing of epoch 0 any more", told.stdout)
        self.assertEqual(self.undelivered(), ["other"])
        done = self.run_job(OTHER)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, "an operator gave up what this sink was to be given.*sink=gone epoch=0")
        for sink in ("rows", "other"):
            self.assertEqual(self.ids(sink), list(range(ROWS)))
        self.assertEqual(self.ids("gone"), [])

    def test_a_sink_that_stays_gets_what_comes_after(self):
        self.assertEqual(self.discard("--sink", "gone", "--yes").returncode, 0)
        done = self.run_job(GONE + OTHER)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids("gone"), list(range(1, ROWS)))
        self.assertEqual(self.ids("other"), list(range(ROWS)))

    def test_json_has_the_same(self):
        told = json.loads(self.discard("--sink", "gone", "--json").stdout)
        self.assertEqual((told["pipeline"], told["epoch"], told["sink"], told["done"]), ("job", 0, "gone", False))
        self.assertEqual({sink: (waits["rows"], waits["discarded"]) for sink, waits in told["waiting"].items()},
                         {"gone": (1, True), "other": (1, False)})

    def test_mistakes_are_told(self):
        told = self.discard("--sink", "gnoe", "--yes")
        self.assertEqual((told.returncode, told.stdout), (74, ""))
        self.assertIn("no sink `gnoe` waits for rows of epoch 0; those that do: `gone`, `other`", told.stderr)
        with open(self.folder / "checkpoint" / "LOCK", "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            told = self.discard("--sink", "gone", "--yes")
        self.assertEqual((told.returncode, told.stdout), (74, ""))
        self.assertIn("is in use", told.stderr)
        self.assertEqual(self.run_job(GONE + OTHER).returncode, 0)
        told = self.discard("--sink", "gone", "--yes")
        self.assertEqual((told.returncode, told.stdout), (74, ""))
        self.assertIn("nothing waits: every sink has all that was committed", told.stderr)


if __name__ == "__main__":
    MILLRACE = pathlib.Path(sys.argv.pop(1)).resolve()
    PLUGINS = MILLRACE.parents[1] / "lib" / "millrace" / "trial"
    unittest.main(verbosity=2)

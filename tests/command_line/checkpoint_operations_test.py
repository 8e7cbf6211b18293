"""`millrace checkpoint rollback`, `export` and `import` on the checkpoints of real runs."""

import fcntl
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

MILLRACE = ""
ROWS = 10

# An epoch a row: epochs 4 to 9 are retained in the end.
PIPELINE = """
name = "counts"
trigger = "available_now"
checkpoint = "{folder}/checkpoint"
retain_epochs = 6
no_data_epochs = false
shards = 2
observability = {{ listen = "off" }}
[sources.views]
type = "file"
path = "{folder}/in.jsonl"
max_bytes_per_trigger = "1 B"
format = "json"
schema = {{ id = "long", at = "timestamp" }}
watermark = {{ column = "at", delay = "1 minute" }}
[transforms.total]
type = "aggregate"
inputs = ["views"]
aggregates = {{ n = "count(*)", ids = "sum(id)" }}
[sinks.rows]
type = "file"
inputs = ["views"]
path = "{folder}/rows"
format = "json"
[sinks.totals]
type = "file"
inputs = ["total"]
output_mode = "update"
path = "{folder}/totals"
format = "json"
"""


class CheckpointOperations(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="checkpoint-operations-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.checkpoint = self.folder / "checkpoint"
        lines = [json.dumps({"id": i, "at": f"2026-01-01T00:{i:02}:00Z"}) for i in range(ROWS)]
        (self.folder / "in.jsonl").write_text("\n".join(lines) + "\n")
        (self.folder / "job.toml").write_text(PIPELINE.format(folder=self.folder))
        self.run_job()

    def run_job(self, *words):
        done = self.millrace("run", self.folder / "job.toml", "--quiet", *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def millrace(self, *words):
        return subprocess.run([MILLRACE, *map(str, words)], capture_output=True, text=True, timeout=60)

    def inspect(self, directory):
        told = json.loads(self.millrace("checkpoint", "inspect", directory, "--json").stdout)
        self.assertEqual(told["problems"], [])
        return told

    def written(self, sink):
        """Rows of the sink's parts, in the order of epochs."""
        parts = sorted(path for path in (self.folder / sink).iterdir() if not path.name.startswith("."))
        return [json.loads(line) for path in parts for line in path.read_text().splitlines()]

    def newest(self):
        return self.inspect(self.checkpoint)["newest"]

    def test_a_dry_run_says_what_it_would_mean_and_changes_nothing(self):
        newest = self.newest()
        told = self.millrace("checkpoint", "rollback", self.checkpoint, "--to", 6)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertIn(f"pipeline  counts  from epoch {newest} back to epoch 6, committed ", told.stdout)
        self.assertRegex(told.stdout, r"watermark views  2026-01-01T00:0\d:00Z  \(now 2026-01-01T00:08:00Z\)")
        self.assertRegex(told.stdout, r"source    views  .*in\.jsonl.*  from \d+ to \d+\n")
        self.assertIn("sink      rows (file, append)  rows since then come a second time\n", told.stdout)
        self.assertIn("sink      totals (file, update)  newer rows stay until their keys come again\n", told.stdout)
        self.assertIn("nothing was changed: add --yes to go back\n", told.stdout)
        self.assertEqual(self.newest(), newest)

    def test_going_back_reads_again_what_was_read_since(self):
        newest = self.newest()
        back = next(epoch for epoch in self.inspect(self.checkpoint)["epochs"] if epoch["epoch"] == newest - 3)
        told = self.millrace("checkpoint", "rollback", self.checkpoint, "--to", back["epoch"], "--yes")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertIn(f"done: epoch {newest + 1} is committed and stands for epoch {back['epoch']}\n", told.stdout)
        self.assertEqual(self.newest(), newest + 1)
        before = self.written("rows")
        self.assertEqual([row["id"] for row in before], list(range(ROWS)))
        self.run_job()
        again = self.written("rows")[ROWS:]
        self.assertEqual([row["id"] for row in again], list(range(ROWS - len(again), ROWS)))
        self.assertGreater(len(again), 0)
        # State went back too: nothing is counted twice.
        self.assertEqual(self.written("totals")[-1], {"n": ROWS, "ids": sum(range(ROWS))})
        self.assertEqual(self.written("totals")[ROWS], {"n": ROWS - len(again) + 1,
                                                         "ids": sum(range(ROWS - len(again) + 1))})

    def test_json_has_the_same(self):
        told = json.loads(self.millrace("checkpoint", "rollback", self.checkpoint, "--to", 6, "--json").stdout)
        self.assertEqual((told["from"], told["to"], told["done"]), (self.newest(), 6, False))
        self.assertEqual(list(told["sinks"]), ["rows", "totals"])
        self.assertEqual(list(told["read_again"]), ["views"])

    def test_an_epoch_that_is_not_retained_is_refused(self):
        told = self.millrace("checkpoint", "rollback", self.checkpoint, "--to", 0, "--yes")
        self.assertEqual((told.returncode, told.stdout), (74, ""))
        newest = self.newest()
        possible = ", ".join(str(epoch) for epoch in range(newest - 5, newest))
        self.assertIn(f"the epochs that it can go back to are: {possible}\n", told.stderr)

    def test_a_checkpoint_in_use_is_refused(self):
        with open(self.checkpoint / "LOCK", "a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            told = self.millrace("checkpoint", "rollback", self.checkpoint, "--to", 6, "--yes")
        self.assertEqual((told.returncode, told.stdout), (74, ""))
        self.assertIn("is in use", told.stderr)

    def test_an_exported_epoch_is_a_checkpoint_elsewhere(self):
        told = self.millrace("checkpoint", "export", self.checkpoint, self.folder / "kept.epoch", "--epoch", 6)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertRegex(told.stdout, r"^epoch 6 of pipeline counts, committed .*, every byte verified\n$")
        told = self.millrace("checkpoint", "import", self.folder / "kept.epoch", self.folder / "moved")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        moved = self.inspect(self.folder / "moved")
        original = self.inspect(self.checkpoint)
        self.assertEqual(moved["newest"], 6)
        self.assertNotEqual(moved["job_id"], original["job_id"])
        self.assertIn(moved["job_id"], told.stdout)
        self.run_job("--checkpoint", self.folder / "moved")
        self.assertEqual(self.written("totals")[-1], {"n": ROWS, "ids": sum(range(ROWS))})

    def test_a_file_that_was_changed_is_not_imported(self):
        path = self.folder / "kept.epoch"
        self.assertEqual(self.millrace("checkpoint", "export", self.checkpoint, path).returncode, 0)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        told = self.millrace("checkpoint", "import", path, self.folder / "moved")
        self.assertEqual((told.returncode, told.stdout), (74, ""))
        self.assertIn(f"error: checkpoint file {path} is damaged", told.stderr)
        self.assertFalse((self.folder / "moved").exists())

    def test_nothing_is_written_over(self):
        (self.folder / "kept.epoch").write_text("mine")
        told = self.millrace("checkpoint", "export", self.checkpoint, self.folder / "kept.epoch")
        self.assertEqual(told.returncode, 74)
        self.assertIn("exists already", told.stderr)
        self.assertEqual((self.folder / "kept.epoch").read_text(), "mine")
        self.assertEqual(self.millrace("checkpoint", "export", self.checkpoint, self.folder / "ours").returncode, 0)
        told = self.millrace("checkpoint", "import", self.folder / "ours", self.checkpoint)
        self.assertEqual(told.returncode, 74)
        self.assertIn("exists already", told.stderr)


if __name__ == "__main__":
    MILLRACE = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()

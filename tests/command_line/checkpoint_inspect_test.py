"""`millrace checkpoint inspect` on the checkpoint of a real run, whole and damaged."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

MILLRACE = ""

PIPELINE = """
name = "counts"
trigger = "available_now"
checkpoint = "{folder}/checkpoint"
shards = 4
observability = {{ listen = "off" }}
state_store = "{store}"
[sources.views]
type = "file"
path = "{folder}/in.jsonl"
format = "json"
schema = {{ page = "string", at = "timestamp" }}
watermark = {{ column = "at", delay = "1 minute" }}
[transforms.by_page]
type = "tumbling_window"
inputs = ["views"]
size = "1 minute"
group_by = ["page"]
aggregates = {{ n = "count(*)" }}
[sinks.nowhere]
type = "blackhole"
inputs = ["by_page"]
output_mode = "append"
"""


class CheckpointInspect(unittest.TestCase):
    store = "memory"
    shards_with_state = r"1 shard"
    read_from = "1 file and the commit record, the oldest a snapshot of epoch 0"

    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="checkpoint-inspect-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        (self.folder / "in.jsonl").write_text('{"page": "a", "at": "2026-01-01T00:10:00Z"}\n')
        (self.folder / "job.toml").write_text(PIPELINE.format(folder=self.folder, store=self.store))
        self.run_job()

    def run_job(self):
        subprocess.run([MILLRACE, "run", self.folder / "job.toml", "--quiet"], check=True, timeout=60)

    def inspect(self, *words):
        return subprocess.run([MILLRACE, "checkpoint", "inspect", self.folder / "checkpoint", *words],
                              capture_output=True, text=True, timeout=60)

    def test_tells_where_the_pipeline_goes_on(self):
        told = self.inspect()
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertIn("pipeline  counts  (4 shards, since ", told.stdout)
        self.assertIn("epoch     1  committed ", told.stdout)
        self.assertIn("(no rows: the watermark moved)", told.stdout)
        self.assertIn("source    views  goes on at ", told.stdout)
        self.assertIn("watermark views  2026-01-01T00:09:00Z\n", told.stdout)
        self.assertRegex(told.stdout, r"state     by_page  [\d.]+ (Ki)?B in " + self.shards_with_state + r"\n")
        self.assertIn("; every byte verified\n", told.stdout)

    def test_tells_what_state_is_read_from(self):
        with open(self.folder / "in.jsonl", "a") as more:
            more.write('{"page": "a", "at": "2026-01-01T00:10:01Z"}\n')
        self.run_job()
        self.assertRegex(self.inspect().stdout, f" read from {self.read_from}\n")

    def test_json_has_the_same(self):
        told = json.loads(self.inspect("--json").stdout)
        self.assertEqual((told["pipeline"], told["newest"], told["problems"]), ("counts", 1, []))
        self.assertEqual([epoch["committed"] for epoch in told["epochs"]], [True, True])
        self.assertEqual(told["epochs"][1]["watermarks"], {"views": "2026-01-01T00:09:00Z"})
        self.assertEqual(list(told["state"]), ["by_page"])
        self.assertEqual(told["bytes"], sum(file["bytes"] for file in told["files"]))

    def test_a_damaged_file_is_named(self):
        path = max((self.folder / "checkpoint" / "state").iterdir())
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        told = self.inspect()
        self.assertEqual(told.returncode, 74)
        self.assertIn(f"error: checkpoint file {path} is damaged", told.stderr)
        self.assertNotIn("every byte verified", told.stdout)

    def test_another_directory_is_no_checkpoint(self):
        told = subprocess.run([MILLRACE, "checkpoint", "inspect", self.folder], capture_output=True, text=True)
        self.assertEqual((told.returncode, told.stdout), (74, ""))
        self.assertEqual(told.stderr, f"error: {self.folder} is not a checkpoint: it has no file FORMAT\n")


class InspectStoresOwnFiles(CheckpointInspect):
    store = "rocksdb"
    shards_with_state = "4 shards"
    read_from = r"\d+ files of the state store rocksdb"


if __name__ == "__main__":
    MILLRACE = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()

#!/usr/bin/env python3
"""A real `millrace` that counts what the rate source makes, watched by a real Prometheus."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import monitored_pipeline
from running import get, wait_for

PIPELINE = """
name = "rate-counts"
checkpoint = "{folder}/checkpoint"
trigger = {{ processing_time = "200 milliseconds" }}
memory_limit = "1 GiB"
observability = {{ listen = "127.0.0.1:0" }}

[sources.numbers]
type = "rate"
rows_per_second = 1000
num_partitions = 2
jitter = "300 milliseconds"
watermark = {{ column = "timestamp", delay = "1 second" }}

[transforms.counts]
type = "tumbling_window"
inputs = ["numbers"]
size = "1 second"
aggregates = {{ n = "count(*)" }}

[sinks.changes]
type = "blackhole"
inputs = ["counts"]
output_mode = "update"

[sinks.totals]
type = "file"
inputs = ["counts"]
output_mode = "append"
path = "{folder}/totals"
format = "json"
"""


class RateCounts(monitored_pipeline.MonitoredPipeline):
    @classmethod
    def write_pipeline(cls, folder):
        pipeline = folder / "pipeline.toml"
        pipeline.write_text(PIPELINE.format(folder=folder))
        return pipeline

    def test_serves_its_progress(self):
        def progress():
            return json.loads(get(self.millrace.url + "/api/v1/progress?last=5")[1])

        wait_for("rows in the progress", lambda: any(p["numInputRows"] > 0 for p in progress()))
        last = progress()[-1]
        self.assertEqual(last["name"], "rate-counts")
        self.assertEqual([s["component"] for s in last["sources"]], ["numbers"])
        self.assertEqual([s["component"] for s in last["stateOperators"]], ["counts"])

    def test_unknown_path_lists_the_paths(self):
        status, body = get(self.millrace.url + "/nothing")
        self.assertEqual(status, 404)
        self.assertIn("/metrics", body)


if __name__ == "__main__":
    unittest.main()

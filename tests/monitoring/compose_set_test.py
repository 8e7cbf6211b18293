#!/usr/bin/env python3
"""The compose set without containers: Kafka, the producer, Millrace and Prometheus as processes.

The pipeline, the producer's script and the rules are those of docker/; only addresses, folders and
topic names are the test's own.
"""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dashboard_queries import DOCKER
import monitored_pipeline
from running import BUILD, Process, wait_for

BROKERS = (BUILD / "kafka" / "bootstrap").read_text().strip()
VIEWS = f"monitoring-views-{os.getpid()}"
COUNTS = f"monitoring-counts-{os.getpid()}"
TOOL = str(BUILD / "bin" / "kafka_tool")


def kafka_tool(*arguments):
    return subprocess.run([TOOL, *arguments], env={**os.environ, "KAFKA_BROKERS": BROKERS}, check=True,
                          capture_output=True, text=True).stdout


class ComposeSet(monitored_pipeline.MonitoredPipeline):
    @classmethod
    def write_pipeline(cls, folder):
        for topic in (VIEWS, COUNTS):
            kafka_tool("create", topic, "--partitions", "2")
        maker = subprocess.Popen(["bash", str(DOCKER / "produce.sh")], stdout=subprocess.PIPE)
        cls.addClassCleanup(maker.wait)
        cls.addClassCleanup(maker.terminate)
        sender = Process([TOOL, "produce", VIEWS], env={"KAFKA_BROKERS": BROKERS}, stdin=maker.stdout)
        maker.stdout.close()
        cls.addClassCleanup(sender.stop)
        cls.environment = {"KAFKA_BROKERS": BROKERS, "CHECKPOINT_DIR": str(folder), "LISTEN": "127.0.0.1:0"}
        text = (DOCKER / "pipeline.toml").read_text()
        pipeline = folder / "pipeline.toml"
        pipeline.write_text(text.replace('"views"]\nstarting', f'"{VIEWS}"]\nstarting')
                            .replace('topic = "page-counts"', f'topic = "{COUNTS}"'))
        return pipeline

    def firing_here(self):
        # One line in a hundred is not JSON.
        wait_for("dead letters", lambda: self.firing() == ["MillraceDeadLetters"])
        return ["MillraceDeadLetters"]

    def firing(self):
        return [rule["name"] for rule in self.prometheus.rules() if rule["state"] == "firing"]

    def test_final_windows_reach_the_other_topic(self):
        line = wait_for("a final window", lambda: kafka_tool("consume", COUNTS).splitlines(), seconds=120)[0]
        self.assertIn("window_start", line)


if __name__ == "__main__":
    unittest.main()

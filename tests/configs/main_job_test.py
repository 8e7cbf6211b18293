#!/usr/bin/env python3
"""The main job, configs/kafka_to_kafka.toml, on a real broker: every window right, and right again at
least once when the process is killed in the middle."""
import pathlib
import subprocess
import tempfile

import millrace_process as millrace

WORKLOAD = ["--events", 200000, "--keys", 2000]
PIPELINE = millrace.CONFIGS / "kafka_to_kafka.toml"


def run_once(pipeline, variables, kill_after_epochs=None):
    """Runs to the end, or until so many epochs are committed; the number of epochs."""
    process = subprocess.Popen(millrace.command(pipeline, "--json"), stdout=subprocess.PIPE,
                               env=millrace.environment(**variables), text=True)
    epochs = 0
    for line in process.stdout:
        epochs += line.startswith("{")
        if epochs == kill_after_epochs:
            process.kill()
            break
    process.wait(timeout=millrace.SECONDS_MAX)
    if kill_after_epochs is None and process.returncode != 0:
        raise SystemExit(f"exit code {process.returncode}")
    return epochs


def main():
    broker = millrace.bootstrap()
    with tempfile.TemporaryDirectory(prefix="millrace-main-job-") as folder:
        name = pathlib.Path(folder).name
        millrace.kafka_tool("create", f"{name}-in", "--bootstrap", broker, "--partitions", 2)
        millrace.kafka_tool("generate", f"{name}-in", "--bootstrap", broker, *WORKLOAD)
        # Small epochs, so that there is a middle to be killed in.
        pipeline = pathlib.Path(folder) / "pipeline.toml"
        text = PIPELINE.read_text()
        smaller = text.replace("max_offsets_per_trigger = 1_000_000",
                               "max_offsets_per_trigger = 20_000")
        assert smaller != text, "the pipeline no longer limits its epochs"
        pipeline.write_text(smaller)
        for kills, repeats in ((0, "none"), (2, "last")):
            out = f"{name}-out-{kills}"
            millrace.kafka_tool("create", out, "--bootstrap", broker, "--partitions", 2)
            variables = {"OUT": f"{folder}/{kills}", "KAFKA_BROKERS": broker,
                         "TOPIC_IN": f"{name}-in", "TOPIC_OUT": out}
            for _ in range(kills):
                run_once(pipeline, variables, kill_after_epochs=4)
            epochs = run_once(pipeline, variables)
            print(millrace.kafka_tool("verify", out, "--bootstrap", broker, *WORKLOAD,
                                      "--repeats", repeats))
            print(f"{kills} kills, {epochs} epochs in the last run")


if __name__ == "__main__":
    main()

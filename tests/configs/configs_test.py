#!/usr/bin/env python3
"""Runs one pipeline of configs/ and checks what it puts out.

usage: configs_test.py NAME [--update]
What a pipeline with a fixed input prints and writes stands in expected/NAME.txt; one that goes on for
ever is stopped by SIGTERM after a few epochs and must end well.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import millrace_process as millrace

ENDLESS = {"trigger_default", "trigger_processing_time", "trigger_continuous"}
EPOCHS_WANTED = 3
EXPECTED = pathlib.Path(__file__).resolve().parent / "expected"


def written_files(folder):
    """The text of every file that is there to be read, by name."""
    text = ""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and "checkpoint" not in str(path.relative_to(folder)):
            text += f"== {path.relative_to(folder)}\n{path.read_text()}"
    return text


def check_fixed(name, folder, update):
    done = millrace.run(millrace.CONFIGS / f"{name}.toml", OUT=str(folder))
    if done.returncode != 0:
        raise SystemExit(f"exit code {done.returncode}:\n{done.stderr}")
    compare(name, (done.stdout + written_files(folder)).replace(str(millrace.CONFIGS), "CONFIGS"), update)


def compare(name, got, update):
    expected = EXPECTED / f"{name}.txt"
    if update:
        expected.write_text(got)
    if not got.strip():
        raise SystemExit("it put out nothing")
    if got != expected.read_text():
        raise SystemExit(f"expected:\n{expected.read_text()}\ngot:\n{got}")


def check_postgres(name, folder, update):
    """The same with a database of its own, whose tables are what was put out."""
    admin = (millrace.BUILD / "postgres" / "admin").read_text().strip()

    def psql(database, *commands):
        lines = [part for command in commands for part in ("-c", command)]
        done = subprocess.run(["psql", "-XAq", "-P", "footer=off", f"{admin} dbname={database}", *lines],
                              capture_output=True, text=True, timeout=millrace.SECONDS_MAX,
                              env={**os.environ, "PGTZ": "UTC"})
        if done.returncode != 0:
            raise SystemExit(f"psql: {done.stderr}")
        return done.stdout

    psql("postgres", f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    for _ in range(2):  # The second run finds nothing new to write.
        done = millrace.run(millrace.CONFIGS / f"{name}.toml", OUT=str(folder), POSTGRES=f"{admin} dbname={name}")
        if done.returncode != 0:
            raise SystemExit(f"exit code {done.returncode}:\n{done.stderr}")
    compare(name, psql(name, "SELECT * FROM page_views ORDER BY window_start, page"), update)
    psql("postgres", f"DROP DATABASE {name}")


def check_endless(name, folder):
    process = subprocess.Popen(millrace.command(millrace.CONFIGS / f"{name}.toml", "--json"),
                               env=millrace.environment(OUT=str(folder)), stdout=subprocess.PIPE,
                               text=True)
    epochs = []
    for line in process.stdout:
        if line.startswith("{"):
            epochs.append(json.loads(line))
        if len(epochs) == EPOCHS_WANTED:
            process.send_signal(signal.SIGTERM)
    if process.wait(timeout=millrace.SECONDS_MAX) != 0:
        raise SystemExit(f"exit code {process.returncode} after SIGTERM")
    numbers = [epoch["batchId"] for epoch in epochs]
    if numbers != list(range(len(numbers))) or len(numbers) < EPOCHS_WANTED:
        raise SystemExit(f"epochs {numbers}")


def check_kafka(name, folder):
    broker = millrace.bootstrap()
    topics = {"TOPIC_IN": f"{name}-in-{folder.name}", "TOPIC_OUT": f"{name}-out-{folder.name}"}
    for topic in topics.values():
        millrace.kafka_tool("create", topic, "--bootstrap", broker, "--partitions", 2)
    workload = ["--events", 20000, "--keys", 100]
    millrace.kafka_tool("generate", topics["TOPIC_IN"], "--bootstrap", broker, *workload)
    done = millrace.run(millrace.CONFIGS / f"{name}.toml", OUT=str(folder), KAFKA_BROKERS=broker,
                        **topics)
    if done.returncode != 0:
        raise SystemExit(f"exit code {done.returncode}:\n{done.stderr}")
    print(millrace.kafka_tool("verify", topics["TOPIC_OUT"], "--bootstrap", broker, *workload))


def main():
    name = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="millrace-configs-") as folder:
        if name in ENDLESS:
            check_endless(name, pathlib.Path(folder))
        elif "kafka" in name:
            check_kafka(name, pathlib.Path(folder))
        elif "postgres" in name:
            check_postgres(name, pathlib.Path(folder), "--update" in sys.argv)
        else:
            check_fixed(name, pathlib.Path(folder), "--update" in sys.argv)
    print(f"{name} works")


if __name__ == "__main__":
    main()

"""Starts the millrace of this build."""
import os
import pathlib
import subprocess

BUILD = pathlib.Path(os.environ["MILLRACE_BUILD"])
CONFIGS = pathlib.Path(__file__).resolve().parents[2] / "configs"
SECONDS_MAX = 90


def environment(**more):
    return {**os.environ, "CONFIGS": str(CONFIGS), "PLUGINS": str(BUILD / "examples"), **more}


def command(pipeline, *flags):
    return [str(BUILD / "bin" / "millrace"), "run", str(pipeline), "--quiet", *flags]


def run(pipeline, *flags, **variables):
    return subprocess.run(command(pipeline, *flags), env=environment(**variables),
                          capture_output=True, text=True, timeout=SECONDS_MAX)


def kafka_tool(*arguments):
    done = subprocess.run([str(BUILD / "bin" / "kafka_tool"), *map(str, arguments)],
                          capture_output=True, text=True, timeout=SECONDS_MAX)
    if done.returncode != 0:
        raise SystemExit(f"kafka_tool {arguments[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout


def bootstrap():
    return (BUILD / "kafka" / "bootstrap").read_text().strip()

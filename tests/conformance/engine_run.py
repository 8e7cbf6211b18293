"""Runs one case in the real engine: its inputs as files, its rows from files, its progress from stdout."""
import collections
import json
import pathlib
import random
import re
import signal
import subprocess
import time

import translate

# progress: epoch -> what the engine said of it. A kill may come between an epoch's commit and its
# progress, so `epochs` counts commits.
Run = collections.namedtuple("Run", "code progress epochs rows errors")
TIMEOUT_SECONDS = 60


def write_inputs(case, directory):
    """A file for each batch: the file source reads one per epoch, in order of name."""
    for name, stream in case["inputs"].items():
        columns = [column for column, _ in stream["schema"]]
        directory.mkdir(exist_ok=True)
        if stream.get("kind") == "static":
            lines = [json.dumps(dict(zip(columns, row))) + "\n" for row in stream["rows"]]
            (directory / f"{name}.jsonl").write_text("".join(lines))
            continue
        folder = directory / name
        folder.mkdir()
        for number, batch in enumerate(stream["batches"]):
            lines = [json.dumps(dict(zip(columns, row))) + "\n" for row in batch]
            (folder / f"batch-{number:06}.jsonl").write_text("".join(lines))


def with_flat_windows(row):
    """The cases have two columns, window_start and window_end, where a row has a window."""
    for name, value in list(row.items()):
        if isinstance(value, dict) and set(value) == {"start", "end"}:
            row |= {f"{name}_{bound}": time for bound, time in value.items()}
        elif value is None:
            row |= {f"{name}_{bound}": None for bound in ("start", "end") if f"{name}_{bound}" not in row}
    return row


def read_rows(case, directory):
    """Rows by epoch, from the part files part-EPOCH-PARTITION.ext."""
    rows = collections.defaultdict(list)
    columns = [column for column, _ in case.get("output_schema", [])]
    for path in sorted(directory.glob("part-*")):
        epoch = int(re.fullmatch(r"part-(\d+)-\d+\.\w+", path.name).group(1))
        for line in path.read_text().splitlines():
            row = with_flat_windows(json.loads(line))
            rows[epoch].append([row[column] for column in columns])
    return rows


def progress_of(output):
    """By epoch. The last line of a killed process may be torn."""
    lines = [json.loads(line) for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {line["batchId"]: line for line in lines}


def start(command):
    # Without a buffer: what a readline() reads ahead would be lost to communicate().
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)


def text(output):
    return output.decode(errors="replace")


def run_once(command, deadline):
    process = start(command)
    try:
        output, errors = process.communicate(timeout=deadline - time.monotonic())
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, progress_of(text(output)), text(errors)


def run_killed(command, deadline, chance):
    """Starts it until it ends by itself: every other time it is killed at its first epoch's progress,
    which makes sure that it comes forward, and in between at any moment."""
    progress = {}
    at_first_epoch = True
    while time.monotonic() < deadline:
        process = start(command)
        output = b""
        if at_first_epoch:
            output = process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        try:
            rest, errors = process.communicate(timeout=chance.uniform(0, 0.1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            rest, errors = process.communicate()
        progress |= progress_of(text(output + rest))
        if process.returncode != -signal.SIGKILL:
            return process.returncode, progress, text(errors)
        at_first_epoch = not at_first_epoch
    raise subprocess.TimeoutExpired(command, TIMEOUT_SECONDS)


def run_case(case, options, directory, move_filters=True):
    write_inputs(case, directory / "inputs")
    (directory / "output").mkdir()
    pipeline = directory / "pipeline.toml"
    pipeline.write_text(translate.Pipeline(case, {
        "inputs": str(directory / "inputs"),
        "output": str(directory / "output"),
        "checkpoint": str(directory / "checkpoint"),
        "shards": options.shards,
        "move_filters": move_filters,
    }).text())
    command = [options.millrace, "run", str(pipeline), "--json", "--quiet",
               "--threads", str(options.threads)]
    if options.plugin_path:
        command += ["--plugin-path", options.plugin_path]
    deadline = time.monotonic() + TIMEOUT_SECONDS
    if options.kill:
        code, progress, errors = run_killed(command, deadline, random.Random(case["name"]))
    else:
        code, progress, errors = run_once(command, deadline)
    epochs = len(list(pathlib.Path(directory / "checkpoint" / "epochs").glob("*.commit")))
    return Run(code, progress, epochs, read_rows(case, directory / "output"), errors)

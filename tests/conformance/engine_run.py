"""Runs one case in the real engine: its inputs as files, its rows from files, its progress from stdout."""
import collections
import itertools
import json
import pathlib
import random
import re
import signal
import subprocess
import threading
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


def run_killed(commands, deadline, chance):
    """Starts it until it ends by itself, with one command after the other: every other time it is killed at its
    first epoch's progress, which makes sure that it comes forward, and in between at any moment."""
    progress = {}
    starts = itertools.cycle(commands)
    at_first_epoch = True
    while time.monotonic() < deadline:
        command = next(starts)
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


def run_continuously(case, command, directory, deadline):
    """Hands over the files of a batch once the epochs before it are there, and ends when all are."""
    process = start(command)
    progress = {}
    changed = threading.Condition()
    ended = threading.Event()

    def take_progress():
        for line in process.stdout:
            with changed:
                progress.update(progress_of(text(line)))
                changed.notify()
        with changed:
            ended.set()
            changed.notify()

    def wait_for_epochs(count):
        with changed:
            if not changed.wait_for(lambda: len(progress) >= count or ended.is_set(), deadline - time.monotonic()):
                raise subprocess.TimeoutExpired(command, TIMEOUT_SECONDS)

    taking = threading.Thread(target=take_progress)
    taking.start()
    try:
        for epoch in case["expected"]:
            wait_for_epochs(epoch["epoch"])
            hand_over(directory / "inputs", epoch["input_batch"])
        wait_for_epochs(len(case["expected"]))
        if "expected_error" in case:
            for path in sorted((directory / "inputs").glob("later-batch-*")):
                hand_over(directory / "inputs", int(path.name.split("-")[-1]))
        else:
            process.terminate()
        process.wait(max(deadline - time.monotonic(), 0.1))
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        taking.join()
    return process.returncode, progress, text(process.stderr.read())


def hold_back(directory):
    """Sets aside the files of all batches but the first, and cuts each into some of a few rows."""
    for folder in [path for path in directory.iterdir() if path.is_dir()]:
        for path in sorted(folder.glob("batch-*"))[1:]:
            lines = path.read_text().splitlines(keepends=True)
            path.unlink()
            aside = directory / f"later-{path.stem}" / folder.name
            aside.mkdir(parents=True)
            step = max(-(-len(lines) // 3), 1)
            for part in range(0, max(len(lines), 1), step):
                (aside / f"{path.stem}-{part:06}.jsonl").write_text("".join(lines[part:part + step]))


def hand_over(directory, batch):
    if batch is None:
        return
    for path in sorted((directory / f"later-batch-{batch:06}").glob("*/*")):
        path.rename(directory / path.parent.name / path.name)


def run_case(case, options, directory, move_filters=True):
    write_inputs(case, directory / "inputs")
    if options.continuous:
        hold_back(directory / "inputs")
    (directory / "output").mkdir()
    commands = []
    for store in options.state_store.split(","):
        pipeline = directory / f"pipeline_{len(commands)}.toml"
        pipeline.write_text(translate.Pipeline(case, {
            "inputs": str(directory / "inputs"),
            "output": str(directory / "output"),
            "checkpoint": str(directory / "checkpoint"),
            "shards": options.shards,
            "state_store": store,
            "trigger": f'{{ continuous = "{options.interval_ms} milliseconds" }}' if options.continuous else '"available_now"',
            "move_filters": move_filters,
        }).text())
        commands.append([options.millrace, "run", str(pipeline), "--json", "--quiet",
                         "--threads", str(options.threads)])
        if options.plugin_path:
            commands[-1] += ["--plugin-path", options.plugin_path]
    deadline = time.monotonic() + TIMEOUT_SECONDS
    if options.continuous:
        code, progress, errors = run_continuously(case, commands[0], directory, deadline)
    elif options.kill:
        code, progress, errors = run_killed(commands, deadline, random.Random(case["name"]))
    else:
        code, progress, errors = run_once(commands[0], deadline)
    epochs = len(list(pathlib.Path(directory / "checkpoint" / "epochs").glob("*.commit")))
    return Run(code, progress, epochs, read_rows(case, directory / "output"), errors)

#!/usr/bin/env python3
"""Runs conformance cases in the real engine and compares every epoch.

usage: run.py DIR [--millrace PATH] [--plugin-path DIR] [--threads N] [--shards N] [--area A,B] [--case NAME]
                  [--keep DIR] [--verbose]
Prints a line per case, sums per area, and `N passed, N failed` at the end.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import compare
import translate

Run = collections.namedtuple("Run", "code progress rows errors")
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


def run_case(case, options, directory):
    write_inputs(case, directory / "inputs")
    (directory / "output").mkdir()
    pipeline = directory / "pipeline.toml"
    pipeline.write_text(translate.Pipeline(case, {
        "inputs": str(directory / "inputs"),
        "output": str(directory / "output"),
        "checkpoint": str(directory / "checkpoint"),
        "shards": options.shards,
    }).text())
    command = [options.millrace, "run", str(pipeline), "--json", "--quiet",
               "--threads", str(options.threads)]
    if options.plugin_path:
        command += ["--plugin-path", options.plugin_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    progress = [json.loads(line) for line in done.stdout.splitlines()]
    return Run(done.returncode, progress, read_rows(case, directory / "output"), done.stderr)


def judge(path, options):
    """(area, name, verdict, lines to print)"""
    case = json.loads(path.read_text())
    if "quirk" in case:
        return case["area"], case["name"], "quirk", []
    directory = pathlib.Path(options.keep or tempfile.mkdtemp(prefix="conformance-"))
    if options.keep:
        directory = directory / case["name"]
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    try:
        run = run_case(case, options, directory)
        differences = compare.compare(case, run)
        # Refused cases show why, so that a reader can judge whether it was for the right reason.
        reason = re.search(r"^error\[\w+\]: .*", run.errors, re.MULTILINE)
        notes = [reason.group(0)] if reason and "expected_error" in case else []
    except NotImplementedError as missing:
        differences, notes = [f"not supported yet: {missing}"], []
    except subprocess.TimeoutExpired:
        differences, notes = [f"still running after {TIMEOUT_SECONDS} s"], []
    except (KeyError, ValueError) as broken:
        differences, notes = [f"unreadable result: {broken!r}"], []
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    shown = differences if options.verbose else differences[:3]
    return (case["area"], case["name"], "failed" if differences else "passed",
            shown + (notes if options.verbose or not differences else []))


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--millrace", default="millrace")
    parser.add_argument("--plugin-path", default="")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--area", default="", help="only these areas, separated by commas")
    parser.add_argument("--case", default="", help="only cases whose name contains this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", default="", help="keep each case's files in this directory")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def selected(options):
    areas = set(filter(None, options.area.split(",")))
    for path in sorted(options.directory.glob("*.json")):
        if options.case in path.stem and (not areas or json.loads(path.read_text())["area"] in areas):
            yield path


def main():
    options = parse_arguments()
    totals = collections.defaultdict(collections.Counter)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for area, name, verdict, lines in pool.map(lambda path: judge(path, options),
                                                   list(selected(options))):
            totals[area][verdict] += 1
            print(f"{verdict:7} {area:11} {name}")
            for line in lines:
                print(f"        {line}")
    print()
    for area in sorted(totals):
        counts = totals[area]
        print(f"{area:11} {counts['passed']:3} of {counts['passed'] + counts['failed']:3}")
    everything = sum(totals.values(), collections.Counter())
    if everything["quirk"]:
        print(f"{everything['quirk']} recorded quirks of the reference are not judged")
    print(f"{everything['passed']} passed, {everything['failed']} failed")
    return 1 if everything["failed"] or not everything["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())

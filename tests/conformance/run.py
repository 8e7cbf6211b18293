#!/usr/bin/env python3
"""Runs conformance cases in the real engine and compares every epoch.

usage: run.py DIR [--millrace PATH] [--plugin-path DIR] [--threads N] [--shards N] [--area A,B] [--case NAME]
                  [--state-store TYPE,...] [--kill] [--continuous] [--own-way] [--keep DIR] [--verbose]
Prints a line per case, sums per area, and `N passed, N failed` at the end.

--kill      kills the engine (SIGKILL) after an epoch or at any moment and starts it again, until it ends.
--continuous  runs with the continuous trigger: each batch comes as several files, a round each, once the epochs before
            it are done. The epochs are those of the other triggers; in update mode, where each round shows what it
            changed, more rows may come than those.
--own-way   runs without `move_filters` and counts late rows as Millrace does. A case that passes only in
            Spark's way `differs`, which is no failure: docs/differences_from_spark.md says why.
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
import engine_run


def attempt(case, options, directory, own_way):
    """(differences, the first line of the error if there was one)"""
    directory.mkdir(parents=True)
    try:
        run = engine_run.run_case(case, options, directory, move_filters=not own_way)
        reason = re.search(r"^error\[\w+\]: .*", run.errors, re.MULTILINE)
        late_count = "numRowsDroppedByWatermark" if own_way else None if options.continuous else "numLateGroups"
        return compare.compare(case, run, late_count, options.continuous), reason and reason.group(0)
    except subprocess.TimeoutExpired:
        return [f"still running after {engine_run.TIMEOUT_SECONDS} s"], None
    except (KeyError, ValueError) as broken:
        return [f"unreadable result: {broken!r}"], None


def judge(path, options):
    """(area, name, verdict, lines to print)"""
    case = json.loads(path.read_text())
    if "quirk" in case:
        return case["area"], case["name"], "quirk", []
    directory = pathlib.Path(options.keep or tempfile.mkdtemp(prefix="conformance-")) / case["name"]
    shutil.rmtree(directory, ignore_errors=True)
    try:
        differences, reason = attempt(case, options, directory, options.own_way)
        verdict = "failed" if differences else "passed"
        if differences and options.own_way:
            failures, _ = attempt(case, options, directory / "sparks_way", False)
            verdict = "failed" if failures else "differs"
    finally:
        if not options.keep:
            shutil.rmtree(directory.parent, ignore_errors=True)
    shown = differences if options.verbose else differences[:3]
    # Refused cases show why, so that a reader can judge whether it was for the right reason.
    refused = [reason] if reason and "expected_error" in case else []
    return (case["area"], case["name"], verdict,
            shown + (refused if options.verbose or not differences else []))


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--millrace", default="millrace")
    parser.add_argument("--plugin-path", default="")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--state-store", default="memory",
                        help="several: each start after a kill takes the next, so that checkpoints change stores")
    parser.add_argument("--area", default="", help="only these areas, separated by commas")
    parser.add_argument("--case", default="", help="only cases whose name contains this")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th case")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--continuous", action="store_true")
    parser.add_argument("--interval-ms", type=int, default=100, help="of the continuous trigger; longer than a batch takes")
    parser.add_argument("--own-way", action="store_true")
    parser.add_argument("--keep", default="", help="keep each case's files in this directory")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def selected(options):
    areas = set(filter(None, options.area.split(",")))
    for path in sorted(options.directory.glob("*.json"))[::options.every]:
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
        differs = f", {counts['differs']} differ" if counts["differs"] else ""
        judged = counts["passed"] + counts["differs"] + counts["failed"]
        print(f"{area:11} {counts['passed']:3} of {judged:3}{differs}")
    everything = sum(totals.values(), collections.Counter())
    if everything["quirk"]:
        print(f"{everything['quirk']} recorded quirks of the reference are not judged")
    differ = f", {everything['differs']} differ on purpose" if everything["differs"] else ""
    print(f"{everything['passed']} passed, {everything['failed']} failed{differ}")
    return 1 if everything["failed"] or not everything["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())

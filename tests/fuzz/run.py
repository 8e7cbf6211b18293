#!/usr/bin/env python3
"""Runs fuzz targets until each has had so many executions, and says what became of them.

Starts from the corpus beside this file; inputs that reach something new go to OUT/corpus/TARGET and serve the next run
too, those that break something to OUT/findings. Exits 1 if there are any. `./dev fuzz` is this after a build.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SLICE = 500_000  # executions of one process: what they leak shows when it ends


def targets():
    return sorted(path.name for path in (HERE / "corpus").iterdir())


def run_slice(target, executions, arguments):
    """One process. Returns its exit status and what it printed."""
    grown = arguments.out / "corpus" / target
    findings = arguments.out / "findings"
    for folder in (grown, findings):
        folder.mkdir(parents=True, exist_ok=True)
    command = [arguments.bin / f"fuzz_{target}", grown, HERE / "corpus" / target, f"-runs={executions}",
               "-print_final_stats=1", "-timeout=10", "-detect_leaks=0", "-entropic=0",
               f"-artifact_prefix={findings}/{target}-"]
    # The entropic schedule keeps accounts that take half of expression's time.
    # Where memory was allocated is dear to keep, and a finding is run again; what one execution frees fits into 1 MB.
    quick = "malloc_context_size=0:quarantine_size_mb=1:"
    environment = dict(os.environ, ASAN_OPTIONS=quick + os.environ.get("ASAN_OPTIONS", ""))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(target, arguments):
    """Whether the target broke."""
    executions, begun = 0, time.monotonic()
    while executions < arguments.runs:
        status, text = run_slice(target, min(SLICE, arguments.runs - executions), arguments)
        executions += number(r"stat::number_of_executed_units: (\d+)", text)
        if status != 0:
            print(text[-6000:])
            print(f"{target}: broke after {executions:,} executions; what broke it is in {arguments.out / 'findings'}")
            return True
        speed = executions / (time.monotonic() - begun)
        print(f"{target}: {executions:,} of {arguments.runs:,} executions, {speed:,.0f}/s, "
              f"{number(r'cov: ([0-9]+)', text):,} edges, {number(r'corp: ([0-9]+)', text):,} inputs", flush=True)
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="*", choices=[[], *targets()], help="all, if none is named")
    parser.add_argument("--runs", type=int, default=1_000_000, help="executions of each (1,000,000)")
    parser.add_argument("--bin", type=Path, required=True, help="where the targets are")
    parser.add_argument("--out", type=Path, required=True, help="where inputs and findings go")
    arguments = parser.parse_args()
    broken = [target for target in arguments.target or targets() if run(target, arguments)]
    if broken:
        sys.exit(f"broken: {', '.join(broken)}")


if __name__ == "__main__":
    main()

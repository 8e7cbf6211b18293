#!/usr/bin/env python3
"""Runs clang-tidy 14 over all of the product and what supports its tests, or over the files named, several at a time;
exits 1 if any has a finding.

A file is looked at again only if it, a header that it reads, its flags or .clang-tidy changed since it was clean.
Usage: tidy.py BUILD [--jobs N] [FILE...]
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

TIDY = "clang-tidy-14"
# Tests and benchmarks are all macros; the compiler's warnings are strict enough for them.
LEFT_OUT = ["tests/unit", "tests/kafka", "tests/bench"]
# Flags of g++ that clang 14 does not know, and findings that are the compiler's business.
EXTRA = ["--extra-arg=-Wno-everything", "--quiet"]


def project_sources(build, root, wanted):
    """The translation units to look at, as (file, command), in a stable order."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = Path(entry["file"])
        if root in file.parents and build not in file.parents:
            found[file] = entry["command"]
    chosen = {Path(each).resolve() for each in wanted}
    left_out = [root / folder for folder in LEFT_OUT]
    found = {file: command for file, command in found.items()
             if file in chosen or (not chosen and not any(each in file.parents for each in left_out))}
    return sorted(found.items())


def content_key(root, file, command, rules):
    """A hash over everything of the repository that the file reads; the compiler lists it."""
    words = [word for word in shlex.split(command) if not word.endswith("ccache")]
    output = words.index("-o")
    words = words[:output] + words[output + 2:] + ["-MM", "-MF", "-"]
    for flag in ("-MD", "-MT", "-MF"):
        while flag in words[:-2]:
            at = words.index(flag)
            del words[at:at + (1 if flag == "-MD" else 2)]
    listing = subprocess.run(words, capture_output=True, text=True, cwd=root)
    if listing.returncode != 0:
        return None
    key = hashlib.sha256((rules + command).encode())
    for name in listing.stdout.replace("\\\n", " ").split(":", 1)[1].split():
        path = Path(root, name).resolve()
        if root in path.parents:
            key.update(path.read_bytes())
    return key.hexdigest()


def check(build, root, file, command, rules):
    """None if the file is clean, else what clang-tidy says."""
    key = content_key(root, file, command, rules)
    clean = build / "tidy" / (key or "")
    if key and clean.exists():
        return None
    run = subprocess.run([TIDY, "-p", build, *EXTRA, file], capture_output=True, text=True, cwd=root)
    if run.returncode == 0:
        if key:
            clean.touch()
        return None
    lines = run.stdout.splitlines() + [line for line in run.stderr.splitlines() if "error:" in line]
    return "\n".join(lines) or f"{file}: {TIDY} ended with status {run.returncode}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("build", type=Path)
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments.add_argument("files", nargs="*")
    options = arguments.parse_intermixed_args()
    build = options.build.resolve()
    root = Path(__file__).resolve().parent.parent
    (build / "tidy").mkdir(exist_ok=True)
    rules = (root / ".clang-tidy").read_text()
    sources = project_sources(build, root, options.files)
    begin = time.monotonic()
    findings = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        futures = {pool.submit(check, build, root, file, command, rules): file for file, command in sources}
        for done, future in enumerate(concurrent.futures.as_completed(futures), 1):
            name = futures[future].relative_to(root)
            if said := future.result():
                findings += 1
                print(said, flush=True)
            elif done % 20 == 0 or done == len(sources):
                print(f"  {done} of {len(sources)}, {time.monotonic() - begin:.0f} s: {name}", flush=True)
    print(f"clang-tidy: {len(sources)} files, {findings} with findings, {time.monotonic() - begin:.0f} s")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

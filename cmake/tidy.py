#!/usr/bin/env python3
"""Runs clang-tidy 14 over all of the product and what supports its tests, or over the files named, several at a time;
exits 1 if any has a finding.

Files of one folder that are compiled alike are looked at together where unity_batches.py allows it, so that headers are
parsed once; findings name the file that they are in. A batch is looked at again only if one of its files, a header that
they read, its flags or .clang-tidy changed since it was clean.
Usage: tidy.py BUILD [--jobs N] [FILE...]
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import unity_batches

TIDY = "clang-tidy-14"
ROOT = Path(__file__).resolve().parent.parent
# Tests and benchmarks are all macros; the compiler's warnings are strict enough for them.
LEFT_OUT = [ROOT / folder for folder in ("tests/unit", "tests/kafka", "tests/postgres", "tests/bench")]


def compiler_flags(command):
    """What a command says about how to read a file, without the file and what the compiler finds wrong with it: that is
    the compiler's business, and clang 14 knows other warnings than g++."""
    flags = []
    words = iter(shlex.split(command))
    for word in words:
        if word in ("-isystem", "-include"):
            flags += [word, next(words)]
        elif word.startswith(("-I", "-D", "-f", "-std=")) and not word.endswith("_EXPORTS"):
            flags.append(word)
    return (*flags, "-Wno-everything")


def place_of(file, target):
    """Files are looked at together that are in one folder of the product, or in one program of the tests. Which program that
    is shows where CMake compiles in batches (`target`)."""
    parts = file.relative_to(ROOT).parts
    return parts[:2] if parts[0] != "tests" else target or parts


def compiled_files(build):
    """The files of the repository with their flags and places. What CMake compiles as one is taken apart."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = Path(entry["file"])
        files, target = [file], None
        if "Unity" in file.parts and build in file.parents:
            target = file.parent
            files = [Path(name) for name in re.findall(r'^#include "(.+)"$', file.read_text(), re.M)]
        for each in files:
            if ROOT in each.parents and build not in each.parents:
                found[each] = compiler_flags(entry["command"]), place_of(each, target)
    return found


def batches_to_check(build, wanted):
    """What is looked at together, as (files, flags), the most first."""
    chosen = {Path(each).resolve() for each in wanted}
    alike = {}
    for file, (flags, place) in sorted(compiled_files(build).items()):
        if file in chosen or (not chosen and not any(each in file.parents for each in LEFT_OUT)):
            alike.setdefault((place, file.suffix, flags), []).append(file)
    made = [(batch, flags) for (_, _, flags), files in alike.items() for batch in unity_batches.batches(files)]
    return sorted(made, key=lambda batch: -sum(file.stat().st_size for file in batch[0]))


@functools.cache
def included_files(file):
    """The files of the repository that a file includes."""
    named = re.findall(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', file.read_text(), re.M)
    places = (file.parent, ROOT, ROOT / "sdk/include")
    return [place / name for name in named for place in places if (place / name).is_file()]


def content_key(files, flags):
    """A hash over the rules and everything of the repository that the files read."""
    read, unread = set(), list(files)
    while unread:
        file = unread.pop().resolve()
        if file not in read:
            read.add(file)
            unread += included_files(file)
    key = hashlib.sha256(repr((flags, [str(file) for file in files])).encode())
    for file in [ROOT / ".clang-tidy", *sorted(read)]:
        key.update(file.read_bytes())
    return key.hexdigest()


def check(folder, files, flags):
    """None if the files are clean, else what clang-tidy says."""
    key = content_key(files, flags)
    clean = folder / key
    if clean.exists():
        return None
    unit = files[0]
    if len(files) > 1:
        unit = folder / f"{key}.cpp"
        unit.write_text("".join(f'#include "{file}"\n' for file in files))
    command = [TIDY, "--quiet", f"--config-file={ROOT / '.clang-tidy'}", unit, "--", *flags]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if len(files) > 1:
        unit.unlink()
    if run.returncode == 0:
        clean.touch()
        return None
    lines = run.stdout.splitlines() + [line for line in run.stderr.splitlines() if "error:" in line]
    return "\n".join(lines) or f"{TIDY} ended with status {run.returncode}: {' '.join(map(str, files))}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("build", type=Path)
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments.add_argument("files", nargs="*")
    options = arguments.parse_intermixed_args()
    build = options.build.resolve()
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    batches = batches_to_check(build, options.files)
    total = sum(len(files) for files, _ in batches)
    begin = time.monotonic()
    done = findings = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        futures = {pool.submit(check, folder, files, flags): files for files, flags in batches}
        for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
            done += len(futures[future])
            if said := future.result():
                findings += 1
                print(said, flush=True)
            elif number % 5 == 0 or done == total:
                print(f"  {done} of {total}, {time.monotonic() - begin:.0f} s", flush=True)
    print(f"clang-tidy: {total} files in {len(batches)} batches, {findings} with findings, {time.monotonic() - begin:.0f} s")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

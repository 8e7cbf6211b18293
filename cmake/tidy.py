#!/usr/bin/env python3
"""Runs clang-tidy 14 over all of the product and what supports its tests, or over the files named, several at a time;
exits 1 if any has a finding.

Most of its time goes into headers. So as many files of a part as unity_batches.py allows are looked at together, and
headers are parsed once for all of them; findings name the file that they are in. A batch is looked at again only if one of
its files, a header that they read, its flags or .clang-tidy changed since it was clean.
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
FILES_MAX = 24
ENTRY_POINTS = ("main", "millrace_plugin_v1", "LLVMFuzzerTestOneInput")
# Tests and benchmarks are all macros; the compiler's warnings are strict enough for them.
LEFT_OUT = [ROOT / folder for folder in ("tests/unit", "tests/kafka", "tests/postgres", "tests/bench")]


def reading_flags(command):
    """What a command says about how to read a file: where headers are and which macros are defined. What the compiler makes
    of the file, and what it finds wrong with it, is the compiler's business."""
    flags = []
    words = iter(shlex.split(command))
    for word in words:
        if word == "-isystem":
            flags.append((word, next(words)))
        elif word.startswith(("-I", "-D")) and not word.endswith("_EXPORTS"):
            flags.append((word,))
    return flags


def compiled_files(build):
    """The files of the repository with their flags. What CMake compiles as one is taken apart."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = Path(entry["file"])
        files = [file]
        if "Unity" in file.parts and build in file.parents:
            files = [Path(name) for name in re.findall(r'^#include "(.+)"$', file.read_text(), re.M)]
        for each in files:
            if ROOT in each.parents and build not in each.parents:
                found[each] = reading_flags(entry["command"])
    return found


@functools.cache
def included_files(file):
    """The files of the repository that a file includes."""
    named = re.findall(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', file.read_text(), re.M)
    places = (file.parent, ROOT, ROOT / "sdk/include")
    return [place / name for name in named for place in places if (place / name).is_file()]


@functools.cache
def files_read(file):
    """Those that a file of the repository includes, and that these include, and itself."""
    read, unread = set(), [file]
    while unread:
        file = unread.pop().resolve()
        if file not in read:
            read.add(file)
            unread += included_files(file)
    return read


def headers_of(file):
    return files_read(file) - {file}


def place_of(file):
    """Files are looked at together that are in one part of the product. Tests are of the engine or of plugins, which give some
    names a meaning of their own."""
    part = file.relative_to(ROOT).parts[0]
    return part, part == "tests" and any(ROOT / "core" in each.parents for each in files_read(file))


def batches_to_check(build, wanted):
    """What is looked at together, as (files, flags), the most first. Each finds the headers and macros of all its part."""
    chosen = {Path(each).resolve() for each in wanted}
    alike = {}
    for file, flags in sorted(compiled_files(build).items()):
        if file in chosen or (not chosen and not any(each in file.parents for each in LEFT_OUT)):
            files, all_flags = alike.setdefault((*place_of(file), file.suffix), ([], {}))
            files.append(file)
            all_flags.update(dict.fromkeys(flags))
    made = [(batch, [word for flag in flags for word in flag])
            for files, flags in alike.values() for batch in unity_batches.batches(files, None, FILES_MAX, headers_of)]
    return sorted(made, key=lambda batch: -sum(file.stat().st_size for file in batch[0]))


def unit_text(files):
    """The files as one. What every program or plugin defines under the same name gets a name of its own in each."""
    lines = []
    for number, file in enumerate(files):
        for name in ENTRY_POINTS:
            lines += [f"#undef {name}", f"#define {name} {name}_{number}"]
        lines.append(f'#include "{file}"')
    return "\n".join(lines) + "\n"


def content_key(files, flags):
    """A hash over the rules and everything of the repository that the files read."""
    read = set().union(*map(files_read, files))
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
        unit = folder / (key + files[0].suffix)
        unit.write_text(unit_text(files))
    language = ["-std=c++20"] if files[0].suffix == ".cpp" else []
    command = [TIDY, "--quiet", f"--config-file={ROOT / '.clang-tidy'}", unit, "--", *language, "-Wno-everything", *flags]
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

#!/usr/bin/env python3
"""Checks that every file includes only what its place in the tree allows, and the rules that go with it.

The order of the engine's folders is read from core/CMakeLists.txt, where the linker reads it too, so
there is one table and not two. Usage: check_layering.py ROOT. Prints one line per finding, exits 1 if any.
"""

import re
import sys
from pathlib import Path

LINES_MAX = 400
# The plugin boundary is one header on purpose: whoever reads the contract reads one file.
LINES_MAX_OF = {"sdk/include/millrace/abi.h": 700}
SOURCE_SUFFIXES = {".cpp", ".hpp", ".c", ".h", ".py", ".sh"}
TOP_FOLDERS = ("core", "sdk", "plugins", "tests")

# One library, one place: a header that starts with the left side may be included only below the right.
THIRD_PARTY = {
    "toml++/": ("core/config/",),
    "boost/dll": ("core/plugin/",),
    "prometheus/": ("core/observe/",),
    "civetweb": ("core/observe/",),
    "CivetServer": ("core/observe/",),
    "spdlog/": ("core/observe/",),
    "CLI/": ("core/cli/", "tests/"),
    "pg_query": ("core/expression/",),
    "xxhash": ("core/checkpoint/", "tests/"),
    "librdkafka/": ("plugins/kafka/", "tests/"),
    "isa-l/": ("plugins/kafka/", "tests/"),
    "lz4frame.h": ("plugins/kafka/", "tests/"),
    "snappy.h": ("plugins/kafka/", "tests/"),
    "zlib.h": ("plugins/kafka/", "tests/"),
    "zstd.h": ("plugins/kafka/", "tests/"),
    "libpq-fe": ("plugins/postgres/", "tests/"),
    "simdjson": ("plugins/json/", "tests/"),
    "rocksdb/": ("plugins/rocksdb_store/",),
    "gtest/": ("tests/",),
    "gmock/": ("tests/",),
    "benchmark/": ("tests/",),
}

STANDARD_HEADERS = set(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno charconv chrono climits cmath
    compare complex concepts condition_variable csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime deque
    exception expected filesystem format forward_list fstream functional future initializer_list iomanip ios
    iosfwd iostream iterator latch limits list locale map memory memory_resource mutex new numbers numeric
    optional ostream istream queue random ranges ratio regex semaphore set shared_mutex source_location span
    sstream stack stdexcept stop_token streambuf string string_view system_error thread tuple type_traits
    typeindex typeinfo unordered_map unordered_set utility valarray variant vector version
    stddef.h stdint.h stdbool.h string.h""".split()
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
# Spelled in pieces so that this file does not report itself.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
SLEEPING = re.compile(r"sleep_(?:for|until)\b|\b(?:u|nano)sleep\s*\(|\btime\.s" + r"leep\b|^[ \t]*sleep\s+[0-9.]", re.MULTILINE)
# A path of one machine means nothing on another.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"]) + r")/\w")


def engine_order(root):
    """Folder of core -> folders it may include, with what those may include in turn."""
    text = (root / "core/CMakeLists.txt").read_text()
    direct = {}
    for call in re.finditer(r"^millrace_core_library\(([^)]*)\)", text, re.MULTILINE):
        words = call.group(1).split()
        uses = words[words.index("USES") + 1:] if "USES" in words else []
        if "THIRD_PARTY" in uses:
            uses = uses[:uses.index("THIRD_PARTY")]
        direct[words[0]] = set(uses)

    def reach(folder, path=()):
        if folder in path:
            raise SystemExit(f"core/CMakeLists.txt: the folders use each other: {' -> '.join(path + (folder,))}")
        found = {folder}
        for used in direct.get(folder, ()):
            found |= reach(used, path + (folder,))
        return found

    return {folder: reach(folder) for folder in direct}


def quoted_include_fault(order, name, included):
    """Why the file `name` may not include "included", or None."""
    parts = name.split("/")
    if included.startswith("millrace/"):
        return None
    if parts[0] == "sdk":
        return "the SDK includes only the standard library and itself"
    if parts[0] == "plugins":
        own = f"plugins/{parts[1]}/"
        return None if included.startswith(own) else f"a plugin includes only millrace/ and {own}"
    if parts[0] == "core":
        if not included.startswith("core/"):
            return "core includes only core/ and millrace/, by full path from the root"
        if len(parts) == 2:
            return None
        if parts[1] not in order:
            return f"core/{parts[1]} has no line in core/CMakeLists.txt"
        target = included.split("/")[1]
        if target not in order[parts[1]]:
            return f"core/{parts[1]} may use {', '.join(sorted(order[parts[1]] - {parts[1]})) or 'nothing'} of core"
    return None


def angle_include_fault(name, included):
    if name.startswith("sdk/include/") and included not in STANDARD_HEADERS:
        return "the SDK includes only the standard library and itself"
    for prefix, places in THIRD_PARTY.items():
        if included.startswith(prefix) and not name.startswith(places):
            return f"only {' and '.join(places)} may include {prefix}"
    return None


def source_files(root):
    for top in TOP_FOLDERS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix in SOURCE_SUFFIXES and path.is_file():
                yield path
    yield root / "dev"


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def faults_of_file(order, name, text):
    limit = LINES_MAX_OF.get(name, LINES_MAX)
    if (count := text.count("\n")) > limit:
        yield 1, f"{count} lines; the limit is {limit}: split it by idea"
    for match in UNFINISHED.finditer(text):
        yield line_of(text, match.start()), f"{match.group(0)}: finish it or write an issue"
    for match in MACHINE_PATH.finditer(text):
        yield line_of(text, match.start()), f"path of one machine: {match.group(0)}..."
    if name.startswith("tests/"):
        for match in SLEEPING.finditer(text):
            yield line_of(text, match.start()), "a test does not sleep: wait for the event, or move a ManualClock"
    if not name.endswith((".cpp", ".hpp", ".c", ".h")):
        return
    for match in INCLUDE.finditer(text):
        quote, included = match.groups()
        fault = quoted_include_fault(order, name, included) if quote == '"' else angle_include_fault(name, included)
        if fault:
            yield line_of(text, match.start()), f"includes {included}: {fault}"
    if name.endswith((".hpp", ".h")) and "#pragma once" not in text and "#ifndef" not in text:
        yield 1, "no #pragma once"


def main():
    root = Path(sys.argv[1]).resolve()
    order = engine_order(root)
    findings = []
    count = 0
    for path in source_files(root):
        name = path.relative_to(root).as_posix()
        count += 1
        text = path.read_text(errors="replace")
        findings += [f"{name}:{line}: {fault}" for line, fault in faults_of_file(order, name, text)]
    for folder in sorted(order):
        if any((root / "core" / folder).glob("*.cpp")) and not (root / "core" / folder / "README.md").exists():
            findings.append(f"core/{folder}: no README.md (purpose, what may live here, what may be included)")
    print("\n".join(findings) if findings else f"layering: {count} files, {len(order)} engine folders, nothing to report")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

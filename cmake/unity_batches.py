#!/usr/bin/env python3
"""Says which source files of one target may be compiled as one translation unit.

Two files go into one batch if neither mentions a name that the other keeps to itself (in an unnamed namespace, as `static`,
or as a macro): then each means in the batch what it means alone, and nothing has to be named with its neighbours in
mind. What is private is read off the layout that clang-format gives: declarations of a namespace begin in column 0.
Files that differ from git's HEAD stay alone, and the others stay where they were: who works on a file compiles that file.

Usage: unity_batches.py < LISTS   A line "target;file;file..." each; prints "target batch file" for files with company.
"""

import functools
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES_MAX = 10

NOISE = re.compile(r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)
KEYWORDS = {"alignas", "auto", "catch", "const", "constexpr", "decltype", "default", "do", "else", "for", "if", "noexcept",
            "operator", "override", "requires", "return", "sizeof", "static_assert", "switch", "void", "while"}


def without_noise(text):
    """The text without comments and literals, and with ends of namespaces marked."""
    text = re.sub(r"^}\s*// namespace.*$", "}end", text, flags=re.M)
    return NOISE.sub(lambda match: " " if match.group().startswith("/") else "0", text)


def declared(line):
    """The names that a line in column 0 may declare: rather too many than one too few."""
    alias = re.match(r"using (\w+) =", line)
    if alias:
        return {alias.group(1)}
    if line.startswith(("using ", "friend ", "template ")):
        return set()
    kind = re.match(r"(?:enum class|enum struct|enum|struct|class|union)\s+(\w+)\s*(?:final\s*)?(?=[:{;]|$)", line)
    if kind:
        return {kind.group(1)}
    while (bare := re.sub(r"<[^<>]*>", "", line)) != line:
        line = bare
    function = re.match(r"[^=(]*?(\w+)\s*\(", line)
    names = {function.group(1)} if function else set(re.findall(r"(?<![:\w.])(\w+)\s*(?=[{=;,\[]|$)", re.sub(r"=.*", "=", line)))
    return {name for name in names - KEYWORDS if not name.isdigit()}


def private_names(text):
    """What a file keeps to itself."""
    names = set(re.findall(r"^\s*#\s*define\s+(\w+)", text, flags=re.M))
    inside = False
    for line in text.splitlines():
        if line.startswith("namespace {"):
            inside = True
        elif line.startswith("}end"):
            inside = False
        elif re.match(r"\w", line) and (inside or line.startswith("static ")):
            names |= declared(line)
    # Macros such as TEST(...) are not declared by who calls them.
    return {name for name in names if f"define {name}" in text or not re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}


def borrowed_names(text):
    """What a file calls by its last name only. Others may do the same, but no header of theirs may mean another by it."""
    return set(re.findall(r"^using [\w:]+::(\w+);", text, re.M))


def mentioned_names(text):
    """What a file takes from elsewhere by its bare name: not members, not what is qualified."""
    return set(re.findall(r"(?<![\w.:])([A-Za-z_]\w*)", text.replace("->", ".")))


def git(*words):
    """What git prints, in the root of the repository; nothing where there is no git, or no repository."""
    try:
        return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True).stdout
    except OSError:
        return ""


def changed_files():
    """The files that differ from HEAD, with their text there; None for those that HEAD does not have."""
    changed = {str(ROOT / name): None for name in git("ls-files", "--others", "--exclude-standard").splitlines()}
    for name in git("diff", "--name-only", "--no-renames", "--relative", "HEAD").splitlines():
        changed[str(ROOT / name)] = git("show", f"HEAD:./{name}") or None
    return changed


@functools.cache
def mentioned_in(header):
    return mentioned_names(without_noise(header.read_text()))


def batches(files, texts=None, files_max=FILES_MAX, headers_of=lambda file: set()):
    """The files as a list of batches, each in the order given. `texts` is what to go by instead of what files hold.
    `headers_of` says which headers a file reads: what an earlier file keeps to itself must not mean something in those that
    are read after it."""
    made = []
    for file in files:
        text = without_noise((texts or {}).get(file) or Path(file).read_text())
        private, mentioned, headers = private_names(text), mentioned_names(text), headers_of(file)
        for batch in made:
            if (len(batch["files"]) < files_max and not private & batch["mentioned"] and not batch["private"] & mentioned
                    and not any(batch["hidden"] & mentioned_in(header) for header in headers - batch["headers"])):
                break
        else:
            batch = {"files": [], "private": set(), "mentioned": set(), "hidden": set(), "headers": set()}
            made.append(batch)
        batch["files"].append(file)
        batch["private"] |= private
        batch["mentioned"] |= mentioned
        batch["hidden"] |= private | borrowed_names(text)
        batch["headers"] |= headers
    return [batch["files"] for batch in made]


def main():
    changed = changed_files()
    for line in sys.stdin:
        target, *files = line.strip().split(";")
        known = [file for file in files if changed.get(file, "") is not None]
        for number, batch in enumerate(batches(known, changed)):
            unchanged = [file for file in batch if file not in changed]
            if len(unchanged) > 1:
                for file in unchanged:
                    print(target, number, file)


if __name__ == "__main__":
    main()

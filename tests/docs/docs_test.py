#!/usr/bin/env python3
"""Does what a page of docs/ says: writes its named blocks to files, runs its `sh` blocks, and compares what they
print with its `text printed` blocks.

usage: docs_test.py PAGE.md [--update]
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ["MILLRACE_BUILD"])
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(page, folder):
    """(what was printed, what the page says)"""
    script = ["set -eu", f"export PATH={shlex.quote(str(BUILD / 'bin'))}:$PATH"]
    promised = ""
    for language, name, content in FENCE.findall(page):
        if language == "sh":
            script.append(content)
        elif name == "printed":
            promised += content
        elif name:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    done = subprocess.run(["bash", "-c", "\n".join(script)], cwd=folder, capture_output=True, text=True,
                          timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"exit code {done.returncode}:\n{done.stderr}")
    return done.stdout, promised


def main():
    path = pathlib.Path(sys.argv[1])
    page = path.read_text()
    with tempfile.TemporaryDirectory(prefix="millrace-docs-") as folder:
        printed, promised = follow(page, pathlib.Path(folder))
    if not printed.strip():
        raise SystemExit("nothing was printed")
    if "--update" in sys.argv and page.count("```text printed") == 1:
        path.write_text(page.replace(f"```text printed\n{promised}```", f"```text printed\n{printed}```"))
        return
    if printed != promised:
        raise SystemExit(f"the page says:\n{promised}\nprinted was:\n{printed}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""docs/faults.md names tests that exist, one line for each of its 66 faults, each with a test or a reason.

usage: faults_test.py PAGE.md BUILD_FOLDER
"""
import json
import pathlib
import re
import subprocess
import sys

FAULTS = 66
LINE = re.compile(r"^\| (\d+) \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)


# "checkpoint.All/Suite.Name/parameter" is named without its parameter.
WITH_PARAMETER = re.compile(r"^(\w+\.)\w+/([\w.]+)/.*$")


def tests_of(build):
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, text=True,
                            check=True)
    return {WITH_PARAMETER.sub(r"\1\2", test["name"]) for test in json.loads(listed.stdout)["tests"]}


def main():
    page = pathlib.Path(sys.argv[1]).read_text()
    tests = tests_of(sys.argv[2])
    complaints = []
    lines = LINE.findall(page)
    numbers = [int(number) for number, *_ in lines]
    if numbers != list(range(1, FAULTS + 1)):
        complaints.append(f"the faults are not 1 to {FAULTS}, one a line: {numbers}")
    for number, _, _, shown in lines:
        names = re.findall(r"`([^`]+)`", shown)
        for name in names:
            is_test = name == "broken_plugins" or ("." in name and " " not in name and "(" not in name)
            if is_test and name not in tests:
                complaints.append(f"fault {number}: there is no test {name}")
        if not names and "not tested" not in shown:
            complaints.append(f"fault {number} has neither a test nor a reason")
    print("\n".join(complaints) or f"{len(lines)} faults, every test that they name exists")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

"""Compares what `millrace check` says about mistakes/NAME.toml with mistakes/NAME.txt.

With --update the answers are written anew; read the difference before it is committed. Lists of what
a plugin accepts are left out, since they grow with the plugins.
"""

import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent / "mistakes"
CONFIGURATION = 78


def answer(millrace, case):
    done = subprocess.run([millrace, "check", case.name], cwd=FOLDER, capture_output=True,
                          text=True, timeout=60, check=False)
    problems = []
    if done.returncode != CONFIGURATION:
        problems.append(f"exit code {done.returncode}, not {CONFIGURATION}")
    if done.stdout:
        problems.append(f"on stdout: {done.stdout}")
    said = re.sub(r"^ *= note: (`\w+` accepts|known \w+ types): .*\n", "", done.stderr, flags=re.M)
    return said, problems


def main():
    millrace = str(pathlib.Path(sys.argv[1]).resolve())
    update = "--update" in sys.argv
    cases = sorted(FOLDER.glob("*.toml"))
    failed = 0
    for case in cases:
        said, problems = answer(millrace, case)
        recorded = case.with_suffix(".txt")
        if update:
            recorded.write_text(said)
        elif not recorded.exists() or said != recorded.read_text():
            problems.append(f"it says:\n{said}")
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok    '} {case.name}", *problems, sep="\n  " if problems else "")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())

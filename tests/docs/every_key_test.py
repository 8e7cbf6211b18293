"""Whether docs/configuration.md names every key that the engine takes and every exit code that it ends with.

usage: every_key_test.py MILLRACE PAGE.md
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def keys_of_the_pipeline(millrace):
    """What the complaint about an unknown key lists."""
    done = subprocess.run([millrace, "check", "/dev/stdin"], input="no_such_key_at_all = 1\n", capture_output=True,
                          text=True, timeout=60, check=False)
    listed = re.search(r"known keys: (.*)", done.stderr)
    assert listed, done.stderr
    return re.findall(r"`(\w+)`", listed.group(1))


def keys_of_components():
    source = (ROOT / "core/config/component_reader.cpp").read_text()
    body = source[source.index("engine_keys(ComponentKind kind) {"):]
    return re.findall(r'"(\w+)"', body[:body.index("\n}\n")])


def exit_codes():
    return re.findall(r"= (\d+),", (ROOT / "core/cli/exit_code.hpp").read_text())


def main():
    page = pathlib.Path(sys.argv[2]).read_text()
    missing = [key for key in keys_of_the_pipeline(sys.argv[1]) + keys_of_components()
               if f"`{key}`" not in page and f"[{key}.NAME]" not in page]
    missing += [code for code in exit_codes() if f"\n| {code} |" not in page]
    if missing:
        raise SystemExit(f"{sys.argv[2]} does not name: {' '.join(missing)}")
    print("every key is named")


if __name__ == "__main__":
    main()

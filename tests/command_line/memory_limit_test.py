"""`memory_limit` in the real program: how much it held at most, as the kernel counted."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

MILLRACE = PLUGINS = ""
ROWS = 400_000
LIMIT_MIB = 96

PIPELINE = """
name = "job"
trigger = "{trigger}"
plugin_path = ["{plugins}"]
threads = 2
observability = {{ listen = "off" }}
{top}
[sources.events]
{source}
{rest}
"""
FORMAT = 'format = "json"\nschema = { id = "long", note = "string" }'
# A sink of a user's own that wants the rows of an epoch all at once (foreachBatch).
BATCHES = """
[sinks.rows]
type = "trial_batch"
inputs = ["events"]
path = "{folder}/rows"
"""
SCREEN = """
[sinks.screen]
type = "console"
style = "json"
inputs = ["events"]
"""
STATE = """
[transforms.counts]
type = "aggregate"
inputs = ["events"]
group_by = ["id", "note"]
aggregates = { n = "count(*)" }

[sinks.nowhere]
type = "blackhole"
inputs = ["counts"]
output_mode = "update"
"""


class MemoryLimit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory(prefix="memory-limit-")
        cls.addClassCleanup(cls.kept.cleanup)
        cls.events = pathlib.Path(cls.kept.name) / "events.jsonl"
        note = "x" * 64
        with open(cls.events, "w") as events:
            for number in range(ROWS):
                events.write(f'{{"id":{number},"note":"{note}"}}\n')

    def start(self, name, rest, top=f'memory_limit = "{LIMIT_MIB} MiB"', source=None, stdin=None,
              trigger="available_now"):
        folder = pathlib.Path(self.kept.name) / name
        folder.mkdir()
        source = source or f'type = "file"\npath = "{self.events}"\n{FORMAT}'
        (folder / "job.toml").write_text(PIPELINE.format(
            folder=folder, plugins=PLUGINS, trigger=trigger, source=source, top=top, rest=rest.replace("{folder}", str(folder))))
        self.folder = folder
        with open(folder / "log", "w") as log:
            return subprocess.Popen([MILLRACE, "run", "--quiet", folder / "job.toml"], stdin=stdin, stdout=subprocess.PIPE,
                                    stderr=log)

    def peak_mib(self, child, code=0):
        """Of a process that has ended, or is about to."""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stdout.close()
        self.assertEqual(child.returncode, code, (self.folder / "log").read_text())
        return usage.ru_maxrss / 1024

    def written(self):
        # The kernel counts what this process holds as the child's, up to its exec: no more than a line.
        rows = 0
        for path in (self.folder / "rows").glob("part-*"):
            with open(path) as lines:
                rows += sum(1 for _ in lines)
        return rows

    def test_holds_where_a_sink_wants_whole_epochs(self):
        without = self.peak_mib(self.start("without", BATCHES, top=""))
        self.assertEqual(self.written(), ROWS)
        self.assertGreater(without, 1.2 * LIMIT_MIB)
        self.assertLess(self.peak_mib(self.start("within", BATCHES)), LIMIT_MIB)
        self.assertEqual(self.written(), ROWS)

    def test_holds_with_one_large_file_of_a_directory(self):
        source = f'type = "file"\npath = "{self.events.parent}"\npattern = "*.jsonl"\n{FORMAT}'
        self.assertLess(self.peak_mib(self.start("directory", BATCHES, source=source)), LIMIT_MIB)
        self.assertEqual(self.written(), ROWS)

    def test_holds_with_a_file_that_is_read_once(self):
        source = f'type = "file"\npath = "{self.events}"\nfollow = false\n{FORMAT}'
        self.assertLess(self.peak_mib(self.start("unfollowed", BATCHES, source=source)), LIMIT_MIB)
        self.assertEqual(self.written(), ROWS)

    def test_holds_with_lines_of_a_pipe(self):
        with open(self.events) as lines, subprocess.Popen(["cat"], stdin=lines, stdout=subprocess.PIPE) as pipe:
            child = self.start("pipe", BATCHES, source=f'type = "stdin"\n{FORMAT}', stdin=pipe.stdout)
            self.assertLess(self.peak_mib(child), LIMIT_MIB)
        self.assertEqual(self.written(), ROWS)

    def test_holds_with_rows_that_all_are_due(self):
        rows = 4 * ROWS
        source = f'type = "rate"\nstart_time = "2026-01-01T00:00:00Z"\nrows = {rows}\nrows_per_second = 1000'
        self.assertLess(self.peak_mib(self.start("due", BATCHES, source=source)), LIMIT_MIB)
        self.assertEqual(self.written(), rows)

    def test_is_said_to_hold_for_nothing_where_one_epoch_takes_all(self):
        child = self.start("once", SCREEN, top='memory_limit = "1 GiB"', trigger="once")
        child.stdout.read()
        self.peak_mib(child)
        self.assertIn("`memory_limit` cannot hold with the trigger `once`", (self.folder / "log").read_text())

    def test_holds_where_a_sink_is_slow(self):
        """Nobody reads the screen but us: the pipeline waits, and holds no more meanwhile."""
        child = self.start("slow", SCREEN)
        held = []
        for number in range(ROWS):
            if json.loads(child.stdout.readline())["id"] != number:
                self.fail(f"row {number} is missing")
            if number % (ROWS // 10) == 0:
                held.append(int(pathlib.Path(f"/proc/{child.pid}/statm").read_text().split()[1]) * 4096 >> 20)
        self.assertLess(self.peak_mib(child), LIMIT_MIB)
        self.assertLess(max(held), LIMIT_MIB)

    def test_ends_the_run_where_state_alone_is_over_it(self):
        self.peak_mib(self.start("state", STATE, top='memory_limit = "64 MiB"'), code=78)
        log = (self.folder / "log").read_text()
        for words in ("memory_limit = 64 MiB is not enough", "the largest state, that of `counts`, is"):
            self.assertIn(words, log)


if __name__ == "__main__":
    MILLRACE = pathlib.Path(sys.argv.pop(1)).resolve()
    PLUGINS = MILLRACE.parents[1] / "lib" / "millrace" / "trial"
    unittest.main(verbosity=2)

"""Plugins that do what none may, in the real program: it says which one it was, and the next start goes on as if nothing
had been. One of them does not come back: then nothing is read, nothing grows, and the metrics say who holds whom."""

import json
import os
import pathlib
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

MILLRACE = PLUGINS = ""
ROWS = 300
# What the source holds of lines that nobody took yet, with what the kernel has in the pipe.
HELD_MAX = (64 << 20) + (1 << 20)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

HEAD = """
name = "job"
checkpoint = "{folder}/checkpoint"
trigger = {trigger}
plugin_path = ["{plugins}"]
threads = 2
crash_limit = 0
{top}
"""
WATCHED = 'stuck_after = "1 ms"\nobservability = { listen = "127.0.0.1:0" }'
FILE = """
[sources.events]
type = "file"
path = "{folder}/in.jsonl"
max_bytes_per_trigger = "1 KiB"
format = "json"
schema = {{ id = "long" }}
"""
STDIN = """
[sources.events]
type = "stdin"
format = "json"
schema = {{ id = "long" }}
"""
ROWS_SINK = """
[sinks.rows]
type = "file"
inputs = ["{above}"]
path = "{folder}/rows"
"""
FRAGILE = """
[{kind}.unruly]
type = "fragile"
inputs = ["events"]
word = '"id":150}}'
death = "{death}"
at = "{at}"
pipe = "{folder}/pipe"
"""


class UnrulyPlugin(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="unruly-plugin-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        with open(self.folder / "in.jsonl", "w") as events:
            for number in range(ROWS):
                events.write(json.dumps({"id": number}, separators=(",", ":")) + "\n")
        os.mkfifo(self.folder / "pipe")

    def write(self, kind, death, at, source=FILE, top='observability = { listen = "off" }', trigger='"available_now"'):
        above = "unruly" if kind == "transforms" else "events"
        text = HEAD + source + FRAGILE + ROWS_SINK
        (self.folder / "job.toml").write_text(text.format(folder=self.folder, plugins=PLUGINS, kind=kind, death=death, at=at,
                                                          above=above, top=top, trigger=trigger))

    def run_once(self):
        return subprocess.run([MILLRACE, "run", self.folder / "job.toml"], capture_output=True, text=True, timeout=60)

    def start(self, stdin=None):
        return subprocess.Popen([MILLRACE, "run", self.folder / "job.toml"], stdin=stdin, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def ids(self):
        return sorted(json.loads(line)["id"] for path in (self.folder / "rows").glob("part-*")
                      for line in path.read_text().splitlines())

    def goes_on_with_a_plugin_that_behaves(self, kind):
        self.write(kind, "number", "nowhere")
        done = self.run_once()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids(), list(range(ROWS)))

    def test_is_named_and_the_next_start_goes_on(self):
        called_exit = r"the plugin of `unruly`, in {}\(\), called exit\(\) while the pipeline ran"
        title = "{} `unruly` \\(type `fragile`\\): .*{}"
        for kind, death, at, code, said in (
                ("transforms", "number", "made", 78, "unruly"),
                ("transforms", "memory", "made", 78, "unruly"),
                ("transforms", "number", "row", 70, title.format("transform", "an exception of unknown type")),
                ("transforms", "memory", "row", 70, title.format("transform", "std::bad_alloc")),
                ("transforms", "exit", "row", 70, called_exit.format("process")),
                ("transforms", "exit", "destroyed", 70, "a plugin or a library called exit"),
                ("transforms", "number", "destroyed", -signal.SIGABRT, "terminate called"),
                ("sinks", "number", "open", 70, title.format("sink", "an exception of unknown type")),
                ("sinks", "memory", "close", 70, title.format("sink", "std::bad_alloc")),
                ("sinks", "exit", "close", 70, called_exit.format("close"))):
            with self.subTest(kind=kind, death=death, at=at):
                self.setUp()
                self.write(kind, death, at)
                done = self.run_once()
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertRegex(done.stderr, said)
                self.goes_on_with_a_plugin_that_behaves(kind)

    def test_may_leave_threads_behind(self):
        for at in ("made", "row", "destroyed"):
            with self.subTest(at):
                self.setUp()
                self.write("transforms", "thread", at)
                done = self.run_once()
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.ids(), list(range(ROWS)))

    def test_that_does_not_come_back_is_ended_by_who_watches(self):
        """The probe fails, which a service manager answers with SIGKILL; the next start goes on."""
        self.write("sinks", "wait", "row", top=WATCHED)
        with self.start() as child:
            url = self.served_at(child)
            with open(self.folder / "pipe", "w"):
                self.hears_of_the_stuck(child, url)
                child.kill()
        self.assertEqual(child.returncode, -signal.SIGKILL)
        self.assertLess(len(self.ids()), ROWS)
        self.goes_on_with_a_plugin_that_behaves("sinks")

    def served_at(self, child):
        while not (found := re.search(r"http://[0-9.:]+", line := child.stderr.readline())):
            self.assertNotEqual(line, "", "it ended before it served")
        return found.group(0)

    def metrics(self, url):
        with urllib.request.urlopen(url + "/metrics", timeout=10) as answer:
            return answer.read().decode()

    def reasons(self, url):
        """Why it is not healthy, by component."""
        try:
            urllib.request.urlopen(url + "/healthz", timeout=10).close()
        except urllib.error.HTTPError as refused:
            return {each.get("component"): each["reason"] for each in json.loads(refused.read())["reasons"]}
        return {}

    def hears_of_the_stuck(self, child, url):
        while not re.search("does not come back.*component=unruly in=write", line := child.stderr.readline()):
            self.assertNotEqual(line, "", "it ended in place of waiting")
        # Where threads wait for a processor, that may have been said of a call that came back, or of another plugin.
        while "unruly" not in (reasons := self.reasons(url)):
            self.assertIsNone(child.poll(), "it ended in place of waiting")
        self.assertIn("its plugin has been in write() for", reasons["unruly"])
        self.assertRegex(self.metrics(url), r'component_stuck_seconds{[^}]*component_id="unruly"[^}]*} [0-9.]*[1-9]')

    def write_until_full(self, pipe, first):
        """Lines of a page until nobody takes any more; the number after the last one."""
        number, refusals = first, 0
        while refusals < 3 and (number - first) * 4096 < 2 * HELD_MAX:
            line = b'{"id":%d,"more":"' % number
            try:
                os.write(pipe, line + b"x" * (4096 - len(line) - 3) + b'"}\n')
            except BlockingIOError:
                refusals += not select.select([], [pipe], [], 0.2)[1]
                continue
            number, refusals = number + 1, 0
        return number

    def test_that_does_not_come_back_holds_the_source(self):
        self.write("sinks", "wait", "row", source=STDIN, top=WATCHED)
        with self.start(stdin=subprocess.PIPE) as child:
            url = self.served_at(child)
            pipe = child.stdin.fileno()
            os.write(pipe, b"".join(b'{"id":%d}\n' % number for number in range(ROWS)))
            with open(self.folder / "pipe", "w") as gate:
                self.hears_of_the_stuck(child, url)
                os.set_blocking(pipe, False)
                end = self.write_until_full(pipe, ROWS)
                self.assertLess((end - ROWS) * 4096, HELD_MAX)
                before = self.progress(url)
                for _ in range(50):
                    self.assertEqual(self.progress(url), before)
                self.assertLess(self.ids(), [ROWS])
                gate.write("on")
            child.stdin.close()
            said = child.stderr.read()
        self.assertEqual(child.returncode, 0, said)
        self.assertEqual(self.ids(), list(range(end)))

    def progress(self, url):
        return re.findall("^(?:millrace_epochs|millrace_rounds|millrace_component_(?:received|sent)_records)_total.*$",
                          self.metrics(url), re.MULTILINE)


if __name__ == "__main__":
    MILLRACE = pathlib.Path(sys.argv.pop(1)).resolve()
    PLUGINS = MILLRACE.parents[1] / "lib" / "millrace" / "trial"
    unittest.main(verbosity=2)

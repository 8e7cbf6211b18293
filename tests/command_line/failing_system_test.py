"""The real program where the machine has too little of something, or a disk that is slow: a clear error or none, never a
hang, and the next start goes on as if nothing had been."""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request

MILLRACE = PRELOADED = ""
ROWS = 600
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

PIPELINE = """
name = "job"
checkpoint = "{folder}/checkpoint"
trigger = "available_now"
threads = 3
observability = {{ listen = "{listen}" }}

[sources.events]
type = "file"
path = "{folder}/in.jsonl"
max_bytes_per_trigger = "8 KiB"
format = "json"
schema = {{ id = "long", key = "string" }}

[transforms.counts]
type = "aggregate"
inputs = ["events"]
group_by = ["key"]
aggregates = {{ n = "count(*)" }}

[sinks.rows]
type = "file"
inputs = ["events"]
path = "{folder}/rows"

[sinks.totals]
type = "file"
inputs = ["counts"]
output_mode = "update"
path = "{folder}/totals"
"""
# How the program ends where it can say why.
ERRORS = (69, 70, 74, 75, 78)


class FailingSystem(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="failing-system-")
        self.addCleanup(kept.cleanup)
        self.parent = pathlib.Path(kept.name)
        self.begin("first")

    def begin(self, name, listen="off"):
        self.folder = self.parent / name
        self.folder.mkdir()
        with open(self.folder / "in.jsonl", "w") as events:
            for number in range(ROWS):
                events.write(json.dumps({"id": number, "key": f"k{number % 7}"}) + "\n")
        (self.folder / "job.toml").write_text(PIPELINE.format(folder=self.folder, listen=listen))

    def start(self, limits=(), **variables):
        preloaded = {"LD_PRELOAD": str(PRELOADED), **variables} if variables else {}
        return subprocess.Popen([MILLRACE, "run", self.folder / "job.toml"], env={**os.environ, **preloaded}, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                preexec_fn=lambda: [resource.setrlimit(what, (most, most)) for what, most in limits])

    def run_once(self, limits=(), **variables):
        with self.start(limits, **variables) as child:
            _, said = child.communicate(timeout=60)
        return child.returncode, said

    def rows(self, sink):
        return [json.loads(line) for path in sorted((self.folder / sink).glob("part-*"))
                for line in path.read_text().splitlines()]

    def goes_on(self):
        """The next start, with nothing in its way, and what is there in the end."""
        code, said = self.run_once()
        self.assertEqual(code, 0, said)
        self.assertEqual(sorted(row["id"] for row in self.rows("rows")), list(range(ROWS)))
        self.assertEqual({row["key"]: row["n"] for row in self.rows("totals")},
                         {f"k{key}": len(range(key, ROWS, 7)) for key in range(7)})
        shutil.rmtree(self.folder)

    def counted(self):
        """How many allocations, threads and flushes a run takes that nothing is in the way of."""
        code, said = self.run_once(COUNT_CALLS=str(self.parent / "count"))
        self.assertEqual(code, 0, said)
        return map(int, (self.parent / "count").read_text().split())

    def test_without_memory_for_one_allocation(self):
        allocations, _, _ = self.counted()
        self.goes_on()
        ended = set()
        for number in range(1, allocations, allocations // 12):
            with self.subTest(number=number, of=allocations):
                self.begin(f"allocation-{number}")
                code, said = self.run_once(FAIL_ALLOCATION=str(number))
                self.assertIn(code, (0, -6, 127, *ERRORS), said)
                self.assertTrue(code == 0 or said)
                ended.add(code)
                self.goes_on()
        self.assertIn(70, ended)

    def test_without_one_of_its_threads(self):
        _, threads, _ = self.counted()
        self.goes_on()
        self.assertGreater(threads, 3)
        for number in range(1, threads + 1):
            with self.subTest(number=number, of=threads):
                self.begin(f"thread-{number}")
                code, said = self.run_once(FAIL_THREAD=str(number))
                self.assertEqual(code, 75, said)
                self.assertRegex(said, "cannot start a thread that [a-z ]+: Resource temporarily unavailable; let the")
                self.goes_on()

    def test_with_few_descriptors(self):
        ended = set()
        for most in range(4, 40, 5):
            with self.subTest(most):
                self.begin(f"descriptors-{most}")
                code, said = self.run_once([(resource.RLIMIT_NOFILE, most)])
                ended.add(code)
                if code != 0:
                    self.assertIn(code, (127, *ERRORS), said)
                    self.assertRegex(said, "(?i)too many open files|cannot open shared object")
                self.goes_on()
        self.assertIn(0, ended)
        self.assertGreater(len(ended), 1)

    def test_with_little_address_space(self):
        ended = set()
        for mib in (16, 48, 96, 128, 192, 256, 1024):
            with self.subTest(mib):
                self.begin(f"space-{mib}")
                code, said = self.run_once([(resource.RLIMIT_AS, mib << 20)])
                ended.add(code)
                self.assertIn(code, (0, 127, *ERRORS), said)
                self.assertTrue(code == 0 or said)
                self.goes_on()
        self.assertIn(0, ended)
        self.assertGreater(len(ended), 1)

    def test_with_a_disk_that_takes_long_to_flush(self):
        """Nothing of an epoch is seen before it is durable, and the process answers meanwhile."""
        _, _, flushes = self.counted()
        self.goes_on()
        for number in (flushes // 2, flushes // 2 + 1):
            with self.subTest(number):
                self.begin(f"flush-{number}", listen="127.0.0.1:0")
                pipe = self.folder / "pipe"
                os.mkfifo(pipe)
                with self.start(HOLD_FLUSH=f"{number}:{pipe}") as child:
                    while "http://" not in (line := child.stderr.readline()):
                        self.assertNotEqual(line, "", "it ended")
                    url = line[line.index("http://"):].split()[0].removesuffix("/metrics")
                    with open(pipe, "w") as gate:
                        self.assertLess(len(self.rows("rows")), ROWS)
                        with urllib.request.urlopen(url + "/livez", timeout=10) as answer:
                            self.assertEqual(answer.status, 200)
                        self.assertIsNone(child.poll())
                        gate.write("on")
                    said = child.communicate(timeout=60)[1]
                self.assertEqual(child.returncode, 0, said)
                self.goes_on()


if __name__ == "__main__":
    MILLRACE = pathlib.Path(sys.argv.pop(1)).resolve()
    PRELOADED = MILLRACE.parents[1] / "lib" / "preload" / "failing_system.so"
    unittest.main(verbosity=2)

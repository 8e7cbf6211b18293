"""Starts the real program and looks at its streams, its signals and its exit codes."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

MILLRACE = ""

FILE_TO_FILE = """
name = "copy"
trigger = "available_now"
{top}
[observability]
listen = "{listen}"

[sources.lines]
type = "file"
path = "{folder}/in.jsonl"
format = "json"
schema = {{ key = "string", value = "long" }}

[sinks.copy]
type = "file"
inputs = ["lines"]
path = "{folder}/out"
format = "json"
"""

ENDLESS = """
name = "endless"
trigger = {{ processing_time = "10 milliseconds" }}
checkpoint = "{folder}/checkpoint"
[observability]
listen = "{listen}"
[sources.ticks]
type = "rate"
rows_per_second = 1000
[sinks.nowhere]
type = "blackhole"
inputs = ["ticks"]
"""


STORED = """
name = "stored"
trigger = {{ processing_time = "10 milliseconds" }}
checkpoint = "{folder}/checkpoint"
state_store = "rocksdb"
[observability]
listen = "{listen}"
[sources.ticks]
type = "rate"
rows_per_second = 1000
[transforms.counts]
type = "aggregate"
inputs = ["ticks"]
aggregates = {{ n = "count(*)" }}
[sinks.nowhere]
type = "blackhole"
inputs = ["counts"]
output_mode = "update"
"""


FILE_TO_SILENCE = """
observability = {{ listen = "{listen}" }}
[sources.lines]
type = "file"
path = "{folder}/in.jsonl"
format = "json"
schema = {{ key = "string", value = "long" }}
[sinks.silence]
type = "kafka"
bootstrap_servers = "{top}"
inputs = ["lines"]
topic = "silence"
format = "json"
"""


FROM_NOWHERE = """
{top}
observability = {{ listen = "{listen}" }}
[sources.views]
type = "kafka"
bootstrap_servers = "127.0.0.1:1"
subscribe = ["views"]
[sinks.nowhere]
type = "blackhole"
inputs = ["views"]
"""


def kind_of(folder):
    return subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True, check=True).stdout.strip()


class Run(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        rows = [json.dumps({"key": f"k{i % 3}", "value": i}) for i in range(100)]
        (self.folder / "in.jsonl").write_text("\n".join(rows) + "\n")

    def tearDown(self):
        self.temporary.cleanup()

    def pipeline(self, text, top="", listen="off"):
        path = self.folder / "pipeline.toml"
        path.write_text(text.format(folder=self.folder, top=top, listen=listen))
        return str(path)

    def run_to_end(self, *words):
        return subprocess.run([MILLRACE, *words], capture_output=True, text=True, timeout=60,
                              check=False)

    def start(self, *words):
        return subprocess.Popen([MILLRACE, *words], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    @staticmethod
    def rest_of(process):
        """Its streams until it ends. What a readline() read ahead would be lost to communicate()."""
        with process:
            return process.stdout.read(), process.stderr.read()

    def rows_out(self):
        rows = []
        for part in sorted((self.folder / "out").rglob("*")):
            if part.is_file() and not part.name.startswith((".", "_")):
                rows += [json.loads(line) for line in part.read_text().splitlines()]
        return rows

    def test_copies_everything_and_ends_with_0(self):
        done = self.run_to_end("run", self.pipeline(FILE_TO_FILE))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, "Loaded.*1 source.*1 sink")
        self.assertRegex(done.stderr, "Finished.*100 records")
        self.assertEqual(sorted(row["value"] for row in self.rows_out()), list(range(100)))

    def test_quiet_says_nothing(self):
        done = self.run_to_end("run", "--quiet", self.pipeline(FILE_TO_FILE))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_json_gives_one_line_per_epoch(self):
        done = self.run_to_end("run", "--quiet", "--json", self.pipeline(FILE_TO_FILE))
        self.assertEqual(done.returncode, 0, done.stderr)
        epochs = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(sum(epoch["numInputRows"] for epoch in epochs), 100)
        self.assertEqual([epoch["batchId"] for epoch in epochs], list(range(len(epochs))))
        self.assertEqual(epochs[0]["name"], "copy")

    def test_flags_win_over_the_file(self):
        flag = self.folder / "from-flag"
        path = self.pipeline(FILE_TO_FILE, top=f'checkpoint = "{self.folder}/from-file"')
        done = self.run_to_end("run", path, "--checkpoint", str(flag), "--threads", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(flag.is_dir())
        self.assertFalse((self.folder / "from-file").exists())

    def test_goes_on_where_it_ended(self):
        path = self.pipeline(FILE_TO_FILE, top=f'checkpoint = "{self.folder}/checkpoint"')
        self.assertEqual(self.run_to_end("run", path).returncode, 0)
        again = self.run_to_end("run", path)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertRegex(again.stderr, "Restored.*epoch 0")
        self.assertEqual(len(self.rows_out()), 100)

    def test_a_checkpoint_that_disappears_ends_the_run_with_74(self):
        process = self.start("run", "--json", self.pipeline(ENDLESS))
        process.stdout.readline()
        (self.folder / "checkpoint").rename(self.folder / "elsewhere")
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 74, err)
        self.assertIn(f"{self.folder}/checkpoint/", err)
        self.assertIn("No such file or directory", err)
        # Put back, it goes on.
        (self.folder / "elsewhere").rename(self.folder / "checkpoint")
        again = self.start("run", "--json", self.pipeline(ENDLESS))
        self.assertGreater(json.loads(again.stdout.readline())["batchId"], 0)
        again.kill()
        again.communicate()

    def test_a_checkpoint_in_memory_is_remarked_on(self):
        if kind_of("/dev/shm") != "tmpfs":
            self.skipTest("/dev/shm is no tmpfs here")
        with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
            done = self.run_to_end("run", self.pipeline(FILE_TO_FILE, top=f'checkpoint = "{memory}/checkpoint"'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, "the checkpoint is kept in memory: it is gone once.*file_system=tmpfs")
        if kind_of(self.folder) not in ("tmpfs", "ramfs"):
            done = self.run_to_end("run", self.pipeline(FILE_TO_FILE, top=f'checkpoint = "{self.folder}/checkpoint"'))
            self.assertNotIn("is kept in", done.stderr)

    def test_first_signal_finishes_and_ends_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start("run", "--json", self.pipeline(ENDLESS))
            first = json.loads(process.stdout.readline())
            process.send_signal(number)
            out, err = self.rest_of(process)
            self.assertEqual(process.returncode, 0, err)
            last = json.loads(out.splitlines()[-1]) if out else first
            again = self.start("run", "--json", self.pipeline(ENDLESS))
            self.assertEqual(json.loads(again.stdout.readline())["batchId"], last["batchId"] + 1)
            again.kill()
            again.communicate()

    def test_two_signals_at_once_are_one(self):
        process = self.start("run", "--json", self.pipeline(ENDLESS))
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)  # two of one kind may arrive as one
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)

    @staticmethod
    def ended(process):
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            return False
        return True

    def test_second_signal_ends_at_once_with_130(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:  # a broker that never answers
            address = f"127.0.0.1:{silent.getsockname()[1]}"
            process = self.start("run", self.pipeline(FILE_TO_SILENCE, top=address))
            connection, _ = silent.accept()  # the sink is at work: its epoch cannot end
            process.send_signal(signal.SIGTERM)
            while not self.ended(process):  # signals that come together are one: keep asking
                process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
            connection.close()
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("stopped at once", err)

    def test_a_plugin_that_does_not_come_back_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:  # a broker that never answers
            address = f"127.0.0.1:{silent.getsockname()[1]}"
            pipeline = self.pipeline('stuck_after = "1 millisecond"\n' + FILE_TO_SILENCE, top=address,
                                     listen="127.0.0.1:0")
            process = self.start("run", pipeline)
            url = self.served_at(process)
            # Of the file, too, it may say so for a moment.
            while not re.search("does not come back.*component=silence", line := process.stderr.readline()):
                self.assertNotEqual(line, "", "it ended in place of waiting")
            self.assertRegex(line, r"component=silence in=[a-z]+\(\)")
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(url + "/healthz", timeout=10)
            reasons = {each.get("component"): each["reason"]
                       for each in json.loads(refused.exception.read())["reasons"]}
            self.assertRegex(reasons["silence"], r"its plugin has been in [a-z]+\(\) for")
            process.kill()
            process.communicate()

    def test_a_broker_that_is_not_there_ends_with_69(self):
        top = 'startup_timeout = "1 millisecond"'
        done = self.run_to_end("run", self.pipeline(FROM_NOWHERE, top=top))
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("startup_timeout", done.stderr)

    def test_a_broker_that_is_not_there_shows_in_probe_and_metrics(self):
        process = self.start("run", self.pipeline(FROM_NOWHERE, listen="127.0.0.1:0"))
        url = self.served_at(process)
        while "again_in" not in (line := process.stderr.readline()):
            self.assertNotEqual(line, "", "it ended in place of trying again")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url + "/readyz", timeout=10)
        reasons = json.loads(refused.exception.read())["reasons"]
        self.assertIn("cannot list topics", {each.get("component"): each["reason"]
                                             for each in reasons}["views"])
        with urllib.request.urlopen(url + "/metrics", timeout=10) as response:
            text = response.read().decode()
        process.terminate()
        process.communicate(timeout=60)
        self.assertRegex(text, r'component_errors_total{[^}]*component_id="views"[^}]*'
                               r'stage="read"} [1-9]')

    def served_at(self, process):
        while True:
            line = process.stderr.readline()
            self.assertNotEqual(line, "", "it ended before it served")
            if found := re.search(r"http://[0-9.:]+", line):
                return found.group(0)

    def test_checkpoint_in_use_ends_with_74(self):
        process = self.start("run", "--json", self.pipeline(ENDLESS))
        process.stdout.readline()
        second = self.run_to_end("run", self.pipeline(ENDLESS))
        process.kill()
        process.communicate()
        self.assertEqual(second.returncode, 74, second.stderr)
        self.assertIn(str(process.pid), second.stderr)

    def test_a_file_that_is_not_there_ends_with_78(self):
        done = self.run_to_end("run", str(self.folder / "none.toml"))
        self.assertEqual(done.returncode, 78)
        self.assertIn("No such file", done.stderr)

    def test_a_port_that_is_taken_ends_with_78(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            done = self.run_to_end("run", self.pipeline(FILE_TO_FILE, listen=address))
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("listen", done.stderr)

    def test_serves_metrics_while_it_runs(self):
        process = self.start("run", self.pipeline(ENDLESS, listen="127.0.0.1:0"))
        url = self.served_at(process)
        with urllib.request.urlopen(url + "/metrics", timeout=10) as response:
            text = response.read().decode()
        process.terminate()
        process.communicate(timeout=60)
        self.assertIn('millrace_epochs_total{', text)
        self.assertIn('pipeline="endless"', text)

    def test_shows_what_a_store_measures_of_itself(self):
        process = self.start("run", "--json", self.pipeline(STORED, listen="127.0.0.1:0"))
        url = self.served_at(process)
        process.stdout.readline()  # the first epoch is committed
        with urllib.request.urlopen(url + "/metrics", timeout=10) as response:
            text = response.read().decode()
        process.terminate()
        _, said = self.rest_of(process)
        shown = [line for line in text.splitlines() if "state_store_memory_bytes{" in line]
        self.assertRegex("".join(shown), r'component_id="counts"[^}]*} [1-9]')
        self.assertNotIn("no metrics", said)

    def test_usage_ends_with_64(self):
        self.assertEqual(self.run_to_end().returncode, os.EX_USAGE)
        done = self.run_to_end("run", "--quite", "x.toml")
        self.assertEqual(done.returncode, os.EX_USAGE)
        self.assertIn("did you mean `--quiet`?", done.stderr)

    def test_a_broken_pipe_is_an_error_and_not_the_end(self):
        process = self.start("run", "--json", self.pipeline(ENDLESS))
        process.stdout.readline()
        process.stdout.close()
        process.send_signal(signal.SIGTERM)
        with process.stderr:
            process.stderr.read()
        self.assertEqual(process.wait(timeout=60), 0)  # not -SIGPIPE


if __name__ == "__main__":
    MILLRACE = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)

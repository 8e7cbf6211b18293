#!/usr/bin/env python3
"""A secret that is in a pipeline's file or in its environment must be in nothing that the program writes: its output, what
it serves, its checkpoint. `./dev test` looks for the same canary in the output of all tests together."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

CANARY = "hunter2-canary"
ENVIRONMENT = os.environ | {"CANARY": CANARY}

PIPELINE = """
startup_timeout = "{patience}"
checkpoint = "{folder}/checkpoint"
observability = {{ listen = "{listen}" }}
{top}
[sources.views]
type = "kafka"
bootstrap_servers = "127.0.0.1:1"
subscribe = ["views"]
format = "json"
schema = {{ key = "string" }}
kafka = {{ "security.protocol" = "SASL_PLAINTEXT", "sasl.mechanism" = "PLAIN", "sasl.username" = "ann", "sasl.password" = "{secret}"{more} }}

[sinks.out]
type = "{sink}"
inputs = ["views"]
{options}
"""

TO_SILENCE = {"sink": "blackhole", "options": ""}
TO_POSTGRES = {"sink": "postgres",
               "options": f'dsn = "postgresql://ann:{CANARY}@127.0.0.1:1/db"\ntable = "views"\ncreate_table = 5'}


class Canary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, secret="${CANARY}", more="", top="", listen="off", patience="1 millisecond", sink=TO_SILENCE):
        path = self.folder / "pipeline.toml"
        path.write_text(PIPELINE.format(folder=self.folder, secret=secret, more=more, top=top, listen=listen,
                                        patience=patience, **sink))
        return str(path)

    def output_of(self, *words):
        done = subprocess.run([MILLRACE, *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def assert_kept(self, text):
        self.assertNotIn(CANARY, text)

    def test_the_search_would_find_it(self):
        _, text = self.output_of("check", self.write(top=f'wrong_{CANARY} = "{CANARY}"'))
        self.assertIn(CANARY, text)

    def test_a_broker_that_cannot_be_reached(self):
        for secret in ("${CANARY}", CANARY):
            code, text = self.output_of("run", "--json", self.write(secret))
            self.assertEqual(code, 69, text)
            self.assert_kept(text)

    def test_mistakes_beside_it(self):
        mistakes = {
            "a wrong value": ', "sasl.mechanism" = "NONE"',
            "an unknown property": ', "no.such.property" = "1"',
            "a wrong type": ', "client.id" = [1]',
            "a variable that is not set": ', "client.id" = "${NOT_SET_ANYWHERE}"',
            "no TOML": ', "client.id" = nothing',
        }
        for what, more in mistakes.items():
            for secret in ("${CANARY}", CANARY):
                with self.subTest(what, secret=secret):
                    code, text = self.output_of("check", self.write(secret, more))
                    self.assertEqual(code, 78, text)
                    self.assert_kept(text)

    def test_mistakes_in_it(self):
        for secret in ('"', "${CANARY", "${CANARY:+x}" + CANARY, CANARY + "${NOT_SET_ANYWHERE}"):
            with self.subTest(secret):
                code, text = self.output_of("check", self.write(secret))
                self.assertEqual(code, 78, text)
                self.assert_kept(text)

    def test_a_sink_that_has_one(self):
        code, text = self.output_of("check", self.write(sink=TO_POSTGRES))
        self.assertEqual(code, 78, text)
        self.assert_kept(text)

    def test_what_is_served_and_kept(self):
        path = self.write(listen="127.0.0.1:0", patience="1 minute")
        process = subprocess.Popen([MILLRACE, "run", "--json", path], env=ENVIRONMENT, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        seen, url = "", None
        while "again_in" not in (line := process.stderr.readline()):
            self.assertNotEqual(line, "", seen)
            seen += line
            if found := re.search(r"http://[0-9.:]+", line):
                url = found.group(0)
        for page in ("/metrics", "/livez", "/readyz", "/healthz", "/api/v1/progress", "/none"):
            try:
                with urllib.request.urlopen(url + page, timeout=10) as response:
                    seen += response.read().decode()
            except urllib.error.HTTPError as refused:
                seen += refused.read().decode()
        process.terminate()
        with process:  # what a readline() read ahead would be lost to communicate()
            out, err = process.stdout.read(), process.stderr.read()
        self.assert_kept(seen + line + out + err)
        for kept in (self.folder / "checkpoint").rglob("*"):
            if kept.is_file():
                self.assertNotIn(CANARY.encode(), kept.read_bytes(), kept)


if __name__ == "__main__":
    MILLRACE = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()

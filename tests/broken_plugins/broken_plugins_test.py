#!/usr/bin/env python3
"""Hands really broken plugins to the real program. Each must be refused with exit code 78 and a message that
names the file, what this program is built for, what was found, and what to do; and the program must survive."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["MILLRACE_BUILD"])
MADE = Path(os.environ["BROKEN_PLUGINS"])
MILLRACE = BUILD / "bin/millrace"
CONFIGURATION_EXIT = 78
BUILT_FOR = "this millrace is built for plugin ABI 1."

PIPELINE = """
name = "broken"
trigger = "once"
plugin_path = ["{plugins}"]

[sources.lines]
type = "file"
path = "{folder}/input.jsonl"
format = "json"
schema = {{ key = "string" }}

[sinks.out]
type = "jsonl"
inputs = ["lines"]
directory = "{folder}"
"""


class BrokenPlugins(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.plugins = self.folder / "plugins"
        self.plugins.mkdir()

    def refused(self, *expected):
        """Checks the three verbs that load plugins."""
        pipeline = self.folder / "pipeline.toml"
        pipeline.write_text(PIPELINE.format(plugins=self.plugins, folder=self.folder))
        (self.folder / "input.jsonl").write_text('{"key":"a"}\n')
        for words in (["plugins", "list", "--plugin-path", self.plugins], ["check", pipeline], ["run", pipeline]):
            with self.subTest(verb=words[0]):
                run = subprocess.run([MILLRACE, *words], capture_output=True, text=True, timeout=60)
                self.assertEqual(run.returncode, CONFIGURATION_EXIT, f"{words}\n{run.stdout}{run.stderr}")
                for text in expected:
                    self.assertIn(text, run.stderr)

    def put(self, name, made):
        return shutil.copy(MADE / made, self.plugins / name)

    def test_an_entry_of_another_major_version(self):
        self.put("p.so", "broken_other_major.so")
        self.refused("p.so", BUILT_FOR, "it is built for plugin ABI 2", "millrace_plugin_v2", "rebuild")

    def test_a_descriptor_that_says_another_major_version(self):
        self.put("p.so", "broken_lies_about_major.so")
        self.refused("p.so", BUILT_FOR, "plugin ABI 7.3 (a compiler to come)", "rebuild")

    def test_a_file_that_everybody_may_write(self):
        os.chmod(self.put("p.so", "broken_one_sink.so"), 0o666)
        self.refused("p.so", "everybody may write to it", "chmod o-w")

    def test_a_directory_that_everybody_may_write(self):
        self.put("p.so", "broken_one_sink.so")
        os.chmod(self.plugins, 0o777)
        self.refused("p.so", "everybody may put another file into its place", "chmod o-w")

    def test_a_missing_entry(self):
        self.put("p.so", "broken_missing_symbol.so")
        self.refused("p.so", BUILT_FOR, "does not export millrace_plugin_v1", "MILLRACE_PLUGIN")

    def test_an_entry_that_gives_nothing(self):
        self.put("p.so", "broken_no_descriptor.so")
        self.refused("p.so", BUILT_FOR, "descriptor is empty", "rebuild")

    def test_a_component_without_a_name(self):
        self.put("p.so", "broken_nameless_component.so")
        self.refused("p.so", BUILT_FOR, "component 0 of its descriptor has no name")

    def test_a_file_cut_short_anywhere(self):
        whole = (MADE / "broken_one_sink.so").read_bytes()
        for share in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
            size = int(len(whole) * share)
            with self.subTest(bytes=size):
                (self.plugins / "cut.so").write_bytes(whole[:size])
                self.refused("cut.so", BUILT_FOR, "truncated", "rebuild")

    def test_an_empty_file(self):
        (self.plugins / "empty.so").write_bytes(b"")
        self.refused("empty.so", BUILT_FOR, "not a shared object", "millrace_add_plugin")

    def test_a_text_file(self):
        (self.plugins / "text.so").write_text("#!/bin/sh\necho hello\n")
        self.refused("text.so", BUILT_FOR, "not a shared object", "millrace_add_plugin")

    def test_a_program(self):
        shutil.copy(MILLRACE, self.plugins / "program.so")
        self.refused("program.so", BUILT_FOR)

    def test_a_shared_object_for_another_machine(self):
        content = bytearray((MADE / "broken_one_sink.so").read_bytes())
        content[18:20] = (0xF3).to_bytes(2, "little")  # e_machine: RISC-V
        (self.plugins / "foreign.so").write_bytes(content)
        self.refused("foreign.so", BUILT_FOR, "another machine")

    def test_two_plugins_with_one_component_name(self):
        self.put("a.so", "broken_one_sink.so")
        self.put("b.so", "broken_same_sink_again.so")
        self.refused("b.so", "sink `jsonl` exists already", "a.so", "remove one")

    def test_a_good_plugin_is_used(self):
        self.put("good.so", "broken_one_sink.so")
        run = subprocess.run([MILLRACE, "plugins", "list", "--plugin-path", self.plugins],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("jsonl", run.stdout)


if __name__ == "__main__":
    unittest.main()

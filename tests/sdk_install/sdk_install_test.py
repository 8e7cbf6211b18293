#!/usr/bin/env python3
"""Installs this build into an empty folder and writes plugins against that, far from the sources: the example of the
SDK, and exactly the steps of sdk/README.md."""

import os
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["MILLRACE_BUILD"])
SOURCE = Path(os.environ["MILLRACE_SOURCE"])
FENCE = re.compile(r"^```(\w+) ?([\w.]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

PIPELINE = """
name = "example"
trigger = "available_now"
checkpoint = "checkpoint"
plugin_path = ["build"]

[sources.people]
type = "file"
path = "people.jsonl"
format = "json"
schema = { name = "string", age = "bigint" }

[sinks.out]
type = "jsonl"
inputs = ["people"]
directory = "out"
"""


class SdkInstall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.home = Path(folder.name)
        cls.prefix = cls.home / "millrace"
        # What a plugin's author has: the compiler, and no trace of this build in the environment.
        cls.environment = {"PATH": os.environ["PATH"], "HOME": folder.name, "CC": os.environ["CC"],
                           "CXX": os.environ["CXX"]}
        cls.run_in(cls.home, "cmake", "--install", BUILD, "--prefix", cls.prefix)

    @classmethod
    def run_in(cls, folder, *command):
        run = subprocess.run([str(word) for word in command], cwd=folder, env=cls.environment, capture_output=True,
                             text=True, timeout=200)
        if run.returncode != 0:
            words = " ".join(str(word) for word in command)
            raise AssertionError(f"{words}\nended with {run.returncode}\n{run.stdout}{run.stderr}")
        return run.stdout

    def folder(self, name):
        path = self.home / name
        path.mkdir()
        return path

    def test_the_example_is_built_outside_and_run(self):
        self.build_and_run_the_example("example", os.environ["CXX"])

    def test_the_example_built_by_another_compiler_runs_too(self):
        self.build_and_run_the_example("example_by_clang", "clang++-14")

    def build_and_run_the_example(self, name, compiler):
        folder = self.folder(name)
        for name in ("CMakeLists.txt", "jsonl_sink.cpp"):
            (folder / name).write_text((self.prefix / "share/millrace/examples" / name).read_text())
        self.run_in(folder, "cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                    f"-DCMAKE_CXX_COMPILER={compiler}")
        self.run_in(folder, "cmake", "--build", "build")
        (folder / "pipeline.toml").write_text(PIPELINE)
        (folder / "people.jsonl").write_text('{"name":"ann","age":41}\n{"name":"bob"}\n')
        (folder / "out").mkdir()
        self.run_in(folder, self.prefix / "bin/millrace", "run", "pipeline.toml")
        rows = "".join(path.read_text() for path in sorted((folder / "out").iterdir()))
        self.assertEqual(rows, '{"name":"ann","age":41}\n{"name":"bob","age":null}\n')

    def test_only_one_symbol_leaves_the_example(self):
        folder = self.folder("symbols")
        (folder / "CMakeLists.txt").write_text((SOURCE / "sdk/examples/CMakeLists.txt").read_text())
        (folder / "jsonl_sink.cpp").write_text((SOURCE / "sdk/examples/jsonl_sink.cpp").read_text())
        self.run_in(folder, "cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        self.run_in(folder, "cmake", "--build", "build")
        defined = self.run_in(folder, "nm", "-D", "--defined-only", "build/libmillrace_jsonl.so").split()
        self.assertEqual(defined[2::3], ["millrace_plugin_v1"])

    def test_a_plugin_that_reaches_for_the_engine_does_not_link(self):
        folder = self.folder("reaching")
        (folder / "CMakeLists.txt").write_text((SOURCE / "sdk/examples/CMakeLists.txt").read_text())
        (folder / "jsonl_sink.cpp").write_text(
            "namespace millrace { int engine_internal(); }\n"
            'extern "C" int millrace_plugin_v1() { return millrace::engine_internal(); }\n')
        self.run_in(folder, "cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        with self.assertRaisesRegex(AssertionError, "undefined"):
            self.run_in(folder, "cmake", "--build", "build")

    def test_every_installed_header_stands_alone(self):
        folder = self.folder("headers")
        include = self.prefix / "include"
        for header in sorted(include.rglob("*.h*")):
            name = header.relative_to(include)
            (folder / "alone.cpp").write_text(f"#include <{name}>\n")
            self.run_in(folder, os.environ["CXX"], "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                        f"-I{include}", "alone.cpp")
        (folder / "alone.c").write_text("#include <millrace/abi.h>\n")
        self.run_in(folder, os.environ["CC"], "-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror",
                    f"-I{include}", "alone.c")

    def test_another_version_is_not_found(self):
        folder = self.folder("version")
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(x CXX)\nfind_package(Millrace 7.0 REQUIRED)\n")
        with self.assertRaisesRegex(AssertionError, "7.0"):
            self.run_in(folder, "cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={self.prefix}")

    def follow(self, document):
        """Does what a page says: files are written where the shell stands, commands run in one shell. Returns what that
        printed and what the page promises. Blocks marked `source` get, build and install Millrace; setUpClass did."""
        script = ["set -eu", f"mkdir ~/{document.parent.name}_page", f"cd ~/{document.parent.name}_page",
                  "export PATH=~/millrace/bin:$PATH"]
        promised = ""
        for language, name, content in FENCE.findall(document.read_text()):
            if language == "sh" and name != "source":
                script.append(content)
            elif language == "text":
                promised = content
            elif name != "source":
                script.append(f"printf %s {shlex.quote(content)} > {shlex.quote(name)}")
        return self.run_in(self.home, "bash", "-c", "\n".join(script)), promised

    def test_the_page_on_sinks(self):
        printed, promised = self.follow(SOURCE / "sdk/README.md")
        self.assertIn("Writes the first column of each row, louder.", printed)
        self.assertNotEqual(promised, "")
        self.assertTrue(printed.endswith(promised), printed)

    def test_the_first_page(self):
        printed, promised = self.follow(SOURCE / "README.md")
        self.assertNotEqual(promised, "")
        self.assertTrue(printed.endswith(promised), printed)


if __name__ == "__main__":
    unittest.main()

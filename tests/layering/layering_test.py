#!/usr/bin/env python3
"""Plants each kind of fault in a small tree and checks that check_layering.py reports it."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKER = Path(__file__).with_name("check_layering.py")

CLEAN = {
    "core/CMakeLists.txt": "millrace_core_library(system)\nmillrace_core_library(engine USES system\n  THIRD_PARTY x)\n",
    "core/system/README.md": "Purpose.\n",
    "core/engine/README.md": "Purpose.\n",
    "core/system/clock.hpp": "#pragma once\n#include <string>\n",
    "core/system/clock.cpp": '#include "core/system/clock.hpp"\n',
    "core/engine/round.cpp": '#include "core/system/clock.hpp"\n#include "millrace/batch.hpp"\n',
    "sdk/include/millrace/batch.hpp": "#pragma once\n#include <vector>\n",
    "plugins/kafka/client.cpp": '#include <librdkafka/rdkafka.h>\n#include "millrace/batch.hpp"\n',
    "tests/unit/engine/round_test.cpp": "#include <gtest/gtest.h>\n",
    "dev": "#!/bin/bash\n",
}


def findings(changes):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**CLEAN, **changes}.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        run = subprocess.run([sys.executable, CHECKER, folder], capture_output=True, text=True)
        return run.returncode, run.stdout + run.stderr


class Layering(unittest.TestCase):
    def expect(self, name, text, line, reason):
        status, output = findings({name: text})
        self.assertEqual(status, 1, output)
        self.assertIn(f"{name}:{line}: ", output)
        self.assertIn(reason, output)

    def test_a_clean_tree_passes(self):
        self.assertEqual(findings({})[0], 0, findings({})[1])

    def test_a_folder_may_not_include_one_above_it(self):
        self.expect("core/system/clock.cpp", '\n#include "core/engine/round.hpp"\n', 2, "core/system may use nothing")

    def test_core_may_not_include_a_plugin(self):
        self.expect("core/engine/round.cpp", '#include "plugins/kafka/client.hpp"\n', 1, "core includes only core/")

    def test_a_plugin_may_not_include_core(self):
        self.expect("plugins/kafka/client.cpp", '#include "core/system/clock.hpp"\n', 1, "a plugin includes only")

    def test_a_plugin_may_not_include_another_plugin(self):
        self.expect("plugins/kafka/client.cpp", '#include "plugins/file/lines.hpp"\n', 1, "a plugin includes only")

    def test_the_sdk_may_not_include_a_library(self):
        self.expect("sdk/include/millrace/batch.hpp", "#pragma once\n#include <fmt/core.h>\n", 2, "the SDK includes only")

    def test_a_library_has_one_place(self):
        self.expect("core/engine/round.cpp", "#include <toml++/toml.h>\n", 1, "only core/config/")

    def test_folders_may_not_use_each_other(self):
        status, output = findings({"core/CMakeLists.txt": "millrace_core_library(a USES b)\nmillrace_core_library(b USES a)\n"})
        self.assertEqual(status, 1)
        self.assertIn("use each other", output)

    def test_a_folder_needs_a_line(self):
        self.expect("core/extra/x.cpp", '#include "core/system/clock.hpp"\n', 1, "no line in core/CMakeLists.txt")

    def test_a_long_file_is_reported(self):
        self.expect("core/engine/round.cpp", "\n" * 401, 1, "the limit is 400")

    def test_unfinished_work_is_reported(self):
        self.expect("core/engine/round.cpp", "// TO" + "DO later\n", 1, "finish it")

    def test_a_sleeping_test_is_reported(self):
        self.expect("tests/unit/engine/round_test.cpp", "std::this_thread::sleep" + "_for(1s);\n", 1, "does not sleep")

    def test_a_machine_path_is_reported(self):
        self.expect("dev", "#!/bin/bash\ncd /ro" + "ot/x\n", 2, "path of one machine")

    def test_a_header_without_guard_is_reported(self):
        self.expect("core/system/clock.hpp", "int x;\n", 1, "no #pragma once")

    def test_a_folder_without_readme_is_reported(self):
        status, output = findings({"core/CMakeLists.txt": CLEAN["core/CMakeLists.txt"] + "millrace_core_library(plan)\n",
                                   "core/plan/plan.cpp": "\n"})
        self.assertEqual(status, 1)
        self.assertIn("core/plan: no README.md", output)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Plants a type that a file takes from a neighbour, and checks that check_includes.py reports it."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKER = Path(__file__).with_name("check_includes.py")
HEADERS = {
    "core/plan/port_list.hpp": "#pragma once\nstruct PortList {\n  int ports;\n};\n",
    "core/plan/graph.hpp": '#pragma once\n#include "core/plan/port_list.hpp"\n',
    "sdk/include/millrace/type.hpp": "#pragma once\nenum class TypeId : int { boolean };\n",
}


def check(text):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**HEADERS, "core/plan/bind.cpp": text}.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        run = subprocess.run([sys.executable, CHECKER, folder], capture_output=True, text=True)
        return run.returncode, run.stdout + run.stderr


class Includes(unittest.TestCase):
    def expect_clean(self, text):
        self.assertEqual(check(text), (0, "includes: 4 files, 2 types, nothing to report\n"))

    def test_reports_a_type_whose_header_is_not_read(self):
        self.assertEqual(check('#include "millrace/type.hpp"\n\nint f(const PortList& list);\n'),
                         (1, "core/plan/bind.cpp:3: names PortList without including core/plan/port_list.hpp\n"))
        self.assertEqual(check("int g(TypeId);\n"),
                         (1, "core/plan/bind.cpp:1: names TypeId without including sdk/include/millrace/type.hpp\n"))

    def test_a_header_may_bring_it(self):
        self.expect_clean('#include <millrace/type.hpp>\n#include "core/plan/graph.hpp"\nint f(const PortList&, TypeId);\n')

    def test_a_declaration_is_enough_for_who_needs_no_more(self):
        self.expect_clean("struct PortList;\nint f(const PortList&);\n")

    def test_reports_a_standard_type_whose_header_is_not_read(self):
        self.assertEqual(check("#include <string>\n\nstd::string_view f(std::vector<int>);\n"),
                         (1, "core/plan/bind.cpp:3: names std::vector without including <vector>\n"))

    def test_other_things_of_that_name(self):
        self.expect_clean("TEST(PortList, Is) {}\nint f() { return other::PortList::of; }  // PortList\n")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Which files cmake/unity_batches.py puts together, and which it keeps apart."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "cmake"))
import unity_batches  # noqa: E402


def unnamed(text):
    return f"namespace millrace {{\nnamespace {{\n\n{text}\n}}  // namespace\n}}  // namespace millrace\n"


def batches(*texts):
    """The batches as lists of the numbers of the texts."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.cpp" for number in range(len(texts))]
        for file, text in zip(files, texts):
            file.write_text(text)
        return [[int(file.stem) for file in batch] for batch in unity_batches.batches(files)]


class Together(unittest.TestCase):
    def expect_together(self, *texts):
        self.assertEqual(batches(*texts), [list(range(len(texts)))])

    def test_files_with_names_of_their_own(self):
        self.expect_together(unnamed("int first() { return 1; }\n"), unnamed("int second() { return 2; }\n"))

    def test_what_one_file_offers_and_another_uses(self):
        self.expect_together(unnamed("int inner() { return 1; }\n") + "int outer() { return inner(); }\n",
                             "int outer();\nint more() { return outer(); }\n")

    def test_members_qualified_names_comments_and_texts_are_no_mention(self):
        self.expect_together(unnamed("int size(int of) { return of; }\n"),
                             'int f(X x, X* y) { return x.size() + y->size() + std::size(x); }  // size\nauto t = "size";\n')

    def test_locals_of_a_private_function(self):
        self.expect_together(unnamed("int first() {\n  int local = 1;\n  return local;\n}\n"),
                             unnamed("int second() {\n  int local = 2;\n  return local;\n}\n"))

    def test_at_most_so_many(self):
        made = batches(*["int x;\n"] * (unity_batches.FILES_MAX + 1))
        self.assertEqual([len(batch) for batch in made], [unity_batches.FILES_MAX, 1])


class Apart(unittest.TestCase):
    def expect_apart(self, *texts):
        self.assertEqual(batches(*texts), [[number] for number in range(len(texts))])

    def test_the_same_private_function(self):
        self.expect_apart(unnamed("int twice() { return 1; }\n"), unnamed("int twice() { return 2; }\n"))

    def test_a_private_function_where_another_file_calls_one_of_that_name(self):
        self.expect_apart("int f() { return cut(1.5); }\n", unnamed("int cut(double from) { return 1; }\n"))

    def test_private_constants_types_and_aliases(self):
        use = "auto f() { return Limit{}; }\n"
        for private in ("constexpr int Limit = 4;", "constexpr int Limit{4};", "constexpr int Limit[] = {4};", "struct Limit {};",
                        "enum class Limit { low };", "class Limit final : public Base {", "using Limit = int;",
                        "int first, Limit;", "int Limit, second;", "std::map<int, std::vector<int>> Limit;", "std::function<int(int)> Limit = f;"):
            with self.subTest(private):
                self.expect_apart(unnamed(private + "\n"), use)

    def test_a_static_function(self):
        self.expect_apart("static int twice() { return 1; }\n", unnamed("int twice() { return 2; }\n"))

    def test_a_macro(self):
        self.expect_apart("#define SHORT 1\n", "int f() { return SHORT; }\n")

    def test_a_function_whose_name_stands_below_its_result(self):
        self.expect_apart(unnamed("std::vector<std::string>\nlong_name(int of) {\n"), "auto f() { return long_name(1); }\n")


class Headers(unittest.TestCase):
    def batched(self, headers, *texts):
        with tempfile.TemporaryDirectory() as folder:
            header = Path(folder) / "step.hpp"
            header.write_text("class Wait : public Step {};\n")
            files = [Path(folder) / f"{number}.cpp" for number in range(len(texts))]
            for file, text in zip(files, texts):
                file.write_text(text)
            headers_of = {files[number]: {header} for number in headers}
            made = unity_batches.batches(files, headers_of=lambda file: headers_of.get(file, set()))
            return [[int(file.stem) for file in batch] for batch in made]

    def test_a_private_name_comes_before_no_header_that_means_another(self):
        self.assertEqual(self.batched([1], unnamed("struct Step {};\n"), "int x;\n"), [[0], [1]])

    def test_nor_does_a_name_from_elsewhere(self):
        self.assertEqual(self.batched([1], unnamed("using other::Step;\n"), "int x;\n"), [[0], [1]])

    def test_what_was_read_before_is_not_read_again(self):
        self.assertEqual(self.batched([0, 2], "int x;\n", unnamed("struct Step {};\n"), "int y;\n"), [[0, 1, 2]])


class Changed(unittest.TestCase):
    def batched(self, root):
        names = sorted(file.name for file in root.glob("*.cpp"))
        lists = "target;" + ";".join(str(root / name) for name in names) + "\n"
        script = root / "cmake/unity_batches.py"
        printed = subprocess.run([sys.executable, script], input=lists, capture_output=True, text=True, check=True).stdout
        return [Path(line.split(" ", 2)[2]).name for line in printed.splitlines()]

    def test_who_works_on_a_file_compiles_it_alone_and_the_others_as_before(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            (root / "cmake").mkdir()
            shutil.copy(unity_batches.__file__, root / "cmake")
            for name in "abc":
                (root / f"{name}.cpp").write_text(f"int {name};\n")
            self.assertEqual(self.batched(root), ["a.cpp", "b.cpp", "c.cpp"], "without git")
            git = ["git", "-C", root, "-c", "user.name=x", "-c", "user.email=x@example.org"]
            for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
                subprocess.run(git + words, check=True)
            self.assertEqual(self.batched(root), ["a.cpp", "b.cpp", "c.cpp"], "nothing changed")
            (root / "b.cpp").write_text(unnamed("int a, c;\n"))
            (root / "new.cpp").write_text("int d;\n")
            self.assertEqual(self.batched(root), ["a.cpp", "c.cpp"])


if __name__ == "__main__":
    unittest.main()

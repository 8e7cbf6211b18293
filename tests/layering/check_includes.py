#!/usr/bin/env python3
"""Checks that a file includes, itself or by what it includes, the headers of the types that it names.

Files that are compiled in batches would take such a type from a neighbour or from the precompiled headers, and break where
they are compiled alone. It goes by types with names of at least two words that one header of the repository defines, which
are not mistaken for others, and by the common names of the standard library.
Usage: check_includes.py ROOT. Prints one line per finding, exits 1 if any.
"""

import functools
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "cmake"))
import unity_batches  # noqa: E402

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
TYPE = r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+"
KIND = r"(?:struct|class|enum class|enum|union|concept|using)"
DEFINED = re.compile(rf"^(?:template <.*>\s*)?{KIND} ({TYPE})\b(?=[^;]*$|[^;]*{{|\s*=)", re.M)
DECLARED = re.compile(rf"\b(?:{KIND}|typename) ({TYPE})\b|\b(?:TEST|TEST_F|TEST_P)\(({TYPE})\b")
NAMED = re.compile(rf"(?<![\w.:])({TYPE})\b")

# Header, its common names, and other headers that are sure to bring them.
STANDARD = [
    ("algorithm", "sort|stable_sort|min_element|max_element|lower_bound|upper_bound|any_of|all_of|none_of|find_if|fill|"
                  "remove_if|reverse|clamp", ""),
    ("array", "array", ""), ("charconv", "from_chars|to_chars", ""), ("chrono", "chrono", ""),
    ("cmath", "isnan|isinf|floor|pow", ""), ("cstring", "memcpy|memcmp|memset|memchr|strlen", ""),
    ("filesystem", "filesystem", ""), ("functional", "function|reference_wrapper", ""), ("limits", "numeric_limits", ""),
    ("map", "map|multimap", ""), ("memory", "unique_ptr|shared_ptr|weak_ptr|make_unique|make_shared", ""),
    ("mutex", "mutex|lock_guard|unique_lock|scoped_lock", "shared_mutex condition_variable"), ("optional", "optional|nullopt", ""),
    ("ostream", "ostream", "iostream sstream fstream iomanip iosfwd"), ("random", "mt19937|mt19937_64", ""), ("set", "set|multiset", ""),
    ("span", "span", ""), ("string", "string|to_string|stoi|getline", "sstream iostream"), ("string_view", "string_view", "string"),
    ("unordered_map", "unordered_map", ""), ("vector", "vector", ""),
]
STANDARD = [(header, re.compile(rf"\bstd::(?:{names})\b"), {header, *others.split()}) for header, names, others in STANDARD]


class Tree:
    def __init__(self, root):
        self.root = root
        files = [file for folder in ("core", "plugins", "sdk", "tests") for file in sorted((root / folder).rglob("*.[hc]pp"))]
        self.texts = {file: file.read_text(errors="replace") for file in files}
        self.code = {file: unity_batches.without_noise(text) for file, text in self.texts.items()}
        self.includes = {file: INCLUDE.findall(text) for file, text in self.texts.items()}
        self.headers = {}
        for file in files:
            if file.suffix == ".hpp":
                for name in DEFINED.findall(self.code[file]):
                    self.headers.setdefault(name, []).append(file)

    @functools.cache
    def declared(self, file):
        return {first or second for first, second in DECLARED.findall(self.code[file])}

    @functools.cache
    def neighbours(self, file):
        """The files of the repository that a file includes."""
        places = (file.parent, self.root, self.root / "sdk/include")
        return [place / name for name in self.includes[file] for place in places if place / name in self.texts]

    @functools.cache
    def read_by(self, file):
        """The file and all of the repository that it includes."""
        seen, unread = set(), [file]
        while unread:
            file = unread.pop()
            if file not in seen:
                seen.add(file)
                unread += self.neighbours(file)
        return seen

    def findings(self):
        for file in self.code:
            yield from self.own(file)
            yield from self.standard(file)

    def own(self, file):
        code = self.code[file]
        wanted = {name for name in set(NAMED.findall(code)) if len(self.headers.get(name, ())) == 1}
        if wanted:
            for other in self.read_by(file):
                wanted -= self.declared(other)
        for name in sorted(wanted):
            yield self.finding(file, re.search(rf"(?<![\w.:]){name}\b", code), self.headers[name][0].relative_to(self.root))

    def standard(self, file):
        included = {name for other in self.read_by(file) for name in self.includes[other]}
        for header, names, enough in STANDARD:
            if not included & enough and (named := names.search(self.code[file])):
                yield self.finding(file, named, f"<{header}>")

    def finding(self, file, named, header):
        line = self.code[file][: named.start()].count("\n") + 1
        return f"{file.relative_to(self.root)}:{line}: names {named.group()} without including {header}"


def main():
    tree = Tree(Path(sys.argv[1]).resolve())
    findings = list(tree.findings())
    print("\n".join(findings) if findings else f"includes: {len(tree.texts)} files, {len(tree.headers)} types, nothing to report")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

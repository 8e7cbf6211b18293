#!/usr/bin/env python3
"""Shows check_system_calls.py libraries that want what they may not."""
import unittest

import check_system_calls as checked


def excused():
    """Each exception used once, so that nothing is said of them."""
    symbols = {}
    for library, _, _ in checked.EXCEPTIONS:
        symbols.setdefault(library, [])
    symbols["system"] += ["fsync"]
    symbols["cli"] += ["poll"]
    symbols["plugin"] += ["std::basic_filebuf<char, std::char_traits<char> >::close()"]
    symbols["expression"] += ["std::basic_ifstream<char, std::char_traits<char> >::basic_ifstream(char const*)"]
    symbols["observe"] += ["socket", "std::basic_filebuf<char, std::char_traits<char> >::close()",
                           "std::chrono::_V2::system_clock::now()"]
    symbols["checkpoint"] += ["std::filesystem::absolute(std::filesystem::__cxx11::path const&)",
                              "std::filesystem::temp_directory_path[abi:cxx11]()"]
    symbols["engine"] += ["std::thread::_M_start_thread(std::unique_ptr<int>, void (*)())"]
    return symbols


class SystemCalls(unittest.TestCase):
    def test_excused_ones_are_not_reported(self):
        self.assertEqual(list(checked.findings(excused())), [])

    def test_others_are(self):
        for symbol in ("fsync", "open64", "clock_gettime@GLIBC_2.17", "std::chrono::_V2::system_clock::now()",
                       "std::random_device::_M_getval()", "std::filesystem::rename(x, y)", "pthread_create"):
            symbols = excused()
            symbols["engine"].append(symbol)
            found = list(checked.findings(symbols))
            self.assertEqual(len(found), 1, symbol)
            self.assertIn("core/engine calls " + symbol, found[0])

    def test_what_only_handles_paths_may_be_called(self):
        symbols = excused()
        symbols["engine"] += ["std::filesystem::__cxx11::path::parent_path() const", "opendirectory", "timer"]
        self.assertEqual(list(checked.findings(symbols)), [])

    def test_an_exception_that_nobody_needs_is_reported(self):
        symbols = excused()
        symbols["checkpoint"] = []
        self.assertIn("take the exception out", list(checked.findings(symbols))[0])


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The engine reaches clock, files, threads, network and randomness through core/system alone, so that a simulation
can take their place. Looks at what the libraries of core/ want from outside, as `nm` tells.

usage: check_system_calls.py FOLDER_OF_LIBRARIES
"""
import pathlib
import re
import subprocess
import sys

# What only core/system may call: of C, and of C++ by the beginning of its name.
FORBIDDEN = re.compile(
    r"(clock_gettime|gettimeofday|time|nanosleep|clock_nanosleep|usleep|sleep"
    r"|open(at)?(64)?|creat(64)?|fopen(64)?|rename(at)?|unlink(at)?|mkdir(at)?|rmdir|fsync|fdatasync|flock|link(at)?"
    r"|socket|connect|bind|listen|accept4?|poll|ppoll|select|epoll_wait|eventfd|pthread_create|fork|execv\w*|popen"
    r"|getrandom|rand|random|srand)$"
    r"|std::chrono::(_V2::)?\w+_clock::now\(|std::thread::_M_start_thread|std::condition_variable::wait"
    r"|std::random_device::|std::basic_(i|o|)fstream<|std::basic_filebuf<"
    r"|std::filesystem::(?!__cxx11::path::)")

# Library, what it may want all the same, why.
EXCEPTIONS = [
    ("system", r".*", "the real halves of the ports"),
    ("cli", r".*", "the process: its signals, its own path, the pipeline file"),
    ("plugin", r"std::(basic_filebuf|basic_ifstream|filesystem::)", "plugins are files, loaded before a plan is made"),
    ("expression", r"std::(basic_filebuf|basic_ifstream|filesystem::status)", "files of time zones, read while a plan is made"),
    ("observe", r"socket|connect|nanosleep|std::thread", "the HTTP server, which nothing waits for"),
    ("observe", r"std::(basic_filebuf|basic_ifstream|filesystem::)", "what /proc says of this process"),
    ("observe", r"std::chrono::_V2::system_clock", "the time of a line of the log"),
    ("checkpoint", r"std::filesystem::absolute", "which directories stand above a relative path"),
    ("checkpoint", r"std::filesystem::temp_directory_path", "where a store's files lie without a checkpoint"),
    ("engine", r"std::(thread|chrono::_V2::steady_clock)",
     "an epoch that is made durable beside the next one, where there are several threads; the watchdog"),
]


def wanted(library):
    done = subprocess.run(["nm", "-u", "-C", library], capture_output=True, text=True, check=True)
    return sorted({match[1] for match in re.finditer(r"^\s+[Uw] (.+)$", done.stdout, re.MULTILINE)})


def findings(symbols_of):
    """`symbols_of`: what each library wants, by its name."""
    used = set()
    for name, symbols in sorted(symbols_of.items()):
        for symbol in symbols:
            if not FORBIDDEN.match(re.sub(r"@.*", "", symbol)):
                continue
            excuses = [i for i, (library, pattern, _) in enumerate(EXCEPTIONS)
                       if library == name and re.match(pattern, symbol)]
            used.update(excuses)
            if not excuses:
                yield (f"core/{name} calls {symbol}: take it as a parameter (core/system), or say in "
                       "check_system_calls.py why not")
    for i, (library, pattern, _) in enumerate(EXCEPTIONS):
        if i not in used and library in symbols_of:
            yield f"core/{library} wants nothing like `{pattern}` any more: take the exception out"


def main():
    libraries = {path.stem.removeprefix("libcore_"): path
                 for path in pathlib.Path(sys.argv[1]).glob("libcore_*.a")}
    if "engine" not in libraries:
        raise SystemExit(f"no libraries of the engine in {sys.argv[1]}")
    found = list(findings({name: wanted(path) for name, path in libraries.items()}))
    print("\n".join(found) or f"system calls: {len(libraries)} libraries, {len(EXCEPTIONS)} exceptions, "
          "nothing to report")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

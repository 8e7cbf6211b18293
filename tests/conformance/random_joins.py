#!/usr/bin/env python3
"""Runs random joins in the real engine and compares every epoch with a plain reference.

usage: random_joins.py [--millrace PATH] [--plugin-path DIR] [--threads N] [--shards N] [--seed N]
                       [--cases N] [--kill] [--keep DIR]
The reference (join_reference.py) keeps rows in lists and compares each with each. Cases have the form
of the recorded ones; a seed always makes the same case.
"""
import argparse
import concurrent.futures
import json
import pathlib
import random
import shutil
import sys
import tempfile

import compare
import engine_run
import join_reference

SECOND = 1_000_000
KINDS = ["inner", "left_outer", "right_outer", "full_outer", "left_semi"]
LEFT = [["key", "string"], ["ts", "timestamp"], ["value", "long"]]
RIGHT = [["rkey", "string"], ["rts", "timestamp"], ["rvalue", "long"]]


def spell(rng, later, earlier, seconds, strict):
    """later >= earlier + seconds, in one of the ways in which people write it."""
    sign, size = ("+", seconds) if seconds >= 0 else ("-", -seconds)
    back = "-" if sign == "+" else "+"
    interval = f"interval '{size} seconds'"
    more, less = (">", "<") if strict else (">=", "<=")
    return rng.choice([
        f"{later} {more} {earlier} {sign} {interval}",
        f"{earlier} {sign} {interval} {less} {later}",
        f"{earlier} {less} {later} {back} {interval}",
        f"{later} {back} {interval} {more} {earlier}",
        f"{later} - {earlier} {more} interval '{seconds} seconds'",
    ] + ([f"{later} {more} {earlier}", f"{earlier} {less} {later}"] if seconds == 0 else []))


class Maker:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.seed = seed

    def conditions(self, kind):
        """(SQL of each part, the same for the reference)"""
        rng = self.rng
        parts = [("key = rkey" if rng.random() < 0.5 else "rkey = key", ("equal", "key", "rkey"))]
        shape = rng.random()
        if shape < 0.12:
            parts.append(("ts = rts", ("equal", "ts", "rts")))
        elif shape < 0.95 or kind != "inner":
            before, after = rng.choice([(0, 10), (5, 5), (7, 0), (-3, 8), (0, 30), (20, 20)])
            strict = rng.random() < 0.3
            low = (spell(rng, "rts", "ts", -before, strict), ("bound", 1, -before, strict))
            high = (spell(rng, "ts", "rts", -after, strict), ("bound", 0, -after, strict))
            if not strict and before >= 0 and rng.random() < 0.2:
                text = (f"rts BETWEEN ts - interval '{before} seconds' "
                        f"AND ts + interval '{after} seconds'")
                parts += [(text, low[1]), (None, high[1])]
            else:
                chosen = [low, high]
                if rng.random() < 0.25:  # One bound is enough where its side is the one that waits.
                    chosen = [low] if kind == "right_outer" else [high]
                parts += chosen
        for text, check in [("value < rvalue", ("both", lambda v, r: v < r)),
                            ("value + rvalue > 8", ("both", lambda v, r: v + r > 8)),
                            ("value % 2 = 0", ("left", lambda v: v % 2 == 0)),
                            ("rvalue <> 3", ("right", lambda v: v != 3))]:
            if rng.random() < 0.2:
                parts.append((text, check))
        rng.shuffle(parts)
        return parts

    def batch(self, base, width):
        rng = self.rng
        rows = []
        for _ in range(rng.choice([0, 0, 1, 2, 3, 5, 8])):
            time = base + rng.choice([rng.randrange(-width, width), rng.randrange(-5 * width, width)])
            micros = time * SECOND + rng.choice([0, 0, 0, 500_000, 1_000, 999, 1])
            rows.append([None if rng.random() < 0.08 else rng.choice("abc"),
                         None if rng.random() < 0.06 else join_reference.time_text(micros),
                         None if rng.random() < 0.08 else rng.randrange(10)])
        return rows

    def case(self):
        rng = self.rng
        kind = rng.choice(KINDS)
        parts = self.conditions(kind)
        delays = [rng.choice([0, 2, 5, 10]) if rng.random() < 0.92 else None for _ in range(2)]
        if kind != "inner":  # A preserved side waits for the other one's watermark.
            delays = [delay if delay is not None else 5 for delay in delays]
        base = 1_704_067_200
        batches = [[], []]
        for _ in range(rng.randrange(2, 7)):
            for side in range(2):
                batches[side].append(self.batch(base, rng.choice([3, 10])))
            base += rng.choice([0, 5, 10, 40])
        steps = [[{"op": "watermark", "column": name, "delay": f"{delay} seconds"}]
                 if delay is not None else [] for name, delay in zip(("ts", "rts"), delays)]
        join = {"op": "join", "type": kind,
                "on": " AND ".join(text for text, _ in parts if text is not None),
                "right": {"from": "right", "steps": steps[1]}}
        return {
            "format": 1, "name": f"random_join_{self.seed}", "area": "join", "about": "random",
            "config": {"ansi": True, "session_time_zone": "UTC",
                       "watermark_policy": rng.choice(["min", "min", "max"]),
                       "no_data_batches": rng.random() < 0.8},
            "inputs": {"left": {"schema": LEFT, "batches": batches[0]},
                       "right": {"schema": RIGHT, "batches": batches[1]}},
            "query": {"from": "left", "steps": steps[0] + [join], "output_mode": "append"},
            "output_schema": LEFT if kind == "left_semi" else LEFT + RIGHT,
        }, [rule for _, rule in parts], delays


def judge(seed, options):
    case, rules, delays = Maker(seed).case()
    case["expected"] = join_reference.epochs(case, rules, delays)
    directory = pathlib.Path(options.keep or tempfile.mkdtemp(prefix="random-join-"))
    if options.keep:
        directory = directory / case["name"]
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    try:
        (directory / "case.json").write_text(json.dumps(case, indent=1))
        return case, compare.compare(case, engine_run.run_case(case, options, directory,
                                                               move_filters=True),
                                      late_count="numRowsDroppedByWatermark", in_rounds=options.continuous)
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--millrace", default="millrace")
    parser.add_argument("--plugin-path", default="")
    parser.add_argument("--state-store", default="memory")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1, help="of the first case")
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--kill", action="store_true", help="kill the engine and start it again")
    parser.add_argument("--continuous", action="store_true", help="with the continuous trigger")
    parser.add_argument("--interval-ms", type=int, default=100, help="of that trigger; longer than a batch takes")
    parser.add_argument("--keep", default="", help="keep each case's files in this directory")
    options = parser.parse_args()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        seeds = range(options.seed, options.seed + options.cases)
        for case, differences in pool.map(lambda seed: judge(seed, options), seeds):
            if not differences:
                continue
            failed += 1
            print(f'{case["name"]}: {case["query"]["steps"][-1]["type"]} ON '
                  f'{case["query"]["steps"][-1]["on"]}')
            for line in differences[:4]:
                print(f"        {line}")
    print(f"{options.cases - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Figures to words: writes docs/performance.md from performance.template.md and a file of measurements, JSON lines.

usage: report.py [--check] [RESULTS.jsonl]
A line {{part}} of the template becomes the tables of that part, with where and when they were measured. --check says
whether docs/performance.md is what would be written."""
import json
import pathlib
import re
import statistics
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TEMPLATE = HERE / "performance.template.md"
PAGE = ROOT / "docs" / "performance.md"
NAMES = {"hand-written": "hand-written, librdkafka", "millrace": "**Millrace**", "spark-hdfs": "Spark, HDFS state store",
         "spark-rocksdb": "Spark, RocksDB", "flink-hashmap": "Flink, hash map state", "flink-rocksdb": "Flink, RocksDB",
         "streams-alos": "Kafka Streams, at least once", "millrace-rocksdb": "**Millrace**, RocksDB"}
BAR_CHARACTERS = 40


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def median(records, what):
    return statistics.median(record[what] for record in records)


def steady_us(by_size):
    """CPU microseconds of one more event."""
    sizes = sorted(by_size)
    cpu = [median(by_size[size], "cpu_s") for size in sizes]
    if len(sizes) == 1:
        return cpu[0] * 1e6 / sizes[0]
    return (cpu[-1] - cpu[0]) * 1e6 / (sizes[-1] - sizes[0])


def grouped(records, *names):
    """Records by the values of some members, in order of appearance."""
    groups = {}
    for record in records:
        groups.setdefault(tuple(record[name] for name in names), []).append(record)
    return groups


def by_size_of(records):
    return {size: group for (size,), group in grouped(records, "events").items()}


def needs(mine, millrace):
    """How much Millrace needs of what another needs."""
    ratio = mine / millrace
    return f"1/{ratio:.1f}" if ratio >= 1 else f"{1 / ratio:.2f} times"


def beside_peers(records):
    peers = {peer: by_size_of(group) for (peer,), group in grouped(records, "peer").items()}
    sizes = sorted({record["events"] for record in records})
    steady = {peer: steady_us(by_size) for peer, by_size in peers.items()}
    head = ["engine"]
    for size in sizes:
        head += [f"{size / 1e6:g} M: wall s", "CPU s", "peak MB"]
    rows = []
    for peer, by_size in peers.items():
        cells = [NAMES.get(peer, peer)]
        for size in sizes:
            group = by_size.get(size)
            cells += [f"{median(group, 'wall_s'):.2f}", f"{median(group, 'cpu_s'):.2f}", f"{median(group, 'rss_mb'):.0f}"] \
                if group else ["-"] * 3
        wrong = not all(record["right"] for group in by_size.values() for record in group)
        ratio = "" if peer == "millrace" or "millrace" not in steady else needs(steady[peer], steady["millrace"])
        rows.append([*cells, f"{steady[peer]:.3f}" + (" (wrong results)" if wrong else ""), ratio])
    return table([*head, "steady µs CPU per event", "Millrace needs"], rows)


def latency(records):
    measured = grouped([record for record in records if "p50_ms" in record], "proc")
    rows = [[processor, *(f"{median(runs, name):.2f}" for name in ("p50_ms", "p90_ms", "p99_ms", "p999_ms", "cpu_cores"))]
            for (processor,), runs in measured.items()]
    return table(["processor", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "cores used"], rows)


def continuous(records):
    rows = {trigger: [f"{median(runs, 'events_per_s') / 1e6:.2f}", f"{median(runs, 'us_per_event'):.3f}",
                      f"{median(runs, 'commits') / (runs[0]['events'] / median(runs, 'events_per_s')):.1f}"]
            for (trigger,), runs in grouped(records, "trigger").items()}
    return table(["trigger", "M events/s", "µs CPU per event", "checkpoints a second"], [[name, *cells] for name, cells in rows.items()])


def nexmark(records):
    sizes = sorted({record["events"] for record in records})
    rows = []
    for (query,), of_query in grouped(records, "query").items():
        engines = {engine: by_size_of(group) for (engine,), group in grouped(of_query, "engine").items()}
        if not {"millrace", "flink"} <= engines.keys():
            continue
        compared = [{(record["rows"], record["digest"]) for record in of_query
                     if record["events"] == size and "digest" in record} for size in sizes]
        same = any(compared) and all(len(answers) <= 1 for answers in compared)
        cells = [query.removeprefix("nexmark_")]
        for what, digits in (("wall_s", 2), ("cpu_s", 2), ("peak_mb", 0)):
            cells += [f"{median(engines[engine][sizes[-1]], what):.{digits}f}" for engine in ("millrace", "flink")]
        mine, flinks = steady_us(engines["millrace"]), steady_us(engines["flink"])
        count = next(record["rows"] for record in reversed(of_query) if "rows" in record)
        rows.append([*cells, f"{mine:.3f}", f"{flinks:.3f}", needs(flinks, mine), f"{count:,}", "equal" if same else "DIFFERENT"])
    return table(["query", f"{sizes[-1] / 1e6:g} M: wall s", "Flink", "CPU s", "Flink", "peak MB", "Flink",
                  "steady µs CPU per event", "Flink", "Millrace needs", "rows", "results"], rows)


def microbenchmarks(records):
    rows = []
    for record in records:
        counted = [f"{name} {readable(name, value)}" for name, value in record["counters"].items()]
        if record["name"].endswith("/real_time"):
            counted.append(f"by wall {nanoseconds(record['real_ns'])}")
        rows.append([record["program"].removesuffix("_bench"), f"`{record['name']}`", nanoseconds(record["cpu_ns"]),
                     ", ".join(counted)])
    return table(["program", "benchmark", "CPU time of one pass", "counted"], rows)


def delivery(records):
    """Steady throughput by interval and delivery, in runs that took turns, and what recovery took."""
    rows = []
    runs = [record for record in records if "epoch" in record]
    for (epoch,), group in grouped(runs, "epoch").items():
        steady = {}
        for (name,), of_name in grouped(group, "delivery").items():
            small, large = (by_size_of(of_name)[size] for size in sorted(by_size_of(of_name)))
            more = large[0]["events"] - small[0]["events"]
            steady[name] = (more / (median(large, "wall_s") - median(small, "wall_s")),
                            (median(large, "cpu_s") - median(small, "cpu_s")) * 1e6 / more)
        (once, once_cpu), (least, least_cpu) = steady["exactly_once"], steady["at_least_once"]
        rows.append([f"{epoch} ({group[0]['epoch_events'] / 1e6:g} M events)", f"{least / 1e6:.2f}", f"{once / 1e6:.2f}",
                     f"{(1 - once / least) * 100:.1f} %", f"{least_cpu:.3f}", f"{once_cpu:.3f}"])
    recovered = [record for record in records if "recovery_s" in record]
    state, checkpoint = (median(recovered, what) / 1e6 for what in ("state_bytes", "checkpoint_bytes"))
    return (table(["epoch of about", "at least once, M events/s", "exactly once", "costs", "µs CPU per event", "exactly once"], rows)
            + f"\n\nKilled with {state:.0f} MB of state ({checkpoint:.0f} MB of checkpoint), a pipeline committed its first "
              f"epoch {median(recovered, 'recovery_s'):.2f} s after it was started again.")


def readable(name, value):
    if name.startswith("ns_per"):
        return f"{value:.3g}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def nanoseconds(value):
    for unit, scale in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value:.3g} ns"


def profile(records):
    longest = max(record["share"] for record in records)
    width = max(len(record["name"]) for record in records)
    total = sum(record["us_per_event"] for record in records)
    lines = [f"{record['name']:{width}s}  {record['us_per_event']:6.3f} µs {record['share'] * 100:5.1f} %  "
             + "#" * max(1, round(record["share"] / longest * BAR_CHARACTERS)) for record in records]
    return "```text\n" + "\n".join([*lines, f"{'together':{width}s}  {total:6.3f} µs"]) + "\n```"


TABLES = {"throughput": beside_peers, "state": beside_peers, "latency": latency, "continuous": continuous, "nexmark": nexmark,
          "micro": microbenchmarks, "memory": microbenchmarks, "profile": profile, "delivery": delivery}


def where(machine):
    return (f"{machine['date']}, commit {machine['commit']}, {machine['cores']} cores ({machine['cpu']}), "
            f"{machine['memory_gb']} GB, {machine['os']}.")


def page(results):
    records = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    parts = {part: group for (part,), group in grouped(records, "part").items()}

    def filled(found):
        part = found[1]
        group = parts.get(part, [])
        machines = [record["machine"] for record in group if "machine" in record]
        figures = [record for record in group if "machine" not in record]
        if not figures:
            return f"Not measured yet: `./dev bench --only {part}`."
        return where(machines[-1]) + "\n\n" + TABLES[part](figures)

    return re.sub(r"^\{\{(\w+)\}\}$", filled, TEMPLATE.read_text(), flags=re.MULTILINE)


def write(results, to):
    to.write_text(page(results))


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    results = pathlib.Path(arguments[0]) if arguments else HERE / "results.jsonl"
    if "--check" not in sys.argv:
        return write(results, PAGE)
    if PAGE.read_text() != page(results):
        raise SystemExit("docs/performance.md is not what tests/bench/report.py makes of the results; run it")


if __name__ == "__main__":
    main()

"""A pipeline that is killed again and again, and the checks of what it wrote."""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import random
import resource
import select
import signal
import subprocess
import time

from seeded_events import FLUSH_KEY

BUILD = pathlib.Path(os.environ.get("MILLRACE_BUILD", pathlib.Path(__file__).parents[2] / "build/dev")).resolve()

# What each pipeline of this folder computes from its source `events`, and where most of them write it.
TRANSFORMS = """
[transforms.counts]
type = "tumbling_window"
inputs = ["events"]
size = "10 seconds"
group_by = ["key"]
aggregates = { n = "count(*)", total = "sum(value)" }

[transforms.windows]
type = "select"
inputs = ["counts"]
columns = { key = "key", ws = "unix_millis(window_start)", n = "n", total = "total" }

[transforms.totals]
type = "aggregate"
inputs = ["events"]
group_by = ["key"]
aggregates = { n = "count(*)", total = "sum(value)" }
"""
QUERY = TRANSFORMS + """
[sinks.rows]
type = "file"
inputs = ["events"]
path = "${OUT}/rows"
format = "json"

[sinks.closed]
type = "file"
inputs = ["windows"]
output_mode = "append"
path = "${OUT}/closed"
format = "json"

[sinks.running]
type = "file"
inputs = ["totals"]
output_mode = "update"
path = "${OUT}/running"
format = "json"
"""
SINKS = ("rows", "closed", "running")
SILENCE_S = 3
# How a process dies without a word: killed, by its own abort(), by its own mistake.
DEATHS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
SCHEMA = 'schema = { id = "long", key = "string", ts = "timestamp", value = "long" }'


def arguments(description, kills):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--state-store", default="memory")
    parser.add_argument("--events", type=int, default=0, help="0: enough for that many kills")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--continuous", action="store_true")
    return parser.parse_args()


class Job:
    """One pipeline file with a checkpoint and outputs of its own."""

    query = QUERY

    def __init__(self, folder, source, state_store="memory", continuous=False):
        self.state_store = state_store
        self.continuous = continuous
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.out = self.folder / "out"
        self.out.mkdir()
        self.pipeline = self.folder / "pipeline.toml"
        self.source = source

    def start(self, threads=1, crash_at="", flags=(), stdout=subprocess.PIPE, to_the_end=False):
        """Runs it; `crash_at` names a place where it kills itself (CrashPoint). A continuous job has no end: it is
        brought there with another trigger."""
        continuous = self.continuous and not to_the_end
        trigger = '{ continuous = "5 milliseconds" }' if continuous else '"available_now"'
        head = (f'name = "killed"\ncheckpoint = "${{OUT}}/../checkpoint"\ntrigger = {trigger}\n'
                f'observability = {{ listen = "off" }}\nstate_store = "{self.state_store}"\n')
        self.pipeline.write_text(head + self.source + self.query)
        command = [str(BUILD / "bin" / "millrace"), "run", str(self.pipeline), "--json", "--threads", str(threads),
                   *flags]
        environment = {**os.environ, "OUT": str(self.out), "MILLRACE_CRASH_AT": crash_at}
        with open(self.folder / "log", "ab") as log:
            return subprocess.Popen(command, env=environment, bufsize=0, stdout=stdout, stderr=log)

    def log(self):
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-15:])

    def finish(self, threads=1, flags=()):
        child = self.start(threads, flags=flags, to_the_end=True)
        child.communicate()
        if child.returncode != 0:
            raise AssertionError(f"the run ended with {child.returncode}:\n{self.log()}")

    def inside_an_epoch(self):
        """Whether an epoch was planned and not committed when the last run ended."""
        names = sorted(path.name for path in (self.folder / "checkpoint" / "epochs").glob("*.*"))
        newest = {ending: max((name[:20] for name in names if name.endswith(ending)), default="")
                  for ending in (".plan", ".commit")}
        return newest[".plan"] > newest[".commit"]

    def visible(self):
        """The parts that a reader may see: path -> digest of the content."""
        return self.files_of(SINKS)

    def files_of(self, sinks):
        found = {}
        for sink in sinks:
            for path in sorted((self.out / sink).glob("part-*")):
                if path.is_file() and path.name[0] not in "._" and path.suffix != ".tmp":
                    found[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def epochs(self, sink):
        """What the sink wrote: epoch -> rows."""
        epochs = collections.defaultdict(list)
        for path in self.visible():
            if path.parent.name == sink:
                rows = map(json.loads, path.read_text().splitlines())
                epochs[int(path.name.split("-")[1])] += [row for row in rows if row["key"] != FLUSH_KEY]
        return {epoch: rows for epoch, rows in sorted(epochs.items()) if rows}

    def rows(self, sink):
        return [row for rows in self.epochs(sink).values() for row in rows]


class Killer:
    """Starts jobs and ends them before they are done. A job that is done too soon is followed by another one."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.jobs = 0
        self.killed = 0
        self.inside_an_epoch = 0
        self.stopped = 0
        self.parts = 0
        self.longest_start_s = 0.1

    def run(self, kills, make_job, check_job):
        """Kills `kills` times in all, or on until one falls inside an epoch, at most five times as often; `make_job(n)`
        gives the n-th job, and `check_job` judges what it wrote."""
        most = kills
        while self.killed < most:
            self.job = make_job(self.jobs)
            self.jobs += 1
            self.kill_until_done(most)
            if self.jobs > most and self.killed < most:
                raise AssertionError(f"{self.killed} kills in {self.jobs} jobs, which are done too soon: more --events")
            check_job(self.job)
            missed = self.inside_an_epoch == 0 and not self.job.continuous
            if missed and self.killed == most and most < 5 * kills:
                most += kills
        # A continuous job's epochs are planned at their end.
        if self.inside_an_epoch == 0 and not self.job.continuous:
            raise AssertionError("no kill fell between the plan of an epoch and its commit record: give it more --kills")

    def kill_until_done(self, kills):
        seen = {}
        while self.killed < kills and not self.end_early():
            seen = self.changed_nothing(seen)
        self.job.finish(self.threads())
        self.parts += len(self.changed_nothing(seen))

    def changed_nothing(self, seen):
        """What can be read now, after a check that all that could be read before is still the same."""
        now = self.job.visible()
        changed = [path.name for path, digest in seen.items() if now.get(path) != digest]
        if changed:
            raise AssertionError(f"parts that could be read were changed or removed: {changed}")
        return now

    def report(self):
        return (f"{self.killed} kills of {self.jobs} jobs, {self.inside_an_epoch} of them inside an epoch, "
                f"{self.stopped} stops, {self.parts} parts: nothing lost, nothing written again, state right")

    def threads(self):
        return self.chance.choice([1, 2, 3, 4])

    def end_early(self):
        """True when the run was done before it could be ended."""
        child = self.job.start(self.threads())
        began = time.monotonic()
        if self.chance.random() < 0.5:
            delay_s = self.chance.random() * self.longest_start_s * 1.5
        else:
            for _ in range(self.chance.randrange(1, 5)):
                if not has_more(child):
                    return self.is_done(child)
                child.stdout.readline()
            self.longest_start_s = min(max(self.longest_start_s, time.monotonic() - began), 1.0)
            delay_s = self.chance.random() * 0.03
        try:
            child.wait(timeout=delay_s)
        except subprocess.TimeoutExpired:
            pass
        end = signal.SIGTERM if self.chance.random() < 0.1 else self.chance.choice(DEATHS)
        child.send_signal(end)
        child.communicate()
        return self.judge(child.returncode, end)

    def is_done(self, child):
        """A continuous job that has read everything waits for more."""
        child.send_signal(signal.SIGTERM)
        child.communicate()
        if child.returncode != 0:
            raise AssertionError(f"a stop ended with {child.returncode}:\n{self.job.log()}")
        return True

    def judge(self, code, end):
        # A sanitizer reports a segmentation fault, and exits.
        if end in DEATHS and (code == -end or (end == signal.SIGSEGV and code == 1)):
            self.killed += 1
            self.inside_an_epoch += self.job.inside_an_epoch()
            return False
        # A signal that comes before the handlers are there ends the process as it does any other.
        if end == signal.SIGTERM and code in (0, -signal.SIGTERM):
            self.stopped += 1
            return False
        if code == 0:
            return True
        raise AssertionError(f"the run ended with {code}:\n{self.job.log()}")


def has_more(child):
    """Whether an epoch follows, or the end."""
    return bool(select.select([child.stdout], [], [], SILENCE_S)[0])


def check(job, events):
    """Whether the outputs are what the events ask for."""
    ids = sorted(row["id"] for row in job.rows("rows"))
    expected = events.ids()
    if ids != expected:
        lost, doubled = len(set(expected) - set(ids)), len(ids) - len(set(ids))
        raise AssertionError(f"rows: {lost} lost, {doubled} written again, of {len(expected)}")
    windows = {(row["key"], row["ws"]): [row["n"], row["total"]] for row in job.rows("closed")}
    if windows != events.windows() or len(windows) != len(job.rows("closed")):
        wrong = {window for window, value in events.windows().items() if windows.get(window) != value}
        raise AssertionError(f"windows: {len(job.rows('closed'))} rows, {len(wrong)} wrong, of {len(events.windows())}")
    check_running_totals(job)


def check_running_totals(job, rows_sink="rows", totals_sink="running"):
    """After each epoch the totals are those of exactly the rows that were written up to it."""
    totals = collections.defaultdict(lambda: [0, 0])
    written = job.epochs(totals_sink)
    for epoch, rows in job.epochs(rows_sink).items():
        for row in rows:
            totals[row["key"]][0] += 1
            totals[row["key"]][1] += row["value"]
        expected = sorted([key, *totals[key]] for key in {row["key"] for row in rows})
        updates = written.pop(epoch, [])
        if job.continuous:  # A key comes once for each round that changed it.
            updates = {row["key"]: row for row in updates}.values()
        found = sorted([row["key"], row["n"], row["total"]] for row in updates)
        if found != expected:
            wrong = [row for row in found if row not in expected]
            raise AssertionError(f"{totals_sink}: totals of epoch {epoch}: {len(found)} rows for {len(expected)} keys, "
                                 f"wrong {wrong[:3]}")
    if written:
        raise AssertionError(f"{totals_sink}: totals of epochs without rows: {sorted(written)}")


def compare(job, undisturbed):
    """Whether both jobs wrote the same rows in the same epochs."""
    for sink in SINKS:
        ours, theirs = job.epochs(sink), undisturbed.epochs(sink)
        if ours.keys() != theirs.keys():
            raise AssertionError(f"{sink}: not the epochs of the run without kills")
        for epoch, rows in ours.items():
            if sorted(map(json.dumps, rows)) != sorted(map(json.dumps, theirs[epoch])):
                raise AssertionError(f"{sink}: epoch {epoch} is not that of the run without kills")

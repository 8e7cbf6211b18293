#!/usr/bin/env python3
"""Kills a pipeline from Kafka to Kafka at named places and at random times, and its broker; judges the output.

A place is one of CrashPoint's: the process ends itself there as kill -9 does. After every death the same pipeline is
started again. At the end of a job each row must be there once, windows and running totals must be those of exactly the
rows that were written, and a reader of committed records that ran all the time must have seen the same.
"""
import argparse
import collections
import os
import pathlib
import random
import selectors
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "kill"))

from kafka_job import Cluster, KafkaJob, Reader  # noqa: E402
from killed_job import BUILD  # noqa: E402
from seeded_events import SeededEvents  # noqa: E402

BROKER = pathlib.Path(__file__).parents[1] / "support" / "kafka" / "broker.sh"

FIRST_START = ["FORMAT.written", "FORMAT.renamed", "FORMAT.durable"]
STARTS = ["kafka.initialised", "kafka.fenced", "kafka.decision_read", "recovery.fenced", "recovery.sinks_committed",
          "recovery.delivered", "recovery.done"]
EPOCHS = ["plan.written", "plan.synced", "plan.renamed", "plan.durable", "kafka.begun", "epoch.planned", "epoch.ran",
          "sinks.prepared", "state.written", "delta.written", "delta.synced", "delta.renamed", "delta.durable",
          "outbox.written", "outbox.synced", "outbox.renamed", "outbox.durable", "commit.written", "commit.synced", "commit.renamed", "commit.durable", "epoch.prepared", "kafka.flushed",
          "kafka.offsets_sent", "kafka.committed", "epoch.decided", "epoch.committed", "sinks.committed",
          "outbox.opened", "outbox.closed", "outbox.delivered", "outbox.noted", "sources.told"]
# Reached in epochs that write a snapshot; once the first epochs are removed.
RARE = ["snapshot.written", "snapshot.synced", "snapshot.renamed", "snapshot.durable", "garbage.removed"]
# Only after a death between the commit record and the decision.
AFTER_PREPARED = ["recovery.discarded"]
POINTS = FIRST_START + STARTS + EPOCHS + RARE + AFTER_PREPARED

# What a run may end with while there is no broker: it could not be reached, or not for long enough.
EXIT_UNREACHABLE, EXIT_RETRIES_SPENT = 69, 75


class OwnBroker:
    """A broker that may be killed."""

    def __init__(self, folder):
        self.folder = folder
        self.run("start", folder)
        self.address = (folder / "bootstrap").read_text().strip()

    @staticmethod
    def run(*words):
        subprocess.run([str(BROKER), *map(str, words)], check=True, stdout=subprocess.DEVNULL)

    def kill(self):
        self.run("kill", self.folder)

    def revive(self):
        self.run("start", self.folder, self.address.split(":")[1])

    def stop(self):
        self.run("stop", self.folder)


class Chaos:
    def __init__(self, options, cluster, broker, folder):
        self.options = options
        self.cluster = cluster
        self.broker = broker
        self.folder = folder
        self.chance = random.Random(options.seed)
        self.name = f"chaos-{options.seed}-{int(time.time())}"
        self.events = SeededEvents(options.events or max(options.kills * 3000, 20000), options.seed)
        self.hits = collections.Counter()
        self.random_kills = 0
        self.broker_kills = 0
        self.jobs = 0
        self.rows = 0
        self.records = 0
        self.reader = None
        self.fresh = False

    def kills(self):
        return sum(self.hits.values()) + self.random_kills

    def begin(self):
        self.job = KafkaJob(self.folder / f"job-{self.jobs}", self.cluster, self.name, f"{self.name}-{self.jobs}")
        self.reader = Reader(self.job)
        self.jobs += 1
        self.fresh = True

    def end(self):
        self.job.check(self.events)
        self.records += self.reader.check()
        self.rows += len(self.events.events)
        self.reader = None

    def run(self):
        self.cluster.fill(self.name, self.events)
        self.begin()
        broker_due = self.spread(self.options.broker_kills)
        while self.kills() < self.options.kills or self.broker_kills < self.options.broker_kills:
            with_broker = broker_due and self.kills() >= broker_due[0]
            if with_broker:
                broker_due.pop(0)
            done = self.kill_broker() if with_broker else self.kill_once()
            if done:
                self.end()
                self.begin()
        self.job.finish()
        self.end()

    def spread(self, count):
        return [self.options.kills * number // (count + 1) for number in range(1, count + 1)]

    def choose(self):
        """A place, and how often it is to be reached; nothing: a random time."""
        fresh, self.fresh = self.fresh, False
        if fresh:
            return f"{self.least_hit(FIRST_START)}:1"
        kind = self.chance.random()
        if kind < 0.25:
            return ""
        if kind < 0.45:
            return f"{self.least_hit(STARTS)}:1"
        if kind < 0.55:
            return f"{self.least_hit(RARE)}:1"
        if kind < 0.6:
            return AFTER_PREPARED[0] + ":1"
        return f"{self.least_hit(EPOCHS)}:{self.chance.randrange(1, 5)}"

    def least_hit(self, points):
        least = min(self.hits[point] for point in points)
        return self.chance.choice([point for point in points if self.hits[point] == least])

    def kill_once(self):
        """True when the job was done before it could be killed."""
        point = self.choose()
        if point.startswith(AFTER_PREPARED[0]):
            if self.run_until_death("epoch.prepared:1"):
                return True
        return self.run_until_death(point)

    def run_until_death(self, point):
        child = self.job.start(self.chance.choice([1, 2, 3]), crash_at=point, stdout=subprocess.DEVNULL)
        # A place that is not reached soon is given up for a moment of chance.
        wait_s = 2.5 if point else self.chance.random() * 1.2
        try:
            child.wait(timeout=wait_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            self.random_kills += 1
            return False
        if child.returncode == -signal.SIGKILL:
            self.hits[point.split(":")[0]] += 1
            return False
        if child.returncode != 0:
            raise AssertionError(f"the run ended with {child.returncode}:\n{self.job.log()}")
        return True

    def kill_broker(self):
        """Kills the broker under a running pipeline, and looks whether that goes on by itself."""
        child = self.job.start(2)
        self.wait_for_epochs(child, self.chance.randrange(1, 8))
        self.broker.kill()
        self.broker_kills += 1
        self.broker.revive()
        if child.poll() is None:
            self.wait_for_epochs(child, 3)
        if child.poll() is None:
            child.kill()
        child.communicate()
        if child.returncode not in (0, -signal.SIGKILL, EXIT_UNREACHABLE, EXIT_RETRIES_SPENT):
            raise AssertionError(f"the broker died and the run ended with {child.returncode}:\n{self.job.log()}")
        return child.returncode == 0

    @staticmethod
    def wait_for_epochs(child, count):
        """Until it has said so often that an epoch is done, or has ended."""
        ready = selectors.DefaultSelector()
        ready.register(child.stdout, selectors.EVENT_READ)
        deadline = time.monotonic() + 60
        while count > 0:
            if time.monotonic() > deadline:
                raise AssertionError("no epoch for a minute, with a broker there")
            if ready.select(timeout=1):
                data = os.read(child.stdout.fileno(), 1 << 16)
                if not data:
                    return
                count -= data.count(b"\n")

    def report(self, seconds):
        missed = [point for point in POINTS if self.hits[point] == 0]
        if self.options.points:
            for point in POINTS:
                print(f"{self.hits[point]:6} {point}")
        print(f"chaos: seed {self.options.seed}: {self.kills()} kills, {sum(self.hits.values())} of them at "
              f"{len(POINTS) - len(missed)} of {len(POINTS)} places, {self.broker_kills} of the broker; "
              f"{self.rows} rows in {self.jobs} jobs: 0 lost, 0 twice, state right, "
              f"{self.records} records read while they came; {seconds:.0f} s", flush=True)
        if missed:
            print("not reached:", *missed)
        if self.options.kills >= 100 and len(POINTS) - len(missed) < 25:
            raise AssertionError("fewer than 25 places")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--broker-kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--events", type=int, default=0, help="of each job; 0: enough for that many kills")
    parser.add_argument("--points", action="store_true", help="say how often each place was hit")
    parser.add_argument("--shared-broker", action="store_true", help="the one that ctest has started")
    options = parser.parse_args()
    if options.shared_broker and options.broker_kills:
        parser.error("a shared broker is not killed")
    print(f"chaos: seed {options.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        broker = None if options.shared_broker else OwnBroker(folder / "broker")
        cluster = Cluster(broker.address) if broker else Cluster.of_the_tests()
        chaos = Chaos(options, cluster, broker, folder)
        try:
            chaos.run()
            chaos.report(time.monotonic() - began)
        except BaseException:
            print(f"chaos: failed with seed {options.seed} after {chaos.kills()} kills", file=sys.stderr)
            raise
        finally:
            if chaos.reader:
                chaos.reader.stop()
            if broker:
                broker.stop()


if __name__ == "__main__":
    main()

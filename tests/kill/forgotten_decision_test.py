#!/usr/bin/env python3
"""Kafka forgets that an epoch is committed, as it does after days. The pipeline asks; a wrong answer must show.

This is also the negative control of the kill tests: without the marker in the transaction rows would come twice, and
the checks must find them.
"""
import os
import pathlib
import shutil
import signal
import tempfile

from kafka_job import Cluster, KafkaJob
from seeded_events import SeededEvents

EXIT_CHECKPOINT = 74


def die_with_a_forgotten_decision(job):
    """The newest epoch is committed, and nobody knows it any more. Returns its number."""
    # The first decision is that there is none yet; every other epoch has rows.
    child = job.start(crash_at="epoch.decided:4")
    child.communicate()
    assert child.returncode == -signal.SIGKILL, f"ended with {child.returncode}:\n{job.log()}"
    found = job.inspect()
    job.cluster.tool("forget", "millrace." + found["job_id"])
    return found["newest"]


def refused(job, *flags):
    child = job.start(flags=flags)
    child.communicate()
    assert child.returncode == EXIT_CHECKPOINT, f"ended with {child.returncode}:\n{job.log()}"
    return job.log()


def must_be_found_wrong(job, events):
    try:
        job.check(events)
    except AssertionError as wrong:
        assert "written again" in str(wrong), wrong
        print("the wrong answer was found:", wrong)
        return
    raise AssertionError("an epoch was written twice, and the checks did not find it")


def main():
    cluster = Cluster.of_the_tests()
    events = SeededEvents(8000, 5)
    name = f"forgotten-{os.getpid()}"
    cluster.fill(name, events)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        right = KafkaJob(folder / "right", cluster, name, name + "-right")
        epoch = die_with_a_forgotten_decision(right)
        said = refused(right)
        assert f"--assume-committed={epoch} if they are, or with --assume-aborted={epoch} if they are not" in said, said
        assert "--assume-committed" in refused(right, f"--assume-committed={epoch - 1}")
        right.finish(flags=(f"--assume-committed={epoch}",))
        right.check(events)

        wrong = KafkaJob(folder / "wrong", cluster, name, name + "-wrong")
        epoch = die_with_a_forgotten_decision(wrong)
        wrong.finish(flags=(f"--assume-aborted={epoch}",))
        must_be_found_wrong(wrong, events)

        # A copy of the directory that is older than the output.
        old = KafkaJob(folder / "old", cluster, name, name + "-old")
        child = old.start(crash_at="epoch.committed:2")
        child.communicate()
        shutil.copytree(old.folder / "checkpoint", folder / "copy")
        old.finish()
        shutil.rmtree(old.folder / "checkpoint")
        shutil.copytree(folder / "copy", old.folder / "checkpoint")
        said = refused(old)
        assert "This directory is an older copy" in said, said


if __name__ == "__main__":
    main()

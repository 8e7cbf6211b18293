"""What exactly once costs beside at least once, and how soon a pipeline with much state goes on after kill -9. Both on a
real broker of their own, with the release build."""
import contextlib
import os
import signal
import subprocess
import tempfile
import time

from bed import PARTITIONS, Bed, progress_lines

SMALL = 1_000_000
EPOCHS = {"100 ms": (300_000, 13_000_000), "1 s": (3_000_000, 25_000_000)}  # events of an epoch, and of the larger input
STATE_KEYS = 1_500_000
STATE_EVENTS = 4_500_000


def run_once(bed, topic, per_epoch, delivery):
    """Wall and CPU seconds of a run over all of a topic."""
    out = bed.topic()
    pipeline = bed.pipeline(trigger='"available_now"', topic=topic, per_epoch=per_epoch, window="10 seconds",
                            delivery=delivery, out=out)
    begin, before = time.monotonic(), os.times()
    if (status := bed.start(pipeline, "--quiet").wait()) != 0:
        raise SystemExit(f"millrace ended with {status}")
    wall, after = time.monotonic() - begin, os.times()
    bed.tool("delete", out)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def cost(bed, repeat):
    """Runs of both deliveries in turn, on a small and on a large input: the difference is free of the start."""
    small = bed.topic(SMALL)
    for epoch, (per_epoch, events) in EPOCHS.items():
        large = bed.topic(events)
        for number in range(repeat):
            for delivery in ("at_least_once", "exactly_once")[::1 if number % 2 == 0 else -1]:
                for size, topic in ((SMALL, small), (events, large)):
                    wall, cpu = run_once(bed, topic, per_epoch, delivery)
                    print(f"  {epoch}, {delivery}, {size / 1e6:g} M events: {wall:.2f} s, CPU {cpu:.2f} s", flush=True)
                    yield {"part": "delivery", "epoch": epoch, "delivery": delivery, "events": size, "epoch_events": per_epoch,
                           "wall_s": wall, "cpu_s": cpu}
        bed.tool("delete", large)


def recovery(bed, number):
    """Seconds from the start after kill -9 to the first epoch that is committed then, and the state that was read back."""
    topic = bed.topic(STATE_EVENTS, STATE_KEYS, seed=number + 1)
    pipeline = bed.pipeline(trigger='"default"', topic=topic, per_epoch=STATE_EVENTS // 10, window="30 days",
                            delivery="exactly_once", out=bed.topic())
    first = bed.start(pipeline, "--quiet", "--json", stdout=subprocess.PIPE, text=True)
    rows = 0
    for progress in progress_lines(first):
        rows += progress["numInputRows"]
        if rows >= STATE_EVENTS:
            break
    first.send_signal(signal.SIGKILL)
    first.wait()
    state = sum(operator["memoryUsedBytes"] for operator in progress["stateOperators"])
    on_disk = sum(path.stat().st_size for path in (bed.folder / pipeline.stem).rglob("*") if path.is_file())
    bed.tool("generate", topic, "--events", 1000, "--keys", STATE_KEYS, "--partitions", PARTITIONS)
    begin = time.monotonic()
    second = bed.start(pipeline, "--quiet", "--json", stdout=subprocess.PIPE, text=True)
    next(progress_lines(second))
    seconds = time.monotonic() - begin
    second.send_signal(signal.SIGTERM)
    second.communicate()
    print(f"  {state / 1e6:.0f} MB of state, {on_disk / 1e6:.0f} MB of checkpoint: first epoch {seconds:.2f} s after the start")
    return {"part": "delivery", "recovery_s": seconds, "state_bytes": state, "checkpoint_bytes": on_disk}


def measure(build, repeat):
    with tempfile.TemporaryDirectory(prefix="millrace-delivery-") as folder, contextlib.closing(Bed(build, folder)) as bed:
        yield from (recovery(bed, number) for number in range(repeat))
        yield from cost(bed, repeat)

"""Events that depend on a seed only, and what the pipelines of this folder must make of them."""
import collections
import datetime
import json
import random

WINDOW_MS = 10_000
START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
FLUSH_KEY = "__flush"


def text_of(time_ms):
    moment = datetime.datetime.fromtimestamp(time_ms / 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_ms % 1000:03d}Z"


class SeededEvents:
    """`count` events at 1000 per second of event time, up to five seconds out of order, of 40 keys."""

    def __init__(self, count, seed):
        chance = random.Random(seed)
        self.events = []
        for number in range(count):
            time_ms = START_MS + number - chance.randrange(5000) + 5000
            self.events.append({"id": number, "key": f"key_{chance.randrange(40)}", "ts": time_ms,
                                "value": chance.randrange(1000)})

    def lines(self, part=0, parts=1):
        """JSON lines of one part of the events. The last one lies far ahead, so that every window closes."""
        for event in self.events[part::parts]:
            yield json.dumps(event | {"ts": text_of(event["ts"])})
        end_ms = self.events[-1]["ts"] + 3_600_000
        yield json.dumps({"id": -1 - part, "key": FLUSH_KEY, "ts": text_of(end_ms), "value": 0})

    def ids(self):
        return [event["id"] for event in self.events]

    def windows(self):
        """(key, start of window) -> [number, sum of values]"""
        windows = collections.defaultdict(lambda: [0, 0])
        for event in self.events:
            window = windows[event["key"], event["ts"] // WINDOW_MS * WINDOW_MS]
            window[0] += 1
            window[1] += event["value"]
        return dict(windows)

"""Small seeded streams with the fields and the nesting of the Nexmark and Yahoo benchmarks: events are out of order by up
to two seconds, and each partition ends with one far ahead, which closes every window before it."""
import json
import random
import time

START_MS = 1_767_225_600_000  # 2026-01-01
DISORDER_MS = 2000
FLUSH_GAP_MS = 3_600_000
STATES = ("AZ", "CA", "ID", "OR", "WA", "WY")
AUCTION_MS_MAX = 33_000


def time_text(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


def times(random_numbers, count, per_second, partitions):
    """The times of so many events, and of the last one of each partition."""
    all_times = [START_MS + i * 1000 // per_second - random_numbers.randrange(DISORDER_MS)
                 for i in range(count)]
    return all_times + [max(all_times) + FLUSH_GAP_MS] * partitions


def nexmark(count, per_second=20, partitions=2, seed=7):
    """One person, three auctions and twelve bids in sixteen events: more sellers than the benchmark has, so that few
    events already give every query something to find."""
    draw = random.Random(seed)
    people = auctions = 0
    for number, ms in enumerate(times(draw, count, per_second, partitions)):
        event = {"event_type": 0, "person": None, "auction": None, "bid": None}
        place = number % 16
        if place == 0:
            event["person"] = {"id": 1000 + people, "name": f"Person {people}", "emailAddress": "a@b.com",
                               "creditCard": "1234 5678", "city": draw.choice(("Bend", "Boise")),
                               "state": draw.choice(STATES), "dateTime": time_text(ms), "extra": "x" * draw.randrange(9)}
            people += 1
        elif place < 4:
            event["event_type"] = 1
            event["auction"] = {"id": 1000 + auctions, "itemName": "thing", "description": "",
                                "initialBid": draw.randrange(1, 100), "reserve": draw.randrange(100, 200),
                                "dateTime": time_text(ms),
                                "expires": time_text(ms + 1 + draw.randrange(AUCTION_MS_MAX)),
                                "seller": 1000 + max(0, people - 1 - draw.randrange(4)),
                                "category": 10 + draw.randrange(5), "extra": "y" * draw.randrange(9)}
            auctions += 1
        else:
            event["event_type"] = 2
            # Some bids are for auctions that nobody has opened yet.
            event["bid"] = {"auction": 1000 + max(0, auctions + 1 - draw.randrange(30)),
                            "bidder": 1000 + draw.randrange(people + 1), "price": draw.randrange(100, 2000),
                            "channel": "Google", "url": "https://www.nexmark.com/item.htm?query=1",
                            "dateTime": time_text(ms), "extra": "z" * draw.randrange(9)}
        yield event


def advertisements(count, per_second=20, partitions=2, seed=7):
    """Events about forty ads; those of the last ten belong to no campaign."""
    draw = random.Random(seed)
    for ms in times(draw, count, per_second, partitions):
        yield {"user_id": "u", "page_id": "p", "ad_id": f"ad-{draw.randrange(40)}", "ad_type": "banner",
               "event_type": draw.choice(("view", "click", "purchase")), "event_time": str(ms), "ip_address": "1.2.3.4"}


def campaigns():
    return [{"ad_id": f"ad-{i}", "campaign_id": f"campaign-{i // 10}"} for i in range(30)]


def lines(values):
    return "".join(json.dumps(value, separators=(",", ":")) + "\n" for value in values)

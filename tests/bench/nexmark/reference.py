"""The queries in plain Python over whole lists: what configs/bench/*.toml must come to."""
import collections

from answers import milliseconds

WINDOW_MS = 10_000
SLIDE_MS = 2_000


def bids(events):
    return [event["bid"] for event in events if event["event_type"] == 2]


def auctions(events):
    return [event["auction"] for event in events if event["event_type"] == 1]


def persons(events):
    return [event["person"] for event in events if event["event_type"] == 0]


def window_start(ms):
    return ms - ms % WINDOW_MS


def nexmark_q0(events):
    return [{name: bid[name] for name in ("auction", "bidder", "price", "dateTime", "extra")} for bid in bids(events)]


def nexmark_q1(events):
    return [{**bid, "price": round(bid["price"] * 908) / 1000} for bid in nexmark_q0(events)]


def nexmark_q2(events):
    return [{"auction": bid["auction"], "price": bid["price"]} for bid in bids(events) if bid["auction"] % 123 == 0]


def nexmark_q3(events):
    return [{"name": person["name"], "city": person["city"], "state": person["state"], "id": auction["id"]}
            for auction in auctions(events) if auction["category"] == 10
            for person in persons(events) if person["id"] == auction["seller"] and person["state"] in ("OR", "ID", "CA")]


def closed(events):
    """Each auction with the highest bid while it was open."""
    for auction in auctions(events):
        prices = [bid["price"] for bid in bids(events)
                  if bid["auction"] == auction["id"] and auction["dateTime"] <= bid["dateTime"] <= auction["expires"]]
        if prices:
            yield auction, max(prices)


def nexmark_q4(events):
    prices = collections.defaultdict(list)
    for auction, price in closed(events):
        prices[auction["category"]].append(price)
    return [{"category": category, "average": sum(all_) / len(all_)} for category, all_ in prices.items()]


def nexmark_q5(events):
    counts = collections.defaultdict(collections.Counter)
    for bid in bids(events):
        ms = milliseconds(bid["dateTime"])
        last = ms - ms % SLIDE_MS
        for start in range(last, ms - WINDOW_MS, -SLIDE_MS):
            counts[start + WINDOW_MS][bid["auction"]] += 1
    return [{"auction": auction, "num": num, "until": until} for until, of_window in counts.items()
            for auction, num in of_window.items() if num == max(of_window.values())]


def nexmark_q6(events):
    prices = collections.defaultdict(list)
    for auction, price in sorted(closed(events), key=lambda each: (each[0]["expires"], each[0]["id"])):
        prices[auction["seller"]].append(price)
    return [{"seller": seller, "average": sum(all_[-10:]) / len(all_[-10:])} for seller, all_ in prices.items()]


def nexmark_q7(events):
    highest = collections.Counter()
    for bid in bids(events):
        end = window_start(milliseconds(bid["dateTime"])) + WINDOW_MS
        highest[end] = max(highest[end], bid["price"])
    return [bid for bid in nexmark_q0(events) for end, price in highest.items()
            if bid["price"] == price and end - WINDOW_MS <= milliseconds(bid["dateTime"]) <= end]


def nexmark_q8(events):
    sellers = {(auction["seller"], window_start(milliseconds(auction["dateTime"]))) for auction in auctions(events)}
    found = {(person["id"], person["name"], window_start(milliseconds(person["dateTime"]))) for person in persons(events)}
    return [{"id": id_, "name": name, "starttime": start} for id_, name, start in found if (id_, start) in sellers]


def yahoo(events, campaigns):
    campaign_of = {row["ad_id"]: row["campaign_id"] for row in campaigns}
    views = collections.Counter((campaign_of[event["ad_id"]], window_start(int(event["event_time"])))
                                for event in events
                                if event["event_type"] == "view" and event["ad_id"] in campaign_of)
    return [{"campaign_id": campaign, "window_start": start, "views": count}
            for (campaign, start), count in views.items()]

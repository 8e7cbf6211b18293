"""What the pipeline of final_results_test.py must put out, worked out plainly from all rows at once.

Rows are dictionaries; times are microseconds since 1970. Each function returns a list of dictionaries.
"""
import collections

SECOND = 1_000_000


def windows_of(time, size, slide, offset=0):
    start = (time - offset) // slide * slide + offset
    while start > time - size:
        yield start, start + size
        start -= slide


def summary(rows):
    values = [row["value"] for row in rows if row["value"] is not None]
    return {"n": len(rows), "total": sum(values) if values else None,
            "least": min(values) if values else None}


def by_windows(rows, size, slide, offset=0):
    groups = collections.defaultdict(list)
    for row in rows:
        if row["ts"] is not None:
            for window in windows_of(row["ts"], size, slide, offset):
                groups[window, row["key"]].append(row)
    return [{"window_start": start, "window_end": end, "key": key, **summary(group)}
            for ((start, end), key), group in groups.items()]


def by_sessions(rows, gap_of):
    """A row lasts for its gap; rows of a key that touch are one session."""
    spans = collections.defaultdict(list)
    for row in rows:
        if row["ts"] is not None and gap_of(row) > 0:
            spans[row["key"]].append((row["ts"], row["ts"] + gap_of(row), row))
    result = []
    for key, of_key in spans.items():
        sessions = []
        for start, end, row in sorted(of_key, key=lambda span: span[0]):
            if sessions and start <= sessions[-1][1]:
                sessions[-1][1] = max(sessions[-1][1], end)
                sessions[-1][2].append(row)
            else:
                sessions.append([start, end, [row]])
        result += [{"window_start": start, "window_end": end, "key": key, **summary(group)}
                   for start, end, group in sessions]
    return result


def by_windows_of_windows(windows, size):
    groups = collections.defaultdict(list)
    for row in windows:
        for window in windows_of(row["window_end"] - 1, size, size):
            groups[window].append(row)
    return [{"window_start": start, "window_end": end, "groups": len(group),
             "n": sum(row["n"] for row in group)}
            for (start, end), group in groups.items()]


def first_of_each(rows, columns):
    seen = {}
    for row in rows:
        seen.setdefault(tuple(row[column] for column in columns), row)
    return list(seen.values())


def joined(left, right, within, outer):
    """Pairs of equal keys with the right row at most `within` after the left one."""
    result = []
    for row in left:
        if row["ts"] is None:
            continue
        matches = [other for other in right
                   if other["rts"] is not None and row["key"] is not None
                   and row["key"] == other["rkey"]
                   and row["ts"] <= other["rts"] <= row["ts"] + within]
        result += [{"id": row["id"], "rid": other["rid"]} for other in matches]
        if outer and not matches:
            result.append({"id": row["id"], "rid": None})
    return result


def results(left, right):
    """By sink."""
    tumbling = by_windows(left, 10 * SECOND, 10 * SECOND, 3 * SECOND)
    once = first_of_each(left, ("key", "ts", "value"))
    return {
        "tumbling": tumbling,
        "sliding": by_windows(left, 10 * SECOND, 4 * SECOND),
        "session": by_sessions(left, lambda row: 5 * SECOND),
        "session_by_row": by_sessions(left, lambda row: (8 if (row["value"] or 0) > 0 else 2) * SECOND),
        "windows": [{"window_start": row["window_start"], "window_end": row["window_end"],
                     "key": row["key"], "n": row["n"]}
                    for row in by_windows(left, 10 * SECOND, 5 * SECOND)],
        "windows_of_windows": by_windows_of_windows(tumbling, 30 * SECOND),
        "once_ever": [{"id": row["id"]} for row in first_of_each(left, ("key", "value"))],
        "once": [{"id": row["id"]} for row in once],
        "windows_of_once": by_windows(once, 10 * SECOND, 10 * SECOND),
        "inner": joined(left, right, 7 * SECOND, outer=False),
        "left_outer": joined(left, right, 7 * SECOND, outer=True),
    }

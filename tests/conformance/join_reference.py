"""What a join of two streams puts out, epoch by epoch: plain lists, each row compared with each.

A rule of the condition is one of
  ("equal", left column, right column)
  ("bound", side, seconds, strict)   the side's time is at least (strict: more than) the other's + seconds
  ("left", test), ("right", test)    of the side's value
  ("both", test)                     of both values
Rows are [key, time, value]; a row that a NULL keeps from matching is of no use to a side that is not
preserved, and does not advance its watermark unless it is the time itself that is NULL or compared.
"""
import datetime
import json

NAMES = [{"key": 0, "ts": 1, "value": 2}, {"rkey": 0, "rts": 1, "rvalue": 2}]
PRESERVED = {"inner": [], "left_semi": [], "left_outer": [0], "right_outer": [1], "full_outer": [0, 1]}
START = datetime.datetime(1970, 1, 1)


def time_text(micros):
    time = START + datetime.timedelta(microseconds=micros)
    text = time.strftime("%Y-%m-%dT%H:%M:%S")
    if time.microsecond:
        fraction = f"{time.microsecond:06}"
        text += "." + (fraction[:3] if fraction.endswith("000") else fraction)
    return text + "Z"


def micros_of(text):
    if text is None:
        return None
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    passed = datetime.datetime.strptime(text, form) - START
    return (passed.days * 86400 + passed.seconds) * 1_000_000 + passed.microseconds


class Row:
    def __init__(self, cells):
        self.cells = cells
        self.values = [cells[0], micros_of(cells[1]), cells[2]]
        self.matched = False


class Reference:
    def __init__(self, kind, rules, delays):
        self.kind, self.rules, self.delays = kind, rules, delays
        self.kept = [[], []]
        self.preserved = PRESERVED[kind]
        self.needed = [self.compared(side) for side in range(2)]
        self.by_time = ("equal", "ts", "rts") in rules and delays != [None, None]
        self.stays = [None, None]
        for rule in rules:
            if rule[0] == "bound" and None not in delays and not self.by_time:
                _, side, seconds, strict = rule
                stays = -seconds * 1_000_000 + (0 if strict else 1000)
                self.stays[side] = max(stays, self.stays[side] if self.stays[side] is not None else stays)

    def evicts(self):
        return self.by_time or self.stays != [None, None]

    def compared(self, side):
        """Columns that are NULL in no row that matches."""
        columns = set()
        for rule in self.rules:
            if rule[0] == "equal":
                columns.add(NAMES[side][rule[1 + side]])
            elif rule[0] == "bound":
                columns.add(1)
            elif rule[0] == "both" or rule[0] == ("left", "right")[side]:
                columns.add(2)
        return columns

    def alone(self, side, row):
        """Whether the conditions on the row's own input are fulfilled."""
        tests = [rule[1] for rule in self.rules if rule[0] == ("left", "right")[side]]
        return all(row.values[2] is not None and test(row.values[2]) for test in tests)

    def in_front(self, side, row, with_time):
        """Whether the row passes what is evaluated before the watermark (or the join) sees it."""
        if side in self.preserved:
            return True
        columns = self.needed[side] if with_time else self.needed[side] - {1}
        return self.alone(side, row) and all(row.values[column] is not None for column in columns)

    def match(self, left, right):
        for rule in self.rules:
            if rule[0] == "equal":
                a, b = left.values[NAMES[0][rule[1]]], right.values[NAMES[1][rule[2]]]
                if a is None or a != b:
                    return False
            elif rule[0] == "bound":
                rows = (left, right)
                later, earlier = rows[rule[1]].values[1], rows[1 - rule[1]].values[1]
                if later is None or earlier is None:
                    return False
                bound = earlier + rule[2] * 1_000_000
                if later < bound or (rule[3] and later == bound):
                    return False
            elif rule[0] == "both":
                a, b = left.values[2], right.values[2]
                if a is None or b is None or not rule[1](a, b):
                    return False
        return True

    def output(self, left, right):
        if self.kind == "left_semi":
            return left.cells
        return (left.cells if left else [None] * 3) + (right.cells if right else [None] * 3)

    def alone_output(self, side, row):
        return self.output(row, None) if side == 0 else self.output(None, row)

    def epoch(self, arrivals, late, watermark):
        rows = []
        dropped = 0
        for side in range(2):
            for row in arrivals[side]:
                if not self.in_front(side, row, True):
                    continue
                time = row.values[1]
                if self.delays[side] is not None and time is not None and time <= late:
                    dropped += 1
                    continue
                if not self.alone(side, row):
                    rows.append(self.alone_output(side, row))
                    continue
                self.arrive(side, row, rows)
        for side in range(2):
            self.leave(side, watermark, rows)
        return rows, dropped, len(self.kept[0]) + len(self.kept[1])

    def arrive(self, side, row, rows):
        semi = self.kind == "left_semi"
        for other in self.kept[1 - side]:
            left, right = (row, other) if side == 0 else (other, row)
            if semi and left.matched or not self.match(left, right):
                continue
            left.matched = right.matched = True
            rows.append(self.output(left, right))
        if not (semi and side == 0 and row.matched):
            self.kept[side].append(row)

    def leave(self, side, watermark, rows):
        stays = 0 if self.by_time else self.stays[side]
        if stays is None:
            return
        gone = [row for row in self.kept[side]
                if row.values[1] is not None and row.values[1] + stays <= watermark]
        for row in gone:
            if side in self.preserved and not row.matched:
                rows.append(self.alone_output(side, row))
        self.kept[side] = [row for row in self.kept[side] if row not in gone]


class Clock:
    """Watermarks over both inputs, by the rules of a run."""

    def __init__(self, delays, policy):
        self.delays = delays
        self.policy = min if policy == "min" else max
        self.seen = [None, None]
        self.now = 0

    def see(self, side, row):
        time = row.values[1]
        if self.delays[side] is not None and time is not None:
            time = time // 1000 * 1000
            self.seen[side] = time if self.seen[side] is None else max(self.seen[side], time)

    def advance(self):
        times = [max(0, seen - delay * 1_000_000) if seen is not None else 0
                 for seen, delay in zip(self.seen, self.delays) if delay is not None]
        before = self.now
        if times:
            self.now = max(self.now, self.policy(times))
        return self.now > before


def epochs(case, rules, delays):
    join = case["query"]["steps"][-1]
    config = case["config"]
    reference = Reference(join["type"], rules, delays)
    clock = Clock(delays, config["watermark_policy"])
    declared = delays != [None, None]
    made = []
    late = 0

    def run(arrivals, number):
        nonlocal late
        rows, dropped, state = reference.epoch(arrivals, late, clock.now)
        made.append({"epoch": len(made), "input_batch": number,
                     "watermark": time_text(clock.now) if declared else None,
                     "rows": json.loads(json.dumps(rows)), "dropped_late_rows": dropped,
                     "state_rows": state})
        late = clock.now

    for number in range(len(case["inputs"]["left"]["batches"])):
        arrivals = [[Row(cells) for cells in case["inputs"][name]["batches"][number]]
                    for name in ("left", "right")]
        run(arrivals, number)
        for side in range(2):
            for row in arrivals[side]:
                if reference.in_front(side, row, False):
                    clock.see(side, row)
        rose = clock.advance()
        if rose and config["no_data_batches"] and reference.evicts():
            run([[], []], None)
    return made

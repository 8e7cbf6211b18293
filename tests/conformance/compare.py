"""Compares what came out with what a case expects, by the rules of README.md."""
import decimal
import json
import math

REFUSED_CODE = 78
DATA_ERRORS = {"ARITHMETIC_OVERFLOW", "CAST_INVALID_INPUT", "CAST_OVERFLOW", "DIVIDE_BY_ZERO",
               "INTERVAL_ARITHMETIC_OVERFLOW", "INVALID_ARRAY_INDEX", "DATETIME_OVERFLOW",
               "CANNOT_PARSE_TIMESTAMP", "REMAINDER_BY_ZERO", "BINARY_ARITHMETIC_OVERFLOW"}
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def same_value(type_name, expected, got):
    if expected is None or got is None:
        return expected is None and got is None
    if type_name.startswith("array<"):
        inner = type_name[len("array<"):-1]
        return len(expected) == len(got) and all(map(lambda e, g: same_value(inner, e, g),
                                                     expected, got))
    if type_name in ("double", "float"):
        expected = SPECIAL.get(expected, expected)
        got = SPECIAL.get(got, got)
        if math.isnan(expected) or math.isnan(got):
            return math.isnan(expected) and math.isnan(got)
        return expected == got or math.isclose(expected, got, rel_tol=1e-9)
    if type_name.startswith("decimal"):
        return decimal.Decimal(str(expected)) == decimal.Decimal(str(got))
    return type(expected) is type(got) and expected == got


def same_row(types, expected, got):
    return all(map(same_value, types, expected, got))


def missing_and_unexpected(types, expected, got, ordered):
    """Rows that should have come and did not, and the other way around."""
    if ordered:
        if len(expected) == len(got) and all(same_row(types, e, g) for e, g in zip(expected, got)):
            return [], []
        return expected, got
    left = list(got)
    missing = []
    for row in expected:
        match = next((i for i, other in enumerate(left) if same_row(types, row, other)), None)
        if match is None:
            missing.append(row)
        else:
            left.pop(match)
    return missing, left


def time_text(text):
    """2024-01-01T00:00:01.000Z as the cases spell it, without a zero fraction."""
    return None if text is None else text.replace(".000Z", "Z")


def compare_rows(case, expected, rows, in_rounds):
    """A list of differences, as sentences. Epochs of several rounds show more than once what they update."""
    differences = []
    where = f'epoch {expected["epoch"]}'
    types = [type_name for _, type_name in case["output_schema"]]
    missing, unexpected = missing_and_unexpected(types, expected["rows"], rows,
                                                 case.get("ordered", False))
    if missing:
        differences.append(f"{where}: missing rows {json.dumps(missing)}")
    if unexpected and not (in_rounds and case["query"]["output_mode"] == "update"):
        differences.append(f"{where}: unexpected rows {json.dumps(unexpected)}")
    return differences


def compare_progress(expected, progress, late_count):
    """The same for what the engine says of the epoch."""
    differences = []
    where = f'epoch {expected["epoch"]}'
    no_data = expected["input_batch"] is None
    if no_data != progress["isNoData"]:
        differences.append(f'{where}: {"no-data" if no_data else "data"} epoch expected')
    watermark = time_text(progress["eventTime"]["watermark"])
    if watermark != expected["watermark"]:
        differences.append(f'{where}: watermark {watermark}, not {expected["watermark"]}')
    state = sum(each["numRowsTotal"] for each in progress["stateOperators"])
    if state != expected["state_rows"]:
        differences.append(f'{where}: {state} rows of state, not {expected["state_rows"]}')
    if late_count:
        late = sum(each[late_count] for each in progress["stateOperators"])
        if late != expected["dropped_late_rows"]:
            differences.append(f'{where}: {late_count} is {late}, not {expected["dropped_late_rows"]}')
    return differences


def fails_by_data(case):
    """Whether a row makes the query fail, so that it may not be refused before rows come."""
    condition = case["error"].get("spark_condition") or ""
    return condition.split(".")[0] in DATA_ERRORS


def compare(case, run, late_count, in_rounds=False):
    """`late_count`: what of the progress must be as many as Spark says were late: groups of windows once a batch, rows
    elsewhere; none where a batch may be read in several rounds."""
    expected = case["expected"]
    if "expected_error" in case and run.code == REFUSED_CODE:
        # A query that is invalid in itself may be refused earlier than the reference did.
        return ["refused before any data, but only its data is bad"] if fails_by_data(case) else []
    differences = []
    for one in expected[:run.epochs]:
        progress = run.progress.get(one["epoch"])
        if progress:
            differences += compare_progress(one, progress, late_count)
        differences += compare_rows(case, one, run.rows.get(one["epoch"], []), in_rounds)
    if len(expected) != run.epochs:
        differences.append(f"{run.epochs} epochs, not {len(expected)}")
    refused = "expected_error" in case
    if refused and run.code == 0:
        differences.append(f'not refused: {case["expected_error"]}')
    if not refused and run.code != 0:
        differences.append(f"exit code {run.code}: {run.errors.strip()[-400:]}")
    return differences

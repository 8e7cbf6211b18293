"""Turns a conformance case into a pipeline file. Knows the case format, no single case."""
import json


KEEPS_WINDOWS = {"watermark", "filter", "dedup", "sort", "limit", "union"}


def quote(text):
    """A TOML basic string; JSON's escapes are a subset of TOML's once the slash is left alone."""
    return json.dumps(text, ensure_ascii=False)


def inline(pairs):
    return "{ " + ", ".join(f"{quote(key)} = {quote(value)}" for key, value in pairs) + " }"


def watermark_table(step):
    # Spark has one greatest event time for a whole input, whatever its partitions.
    return f'{{ column = {quote(step["column"])}, delay = {quote(step["delay"])}, across = "max" }}'


def aggregate_text(aggregate):
    function, column = aggregate["fn"], aggregate["column"]
    call = f"count(DISTINCT {column})" if function == "count_distinct" else f"{function}({column})"
    if "filter" in aggregate:
        call += f' FILTER (WHERE {aggregate["filter"]})'
    return call


class Pipeline:
    """Writes components one after the other; every step reads the one before it."""

    def __init__(self, case, settings):
        self.case = case
        self.settings = settings
        self.sources = {}
        self.tables = set()
        self.lines = []
        self.count = 0
        self.paired = set()  # Components whose windows are two columns, not one.

    def text(self):
        query = self.case["query"]
        last = self.follow(query)
        config = self.case.get("config", {})
        head = [
            f'name = {quote(self.case["name"])}',
            f'trigger = {self.settings["trigger"]}',
            f'checkpoint = {quote(self.settings["checkpoint"])}',
            f'ansi = {str(config.get("ansi", True)).lower()}',
            f'session_time_zone = {quote(config.get("session_time_zone", "UTC"))}',
            f'watermark_policy = {quote(config.get("watermark_policy", "min"))}',
            f'no_data_epochs = {str(config.get("no_data_batches", True)).lower()}',
            f'move_filters = {str(self.settings["move_filters"]).lower()}',
            f'shards = {self.settings["shards"]}',
            f'state_store = "{self.settings["state_store"]}"',
            "[observability]",
            'listen = "off"',
        ]
        sink = [
            "[sinks.result]",
            'type = "file"',
            f"inputs = {json.dumps(last)}",
            f'output_mode = {quote(query["output_mode"])}',
            f'path = {quote(self.settings["output"])}',
            'format = "json"',
        ]
        return "\n".join(head + self.table_lines() + self.source_lines() + self.lines + sink) + "\n"

    def table_lines(self):
        lines = []
        for name in sorted(self.tables):
            lines += [
                f"[tables.{quote(name)}]",
                'type = "file"',
                f'path = {quote(self.settings["inputs"] + "/" + name + ".jsonl")}',
                'format = "json"',
                f'schema = {inline(self.case["inputs"][name]["schema"])}',
            ]
        return lines

    def source_lines(self):
        lines = []
        for name, watermark in self.sources.items():
            stream = self.case["inputs"][name]
            lines += [
                f"[sources.{quote(name)}]",
                'type = "file"',
                f'path = {quote(self.settings["inputs"] + "/" + name)}',
                "max_files_per_trigger = 1",
                'format = "json"',
                f'schema = {inline(stream["schema"])}',
            ]
            if watermark:
                lines.append(f"watermark = {watermark}")
        return lines

    def add(self, kind, inputs, *lines):
        self.count += 1
        name = f"step_{self.count}"
        self.lines += [f"[transforms.{name}]", f"type = {quote(kind)}",
                       f"inputs = {json.dumps(inputs)}", *lines]
        return [name]

    def follow(self, pipeline):
        """The name of the last component of a pipeline, as a list of inputs."""
        name, steps = pipeline["from"], list(pipeline["steps"])
        if self.case["inputs"][name].get("kind") == "static":
            self.tables.add(name)
        else:
            self.sources.setdefault(name, None)
        if steps and steps[0]["op"] == "watermark":
            self.sources[name] = watermark_table(steps.pop(0))
        at = [name]
        for step in steps:
            paired = step["op"] == "window" or (step["op"] in KEEPS_WINDOWS and at[0] in self.paired)
            at = getattr(self, "step_" + step["op"])(at, step)
            if paired:
                self.paired.add(at[0])
        return at

    def columns(self, at, names):
        """Columns as the component has them that comes before."""
        both = ["window_start", "window_end"]
        return [column for name in names
                for column in (both if name == "window" and at[0] in self.paired else [name])]

    def step_watermark(self, at, step):
        return self.add("select", at, f"watermark = {watermark_table(step)}")

    def step_filter(self, at, step):
        return self.add("select", at, f'where = {quote(step["expr"])}')

    def step_select(self, at, step):
        columns = [(column["as"], column["expr"]) for column in step["columns"]]
        return self.add("select", at, f"columns = {inline(columns)}")

    def step_window(self, at, step):
        lines = []
        # A step on `window` reads the windows of the aggregation before it: its event time.
        if step["column"] != "window":
            lines.append(f'time = {quote(step["column"])}')
        for key in ("size", "slide", "offset", "gap"):
            if key in step:
                lines.append(f"{key} = {quote(step[key])}")
        if "gap_expr" in step:
            lines.append(f'gap_expression = {quote(step["gap_expr"])}')
        return self.add(step["kind"] + "_window", at, *lines, *self.grouping(step))

    def step_aggregate(self, at, step):
        return self.add("aggregate", at, *self.grouping(step))

    def grouping(self, step):
        lines = []
        if step.get("keys"):
            lines.append(f'group_by = {json.dumps(step["keys"])}')
        aggregates = [(each["as"], aggregate_text(each)) for each in step["aggregates"]]
        return lines + [f"aggregates = {inline(aggregates)}"]

    def step_sort(self, at, step):
        by = [f"{column} {order}" for column, order in step["by"]]
        return self.add("sort", at, f"by = {json.dumps(by)}")

    def step_limit(self, at, step):
        return self.add("limit", at, f'rows = {step["n"]}')

    def step_dedup(self, at, step):
        # Names, not expressions: `window` is a reserved word.
        columns = [f'"{column}"' for column in self.columns(at, step["columns"])]
        lines = [f"columns = {json.dumps(columns)}"] if columns else []
        if step.get("within_watermark"):
            lines.append("within_watermark = true")
        return self.add("deduplicate", at, *lines)

    def step_join(self, at, step):
        right = self.follow(step["right"])
        return self.add("join", at + right, f'kind = {quote(step["type"])}',
                        f'on = {quote(step["on"])}')

    def step_union(self, at, step):
        return at + self.follow(step["with"])

    def step_add_window(self, at, step):
        lines = [f'{key} = {quote(step[key])}' for key in ("size", "slide", "offset") if key in step]
        return self.add("add_window", at, f'time = {quote(step["column"])}', *lines)

    def step_parse_json(self, at, step):
        lines = [f'column = {quote(step["column"])}', f'schema = {inline(step["schema"])}']
        for key in ("mode", "corrupt_column", "keep"):
            if key in step:
                lines.append(f"{key} = {json.dumps(step[key])}")
        return self.add("parse_json", at, *lines)

"""The queries of the dashboard and the metrics that they name."""
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
DASHBOARD = DOCKER / "grafana" / "dashboards" / "millrace.json"

PROCESS_METRICS = set(re.findall(r'"(process_\w+)"', (ROOT / "core/observe/process_collector.cpp").read_text()))


def metric_table():
    """Metric name -> type, from the table in core/observe."""
    text = (ROOT / "core/observe/families.cpp").read_text()
    return dict(re.findall(r'^\{"(millrace_\w+)", (counter|gauge|histogram),', text, re.MULTILINE))


def series_names():
    """Every name that a query may use."""
    names = set(PROCESS_METRICS)
    for name, kind in metric_table().items():
        names |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return names


def names_in(query):
    return set(re.findall(r"\b(?:millrace|process)_\w+", query))


def dashboard_queries():
    """Yields (panel title, query as Grafana would send it with everything selected)."""
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]


def with_variables(query, window):
    values = {"$pipeline": ".+", "$instance": ".+", "$job": ".+", "$__rate_interval": window, "$__range": window}
    for name, value in values.items():
        query = query.replace(name, value)
    if "$" in query:
        raise ValueError(f"a variable that the test does not know: {query}")
    return query

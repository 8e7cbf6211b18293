#!/usr/bin/env python3
"""Writes dashboards/millrace.json: `python3 docker/grafana/dashboard.py`.

The table PANELS is the dashboard; a test checks that the file is up to date and that every query
finds data in a Prometheus that scrapes a running pipeline. In queries, SEL stands for the label
selector of the dashboard's variables, and W for the window of a rate.
"""
import json
import pathlib

SELECTOR = 'pipeline=~"$pipeline",instance=~"$instance"'
PROCESS = 'instance=~"$instance",job=~"$job"'
DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def p99(metric, by=""):
    return quantile("0.99", metric, by)


def quantile(q, metric, by=""):
    labels = "le," + by if by else "le"
    return f"histogram_quantile({q}, sum by ({labels}) (rate({metric}_bucket{{SEL}}[W])))"


# Row, then its panels: title, type, unit, what to do with it, and (query, legend) pairs.
PANELS = [
    ("Overview", [
        ("State", "stat", "short", "What the pipeline is doing now.",
         [("max by (pipeline, state) (millrace_pipeline_state{SEL}) == 1", "{{state}}")]),
        ("Since the last commit", "stat", "s", "Grows while nothing is committed: see the log and /readyz.",
         [("time() - max(millrace_epoch_last_commit_time_seconds{SEL})", "")]),
        ("Records in", "stat", "cps", "Records read per second, all sources.",
         [('sum(rate(millrace_component_received_records_total{SEL,component_kind="source"}[W]))', "")]),
        ("Records out", "stat", "cps", "Records that destinations accepted per second.",
         [('sum(rate(millrace_component_sent_records_total{SEL,component_kind="sink"}[W]))', "")]),
        ("Lag", "stat", "short", "Records waiting in the sources.",
         [("sum(millrace_source_lag_records{SEL})", "")]),
        ("Time to catch up", "stat", "s", "At the speed at which the lag shrinks now; empty while it does not shrink.",
         [("sum(millrace_source_lag_records{SEL}) / (-sum(deriv(millrace_source_lag_records{SEL}[5m])) > 0)", "")]),
        ("Watermark delay", "stat", "s", "How far event time is behind the clock. Windows close that late.",
         [("time() - min(millrace_watermark_time_seconds{SEL})", "")]),
        ("Late records dropped", "stat", "short", "In the shown time, wholly or for some of their windows.",
         [('sum(increase(millrace_late_records_total{SEL,disposition=~"dropped|partly_dropped"}[$__range]))', "")]),
    ]),
    ("Keeping up", [
        ("Records in by source", "timeseries", "cps", "Records read per second.",
         [('sum by (component_id) (rate(millrace_component_received_records_total{SEL,component_kind="source"}[W]))', "{{component_id}}")]),
        ("Epoch duration", "timeseries", "s", "Above the interval, the pipeline cannot keep its trigger.",
         [(quantile("0.5", "millrace_epoch_duration_seconds"), "p50"),
          (p99("millrace_epoch_duration_seconds"), "p99"),
          ("max(millrace_trigger_interval_seconds{SEL})", "interval")]),
        ("Where an epoch spends its time", "timeseries", "s", "Seconds per second in each phase. The largest one is the one to improve.",
         [("sum by (phase) (rate(millrace_epoch_phase_duration_seconds_sum{SEL}[W]))", "{{phase}}")]),
        ("Lag by partition", "timeseries", "short", "One partition apart from the others: a hot key, or a slow broker.",
         [("millrace_source_lag_records{SEL}", "{{component_id}} {{topic}}/{{partition}}")]),
        ("Trigger overruns", "timeseries", "cps", "Epochs per second that started late because the one before was still running.",
         [("sum by (pipeline) (rate(millrace_trigger_delays_total{SEL}[W]))", "{{pipeline}}")]),
        ("Epochs", "timeseries", "cps", "Epochs per second by result.",
         [("sum by (result) (rate(millrace_epochs_total{SEL}[W]))", "{{result}}")]),
        ("Rounds", "timeseries", "cps", "Rounds per second of a continuous pipeline: many when it is quiet, few and large under load.",
         [("sum by (pipeline) (rate(millrace_rounds_total{SEL}[W]))", "{{pipeline}}")]),
        ("Records per epoch", "heatmap", "short", "Many small epochs cost fsyncs; few large ones cost latency.",
         [("sum by (le) (rate(millrace_epoch_input_records_bucket{SEL}[W]))", "{{le}}")]),
        ("Last epoch", "timeseries", "short", "The number of the last committed epoch.",
         [("max by (pipeline) (millrace_epoch_id{SEL})", "{{pipeline}}")]),
        ("Running epoch", "timeseries", "s", "Age of the epoch that is running; empty between epochs.",
         [("time() - (millrace_epoch_start_time_seconds{SEL} > 0)", "{{pipeline}}")]),
    ]),
    ("Components", [
        ("Records out by component", "timeseries", "cps", "By output: `_default`, `late`, `dead_letter`.",
         [("sum by (component_id, output) (rate(millrace_component_sent_records_total{SEL}[W]))", "{{component_id}} {{output}}")]),
        ("Records received by component", "timeseries", "cps", "Records per second.",
         [("sum by (component_id) (rate(millrace_component_received_records_total{SEL}[W]))", "{{component_id}}")]),
        ("Bytes by component", "timeseries", "Bps", "Bytes received and sent per second.",
         [("sum by (component_id) (rate(millrace_component_received_bytes_total{SEL}[W]))", "{{component_id}} in"),
          ("sum by (component_id) (rate(millrace_component_sent_bytes_total{SEL}[W]))", "{{component_id}} out")]),
        ("Batch duration, p99", "timeseries", "s", "Time for one batch of records. The slowest component bounds the rate.",
         [(p99("millrace_component_batch_duration_seconds", "component_id"), "{{component_id}}")]),
        ("Errors", "timeseries", "cps", "`external`: the other side; `data`: the records; `user`: the configuration; `internal`: Millrace or a plugin.",
         [("sum by (component_id, stage, error_type) (rate(millrace_component_errors_total{SEL}[W]))", "{{component_id}} {{stage}} {{error_type}}")]),
        ("Stuck in a plugin", "timeseries", "s", "For how long a plugin has not come back; the log and `/healthz` name the function.",
         [("max by (component_id) (millrace_component_stuck_seconds{SEL})", "{{component_id}}")]),
        ("Discarded records", "timeseries", "cps", "By reason. `filter` is intended.",
         [("sum by (component_id, reason) (rate(millrace_component_discarded_records_total{SEL}[W]))", "{{component_id}} {{reason}}")]),
    ]),
    ("Event time", [
        ("Watermark delay by component", "timeseries", "s", "A line that rises with the clock is a watermark that stands still.",
         [("time() - max by (component_id) (millrace_watermark_time_seconds{SEL})", "{{component_id}}")]),
        ("Event time delay", "timeseries", "s", "How old the newest and the oldest record of the last epoch are.",
         [("time() - max by (component_id) (millrace_event_time_max_seconds{SEL})", "{{component_id}} newest"),
          ("time() - min by (component_id) (millrace_event_time_min_seconds{SEL})", "{{component_id}} oldest")]),
        ("Slowest partitions", "bargauge", "s", "The oldest one that is not idle holds the watermark back.",
         [("topk(10, time() - millrace_partition_watermark_time_seconds{SEL})", "{{component_id}} {{topic}}/{{partition}}")]),
        ("Idle partitions", "timeseries", "short", "They do not hold back the watermark (`idle_after`).",
         [("sum by (component_id) (millrace_source_partition_idle{SEL})", "{{component_id}}")]),
        ("Late records", "timeseries", "cps", "Counted one by one. Lengthen the watermark's `delay`, or read `NAME.late`.",
         [("sum by (component_id, disposition) (rate(millrace_late_records_total{SEL}[W]))", "{{component_id}} {{disposition}}")]),
        ("Lateness", "timeseries", "s", "How far records are behind the newest one: choose the watermark's `delay` from it.",
         [(quantile("0.5", "millrace_record_lateness_seconds"), "p50"),
          (p99("millrace_record_lateness_seconds"), "p99"),
          (quantile("0.999", "millrace_record_lateness_seconds"), "p99.9")]),
    ]),
    ("State and checkpoints", [
        ("State rows", "timeseries", "short", "Keys and windows held. Without a watermark that moves it only grows.",
         [("sum by (component_id) (millrace_state_rows{SEL})", "{{component_id}}")]),
        ("State memory", "timeseries", "bytes", "Memory held by state.",
         [("sum by (component_id) (millrace_state_bytes{SEL})", "{{component_id}}")]),
        ("State changes", "timeseries", "cps", "Rows written and removed per second.",
         [("sum by (component_id) (rate(millrace_state_rows_updated_total{SEL}[W]))", "{{component_id}} updated"),
          ("sum by (component_id) (rate(millrace_state_rows_removed_total{SEL}[W]))", "{{component_id}} removed")]),
        ("Checkpoint duration", "timeseries", "s", "Plan record, state and commit record made durable: the disk's fsync.",
         [(quantile("0.5", "millrace_checkpoint_duration_seconds"), "p50"),
          (p99("millrace_checkpoint_duration_seconds"), "p99")]),
        ("Checkpoint size", "timeseries", "bytes", "Of the last checkpoint on disk.",
         [("max by (pipeline) (millrace_checkpoint_size_bytes{SEL})", "{{pipeline}}")]),
        ("Since the last checkpoint", "timeseries", "s", "How much would be done again after a crash.",
         [("time() - max by (pipeline) (millrace_checkpoint_last_success_time_seconds{SEL})", "{{pipeline}}")]),
        ("Checkpoints", "timeseries", "cps", "Checkpoints per second by result.",
         [("sum by (result) (rate(millrace_checkpoints_total{SEL}[W]))", "{{result}}")]),
        ("Epochs kept", "timeseries", "short", "Epochs that the checkpoint still holds.",
         [("max by (pipeline) (millrace_checkpoint_retained_epochs{SEL})", "{{pipeline}}")]),
        ("Recovery", "stat", "s", "Time the last start took to restore state.",
         [("max by (pipeline) (millrace_recovery_duration_seconds{SEL})", "{{pipeline}}")]),
    ]),
    ("Sinks and rejected records", [
        ("Write, p99", "timeseries", "s", "One write to the destination.",
         [(p99("millrace_sink_write_duration_seconds", "component_id"), "{{component_id}}")]),
        ("Commit, p99", "timeseries", "s", "The epoch's commit in a sink.",
         [(p99("millrace_sink_commit_duration_seconds", "component_id"), "{{component_id}}")]),
        ("Retries", "timeseries", "cps", "Attempts to write that were made again; the log says why.",
         [("sum by (component_id) (rate(millrace_sink_retries_total{SEL}[W]))", "{{component_id}}")]),
        ("Dead letters and lost records", "timeseries", "cps", "Records that could not be decoded or that a sink refused, and records that were deleted before they were read.",
         [("sum by (component_id) (rate(millrace_sink_dead_letter_records_total{SEL}[W]))", "{{component_id}} dead letters"),
          ("sum by (component_id) (rate(millrace_source_lost_records_total{SEL}[W]))", "{{component_id}} lost")]),
    ]),
    ("Process", [
        ("CPU", "timeseries", "short", "Cores in use.",
         [("rate(process_cpu_seconds_total{PROCESS}[W])", "{{instance}}")]),
        ("Memory", "timeseries", "bytes", "Resident memory; the peak of each epoch stays below `memory_limit`, if there is one.",
         [("process_resident_memory_bytes{PROCESS}", "{{instance}}"),
          ("millrace_memory_peak_bytes{SEL}", "{{pipeline}} peak"),
          ("millrace_memory_limit_bytes{SEL}", "{{pipeline}} limit")]),
        ("Read at most", "timeseries", "short", "How much an epoch takes of a source so that `memory_limit` holds. Low: state, or a sink that keeps an epoch, needs the room.",
         [("millrace_source_limit{SEL}", "{{component_id}}")]),
        ("Open files", "timeseries", "percentunit", "Share of the limit.",
         [("process_open_fds{PROCESS} / process_max_fds{PROCESS}", "{{instance}}")]),
        ("Threads", "timeseries", "short", "Threads of the process.",
         [("process_threads{PROCESS}", "{{instance}}")]),
        ("Log lines", "timeseries", "cps", "Lines per second by level.",
         [("sum by (level) (rate(millrace_log_messages_total{SEL}[W]))", "{{level}}")]),
        ("HTTP requests", "timeseries", "cps", "Requests per second by path and status.",
         [("sum by (handler, code) (rate(millrace_http_requests_total{SEL}[W]))", "{{handler}} {{code}}")]),
        ("Build", "table", "short", "Version of the running binary.",
         [("millrace_build_info{SEL}", "")]),
        ("Plugins", "table", "short", "Loaded plugins.",
         [("millrace_plugin_info{SEL}", "")]),
        ("Pipeline", "table", "short", "Id, run and trigger.",
         [("millrace_pipeline_info{SEL}", "")]),
    ]),
]


def full(query):
    return (query.replace("{SEL", "{" + SELECTOR).replace("{PROCESS}", "{" + PROCESS + "}")
            .replace("[W]", "[$__rate_interval]"))


def target(index, query, legend, kind):
    instant = kind in ("table", "bargauge", "stat")
    return {"refId": chr(ord("A") + index), "datasource": DATA_SOURCE, "expr": full(query),
            "legendFormat": legend or "__auto", "instant": instant, "range": not instant,
            "format": {"table": "table", "heatmap": "heatmap"}.get(kind, "time_series")}


def panel(number, place, title, kind, unit, description, queries):
    options = {"textMode": "name"} if title == "State" else {}
    custom = {"stacking": {"mode": "normal"}, "fillOpacity": 20} if title.startswith("Where") else {}
    return {"id": number, "type": kind, "title": title, "description": description,
            "datasource": DATA_SOURCE, "gridPos": place,
            "targets": [target(i, query, legend, kind) for i, (query, legend) in enumerate(queries)],
            "fieldConfig": {"defaults": {"unit": unit, "custom": custom}, "overrides": []},
            "options": options}


def layout():
    panels, y = [], 0
    for row, entries in PANELS:
        panels.append({"id": len(panels) + 1, "type": "row", "title": row, "collapsed": False,
                       "gridPos": {"h": 1, "w": 24, "x": 0, "y": y}, "panels": []})
        y += 1
        width, height = (3, 4) if row == "Overview" else (8, 8)
        x = 0
        for entry in entries:
            if x + width > 24:
                x, y = 0, y + height
            place = {"h": height, "w": width, "x": x, "y": y}
            panels.append(panel(len(panels) + 1, place, *entry))
            x += width
        y += height
    return panels


def variable(name, label, query):
    return {"name": name, "label": label, "type": "query", "datasource": DATA_SOURCE,
            "query": {"query": query, "refId": name}, "refresh": 2, "includeAll": True,
            "allValue": ".*", "multi": True, "current": {"text": "All", "value": "$__all"}}


def dashboard():
    variables = [
        {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus",
         "current": {}},
        variable("pipeline", "Pipeline", "label_values(millrace_pipeline_info, pipeline)"),
        variable("instance", "Instance",
                 'label_values(millrace_pipeline_info{pipeline=~"$pipeline"}, instance)'),
        variable("job", "Job", 'label_values(millrace_pipeline_info{pipeline=~"$pipeline"}, job)'),
    ]
    restarts = {"name": "Restarts", "datasource": DATA_SOURCE, "enable": True, "iconColor": "red",
                "expr": "changes(" + full("millrace_pipeline_start_time_seconds{SEL}") + "[1m]) > 0",
                "titleFormat": "restart of {{pipeline}}"}
    return {"uid": "millrace", "title": "Millrace", "tags": ["millrace"], "schemaVersion": 39,
            "version": 1, "editable": True, "graphTooltip": 1, "refresh": "10s",
            "time": {"from": "now-30m", "to": "now"}, "timezone": "browser",
            "templating": {"list": variables}, "annotations": {"list": [restarts]},
            "panels": layout(), "links": []}


def text():
    return json.dumps(dashboard(), indent=1) + "\n"


if __name__ == "__main__":
    (pathlib.Path(__file__).parent / "dashboards" / "millrace.json").write_text(text())

#!/bin/bash
# Runs pipeline.toml on a live stream: a broker (librdkafka's own unless --bootstrap names one), a producer whose event
# time runs four minutes per second, and millrace. Ends by itself and checks every final window.
#   run.sh BUILD [--seconds N] [--bootstrap HOST:PORT]
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
build=${1:?run.sh BUILD}
shift
seconds=30
bootstrap=
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds) seconds=${2:?--seconds N} ;;
    --bootstrap) bootstrap=${2:?--bootstrap HOST:PORT} ;;
    *) echo "demo: unknown option $1 (there are --seconds N and --bootstrap HOST:PORT)" >&2; exit 64 ;;
  esac
  shift 2
done
[[ $seconds =~ ^[0-9]+$ && $seconds -ge 10 ]] || { echo "demo: --seconds takes a whole number from 10" >&2; exit 64; }

tool=$build/bin/kafka_tool
partitions=2
# The producer stops early enough for the last windows to close before the end.
closing_seconds=6
# Ten events a second and key are plenty to watch, and leave room in the broker of librdkafka, which keeps about 5 MB
# per partition.
stream=(--pace 400 --seconds $((seconds - closing_seconds)) --per-second 1.6667 --keys 6 --partitions $partitions
  --disorder-ms 60000 --late-share 0.002 --late-by-ms 3600000)

DEMO_FOLDER=$(mktemp -d)
DEMO_EVENTS=millrace-demo-events-$$
DEMO_TOTALS=millrace-demo-totals-$$
children=()
clean_up() {
  [[ ${#children[@]} == 0 ]] || kill "${children[@]}" 2>/dev/null || true
  rm -rf "$DEMO_FOLDER"
}
trap clean_up EXIT

start_broker() {
  exec {address}< <(exec "$tool" mock-broker --topic "$DEMO_EVENTS:$partitions" --topic "$DEMO_TOTALS:1")
  children+=($!)
  read -r bootstrap <&"$address" || { echo "demo: the embedded broker did not start" >&2; exit 1; }
  echo "Broker:    $bootstrap (embedded, in memory)"
}

make_topics() {
  "$tool" create "$DEMO_EVENTS" --partitions "$partitions" --bootstrap "$bootstrap"
  "$tool" create "$DEMO_TOTALS" --bootstrap "$bootstrap"
  echo "Broker:    $bootstrap"
}

# The usual port, or a free one if another process has it.
address_for_metrics() {
  python3 - <<'PYTHON'
import socket
for port in (9464, 0):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print("%s:%d" % probe.getsockname())
        break
PYTHON
}

if [[ -z $bootstrap ]]; then start_broker; else make_topics; fi
DEMO_LISTEN=$(address_for_metrics)
export DEMO_FOLDER DEMO_EVENTS DEMO_TOTALS DEMO_LISTEN KAFKA_BROKERS=$bootstrap

echo "Pipeline:  $here/pipeline.toml"
echo "Events:    topic $DEMO_EVENTS, 400 a second; event time runs four minutes per second"
echo "Updates:   below, as they happen"
echo "Totals:    topic $DEMO_TOTALS, each window once it is final"
echo "Metrics:   http://$DEMO_LISTEN/metrics   health: /livez, /readyz"
echo "Ends:      by itself after $seconds seconds"
echo

"$tool" generate "$DEMO_EVENTS" "${stream[@]}" &
children+=($!)

status=0
# In the foreground, so that Ctrl-C reaches millrace too.
timeout --foreground --preserve-status --signal=TERM "$seconds" "$build/bin/millrace" run "$here/pipeline.toml" || status=$?
[[ $status == 0 ]] || { echo "demo: millrace ended with status $status" >&2; exit "$status"; }

echo
echo "The last final windows (window start, key, events):"
"$tool" consume "$DEMO_TOTALS" | grep -v __flush | python3 -c '
import datetime, json, sys
rows = sorted((json.loads(line) for line in sys.stdin), key=lambda row: (row["ws"], row["key"]))
for row in rows[-12:]:
    start = datetime.datetime.fromtimestamp(row["ws"] / 1000, datetime.timezone.utc)
    print("  %s  %-8s %6d" % (start.strftime("%Y-%m-%d %H:%M"), row["key"], row["n"]))'
echo
echo "Comparing every window with what the producer sent:"
"$tool" verify "$DEMO_TOTALS" "${stream[@]:4}" --events $((400 * (seconds - closing_seconds))) \
  --window-ms 600000 --slide-ms 300000

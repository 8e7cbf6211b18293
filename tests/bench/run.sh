#!/bin/bash
# ./dev bench: the micro-benchmarks, and with --peers DIR the job beside other engines.
#   --peers DIR      a bed with bench.py (engines, event generator, verifier, a Kafka broker)
#   --against LIST   which of its engines, separated by commas (default: limit-rdkafka,spark-hdfs)
#   --events LIST    sizes; two give the cost per event free of the start (default: 2000000,10000000)
set -euo pipefail
root=$(readlink -f "$(dirname "$0")/../..")
peers='' against=limit-rdkafka,spark-hdfs events=2000000,10000000
while [[ $# -gt 0 ]]; do
  case $1 in
    --peers) peers=$(readlink -e "$2") ;;
    --against) against=$2 ;;
    --events) events=$2 ;;
    *) echo "unknown option $1" >&2; exit 64 ;;
  esac
  shift 2
done
"$root/dev" build release
for benchmark in "$root"/build/release/bin/*_bench; do
  echo "== $(basename "$benchmark")"
  "$benchmark" --benchmark_min_time=0.2
done
[[ -n $peers ]] || exit 0
export MILLRACE=$root/build/release/bin/millrace
job="$root/tests/bench/job.sh {brokers} {topic} {out} {window_ms} {watermark_ms} {dir}"
cd "$peers"
python3 bench.py --peers "$against" --peer "millrace=$job" --events "$events"

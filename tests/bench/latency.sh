#!/bin/bash
# Runs a job of the latency bench until it is stopped:
#   latency.sh JOB TRIGGER BROKERS TOPIC_IN TOPIC_OUT READY_FILE WORK_FOLDER
# JOB: latency or latency_count. TRIGGER: the interval of a continuous one ("1 second"), or "default".
# READY_FILE is made once the first epoch is committed: from then on whatever comes is read.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
job=$1 ready=$6
export BROKERS=$3 TOPIC_IN=$4 TOPIC_OUT=$5 WORK=$7
trigger="\"$2\""
[[ $2 =~ ^[0-9] ]] && trigger="{ continuous = $trigger }"
rm -rf "$WORK"
mkdir -p "$WORK"
sed "s/^trigger = .*/trigger = $trigger/" "$here/$job.toml" >"$WORK/job.toml"
exec "${MILLRACE:-millrace}" run "$WORK/job.toml" --json --quiet > >(read -r _ && touch "$ready"; exec cat >/dev/null)

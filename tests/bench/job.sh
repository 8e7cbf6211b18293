#!/bin/bash
# Runs the bench's job once: job.sh BROKERS TOPIC_IN TOPIC_OUT WINDOW_MS WATERMARK_MS WORK_FOLDER
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
export BROKERS=$1 TOPIC_IN=$2 TOPIC_OUT=$3 WINDOW_MS=$4 WATERMARK_MS=$5 WORK=$6
rm -rf "$WORK"
mkdir -p "$WORK"
exec "${MILLRACE:-millrace}" run "$here/${JOB:-count_by_key}.toml" --quiet

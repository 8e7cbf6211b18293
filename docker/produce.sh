#!/bin/bash
# Writes page views to stdout as JSON lines: about RATE per second, COUNT of them (0 = without end).
# Some are a few seconds late, and one in a hundred is not JSON, so that every panel has something
# to show.
set -eu
rate=${RATE:-200}
count=${COUNT:-0}
export TZ=UTC
for ((sent = 1; count == 0 || sent <= count; sent++)); do
  now=$EPOCHSECONDS
  if ((sent % 100 == 0)); then
    echo "this line is not JSON"
  else
    printf '{"key":"page-%d","timestamp":"%(%Y-%m-%dT%H:%M:%S)TZ","value":%d}\n' \
      $((RANDOM % 20)) $((now - RANDOM % 5)) $((RANDOM % 100))
  fi
  if ((sent % rate == 0)); then sleep 1; fi
done

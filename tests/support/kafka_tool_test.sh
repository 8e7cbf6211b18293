#!/bin/bash
# Sends events through the real broker with kafka_tool and reads them back.
set -euo pipefail

KAFKA_BROKERS=$(cat "$MILLRACE_BUILD/kafka/bootstrap")
export KAFKA_BROKERS
tool=$MILLRACE_BUILD/bin/kafka_tool
topic=kafka_tool_test_$$

fail() { echo "FAILED: $*" >&2; exit 1; }
expect() { [[ $2 == "$3" ]] || fail "$1: $2 and not $3"; }

"$tool" create "$topic" --partitions 3
"$tool" create "$topic" 2>/dev/null && fail "a topic was created twice"

"$tool" generate "$topic" --events 5000 --partitions 3 --seed 7
expect "events and one closing event per partition" "$("$tool" consume "$topic" | wc -l)" 5003
expect "the same events as in a file" \
  "$("$tool" consume "$topic" | sort | sha256sum)" \
  "$("$tool" generate --file - --events 5000 --partitions 3 --seed 7 | sort | sha256sum)"

"$tool" add-partitions "$topic" --partitions 4
printf 'blue=sky\n' | "$tool" produce "$topic" --key-separator = --partition 3
expect "the record with its key" \
  "$("$tool" consume "$topic" --meta | grep '"partition":3,"offset":0,' | grep -c '"key":"blue","value":"sky"')" 1

"$tool" delete "$topic"
"$tool" consume "$topic" 2>/dev/null && fail "a deleted topic was read"
echo "kafka_tool: everything came back"

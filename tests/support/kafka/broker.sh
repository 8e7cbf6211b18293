#!/bin/bash
# One real Apache Kafka broker (KRaft, broker and controller in one process) on loopback, for tests.
#
#   broker.sh fetch            fetch the jars with Maven, once
#   broker.sh start DIR        start on free ports with data in DIR; writes DIR/bootstrap (HOST:PORT) and DIR/pid, and
#                              DIR/secure/bootstrap of a listener with TLS and SASL (PLAIN, SCRAM-SHA-512), for the
#                              user `tester` with the password in DIR/secure/password and the authority
#                              DIR/secure/ca.pem
#   broker.sh start DIR PORT   the same on a given port: a restart that clients should find again
#   broker.sh fresh DIR        stop, delete and start: what a test run begins with
#   broker.sh pause|resume DIR stop answering without closing connections, and go on
#   broker.sh kill DIR         end it at once, as a crash does; the data stays
#   broker.sh stop DIR         end it in order and delete DIR
#
# With KAFKA_ADVERTISED_PORT clients are told that port in place of its own: a proxy's.
#
# The jars are kept in build/kafka-jars of the repository, or where KAFKA_JARS says. Once they are there no network
# is needed.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
jars=${KAFKA_JARS:-$here/../../../build/kafka-jars}
readonly here

readonly ready_line='Kafka Server started'
readonly start_seconds=90
readonly stop_seconds=20

die() { echo "broker.sh: $*" >&2; exit 1; }

process_of() { [[ -s $1/pid ]] && kill -0 "$(cat "$1/pid")" 2>/dev/null && cat "$1/pid"; }

# Three free ports below the range from which the system takes the local ends of connections: a port of that
# range may be taken between a crash and the restart that needs the same one.
free_ports() {
  python3 - <<'PYTHON'
import random
import socket
held = []
while len(held) < 3:
    each = socket.socket()
    try:
        each.bind(("127.0.0.1", random.randrange(15000, 32000)))
        held.append(each)
    except OSError:
        each.close()
print(*(each.getsockname()[1] for each in held))
PYTHON
}

fetch() {
  local pom=$here/pom.xml attempt
  if [[ -f $jars/complete ]] && cmp -s "$jars/complete" "$pom"; then return; fi
  command -v mvn >/dev/null || die "Maven is not installed: apt-get install maven"
  rm -rf "$jars"
  mkdir -p "$jars"
  jars=$(readlink -f "$jars")
  for attempt in 1 2 3; do
    if mvn -q -B -Dstyle.color=never -f "$pom" dependency:copy-dependencies -DoutputDirectory="$jars"; then
      cp "$pom" "$jars/complete"
      return
    fi
    echo "broker.sh: Maven could not fetch the jars (attempt $attempt of 3)" >&2
  done
  die "Maven could not fetch Kafka's jars; the lines above say why"
}

# An authority, and what the broker shows of itself; good for the time of a test run.
make_certificates() {
  local secure=$1/secure
  [[ ! -s $secure/broker.pem ]] || return 0
  mkdir -p "$secure"
  (
    umask 077
    cd "$secure"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=Tests' authority" \
      -keyout ca.key -out ca.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=127.0.0.1" -keyout broker.key -out broker.csr
    openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 7 \
      -extfile <(echo "subjectAltName=IP:127.0.0.1,DNS:localhost") -out broker.crt
    cat broker.key broker.crt ca.pem >broker.pem
    echo "pw-$(head -c 9 /dev/urandom | base64 | tr '+/' 'ab')" >password
  ) 2>"$secure/log" || { cat "$secure/log" >&2; die "could not make certificates"; }
}

write_configuration() {
  local dir=$1 port=$2 controller_port=$3 secure_port=$4
  cat >"$dir/server.properties" <<EOF2
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller_port
listeners=PLAINTEXT://127.0.0.1:$port,SECURE://127.0.0.1:$secure_port,CONTROLLER://127.0.0.1:$controller_port
advertised.listeners=PLAINTEXT://127.0.0.1:${KAFKA_ADVERTISED_PORT:-$port},SECURE://127.0.0.1:$secure_port
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location=$dir/secure/broker.pem
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
  user_tester="$(cat "$dir/secure/password")";
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs=$dir/data
num.network.threads=2
num.io.threads=2
num.partitions=2
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
log.cleaner.dedupe.buffer.size=8388608
# A broker that comes back after a crash is let in when its former session has ended.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
EOF2
  cat >"$dir/log4j2.properties" <<EOF2
status=error
appender.file.type=File
appender.file.name=FILE
appender.file.fileName=$dir/server.log
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=[%d] %p %m (%c)%n%throwable
rootLogger.level=WARN
rootLogger.appenderRef.file.ref=FILE
logger.ready.name=kafka.server.KafkaRaftServer
logger.ready.level=INFO
EOF2
}

# Becomes a small, quickly started JVM: what costs here is the start, not the steady state. To be called in a
# subshell, so that the process id of that subshell is the JVM's.
become_java() {
  local dir=$1 heap=$2
  shift 2
  exec java "-Xmx$heap" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true \
    "-Dlog4j2.configurationFile=$dir/log4j2.properties" -cp "$jars/*" "$@"
}

format_storage() {
  local dir=$1 cluster_id
  # A cluster id is sixteen bytes in url-safe base64; a leading dash would read as an option.
  cluster_id=m$(head -c 15 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')AA
  (become_java "$dir" 128m kafka.tools.StorageTool format -t "${cluster_id:0:22}" \
    -c "$dir/server.properties" --add-scram "SCRAM-SHA-512=[name=tester,password=$(cat "$dir/secure/password")]") \
    >"$dir/format.log" 2>&1 || { cat "$dir/format.log" >&2; die "could not format $dir/data"; }
}

# Blocks on the log itself rather than asking again and again.
wait_until_ready() {
  local dir=$1 pid=$2
  timeout "$start_seconds" grep -q -m1 "$ready_line" <(exec tail -n +1 -F --pid="$pid" "$dir/server.log" 2>/dev/null) && return
  tail -n 20 "$dir/stdout.log" "$dir/server.log" >&2 || true
  return 1
}

start() {
  local dir=$1 wanted_port=${2:-} port controller_port secure_port pid attempt
  mkdir -p "$dir"
  dir=$(readlink -f "$dir")
  [[ -f $jars/complete ]] || die "no jars in $jars: run '$0 fetch' first"
  if pid=$(process_of "$dir"); then die "already running in $dir: process $pid"; fi
  make_certificates "$dir"
  # Between the look for a free port and its use another process may take it, so a failed start is tried again.
  for attempt in 1 2 3; do
    read -r port controller_port secure_port < <(free_ports)
    port=${wanted_port:-$port}
    rm -f "$dir/server.log"
    touch "$dir/server.log"
    if [[ -f $dir/controller_port ]]; then controller_port=$(cat "$dir/controller_port"); fi
    write_configuration "$dir" "$port" "$controller_port" "$secure_port"
    if [[ ! -s $dir/data/meta.properties ]]; then format_storage "$dir"; fi
    become_java "$dir" 768m kafka.Kafka "$dir/server.properties" >"$dir/stdout.log" 2>&1 </dev/null &
    pid=$!
    disown
    echo "$pid" >"$dir/pid"
    if wait_until_ready "$dir" "$pid"; then
      echo "$controller_port" >"$dir/controller_port"
      echo "127.0.0.1:$port" >"$dir/bootstrap"
      echo "127.0.0.1:$secure_port" >"$dir/secure/bootstrap"
      echo "broker.sh: Kafka answers at 127.0.0.1:$port (process $pid)"
      return
    fi
    kill -KILL "$pid" 2>/dev/null || true
    [[ -f $dir/bootstrap ]] || rm -rf "$dir/data"
    echo "broker.sh: the broker did not start (attempt $attempt of 3)" >&2
  done
  die "the broker did not start; its log is $dir/server.log"
}

end_with() {
  local dir=$1 signal=$2 pid
  pid=$(process_of "$dir") || return 0
  kill -CONT "$pid"
  kill "-$signal" "$pid"
  timeout "$stop_seconds" tail -f --pid="$pid" /dev/null || kill -KILL "$pid"
  rm -f "$dir/pid"
}

case $#:${1:-} in
  1:fetch) fetch ;;
  [23]:start) start "$2" "${3:-}" ;;
  2:fresh)
    fetch
    end_with "$2" TERM
    rm -rf "$2"
    start "$2"
    ;;
  2:pause) kill -STOP "$(process_of "$2" || die "not running in $2")" ;;
  2:resume) kill -CONT "$(process_of "$2" || die "not running in $2")" ;;
  2:kill) end_with "$2" KILL ;;
  2:stop) end_with "$2" TERM && rm -rf "$2" ;;
  *)
    sed -n '2,19s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac

#!/bin/bash
# One real PostgreSQL 15 server on loopback, for tests.
#
#   server.sh start DIR   start on a free port; writes DIR/dsn (a user with a password) and DIR/admin (a superuser, by
#                         the server's socket). A second start, after kill, finds the data and the port again
#   server.sh fresh DIR   stop, delete and start: what a test run begins with
#   server.sh kill DIR    end it without a checkpoint, as a crash does; the data stays
#   server.sh stop DIR    end it and delete DIR
#
# The server refuses to run as root. It then runs as the user `postgres`, who may not enter every folder: so its data is in a
# folder of its own below /tmp, which DIR/place names.
set -euo pipefail

programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
readonly programs
readonly start_seconds=60

die() { echo "server.sh: $*" >&2; exit 1; }

as_server() {
  if [[ $(id -u) == 0 ]]; then
    (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups "$@")
  else
    (cd / && exec "$@")
  fi
}

# Below the range from which the system takes the local ends of connections, so that it is still free at a restart.
free_port() {
  python3 - <<'PYTHON'
import random
import socket
while True:
    with socket.socket() as each:
        try:
            each.bind(("127.0.0.1", random.randrange(15000, 32000)))
        except OSError:
            continue
        print(each.getsockname()[1])
        break
PYTHON
}

# Without flushes: what a test must survive is the end of a process, not of the machine.
start_server() {
  local place=$1 port=$2
  as_server "$programs/pg_ctl" start -D "$place/data" -l "$place/log" -s -w -t "$start_seconds" \
    -o "-c listen_addresses=127.0.0.1 -p $port -k $place -c fsync=off -c full_page_writes=off -c shared_buffers=32MB \
        -c max_connections=50 -c max_wal_size=256MB -c autovacuum_naptime=1h" >/dev/null
}

prepare() {
  local place=$1 password=$2
  (umask 077 && printf '%s\n' "$password" >"$place/password")
  if [[ $(id -u) == 0 ]]; then chown -R postgres "$place"; fi
  as_server "$programs/initdb" -D "$place/data" -U admin -E UTF8 --locale=C.UTF-8 --auth-local=trust \
    --auth-host=scram-sha-256 --pwfile="$place/password" --no-sync --no-instructions >"$place/initdb.log" 2>&1 ||
    { cat "$place/initdb.log" >&2; die "initdb failed"; }
}

start() {
  local dir=$1 place port password attempt
  [[ -x $programs/initdb ]] || die "PostgreSQL is not installed: apt-get install postgresql-15"
  mkdir -p "$dir"
  if [[ -s $dir/place ]]; then
    place=$(cat "$dir/place")
    start_server "$place" "$(cat "$dir/port")" || { tail -n 20 "$place/log" >&2; die "the server did not start again"; }
    return
  fi
  place=$(mktemp -d /tmp/millrace-postgres-XXXXXX)
  chmod 755 "$place"
  echo "$place" >"$dir/place"
  password=pw-$(head -c 9 /dev/urandom | base64 | tr '+/' 'ab')
  prepare "$place" "$password"
  # Between the look for a free port and its use another process may take it.
  for attempt in 1 2 3; do
    port=$(free_port)
    if start_server "$place" "$port"; then break; fi
    [[ $attempt != 3 ]] || { tail -n 20 "$place/log" >&2; die "the server did not start"; }
  done
  echo "$port" >"$dir/port"
  echo "host=$place port=$port user=admin dbname=millrace" >"$dir/admin"
  psql -q "host=$place port=$port user=admin dbname=postgres" -v ON_ERROR_STOP=1 \
    -c "CREATE ROLE millrace LOGIN PASSWORD '$password'" -c "CREATE DATABASE millrace OWNER millrace"
  (umask 077 && echo "host=127.0.0.1 port=$port user=millrace password=$password dbname=millrace" >"$dir/dsn")
  echo "server.sh: PostgreSQL answers at 127.0.0.1:$port"
}

end_with() {
  local dir=$1 mode=$2 place
  [[ -s $dir/place ]] || return 0
  place=$(cat "$dir/place")
  as_server "$programs/pg_ctl" stop -D "$place/data" -s -m "$mode" >/dev/null 2>&1 || true
}

remove() {
  local dir=$1
  end_with "$dir" immediate
  if [[ -s $dir/place ]]; then rm -rf "$(cat "$dir/place")"; fi
  rm -rf "$dir"
}

case $#:${1:-} in
  2:start) start "$2" ;;
  2:fresh)
    remove "$2"
    start "$2"
    ;;
  2:kill) end_with "$2" immediate ;;
  2:stop) remove "$2" ;;
  *)
    sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac

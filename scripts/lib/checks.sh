# What the scripts that test the built distribution share: checks with a count, gateways on free ports, curl calls.
# Sourced after common.sh, never run. Everything runs on loopback in a folder of its own, which is $work.
# shellcheck shell=bash

work="$(mktemp -d)"
export QUANTGATE_HOME="$work/home" QUANTGATE_SKIP_SETUP=1
unset QUANTGATE_ENDPOINT QUANTGATE_API_KEY
quantgate="$ROOT/scripts/quantgate"
passed=0
failed=0
skipped=0
started=()

stop_all() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null; done
  rm -rf "$work"
}
trap stop_all EXIT

# Runs a command for at most ten minutes; functions of this script (curl calls) bound themselves.
bounded() {
  if [ "$(type -t "$1")" = function ]; then "$@"; else timeout 600 "$@"; fi
}

# check NAME PATTERN COMMAND...: the command must succeed and its output must match the extended regular expression.
check() {
  local name="$1" pattern="$2" output status
  shift 2
  output="$(bounded "$@" 2>"$work/stderr")"
  status=$?
  if [ $status -eq 0 ] && grep -qE -- "$pattern" <<<"$output"; then
    passed=$((passed + 1))
    printf 'ok    %s\n' "$name"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s (exit %d; expected /%s/)\n%s\n%s\n' "$name" $status "$pattern" "$output" "$(tail -n 20 "$work/stderr")"
  fi
}

# check_exit NAME CODE PATTERN COMMAND...: the command must end with that code and say the pattern on standard error.
check_exit() {
  local name="$1" code="$2" pattern="$3" status
  shift 3
  timeout 300 "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
  status=$?
  if [ $status -eq "$code" ] && grep -qE -- "$pattern" "$work/stderr"; then
    passed=$((passed + 1))
    printf 'ok    %s\n' "$name"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s (exit %d, expected %d; expected /%s/)\n%s\n' "$name" $status "$code" "$pattern" "$(tail -n 20 "$work/stderr")"
  fi
}

skip() {
  skipped=$((skipped + 1))
  printf 'SKIP  %s: %s\n' "$1" "$2"
}

# start_gateway NAME FLAG...: starts one on a free port and sets $endpoint and $gateway (its pid).
start_gateway() {
  local name="$1"
  shift
  rm -f "$work/$name.port"
  "$quantgate" serve --port 0 --port-file "$work/$name.port" "$@" >"$work/$name.log" 2>&1 &
  gateway=$!
  started+=("$gateway")
  for _ in $(seq 600); do
    [ -s "$work/$name.port" ] && break
    kill -0 "$gateway" 2>/dev/null || break
    sleep 0.1
  done
  [ -s "$work/$name.port" ] || { cat "$work/$name.log"; die "gateway $name did not start"; }
  endpoint="127.0.0.1:$(cat "$work/$name.port")"
}

# Prints a port that is free now.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# await_model NAME: waits until the gateway at $endpoint lists it.
await_model() {
  for _ in $(seq 100); do
    "$quantgate" models ls --endpoint "$endpoint" 2>/dev/null | grep -q "$1" && return 0
    sleep 0.3
  done
  return 1
}

post() { curl -sS --max-time 300 -X POST "http://$endpoint$1" -H 'content-type: application/json; charset=utf-8' -d "$2" -w '\n%{http_code}\n'; }
get() { curl -sS --max-time 60 "http://$endpoint$1" -w '\n%{http_code}\n'; }

# Prints the counts; succeeds if nothing failed.
finish() {
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}

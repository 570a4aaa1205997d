# Shared by the scripts of this folder: sourced, never run. Needs bash and coreutils only.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
CACHE="${QUANTGATE_CACHE:-$HOME/.cache/quantgate}"
DIST="$ROOT/gateway/target/dist"

say() { printf '%s\n' "quantgate: $*" >&2; }
die() {
  printf '%s\n' "quantgate: $*" >&2
  exit 1
}

# need COMMAND PURPOSE PACKAGE: ends with what to install when COMMAND is missing.
need() {
  command -v "$1" >/dev/null 2>&1 || die "'$1' is missing: it is needed to $2. Install $3 (Debian, Ubuntu: apt-get install $3) and run this again."
}

# Prints the java executable to use.
java_command() {
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    printf '%s\n' "$JAVA_HOME/bin/java"
  else
    command -v java || die "'java' is missing: Quantgate runs on Java 17 or newer. Install openjdk-17-jdk, or set JAVA_HOME."
  fi
}

# java_major JAVA: prints its feature version, from the release file where there is one because that costs no JVM start.
java_major() {
  local home release
  home="$(dirname "$(dirname "$(readlink -f "$1")")")"
  if [ -r "$home/release" ]; then
    release="$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")"
  else
    release="$("$1" -XshowSettings:properties -version 2>&1 | sed -n 's/.*java.specification.version = \([0-9]*\).*/\1/p')"
  fi
  printf '%s\n' "$release"
}

# verify_sha256 FILE SUM: true if FILE has that SHA-256.
verify_sha256() { [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

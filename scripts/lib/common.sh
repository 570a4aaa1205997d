# Shared by the scripts of this folder: sourced, never run. Needs bash and coreutils only. Each command that it starts
# delays every start of quantgate by a millisecond or two, so it does with bash itself what bash can do.
# shellcheck shell=bash

ROOT="${BASH_SOURCE[0]}"
[[ "$ROOT" = */* ]] || ROOT="./$ROOT"
case "${ROOT%/*}" in
  /*/scripts/lib) ROOT="${ROOT%/scripts/lib/*}" ;;
  *) ROOT="$(cd "${ROOT%/*}/../.." && pwd)" ;;
esac
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

# True if the distribution was built and no source has changed since.
is_built() {
  [ -f "$DIST/.built" ] && [ -z "$(cd "$ROOT" && exec find pom.xml proto native-bindings workers gateway config scripts/setup \
    -path '*/target' -prune -o -path '*/src/test' -prune -o -type f -newer "$DIST/.built" -print -quit)" ]
}

# Sets JAVA to the java executable to use, and JAVA_MAJOR to its feature version.
find_java() {
  JAVA="${JAVA_HOME:-}/bin/java"
  if [ -z "${JAVA_HOME:-}" ] || [ ! -x "$JAVA" ]; then
    JAVA="$(type -P java)" || die "'java' is missing: Quantgate runs on Java 17 or newer. Install openjdk-17-jdk, or set JAVA_HOME."
  fi
  JAVA="$(readlink -f "$JAVA")"
  read_major "$JAVA"
}

# java_major JAVA: prints its feature version.
java_major() {
  read_major "$(readlink -f "$1")"
  printf '%s\n' "$JAVA_MAJOR"
}

# Sets JAVA_MAJOR, from the release file where there is one because that costs no JVM start.
read_major() {
  local line
  JAVA_MAJOR=""
  if [ -r "${1%/bin/java}/release" ]; then
    while read -r line; do
      if [[ "$line" =~ ^JAVA_VERSION=\"([0-9]+) ]]; then JAVA_MAJOR="${BASH_REMATCH[1]}"; fi
    done <"${1%/bin/java}/release"
  else
    JAVA_MAJOR="$("$1" -XshowSettings:properties -version 2>&1 | sed -n 's/.*java.specification.version = \([0-9]*\).*/\1/p')"
  fi
}

# verify_sha256 FILE SUM: true if FILE has that SHA-256.
verify_sha256() { [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

#!/bin/bash
# Builds nuncio, starts two demo backends, and serves examples/quickstart with a real Envoy until Ctrl-C.
# usage: run.sh [--envoy-path FILE] [OPTION OF nuncio run...]
# Envoy: --envoy-path, else $ENVOY_PATH, else an `envoy` on PATH, else the one that the build fetched.
set -euo pipefail
cd "$(dirname "$0")/.."
quickstart=examples/quickstart

envoy=${ENVOY_PATH:-$(command -v envoy || echo build/release/envoy)}
if [ "${1:-}" = --envoy-path ]; then envoy=$2; shift 2; fi

tools/install.sh build
tools/build.sh release nuncio

processes=()
# Every process dies with this shell, even when it is killed.
start() { setpriv --pdeathsig TERM "$@" & processes+=($!); }
finish() {
  trap - EXIT
  trap '' INT TERM
  [ ${#processes[@]} = 0 ] && return
  kill -TERM "${processes[-1]}" 2>/dev/null || true  # nuncio drains; the backends answer what is in flight
  wait "${processes[-1]}" 2>/dev/null || true
  kill -TERM "${processes[@]}" 2>/dev/null || true
  wait
}
trap finish EXIT
trap 'exit 0' INT TERM

start /usr/bin/python3 $quickstart/backend.py hello 9001
start /usr/bin/python3 $quickstart/backend.py quote 9002
for port in 9001 9002; do
  for _ in {1..100}; do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep 0.05; done
done
kill -0 "${processes[@]}" 2>/dev/null || exit 1  # a port was taken; the backend said so

start build/release/nuncio run --manifests $quickstart/manifests --envoy-path "$envoy" "$@"
cat <<TEXT

nuncio serves $quickstart/manifests with $envoy:

  http://localhost:8080/hello/                        curl localhost:8080/hello/
  http://localhost:8080/quote/                        curl -i localhost:8080/quote/
  http://localhost:8080/shop/     (a canary of 20 %)  for i in 1 2 3 4 5; do curl localhost:8080/shop/; done
  http://localhost:8877/metrics   (its own numbers)   curl localhost:8877/ambassador/v0/check_ready

Edit $quickstart/manifests/routes.yaml (say, "service: hello" of the first Mapping to "service: quote"), save,
and ask again: no restart. Ctrl-C ends everything.

TEXT
wait -n "${processes[@]}" || { echo "one of the processes ended; ending the others" >&2; exit 1; }

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
nuncio=
interrupted=
# Every process dies with this shell, even when it is killed.
start() { setpriv --pdeathsig TERM "$@" & processes+=($!); }
stop_nuncio() { kill -TERM "$nuncio" 2>/dev/null || true; }
# First nuncio, which drains; the backends answer what is in flight until then.
finish() {
  trap - EXIT
  trap '' INT  # a second Ctrl-C is nuncio's alone
  trap stop_nuncio TERM
  if [ -n "$nuncio" ]; then
    # The terminal sends Ctrl-C to everything in its foreground, nuncio too: to pass it on would be to say it twice.
    [ -n "$interrupted" ] || stop_nuncio
    # A wait ends early when a signal comes.
    while kill -0 "$nuncio" 2>/dev/null; do wait "$nuncio" 2>/dev/null || true; done
  fi
  trap '' TERM
  [ ${#processes[@]} = 0 ] || kill -TERM "${processes[@]}" 2>/dev/null || true
  wait
}
trap finish EXIT
trap 'trap "" INT; interrupted=yes; exit 0' INT
trap 'exit 0' TERM

start /usr/bin/python3 $quickstart/backend.py hello 9001
start /usr/bin/python3 $quickstart/backend.py quote 9002
for port in 9001 9002; do
  for _ in {1..100}; do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep 0.05; done
done
kill -0 "${processes[@]}" 2>/dev/null || exit 1  # a port was taken; the backend said so

start build/release/nuncio run --manifests $quickstart/manifests --envoy-path "$envoy" "$@"
nuncio=${processes[-1]}
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

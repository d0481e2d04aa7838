#!/bin/bash
# Builds the release and measures it: tests/bench/bench.py with the arguments given, what one bad object costs others, and
# nuncio on a real API server. Bounded in time (about 15 minutes, the first time twice that); sends traffic to loopback, and
# within a network namespace of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/install.sh build
tools/build.sh release nuncio
/usr/bin/python3 tests/bench/bench.py "$@"
echo
/usr/bin/python3 tests/bench/freeze.py
echo
if [ "$(id -u)" = 0 ]; then
  /usr/bin/python3 tests/bench/kubernetes.py
else
  echo "left out: tests/bench/kubernetes.py needs root, for a network namespace"
fi

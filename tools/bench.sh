#!/bin/bash
# Builds the release and measures it: tests/bench/bench.py with the arguments given, then what one bad object costs others.
# Bounded in time (about 10 minutes); sends traffic to loopback only.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/install.sh build
tools/build.sh release nuncio
/usr/bin/python3 tests/bench/bench.py "$@"
echo
/usr/bin/python3 tests/bench/freeze.py

#!/bin/bash
# Configures a preset when it is new, and builds it. usage: build.sh PRESET [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1; shift
if [ ! -e "build/$preset/build.ninja" ]; then
  mkdir -p build
  cmake --preset "$preset" >"build/$preset.log" || { cat "build/$preset.log" >&2; exit 1; }
fi
cmake --build "build/$preset" -j"${JOBS:-$(nproc)}" ${*:+--target "$@"}

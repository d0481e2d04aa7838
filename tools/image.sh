#!/bin/bash
# Makes the container image of deploy/image/Dockerfile from this machine's build, without a container daemon.
# usage: image.sh [--preset NAME] [--name NAME:TAG] OUT      OUT: an archive for `docker load`, `ctr images import` and the
#        like (.tar or .tar.gz), or a folder that gets the file system alone. NAME:TAG: nuncio and the version
set -euo pipefail
cd "$(dirname "$0")/.."
preset=release
name=nuncio:$(sed -n 's/.*kVersion = "\(.*\)";/\1/p' nuncio/base/version.h)
while [ $# -gt 1 ]; do
  case $1 in
    --preset) preset=$2 ;;
    --name) name=$2 ;;
    *) echo "usage: $0 [--preset NAME] [--name NAME:TAG] OUT" >&2; exit 2 ;;
  esac
  shift 2
done
[ $# -eq 1 ] || { echo "usage: $0 [--preset NAME] [--name NAME:TAG] OUT" >&2; exit 2; }

tools/build.sh "$preset" nuncio >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Symbols stay, for stack traces; line numbers would be most of the image.
objcopy --strip-debug "build/$preset/nuncio" "$work/nuncio"
/usr/bin/python3 tools/image.py --like deploy/image/Dockerfile "$name" "$1" \
  /usr/local/bin/nuncio="$work/nuncio" /usr/local/bin/envoy="$(realpath "build/$preset/envoy")" \
  /etc/ssl/certs/ca-certificates.crt=/etc/ssl/certs/ca-certificates.crt \
  /usr/share/doc/nuncio/LICENSE=LICENSE

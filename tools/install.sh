#!/bin/bash
# Installs what building, running and testing nuncio needs on Debian 12, and says what it installs. Does nothing when all
# of it is there. usage: install.sh [build] [test] [cluster] [fmt]      (default: build)
set -euo pipefail

build=(g++ cmake ninja-build ccache mold pkg-config python3 python3-pip python3-venv python3-protobuf ca-certificates
       libprotobuf-dev protobuf-compiler protobuf-compiler-grpc libgrpc++-dev libc-ares-dev libabsl-dev libre2-dev
       libssl-dev nlohmann-json3-dev libyaml-cpp-dev libspdlog-dev libfmt-dev libcli11-dev libxxhash-dev
       prometheus-cpp-dev libcpp-httplib-dev libcurl4-openssl-dev libsimdjson-dev
       libgtest-dev libgmock-dev)
test=(python3-pytest python3-yaml python3-h2 python3-cryptography openssl procps)
# A Kubernetes in namespaces of this machine, for the ring of tests of that name.
cluster=(containerd runc containernetworking-plugins iproute2 nftables util-linux curl python3-venv gcc libc6-dev)
fmt=(clang-format)

wanted=()
for set in "${@:-build}"; do
  case $set in
    build) wanted+=("${build[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    cluster) wanted+=("${cluster[@]}") ;;
    fmt) wanted+=("${fmt[@]}") ;;
    *) echo "usage: $0 [build] [test] [cluster] [fmt]" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing from Debian: ${missing[*]}"
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

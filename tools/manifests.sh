#!/bin/bash
# Renders deploy/manifests from the charts, for those who install without helm. usage: manifests.sh [FOLDER]
# Helm: the one of the cluster's cache, else the one on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-deploy/manifests}
. tests/cluster/versions.sh
helm=${NUNCIO_CACHE:-$HOME/.cache/nuncio}/kubernetes/$KUBERNETES/helm
[ -x "$helm" ] || helm=helm
mkdir -p "$out"
render() {
  local file=$1; shift
  { echo "# Rendered by tools/manifests.sh from deploy/chart; change the charts."; "$helm" template "$@"; } >"$out/$file"
}
render nuncio-crds.yaml nuncio-crds deploy/chart/nuncio-crds --namespace nuncio
render nuncio.yaml nuncio deploy/chart/nuncio --namespace nuncio --set createNamespace=true,createDefaultListeners=true

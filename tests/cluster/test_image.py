"""The image that tools/image.sh makes, in a pod that may do nothing, and the files that describe it."""
import json
import pathlib
import re
import subprocess
import sys
import tarfile

import pytest
import yaml

from cluster import image, until, until_equal

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Keeps a Pod that has ended, so that its end can be looked at.
KEPT = "cluster.test/kept"
LISTENER = """
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http, namespace: default}
spec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: moved, namespace: default}
spec: {hostname: "*", prefix: /, service: example.com, host_redirect: true}
"""


def test_the_archive_is_what_the_dockerfile_says(nuncio_archive):
    with tarfile.open(nuncio_archive) as archive:
        [manifest] = json.load(archive.extractfile("manifest.json"))
        config = json.load(archive.extractfile(manifest["Config"]))["config"]
        with tarfile.open(fileobj=archive.extractfile(manifest["Layers"][0])) as layer:
            names, modes = set(layer.getnames()), {member.mode & 0o6000 for member in layer if member.name != "tmp"}
    assert config["Entrypoint"] == ["/usr/local/bin/nuncio"] and config["Cmd"] == ["run"] and config["User"] == "8888:8888"
    assert config["Env"] == ["PATH=/usr/local/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"]
    assert {"usr/local/bin/nuncio", "usr/local/bin/envoy", "etc/ssl/certs/ca-certificates.crt"} <= names
    assert modes == {0}, "setuid or setgid"
    assert not [name for name in names if name.endswith(("/sh", "/bash"))]


def test_the_same_files_give_the_same_bytes(tmp_path):
    (tmp_path / "file").write_text("x")
    for name in ("a.tar.gz", "b.tar.gz"):
        image.write_archive("x:1", tmp_path / name, {"/file": tmp_path / "file"}, {})
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_a_library_that_is_missing_is_told(tmp_path):
    (tmp_path / "library.c").write_text("int library(void) { return 0; }")
    (tmp_path / "program.c").write_text("int library(void); int main(void) { return library(); }")
    subprocess.run(["cc", "-shared", "-o", "libgone.so", "library.c"], cwd=tmp_path, check=True)
    subprocess.run(["cc", "-o", "program", "program.c", "-L.", "-lgone"], cwd=tmp_path, check=True)
    (tmp_path / "libgone.so").unlink()
    done = subprocess.run([sys.executable, ROOT / "tools/image.py", "x:1", tmp_path / "x.tar", f"/program={tmp_path}/program"],
                          capture_output=True, text=True)
    assert done.returncode != 0 and "libgone.so => not found" in done.stderr


def test_versions_agree():
    version = re.search(r'kVersion = "(.*)"', (ROOT / "nuncio/base/version.h").read_text()).group(1)
    for chart in ("nuncio", "nuncio-crds"):
        assert yaml.safe_load((ROOT / "deploy/chart" / chart / "Chart.yaml").read_text())["appVersion"] == version
    assert f"nuncio:{version}" in (ROOT / "deploy/image/Dockerfile").read_text()


@pytest.fixture(scope="module")
def pod(cluster, namespace, nuncio_image):
    """A pod that serves a ConfigMap, with the chart's security context."""
    chart = yaml.safe_load((ROOT / "deploy/chart/nuncio/values.yaml").read_text())
    cluster.kubectl("create", "configmap", "manifests", "-n", namespace, "--from-literal", f"edge.yaml={LISTENER}")
    cluster.apply(json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "nuncio", "finalizers": [KEPT]}, "spec": {
        "securityContext": chart["security"]["podSecurityContext"], "automountServiceAccountToken": False,
        "containers": [{"name": "nuncio", "image": nuncio_image, "args": ["run", "--manifests", "/manifests", "--drain-time", "1s"],
                        "securityContext": chart["security"]["containerSecurityContext"],
                        "readinessProbe": {"httpGet": {"path": "/ambassador/v0/check_ready", "port": 8877}, "periodSeconds": 1},
                        "volumeMounts": [{"name": "manifests", "mountPath": "/manifests"}, {"name": "tmp", "mountPath": "/tmp"}]}],
        "volumes": [{"name": "manifests", "configMap": {"name": "manifests"}}, {"name": "tmp", "emptyDir": {}}]}}), "-n", namespace)
    cluster.kubectl("wait", "pod/nuncio", "-n", namespace, "--for=condition=Ready", "--timeout=300s")
    yield cluster.get("pod", "nuncio", "-n", namespace)["status"]["podIP"]
    cluster.kubectl("patch", "pod", "nuncio", "-n", namespace, "--type=merge", "-p", json.dumps({"metadata": {"finalizers": None}}))
    cluster.kubectl("delete", "pod", "nuncio", "-n", namespace, "--ignore-not-found")


def test_it_serves_as_nobody_from_a_file_system_that_cannot_be_written(cluster, namespace, pod):
    until_equal("Envoy's answer", lambda: cluster.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", f"http://{pod}:8080/x"),
                "301 http://example.com/x")


def test_sigterm_ends_it_with_success(cluster, namespace, pod):
    cluster.kubectl("delete", "pod", "nuncio", "-n", namespace, "--wait=false")

    def ended():
        [container] = cluster.get("pod", "nuncio", "-n", namespace)["status"]["containerStatuses"]
        return container["state"].get("terminated")
    end = until("its end", ended)
    assert end["exitCode"] == 0, f"it was killed, or failed: {end}"

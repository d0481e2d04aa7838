"""The conversion webhook as its chart installs it: objects of old versions with kubectl, and what its absence costs. Comes last, as it changes the definitions of the whole cluster."""
import base64
import json

import pytest

import generate
from cluster import Failure, until, until_equal
from installation import ROOT, Load
from objects import listing, mapping

CHART = ROOT / "deploy/chart/nuncio-crds"
OLD, NEW = "mappings.v2.getambassador.io", "mappings.v3alpha1.getambassador.io"
CONVERTED = sorted(f"{kind.plural}.{generate.GROUP}" for kind in generate.KINDS if kind.v2 is not None)
NAME = "nuncio-apiext"


def old(name, version="v2", **spec):
    return {"apiVersion": f"getambassador.io/{version}", "kind": "Mapping", "metadata": {"name": name}, "spec": spec}


def webhook_of(cluster, name):
    return cluster.get("crd", name)["spec"]["conversion"]["webhook"]["clientConfig"]


@pytest.fixture(scope="module")
def apiext(cluster, crds, nuncio_image, namespace):
    """The chart with the old versions, in a namespace of its own, which is returned."""
    repository, _, tag = nuncio_image.rpartition(":")
    values = {"enableLegacyVersions": True, "enableV1": True, "apiext": {"replicaCount": 2, "image": {"repository": repository, "tag": tag}}}
    cluster.run("helm", "upgrade", "--install", "nuncio-crds", CHART, "--take-ownership", "--namespace", namespace,
                "--values", "-", "--wait", "--timeout", "300s", stdin=json.dumps(values))
    # Until the API server asks it, by way of its Service.
    cluster.apply(listing(mapping("asked", "/asked/", "nobody", hostname="asked.example.com", ambassador_id=["nobody"])), "-n", namespace)
    until_equal("the host, as the webhook converts it", lambda: cluster.get(OLD, "asked", "-n", namespace)["spec"].get("host"), "asked.example.com")
    yield namespace
    cluster.kubectl("delete", NEW, "asked", "-n", namespace)
    cluster.run("helm", "uninstall", "nuncio-crds", "--namespace", namespace)
    for name in CONVERTED:
        cluster.kubectl("patch", "crd", name, "--type=merge", "-p", json.dumps({"spec": {"conversion": {"strategy": "None", "webhook": None}}}))


def pods(cluster, namespace):
    found = cluster.get("pods", "-n", namespace, "-l", f"app.kubernetes.io/name={NAME}")
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def probe(cluster, pod, path):
    return cluster.run("curl", "-sS", "-o", "/dev/null", "--max-time", "30", "-w", "%{http_code}", f"http://{pod['status']['podIP']}:8080/probes/{path}")


def test_every_definition_names_its_authority(cluster, apiext):
    secret = cluster.get("secret", "emissary-ingress-webhook-ca", "-n", apiext)
    authority = base64.b64decode(secret["data"]["tls.crt"]).decode()
    for name in CONVERTED:
        client = webhook_of(cluster, name)
        assert client["service"] == {"name": NAME, "namespace": apiext, "port": 443, "path": "/webhooks/crd-convert"}, name
        assert authority.strip() in base64.b64decode(client["caBundle"]).decode(), name
    assert cluster.get("crd", "listeners.getambassador.io")["spec"]["conversion"] == {"strategy": "None"}, "it has one version"


def test_its_probes_answer_in_every_replica(cluster, apiext):
    replicas = pods(cluster, apiext)
    assert len(replicas) == 2, [pod["metadata"]["name"] for pod in replicas]
    for pod in replicas:
        assert (probe(cluster, pod, "live"), probe(cluster, pod, "ready")) == ("200", "200")
        [container] = pod["status"]["containerStatuses"]
        assert container["restartCount"] == 0, container["lastState"]


def test_old_versions_with_kubectl(cluster, apiext, quickstart):
    """Written in one version, read in another, and served."""
    cluster.apply(listing(old("old", prefix="/old/", service="hello", host="www.example.com"), old("older", "v1", prefix="/older/", service="quote"),
                          mapping("new", "/new/", "quote", hostname="www.example.com")), "-n", "default")
    for path, backend in (("/old/", "hello"), ("/older/", "quote"), ("/new/", "quote")):
        quickstart.everywhere(path, backend)
    assert cluster.get(NEW, "old", "-n", "default")["spec"] == {"prefix": "/old/", "service": "hello", "hostname": "www.example.com"}
    assert cluster.get(NEW, "older", "-n", "default")["spec"]["hostname"] == "*"
    assert cluster.get(OLD, "new", "-n", "default")["spec"]["host"] == "www.example.com"
    names = {each["metadata"]["name"] for each in cluster.get(OLD, "-n", "default")}
    assert {"old", "older", "new", "hello", "shop"} <= names
    # What kubectl prints of an old version tells as much as of the new one.
    row = until("its status", lambda: (row := cluster.kubectl("get", OLD, "old", "-n", "default").splitlines()[1].split())[-1] == "Running" and row)
    assert row[:4] == ["old", "www.example.com", "/old/", "hello"]
    # Applied again in its own version, changed.
    cluster.apply(listing(old("old", prefix="/old/", service="quote", host="www.example.com")), "-n", "default")
    quickstart.everywhere("/old/", "quote")
    cluster.kubectl("delete", OLD, "old", "older", "new", "-n", "default")


def test_a_replica_may_go(cluster, apiext):
    gone, *_ = pods(cluster, apiext)
    cluster.kubectl("delete", "pod", gone["metadata"]["name"], "-n", apiext, "--wait=false")
    for _ in range(40):
        assert cluster.get(OLD, "hello", "-n", "default")["spec"]["prefix"] == "/hello/"
    cluster.kubectl("rollout", "status", f"deployment/{NAME}", "-n", apiext, "--timeout=300s")


def test_without_the_webhook_nuncio_serves_and_changes(cluster, apiext, quickstart):
    with Load(quickstart, {"/hello/x": ["hello"], "/quote/x": ["quote"]}):
        cluster.kubectl("scale", f"deployment/{NAME}", "-n", apiext, "--replicas=0")
        until_equal("pods of the webhook", lambda: len(pods(cluster, apiext)), 0)

        def refused():
            try:
                cluster.get(OLD, "hello", "-n", "default")
            except Failure as failure:
                return "conversion webhook" in str(failure)
        until("nothing converts", refused)
        # What is stored needs no conversion: changes arrive, and a new replica reads everything.
        cluster.apply(listing({**mapping("without", "/without/", "quote"), "apiVersion": "getambassador.io/v3alpha1"}), "-n", "default")
        quickstart.everywhere("/without/", "quote")
        cluster.kubectl("rollout", "restart", "deployment/nuncio", "-n", quickstart.namespace)
        quickstart.rollout()
        quickstart.everywhere("/without/", "quote")
        cluster.kubectl("delete", NEW, "without", "-n", "default")
        cluster.kubectl("scale", f"deployment/{NAME}", "-n", apiext, "--replicas=2")
        cluster.kubectl("rollout", "status", f"deployment/{NAME}", "-n", apiext, "--timeout=300s")
        until("it converts again", lambda: cluster.get(OLD, "hello", "-n", "default")["spec"]["service"] == "hello")
    quickstart.unrestarted()

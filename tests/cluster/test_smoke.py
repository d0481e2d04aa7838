"""The cluster is what the other tests take it for."""
import json

import pytest

from cluster import until
from objects import backend, listing


@pytest.fixture(scope="module")
def echo(cluster, namespace, backend_image):
    cluster.apply(listing(*backend("echo", backend_image, replicas=2)), "-n", namespace)
    cluster.kubectl("rollout", "status", "deployment/echo", "-n", namespace, "--timeout=300s")
    return namespace


def test_a_service_answers_by_its_address_and_by_its_name(cluster, echo):
    address = cluster.get("service", "echo", "-n", echo)["spec"]["clusterIP"]
    for host in (address, f"echo.{echo}.svc.cluster.local"):
        answer = until(f"{host} answers", lambda: cluster.run("curl", "-sf", "--max-time", "30", f"http://{host}/x"))
        assert json.loads(answer)["backend"] == "echo"


def test_a_pod_reaches_a_service_and_its_log_can_be_read(cluster, echo):
    name = cluster.get("pods", "-n", echo, "-l", "app=echo")[0]["metadata"]["name"]
    code = "import urllib.request; print(urllib.request.urlopen('http://echo/from-a-pod').status)"
    answer = until("the Service answers", lambda: cluster.kubectl("exec", name, "-n", echo, "--", "/usr/bin/python3", "-c", code))
    assert answer == "200\n"
    assert "listening on 8080" in cluster.kubectl("logs", name, "-n", echo)


def test_the_api_server_goes_and_comes_back_with_what_it_had(cluster, echo):
    before = cluster.get("deployment", "echo", "-n", echo)["metadata"]["uid"]
    cluster.kill("kube-apiserver")
    assert "refused" in cluster.kubectl("get", "nodes", check=False)
    assert cluster.run("curl", "-sSf", "--max-time", "30", f"http://echo.{echo}.svc.cluster.local/")
    cluster.start("kube-apiserver")
    cluster.wait_for_apiserver()
    assert cluster.get("deployment", "echo", "-n", echo)["metadata"]["uid"] == before

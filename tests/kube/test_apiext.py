"""nuncio apiext, asked by a real API server: objects of one version, read and written in another."""
import fcntl
import json
import os
import signal
import subprocess

import pytest
import yaml

from api_server import LIMIT_S, ROOT, free_ports, wait_until
from nuncio_harness import PROGRAM

FILES = ROOT / "deploy/chart/nuncio-crds/files"
# The API server finds an ExternalName without cluster DNS; what a webhook is asked at is port 443 always.
WEBHOOK = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "webhook", "namespace": "edge"},
           "spec": {"type": "ExternalName", "externalName": "localhost"}}


def definitions():
    for name in ("mappings", "hosts"):
        definition = yaml.safe_load((FILES / f"{name}.yaml").read_text())
        definition["spec"]["conversion"] = {"strategy": "Webhook", "webhook": {
            "conversionReviewVersions": ["v1"],
            "clientConfig": {"service": {"name": "webhook", "namespace": "edge", "port": 443, "path": "/webhooks/crd-convert"}}}}
        yield definition


class Apiext:
    def __init__(self, api, log):
        self.log, (self.probe_port,) = log, free_ports(1)
        environment = {**os.environ, "POD_NAMESPACE": "edge"}
        command = [PROGRAM, "apiext", "webhook", "--kubeconfig", api.admin, "--webhook-port", "443",
                   "--probe-port", str(self.probe_port), "--drain-time", "600s"]
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment)

    def ready(self):
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"http://127.0.0.1:{self.probe_port}/probes/ready"],
                              capture_output=True, text=True)
        return done.stdout == "200"

    def says(self, what):
        wait_until(lambda: what in self.log.read_text(), lambda: f"{what!r} in its log\n{self.log.read_text()}", LIMIT_S)


@pytest.fixture
def port_443():
    """Others that run these tests at the same time wait: the API server asks a webhook at this port, and a machine has it once."""
    with open("/tmp/nuncio-test-port-443", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def apiext(api, port_443, tmp_path):
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "edge"}}, WEBHOOK, *definitions())
    started = Apiext(api, tmp_path / "log")
    wait_until(started.ready, lambda: f"a ready webhook; it says\n{started.log.read_text()}", LIMIT_S, 0.1)
    yield started
    print(started.log.read_text())
    started.process.kill()
    started.process.wait(LIMIT_S)


def read(api, resource, name, ns="default"):
    return json.loads(api.kubectl("get", resource, name, "-n", ns, "-o", "json"))


def object_of(version, kind, name, spec):
    return {"apiVersion": f"getambassador.io/{version}", "kind": kind, "metadata": {"name": name, "namespace": "default"}, "spec": spec}


def apply_soon(api, *objects):
    """As soon as the API server serves what was told to it of a definition, which is a moment after it accepted that."""
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})

    def applied():
        return len(api.kubectl("apply", "-f", "-", stdin=text, check=False).splitlines()) == len(objects)
    wait_until(applied, lambda: f"objects applied; {api.kubectl('apply', '-f', '-', stdin=text)}", LIMIT_S, 0.2)


def test_every_version_is_read_in_every_other(api, apiext):
    api.wait_until_served()
    apply_soon(api, object_of("v2", "Mapping", "old", {"prefix": "/old/", "service": "old", "host": "old.example.com", "tls": True,
                                                       "headers": {"x-any": True}, "remove_request_headers": "x-secret"}),
               object_of("v1", "Mapping", "older", {"prefix": "/older/", "service": "older", "ambassador_id": "one"}),
               object_of("v3alpha1", "Mapping", "new", {"prefix": "/new/", "service": "new", "hostname": "new.example.com"}),
               object_of("v2", "Host", "host", {"hostname": "old.example.com", "selector": {"matchLabels": {"a": "b"}}}))
    old = read(api, "mappings.v3alpha1.getambassador.io", "old")["spec"]
    assert old == {"prefix": "/old/", "service": "https://old", "hostname": "old.example.com", "regex_headers": {"x-any": ".*"},
                   "remove_request_headers": ["x-secret"], "v2BoolHeaders": ["x-any"],
                   "v2ExplicitTLS": {"serviceScheme": "", "tls": "bool:true"}}
    again = read(api, "mappings.v2.getambassador.io", "old")["spec"]
    assert (again["service"], again["tls"], again["headers"], again["host"]) == ("old", True, {"x-any": True}, "old.example.com")
    assert read(api, "mappings.v3alpha1.getambassador.io", "older")["spec"]["hostname"] == "*"
    assert read(api, "mappings.v1.getambassador.io", "new")["spec"]["ambassador_id"] == ["--apiVersion-v3alpha1-only--default"]
    assert read(api, "hosts.v3alpha1.getambassador.io", "host")["spec"]["mappingSelector"] == {"matchLabels": {"a": "b"}}
    # A list of all of them is one question.
    assert len(json.loads(api.kubectl("get", "mappings.v2.getambassador.io", "-o", "json"))["items"]) == 3


def test_another_authority_takes_over(api, apiext):
    def bundle():
        return read(api, "crd", "mappings.getambassador.io")["spec"]["conversion"]["webhook"]["clientConfig"]["caBundle"]
    before = bundle()
    api.kubectl("delete", "secret", "-n", "edge", "emissary-ingress-webhook-ca")
    wait_until(lambda: bundle() != before, "another authority in the definition", LIMIT_S, 0.2)
    apply_soon(api, object_of("v2", "Mapping", "old", {"prefix": "/old/", "service": "old"}))
    assert read(api, "mappings.v3alpha1.getambassador.io", "old")["spec"]["hostname"] == "*"
    assert read(api, "secret", "emissary-ingress-webhook-ca", "edge")["type"] == "kubernetes.io/tls"


def test_it_converts_on_until_its_end_is_known(api, apiext):
    """Who asks its Service is led to it for a moment after SIGTERM."""
    api.wait_until_served()
    apply_soon(api, object_of("v2", "Mapping", "old", {"prefix": "/old/", "service": "old"}))
    apiext.process.terminate()
    apiext.says("conversions are answered for another 600 s")
    assert read(api, "mappings.v2.getambassador.io", "old")["spec"]["service"] == "old"
    # Who asks again means it.
    apiext.process.send_signal(signal.SIGTERM)
    assert apiext.process.wait(LIMIT_S) == 0

"""Kinds whose objects are stored in an older version, with Emissary's kind of definitions: no webhook is needed to serve them."""
import pathlib
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import clients  # noqa: E402
import manifests as m  # noqa: E402
from nuncio_harness import free_ports, wait_until  # noqa: E402
from test_real_api_server import DEFINITIONS, answers  # noqa: E402

ANYTHING = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
# Nobody listens there.
WEBHOOK = {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": {"url": "https://127.0.0.1:1/"}}}


def definitions(conversion, storage="v2"):
    for path in sorted(DEFINITIONS.glob("*.yaml")):
        definition = yaml.safe_load(path.read_text())
        is_old = definition["spec"]["names"]["kind"] != "Listener"
        definition["spec"]["versions"] = [
            {"name": version, "served": True, "storage": version == (storage if is_old else "v3alpha1"), "schema": ANYTHING}
            for version in (("v2", "v3alpha1") if is_old else ("v3alpha1",))]
        if is_old:
            definition["spec"]["conversion"] = conversion
        yield definition


def install(api, *how):
    api.apply(*definitions(*how))
    api.wait_until_served()


def old(kind, name, spec):
    return m.obj("getambassador.io/v2", kind, name, spec)


def test_objects_of_an_old_version_are_served_without_the_webhook(api, follow):
    install(api, WEBHOOK)
    port, = free_ports(1)
    api.apply(m.listener(port, security="INSECURE"), old("Mapping", "a", {"prefix": "/a/", "service": "127.0.0.1:1"}),
              old("Mapping", "b", {"host": "b.example", "prefix": "/", "service": "127.0.0.1:1"}))
    assert api.kubectl("get", "mappings.v3alpha1.getambassador.io", "-o", "name", check=False) == "", "that needs the webhook"
    assert "mapping.getambassador.io/a" in api.kubectl("get", "mappings.v2.getambassador.io", "-o", "name")
    nuncio = follow().start()
    answers(port, "/a/", 503)
    assert clients.get(port, "/", host="b.example").status == 503
    assert clients.get(port, "/").status == 404
    api.apply(old("Mapping", "c", {"prefix": "/c/", "service": "127.0.0.1:1"}))
    answers(port, "/c/", 503)
    codes = {(line["responseStatus"]["code"], line["requestURI"]) for line in api.audit("nuncio/")}
    # 429: the API server is not done with the definitions.
    assert [each for each in codes if each[0] not in (200, 429)] == []


def test_storage_that_changes_over(api, follow):
    install(api, {"strategy": "None"})
    port, = free_ports(1)
    # Where nothing is converted, as here, it says the same in both versions.
    api.apply(m.listener(port, security="INSECURE"),
              old("Mapping", "a", {"hostname": "*", "host": "example.com", "prefix": "/a/", "service": "127.0.0.1:1"}))
    nuncio = follow().start()
    answers(port, "/a/", 503)
    api.apply(*definitions({"strategy": "None"}, "v3alpha1"))

    def changed_over():
        assert clients.get(port, "/a/").status == 503
        asked = [line["objectRef"]["apiVersion"] for line in api.audit("nuncio/") if line.get("objectRef", {}).get("resource") == "mappings"]
        return asked[-1] == "v3alpha1" and nuncio.kinds("nuncio_kube_synced").get("Mapping")
    wait_until(changed_over, "Mappings are read as they are stored now")
    api.apply(m.mapping("b", "/b/", "127.0.0.1:1"))
    answers(port, "/b/", 503)
    answers(port, "/a/", 503)

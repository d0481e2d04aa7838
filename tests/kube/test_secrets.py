"""Secrets by reference, on a real API server: what nuncio holds of them, and that one which is there is never called missing."""
import http.client
import json
import os
import pathlib
import ssl
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import clients  # noqa: E402
import manifests as m  # noqa: E402
from certificates import Authority  # noqa: E402
from nuncio_harness import free_ports, wait_until  # noqa: E402
from test_real_api_server import install  # noqa: E402

SECRETS, KILOBYTES = 2000, 10


@pytest.fixture(scope="module")
def authority():
    return Authority()


def create_many(api):
    """Secrets of another program that could hold certificates, and do not say what they are for."""
    context = ssl.create_default_context(cafile=api.folder / "pki/ca.crt")
    context.load_cert_chain(api.folder / "pki/admin.crt", api.folder / "pki/admin.key")
    connection = http.client.HTTPSConnection("127.0.0.1", api.port, context=context)
    for number in range(SECRETS):
        body = m.secret(f"other-{number}", tls_crt=os.urandom(KILOBYTES * 1000 * 3 // 4))
        connection.request("POST", "/api/v1/namespaces/default/secrets", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()
        answer.read()


def memory_kib(nuncio, name):
    status = pathlib.Path(f"/proc/{nuncio.child('control plane')}/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0])


def served(port, host, authority):
    try:
        return clients.get(port, "/", host=host, sni=host, tls=clients.client_tls(authority.pem)).status
    except (OSError, ssl.SSLError):
        return None


def test_what_nothing_names_costs_no_memory(api, follow, authority):
    install(api)
    port, = free_ports(1)
    api.apply(m.listener(port, "HTTPS", security="SECURE"), m.mapping("a", "/", "127.0.0.1:1"),
              m.secret("named", authority.pair("named.example")), m.host("named.example", secret="named"))
    few = follow().start()
    wait_until(lambda: served(port, "named.example", authority) == 503, "the certificate is served")
    resident, peak = memory_kib(few, "VmRSS"), memory_kib(few, "VmHWM")
    few.stop()
    create_many(api)
    many = follow().start()
    wait_until(lambda: served(port, "named.example", authority) == 503, "the certificate is served")
    assert many.kinds("nuncio_kube_objects")["Secret"] == 1
    assert many.kinds("nuncio_kube_bytes_total")["Secret"] > SECRETS * KILOBYTES * 1000, "all of them were read"
    more, more_at_peak = memory_kib(many, "VmRSS") - resident, memory_kib(many, "VmHWM") - peak
    print(f"{SECRETS} unnamed Secrets of {KILOBYTES} kB: {more} KiB more resident, {more_at_peak} KiB at the peak")
    assert max(more, more_at_peak) < SECRETS * KILOBYTES // 4, (more, more_at_peak)


def test_a_secret_that_is_there_is_never_called_missing(api, follow, authority):
    install(api)
    port, = free_ports(1)
    names = [f"h{number}" for number in range(20)]
    api.apply(m.listener(port, "HTTPS", security="SECURE"), m.mapping("a", "/", "127.0.0.1:1"),
              *[m.secret(name, authority.pair(f"{name}.example")) for name in names])
    nuncio = follow().start()
    assert nuncio.kinds("nuncio_kube_objects")["Secret"] == 0
    for name in names[:10]:
        api.apply(m.host(f"{name}.example", secret=name))
    api.apply(*[m.host(f"{name}.example", secret=name) for name in names[10:]])
    for name in names:
        wait_until(lambda: served(port, f"{name}.example", authority) == 503, f"{name} is served")
    assert nuncio.kinds("nuncio_kube_objects")["Secret"] == len(names)
    # That an object waits for one may be said, where a machine takes its time to read it.
    assert "does not exist" not in nuncio.log.read_text()

    api.kubectl("delete", "secret", "h0")
    wait_until(lambda: "Secret default/h0, which does not exist" in nuncio.log.read_text(), "one that is not there is")
    api.kubectl("delete", "hosts.getambassador.io", "--all")
    wait_until(lambda: nuncio.kinds("nuncio_kube_objects")["Secret"] == 0, "what nothing names is forgotten")

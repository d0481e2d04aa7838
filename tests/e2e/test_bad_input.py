"""Mistakes that arrive while nuncio runs: each harms its own object, the others are served and keep changing."""
import contextlib
import socket

import manifests as m
import pytest
from clients import client_tls, get
from healthy import still_changing
from nuncio_harness import free_ports, wait_until


def severity_of(edge, code):
    return {finding["severity"] for finding in edge.nuncio.findings() if finding["code"] == code}


# name, objects (from the edge), code of the finding
CASES = [
    ("unknown field", lambda e: [m.mapping("bad", "/bad/", "one", colour="red")], "unknown-field"),
    ("wrong type", lambda e: [m.mapping("bad", "/bad/", "one", timeout_ms="soon")], "schema"),
    ("missing field", lambda e: [m.emissary("Mapping", "bad", {"hostname": "*", "prefix": "/bad/"})], "schema"),
    ("missing secret", lambda e: [m.host("bad.example.com", secret="nobody")], "secret-missing"),
    ("key of another pair", lambda e: [m.secret("mixed", (e.authority.pair("bad.example.com")[0], e.authority.pair("bad.example.com")[1])),
                                       m.host("bad.example.com", secret="mixed")], "secret-invalid"),
    ("no certificate at all", lambda e: [m.secret("empty", (b"rubbish", b"rubbish")), m.host("bad.example.com", secret="empty")], "secret-invalid"),
    ("key that is too short", lambda e: [m.secret("short", e.authority.pair("bad.example.com", rsa_bits=1024)), m.host("bad.example.com", secret="short")],
     "secret-invalid"),
    ("expired certificate", lambda e: [m.secret("old", e.authority.pair("bad.example.com", days=-3)), m.host("bad.example.com", secret="old")],
     "certificate-expired"),
    ("regex that RE2 refuses", lambda e: [m.mapping("bad", "/bad/(", "one", prefix_regex=True)], "regex-invalid"),
    ("regex that is too large", lambda e: [m.mapping("bad", "/bad/(a{500}){2}", "one", prefix_regex=True)], "regex-invalid"),
    ("header with an unknown command", lambda e: [m.mapping("bad", "/bad/", "one", add_request_headers={"x-bad": {"value": "%NO_SUCH_COMMAND%"}})],
     "format-invalid"),
    # Envoy itself ends when it reads this one.
    ("header that ends Envoy", lambda e: [m.mapping("bad", "/bad/", "one", add_response_headers={"x-bad": {"value": "%COALESCE(16)%"}})],
     "format-invalid"),
    ("cipher suite of TLS 1.3", lambda e: [m.host("bad.example.com", secret="cert", tls={"cipher_suites": ["TLS_AES_128_GCM_SHA256"]})], "tls-context-invalid"),
    ("health check over gRPC of what does not speak it",
     lambda e: [m.mapping("bad", "/bad/", "one", health_checks=[{"health_check": {"grpc": {"upstream_name": "one"}}}], resolver="endpoint")], "mapping-invalid"),
    ("partial wildcard", lambda e: [m.host("foo*", secret="cert")], "envoy-invalid"),
    ("dangling TLSContext", lambda e: [m.mapping("bad", "/bad/", "one", tls="nobody")], "tls-context-missing"),
    ("dangling resolver", lambda e: [m.mapping("bad", "/bad/", "one", resolver="nobody")], "resolver-missing"),
    ("unknown kind", lambda e: [m.emissary("Mappping", "bad", {})], "unknown-kind"),
    ("the same object twice", lambda e: [m.mapping("good", "/bad/", "two")], "duplicate"),
    ("weights over 100", lambda e: [m.mapping("b1", "/bad/", "one", weight=70), m.mapping("b2", "/bad/", "two", weight=70)], "weight-invalid"),
    ("half-written file", lambda e: "apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: bad, names", "parse"),
    ("binary file", lambda e: "\x00\x01\x02: [", "parse"),
]


@pytest.mark.parametrize("objects, code", [pytest.param(*case[1:], id=case[0].replace(" ", "-")) for case in CASES])
def test_mistake(good, objects, code):
    made = objects(good)
    good.nuncio.write("wrong", *(made if isinstance(made, list) else [made]))
    wait_until(lambda: severity_of(good, code), lambda: f"a finding {code} among {good.nuncio.findings()}")
    still_changing(good)
    answer = get(good.http, "/good/")
    assert (answer.status, answer.backend) == (200, "one")
    assert get(good.https, "/good/", tls=client_tls(good.authority.pem)).backend == "one"


def test_an_object_that_turns_bad_keeps_its_last_good_version(good):
    good.nuncio.apply("wrong", m.mapping("turning", "/turning/", "one"))
    assert get(good.http, "/turning/").backend == "one"
    good.nuncio.write("wrong", m.mapping("turning", "/turned/", "two", timeout_ms="soon"))
    still_changing(good)
    assert get(good.http, "/turning/").backend == "one"
    good.nuncio.write("wrong", "kind: [")
    still_changing(good)
    assert get(good.http, "/turning/").backend == "one"
    good.nuncio.apply("wrong", m.mapping("turning", "/turned/", "one"))
    assert get(good.http, "/turned/").backend == "one"
    assert get(good.http, "/turning/").backend == "two"  # the fallback's


@contextlib.contextmanager
def taken_port():
    port, = free_ports(1)
    with socket.socket() as holder:
        holder.bind(("0.0.0.0", port))
        holder.listen()
        yield port


def test_port_taken(good):
    with taken_port() as port:
        before = good.nuncio.metric("nuncio_xds_nacks_total")
        good.nuncio.write("wrong", m.listener(port))
        wait_until(lambda: good.nuncio.metric("nuncio_xds_nacks_total") > before, "Envoy's refusal")
        still_changing(good)
        assert get(good.http, "/good/").backend == "one"
        wait_until(lambda: good.nuncio.metric("nuncio_refused_resources") == 1, "a resource that is refused")
        wait_until(lambda: good.nuncio.metric("nuncio_findings", severity="error") >= 1, "its finding")

    # Nothing changes here but that the port is free.
    def serves():
        with contextlib.suppress(OSError):
            return get(port, "/good/").backend == "one"
    wait_until(serves, "the listener on the port that is free now")
    wait_until(lambda: good.nuncio.metric("nuncio_refused_resources") == 0, "no refusal")


@pytest.fixture
def stricter_envoy(good):
    """Envoy takes small regular expressions only, which nuncio does not know: what an operator can set at run time."""
    good.nuncio.set_runtime("re2.max_program_size.error_level", "10")
    yield good
    good.nuncio.set_runtime("re2.max_program_size.error_level", "")


# What only Envoy can judge. The routes that the object is part of keep their last good version, so a Mapping beside it on
# the same Host waits; endpoints, certificates, clusters and the other Host's routes go on.
def test_refused_by_envoy(stricter_envoy):
    good = stricter_envoy
    good.nuncio.write("wrong", m.mapping("bad", "/bad/[a-z]{20}", "one", prefix_regex=True))
    wait_until(lambda: good.nuncio.metric("nuncio_refused_resources") > 0, "a refusal")
    assert get(good.http, "/good/").backend == "one"
    # Endpoints go on changing.
    replacement = good.backends.start("replacement")
    good.nuncio.write("services", m.service("one", replacement.port), m.service("two", good.two.port),
                      m.secret("cert", good.authority.pair("example.com", "*.example.com")))
    try:
        wait_until(lambda: get(good.http, "/good/").backend == "replacement", "the new endpoint")
    finally:
        good.nuncio.write("services", m.service("one", good.one.port), m.service("two", good.two.port),
                          m.secret("cert", good.authority.pair("example.com", "*.example.com")))
    # And all is well again once the object is.
    good.nuncio.delete("wrong")
    wait_until(lambda: good.nuncio.metric("nuncio_refused_resources") == 0, "no refusal")
    wait_until(lambda: get(good.http, "/good/").backend == "one", "the old endpoint")
    still_changing(good)

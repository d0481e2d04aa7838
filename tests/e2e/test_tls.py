"""TLS on both sides, and connections that carry no HTTP."""
import ssl

import backends as b
import certificates
import clients
import manifests as m
import pytest
from clients import client_tls, connect, get
from nuncio_harness import free_ports, wait_until


def served_names(port, sni):
    """The DNS names of the certificate that a client gets who asks for this name."""
    with connect(port, tls=client_tls(), sni=sni) as connection:
        import cryptography.x509 as x509
        certificate = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True))
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)


def test_termination_by_sni(edge, authority):
    edge.apply(m.secret("org", authority.pair("shop.org")), m.host("shop.org", secret="org"),
               m.mapping("root", "/", "one"), m.mapping("shop", "/", "two", hostname="shop.org"))
    assert served_names(edge.https, "example.com") == ["example.com", "*.example.com"]
    assert served_names(edge.https, "shop.org") == ["shop.org"]
    assert get(edge.https, host="example.com", tls=client_tls(authority.pem)).backend == "one"
    answer = get(edge.https, host="shop.org", tls=client_tls(authority.pem))
    assert answer.backend == "two"
    assert dict(map(tuple, answer.echo["headers"]))["x-forwarded-proto"] == "https"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(edge.https, host="unknown.net", tls=client_tls())


def test_a_rotated_certificate_is_served_without_touching_connections(edge, nuncio, authority):
    edge.apply(m.secret("turn", authority.pair("first.example.com")), m.host("turn.example.com", secret="turn"), m.mapping("root", "/", "one"))
    assert served_names(edge.https, "turn.example.com") == ["first.example.com"]
    listeners = nuncio.stat("listener_manager.listener_modified")
    with connect(edge.https, tls=client_tls(), sni="turn.example.com") as kept:
        edge.apply(m.secret("turn", authority.pair("second.example.com")), m.host("turn.example.com", secret="turn"), m.mapping("root", "/", "one"))
        wait_until(lambda: served_names(edge.https, "turn.example.com") == ["second.example.com"], "the new certificate")
        clients.send(kept, "GET", "/", "turn.example.com")
        assert clients.receive(kept).backend == "one"
    assert nuncio.stat("listener_manager.listener_modified") == listeners


def test_a_half_rotated_secret_keeps_its_last_pair(edge, nuncio, authority):
    first, second = authority.pair("first.example.com"), authority.pair("second.example.com")
    others = m.host("half.example.com", secret="half"), m.mapping("root", "/", "one")
    edge.apply(m.secret("half", first), *others)
    assert served_names(edge.https, "half.example.com") == ["first.example.com"]
    edge.apply(m.secret("half", (second[0], first[1])), *others)
    assert nuncio.metric("nuncio_findings", severity="error") == 1
    told = "tls.crt belongs to another key; the certificate and its key must be renewed together; the last good version serves"
    wait_until(lambda: told in nuncio.log.read_text(), "a line of the log, which comes after Envoy")
    assert served_names(edge.https, "half.example.com") == ["first.example.com"]
    edge.apply(m.secret("half", second), *others)
    wait_until(lambda: served_names(edge.https, "half.example.com") == ["second.example.com"], "the new certificate")
    assert nuncio.metric("nuncio_findings", severity="error") == 0


def test_mutual_tls(edge, authority):
    other = certificates.Authority("somebody else")
    edge.apply(m.secret("trusted", tls_crt=authority.pem), m.mapping("root", "/", "one"),
               m.host("mutual.example.com", secret="cert", tls={"ca_secret": "trusted", "cert_required": True}))
    good = client_tls(authority.pem, pair=authority.pair("ann"))
    assert get(edge.https, host="mutual.example.com", tls=good).backend == "one"
    for pair in (None, other.pair("mallory")):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            get(edge.https, host="mutual.example.com", tls=client_tls(authority.pem, pair=pair))
    assert get(edge.https, host="example.com", tls=client_tls(authority.pem)).backend == "one"


def test_origination_with_client_certificate_and_authority(edge, backends, authority):
    secure = backends.start("secure", tls=b.server_tls(authority.pair("inner.example"), client_authority=authority.pem))
    edge.apply(m.service("secure", secure.port, port=443), m.secret("client", authority.pair("gateway")), m.secret("trusted", tls_crt=authority.pem),
               m.secret("distrusted", tls_crt=certificates.Authority("other").pem),
               m.tls_context("upstream", secret="client", ca_secret="trusted", sni="inner.example"),
               m.tls_context("suspicious", secret="client", ca_secret="distrusted"),
               m.mapping("root", "/", "secure:443", tls="upstream"),
               m.mapping("wrong", "/wrong/", "secure:443", tls="suspicious"),
               m.mapping("bare", "/bare/", "https://secure"))
    tls = get(edge.http).echo["tls"]
    assert (tls["client"], tls["sni"]) == ("gateway", "inner.example")
    assert get(edge.http, "/wrong/").status == 503  # the backend's certificate is not of the authority that is trusted
    assert get(edge.http, "/bare/").status == 503   # the backend wants a client certificate


def test_origination_without_a_context(edge, backends, authority):
    plain = backends.start("plain", tls=b.server_tls(authority.pair("inner.example")))
    edge.apply(m.service("plain", plain.port, port=443), m.mapping("root", "/", "https://plain"))
    assert get(edge.http).echo["tls"]["client"] is None


def exchange(port, words, *, tls=None, sni=None):
    with connect(port, tls=tls, sni=sni) as connection:
        answers = []
        for word in words:
            connection.sendall(word)
            answers.append(connection.recv(1000))
        return answers


def test_tcp(edge, backends, authority):
    red, blue = backends.start("red", raw=True), backends.start("blue", raw=True)
    plain, by_name = free_ports(2)
    edge.apply(m.service("red", red.port), m.service("blue", blue.port), m.mapping("root", "/", "one"),
               m.tcp_mapping("plain", plain, "red"),
               m.tls_context("names", hosts=["red.example.com", "blue.example.com"], secret="cert"),
               m.tcp_mapping("red", by_name, "red", host="red.example.com"),
               m.tcp_mapping("blue", by_name, "blue", host="blue.example.com"))
    assert exchange(plain, [b"a", b"b"]) == [b"red:a", b"red:b"]
    tls = client_tls(authority.pem, alpn=())
    assert exchange(by_name, [b"a"], tls=tls, sni="red.example.com") == [b"red:a"]
    assert exchange(by_name, [b"a"], tls=tls, sni="blue.example.com") == [b"blue:a"]
    with pytest.raises((ssl.SSLError, ConnectionError)):
        exchange(by_name, [b"a"], tls=client_tls(), sni="green.example.com")
    assert get(edge.http).backend == "one"


def test_tcp_weights(edge, backends):
    red, blue = backends.start("red", raw=True), backends.start("blue", raw=True)
    port, = free_ports(1)
    edge.apply(m.service("red", red.port), m.service("blue", blue.port), m.mapping("root", "/", "one"),
               m.tcp_mapping("red", port, "red", weight=100), m.tcp_mapping("blue", port, "blue", weight=0))
    assert {exchange(port, [b"x"])[0] for _ in range(20)} == {b"red:x"}

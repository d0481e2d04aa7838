"""Requests over HTTP: where they go, what happens to them on the way, what comes back."""
import math
import threading

import clients
import manifests as m
import pytest
from backends import Answer
from clients import get, get_http2
from nuncio_harness import wait_until


def test_routing(edge, nuncio):
    edge.apply(m.mapping("root", "/", "one"),
               m.mapping("two", "/two/", "two"),
               m.mapping("exact", "/exact", "two", prefix_exact=True, rewrite=""),
               m.mapping("regex", "/r/[0-9]+", "two", prefix_regex=True, rewrite=""),
               m.mapping("header", "/", "two", headers={"x-user": "ann"}),
               m.mapping("query", "/", "two", query_parameters={"id": "3"}),
               m.mapping("method", "/", "two", method="DELETE"))
    for path, options, backend, seen in [
        ("/", {}, "one", "/"),
        ("/a/b?c=d", {}, "one", "/a/b"),
        ("/two/x", {}, "two", "/x"),
        ("/exact", {}, "two", "/exact"),
        ("/exact/x", {}, "one", "/exact/x"),
        ("/r/12", {}, "two", "/r/12"),
        ("/r/x", {}, "one", "/r/x"),
        ("/a", {"headers": {"x-user": "ann"}}, "two", "/a"),
        ("/a", {"headers": {"x-user": "bob"}}, "one", "/a"),
        ("/a?id=3", {}, "two", "/a"),
        ("/a", {"method": "DELETE"}, "two", "/a"),
    ]:
        echo = get(edge.http, path, **options).echo
        assert (echo["backend"], echo["path"]) == (backend, seen), (path, options)


def test_headers_are_added_and_removed(edge):
    edge.apply(m.mapping("root", "/", "one", add_request_headers={"x-added": {"value": "yes"}}, remove_request_headers=["x-gone"],
                         add_response_headers={"x-answer": {"value": "from here"}}, host_rewrite="inner.example"))
    answer = get(edge.http, "/", headers={"x-gone": "1", "x-stays": "2"})
    headers = dict(map(tuple, answer.echo["headers"]))
    assert headers["x-added"] == "yes" and headers["x-stays"] == "2" and "x-gone" not in headers
    assert headers["host"] == "inner.example"
    assert answer.header("x-answer") == "from here"


def test_a_change_takes_effect_and_takes_back(edge):
    edge.apply(m.mapping("root", "/", "one"))
    assert get(edge.http).backend == "one"
    edge.apply(m.mapping("root", "/", "two"))
    assert get(edge.http).backend == "two"
    edge.apply(m.mapping("root", "/only/", "two"))
    assert get(edge.http).status == 404


def test_canary(edge):
    """1000 requests at 20 %: a fair split is outside of seven standard deviations once in 100 billion runs."""
    edge.apply(m.mapping("main", "/", "one"), m.mapping("canary", "/", "two", weight=20))
    count, share = 1000, 0.2
    with clients.connect(edge.http) as connection:
        got = 0
        for _ in range(count):
            clients.send(connection, "GET", "/", "example.com")
            got += clients.receive(connection).backend == "two"
    assert abs(got - count * share) <= 7 * math.sqrt(count * share * (1 - share)), got


def test_canary_at_the_ends(edge):
    for weight, backend in [(0, "one"), (100, "two")]:
        edge.apply(m.mapping("main", "/", "one"), m.mapping("canary", "/", "two", weight=weight))
        assert {get(edge.http).backend for _ in range(50)} == {backend}


@pytest.mark.parametrize("spec, status, location", [
    ({}, 301, "http://elsewhere.example/a/b?c=d"),
    ({"redirect_response_code": 308}, 308, "http://elsewhere.example/a/b?c=d"),
    ({"path_redirect": "/new"}, 301, "http://elsewhere.example/new"),
    ({"prefix_redirect": "/new/"}, 301, "http://elsewhere.example/new/b?c=d"),
    ({"regex_redirect": {"pattern": "/a/(.*)", "substitution": "/\\1/z"}}, 301, "http://elsewhere.example/b/z?c=d"),
])
def test_redirect(edge, spec, status, location):
    edge.apply(m.mapping("root", "/a/", "elsewhere.example", host_redirect=True, **spec))
    answer = get(edge.http, "/a/b?c=d")
    assert answer.status == status
    assert answer.header("location").split("?")[0] == location.split("?")[0]
    if "path_redirect" not in spec:
        assert answer.header("location") == location


def test_cleartext_is_redirected_to_tls_when_the_host_says_so(edge, nuncio):
    edge.apply(m.mapping("root", "/", "one"), m.host("safe.example.com", insecure="Redirect", secret="cert"),
               m.host("closed.example.com", insecure="Reject", secret="cert"))
    answer = get(edge.http, "/x?y", host="safe.example.com")
    assert (answer.status, answer.header("location")) == (301, "https://safe.example.com/x?y")
    assert get(edge.http, "/x", host="closed.example.com").status == 404
    assert get(edge.https, "/x", host="closed.example.com", tls=clients.client_tls(edge.authority.pem)).backend == "one"


def test_http2_to_the_client_and_to_the_backend(edge):
    edge.apply(m.mapping("root", "/", "one"), m.mapping("two", "/h2/", "two", grpc=True))
    answer = get_http2(edge.http, "/a")
    assert (answer.status, answer.echo["version"]) == (200, "HTTP/1.1")
    assert get_http2(edge.http, "/h2/a").echo["version"] == "HTTP/2"
    over_tls = get_http2(edge.https, "/h2/a", tls=clients.client_tls(edge.authority.pem, alpn=("h2", "http/1.1")))
    assert over_tls.echo["version"] == "HTTP/2"


def test_grpc(edge):
    edge.apply(m.mapping("root", "/", "one"), m.mapping("grpc", "/hello.Greeter/", "two", grpc=True, rewrite=""))
    message = b"\0" + (5).to_bytes(4, "big") + b"hello"
    answer = get_http2(edge.http, "/hello.Greeter/Say", method="POST", headers=[("content-type", "application/grpc"), ("te", "trailers")],
                       body=message)
    assert answer.status == 200 and answer.body == message
    assert dict(answer.trailers) == {"grpc-status": "0", "grpc-message": "two"}
    assert edge.two.requests[-1].path == "/hello.Greeter/Say"


def test_websocket(edge):
    edge.apply(m.mapping("root", "/", "one"), m.mapping("socket", "/socket/", "two", allow_upgrade=["websocket"]))
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="}
    with clients.connect(edge.http) as connection:
        clients.send(connection, "GET", "/socket/", "example.com", upgrade)
        stream = connection.makefile("rb")
        head = b"".join(iter(stream.readline, b"\r\n")).decode().lower()
        assert head.startswith("http/1.1 101") and "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
        for word in (b"hello", b"again"):
            connection.sendall(bytes([0x81, 0x80 | len(word), 0, 0, 0, 0]) + word)
            assert stream.read(2 + 4 + len(word)) == bytes([0x81, 4 + len(word)]) + b"two:" + word
    # Without allow_upgrade an upgrade is refused.
    assert get(edge.http, "/", headers=upgrade).status == 403


def test_shadow(edge):
    edge.apply(m.mapping("root", "/", "one"), m.mapping("shadow", "/", "two", shadow=True))
    seen = len(edge.two.requests)
    for number in range(20):
        assert get(edge.http, f"/n{number}").backend == "one"
    wait_until(lambda: len(edge.two.requests) - seen == 20, "20 mirrored requests")
    assert {request.path for request in edge.two.requests[seen:]} == {f"/n{number}" for number in range(20)}
    assert all(request.header("host").endswith("-shadow") for request in edge.two.requests[seen:])


def test_retries(edge, backends):
    failing = backends.start("failing")
    failing.behave = lambda request: Answer(503 if len(failing.requests) % 3 else 200)
    edge.apply(m.service("failing", failing.port), m.mapping("root", "/", "failing", retry_policy={"retry_on": "5xx", "num_retries": 2}),
               m.mapping("once", "/once/", "failing"))
    assert [get(edge.http).status for _ in range(4)] == [200] * 4
    assert len(failing.requests) == 12
    assert get(edge.http, "/once/").status == 503


def test_timeouts(edge, backends):
    over = threading.Event()
    slow = backends.start("slow", behave=lambda request: Answer(until=over))
    edge.apply(m.service("slow", slow.port), m.mapping("root", "/", "slow"), m.mapping("short", "/short/", "slow", timeout_ms=200))
    statuses = []
    patient = threading.Thread(target=lambda: statuses.append(get(edge.http).status))
    patient.start()
    wait_until(lambda: slow.requests, "the patient request to arrive")
    assert get(edge.http, "/short/").status == 504
    over.set()
    patient.join()
    assert statuses == [200]


def test_a_service_without_endpoints_answers_503_and_recovers(edge):
    edge.apply(m.service("empty"), m.mapping("root", "/", "empty"))
    assert get(edge.http).status == 503
    edge.apply(m.service("empty", edge.one.port), m.mapping("root", "/", "empty"))
    assert get(edge.http).backend == "one"


def test_all_endpoints_are_used(edge):
    edge.apply(m.service("both", edge.one.port, edge.two.port), m.mapping("root", "/", "both", resolver="ends"),
               m.emissary("KubernetesEndpointResolver", "ends", {}))
    assert {get(edge.http).backend for _ in range(40)} == {"one", "two"}


def test_sticky_sessions(edge):
    edge.apply(m.service("both", edge.one.port, edge.two.port), m.emissary("KubernetesEndpointResolver", "ends", {}),
               m.mapping("root", "/", "both", resolver="ends", load_balancer={"policy": "ring_hash", "header": "x-user"}))
    for user in ("ann", "bob", "eve", "joe", "kim"):
        assert len({get(edge.http, headers={"x-user": user}).backend for _ in range(10)}) == 1


def test_cors(edge):
    edge.apply(m.mapping("root", "/", "one", cors={"origins": ["https://page.example"], "methods": ["GET", "PUT"], "max_age": "60"}))
    answer = get(edge.http, method="OPTIONS", headers={"origin": "https://page.example", "access-control-request-method": "PUT"})
    assert (answer.status, answer.header("access-control-allow-origin")) == (200, "https://page.example")
    assert answer.header("access-control-allow-methods") in ("GET, PUT", "GET,PUT")
    refused = get(edge.http, headers={"origin": "https://other.example"})
    assert refused.header("access-control-allow-origin") is None


def test_circuit_breaker(edge, backends):
    over = threading.Event()
    narrow = backends.start("narrow", behave=lambda request: Answer(until=over))
    edge.apply(m.service("narrow", narrow.port),
               m.mapping("root", "/", "narrow", circuit_breakers=[{"max_connections": 1, "max_pending_requests": 1, "max_requests": 1}]))
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(get(edge.http).status)) for _ in range(12)]
    for thread in threads:
        thread.start()
    # One is with the backend, one of each worker may wait: the others are refused.
    wait_until(lambda: 503 in statuses, "a refusal")
    over.set()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200, 503}, statuses

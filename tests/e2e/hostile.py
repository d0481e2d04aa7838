"""Objects that pass for what a user may write, with values chosen to break whoever does not expect them."""
import random

import manifests as m

TEXTS = [
    "", "/", "a", "*", "**", "*.", "*.*", "a b", "é", "😀", "\u0001", "\n", "\r\n", "\t", "\u2028", "x" * 300, "x" * 20000,
    "%", "%%", "100%", "%REQ(x)%", "%NOPE%", "%COALESCE(16)%", "%START_TIME(%n)%", ":", ":path", ":authority", "host", "-1", "0", "1", "1e9",
    "99999999999999999999", "true", "null", "?", "#", "/a?b#c", "//", "/../", "\\", "\\1", "\\9", "(", "[", "$", "^", ".*", "(a)(b)", "a{1000}",
    "127.0.0.1", "::1", "[::1]:80", "a:b:c", "http://", "https://x:99999", "http://x/y?z", "grpc://x", "tcp://x", "x:0", "x:65536", "x.", "..", "a..b",
    "-a", "_", "UPPER", "xn--", "a,b", "a;b", "a=b", "\"", "'", "{}", "[]", "<x>", "websocket", "CONNECT", "connect-udp", "GET", "get", "5xx",
    "gateway-error,foo", "DEFAULT", "HIGH", "round_robin", "ring_hash", "maglev", "least_request", "endpoint", "strict_dns", "logical_dns", "ALL",
    "SELF", "5s", "0s", "-1s", "1ns", "999999h", "1h1m", "soon", "cert", "v1.3", "P-256", "prime256v1", "AES128-SHA", "[ALL|RSA]", "!RSA",
    "TLS_AES_128_GCM_SHA256"]
NUMBERS = [0, 1, -1, 2, 10, 99, 100, 101, 255, 256, 301, 308, 399, 599, 600, 1000, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53,
           2**63 - 1, -2**63, 3600000, 31536000000, 31536000001]


class Hostile:
    """The same objects for the same seed."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def objects(self, count):
        makers = self._random.choices((self._mapping, self._tcp_mapping, self._host, self._context, self._listener), (80, 6, 6, 4, 4), k=count)
        return [*(make(number) for number, make in enumerate(makers)), self._module()]

    def in_their_own_domain(self, count):
        """The same, but none claims what is others' by right: another host, a higher precedence, a port, the Module."""
        for number, each in enumerate(self.objects(count)):
            spec = each["spec"]
            if each["kind"] == "Mapping":
                spec["hostname"] = f"h{number % 7}.hostile.example"
                for field in ("precedence", "host", "host_regex"):
                    spec.pop(field, None)
                for field in ("headers", "regex_headers"):
                    spec.get(field, {}).pop(":authority", None)
            if each["kind"] == "Host" and not set(spec["hostname"]) - set("*."):
                spec["hostname"] = f"h{number}.hostile.example"
            if each["kind"] not in ("Listener", "Module"):
                yield each

    # Values.

    def text(self, *likely):
        return self._random.choice(likely) if likely and self._random.random() < .5 else self._random.choice(TEXTS)

    def number(self):
        return self._random.choice(NUMBERS)

    def flag(self):
        return self._random.random() < .5

    def texts(self):
        return [self.text() for _ in range(self._random.randrange(4))]

    def by_name(self, value):
        return {self.text(): value() for _ in range(self._random.randrange(4))}

    def some(self, share, **values):
        """Some of the fields; each is a function that makes one, or what it is."""
        return {name: value() if callable(value) else value for name, value in values.items() if self._random.random() < share}

    # Parts.

    def headers(self):
        return self.by_name(lambda: {"value": self.text(), **self.some(.5, append=self.flag)})

    def rewrite(self):
        return {"pattern": self.text(), "substitution": self.text()}

    def balancer(self):
        cookie = {"name": self.text(), **self.some(.5, path=self.text, ttl=self.text)}
        key = self._random.choice([{}, {"cookie": cookie}, {"header": self.text()}, {"source_ip": self.flag()}])
        return {"policy": self.text("round_robin", "ring_hash", "maglev", "least_request"), **key}

    def retries(self):
        return self.some(.6, retry_on=lambda: self.text("5xx", "gateway-error"), num_retries=self.number, per_try_timeout=self.text)

    def breakers(self):
        return [self.some(.5, priority=lambda: self.text("default", "high"), max_connections=self.number, max_pending_requests=self.number,
                          max_requests=self.number, max_retries=self.number) for _ in range(self._random.randrange(3))]

    def cors(self):
        return self.some(.6, origins=self.texts, methods=self.texts, headers=self.texts, exposed_headers=self.text, credentials=self.flag, max_age=self.text)

    def health_checks(self):
        http = {"path": self.text("/"), **self.some(.4, hostname=self.text, add_request_headers=self.headers, remove_request_headers=self.texts,
                                                    expected_statuses=lambda: [{"min": self.number(), "max": self.number()}])}
        probe = self._random.choice([{"http": http}, {"grpc": {"upstream_name": self.text(), **self.some(.5, authority=self.text)}}])
        return [{"health_check": probe, **self.some(.3, timeout=self.text, interval=self.text, unhealthy_threshold=self.number, healthy_threshold=self.number)}]

    def tls(self):
        return self.some(.4, min_tls_version=lambda: self.text("v1.0", "v1.2", "v1.3"), max_tls_version=lambda: self.text("v1.2", "v1.3"),
                         cipher_suites=self.texts, ecdh_curves=self.texts, alpn_protocols=self.text, cert_required=self.flag, sni=self.text,
                         redirect_cleartext_from=self.number)

    # Objects.

    def _mapping(self, number):
        fields = dict(
            prefix_regex=self.flag, prefix_exact=self.flag, case_sensitive=self.flag, host=self.text, host_regex=self.flag,
            headers=lambda: self.by_name(self.text), regex_headers=lambda: self.by_name(self.text), method=self.text, method_regex=self.flag,
            query_parameters=lambda: self.by_name(self.text), regex_query_parameters=lambda: self.by_name(self.text), precedence=self.number,
            priority=self.text, rewrite=self.text, regex_rewrite=self.rewrite, host_rewrite=self.text, add_request_headers=self.headers,
            add_response_headers=self.headers, remove_request_headers=self.texts, remove_response_headers=self.texts, cors=self.cors,
            retry_policy=self.retries, load_balancer=self.balancer, resolver=lambda: self.text("endpoint"), connect_timeout_ms=self.number,
            cluster_idle_timeout_ms=self.number, cluster_max_connection_lifetime_ms=self.number, circuit_breakers=self.breakers,
            keepalive=lambda: {"probes": self.number(), "interval": self.number(), "idle_time": self.number()}, grpc=self.flag,
            tls=lambda: self.text("c0"), dns_type=self.text, respect_dns_ttl=self.flag, enable_ipv4=self.flag, enable_ipv6=self.flag,
            health_checks=self.health_checks, cluster_tag=self.text, stats_name=self.text, host_redirect=self.flag, path_redirect=self.text,
            prefix_redirect=self.text, regex_redirect=self.rewrite, redirect_response_code=self.number, allow_upgrade=self.texts,
            timeout_ms=self.number, idle_timeout_ms=self.number, weight=self.number, auto_host_rewrite=self.flag, add_linkerd_headers=self.flag,
            bypass_auth=self.flag, shadow=self.flag, use_websocket=self.flag)
        chosen = self._random.sample(sorted(fields), self._random.randint(1, 4))
        return m.mapping(f"m{number}", self.text(f"/{number}/"), self.text("svc", "svc:80"), hostname=self.text("*", "a.example.com"),
                         **{field: fields[field]() for field in chosen})

    def _tcp_mapping(self, number):
        port = self._random.choice([6000 + number % 5, self.number()])
        return m.tcp_mapping(f"t{number}", port, self.text("svc:80"), **self.some(
            .3, host=self.text, address=self.text, tls=lambda: self.text("c0"), weight=self.number, circuit_breakers=self.breakers,
            enable_ipv4=self.flag, enable_ipv6=self.flag, resolver=lambda: self.text("endpoint"), cluster_tag=self.text, stats_name=self.text,
            idle_timeout_ms=self.text))

    def _host(self, number):
        return m.emissary("Host", f"h{number}", {"hostname": self.text(f"h{number}.example.com", "*.example.com"), **self.some(
            .5, tlsSecret=lambda: {"name": self.text("cert")}, tls=self.tls, mappingSelector=lambda: {"matchLabels": self.by_name(self.text)},
            requestPolicy=lambda: {"insecure": {"action": self.text("Route", "Redirect"), "additionalPort": self.number()}})})

    def _context(self, number):
        return m.tls_context(f"c{number}", hosts=[self.text(f"c{number}.example.com")], secret=self.text("cert"), **self.tls())

    def _listener(self, number):
        stack = self._random.choice([{"protocol": self.text("HTTP", "HTTPS", "TCP", "TLS", "HTTPPROXY", "HTTPSPROXY")},
                                     {"protocolStack": [self.text("TLS", "HTTP", "PROXY", "TCP", "UDP", "HTTP3") for _ in range(self._random.randrange(4))]}])
        return m.emissary("Listener", f"l{number}", {
            "port": self._random.choice([9000 + number, self.number()]), "securityModel": self.text("XFP", "SECURE", "INSECURE"),
            "hostBinding": {"namespace": {"from": self.text("ALL", "SELF")}}, **stack, **self.some(.4, l7Depth=self.number, statsPrefix=self.text)})

    def _module(self):
        names = ("memory_level", "min_content_length", "window_bits")
        return m.emissary("Module", "ambassador", {"config": self.some(
            .15, add_linkerd_headers=self.flag, allow_chunked_length=self.flag, buffer=lambda: {"max_request_bytes": self.number()},
            circuit_breakers=self.breakers, cluster_idle_timeout_ms=self.number, cluster_request_timeout_ms=self.number, cors=self.cors,
            defaults=lambda: {"httpmapping": {"add_request_headers": self.headers(), "remove_request_headers": self.texts(), "stats_name": self.text()}},
            enable_grpc_http11_bridge=self.flag, enable_grpc_web=self.flag, enable_http10=self.flag, enable_ipv4=self.flag, enable_ipv6=self.flag,
            envoy_log_format=lambda: self._random.choice([self.text(), self.by_name(self.text)]), envoy_log_type=lambda: self.text("json", "text"),
            forward_client_cert_details=self.text, set_current_client_cert_details=lambda: self.by_name(self.flag),
            grpc_stats=lambda: {"services": [{"name": self.text(), "method_names": self.texts()}]},
            gzip=lambda: {**self.some(.5, **dict.fromkeys(names, self.number)), **self.some(.5, compression_level=self.text, content_type=self.texts)},
            header_case_overrides=self.texts, headers_with_underscores_action=self.text, ip_allow=lambda: [{"peer": self.text("10.0.0.0/8")}],
            keepalive=lambda: {"probes": self.number(), "interval": self.number(), "time": self.number()}, listener_idle_timeout_ms=self.number,
            load_balancer=self.balancer, max_request_headers_kb=self.number, merge_slashes=self.flag, proper_case=self.flag, regex_max_size=self.number,
            reject_requests_with_escaped_slashes=self.flag, resolver=self.text, retry_policy=self.retries, server_name=self.text,
            strip_matching_host_port=self.flag, suppress_envoy_headers=self.flag, use_proxy_proto=self.flag, use_remote_address=self.flag,
            xff_num_trusted_hops=self.number)})

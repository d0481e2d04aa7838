"""Mapping and TCPMapping."""
from parts import ADDED_HEADERS, CIRCUIT_BREAKERS, STATS_NAME, UPSTREAM_TLS, V2_EXPLICIT_TLS
from schema import (LISTED, anything, array, boolean, integer, mapping_of, milliseconds, opaque, record, string, string_map, strings,
                    uint32)

REGEX_REWRITE = {"pattern": string("A regular expression (RE2)."), "substitution": string(r"What replaces each match; \1 is its first group.")}

HASHING = "self.policy in ['ring_hash', 'maglev']"
KEYS = "(has(self.cookie) ? 1 : 0) + (has(self.header) ? 1 : 0) + (has(self.source_ip) ? 1 : 0)"
LOAD_BALANCER = record({
    "policy": string("How to choose an endpoint.", enum=("round_robin", "least_request", "ring_hash", "maglev")),
    "cookie": record({
        "name": string("The cookie's name."), "path": string("Its path, when it has to be made."),
        "ttl": string("How long it lasts; without it, nothing is made."),
    }, "Hash a cookie.", required=("name",)),
    "header": string("Hash this request header."),
    "source_ip": boolean("Hash the client's address."),
}, "How requests are spread over the endpoints of the service. Needs an endpoint resolver.", required=("policy",), rules=(
    (f"!({HASHING}) || {KEYS} == 1", "ring_hash and maglev need exactly one of cookie, header and source_ip"),
    (f"{HASHING} || {KEYS} == 0", "cookie, header and source_ip are for ring_hash and maglev only"),
))

HEALTH_CHECK = record({
    "timeout": string('How long to wait for an answer (a Go duration, "3s").'),
    "interval": string('How long to wait between checks (a Go duration, "5s").'),
    "unhealthy_threshold": uint32("Failures in a row that take an endpoint out; 2.", least=1),
    "healthy_threshold": uint32("Successes in a row that bring it back; 1.", least=1),
    "health_check": record({
        "http": record({
            "path": string("The path to ask for."), "hostname": string("The host to ask for."),
            "add_request_headers": ADDED_HEADERS, "remove_request_headers": strings("Headers to leave out."),
            "expected_statuses": array(record({
                "min": integer("The first status that is healthy.", least=100, most=599),
                "max": integer("The last one.", least=100, most=599),
            }, required=("min", "max")), "Statuses that are healthy; without it, 200."),
        }, "Ask over HTTP.", required=("path",)),
        "grpc": record({
            "upstream_name": string("The service of grpc.health.v1 to ask for."), "authority": string("The :authority to ask with."),
        }, "Ask over gRPC.", required=("upstream_name",)),
    }, "What to ask.", rules=(("has(self.http) != has(self.grpc)", "must have exactly one of http and grpc"),)),
}, required=("health_check",))

LABEL = record({
    "source_cluster": record({"key": string(enum=("source_cluster",))}, "The cluster that Envoy belongs to.", required=("key",)),
    "destination_cluster": record({"key": string(enum=("destination_cluster",))}, "The cluster of the route.", required=("key",)),
    "remote_address": record({"key": string(enum=("remote_address",))}, "The client's address.", required=("key",)),
    "request_headers": record({
        "key": string("The descriptor's key."), "header_name": string("The header whose value it gets."),
        "omit_if_not_present": boolean("Leave the label out, rather than the whole group, when the header is missing."),
    }, "A request header.", required=("key", "header_name")),
    "generic_key": record({
        "key": string("The descriptor's key; generic_key."), "value": string("Its value."),
        "v2Shorthand": boolean("How v2 spelled it; read by conversions only."),
    }, "A constant.", required=("value",)),
}, least=1, most=1)
LABELS = mapping_of(array(mapping_of(array(LABEL), least=1, most=1)),
                    "Rate-limit descriptors: a domain has groups, a group has a name and labels.")

ERROR_RESPONSE_OVERRIDES = array(record({
    "on_status_code": integer(least=400, most=599),
    "body": record({
        "content_type": string(), "json_format": string_map(), "text_format": string(),
        "text_format_source": record({"filename": string()}),
    }),
}, required=("on_status_code", "body")), "Not supported: an object with it is reported.")

MAPPING = record({
    # What it matches.
    "prefix": string("The beginning of the path that a request must have."),
    "prefix_regex": boolean("prefix is a regular expression (RE2) for the whole path."),
    "prefix_exact": boolean("prefix is the whole path."),
    "case_sensitive": boolean("Whether prefix minds case; true."),
    "hostname": string("The host that a request must ask for: exact, or with one * at either end."),
    "host": string("Deprecated: the host, exactly. Use hostname."),
    "host_regex": boolean("Deprecated: host is a regular expression (RE2)."),
    "headers": string_map("Headers that a request must have, with exactly these values."),
    "regex_headers": string_map("Headers that a request must have, with values that match."),
    "method": string("The method that a request must have."),
    "method_regex": boolean("method is a regular expression (RE2)."),
    "query_parameters": string_map("Query parameters that a request must have, with exactly these values."),
    "regex_query_parameters": string_map("Query parameters that a request must have, with values that match."),
    "precedence": integer("Higher comes first, before all other rules of order; 0.", least=-2**31, most=2**31 - 1),
    "priority": string("Which circuit breaker's limits apply: DEFAULT or HIGH."),
    # Where it leads.
    "service": string("[scheme://]name[.namespace][:port] of the service, or the host to redirect to."),
    "weight": integer("Percentage of the requests, among Mappings that match the same; of mirrored ones, for a shadow.", least=0, most=100),
    "shadow": boolean("The service gets a copy of the requests; its answers are thrown away."),
    "resolver": string("Who finds the endpoints of the service: the name of a resolver object."),
    "tls": UPSTREAM_TLS,
    "grpc": boolean("Speak HTTP/2 to the service."),
    "dns_type": string("strict_dns (the default) or logical_dns, for a service found by DNS."),
    "respect_dns_ttl": boolean("Ask DNS again when its answer expires."),
    "enable_ipv4": boolean("Use IPv4 addresses that DNS gives."),
    "enable_ipv6": boolean("Use IPv6 addresses that DNS gives."),
    "load_balancer": LOAD_BALANCER,
    "circuit_breakers": CIRCUIT_BREAKERS,
    "health_checks": array(HEALTH_CHECK, "Active health checks. Need an endpoint resolver.", least=1, most=LISTED),
    "keepalive": record({
        "probes": uint32("Probes without an answer that end a connection."), "idle_time": uint32("Seconds of silence before the first probe."),
        "interval": uint32("Seconds between probes."),
    }, "TCP keep-alive to the service."),
    "cluster_tag": string("Keeps the Envoy cluster of this Mapping apart from others for the same service."),
    "stats_name": STATS_NAME,
    # Time.
    "timeout_ms": milliseconds("How long a request may take; 3000. 0: for ever."),
    "idle_timeout_ms": milliseconds("How long a stream may be silent."),
    "connect_timeout_ms": milliseconds("How long to wait for a connection to the service; 3000."),
    "cluster_idle_timeout_ms": milliseconds("How long a connection to the service may be idle."),
    "cluster_max_connection_lifetime_ms": milliseconds("How old a connection to the service may get."),
    "retry_policy": record({
        "retry_on": string("What is tried again.", enum=(
            "5xx", "gateway-error", "connect-failure", "retriable-4xx", "refused-stream", "retriable-status-codes")),
        "num_retries": uint32("How often; 1."), "per_try_timeout": string("How long one try may take (a Go duration)."),
    }, "When to try again."),
    # What is changed on the way.
    "rewrite": string('What replaces prefix in the path; "/". Empty: nothing is replaced.'),
    "regex_rewrite": record(REGEX_REWRITE, "Rewrites the path with a regular expression; goes before rewrite."),
    "host_rewrite": string("The host that the service sees."),
    "auto_host_rewrite": boolean("The service sees its own name as the host."),
    "add_request_headers": ADDED_HEADERS, "add_response_headers": ADDED_HEADERS,
    "remove_request_headers": strings("Request headers to remove."),
    "remove_response_headers": strings("Response headers to remove."),
    "add_linkerd_headers": boolean("Add l5d-dst-override."),
    "allow_upgrade": strings('Protocols that a client may switch to, such as "websocket".'),
    "use_websocket": boolean('Deprecated: allow_upgrade with "websocket".'),
    "cors": record({
        "origins": strings("Origins that may ask."), "methods": strings("Methods that they may use."),
        "headers": strings("Request headers that they may send."), "exposed_headers": strings("Response headers that they may read."),
        "credentials": boolean("Whether cookies and the like may go with it."), "max_age": string("Seconds for which a browser may remember this."),
        "v2CommaSeparatedOrigins": boolean("How v2 spelled origins; read by conversions only."),
    }, "Cross-origin resource sharing."),
    # Redirects.
    "host_redirect": boolean("Redirect to service instead of routing."),
    "path_redirect": string("The path to redirect to."), "prefix_redirect": string("What replaces prefix in the path to redirect to."),
    "regex_redirect": record(REGEX_REWRITE, "Rewrites the path to redirect to."),
    "redirect_response_code": integer("The status of the redirect; 301.", enum=(301, 302, 303, 307, 308)),
    # Other services.
    "bypass_auth": boolean("Do not ask the AuthService."),
    "auth_context_extensions": string_map("What the AuthService is told in addition (gRPC)."),
    "labels": LABELS,
    # Without effect.
    "docs": record({"path": string(), "url": string(), "ignored": boolean(), "display_name": string(), "timeout_ms": integer()},
                   "Without effect."),
    "error_response_overrides": ERROR_RESPONSE_OVERRIDES,
    "bypass_error_response_overrides": boolean("Not supported."),
    "outlier_detection": string("Not supported: an object with it is reported."),
    "envoy_override": opaque("Without effect."), "modules": array(opaque(), "Without effect."),
    "v2ExplicitTLS": V2_EXPLICIT_TLS,
    "v2BoolHeaders": strings("How v2 spelled headers; read by conversions only."),
    "v2BoolQueryParameters": strings("How v2 spelled query_parameters; read by conversions only."),
}, required=("prefix", "service"), rules=(
    ("has(self.hostname) || !has(self.host) || (has(self.host_regex) && self.host_regex) || !self.host.contains('*')",
     "host is an exact name; use hostname for one with *"),
))

TCP_MAPPING = record({
    "port": integer("The port to listen on.", least=1, most=65535),
    "address": string("The address to listen on."),
    "host": string("The name that a client must ask for by SNI; makes TLS end here."),
    "service": string("[scheme://]name[.namespace][:port] of the service."),
    "tls": UPSTREAM_TLS,
    "weight": integer("Share of the connections, among TCPMappings that match the same.", least=0, most=100),
    "circuit_breakers": CIRCUIT_BREAKERS, "enable_ipv4": boolean("Use IPv4 addresses that DNS gives."),
    "enable_ipv6": boolean("Use IPv6 addresses that DNS gives."), "resolver": string("Who finds the endpoints of the service."),
    "cluster_tag": string("Keeps the Envoy cluster of this TCPMapping apart."), "stats_name": STATS_NAME,
    "idle_timeout_ms": string("Without effect."), "v2ExplicitTLS": V2_EXPLICIT_TLS,
}, required=("port", "service"))

_V2_LABEL = anything("A label: source_cluster, destination_cluster, remote_address, another word (a generic_key), or an object.")
_V2_STRINGS = "A list, or one string."
_V2_HEADERS = mapping_of(anything("A string, or an object with value and append."), "Headers to add, by their name.")
_V2_VALUES = mapping_of(anything("A string, or true for any value."), "By name.")
MAPPING_V2 = {
    "tls": anything("The name of a TLSContext, or true."),
    "headers": _V2_VALUES, "query_parameters": _V2_VALUES, "add_request_headers": _V2_HEADERS, "add_response_headers": _V2_HEADERS,
    "remove_request_headers": anything(_V2_STRINGS), "remove_response_headers": anything(_V2_STRINGS),
    "cors": record({
        "origins": anything("A list, or a string with commas."), "methods": anything(_V2_STRINGS), "headers": anything(_V2_STRINGS),
        "exposed_headers": anything(_V2_STRINGS), "credentials": boolean(), "max_age": string(),
    }, "Cross-origin resource sharing."),
    "labels": mapping_of(array(mapping_of(array(_V2_LABEL))), "Rate-limit descriptors."),
    "host": string("The host that a request must ask for: exact, or with one * at either end."),
    "v3StatsName": STATS_NAME, "v3health_checks": array(HEALTH_CHECK),
}
TCP_MAPPING_V2 = {"tls": anything("The name of a TLSContext, or true."), "v3StatsName": STATS_NAME}
# Not part of v2.
MAPPING_V3_ONLY = ("hostname", "stats_name", "health_checks", "v2ExplicitTLS", "v2BoolHeaders", "v2BoolQueryParameters")
TCP_MAPPING_V3_ONLY = ("stats_name", "v2ExplicitTLS")

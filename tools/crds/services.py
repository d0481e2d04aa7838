"""The services that Envoy asks, resolvers, Module, DevPortal."""
from parts import CIRCUIT_BREAKERS, PROTOCOL_VERSION, STATS_NAME, UPSTREAM_TLS, V2_EXPLICIT_TLS
from schema import LISTED, anything, array, boolean, integer, milliseconds, opaque, record, string, string_map, strings

AUTH_SERVICE = record({
    "auth_service": string("[scheme://]host[:port] of the service."),
    "proto": string("How it is asked.", enum=("http", "grpc")), "protocol_version": PROTOCOL_VERSION,
    "path_prefix": string("What comes before the path of the request that it is asked about (http)."),
    "tls": UPSTREAM_TLS, "timeout_ms": milliseconds("How long to wait for it; 5000."),
    "allowed_request_headers": strings("Request headers that it is told, beside the usual ones (http)."),
    "allowed_authorization_headers": strings("Headers of its answer that go on, beside the usual ones (http)."),
    "add_auth_headers": string_map("Headers that it gets in addition (http)."),
    "add_linkerd_headers": boolean("Add l5d-dst-override."),
    "include_body": record({
        "max_bytes": integer("How much of it.", least=0), "allow_partial": boolean("Whether a longer one is cut, or refused."),
    }, "Tell it the body of the request.", required=("max_bytes", "allow_partial")),
    "allow_request_body": boolean("Deprecated: include_body with 4096 bytes."),
    "failure_mode_allow": boolean("Let requests pass when it does not answer."),
    "status_on_error": record({"code": integer("A status.")}, "What a client gets when it does not answer."),
    "circuit_breakers": CIRCUIT_BREAKERS, "stats_name": STATS_NAME, "v2ExplicitTLS": V2_EXPLICIT_TLS,
}, required=("auth_service",))

RATE_LIMIT_SERVICE = record({
    "service": string("[scheme://]host[:port] of the service."), "domain": string("The domain that it is asked for."),
    "timeout_ms": milliseconds("How long to wait for it; 20."), "tls": UPSTREAM_TLS, "protocol_version": PROTOCOL_VERSION,
    "failure_mode_deny": boolean("Refuse requests when it does not answer."),
    "grpc": record({"use_resource_exhausted_code": boolean("Tell a gRPC client RESOURCE_EXHAUSTED rather than UNAVAILABLE.")}),
    "stats_name": STATS_NAME, "v2ExplicitTLS": V2_EXPLICIT_TLS,
}, required=("service",))

CUSTOM_TAG = record({
    "tag": string("The tag's name."),
    "literal": record({"value": string()}, "This value.", required=("value",)),
    "environment": record({"name": string(), "default_value": string()}, "An environment variable of Envoy's.", required=("name",)),
    "request_header": record({"name": string(), "default_value": string()}, "A request header.", required=("name",)),
}, required=("tag",), rules=(
    ("(has(self.literal) ? 1 : 0) + (has(self.environment) ? 1 : 0) + (has(self.request_header) ? 1 : 0) == 1",
     "must have exactly one of literal, environment and request_header"),))
_TRACING_CONFIG = {
    "access_token_file": string(), "collector_cluster": string(), "collector_endpoint": string("The path to send spans to (zipkin)."),
    "collector_endpoint_version": string("The form of a span (zipkin).", enum=("HTTP_JSON_V1", "HTTP_JSON", "HTTP_PROTO")),
    "collector_hostname": string("The host to send them to (zipkin)."), "service_name": string("The name of this service in a trace."),
    "trace_id_128bit": boolean("Long trace ids (zipkin)."), "shared_span_context": boolean("Client and server share a span (zipkin)."),
}
_PROPAGATION_MODES = array(string(enum=("ENVOY", "LIGHTSTEP", "B3", "TRACE_CONTEXT")))
TRACING_SERVICE = record({
    "driver": string("What the collector is.", enum=("zipkin", "datadog", "opentelemetry", "lightstep")),
    "service": string("host[:port] of the collector."),
    "sampling": record({"client": integer(), "random": integer(), "overall": integer()}, "Percentages of requests that are traced."),
    "custom_tags": array(CUSTOM_TAG, "Tags that spans get.", most=LISTED),
    "tag_headers": strings("Without effect: custom_tags with request_header."),
    "config": record({**_TRACING_CONFIG, "propagation_modes": _PROPAGATION_MODES}, "Settings of the driver."),
    "stats_name": STATS_NAME,
}, required=("driver", "service"))

LOG_SERVICE = record({
    "service": string("host[:port] of the service."), "driver": string("What is logged.", enum=("tcp", "http")),
    "driver_config": record({"additional_log_headers": array(record({
        "header_name": string(), "during_request": boolean(), "during_response": boolean(), "during_trailer": boolean(),
    }, required=("header_name",)), "Headers to log.")}, "Settings of the driver."),
    "flush_interval_time": integer("Seconds between deliveries; 1.", least=0),
    "flush_interval_byte_size": integer("Bytes that make a delivery; 16384.", least=0),
    "grpc": boolean("Speak HTTP/2 to it."), "protocol_version": PROTOCOL_VERSION, "stats_name": STATS_NAME,
}, required=("service",))

DEV_PORTAL = record({
    "default": boolean(), "content": record({"url": string(), "branch": string(), "dir": string()}),
    "docs": array(record({"service": string(), "url": string(), "timeout_ms": integer()})),
    "selector": record({"matchNamespaces": strings(), "matchLabels": string_map()}),
    "naming_scheme": string(enum=("namespace.name", "name.prefix")),
    "search": record({"enabled": boolean(), "type": string(enum=("title-only", "all-content"))}),
    "preserve_servers": boolean(),
}, "Accepted, without effect.")

MODULE = record({"config": opaque("The settings, as they are named in docs/compatibility.md.")}, required=("config",))
RESOLVER = record({})
CONSUL_RESOLVER = record({"address": string("Where Consul is."), "datacenter": string("Its data centre.")})

_V2_TLS = anything("The name of a TLSContext, or true.")
AUTH_SERVICE_V2 = {"tls": _V2_TLS, "v3StatsName": STATS_NAME, "v3CircuitBreakers": CIRCUIT_BREAKERS}
AUTH_SERVICE_V3_ONLY = ("stats_name", "circuit_breakers", "v2ExplicitTLS")
RATE_LIMIT_SERVICE_V2 = {"tls": _V2_TLS, "v3StatsName": STATS_NAME, "v3GRPC": RATE_LIMIT_SERVICE["properties"]["grpc"]}
RATE_LIMIT_SERVICE_V3_ONLY = ("stats_name", "grpc", "v2ExplicitTLS")
TRACING_SERVICE_V2 = {"v3StatsName": STATS_NAME, "v3CustomTags": array(CUSTOM_TAG, most=LISTED),
                      "tag_headers": strings("Request headers that spans get as tags."),
                      "config": record({**_TRACING_CONFIG, "v3PropagationModes": _PROPAGATION_MODES})}
TRACING_SERVICE_V3_ONLY = ("stats_name", "custom_tags")
LOG_SERVICE_V2 = {"v3StatsName": STATS_NAME, "v3ProtocolVersion": PROTOCOL_VERSION}
LOG_SERVICE_V3_ONLY = ("stats_name", "protocol_version")

"""What several kinds have in common: ambassador_id, selectors, header lists, circuit breakers, status."""
from schema import array, boolean, integer, mapping_of, record, string, string_map, strings, uint32

AMBASSADOR_ID = strings('The installations that this object is for, by their AMBASSADOR_ID. Without it: ["default"].')

SELECTOR = record({
    "matchLabels": string_map("Labels that an object must have, all of them."),
    "matchExpressions": array(record({
        "key": string(), "operator": string(), "values": strings(),
    }, required=("key", "operator")), "Not evaluated: an object with it is reported."),
}, "Which objects, by their labels.")

ADDED_HEADERS = mapping_of(record({
    "value": string("The header's value; may hold Envoy's %COMMAND% operators."),
    "append": boolean("Whether to add to a header that is there (the default) or to replace it."),
    "v2Representation": string("How v2 spelled the header; read by conversions only.", enum=("", "string", "null")),
}), "Headers to add, by their name.")

CIRCUIT_BREAKERS = array(record({
    "priority": string("Which requests count.", enum=("default", "high")),
    "max_connections": uint32("The most connections to the service."),
    "max_pending_requests": uint32("The most requests that wait for a connection."),
    "max_requests": uint32("The most requests at a time."),
    "max_retries": uint32("The most retries at a time."),
}), "Limits on what may be in flight to the service; one entry for a priority.")

TLS_VERSIONS = ("v1.0", "v1.1", "v1.2", "v1.3")

V2_EXPLICIT_TLS = record({
    "serviceScheme": string(), "tls": string(enum=("", "null", "bool:true", "bool:false", "string")),
}, "How v2 spelled tls; read by conversions only.")

STATS_NAME = string("What the service's statistics are called in Envoy, in place of a name derived from it.")
UPSTREAM_TLS = string("The TLSContext with which to speak TLS to the service.")
PROTOCOL_VERSION = string("The version of Envoy's protocol that the service speaks. Only v3 works.", enum=("v2", "v3"))

CONDITIONS = {
    **array(record({
        "type": string("What the condition is about.", pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"),
        "status": string("Whether it holds.", enum=("True", "False", "Unknown")),
        "reason": string("Why, in one word."),
        "message": string("Why, in full."),
        "observedGeneration": integer("The generation of the object that this was said of.", least=0),
        "lastTransitionTime": {**string("When status changed last."), "format": "date-time"},
    }, required=("type", "status", "reason", "message", "lastTransitionTime")), "What nuncio says of the object, by type."),
    "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
}


def status(fields=None):
    return record({"conditions": CONDITIONS, **(fields or {})}, "Written by nuncio.")

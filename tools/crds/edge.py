"""Listener, Host, TLSContext."""
from parts import SELECTOR, TLS_VERSIONS
from schema import anything, array, boolean, integer, record, string, strings, uint32

SECRET = record({"name": string("The Secret's name."), "namespace": string("Its namespace, when it is another one.")})

LISTENER = record({
    "port": integer("The port to listen on.", least=1, most=65535),
    "protocol": string("What is spoken there.", enum=("HTTP", "HTTPS", "HTTPPROXY", "HTTPSPROXY", "TCP", "TLS", "UDP")),
    "protocolStack": array(string(enum=("HTTP", "PROXY", "TLS", "TCP", "UDP")), "What is spoken there, layer by layer; goes before protocol.",
                           most=16),
    "securityModel": string("Which requests count as secure: by X-Forwarded-Proto, all, or none.", enum=("XFP", "SECURE", "INSECURE")),
    "statsPrefix": string("What its statistics are called in Envoy."),
    "l7Depth": uint32("How many proxies before it are to be trusted."),
    "http2MaxConcurrentStreams": uint32("The most streams of one HTTP/2 connection.", least=1),
    "hostBinding": record({
        "namespace": record({"from": string("Hosts of its own namespace, or of all.", enum=("SELF", "ALL", "SELECTOR"))}),
        "selector": SELECTOR,
    }, "Which Hosts it serves.", rules=(
        ("has(self.selector) || (has(self.namespace) && has(self.namespace.from))", "needs namespace.from, selector, or both"),)),
}, required=("port", "securityModel", "hostBinding"), rules=(
    ("has(self.protocol) || (has(self.protocolStack) && size(self.protocolStack) > 0)", "needs protocol or protocolStack"),
    ("!has(self.protocolStack) || size(self.protocolStack) == 0 || self.protocolStack[size(self.protocolStack) - 1] in ['TCP', 'UDP']",
     "protocolStack must end with TCP or UDP"),
))

_TLS = {
    "cert_chain_file": string("A file with the certificate chain."), "private_key_file": string("A file with its key."),
    "ca_secret": string("A Secret whose tls.crt signs clients' or the service's certificates."),
    "cacert_chain_file": string("A file with such certificates."),
    "crl_secret": string("A Secret whose crl.pem lists revoked certificates."),
    "alpn_protocols": string('Protocols offered by ALPN, with commas: "h2,http/1.1".'),
    "cert_required": boolean("Whether a client must present a certificate."),
    "cipher_suites": strings("Ciphers for TLS below 1.3."), "ecdh_curves": strings("Curves for key exchange."),
    "redirect_cleartext_from": integer("Without effect on routing."),
    "sni": string("The name that the service is asked for."),
}

HOST = record({
    "hostname": string("The name that clients use: exact, or with one * at either end; *."),
    "mappingSelector": SELECTOR, "selector": {**SELECTOR, "description": "Deprecated: mappingSelector."},
    "tlsSecret": {**SECRET, "description": "The Secret with certificate and key."},
    "tlsContext": record({"name": string("The TLSContext's name.")}, "A TLSContext with more settings."),
    "tls": record({**_TLS, "min_tls_version": string("v1.0 to v1.3."), "max_tls_version": string("v1.0 to v1.3.")}, "More settings, here."),
    "requestPolicy": record({"insecure": record({
        "action": string("What happens to a request that is not secure.", enum=("Redirect", "Reject", "Route")),
        "additionalPort": integer("Without effect."),
    })}, "What happens to requests."),
    "acmeProvider": record({
        "authority": string(), "email": string(), "registration": string(),
        "privateKeySecret": record({"name": string(), "namespace": string()}),
    }, "Without effect: certificates come from Secrets."),
    "previewUrl": record({"enabled": boolean(), "type": string(enum=("Path",))}, "Without effect."),
}, rules=(("!has(self.tls) || !has(self.tlsContext) || !has(self.tlsContext.name)", "tls and tlsContext exclude each other"),))

TLS_CONTEXT = record({
    **_TLS,
    "hosts": strings("Names for which TLS ends here with it; without, it is for the way to a service."),
    "secret": string("A Secret with certificate and key: name or name.namespace."),
    "min_tls_version": string("The oldest TLS.", enum=TLS_VERSIONS), "max_tls_version": string("The newest TLS.", enum=TLS_VERSIONS),
    "secret_namespacing": boolean("Whether a dot in a Secret's name begins a namespace; true."),
}, rules=(("!has(self.secret) || !has(self.cert_chain_file)", "secret and cert_chain_file exclude each other"),))

HOST_STATUS = {
    "tlsCertificateSource": string(enum=("Unknown", "None", "Other", "ACME")),
    "state": string("Whether it is served.", enum=("Initial", "Pending", "Ready", "Error")),
    "phaseCompleted": string(enum=("NA", "DefaultsFilled", "ACMEUserPrivateKeyCreated", "ACMEUserRegistered", "ACMECertificateChallenge")),
    "phasePending": string(enum=("NA", "DefaultsFilled", "ACMEUserPrivateKeyCreated", "ACMEUserRegistered", "ACMECertificateChallenge")),
    "errorReason": string("What is wrong."), "errorTimestamp": {**string(), "format": "date-time"}, "errorBackoff": string(),
}

HOST_V2 = {"ambassadorId": anything("ambassador_id."), "selector": {**SELECTOR, "description": "Which Mappings are for it."}}
HOST_V3_ONLY = ("mappingSelector",)
TLS_CONTEXT_V2 = {"v3CRLSecret": _TLS["crl_secret"]}
TLS_CONTEXT_V3_ONLY = ("crl_secret",)

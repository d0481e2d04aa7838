#!/usr/bin/python3
"""Writes the CustomResourceDefinitions of getambassador.io from the schemas beside this file: the one place that says what
the API server takes.

  deploy/crds/                       v3alpha1 alone: for kubectl apply
  deploy/chart/nuncio-crds/files/    all versions: the chart's template takes those that its values ask for

usage: generate.py [--check]      --check: writes nothing, fails when a file is not as it would be written
"""
import copy
import pathlib
import sys

import yaml

import edge
import parts
import routes
import services
from schema import anything, record

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAIN, ALL = ROOT / "deploy/crds", ROOT / "deploy/chart/nuncio-crds/files"
GROUP = "getambassador.io"
HEADER = "# Written by tools/crds/generate.py; change the schemas there.\n"
AGE = ("Age", "date", ".metadata.creationTimestamp")
# Whether Envoy has it, and if not, why; for kinds without a state of Emissary's. The message is that of the first condition that is
# False, so that nothing stands there when all is well.
LIVE = (("Programmed", "string", '.status.conditions[?(@.type=="Programmed")].status'),
        ("Reason", "string", '.status.conditions[?(@.type=="Programmed")].reason'),
        AGE, ("Message", "string", '.status.conditions[?(@.status=="False")].message'))
# Columns of Emissary's that say what nuncio never says: for `-o wide`.
WIDE = ("Phase Completed", "Phase Pending")
STATE = (("State", "string", ".status.state"), ("Reason", "string", ".status.reason"))
MAPPING_STATUS = {"state": {"type": "string", "description": "Whether it is served.", "enum": ["", "Inactive", "Running"]},
                  "reason": {"type": "string", "description": "Why not."}}


class Kind:
    """One kind: `v2` are the fields that differ there, `v3_only` those that it does not have; v2=None: no older version."""

    def __init__(self, name, plural, short, spec, *, v2=None, v3_only=(), v1=True, columns=LIVE, status=None, description=""):
        self.name, self.plural, self.short, self.spec = name, plural, short, spec
        self.v2, self.v3_only, self.v1 = v2, v3_only, v1 and v2 is not None
        self.columns, self.status, self.description = columns, status or {}, description


KINDS = [
    Kind("AuthService", "authservices", ["authsvc"], services.AUTH_SERVICE, v2=services.AUTH_SERVICE_V2,
         v3_only=services.AUTH_SERVICE_V3_ONLY, description="A service that is asked whether a request may pass."),
    Kind("ConsulResolver", "consulresolvers", ["consulres"], services.CONSUL_RESOLVER, v2={}, description="Finds services in Consul."),
    Kind("DevPortal", "devportals", ["dvp"], services.DEV_PORTAL, v2={}, description="Accepted, without effect."),
    Kind("Host", "hosts", ["amhost"], edge.HOST, v2=edge.HOST_V2, v3_only=edge.HOST_V3_ONLY, v1=False, status=edge.HOST_STATUS, columns=(
        ("Hostname", "string", ".spec.hostname"), ("State", "string", ".status.state"), ("Phase Completed", "string", ".status.phaseCompleted"),
        ("Phase Pending", "string", ".status.phasePending"), AGE, ("Reason", "string", ".status.errorReason")), description="A name that clients use, and its certificate."),
    Kind("KubernetesEndpointResolver", "kubernetesendpointresolvers", ["epres"], services.RESOLVER, v2={},
         description="Finds the endpoints of a service in its EndpointSlices."),
    Kind("KubernetesServiceResolver", "kubernetesserviceresolvers", ["svcres"], services.RESOLVER, v2={},
         description="Finds a service by DNS."),
    Kind("Listener", "listeners", ["amlsn"], edge.LISTENER, columns=(
        ("Port", "string", ".spec.port"), ("Protocol", "string", ".spec.protocol"), ("Stack", "string", ".spec.protocolStack"),
        ("StatsPrefix", "string", ".spec.statsPrefix"), ("Security", "string", ".spec.securityModel"), ("L7Depth", "string", ".spec.l7Depth"), *LIVE),
        description="A port that Envoy listens on, and the Hosts that it serves."),
    Kind("LogService", "logservices", ["logsvc"], services.LOG_SERVICE, v2=services.LOG_SERVICE_V2,
         v3_only=services.LOG_SERVICE_V3_ONLY, description="A service that gets the access log."),
    Kind("Mapping", "mappings", ["mpg"], routes.MAPPING, v2=routes.MAPPING_V2, v3_only=routes.MAPPING_V3_ONLY, status=MAPPING_STATUS, columns=(
        ("Source Host", "string", ".spec['hostname', 'host']"), ("Source Prefix", "string", ".spec.prefix"), ("Dest Service", "string", ".spec.service"),
        *STATE), description="A route: which requests, and to which service."),
    Kind("Module", "modules", ["ammod"], services.MODULE, v2={}, description="Settings for a whole installation."),
    Kind("RateLimitService", "ratelimitservices", ["rlsvc"], services.RATE_LIMIT_SERVICE, v2=services.RATE_LIMIT_SERVICE_V2,
         v3_only=services.RATE_LIMIT_SERVICE_V3_ONLY, description="A service that is asked whether there were too many requests."),
    Kind("TCPMapping", "tcpmappings", ["tcpmpg"], routes.TCP_MAPPING, v2=routes.TCP_MAPPING_V2, v3_only=routes.TCP_MAPPING_V3_ONLY,
         description="A route for connections: which ones, and to which service."),
    Kind("TLSContext", "tlscontexts", ["tlsctx"], edge.TLS_CONTEXT, v2=edge.TLS_CONTEXT_V2, v3_only=edge.TLS_CONTEXT_V3_ONLY,
         description="Settings of TLS, for clients or for a service."),
    Kind("TracingService", "tracingservices", ["tracesvc"], services.TRACING_SERVICE, v2=services.TRACING_SERVICE_V2,
         v3_only=services.TRACING_SERVICE_V3_ONLY, description="A collector of traces."),
]


def without_rules(schema):
    """v2 is as lenient as it always was: what is wrong is reported in the object's status."""
    if isinstance(schema, dict):
        return {key: without_rules(value) for key, value in schema.items() if key != "x-kubernetes-validations"}
    return [without_rules(each) for each in schema] if isinstance(schema, list) else schema


def spec_v3(kind):
    spec = copy.deepcopy(kind.spec)
    spec["properties"] = dict(sorted({**spec["properties"], "ambassador_id": parts.AMBASSADOR_ID}.items()))
    return spec


def spec_v2(kind):
    spec = without_rules(spec_v3(kind))
    fields = {name: field for name, field in spec["properties"].items() if name not in kind.v3_only}
    ids = {"ambassador_id": anything("The installations that this object is for: a list, or one string.")}
    spec["properties"] = dict(sorted({**fields, **without_rules(kind.v2), **ids}.items()))
    spec["x-kubernetes-preserve-unknown-fields"] = True
    return spec


def version(kind, name, spec, *, storage):
    root = record({"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"},
                   "spec": spec, "status": parts.status(kind.status)}, kind.description, required=["spec"] if spec.get("required") else [])
    return {"name": name, "served": True, "storage": storage,
            "additionalPrinterColumns": [
                {"name": column, "type": column_type, "jsonPath": path, **({"priority": 1} if column in WIDE else {})}
                for column, column_type, path in kind.columns],
            "schema": {"openAPIV3Schema": root}, "subresources": {"status": {}}}


def definition(kind, *, legacy):
    versions = [version(kind, "v3alpha1", spec_v3(kind), storage=True)]
    if legacy and kind.v2 is not None:
        versions.append(version(kind, "v2", spec_v2(kind), storage=False))
        if kind.v1:
            versions.append(version(kind, "v1", spec_v2(kind), storage=False))
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{GROUP}", "labels": {"app.kubernetes.io/name": "nuncio", "app.kubernetes.io/part-of": "nuncio"}},
        "spec": {"group": GROUP, "scope": "Namespaced",
                 "names": {"kind": kind.name, "listKind": f"{kind.name}List", "plural": kind.plural, "singular": kind.name.lower(),
                           "shortNames": kind.short, "categories": ["ambassador-crds", "nuncio"]},
                 "versions": versions}}


class Plain(yaml.SafeDumper):
    """Without anchors: a part that occurs twice is written twice."""

    def ignore_aliases(self, data):
        return True


def files():
    for kind in KINDS:
        for folder, legacy in ((PLAIN, False), (ALL, True)):
            text = yaml.dump(definition(kind, legacy=legacy), Dumper=Plain, sort_keys=False, width=120, allow_unicode=True)
            yield folder / f"{kind.plural}.yaml", HEADER + text


def main() -> int:
    wrong = []
    for path, text in files():
        if path.exists() and path.read_text() == text:
            continue
        wrong.append(str(path.relative_to(ROOT)))
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if "--check" in sys.argv and wrong:
        print(f"not as tools/crds/generate.py writes them: {', '.join(wrong)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

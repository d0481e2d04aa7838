"""The CustomResourceDefinitions against the real API server, and against what nuncio itself takes.

Where the two differ, the difference stands in REFUSED below, with its reason.
"""
import json
import pathlib
import subprocess

import pytest
import yaml

import cluster as cluster_module
import generate

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUNCIO = ROOT / "build/dev/nuncio"
PLURALS = {kind.name: kind.plural for kind in generate.KINDS}
CASES = sorted([*(ROOT / "tests/golden").rglob("in.yaml"), *(ROOT / "examples").rglob("manifests/*.yaml"), *(ROOT / "tests/answers").glob("*.yaml")])
# (manifest, object): why the API server refuses what nuncio takes without an error.
REFUSED = {
    ("tests/golden/errors/unknown-field/in.yaml", "Mapping default/quote"):
        "an unknown field is a warning in a file, and refused by the server, which would drop it otherwise (docs/adr/0009)",
    ("tests/golden/host/tls-inline-camel-case/in.yaml", "Host default/a"):
        "Emissary's v3alpha1 schema has the names with underscores only; files may have both",
}


def documents(path):
    """The objects of getambassador.io in a manifest, those inside a List too."""
    def unfold(value):
        if isinstance(value, dict) and value.get("kind") == "List":
            for item in value.get("items") or []:
                yield from unfold(item)
        elif isinstance(value, dict) and str(value.get("apiVersion", "")).startswith("getambassador.io/") and value.get("kind") in PLURALS:
            yield value
    for document in yaml.load_all(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        yield from unfold(document)


def errors_of(path):
    """The objects about which nuncio reports an error."""
    done = subprocess.run([NUNCIO, "check", path, "--output", "json"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    return {finding["object"] for finding in json.loads(done.stdout)["findings"] if finding["severity"] == "error"}


def ask(cluster, objects):
    """[status, message] of each object, were it created."""
    entries = []
    for each in objects:
        each = {**each, "metadata": {**each["metadata"], "namespace": "default"}}
        each.pop("status", None)
        entries.append({"plural": PLURALS[each["kind"]], "object": each})
    out = cluster.run("/usr/bin/python3", cluster_module.HERE / "create.py", "127.0.0.1:6443", cluster.folder / "pki", stdin=json.dumps(entries))
    return json.loads(out)


def test_every_kind_is_established_and_structural(cluster, crds):
    assert len(crds) == len(generate.KINDS) == 14
    for name in crds:
        conditions = {each["type"]: each["status"] for each in cluster.get("crd", name)["status"]["conditions"]}
        assert conditions["Established"] == conditions["NamesAccepted"] == "True", name
        assert "NonStructuralSchema" not in conditions, name


def test_what_nuncio_takes_the_api_server_takes(cluster, crds):
    objects, places = [], []
    for path in CASES:
        wrong = errors_of(path)
        for each in documents(path):
            metadata = each.get("metadata") or {}
            place = f"{each['kind']} {metadata.get('namespace', 'default')}/{metadata.get('name')}"
            if place not in wrong and isinstance(each.get("spec", {}), dict) and each["apiVersion"].rpartition("/")[2] in ("v1", "v2", "v3alpha1"):
                objects.append(each)
                places.append((path.relative_to(ROOT).as_posix(), place))
    assert len(objects) > 1000
    refused = {place: message for place, (status, message) in zip(places, ask(cluster, objects)) if status != 201}
    unexpected = {place: message for place, message in refused.items() if place not in REFUSED}
    assert unexpected == {}
    assert set(REFUSED) - set(refused) == set(), "listed as refused, but taken"


LISTENER = {"port": 80, "protocol": "HTTP", "securityModel": "XFP", "hostBinding": {"namespace": {"from": "ALL"}}}
ROUTE = {"prefix": "/", "service": "one", "hostname": "*"}


def balanced(**policy):
    return {**ROUTE, "load_balancer": policy}


@pytest.mark.parametrize("kind, spec, message", [
    ("Listener", {**LISTENER, "protocol": None}, "needs protocol or protocolStack"),
    ("Listener", {**LISTENER, "protocolStack": ["TLS", "HTTP"]}, "protocolStack must end with TCP or UDP"),
    ("Listener", {**LISTENER, "hostBinding": {}}, "needs namespace.from, selector, or both"),
    ("Listener", {**LISTENER, "port": 0}, "spec.port"),
    ("Host", {"tls": {}, "tlsContext": {"name": "x"}}, "tls and tlsContext exclude each other"),
    ("TLSContext", {"secret": "a", "cert_chain_file": "/b"}, "secret and cert_chain_file exclude each other"),
    ("Mapping", {"prefix": "/", "service": "one", "host": "*.example.com"}, "host is an exact name"),
    ("Mapping", balanced(policy="round_robin", source_ip=True), "for ring_hash and maglev only"),
    ("Mapping", balanced(policy="maglev"), "exactly one of cookie, header and source_ip"),
    ("Mapping", balanced(policy="ring_hash", header="x", source_ip=True), "exactly one of cookie, header and source_ip"),
    ("Mapping", {**ROUTE, "health_checks": [{"health_check": {}}]}, "exactly one of http and grpc"),
    ("Mapping", {**ROUTE, "labels": {"ambassador": [{"a": [{}]}]}}, "should have at least 1 properties"),
    ("Mapping", {"prefix": "/"}, "spec.service: Required value"),
    ("Mapping", {**ROUTE, "ambassador_id": "one"}, "must be of type array"),
    ("Mapping", {**ROUTE, "timeout": 3}, 'unknown field "spec.timeout"'),
    ("TracingService", {"driver": "zipkin", "service": "x", "custom_tags": [{"tag": "a"}]}, "exactly one of literal"),
    ("Module", {}, "spec.config: Required value"),
])
def test_the_api_server_says_what_is_wrong(cluster, crds, kind, spec, message):
    spec = {key: value for key, value in spec.items() if value is not None}
    [(status, said)] = ask(cluster, [{"apiVersion": "getambassador.io/v3alpha1", "kind": kind, "metadata": {"name": "x"}, "spec": spec}])
    assert status in (400, 422) and message in said, said


# What an old manifest may hold (v2 and v1 have the same fields).
OLD = [
    ("Mapping", {"prefix": "/", "service": "one", "ambassador_id": "one", "tls": True, "host": "*.example.com", "headers": {"x-a": True},
                 "add_request_headers": {"a": "b", "c": {"value": "d"}}, "remove_request_headers": "x", "cors": {"origins": "a,b", "methods": "GET"},
                 "labels": {"ambassador": [{"g": ["remote_address", {"x": {"header": "x"}}]}]}, "of_another_version": {"is": "kept"}}),
    ("TCPMapping", {"port": 1, "service": "one", "tls": False, "v3StatsName": "x"}),
    ("AuthService", {"auth_service": "one", "tls": "context", "v3CircuitBreakers": [{"max_requests": 1}]}),
    ("TLSContext", {"secret": "x", "v3CRLSecret": "y", "ambassador_id": ["a"]}),
    ("TracingService", {"driver": "zipkin", "service": "x", "tag_headers": ["a"]}),
]


@pytest.mark.parametrize("version", ["v2", "v1"])
@pytest.mark.parametrize("kind, spec", OLD, ids=[kind for kind, _ in OLD])
def test_what_an_old_manifest_may_hold(cluster, crds, version, kind, spec):
    assert ask(cluster, [{"apiVersion": f"getambassador.io/{version}", "kind": kind, "metadata": {"name": "x"}, "spec": spec}]) == [[201, ""]]


def sample(schema):
    """A value of the schema with every field that it names."""
    if schema.get("enum"):
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            fields = {name: sample(field) for name, field in schema.get("properties", {}).items()}
            return fields or ({"x": sample(schema["additionalProperties"])} if "additionalProperties" in schema else {})
        case "array":
            return [sample(schema["items"])]
        case "integer":
            return max(schema.get("minimum", 1), 1)
        case "boolean":
            return True
        case _:
            return "x"


@pytest.mark.parametrize("kind", generate.KINDS, ids=lambda kind: kind.name)
def test_nuncio_knows_every_field_of_the_schema(kind, tmp_path):
    manifest = tmp_path / "all.yaml"
    manifest.write_text(yaml.safe_dump({"apiVersion": "getambassador.io/v3alpha1", "kind": kind.name, "metadata": {"name": "x"},
                                        "spec": sample(generate.spec_v3(kind))}))
    done = subprocess.run([NUNCIO, "check", manifest, "--output", "json"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    unknown = [finding for finding in json.loads(done.stdout)["findings"] if finding["code"] == "unknown-field"]
    assert unknown == []


def test_columns_and_short_names(cluster, crds, namespace):
    # Of nobody, so that nobody writes their status.
    exact = {"prefix": "/", "service": "two", "host": "a.example.com", "ambassador_id": ["nobody"]}
    for name, spec in (("exact", exact), ("quote", {**ROUTE, "ambassador_id": ["nobody"]})):
        cluster.apply(json.dumps({"apiVersion": "getambassador.io/v3alpha1", "kind": "Mapping", "metadata": {"name": name}, "spec": spec}), "-n", namespace)
    cluster.kubectl("patch", "mapping", "quote", "-n", namespace, "--subresource=status", "--type=merge", "-p",
                    json.dumps({"status": {"state": "Inactive", "reason": "because"}}))
    head, *lines = cluster.kubectl("get", "mpg", "-n", namespace).splitlines()
    assert [column.strip() for column in head.split("   ") if column.strip()] == [
        "NAME", "SOURCE HOST", "SOURCE PREFIX", "DEST SERVICE", "STATE", "REASON"]
    assert [line.split() for line in lines] == [["exact", "a.example.com", "/", "two"], ["quote", "*", "/", "one", "Inactive", "because"]]
    assert "quote" in cluster.kubectl("get", "ambassador-crds", "-n", namespace)

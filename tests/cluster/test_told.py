"""What a user sees with kubectl: is it live, and if not, why. The text that kubectl prints is what is judged."""
import json
import re

import pytest

from cluster import until, until_equal
from objects import emissary, listing, mapping

SECRET = {"hostname": "secret.example.com", "tlsSecret": {"name": "nobody"}}
QUICKSTART = ("hello", "quote", "shop", "shop-canary", "pods")
DEFAULT = {*QUICKSTART, "http", "everything"}
LISTENER = {"port": 8080, "protocol": "TLS", "securityModel": "XFP", "hostBinding": {"namespace": {"from": "ALL"}}}
# What only an Envoy knows to be wrong whose operator set a limit of its own.
STRICTER = ("re2.max_program_size.error_level", "10")
REFUSED = {"prefix": "/told/refused/[a-z]{20}", "prefix_regex": True}

NO_SERVICE = "ServiceMissing: spec.service: there is no Service 'nobody' in the namespace '{namespace}'; requests get 503"
NO_PORT = "ServicePortMissing: spec.service: Service default/hello has no TCP port 81; requests get 503"
BAD_REGEX = "RegexInvalid: spec.prefix: is no regular expression that RE2 takes: missing ): /(bad"
NO_SECRET = "SecretMissing: spec.tlsSecret.name: names Secret {namespace}/nobody, which does not exist"
CONFLICT = "spec.port: is that of Listener default/http too, which is used; the Listener is left out"


class Table:
    """What `kubectl get` prints: the text of each column, by the object's name."""

    def __init__(self, text):
        head, *lines = text.splitlines()
        starts = [match.start() for match in re.finditer(r"\S+( \S+)*", head)]
        self.columns = [head[start:end].strip() for start, end in zip(starts, [*starts[1:], None])]
        self.rows = {}
        for line in lines:
            cells = [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None])]
            row = dict(zip(self.columns, cells))
            self.rows[row["NAME"]] = row


def described(text):
    """({condition: (status, reason, message)}, [(type, reason, message) of each Event]) of what `kubectl describe` prints."""
    conditions, events = {}, []
    status, _, said = text.partition("\nEvents:")
    for block in re.split(r"Last Transition Time:", status)[1:]:
        field = {name: value.strip() for name, value in re.findall(r"^ *(Message|Reason|Status|Type):(.*)$", block, re.M)[:4]}
        conditions[field["Type"]] = (field["Status"], field["Reason"], field["Message"])
    for line in said.splitlines()[3:]:
        type_, reason, _, _, message = re.split(r"\s{2,}", line.strip(), maxsplit=4)
        events.append((type_, reason, message))
    return conditions, events


@pytest.fixture(scope="module")
def told(cluster, quickstart, namespace):
    """A namespace with an object for each thing that can be said; kubectl, asked until the status is there."""
    cluster.apply(listing(
        mapping("live", "/told/live/", "hello.default"), mapping("no-service", "/told/ns/", "nobody"),
        mapping("no-port", "/told/np/", "hello.default:81"), mapping("bad-regex", "/(bad", "hello.default", prefix_regex=True),
        mapping("of-others", "/told/oo/", "hello.default", ambassador_id=["nobody"]),
        emissary("Host", "no-secret", SECRET), emissary("Listener", "same-port", LISTENER)), "-n", namespace)

    # Whose Envoy is slow calls an object pending before it says what became of it.
    def untold():
        objects = [each for each in cluster.get("mappings,hosts,listeners", "-n", namespace) if each["metadata"]["name"] != "of-others"]
        objects += [each for each in cluster.get("mappings,hosts,listeners", "-n", "default") if each["metadata"]["name"] in DEFAULT]
        return [each["metadata"]["name"] for each in objects if not any(
            condition["type"] == "Programmed" and condition["status"] != "Unknown" for condition in each.get("status", {}).get("conditions", ()))]
    until_equal("what has no status, or is pending", untold, [])
    yield namespace
    cluster.kubectl("delete", "mappings,hosts,listeners", "--all", "-n", namespace)


def table(cluster, namespace, what):
    return Table(cluster.kubectl("get", what, "-n", namespace)).rows


def states(cluster, namespace, *names):
    """What the table says of the state of these Mappings; without names: of those of the quickstart."""
    rows = table(cluster, namespace, "mappings")
    return {name: rows[name]["STATE"] for name in names or QUICKSTART}


def said_of(cluster, namespace, what):
    """{(type, reason)} of the Events of an object. What is said again is counted there, or said anew."""
    return {(type_, reason) for type_, reason, _ in described(cluster.kubectl("describe", what, "-n", namespace))[1]}


def test_a_table_answers(cluster, told):
    mappings = table(cluster, told, "mappings")
    seen = {name: (row["STATE"], row["REASON"]) for name, row in mappings.items()}
    assert seen["live"] == ("Running", "") and seen["of-others"] == ("", ""), seen
    # Served, but with an answer that nobody wants.
    for name, reason in (("no-service", NO_SERVICE.format(namespace=told)), ("no-port", NO_PORT)):
        assert seen[name][0] == "Running" and seen[name][1].startswith(reason), seen[name]
    assert seen["bad-regex"] == ("Inactive", BAD_REGEX), seen

    [host] = table(cluster, told, "hosts").values()
    assert host["STATE"] == "Error" and host["REASON"].startswith(NO_SECRET.format(namespace=told)), host
    [listener] = table(cluster, told, "listeners").values()
    assert (listener["PROGRAMMED"], listener["REASON"], listener["MESSAGE"]) == ("False", "ListenerConflict", CONFLICT)
    good = table(cluster, "default", "listeners")["http"]
    assert (good["PROGRAMMED"], good["REASON"], good["MESSAGE"]) == ("True", "Programmed", "")
    assert table(cluster, "default", "hosts")["everything"]["STATE"] == "Ready"


@pytest.mark.parametrize("what, false, reason", [
    ("mapping/no-service", {"ResolvedRefs"}, NO_SERVICE), ("mapping/no-port", {"ResolvedRefs"}, NO_PORT),
    ("mapping/bad-regex", {"Accepted", "Programmed"}, BAD_REGEX), ("host/no-secret", {"ResolvedRefs", "Programmed"}, NO_SECRET),
    ("listener/same-port", {"Accepted", "Programmed"}, f"ListenerConflict: {CONFLICT}")])
def test_a_description_says_why(cluster, told, what, false, reason):
    code, _, message = reason.format(namespace=told).partition(": ")

    def event():
        return described(cluster.kubectl("describe", what, "-n", told))[1]
    events = until("an Event", event)
    assert all((type_, said) == ("Warning", code) and note.startswith(message) for type_, said, note in events), events
    conditions, _ = described(cluster.kubectl("describe", what, "-n", told))
    assert conditions.keys() == {"Accepted", "Programmed", "ResolvedRefs"}
    assert {name for name, (status, _, _) in conditions.items() if status == "False"} == false, conditions
    for name in false:
        assert conditions[name][1] == code and conditions[name][2].startswith(message), conditions


def test_a_description_of_what_is_live(cluster, told):
    conditions, events = described(cluster.kubectl("describe", "mapping/live", "-n", told))
    assert conditions == {"Accepted": ("True", "Accepted", ""), "Programmed": ("True", "Programmed", "Envoy has acknowledged it."),
                          "ResolvedRefs": ("True", "ResolvedRefs", "")}
    assert events == []
    assert "Running" in cluster.kubectl("get", "mapping", "live", "-n", told)


@pytest.fixture
def stricter_envoy(quickstart):
    key, value = STRICTER
    quickstart.set_envoy_runtime(key, value)
    yield quickstart
    quickstart.set_envoy_runtime(key, "")


def test_what_envoy_refuses_is_told_of_nobody_else(cluster, stricter_envoy, told):
    """Routes share a table in Envoy. Those that it had before the refusal are live, and say so."""
    quickstart = stricter_envoy
    cluster.apply(listing(emissary("Mapping", "refused", {"hostname": "*", "service": "hello.default", **REFUSED})), "-n", told)
    cluster.kubectl("wait", "mapping/refused", "-n", told, "--for=jsonpath={.status.state}=Inactive", "--timeout=300s")
    cluster.kubectl("wait", "mapping/refused", "-n", told, "--for=condition=Programmed=false", "--timeout=300s")
    row = table(cluster, told, "mappings")["refused"]
    assert row["STATE"] == "Inactive" and row["REASON"].startswith("EnvoyRefused: Envoy refuses the routes"), row
    assert "regex" in row["REASON"] and row["REASON"].endswith("this one alone is new or changed since then."), row
    conditions, _ = described(cluster.kubectl("describe", "mapping/refused", "-n", told))
    assert conditions["Accepted"][0] == "True" and conditions["Programmed"][:2] == ("False", "EnvoyRefused"), conditions
    until_equal("its Events", lambda: said_of(cluster, told, "mapping/refused"), {("Warning", "EnvoyRefused")})

    assert states(cluster, told, "live") == {"live": "Running"}
    assert states(cluster, "default") == dict.fromkeys(QUICKSTART, "Running")
    quickstart.everywhere("/told/live/", "hello")

    # Repaired, and said so.
    cluster.kubectl("patch", "mapping", "refused", "-n", told, "--type=merge", "-p", json.dumps({"spec": {"prefix": "/told/refused/", "prefix_regex": False}}))
    cluster.kubectl("wait", "mapping/refused", "-n", told, "--for=jsonpath={.status.state}=Running", "--timeout=300s")
    cluster.kubectl("wait", "mapping/refused", "-n", told, "--for=condition=Programmed", "--timeout=300s")
    quickstart.everywhere("/told/refused/", "hello")
    until_equal("its Events", lambda: said_of(cluster, told, "mapping/refused"), {("Warning", "EnvoyRefused"), ("Normal", "Programmed")})
    assert states(cluster, "default") == dict.fromkeys(QUICKSTART, "Running")


def test_a_service_that_comes_later(cluster, told):
    cluster.apply(listing({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "nobody"}, "spec": {"type": "ExternalName", "externalName": "hello.default.svc.cluster.local"}}), "-n", told)
    until_equal("why the Mapping is not well", lambda: table(cluster, told, "mappings")["no-service"]["REASON"], "")

"""What a user sees of an object with kubectl: whether it is live, and if not, why. Against a real API server."""
import json
import pathlib
import sys
import time

import pytest
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import manifests as m  # noqa: E402
from nuncio_harness import ROOT, free_ports, wait_until  # noqa: E402

# Longer than anything that follows a change, the pause between two statuses of an object included.
QUIET_S = 5
DEFINITIONS = ROOT / "deploy/crds"
KIND = "mappings.getambassador.io"


def rights(api):
    """Binds what the chart grants to the user of the test, who has nothing else."""
    for item in yaml.safe_load_all((ROOT / "deploy/manifests/nuncio.yaml").read_text()):
        if item and item["kind"] in ("ClusterRole", "Role"):
            kind, meta = item["kind"], {"name": item["metadata"]["name"]}
            if kind == "Role":
                meta["namespace"] = "default"
            api.apply({**item, "metadata": meta},
                      {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": f"{kind}Binding", "metadata": meta,
                       "subjects": [{"kind": "User", "name": "nuncio", "apiGroup": "rbac.authorization.k8s.io"}],
                       "roleRef": {"kind": kind, "name": meta["name"], "apiGroup": "rbac.authorization.k8s.io"}})
    # They count once the API server has read them.
    for verb, resource in (("watch", "secrets"), ("create", "events.events.k8s.io"), ("update", "leases.coordination.k8s.io")):
        api.wait_until_allowed("nuncio", verb, resource, "default")


def pod(name, **more):
    return {"POD_NAME": name, "POD_UID": f"uid-of-{name}", **more}


@pytest.fixture
def start(api, follow):
    api.kubectl("apply", "-f", DEFINITIONS)
    api.wait_until_served()
    rights(api)
    return lambda name, **more: follow(kubeconfig=api.nuncio, environment=pod(name, **more)).start()


def get(api, kind, name):
    return json.loads(api.kubectl("get", kind, name, "-o", "json"))


def conditions(item):
    return {each["type"]: each for each in item.get("status", {}).get("conditions", ())}


def until_said(api, kind, name, **want):
    """Until the object's conditions have these reasons and speak of its newest generation; the object."""
    def said():
        item = get(api, kind, name)
        found = conditions(item)
        good = all(type_ in found and found[type_]["reason"] == reason and
                   found[type_]["observedGeneration"] == item["metadata"]["generation"] for type_, reason in want.items())
        return good and item
    return wait_until(said, lambda: f"{want} of {json.dumps(get(api, kind, name).get('status'), indent=1)}", interval_s=0.2)


def leader(api):
    """Who holds the Lease; empty: nobody."""
    return json.loads(api.kubectl("get", "lease", "nuncio-default", "-o", "json"))["spec"].get("holderIdentity", "")


def versions(api, before):
    """What a Mapping has been since it was as in `before`, `before` included, oldest first."""
    name, now = before["metadata"]["name"], get(api, KIND, before["metadata"]["name"])["metadata"]["resourceVersion"]
    path = "/apis/getambassador.io/v3alpha1/namespaces/default/mappings"
    query = f"watch=1&fieldSelector=metadata.name={name}&resourceVersion={before['metadata']['resourceVersion']}&timeoutSeconds=1"

    def seen():
        events = [json.loads(line) for line in api.kubectl("get", "--raw", f"{path}?{query}").splitlines()]
        found = [before, *[event["object"] for event in events]]
        return found if now in [each["metadata"].get("resourceVersion") for each in found] else None
    return wait_until(seen, f"all versions of Mapping {name} up to {now}")


def changed_times(history):
    """Conditions that kept their truth, and yet have another time than before. An Envoy that takes its time changes the truth."""
    return [(was, condition) for old, new in zip(history, history[1:]) for type_, condition in conditions(new).items()
            if (was := conditions(old)[type_])["status"] == condition["status"] and was["lastTransitionTime"] != condition["lastTransitionTime"]]


def writes(nuncio):
    return nuncio.metric("nuncio_status_writes_total")


def test_an_object_says_whether_it_is_live_and_if_not_why(api, start):
    port, = free_ports(1)
    api.apply(m.listener(port, security="INSECURE"), m.host("here.test"),
              m.mapping("live", "/live/", "127.0.0.1:1"),
              m.mapping("no-host", "/x/", "127.0.0.1:1", hostname="elsewhere.test"),
              m.mapping("bad-regex", "/(/", "127.0.0.1:1", prefix_regex=True),
              m.mapping("no-resolver", "/y/", "somewhere", resolver="nobody"),
              m.host("tls.test", name="no-secret", secret="missing"))
    nuncio = start("one")
    item = until_said(api, KIND, "live", Accepted="Accepted", Programmed="Programmed", ResolvedRefs="ResolvedRefs")
    assert item["status"]["state"] == "Running" and item["status"]["reason"] == ""
    until_said(api, KIND, "no-host", Programmed="MappingUnreachable")
    item = until_said(api, KIND, "bad-regex", Accepted="RegexInvalid", Programmed="RegexInvalid")
    assert item["status"]["state"] == "Inactive" and item["status"]["reason"].startswith("RegexInvalid: spec.prefix")
    until_said(api, KIND, "no-resolver", ResolvedRefs="ResolverMissing")
    until_said(api, "listeners.getambassador.io", f"l-{port}", Programmed="Programmed")
    until_said(api, "hosts.getambassador.io", "no-secret", ResolvedRefs="SecretMissing")

    table = api.kubectl("get", "mapping")
    described = api.kubectl("describe", "mapping", "bad-regex")
    print(table, described, api.kubectl("get", "host,listener"), api.kubectl("describe", "host", "no-secret"), sep="\n")
    assert "live" in table and "Running" in table and "RegexInvalid" in table
    wait_until(lambda: "Warning" in api.kubectl("describe", "mapping", "bad-regex"), "an Event at the object", interval_s=0.2)
    assert "/(/" in described and "RegexInvalid" in described
    assert nuncio.metric("nuncio_status_leader") == 1 and nuncio.metric("nuncio_status_failures_total") == 0
    assert nuncio.metric("nuncio_status_conflicts_total") == 0


def test_what_changes_is_told_and_nothing_else_is_written(api, start):
    port, = free_ports(1)
    api.apply(m.listener(port, security="INSECURE"), *[m.mapping(f"m{i}", f"/m{i}/", "127.0.0.1:1") for i in range(20)])
    nuncio = start("one")
    before = until_said(api, KIND, "m3", Programmed="Programmed")
    until_said(api, "listeners.getambassador.io", f"l-{port}", Programmed="Programmed")
    others = {i: until_said(api, KIND, f"m{i}", Programmed="Programmed")["metadata"]["resourceVersion"] for i in range(20) if i != 3}
    count = writes(nuncio)
    time.sleep(QUIET_S)
    assert writes(nuncio) == count, "nothing changed"

    api.apply(m.mapping("m3", "/other/", "127.0.0.1:1"))
    after = until_said(api, KIND, "m3", Programmed="Programmed")
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 1
    assert changed_times(versions(api, before)) == [], "still true: the time stays"

    api.apply(m.mapping("m3", "/(/", "127.0.0.1:1", prefix_regex=True))
    broken = until_said(api, KIND, "m3", Accepted="RegexInvalid")
    assert conditions(broken)["Programmed"]["lastTransitionTime"] > conditions(before)["Programmed"]["lastTransitionTime"]
    assert conditions(broken)["ResolvedRefs"]["lastTransitionTime"] == conditions(after)["ResolvedRefs"]["lastTransitionTime"]
    api.apply(m.mapping("m3", "/ok/", "127.0.0.1:1"))
    until_said(api, KIND, "m3", Programmed="Programmed")

    def events():
        items = json.loads(api.kubectl("get", "events.events.k8s.io", "-o", "json"))["items"]
        return sorted((each["type"], each["reason"]) for each in items if each["regarding"]["name"] == "m3")
    wait_until(lambda: len(events()) >= 2, lambda: f"two Events, broken and repaired: {events()}")
    assert events() == [("Normal", "Programmed"), ("Warning", "RegexInvalid")]
    for i, version in others.items():
        assert get(api, KIND, f"m{i}")["metadata"]["resourceVersion"] == version, f"m{i} was not touched"


def test_what_others_wrote_stays(api, start):
    port, = free_ports(1)
    theirs = {"type": "example.test/Checked", "status": "True", "reason": "Checked", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    api.apply(m.listener(port, security="INSECURE"), m.mapping("m", "/m/", "127.0.0.1:1"))
    # Emissary's own writer had the fields before.
    api.kubectl("patch", KIND, "m", "--subresource=status", "--type=merge", "-p",
                json.dumps({"status": {"state": "Inactive", "reason": "as Emissary said", "conditions": [theirs]}}))
    nuncio = start("one")
    item = until_said(api, KIND, "m", Programmed="Programmed")
    assert item["status"]["state"] == "Running" and item["status"]["reason"] == ""
    assert theirs in item["status"]["conditions"]
    assert nuncio.metric("nuncio_status_conflicts_total") == 1


def test_one_replica_writes_and_another_takes_over(api, start):
    port, = free_ports(1)
    api.apply(m.listener(port, security="INSECURE"), m.mapping("m", "/m/", "127.0.0.1:1"))
    first = start("first")
    before = until_said(api, KIND, "m", Programmed="Programmed")
    listener = until_said(api, "listeners.getambassador.io", f"l-{port}", Programmed="Programmed")
    assert leader(api) == "first_uid-of-first"
    second = start("second")
    assert second.metric("nuncio_status_leader") == 0 and writes(second) == 0

    # It says goodbye: the other one does not wait until the Lease has run out.
    first.stop()
    assert leader(api) in ("", "second_uid-of-second")
    wait_until(lambda: second.metric("nuncio_status_leader") == 1, "a new leader")
    api.apply(m.mapping("m", "/n/", "127.0.0.1:1"))
    until_said(api, KIND, "m", Programmed="Programmed")
    history = versions(api, before)
    assert changed_times(history) == []
    assert writes(second) == len(history) - 2, "all that was written is this Mapping's, after what the user wrote"
    assert get(api, "listeners.getambassador.io", f"l-{port}")["metadata"]["resourceVersion"] == listener["metadata"]["resourceVersion"]

    # And without a goodbye.
    third = start("third")
    second.process.kill()
    second.process.wait()
    wait_until(lambda: third.metric("nuncio_status_leader") == 1, "a leader after a crash")
    spec = json.loads(api.kubectl("get", "lease", "nuncio-default", "-o", "json"))["spec"]
    assert spec["leaseTransitions"] == 2 and spec["leaseDurationSeconds"] == 15


def test_the_server_is_away_and_serving_goes_on(api, start):
    port, = free_ports(1)
    api.apply(m.listener(port, security="INSECURE"), m.mapping("m", "/m/", "127.0.0.1:1"))
    nuncio = start("one")
    until_said(api, KIND, "m", Programmed="Programmed")
    api.kill("kube-apiserver")
    wait_until(lambda: nuncio.metric("nuncio_status_leader") == 0, "no leader without a server")
    wait_until(nuncio.ready, nuncio.unready_reason)
    api.start("kube-apiserver")
    api.wait_until_ready()
    wait_until(lambda: nuncio.metric("nuncio_status_leader") == 1, "a leader again")
    api.apply(m.mapping("m", "/n/", "127.0.0.1:1"))
    until_said(api, KIND, "m", Programmed="Programmed")


def test_two_installations_do_not_fight(api, start):
    port, = free_ports(1)
    both = ["a", "b"]
    api.apply(m.listener(port, security="INSECURE", ambassador_id=both), m.mapping("m", "/m/", "127.0.0.1:1", ambassador_id=both),
              m.mapping("of-b", "/b/", "127.0.0.1:1", ambassador_id=["b"]))
    one = start("one", AMBASSADOR_ID="a")
    until_said(api, KIND, "m", Programmed="Programmed")
    assert "conditions" not in get(api, KIND, "of-b").get("status", {})
    two = start("two", AMBASSADOR_ID="b")
    until_said(api, KIND, "of-b", Programmed="Programmed")
    until_said(api, "listeners.getambassador.io", f"l-{port}", Programmed="Programmed")
    assert {each["metadata"]["name"] for each in json.loads(api.kubectl("get", "lease", "-o", "json"))["items"]} == {"nuncio-a", "nuncio-b"}
    time.sleep(QUIET_S)
    counts = writes(one), writes(two)
    version = get(api, KIND, "m")["metadata"]["resourceVersion"]
    time.sleep(QUIET_S)
    assert (writes(one), writes(two)) == counts
    assert get(api, KIND, "m")["metadata"]["resourceVersion"] == version

"""nuncio with a real Envoy, following a real API server: what has to hold from kubectl to the first answer, and when it is away."""
import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import clients  # noqa: E402
import manifests as m  # noqa: E402
from backends import Backends  # noqa: E402
from nuncio_harness import ROOT, free_ports, wait_until  # noqa: E402

DEFINITIONS = ROOT / "deploy/crds"
# Longer than anything that follows a change.
QUIET_S = 4
READ_ALL = [{"apiGroups": ["", "getambassador.io", "discovery.k8s.io", "networking.k8s.io", "apiextensions.k8s.io"],
             "resources": ["*"], "verbs": ["get", "list", "watch"]}]


@pytest.fixture(scope="module")
def backends():
    started = Backends()
    yield started
    started.close()


def install(api):
    api.kubectl("apply", "-f", DEFINITIONS)
    api.wait_until_served()


def serve(api, port, *names):
    api.apply(m.listener(port, security="INSECURE"), *[m.mapping(name, f"/{name}/", "127.0.0.1:1") for name in names])


def answers(port, path, status):
    def asked():
        try:
            return clients.get(port, path).status == status
        except OSError:
            return False
    wait_until(asked, f"{status} to {path}")


def grant(api, rules, kind="ClusterRole", ns=None):
    binding = f"{kind}Binding"
    meta = {"name": "nuncio", **({"namespace": ns} if ns else {})}
    api.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta, "rules": rules},
              {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": binding, "metadata": meta,
               "subjects": [{"kind": "User", "name": "nuncio", "apiGroup": "rbac.authorization.k8s.io"}],
               "roleRef": {"kind": kind, "name": "nuncio", "apiGroup": "rbac.authorization.k8s.io"}})
    # It counts once the API server has read it.
    api.wait_until_allowed("nuncio", "watch", "services", ns or "default")


def settled(nuncio):
    """(generation, responses that were sent), once Envoy has taken all of them."""
    wait_until(lambda: nuncio.generation("acknowledged") == nuncio.generation("latest"), nuncio.metrics_text)
    return nuncio.generation("latest"), nuncio.metric("nuncio_xds_responses_total")


def test_from_kubectl_to_an_answer(api, follow, backends):
    install(api)
    port, = free_ports(1)
    backend = backends.start("one")
    api.apply(m.listener(port, security="INSECURE"), m.mapping("a", "/a/", f"127.0.0.1:{backend.port}"))
    nuncio = follow().start()
    answers(port, "/a/", 200)
    lists = nuncio.kinds("nuncio_kube_lists_total")
    assert set(lists.values()) == {1} and {"Mapping", "Host", "Service", "Secret", "EndpointSlice"} <= set(lists), lists
    assert nuncio.metric("nuncio_kube_connections_total") == 1
    watches = nuncio.kinds("nuncio_kube_watches_total")
    assert watches["Service"] == watches["Secret"] == 1, f"a list as a stream is its own watch: {watches}"

    generation, _ = settled(nuncio)
    began = time.time()
    api.kubectl("annotate", "mapping", "a", "kubectl.kubernetes.io/last-applied-configuration=x", "--overwrite")
    api.kubectl("patch", "mapping", "a", "--subresource=status", "--type=merge", "-p", '{"status":{"state":"Running"}}')
    api.apply(m.mapping("b", "/b/", f"127.0.0.1:{backend.port}"))
    answers(port, "/b/", 200)
    assert nuncio.generation("latest") == generation + 1, "what no gateway reads makes no generation"
    took = time.time() - began
    text = nuncio.metrics_text()
    lag, count = [float(text.split(f'nuncio_kube_watch_lag_seconds_{part}{{group="getambassador.io",kind="Mapping"}} ')[1].split()[0])
                  for part in ("sum", "count")]
    # The time of a write is told in whole seconds.
    assert count == 3 and lag / count < took + 1, f"{count} writes were {lag} s on their way, in a test that took {took} s"
    assert nuncio.metric("nuncio_kube_waiting_objects") == 0
    api.kubectl("delete", "mapping", "a")
    answers(port, "/a/", 404)


def test_definitions_that_come_later_and_go(api, follow):
    port, = free_ports(1)
    nuncio = follow().start()
    wait_until(lambda: "serves no kind of getambassador.io" in nuncio.log.read_text(), nuncio.log.read_text)
    install(api)
    wait_until(lambda: nuncio.kinds("nuncio_kube_synced").get("Mapping"), "Mappings that are followed")
    serve(api, port, "a")
    answers(port, "/a/", 503)
    api.kubectl("delete", "-f", DEFINITIONS / "mappings.yaml")
    answers(port, "/a/", 404)
    wait_until(lambda: "Mapping" not in nuncio.kinds("nuncio_kube_synced"), "no watch of what is gone")
    install(api)
    serve(api, port, "b")
    answers(port, "/b/", 503)


def test_an_api_server_that_is_killed_and_comes_back(api, follow):
    install(api)
    port, = free_ports(1)
    serve(api, port, "a")
    nuncio = follow().start()
    answers(port, "/a/", 503)
    before = settled(nuncio)
    api.kill("kube-apiserver")
    wait_until(lambda: nuncio.kinds("nuncio_kube_watching")["Mapping"] == 0, "the loss is seen")
    wait_until(nuncio.ready, nuncio.unready_reason)
    answers(port, "/a/", 503)
    api.start("kube-apiserver")
    api.wait_until_ready()
    wait_until(lambda: set(nuncio.kinds("nuncio_kube_watching").values()) == {1}, lambda: f"all is watched again: {nuncio.metrics_text()}")
    wait_until(nuncio.ready, nuncio.unready_reason)
    assert settled(nuncio) == before, "nothing changed, nothing is sent"
    serve(api, port, "b")
    answers(port, "/b/", 503)
    answers(port, "/a/", 503)


def test_an_api_server_that_is_away_at_the_start(api, follow):
    install(api)
    port, = free_ports(1)
    serve(api, port, "a")
    api.kill("kube-apiserver")
    nuncio = follow().launch()
    wants = ("connect to server", "waiting for the API server's kinds")
    wait_until(lambda: all(each in reason for reason in [nuncio.unready_reason()] for each in wants), nuncio.unready_reason)
    api.start("kube-apiserver")
    nuncio.wait_until_ready()
    answers(port, "/a/", 503)


def test_versions_that_were_compacted_away(api, follow):
    install(api)
    port, = free_ports(1)
    serve(api, port, "a", "b")
    nuncio = follow().start()
    api.kill("kube-apiserver")
    # Without its watch cache the API server asks etcd for the old version, which is no more.
    api.compact()
    api.start("kube-apiserver")
    api.wait_until_ready()
    api.kubectl("delete", "mapping", "a")
    answers(port, "/a/", 404)
    answers(port, "/b/", 503)


def test_rights_that_are_missing(api, follow):
    install(api)
    port, = free_ports(1)
    serve(api, port, "a")
    some = [{**READ_ALL[0], "apiGroups": ["", "discovery.k8s.io", "apiextensions.k8s.io"]}]
    grant(api, some)
    nuncio = follow(kubeconfig=api.nuncio).launch()
    # What traffic depends on is waited for.
    wants = ("is forbidden", "Mapping")
    wait_until(lambda: all(each in reason for reason in [nuncio.unready_reason()] for each in wants), nuncio.unready_reason)
    grant(api, [{**READ_ALL[0], "apiGroups": ["", "discovery.k8s.io", "getambassador.io"]}])
    wait_until(nuncio.ready, nuncio.unready_reason)
    answers(port, "/a/", 503)
    # The rest is a finding.
    wait_until(lambda: "ingresses.networking.k8s.io is forbidden" in nuncio.log.read_text(), nuncio.log.read_text)


def test_rights_that_are_taken_away_later_take_no_traffic_away(api, follow):
    install(api)
    port, = free_ports(1)
    serve(api, port, "a")
    grant(api, READ_ALL)
    nuncio = follow(kubeconfig=api.nuncio).start()
    answers(port, "/a/", 503)
    _, sent = settled(nuncio)
    grant(api, [{**READ_ALL[0], "apiGroups": [""]}])
    # So that what it watches ends, and it has to ask anew.
    api.kill("kube-apiserver")
    api.start("kube-apiserver")
    api.wait_until_ready()
    wait_until(lambda: "authservices.getambassador.io is forbidden" in nuncio.log.read_text(), nuncio.log.read_text)
    assert clients.get(port, "/a/").status == 503, "as before: nothing listens there"
    assert settled(nuncio)[1] == sent, "what was known stays"
    wait_until(nuncio.ready, nuncio.unready_reason)
    grant(api, READ_ALL)
    serve(api, port, "b")
    answers(port, "/b/", 503)


def test_a_single_namespace_needs_a_role_and_no_more(api, follow):
    install(api)
    port, = free_ports(1)
    api.kubectl("create", "namespace", "edge")
    api.apply({**m.listener(port, security="INSECURE"), "metadata": {"name": "l", "namespace": "edge"}},
              m.mapping("a", "/a/", "127.0.0.1:1", ns="edge"), m.mapping("b", "/b/", "127.0.0.1:1"))
    grant(api, READ_ALL, kind="Role", ns="edge")
    nuncio = follow(kubeconfig=api.nuncio, environment={"AMBASSADOR_SINGLE_NAMESPACE": "true", "AMBASSADOR_NAMESPACE": "edge"}).start()
    answers(port, "/a/", 503)
    assert clients.get(port, "/b/").status == 404
    assert nuncio.kinds("nuncio_kube_objects")["Mapping"] == 1
    assert nuncio.metric("nuncio_findings", severity="error") == 0


def test_nothing_is_asked_and_nothing_written_in_quiet(api, follow):
    install(api)
    nuncio = follow().start()
    requests, since = None, time.monotonic()
    while time.monotonic() < since + QUIET_S:
        if (now := nuncio.metric("nuncio_kube_requests_total")) != requests:
            assert now < 200, f"it does not come to rest: {nuncio.metrics_text()}"
            requests, since = now, time.monotonic()
        time.sleep(0.1)
    verbs = {line["verb"] for line in api.audit("nuncio/")}
    assert verbs <= {"get", "list", "watch"}, verbs

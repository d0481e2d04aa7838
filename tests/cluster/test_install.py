"""nuncio in a real cluster, from the chart: what a user does with it, and what must not cost a request."""
import json
import time

from cluster import until, until_equal
from installation import Installation
from objects import backend, emissary, listing, mapping
from quickstart import load

OUTAGE_S = 60
# So often in a row, a second apart, a replica has to say that it is not ready before Kubernetes would believe it: it asks every 3 s, and
# believes the third denial (the chart's readinessProbe). Envoy may have no time for one question on a machine that is busy.
UNREADY_TIMES = 6


def test_the_quickstart_is_served(quickstart):
    # The Service may not lead to the replicas yet.
    until("the Service leads to a replica", lambda: quickstart.backend("/shop/"))
    answers = [quickstart.backend("/shop/") for _ in range(60)]
    counts = {answer: answers.count(answer) for answer in answers}
    assert counts.keys() == {"hello", "quote"} and counts["hello"] > counts["quote"], counts
    assert quickstart.get("/nowhere")[0] == 404


def test_a_change_with_kubectl_is_served_by_every_replica(cluster, quickstart):
    for service in ("quote", "hello"):
        cluster.kubectl("patch", "mapping", "hello", "-n", "default", "--type=merge", "-p", json.dumps({"spec": {"service": service}}))
        quickstart.everywhere("/hello/", service)


def test_a_mapping_that_is_deleted_is_gone(cluster, quickstart):
    cluster.apply(listing(mapping("passing", "/passing/", "quote")), "-n", "default")
    quickstart.everywhere("/passing/", "quote")
    cluster.kubectl("delete", "mapping", "passing", "-n", "default")
    for pod in quickstart.pods():
        until_equal("status of /passing/", lambda: quickstart.get("/passing/", address=pod["status"]["podIP"], port=8080)[0], 404)


def test_what_the_server_does_not_refuse_harms_only_itself(cluster, quickstart):
    """A Mapping with a regular expression that RE2 refuses: the schema cannot know."""
    cluster.apply(listing(mapping("broken", "/(broken", "quote", prefix_regex=True), mapping("beside", "/beside/", "quote")), "-n", "default")
    quickstart.everywhere("/beside/", "quote")
    quickstart.everywhere("/hello/", "hello")
    cluster.kubectl("delete", "mapping", "broken", "beside", "-n", "default")


def test_a_rolling_update_of_nuncio_loses_no_request(cluster, quickstart):
    before = {pod["metadata"]["name"] for pod in quickstart.pods()}
    with load(quickstart):
        cluster.kubectl("rollout", "restart", "deployment/nuncio", "-n", "edge")
        quickstart.settle()
    assert before.isdisjoint(pod["metadata"]["name"] for pod in quickstart.pods())


def test_a_rolling_update_of_the_backends_loses_no_request(cluster, quickstart):
    with load(quickstart):
        for name in ("hello", "quote"):
            cluster.kubectl("rollout", "restart", f"deployment/{name}", "-n", "default")
            cluster.kubectl("rollout", "status", f"deployment/{name}", "-n", "default", "--timeout=300s")
        until_equal("pods", lambda: len(cluster.get("pods", "-n", "default", "-l", "app in (hello, quote)")), 3)


def test_scaling_loses_no_request(cluster, quickstart):
    with load(quickstart):
        for replicas in (1, 3, 1, 2):
            cluster.kubectl("scale", "deployment/nuncio", "-n", "edge", f"--replicas={replicas}")
            quickstart.settle()


def test_without_an_api_server_traffic_goes_on(cluster, quickstart):
    """Killed for a minute: no request is lost, nuncio stays ready and sends Envoy nothing; then changes are served again."""
    quickstart.settle()
    pods = quickstart.pods()
    with load(quickstart):
        sent = [quickstart.metric(pod, "nuncio_xds_responses_total") for pod in pods]
        cluster.kill("kube-apiserver")
        try:
            end, denials = time.monotonic() + OUTAGE_S, {pod["metadata"]["name"]: [] for pod in pods}
            while time.monotonic() < end:
                for pod in pods:
                    answer = quickstart.get("/ambassador/v0/check_ready", address=pod["status"]["podIP"], port=8877)
                    denials[pod["metadata"]["name"]] += [answer]
                    if answer[0] == 200:
                        denials[pod["metadata"]["name"]].clear()
                assert all(len(denied) < UNREADY_TIMES for denied in denials.values()), denials
                time.sleep(1)
        finally:
            cluster.start("kube-apiserver")
            cluster.wait_for_apiserver()
        back = time.monotonic()
        for pod in pods:
            until("every watch is open again", lambda: quickstart.metric(pod, "nuncio_kube_watching") == quickstart.metric(pod, "nuncio_kube_synced"))
        print(f"every watch was open again after {time.monotonic() - back:.0f} s")
        assert [quickstart.metric(pod, "nuncio_xds_responses_total") for pod in pods] == sent, "nothing changed, and Envoy got something"
        cluster.apply(listing(mapping("after", "/after/", "quote")), "-n", "default")
        quickstart.everywhere("/after/", "quote")
    assert [pod["metadata"]["name"] for pod in quickstart.pods()] == [pod["metadata"]["name"] for pod in pods]
    quickstart.unrestarted()
    cluster.kubectl("delete", "mapping", "after", "-n", "default")


def test_two_installations_serve_their_own_objects(cluster, quickstart, nuncio_image):
    second = Installation(cluster, nuncio_image, "second", release="second", values={"replicaCount": 1, "env": {"AMBASSADOR_ID": "second"}})
    mine, both = {"ambassador_id": ["second"]}, {"ambassador_id": ["second", "default"]}
    cluster.apply(listing(emissary("Host", "second", {"hostname": "*", "requestPolicy": {"insecure": {"action": "Route"}}, **mine}),
                          mapping("second", "/hello/", "quote", **mine), mapping("both", "/both/", "hello", **both)), "-n", "default")
    second.everywhere("/hello/", "quote")
    second.everywhere("/both/", "hello")
    quickstart.everywhere("/both/", "hello")
    quickstart.everywhere("/hello/", "hello")
    second.nowhere("/quote/")
    until("each wrote the status of its own", lambda: all(
        cluster.get("mapping", name, "-n", "default").get("status", {}).get("state") == "Running" for name in ("second", "both")))
    cluster.run("helm", "uninstall", "second", "--namespace", "second", "--wait")
    cluster.kubectl("delete", "host/second", "mapping/second", "mapping/both", "-n", "default")


def test_one_namespace_only(cluster, crds, nuncio_image, quickstart, backend_image, namespace):
    own = Installation(cluster, nuncio_image, namespace, release="own", values={
        "replicaCount": 1, "scope": {"singleNamespace": True}, "env": {"AMBASSADOR_ID": "own"}})
    id_ = {"ambassador_id": ["own"]}
    cluster.apply(listing(*backend("inside", backend_image), emissary("Host", "own", {"hostname": "*", "requestPolicy": {"insecure": {"action": "Route"}}, **id_}),
                          mapping("inside", "/inside/", "inside", **id_)), "-n", namespace)
    cluster.apply(listing(mapping("outside", "/outside/", "hello", **id_)), "-n", "default")
    own.everywhere("/inside/", "inside")
    own.nowhere("/outside/")
    cluster.kubectl("delete", "mapping", "outside", "-n", "default")

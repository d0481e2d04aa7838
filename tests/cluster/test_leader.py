"""The replica that writes status ends, in every way there is: no request is lost, and another one writes on."""
import json
import time

import pytest

from cluster import until, until_equal
from objects import listing, mapping
from quickstart import load

LEASE = "nuncio-default"


class Leader:
    """The pod that held the Lease when this was made; `others` are those that did not."""

    def __init__(self, cluster, edge):
        self.cluster, self.edge = cluster, edge
        pods = {pod["metadata"]["name"]: pod for pod in edge.pods()}
        until("one of the replicas holds the Lease", lambda: self.holder() in pods)
        self.name = self.holder()
        self.pod = pods.pop(self.name)
        self.others = list(pods.values())
        self._since = self.lease()["metadata"]["resourceVersion"]
        self._holders = [self.name]

    def lease(self):
        return self.cluster.get("lease", LEASE, "-n", self.edge.namespace)

    def holder(self):
        """The name of the pod that holds the Lease now; empty: nobody."""
        return self.lease()["spec"].get("holderIdentity", "").partition("_")[0]

    def holders(self):
        """The pods that have held the Lease since this was made, in order; empty: nobody, as it was given back. To be asked at least once
        a minute: the API server forgets what was before."""
        path = f"/apis/coordination.k8s.io/v1/namespaces/{self.edge.namespace}/leases"
        query = f"watch=1&fieldSelector=metadata.name={LEASE}&resourceVersion={self._since}&timeoutSeconds=2"
        for line in self.cluster.kubectl("get", "--raw", f"{path}?{query}").splitlines():
            event = json.loads(line)
            assert event["type"] != "ERROR", line
            self._since = event["object"]["metadata"]["resourceVersion"]
            name = event["object"]["spec"].get("holderIdentity", "").partition("_")[0]
            if name != self._holders[-1]:
                self._holders.append(name)
        return self._holders

    def signal(self, number, program):
        """To a process of the pod: "nuncio run", "control-plane" or "envoy"."""
        said = self.cluster.run("bash", "-c", f"""cd /proc
            for id in $(grep -ls 'pod{self.pod["metadata"]["uid"]}' [0-9]*/cgroup | cut -d/ -f1); do
              tr '\\0' ' ' <$id/cmdline 2>/dev/null | grep -q '{program}' && kill -{number} $id && echo $id
            done; true""")
        assert len(said.split()) == 1, f"{program}: {said}"

    def passed_on(self):
        """Returns when another pod has the Lease, and after how many seconds."""
        start = time.monotonic()
        until("another replica holds the Lease", lambda: self.holders()[-1] not in ("", self.name))
        return time.monotonic() - start


@pytest.fixture
def leader(cluster, quickstart):
    quickstart.settle()
    return Leader(cluster, quickstart)


@pytest.fixture(scope="module")
def told(cluster, quickstart):
    """Makes a Mapping, and returns once its status says that it is live."""
    count = iter(range(1000))

    def ask():
        name = f"told-{next(count)}"
        cluster.apply(listing(mapping(name, f"/{name}/", "quote")), "-n", "default")
        until_equal(f"the state of {name}", lambda: cluster.get("mapping", name, "-n", "default").get("status", {}).get("state"), "Running")
        cluster.kubectl("delete", "mapping", name, "-n", "default")
    ask()
    return ask


def test_its_control_plane_is_killed(leader, quickstart, told):
    """Its Envoy serves on; the next control plane in the same pod is the same replica, and goes on writing."""
    with load(quickstart):
        for _ in range(3):
            leader.signal("KILL", "control-plane")
            told()
            quickstart.everywhere("/hello/", "hello")
            assert leader.holders() == [leader.name]
    quickstart.unrestarted()


def test_its_control_plane_stands_still(leader, quickstart, told):
    """Two must not write: what it was about to say is old when it goes on, and it knows."""
    [other] = leader.others
    with load(quickstart):
        leader.signal("STOP", "control-plane")
        try:
            took = leader.passed_on()
            assert leader.holders() == [leader.name, other["metadata"]["name"]]
            told()
        finally:
            leader.signal("CONT", "control-plane")
        until_equal("whether it thinks that it leads", lambda: quickstart.metric(leader.pod, "nuncio_status_leader"), 0)
        told()
    print(f"the Lease was taken {took:.1f} s after its holder stood still")
    assert leader.holder() == other["metadata"]["name"]


def test_its_pod_is_deleted(cluster, leader, quickstart, told):
    with load(quickstart):
        cluster.kubectl("delete", "pod", leader.name, "-n", "edge", "--wait=false")
        leader.passed_on()
        assert leader.holders()[:2] == [leader.name, ""], "it was not given back, but ran out"
        told()
        quickstart.settle()


def test_its_pod_is_killed(cluster, leader, quickstart, told):
    """Without a word, as when its node loses power. What goes through another pod is not touched."""
    [other] = leader.others
    # A kubelet would start it again, in time to give the Lease back when the pod is deleted.
    cluster.kill("kubelet")
    try:
        with load(quickstart, pod=other):
            before = leader.lease()["spec"]["renewTime"]
            leader.signal("KILL", "nuncio run")
            cluster.kubectl("delete", "pod", leader.name, "-n", "edge", "--force", "--grace-period=0")
            took = leader.passed_on()
            assert leader.holders() == [leader.name, other["metadata"]["name"]]
            told()
    finally:
        cluster.start("kubelet")
    quickstart.settle()
    print(f"the Lease was taken {took:.1f} s after its holder was killed, who had renewed it at {before}")

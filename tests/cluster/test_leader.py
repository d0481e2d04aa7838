"""The replica that writes status ends, in every way there is: no request is lost, and another one writes on."""
import time

import pytest

from cluster import until
from objects import listing, mapping
from quickstart import load

# A Lease that nobody renews is taken after 15 s; 2.4 s pass between two looks, and then it is asked for.
TAKEOVER_S = 15 + 5
# A Lease that was given back is free at the next look, and so is one that its owner takes again.
AT_ONCE_S = 8


class Leader:
    """The pod that held the Lease when this was made; `others` are those that did not."""

    def __init__(self, cluster, edge):
        self.cluster, self.edge = cluster, edge
        name = until("a replica holds the Lease", self.holder, TAKEOVER_S)
        pods = {pod["metadata"]["name"]: pod for pod in edge.pods()}
        self.pod = pods.pop(name)
        self.name, self.others = name, list(pods.values())

    def holder(self):
        """The name of the pod that holds the Lease now; empty: nobody."""
        return self.cluster.get("lease", "nuncio-default", "-n", self.edge.namespace)["spec"].get("holderIdentity", "").partition("_")[0]

    def renewed(self):
        return self.cluster.get("lease", "nuncio-default", "-n", self.edge.namespace)["spec"]["renewTime"]

    def signal(self, number, program):
        """To a process of the pod: "nuncio run", "control-plane" or "envoy"."""
        said = self.cluster.run("bash", "-c", f"""cd /proc
            for id in $(grep -ls 'pod{self.pod["metadata"]["uid"]}' [0-9]*/cgroup | cut -d/ -f1); do
              tr '\\0' ' ' <$id/cmdline | grep -q '{program}' && kill -{number} $id && echo $id
            done; true""")
        assert len(said.split()) == 1, f"{program}: {said}"

    def passed_on(self, limit_s):
        """Returns after how long another pod had the Lease, in seconds."""
        def elsewhere():
            return self.holder() in {pod["metadata"]["name"] for pod in self.edge.pods()} - {self.name}
        start = time.monotonic()
        until("another replica holds the Lease", elsewhere, limit_s)
        return time.monotonic() - start


@pytest.fixture
def leader(cluster, quickstart):
    yield Leader(cluster, quickstart)
    quickstart.rollout()


@pytest.fixture(scope="module")
def told(cluster, quickstart):
    """Makes a Mapping, and returns once its status says that it is live; and whether that takes longer than it may."""
    count = iter(range(1000))

    def ask(limit_s):
        name = f"told-{next(count)}"
        cluster.apply(listing(mapping(name, f"/{name}/", "quote")), "-n", "default")
        until("status is written", lambda: cluster.get("mapping", name, "-n", "default").get("status", {}).get("state") == "Running", limit_s)
        cluster.kubectl("delete", "mapping", name, "-n", "default")
    ask(TAKEOVER_S)
    return ask


def test_its_control_plane_is_killed(leader, quickstart, told):
    """Its Envoy serves on; the next control plane in the same pod is the same replica, and goes on writing."""
    with load(quickstart):
        for _ in range(3):
            leader.signal("KILL", "control-plane")
            told(AT_ONCE_S)
            quickstart.everywhere("/hello/", "hello")
    assert leader.holder() == leader.name
    assert all(pod["status"]["containerStatuses"][0]["restartCount"] == 0 for pod in quickstart.pods())


def test_its_control_plane_stands_still(leader, quickstart, told):
    """Two must not write: what it was about to say is old when it goes on, and it knows."""
    with load(quickstart):
        leader.signal("STOP", "control-plane")
        try:
            took = leader.passed_on(TAKEOVER_S)
            told(AT_ONCE_S)
        finally:
            leader.signal("CONT", "control-plane")
        until("it is ready again", lambda: quickstart.metric(leader.pod, "nuncio_status_leader") == 0, 10)
        told(AT_ONCE_S)
    print(f"the Lease was taken {took:.1f} s after its holder stood still")
    assert leader.holder() != leader.name


def test_its_pod_is_deleted(cluster, leader, quickstart, told):
    with load(quickstart):
        cluster.kubectl("delete", "pod", leader.name, "-n", "edge", "--wait=false")
        leader.passed_on(AT_ONCE_S)
        told(AT_ONCE_S)
        until("the pod is gone", lambda: leader.name not in str(cluster.get("pods", "-n", "edge")), 60)
        quickstart.rollout()


def test_its_pod_is_killed(cluster, leader, quickstart, told):
    """Without a word, as when its node loses power. What goes through another pod is not touched."""
    [other] = leader.others
    with load(quickstart, pod=other):
        before = leader.renewed()
        leader.signal("KILL", "nuncio run")
        cluster.kubectl("delete", "pod", leader.name, "-n", "edge", "--force", "--grace-period=0")
        took = leader.passed_on(TAKEOVER_S)
        told(AT_ONCE_S)
        quickstart.rollout()
    print(f"the Lease was taken {took:.1f} s after its holder was killed, who had renewed it at {before}")

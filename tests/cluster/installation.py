"""A nuncio that was installed from its chart, and what is seen of it from outside."""
import json
import pathlib
import re
import subprocess
import sys

from cluster import LIMIT_S, Failure, until, until_equal

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy/chart/nuncio"


# Who sends requests here has to hear of a replica's end before it closes: on a machine that has other things to do, kube-proxy
# may need longer than nuncio waits by itself.
DRAIN_S = 10


class Installation:
    def __init__(self, cluster, image, namespace, *, release="nuncio", values=None):
        """Installs the chart, and returns when its pods are ready."""
        self.cluster, self.namespace, self.release = cluster, namespace, release
        repository, _, tag = image.rpartition(":")
        self.values = {"image": {"repository": repository, "tag": tag}, "replicaCount": 2, "createDefaultListeners": True,
                       "service": {"type": "ClusterIP"}, "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
                       "args": ["--drain-time", f"{DRAIN_S}s"], "terminationGracePeriodSeconds": 90,
                       # Patience with a process that a test holds up, or the machine.
                       "livenessProbe": {"failureThreshold": 100}, **(values or {})}
        self.upgrade()

    def upgrade(self):
        self.cluster.run("helm", "upgrade", "--install", self.release, CHART, "--namespace", self.namespace, "--create-namespace",
                         "--values", "-", "--wait", "--timeout", f"{LIMIT_S}s", stdin=json.dumps(self.values))

    @property
    def name(self):
        return self.release if "nuncio" in self.release else f"{self.release}-nuncio"

    @property
    def address(self):
        """Where its Service is."""
        return self.cluster.get("service", self.name, "-n", self.namespace)["spec"]["clusterIP"]

    def pods(self):
        """The pods that are not ending."""
        found = self.cluster.get("pods", "-n", self.namespace, "-l", f"app.kubernetes.io/instance={self.release}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def unrestarted(self):
        """Fails when a container of a pod was started again."""
        for pod in self.pods():
            [container] = pod["status"]["containerStatuses"]
            assert container["restartCount"] == 0, f"{pod['metadata']['name']} was restarted: {container['lastState']}"

    def get(self, path, host="www.example.com", *, address=None, port=80):
        """(status, body) of one request."""
        out = self.cluster.run("curl", "-sS", "--max-time", "30", "-w", "\n%{http_code}", "-H", f"host: {host}", f"http://{address or self.address}:{port}{path}")
        body, _, status = out.rpartition("\n")
        return int(status), body

    def backend(self, path, **options):
        """The name of the backend that answers, or None."""
        try:
            status, body = self.get(path, **options)
        except Failure:
            return None
        return json.loads(body)["backend"] if status == 200 else None

    def everywhere(self, path, backend):
        """Returns when every replica serves it, asked directly."""
        for pod in self.pods():
            until_equal(f"who answers {path} by way of {pod['metadata']['name']}",
                        lambda: self.backend(path, address=pod["status"]["podIP"], port=8080), backend)

    def nowhere(self, path):
        """No replica of its own has a route for it. Asked directly: the Service may not lead to a new replica yet."""
        for pod in self.pods():
            status, _ = self.get(path, address=pod["status"]["podIP"], port=8080)
            assert status == 404, f"{path} is answered with {status} by {pod['metadata']['name']}"

    def metric(self, pod, name, stage=None):
        """The metric of a pod, of a stage, or summed over its labels."""
        text = self.cluster.run("curl", "-sSf", "--max-time", "30", f"http://{pod['status']['podIP']}:8877/metrics")
        labels = "(?:{.*})?" if stage is None else f'{{stage="{stage}"}}'
        values = re.findall(rf"^{name}{labels} (\S+)$", text, re.M)
        assert values, f"no metric {name}"
        return sum(map(float, values))

    def ending(self):
        """The names of the pods that are on their way out."""
        found = self.cluster.get("pods", "-n", self.namespace, "-l", f"app.kubernetes.io/instance={self.release}")
        return {pod["metadata"]["name"] for pod in found if "deletionTimestamp" in pod["metadata"]}

    def set_envoy_runtime(self, key, value):
        """A value of the runtime of every replica's Envoy, whose admin endpoint only its own pod can reach; empty: the one that nuncio gave it."""
        for pod in self.pods():
            said = self.cluster.run("bash", "-c", f"""cd /proc
                id=$(grep -ls 'pod{pod["metadata"]["uid"]}' [0-9]*/cgroup | head -1 | cut -d/ -f1)
                nsenter --net=/proc/$id/ns/net curl -sS -X POST 'http://127.0.0.1:8001/runtime_modify?{key}={value}'""")
            assert said.strip() == "OK", said

    def rollout(self):
        """Returns when there are as many pods as there should be, and all are ready."""
        self.cluster.kubectl("rollout", "status", f"deployment/{self.name}", "-n", self.namespace, f"--timeout={LIMIT_S}s")

        # The Deployment may not have heard yet of the end of a pod.
        def unready():
            wanted = self.cluster.get("deployment", self.name, "-n", self.namespace)["spec"]["replicas"]
            ready = [pod for pod in self.pods() if any(
                each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", ()))]
            return wanted - len(ready)
        until_equal("pods that are not ready, of those wanted", unready, 0)

    def settle(self):
        """The same, and no pod is on its way out, and every replica's Envoy has acknowledged the newest that it was told."""
        self.rollout()
        until_equal("pods that end", self.ending, set())
        for pod in self.pods():
            until_equal("generations: newest, acknowledged", lambda: len({
                self.metric(pod, "nuncio_generation", stage) for stage in ("latest", "acknowledged")}), 1)


LOADS = {
    "HTTP/1.1, kept": {"mode": "http1", "keep": True},
    "HTTP/1.1, fresh": {"mode": "http1", "keep": False, "workers": 2},
    "HTTP/2, kept": {"mode": "http2", "keep": True},
    "HTTP/2, fresh": {"mode": "http2", "keep": False, "workers": 2},
}


class Load:
    """Requests to an installation while something happens: a context that fails when one of them did."""

    def __init__(self, installation, paths, *, pod=None, limit_s=4 * LIMIT_S):
        """To its Service; `pod`: to that one alone, without the Service. Ends by itself after `limit_s`, were it forgotten."""
        self._installation = installation
        address, port = (pod["status"]["podIP"], 8080) if pod else (installation.address, 80)
        self._wanted = {"host": "www.example.com", "sni": "", "tls": False, "paths": paths, "seconds": limit_s, "pause_ms": 10, "workers": 4,
                        "address": address, "port": port}

    def __enter__(self):
        self._processes = {name: self._installation.cluster.popen(
            "/usr/bin/python3", ROOT / "tests/e2e/load.py", json.dumps({**self._wanted, **load}),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for name, load in LOADS.items()}
        return self

    def __exit__(self, failure, *_):
        for process in self._processes.values():
            process.stdin.close()
        results = {name: json.loads(process.stdout.read()) for name, process in self._processes.items()}
        for process in self._processes.values():
            process.wait(LIMIT_S)
        for name, result in results.items():
            print(f"{name}: {result['requests']} requests over {result['connections']} connections, {result['failed']} failed", file=sys.stderr)
            for each in result["failures"][:5]:
                print(f"  {each}", file=sys.stderr)
        if failure is None:
            assert all(result["requests"] > 50 for result in results.values()), "too few requests to prove anything"
            assert {name: result["failed"] for name, result in results.items() if result["failed"]} == {}

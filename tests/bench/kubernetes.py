#!/usr/bin/python3
"""Measures nuncio on a real API server: 10,000 Mappings and 2,000 Services, then one more Mapping at a time.

usage (as root): kubernetes.py [--nuncio PATH] [--mappings 10000] [--services 2000] [--changes 30]

Prints
  start    from the start of the process to ready, and its peak memory
  change   one more Mapping: from the API server's acknowledgement to the first 200 (nothing but 404 may come before it), and
           nuncio's share of that, from the event of the watch to the bytes handed to Envoy
  quiet    requests of nuncio that the API server noted in a minute without changes, by verb; writes but those to the Lease
           should be none
etcd, the API server, nuncio, Envoy and the clients share the machine.
"""
import argparse
import collections
import concurrent.futures
import http.client
import http.server
import json
import os
import pathlib
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/kube"))
sys.path.insert(0, str(ROOT / "tests/bench"))
from api_server import ApiServer  # noqa: E402
from bench import Echo, Nuncio, free_port, percentile  # noqa: E402


class Client:
    """One connection to the API server, as its administrator."""

    def __init__(self, api):
        keys = api.folder / "pki"
        context = ssl.create_default_context(cafile=keys / "ca.crt")
        context.load_cert_chain(keys / "admin.crt", keys / "admin.key")
        self.connection = http.client.HTTPSConnection("127.0.0.1", api.port, context=context, timeout=60)

    def create(self, path, thing):
        self.connection.request("POST", path, json.dumps(thing), {"content-type": "application/json"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status not in (200, 201):
            sys.exit(f"{path}: {answer.status} {body.decode()[:300]}")


# The API server takes no endpoint on 127.0.0.0/8: this address is one of the loopback device's, in a network namespace.
ADDRESS = "192.168.88.1"
INSIDE = "NUNCIO_BENCH_NAMESPACE"
EMISSARY = "/apis/getambassador.io/v3alpha1/namespaces/default/"


def emissary(kind, name, spec):
    return {"apiVersion": "getambassador.io/v3alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def mapping(index, service):
    return EMISSARY + "mappings", emissary("Mapping", f"m{index}",
                                           {"hostname": "*", "prefix": f"/p{index}/", "service": service, "resolver": "endpoint"})


def service(index, port):
    name = f"s{index}"
    yield "/api/v1/namespaces/default/services", {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"ports": [{"port": 80}], "clusterIP": "None"}}
    yield "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"name": f"{name}-1", "labels": {"kubernetes.io/service-name": name}},
        "ports": [{"port": port, "protocol": "TCP", "name": ""}],
        "endpoints": [{"addresses": [ADDRESS], "conditions": {"ready": True}}]}


def fill(api, things, connections=6):
    """Creates everything, over several connections."""
    def part(mine):
        client = Client(api)
        for path, thing in mine:
            client.create(path, thing)
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        list(pool.map(part, [things[i::connections] for i in range(connections)]))


def first_answer(port, index):
    """The moment of the first 200; nothing but 404 may come before it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    while True:
        connection.request("GET", f"/p{index}/x", headers={"host": "any.example.com"})
        answer = connection.getresponse()
        answer.read()
        if answer.status == 200:
            return time.monotonic()
        if answer.status != 404:
            sys.exit(f"m{index}: {answer.status} before the first 200")
        time.sleep(0.0005)


def measure_changes(api, nuncio, options, port):
    client = Client(api)
    whole, ours = [], []
    for step in range(options.changes + 1):
        index = options.mappings + step
        before = nuncio.metrics()
        path, thing = mapping(index, f"s{(step * 37) % options.services}")
        client.create(path, thing)
        acknowledged = time.monotonic()
        served = first_answer(port, index)
        moved = nuncio.moved_since(before)
        if step > 0:
            whole.append((served - acknowledged) * 1000)
            ours.append(moved["nuncio_change_to_sent_seconds_sum"] / moved["nuncio_change_to_sent_seconds_count"] * 1000)
    print(f"acknowledgement to first 200, ms: median {statistics.median(whole):.0f}, 99th {percentile(whole, 0.99):.0f}")
    print(f"event to the bytes handed to Envoy, ms: median {statistics.median(ours):.1f}, 99th {percentile(ours, 0.99):.1f}")


def measure_quiet(api, seconds=60):
    before = len(api.audit("nuncio"))
    time.sleep(seconds)
    verbs = collections.Counter(line["verb"] + " " + line["objectRef"]["resource"] if "objectRef" in line else line["requestURI"]
                                for line in api.audit("nuncio")[before:])
    print(f"requests in {seconds} quiet seconds: {dict(verbs)}")


def enter_namespace():
    """Runs this program once more, in a network namespace of its own."""
    setup = f"ip link set lo up && ip address add {ADDRESS}/32 dev lo && exec \"$0\" \"$@\""
    os.execvpe("unshare", ["unshare", "--net", "sh", "-c", setup, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nuncio", default=str(ROOT / "build/release/nuncio"))
    parser.add_argument("--mappings", type=int, default=10000)
    parser.add_argument("--services", type=int, default=2000)
    parser.add_argument("--changes", type=int, default=30)
    options = parser.parse_args()
    if INSIDE not in os.environ:
        enter_namespace()
    built = subprocess.run([ROOT / "tests/cluster/build.sh", "etcd", "kube-apiserver", "kubectl"], stdout=subprocess.PIPE, text=True,
                           check=True)
    backend = http.server.ThreadingHTTPServer((ADDRESS, 0), Echo)
    backend.daemon_threads = True
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    port = free_port()
    api = ApiServer(pathlib.Path(built.stdout.strip())).up()
    with tempfile.TemporaryDirectory(prefix="nuncio-bench-") as folder:
        try:
            api.kubectl("apply", "--server-side", "-f", ROOT / "deploy/crds")
            api.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
            things = [thing for i in range(options.services) for thing in service(i, backend.server_address[1])]
            things += [mapping(i, f"s{i % options.services}") for i in range(options.mappings)]
            things += [(EMISSARY + "hosts", emissary("Host", "all", {"hostname": "*", "requestPolicy": {"insecure": {"action": "Route"}}})),
                       (EMISSARY + "listeners", emissary("Listener", "http", {
                           "port": port, "protocol": "HTTP", "securityModel": "XFP", "hostBinding": {"namespace": {"from": "ALL"}}}))]
            fill(api, things)
            nuncio = Nuncio(options.nuncio, str(pathlib.Path(folder) / "run"), source=["--kubeconfig", str(api.admin)])
            try:
                print(f"{options.mappings:,} Mappings and {options.services:,} Services")
                print(f"start to ready, s: {nuncio.wait_ready():.1f}")
                first_answer(port, 0)
                measure_changes(api, nuncio, options, port)
                measure_quiet(api)
                print(f"peak memory, MiB: {nuncio.peak_memory_mib():.0f}")
            finally:
                nuncio.stop()
        finally:
            api.down()
            backend.shutdown()


if __name__ == "__main__":
    main()

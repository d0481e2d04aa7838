#!/usr/bin/env python3
"""Measures nuncio as a user meets it: the real program, the real Envoy, manifests in files.

usage: bench.py [--nuncio PATH] [--sizes 1000,10000] [--changes 60] [--runs 3] [--hosts one,many]

For each size and each way to spread the Mappings over Hosts it prints
  cold     from the start of the process to the first generation built, that build alone, peak memory
  change   one Mapping edited among N, again and again: from the file event to the bytes handed to Envoy (nuncio's share),
           the bytes sent, and from then until the first answer of the new route (Envoy's share)
Every Mapping lies in a file of its own, so that an edit is an edit of one object, as it is in a cluster.
The figures of one run come from one machine in one state: compare rows of one run, not of two.
"""
import argparse
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEADLINE_S = 180


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the path that it saw, so that a rewrite tells which version of a route was taken."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        body = self.path.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def write_atomically(path, text):
    new = path.with_name("." + path.name + ".new")
    new.write_text(text)
    new.rename(path)


def mapping(index, hostname, rewrite):
    return json.dumps({
        "apiVersion": "getambassador.io/v3alpha1", "kind": "Mapping",
        "metadata": {"name": f"m{index}", "namespace": "default"},
        "spec": {"hostname": hostname, "prefix": f"/p{index}/", "rewrite": rewrite, "service": "echo"}})


class Manifests:
    def __init__(self, folder, size, spread, port, backend):
        self.folder, self.size, self.spread = pathlib.Path(folder), size, spread
        common = [
            {"apiVersion": "getambassador.io/v3alpha1", "kind": "Listener", "metadata": {"name": "http"},
             "spec": {"port": port, "protocol": "HTTP", "securityModel": "XFP",
                      "hostBinding": {"namespace": {"from": "ALL"}}}},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "echo"},
             "spec": {"ports": [{"port": 80, "targetPort": backend}]}},
            {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
             "metadata": {"name": "echo-1", "labels": {"kubernetes.io/service-name": "echo"}},
             "addressType": "IPv4", "ports": [{"port": backend, "protocol": "TCP", "name": ""}],
             "endpoints": [{"addresses": ["127.0.0.1"]}]}]
        hosts = ["*"] if spread == "one" else [f"h{i}.example.com" for i in range(size)]
        for i, host in enumerate(hosts):
            common.append({"apiVersion": "getambassador.io/v3alpha1", "kind": "Host", "metadata": {"name": f"h{i}"},
                           "spec": {"hostname": host, "requestPolicy": {"insecure": {"action": "Route"}}}})
        (self.folder / "common.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": common}))
        for i in range(size):
            self.edit(i, "/cold/")

    def hostname(self, index):
        return "*" if self.spread == "one" else f"h{index}.example.com"

    def edit(self, index, rewrite):
        write_atomically(self.folder / f"m{index}.json", mapping(index, self.hostname(index), rewrite))


class Nuncio:
    def __init__(self, program, folder, source=None):
        """`source`: where the objects come from, as arguments of nuncio run; a folder of manifests unless it says."""
        self.health, self.admin = free_port(), free_port()
        self.log = open(pathlib.Path(folder).with_suffix(".log"), "wb")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [program, "run", *(source or ["--manifests", folder]), "--health-port", str(self.health), "--admin-port", str(self.admin),
             "--envoy-path", str(pathlib.Path(program).with_name("envoy"))],
            stdout=self.log, stderr=self.log)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.health, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def wait_ready(self):
        while time.monotonic() - self.started < DEADLINE_S:
            if self.process.poll() is not None:
                sys.exit(f"nuncio ended with {self.process.returncode}; see {self.log.name}")
            try:
                if self.get("/ambassador/v0/check_ready")[0] == 200:
                    return time.monotonic() - self.started
            except OSError:
                pass
            time.sleep(0.01)
        sys.exit(f"nuncio was not ready within {DEADLINE_S} s; see {self.log.name}")

    def metrics(self):
        values = {}
        for line in self.get("/metrics")[1].splitlines():
            if match := re.match(r"^([a-z_]+(?:\{[^}]*\})?) ([0-9.e+-]+)", line):
                values[match[1]] = float(match[2])
        return values

    def moved_since(self, before):
        """How far the counters came with one change. It is counted right after it was sent, so perhaps after Envoy answered."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            after = self.metrics()
            moved = {k: after[k] - before.get(k, 0) for k in after}
            if moved["nuncio_change_to_sent_seconds_count"] >= 1:
                return moved
        sys.exit("a change was served and never counted")

    def control_plane(self):
        """The process id of the child that is not Envoy."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            if "control-plane" in pathlib.Path(f"/proc/{child}/cmdline").read_text():
                return child
        sys.exit("the control plane is not running")

    def peak_memory_mib(self):
        status = pathlib.Path(f"/proc/{self.control_plane()}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024

    def stop(self):
        # No drain: what is measured is over.
        self.process.send_signal(signal.SIGTERM)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def wait_until_served(port, host, index, want):
    """Polls over one open connection; returns the moment of the first answer that is the new route's."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    end = time.monotonic() + 30
    try:
        while time.monotonic() < end:
            connection.request("GET", f"/p{index}/x", headers={"host": host})
            answer = connection.getresponse()
            body = answer.read().decode()
            if answer.status == 200 and body == want:
                return time.monotonic()
            time.sleep(0.0003)
    finally:
        connection.close()
    sys.exit(f"mapping m{index} was never served as edited")


def measure(program, size, spread, changes):
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    backend.daemon_threads = True
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    base = tempfile.mkdtemp(prefix="nuncio-bench-")
    folder = os.path.join(base, "manifests")
    os.mkdir(folder)
    port = free_port()
    manifests = Manifests(folder, size, spread, port, backend.server_address[1])
    nuncio = Nuncio(program, folder)
    try:
        result = {"ready": nuncio.wait_ready() * 1000}
        first = nuncio.metrics()
        result["build"] = first["nuncio_build_seconds_sum"] / first["nuncio_build_seconds_count"] * 1000
        host = "any.example.com" if spread == "one" else None
        ours, envoys, sizes = [], [], []
        for step in range(changes + 1):
            index = (step * 7919) % size
            before = nuncio.metrics()
            start = time.monotonic()
            manifests.edit(index, f"/v{step}/")
            served = wait_until_served(port, host or manifests.hostname(index), index, f"/v{step}/x")
            moved = nuncio.moved_since(before)
            if moved["nuncio_change_to_sent_seconds_count"] != 1:
                sys.exit("more than one generation for one change")
            if step == 0:
                continue  # the first change pays for caches that stay warm
            sent = moved["nuncio_change_to_sent_seconds_sum"]
            ours.append(sent * 1000)
            envoys.append((served - start - sent) * 1000)
            sizes.append(moved["nuncio_xds_bytes_sent_total"])
        result.update(ours=ours, envoys=envoys, bytes=sizes, memory=nuncio.peak_memory_mib())
        return result
    finally:
        nuncio.stop()
        backend.shutdown()
        shutil.rmtree(base, ignore_errors=True)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread_of(values):
    return f"{statistics.median(values):.1f} ({min(values):.1f}..{max(values):.1f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nuncio", default=str(ROOT / "build/release/nuncio"))
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--hosts", default="one,many")
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"load average at the start: {os.getloadavg()[0]:.1f}; {options.runs} runs of {options.changes} changes each")
    print("| Mappings | Hosts | ready ms | build ms | peak MiB | change to bytes ms p50 | p99 | bytes sent | "
          "Envoy's share ms p50 | p99 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    medians = {}
    for spread in options.hosts.split(","):
        for size in map(int, options.sizes.split(",")):
            runs = [measure(options.nuncio, size, spread, options.changes) for _ in range(options.runs)]
            p50 = [statistics.median(run["ours"]) for run in runs]
            medians[spread, size] = statistics.median(p50)
            print(f"| {size:,} | {'1' if spread == 'one' else f'{size:,}'} "
                  f"| {spread_of([run['ready'] for run in runs])} | {spread_of([run['build'] for run in runs])} "
                  f"| {spread_of([run['memory'] for run in runs])} "
                  f"| {spread_of(p50)} | {spread_of([percentile(run['ours'], 0.99) for run in runs])} "
                  f"| {statistics.median(sum((run['bytes'] for run in runs), [])):,.0f} "
                  f"| {spread_of([statistics.median(run['envoys']) for run in runs])} "
                  f"| {spread_of([percentile(run['envoys'], 0.99) for run in runs])} |", flush=True)
    sizes = [int(s) for s in options.sizes.split(",")]
    for spread in options.hosts.split(","):
        for small, large in zip(sizes, sizes[1:]):
            ratio = medians[spread, large] / medians[spread, small]
            print(f"ratio, {spread} host(s): a change among {large:,} costs {ratio:.1f} times one among {small:,}")


if __name__ == "__main__":
    main()

"""A running nuncio with a real Envoy, and the moments that a test has to wait for."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import manifests as m

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("NUNCIO_BUILD", ROOT / "build/dev"))
PROGRAM = BUILD / "nuncio"
ENVOY = os.environ.get("ENVOY_PATH") or str(BUILD / "envoy")
# The longest that anything here may take. Waiting ends with the event; this only bounds a failure.
DEADLINE_S = 120


def wait_until(condition, what, deadline_s=DEADLINE_S, interval_s=0.02):
    """Polls until the condition gives something true, and returns it. `what` tells the reader of a failure what was due."""
    end = time.monotonic() + deadline_s
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what() if callable(what) else what}")
        time.sleep(interval_s)
    return result


_handed_out = []  # the sockets whose names say that a port is taken, until this process ends


def _is_ours(port):
    """Whether no other run of tests has been given this port. Names of abstract sockets are as wide as ports: one network."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0nuncio-test-port-{port}")
    except OSError:
        claim.close()
        return False
    _handed_out.append(claim)
    return True


def free_ports(count):
    """Ports that nobody has, outside of the range that the kernel picks clients' ports from, and none twice."""
    low = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    found = []
    candidates = iter(range(20000, low if low > 26000 else 32000))
    while len(found) < count:
        port = next(candidates)
        if not _is_ours(port):
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
        found.append(port)
    return found


def children(pid):
    """{program: pid} of the living children of a process."""
    found = {}
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            arguments = pathlib.Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        # Neither: it has ended and waits to be reaped, or is about to become one of them.
        if b"control-plane" in arguments[1:2]:
            found["control plane"] = int(child)
        elif b"-c" in arguments[1:2]:
            found["envoy"] = int(child)
    return found


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Nuncio:
    """`nuncio run` on a folder of its own. `files` maps names to objects; each name is one file."""

    def __init__(self, *, environment=None, arguments=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nuncio-e2e-"))
        self.manifests = self.folder / "manifests"
        self.manifests.mkdir()
        self.log = self.folder / "log"
        self.admin_port, self.health_port = free_ports(2)
        self._environment = {**os.environ, **(environment or {})}
        self._arguments = [str(PROGRAM), "run", "--manifests", str(self.manifests), "--envoy-path", ENVOY,
                           "--admin-port", str(self.admin_port), "--health-address", "127.0.0.1", "--health-port", str(self.health_port),
                           "--drain-time", "1s", "--envoy-concurrency", "2", *arguments]
        self.process = None

    # Manifests.

    def write(self, name, *objects):
        """Puts a file in its place in one step, as editors do."""
        text = objects[0] if len(objects) == 1 and isinstance(objects[0], str) else m.to_yaml(*objects)
        temporary = self.folder / "next"
        temporary.write_text(text)
        temporary.rename(self.manifests / f"{name}.yaml")

    def apply(self, name, *objects):
        """Writes a file and waits until Envoy acknowledged the generation that holds it."""
        before = self.generation("latest")
        self.write(name, *objects)
        self.wait_for_generation_after(before)

    def delete(self, name):
        before = self.generation("latest")
        (self.manifests / f"{name}.yaml").unlink()
        self.wait_for_generation_after(before)

    def wait_for_generation_after(self, before):
        latest = wait_until(lambda: (now := self.generation("latest")) > before and now, "a generation with the edit")
        wait_until(lambda: self.generation("acknowledged") >= latest, lambda: f"Envoy's acknowledgement of {latest}\n{self.metrics_text()}")
        self.wait_for_listeners()

    def wait_for_listeners(self):
        """Until no listener waits for its certificates or routes."""
        wait_until(lambda: self.stat("listener_manager.total_listeners_warming") == 0, "listeners that are warm")

    # Views.

    def _get(self, port, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=DEADLINE_S) as answer:
            return answer.read().decode()

    def _get_from_who_is_busy(self, port, path):
        """For what is known to be there: on a client that is slow to ask it may close."""
        def got():
            assert self.process.poll() is None, f"nuncio ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}"
            try:
                return [self._get(port, path)]
            except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
                return None
        return wait_until(got, f"an answer of port {port} to {path}")[0]

    def metrics_text(self):
        return self._get_from_who_is_busy(self.health_port, "/metrics")

    def metric(self, name, **labels):
        """The value of a series; 0 when it is not there."""
        for line in self.metrics_text().splitlines():
            match = re.match(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
            if match and all(f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()):
                return float(match[2])
        return 0

    def generation(self, stage):
        return int(self.metric("nuncio_generation", stage=stage))

    def stat(self, name):
        """A statistic of Envoy."""
        for line in self._get_from_who_is_busy(self.admin_port, f"/stats?filter=^{re.escape(name)}$").splitlines():
            return int(line.rsplit(": ", 1)[1])
        return 0

    def set_runtime(self, key, value):
        """A value of Envoy's runtime; empty: the one that nuncio gave it."""
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{self.admin_port}/runtime_modify?{key}={value}", method="POST"), timeout=5) as answer:
            assert answer.read() == b"OK\n"

    def ready(self):
        try:
            self._get(self.health_port, "/ambassador/v0/check_ready")
            return True
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError):
            return False

    def findings(self):
        """What `nuncio check` says of the folder as it is now."""
        done = subprocess.run([PROGRAM, "check", self.manifests, "--output", "json"], capture_output=True, text=True, timeout=DEADLINE_S)
        return json.loads(done.stdout)["findings"]

    def child(self, name):
        return wait_until(lambda: children(self.process.pid).get(name), f"a running {name}")

    # Life.

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment)
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        def ready():
            assert self.process.poll() is None, f"nuncio ended with {self.process.returncode}:\n{self.log.read_text()}"
            return self.ready()
        wait_until(ready, lambda: f"ready; the log says\n{self.log.read_text()[-4000:]}")
        self.wait_for_listeners()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"nuncio did not end on SIGTERM:\n{self.log.read_text()[-4000:]}")
        return self.process.returncode

    def print_log(self):
        print(f"--- log of nuncio, {self.folder}\n{self.log.read_text(errors='replace')[-6000:]}", file=sys.stderr)

"""A thousand changes under constant load, and not one request that a client would call failed."""
import json
import os
import pathlib
import random
import subprocess
import sys
import time

import clients
import manifests as m
from nuncio_harness import free_ports, wait_until

CHANGES = int(os.environ.get("NUNCIO_CHANGES", "1000"))
SEED = int(os.environ.get("NUNCIO_SEED", "4"))
MOVING = 40  # Mappings that come and go
SECONDS = 1500  # the load ends by then in any case, which is more than any machine takes

# Paths that the load asks for. A moving path is served by its own Mapping or, while there is none, by the fallback.
BACKENDS = ["a", "b", "c"]


class World:
    """The manifests, one file an object, and the changes that can be made to them. Every state serves every path."""

    def __init__(self, nuncio, backends, authority):
        self.nuncio, self.backends, self.authority = nuncio, backends, authority
        self.random = random.Random(SEED)
        self.http, self.https = free_ports(2)
        self.markers = 0
        self.counts = {}
        self.moving = {}
        self.retired = []  # (backend, marker at which it was out of its Service)
        self.running = {name: [backends.start(name), backends.start(name)] for name in BACKENDS}
        nuncio.write("listeners", m.listener(self.http), m.listener(self.https, "HTTPS"))
        nuncio.write("hosts", m.host("*", secret="cert"), m.host("*.example.com", secret="cert"))
        nuncio.write("module", m.patient_module())
        nuncio.write("resolver", m.emissary("KubernetesEndpointResolver", "ends", {}))
        nuncio.write("fallback", m.mapping("fallback", "/", "a", rewrite=""))
        self.write_certificate()
        for name in BACKENDS:
            self.write_service(name)
        self.write_weight(50)
        nuncio.start()

    def write_certificate(self):
        self.nuncio.write("cert", m.secret("cert", self.authority.pair("www.example.com")))

    def write_service(self, name):
        self.nuncio.write(f"service-{name}", m.service(name, *[backend.port for backend in self.running[name]]))

    def write_weight(self, weight):
        self.nuncio.write("canary", m.mapping("stable", "/canary/", "b", rewrite=""), m.mapping("canary", "/canary/", "c", weight=weight, rewrite=""))

    def write_moving(self, number, spec):
        self.moving[number] = spec
        self.nuncio.write(f"moving-{number}", m.mapping(f"moving-{number}", f"/moving-{number}/", **spec))

    def mark(self):
        """Returns once Envoy serves everything that was written before: a redirect that carries a number tells."""
        self.markers += 1
        self.nuncio.write("marker", m.mapping("marker", "/marker", f"m{self.markers}.example", host_redirect=True))

        def arrived():
            answer = clients.get(self.http, "/marker", host="www.example.com")
            return (answer.header("location") or "").startswith(f"http://m{self.markers}.example")
        wait_until(arrived, lambda: f"marker {self.markers}")

    # The changes.

    def random_spec(self):
        pick = self.random.choice
        spec = {"service": pick(BACKENDS), "rewrite": pick(["", "/", "/other/"])}
        if pick([True, False]):
            spec["timeout_ms"] = pick([58000, 59000])
        if pick([True, False]):
            spec["add_response_headers"] = {"x-turn": {"value": str(self.random.random())}}
        if pick([True, False, False]):
            spec |= {"resolver": "ends", "load_balancer": {"policy": pick(["round_robin", "least_request"])}}
        if pick([True, False, False, False]):
            spec["circuit_breakers"] = [{"max_connections": pick([2000, 3000])}]
        if pick([True, False, False, False]):
            spec["connect_timeout_ms"] = pick([40000, 50000])
        return spec

    def add(self):
        free = sorted(set(range(MOVING)) - set(self.moving))
        return bool(free) and (self.write_moving(self.random.choice(free), self.random_spec()) or True)

    def edit(self):
        return bool(self.moving) and (self.write_moving(self.random.choice(sorted(self.moving)), self.random_spec()) or True)

    def remove(self):
        if not self.moving:
            return False
        number = self.random.choice(sorted(self.moving))
        del self.moving[number]
        (self.nuncio.manifests / f"moving-{number}.yaml").unlink()
        return True

    def reorder(self):
        if not self.moving:
            return False
        number = self.random.choice(sorted(self.moving))
        self.write_moving(number, self.moving[number] | {"precedence": self.random.randrange(1, 1000)})
        return True

    def rotate(self):
        self.write_certificate()
        return True

    def weight(self):
        self.write_weight(self.random.randrange(101))
        return True

    def endpoints(self):
        """One backend of a Service is replaced by a new one; the old one ends when nothing leads to it any more."""
        name = self.random.choice(BACKENDS)
        self.running[name].append(self.backends.start(name))
        self.retired.append((self.running[name].pop(0), self.markers))
        self.write_service(name)
        return True

    def change(self):
        kinds = [self.add] * 4 + [self.edit] * 5 + [self.remove] * 3 + [self.reorder] * 3 + [self.rotate, self.weight, self.weight, self.endpoints, self.endpoints]
        while not (kind := self.random.choice(kinds))():
            pass
        self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1

    def end_retired(self):
        """Ends backends whose replacement has been served since more than five markers."""
        while self.retired and self.retired[0][1] + 5 < self.markers:
            self.retired.pop(0)[0].close()


def start_load(world, **wanted):
    paths = {f"/moving-{number}/x": BACKENDS for number in range(MOVING)} | {"/canary/x": ["b", "c"], "/": ["a"]}
    wanted = {"host": "www.example.com", "sni": "www.example.com", "paths": paths, "seconds": SECONDS, "pause_ms": 5, "workers": 4,
              "port": world.https if wanted["tls"] else world.http, **wanted}
    return subprocess.Popen([sys.executable, str(pathlib.Path(__file__).parent / "load.py"), json.dumps(wanted)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


LOADS = {
    "HTTP/1.1, kept": {"mode": "http1", "keep": True, "tls": False},
    "HTTP/1.1 over TLS, kept": {"mode": "http1", "keep": True, "tls": True},
    "HTTP/1.1 over TLS, fresh": {"mode": "http1", "keep": False, "tls": True, "workers": 2},
    "HTTP/1.1, fresh": {"mode": "http1", "keep": False, "tls": False},
    "HTTP/2 over TLS, kept": {"mode": "http2", "keep": True, "tls": True},
    "HTTP/2, fresh": {"mode": "http2", "keep": False, "tls": False, "workers": 2},
}


def test_no_request_is_lost(new_nuncio, backends, authority):
    world = World(new_nuncio(), backends, authority)
    world.mark()
    loads = {name: start_load(world, **wanted) for name, wanted in LOADS.items()}
    begin, made = time.monotonic(), 0
    try:
        while made < CHANGES:
            for _ in range(min(world.random.choice([1, 1, 1, 2, 5]), CHANGES - made)):
                world.change()
                made += 1
            world.mark()
            world.end_retired()
    finally:
        for load in loads.values():
            load.stdin.close()
        results = {name: json.loads(load.stdout.read()) for name, load in loads.items()}
        for load in loads.values():
            load.wait(60)
    took = time.monotonic() - begin
    total = sum(result["requests"] for result in results.values())
    failed = sum(result["failed"] for result in results.values())
    print(f"\n{made} changes in {took:.0f} s ({', '.join(f'{count} {kind}' for kind, count in sorted(world.counts.items()))}), "
          f"{total} requests, {failed} failed")
    for name, result in results.items():
        print(f"  {name}: {result['requests']} requests over {result['connections']} connections, {result['failed']} failed")
        for failure in result["failures"][:5]:
            print(f"    {failure}")
    assert made == CHANGES
    assert all(result["requests"] > 500 for result in results.values()), "too few requests to prove anything"
    assert failed == 0

#!/usr/bin/env python3
"""Counts how many of 20 objects that only Envoy can judge freeze the changes of others.

usage: freeze.py [--nuncio PATH]

Each object is added to a running nuncio with the real Envoy; then another Mapping of the same Host is edited, and a new
Mapping is added. An object that keeps either of them from being served within 5 s freezes others. Each row also says
whether nuncio told of the object: in a finding of its own or as a refusal by Envoy.
"""
import argparse
import json
import pathlib
import shutil
import tempfile
import threading
import http.client
import http.server
import time

import bench

LIMIT_S = 5


def mapping(name, **spec):
    return {"apiVersion": "getambassador.io/v3alpha1", "kind": "Mapping", "metadata": {"name": name},
            "spec": {"hostname": "*", "prefix": f"/{name}/", "service": "echo", **spec}}


def module(**config):
    return {"apiVersion": "getambassador.io/v3alpha1", "kind": "Module", "metadata": {"name": "ambassador"},
            "spec": {"config": config}}


def listener(name, port, **spec):
    return {"apiVersion": "getambassador.io/v3alpha1", "kind": "Listener", "metadata": {"name": name},
            "spec": {"port": port, "protocol": "HTTP", "securityModel": "XFP",
                     "hostBinding": {"namespace": {"from": "ALL"}}, **spec}}


def header(value):
    return {"x-bad": {"value": value}}


def objects(taken_port):
    return [
        ("request header with an unknown command", mapping("bad", add_request_headers=header("%NOT_A_COMMAND%"))),
        ("request header with an open command", mapping("bad", add_request_headers=header("%REQ(x"))),
        ("request header with a stray %", mapping("bad", add_request_headers=header("100%"))),
        ("response header with an unknown command", mapping("bad", add_response_headers=header("%NOPE()%"))),
        ("response header with a bad parameter", mapping("bad", add_response_headers=header("%START_TIME(%E4n)%"))),
        ("added header with a pseudo name", mapping("bad", add_request_headers={":path": {"value": "/x"}})),
        ("removed header with a pseudo name", mapping("bad", remove_request_headers=[":path"])),
        ("removed Host header", mapping("bad", remove_request_headers=["host"])),
        ("rewrite to a group that is not there", mapping("bad", regex_rewrite={"pattern": "/(a)", "substitution": "/\\2"})),
        ("redirect to a group that is not there", mapping("bad", host_redirect=True, regex_redirect={
            "pattern": "/(a)", "substitution": "/\\3"})),
        ("upgrade named twice", mapping("bad", allow_upgrade=["websocket", "websocket"])),
        ("upgrade without a name", mapping("bad", allow_upgrade=[""])),
        ("negative CORS max age", mapping("bad", cors={"origins": ["*"], "max_age": "soon"})),
        ("access log with an unknown command", module(envoy_log_format="%NOT_A_COMMAND%")),
        ("access log that cannot be opened", module(envoy_log_path="/no/such/folder/log")),
        ("Lua that does not parse", module(lua_scripts="function envoy_on_request(handle")),
        ("server name with a line break", module(server_name="a\nb")),
        ("port that is taken", listener("bad", taken_port)),
        ("Listener that is given a port of Envoy's admin", listener("bad", "admin")),
        ("service whose name no resolver can take", mapping("bad", service="a..b." + "c" * 70 + ".example")),
    ]


class World:
    def __init__(self, program):
        self.backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), bench.Echo)
        self.backend.daemon_threads = True
        threading.Thread(target=self.backend.serve_forever, daemon=True).start()
        self.base = tempfile.mkdtemp(prefix="nuncio-freeze-")
        self.folder = pathlib.Path(self.base, "manifests")
        self.folder.mkdir()
        self.port = bench.free_port()
        bench.Manifests(self.folder, 0, "one", self.port, self.backend.server_address[1])
        self.write("good", mapping("good"))
        self.nuncio = bench.Nuncio(program, str(self.folder))
        self.nuncio.wait_ready()
        self.edits = 0

    def write(self, name, thing):
        bench.write_atomically(self.folder / f"{name}.json", json.dumps(thing))

    def served(self, path, want):
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
                connection.request("GET", path)
                answer = connection.getresponse()
                if answer.status == 200 and answer.read().decode() == want:
                    return True
                connection.close()
            except OSError:
                pass
            time.sleep(0.02)
        return False

    def told(self):
        metrics = self.nuncio.metrics()
        refused = sum(v for k, v in metrics.items() if k.startswith("nuncio_refused_resources"))
        errors = sum(v for k, v in metrics.items() if k.startswith("nuncio_findings") and "error" in k)
        return "refused by Envoy" if refused else "finding" if errors else "no"

    def try_object(self, thing):
        if thing["spec"].get("port") == "admin":
            thing["spec"]["port"] = self.nuncio.admin
        self.write("bad", thing)
        self.edits += 1
        self.write("good", mapping("good", rewrite=f"/edit{self.edits}/"))
        self.write("new", mapping(f"new{self.edits}", rewrite="/new/"))
        edited = self.served("/good/x", f"/edit{self.edits}/x")
        added = self.served(f"/new{self.edits}/x", "/new/x")
        told = self.told()
        (self.folder / "bad.json").unlink()
        self.edits += 1
        self.write("good", mapping("good", rewrite=f"/edit{self.edits}/"))
        recovered = self.served("/good/x", f"/edit{self.edits}/x")
        return edited and added, told, recovered

    def close(self):
        self.nuncio.stop()
        self.backend.shutdown()
        shutil.rmtree(self.base, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nuncio", default=str(bench.ROOT / "build/release/nuncio"))
    options = parser.parse_args()
    world = World(options.nuncio)
    frozen = 0
    try:
        rows = objects(world.backend.server_address[1])
        print("| object | others' changes served | told of | after its removal |\n|---|---|---|---|")
        for name, thing in rows:
            free, told, recovered = world.try_object(thing)
            frozen += not free
            print(f"| {name} | {'yes' if free else '**no**'} | {told} | {'served' if recovered else '**stuck**'} |",
                  flush=True)
        print(f"{frozen} of {len(rows)} objects freeze others")
    finally:
        world.close()


if __name__ == "__main__":
    main()

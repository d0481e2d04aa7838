"""Processes that end, by themselves or by force: what clients notice, and what is left behind."""
import contextlib
import http.client
import json
import os
import pathlib
import signal
import subprocess
import threading

import clients
import manifests as m
import pytest
from backends import Answer
from clients import get
from conftest import Edge
from nuncio_harness import DEADLINE_S, ROOT, alive, children, wait_until


@pytest.fixture
def fresh(new_nuncio, backends, authority):
    """An edge for one test, which may end it."""
    return Edge(new_nuncio(), backends, authority)


@contextlib.contextmanager
def load(port):
    """Requests without a pause, over a connection that is kept and over new ones, until the block ends. Yields the failures."""
    failures, done, count = [], threading.Event(), [0]

    def run(keep):
        connection = None
        while not done.is_set():
            try:
                connection = connection or clients.connect(port)
                clients.send(connection, "GET", "/", "example.com")
                answer = clients.receive(connection)
                if answer.status != 200:
                    failures.append(answer)
                if not keep or answer.header("connection") == "close":
                    connection.close()
                    connection = None
                count[0] += 1
            except (OSError, http.client.HTTPException) as error:
                failures.append(error)
                connection = None
    threads = [threading.Thread(target=run, args=(keep,)) for keep in (True, True, False)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: count[0] > 20 or failures, "the load to begin")
        yield failures
        wait_until(lambda: count[0] > 100 or failures, "requests enough to prove something")
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_control_plane_killed_under_load(fresh):
    nuncio = fresh.nuncio
    fresh.apply(m.mapping("root", "/", "one"))
    envoy, before = nuncio.child("envoy"), nuncio.child("control plane")
    updates = {name: nuncio.stat(name) for name in ("listener_manager.lds.update_success", "cluster_manager.cds.update_success")}
    versions = {name: nuncio.stat(name) for name in ("listener_manager.listener_modified", "cluster_manager.cluster_modified",
                                                      "listener_manager.listener_added", "cluster_manager.cluster_added")}
    with load(fresh.http) as failures:
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: children(nuncio.process.pid).get("control plane") not in (None, before), "a new control plane")
        nuncio.wait_until_ready()
        # The restarted one holds the reins: a change takes effect.
        assert nuncio.metric("nuncio_generation", stage="acknowledged") >= 1
        sent = nuncio.metric("nuncio_xds_bytes_sent_total")
        assert {name: nuncio.stat(name) for name in versions} == versions, "Envoy was given something anew"
        fresh.apply(m.mapping("root", "/", "one"), m.mapping("more", "/more/", "two"))
    assert failures == []
    assert nuncio.child("envoy") == envoy
    assert get(fresh.http, "/more/").backend == "two"
    assert sent == 0, f"{sent} bytes of resources that Envoy already had were sent again (updates before: {updates})"


def test_envoy_killed_and_restarted(fresh):
    nuncio = fresh.nuncio
    fresh.apply(m.mapping("root", "/", "two"))
    before, control_plane = nuncio.child("envoy"), nuncio.child("control plane")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: children(nuncio.process.pid).get("envoy") not in (None, before), "a new Envoy")
    nuncio.wait_until_ready()
    assert get(fresh.http).backend == "two"
    assert nuncio.child("control plane") == control_plane
    fresh.apply(m.mapping("root", "/", "one"))
    assert get(fresh.http).backend == "one"


def test_names_of_processes(fresh):
    """As ps and top show them."""
    names = {pathlib.Path(f"/proc/{pid}/comm").read_text().strip() for pid in (fresh.nuncio.process.pid, fresh.nuncio.child("control plane"))}
    assert names == {"nuncio"}


def test_parent_killed_leaves_no_orphan(fresh):
    family = [fresh.nuncio.child("envoy"), fresh.nuncio.child("control plane")]
    fresh.nuncio.process.kill()
    fresh.nuncio.process.wait(DEADLINE_S)
    wait_until(lambda: not any(alive(pid) for pid in family), "the end of both children")
    with pytest.raises(OSError):
        get(fresh.http)


def test_sigterm_drains(fresh, backends):
    """That new connections are still taken within the drain time is in test_run_script.py, whose drain ends when it is told to."""
    over = threading.Event()
    slow = backends.start("slow", behave=lambda request: Answer(until=over))
    fresh.apply(m.service("slow", slow.port), m.mapping("root", "/", "one"), m.mapping("slow", "/slow/", "slow"))
    answers = []
    request = threading.Thread(target=lambda: answers.append(get(fresh.http, "/slow/")))
    request.start()
    wait_until(lambda: slow.requests, "the slow request to arrive")
    family = list(children(fresh.nuncio.process.pid).values())
    fresh.nuncio.process.send_signal(signal.SIGTERM)
    wait_until(lambda: not fresh.nuncio.ready(), "not ready")

    def refused():
        try:
            get(fresh.http)
        except OSError:
            return True
    wait_until(refused, "listeners that are closed")
    assert answers == [] and fresh.nuncio.process.poll() is None, "the request in flight is waited for"
    over.set()
    request.join()
    assert [answer.status for answer in answers] == [200]
    assert fresh.nuncio.process.wait(DEADLINE_S) == 0
    assert not any(alive(pid) for pid in family)


def test_ready_only_once_served(new_nuncio, backends):
    """A nuncio without any manifest becomes ready too, and then serves what appears."""
    nuncio = new_nuncio()
    nuncio.start()
    one = backends.start("one")
    from nuncio_harness import free_ports
    port, = free_ports(1)
    nuncio.apply("all", m.listener(port), m.host("*"), m.service("one", one.port), m.mapping("root", "/", "one"))
    assert get(port).backend == "one"


def test_help_and_version():
    from nuncio_harness import PROGRAM
    version = subprocess.run([PROGRAM, "version"], capture_output=True, text=True, timeout=DEADLINE_S)
    assert version.returncode == 0 and "nuncio" in version.stdout
    for command in ("run", "translate", "check"):
        answer = subprocess.run([PROGRAM, command, "--help"], capture_output=True, text=True, timeout=DEADLINE_S)
        assert answer.returncode == 0 and "Examples:" in answer.stdout, command
    assert subprocess.run([PROGRAM, "check", ROOT / "examples/quickstart/manifests"], capture_output=True, timeout=DEADLINE_S).returncode == 0


def test_a_log_of_json_lines(new_nuncio):
    """Of all three processes."""
    nuncio = new_nuncio(environment={"AMBASSADOR_JSON_LOGGING": "true"}, arguments=["--envoy-log-level", "info"])
    nuncio.write("bad", m.emissary("Mapping", "bad", {"hostname": "*", "prefix": "/\"quoted\"", "service": 5}))
    nuncio.start()
    assert nuncio.stop() == 0
    wrong, lines = [], []
    for line in nuncio.log.read_text().rstrip("\n").split("\n"):
        try:
            lines.append(json.loads(line))
            assert set(lines[-1]) == {"time", "level", "msg"}
        except (ValueError, AssertionError):
            wrong.append(line)
    assert wrong == []
    text = "\n".join(line["msg"] for line in lines)
    assert "control plane started" in text and "generation 1" in text and "starting main dispatch loop" in text, text

"""`make run` in a terminal: how it ends."""
import os
import pathlib
import pty
import shutil
import signal
import threading

import manifests as m
import pytest
from backends import Answer
from clients import get
from nuncio_harness import DEADLINE_S, ENVOY, PROGRAM, ROOT, alive, free_ports, wait_until


def session(leader):
    """The living processes that a terminal was opened for, in whatever process group."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


class Terminal:
    """tools/run.sh as it is but for its ports and what it would build, alone in a terminal of its own."""

    def __init__(self, folder, *objects):
        ports = dict(zip(("9001", "9002", "8080", "8001", "8877"), map(str, free_ports(5))))
        self.port, self.health_port = int(ports["8080"]), int(ports["8877"])
        shutil.copytree(ROOT / "examples/quickstart", folder / "examples/quickstart")
        (folder / "tools").mkdir()
        for name in ("install.sh", "build.sh"):
            (folder / "tools" / name).write_text("#!/bin/sh\n")
            (folder / "tools" / name).chmod(0o755)
        shutil.copy(ROOT / "tools/run.sh", folder / "tools")
        (folder / "build/release").mkdir(parents=True)
        (folder / "build/release/nuncio").symlink_to(PROGRAM)
        for path in (folder / "tools/run.sh", *folder.glob("examples/quickstart/manifests/*.yaml")):
            text = path.read_text()
            for old, new in ports.items():
                text = text.replace(old, new)
            path.write_text(text)
        (folder / "examples/quickstart/manifests/test.yaml").write_text(m.to_yaml(*objects))

        self.output = b""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execv(folder / "tools/run.sh", ["run.sh", "--envoy-path", ENVOY, "--admin-port", ports["8001"], "--health-port", ports["8877"],
                                               "--drain-time", "60s", "--envoy-concurrency", "1"])
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        try:
            while block := os.read(self._terminal, 65536):
                self.output += block
        except OSError:  # nobody has the other end
            pass

    def press_ctrl_c(self):
        os.write(self._terminal, b"\x03")

    def wait(self):
        """Until the script has ended, and all that it said is here."""
        wait_until(lambda: not alive(self.pid), lambda: self.output.decode())
        assert session(self.pid) == []
        self._reader.join(DEADLINE_S)

    def close(self):
        for pid in session(self.pid):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._reader.join(DEADLINE_S)
        os.close(self._terminal)


@pytest.fixture
def over():
    """Ends the slow request."""
    return threading.Event()


@pytest.fixture
def slow(backends, over):
    return backends.start("slow", behave=lambda request: Answer(until=over))


@pytest.fixture
def terminal(tmp_path, slow):
    made = Terminal(tmp_path, m.service("slow", slow.port), m.mapping("slow", "/slow/", "slow", timeout_ms=60000))
    try:
        wait_until(lambda: answers(made.health_port, "/ambassador/v0/check_ready"), lambda: made.output.decode())
        wait_until(lambda: answers(made.port, "/hello/"), lambda: made.output.decode())
        yield made
    finally:
        made.close()


def answers(port, path):
    try:
        return get(port, path).status == 200
    except OSError:
        return False


@pytest.mark.parametrize("end", [
    pytest.param(lambda terminal: terminal.press_ctrl_c(), id="ctrl-c"),
    pytest.param(lambda terminal: os.killpg(terminal.pid, signal.SIGINT), id="sigint-to-the-group"),
    pytest.param(lambda terminal: os.kill(terminal.pid, signal.SIGTERM), id="sigterm-to-the-script"),
])
def test_the_end_is_a_drain(terminal, slow, over, end):
    results = []
    request = threading.Thread(target=lambda: results.append(get(terminal.port, "/slow/")))
    request.start()
    wait_until(lambda: slow.requests, "the slow request to arrive")
    end(terminal)
    wait_until(lambda: b"draining: listeners close in 60 s" in terminal.output, lambda: terminal.output.decode())
    # The slow request ends within the drain time, and a new connection is still taken then.
    over.set()
    request.join()
    assert [result.status for result in results] == [200]
    assert answers(terminal.port, "/quote/"), terminal.output.decode()
    assert b"asked again" not in terminal.output
    # Enough of it.
    terminal.press_ctrl_c()
    terminal.wait()
    assert terminal.output.count(b"asked again") == 1 and b"draining already" not in terminal.output, "nuncio was told twice"


def test_ctrl_c_again_ends_the_drain(terminal, slow):
    terminal.press_ctrl_c()
    wait_until(lambda: b"draining: listeners close in" in terminal.output, lambda: terminal.output.decode())
    terminal.press_ctrl_c()
    wait_until(lambda: b"asked again: listeners close now" in terminal.output, lambda: terminal.output.decode())
    terminal.wait()

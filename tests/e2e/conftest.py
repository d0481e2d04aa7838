"""Fixtures: backends, certificates, and nuncio with manifests that every test may build on."""
import shutil
import sys
import pathlib

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import certificates  # noqa: E402
import manifests as m  # noqa: E402
from backends import Backends  # noqa: E402
from nuncio_harness import PROGRAM, Nuncio, free_ports  # noqa: E402


def pytest_configure(config):
    if not PROGRAM.exists():
        pytest.exit(f"{PROGRAM} is not built: make", returncode=1)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if outcome.get_result().failed and call.when == "call":
        for value in item.funcargs.values():
            if isinstance(value, Nuncio):
                value.print_log()


@pytest.fixture(scope="module")
def backends():
    started = Backends()
    yield started
    started.close()


@pytest.fixture(scope="session")
def authority():
    return certificates.Authority()


@pytest.fixture(scope="module")
def new_nuncio():
    """Makes a Nuncio that is not yet started, and ends it after the tests of the file."""
    made = []

    def make(**options):
        made.append(Nuncio(**options))
        return made[-1]
    yield make
    for nuncio in made:
        if nuncio.process:
            nuncio.stop()
        shutil.rmtree(nuncio.folder, ignore_errors=True)


class Edge:
    """A nuncio that listens on `http` and `https`, with backends `one` and `two` behind Services of these names."""

    def __init__(self, nuncio, backends, authority):
        self.nuncio, self.backends, self.authority = nuncio, backends, authority
        self.http, self.https = free_ports(2)
        self.one, self.two = backends.start("one"), backends.start("two")
        nuncio.write("listeners", m.listener(self.http), m.listener(self.https, "HTTPS"))
        nuncio.write("services", m.service("one", self.one.port), m.service("two", self.two.port),
                     m.secret("cert", authority.pair("example.com", "*.example.com")))
        # What Envoy waits for an answer is not to depend on how fast this machine is.
        nuncio.write("module", m.patient_module())
        nuncio.write("hosts", m.host("*"), m.host("example.com", secret="cert", tls={"alpn_protocols": "h2,http/1.1"}))
        nuncio.write("test", m.mapping("start", "/", "one"))
        nuncio.start()

    def apply(self, *objects):
        """Sets the objects of this test, in place of those of the one before."""
        self.nuncio.apply("test", *objects)


@pytest.fixture(scope="module")
def edge(new_nuncio, backends, authority):
    return Edge(new_nuncio(), backends, authority)


@pytest.fixture
def nuncio(edge):
    return edge.nuncio


@pytest.fixture
def good(edge):
    """The test's file holds one good Mapping, at /good/; `wrong` is the file for what is wrong (of an object that stands twice, the first by file name serves)."""
    edge.apply(m.mapping("good", "/good/", "one"), m.mapping("fallback", "/", "two", precedence=-1))
    yield edge
    if (edge.nuncio.manifests / "wrong.yaml").exists():
        edge.nuncio.delete("wrong")
    assert edge.nuncio.process.poll() is None

"""Fixtures: one API server for a file of tests, with the definitions of getambassador.io, and a nuncio that follows it."""
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from api_server import ROOT, ApiServer, wait_until  # noqa: E402


@pytest.fixture(scope="session")
def binaries():
    programs = ["etcd", "kube-apiserver", "kubectl"]
    built = subprocess.run([ROOT / "tests/cluster/build.sh", *programs], stdout=subprocess.PIPE, text=True, check=True)
    return pathlib.Path(built.stdout.strip())


@pytest.fixture
def api(binaries):
    server = ApiServer(binaries)
    try:
        yield server.up()
    finally:
        server.down()


@pytest.fixture
def follow(api, request):
    """follow(...) starts a nuncio on the API server, as Follower does."""
    running = []

    def start(**options):
        running.append(Follower(api, **options))
        return running[-1]
    yield start
    report = getattr(request.node, "report", None)
    if report is None or report.failed:
        for nuncio in running:
            nuncio.print_log()
        print(f"--- {api.log_tail('kube-apiserver')}", file=sys.stderr)
    for nuncio in running:
        nuncio.stop()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    item.report = outcome.get_result()


from nuncio_harness import Nuncio  # noqa: E402


class Follower(Nuncio):
    """`nuncio run --kubeconfig` on an API server, as the administrator or as someone with fewer rights."""

    def __init__(self, api, *, kubeconfig=None, environment=None):
        super().__init__(environment=environment)
        at = self._arguments.index("--manifests")
        self._arguments[at:at + 2] = ["--kubeconfig", str(kubeconfig or api.admin)]

    def unready_reason(self):
        import urllib.error
        try:
            self._get(self.health_port, "/ambassador/v0/check_ready")
            return ""
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError:
            return "not started"

    def launch(self):
        """Starts it without waiting until it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment)
        return self

    def kinds(self, metric):
        """{kind: value} of a metric that has a series for each kind."""
        found = re.findall(rf'^{metric}\{{group="[^"]*",kind="([^"]*)"\}} (\d+)$', self.metrics_text(), re.M)
        return {kind: int(value) for kind, value in found}

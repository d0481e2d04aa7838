"""Fixtures: one cluster for all tests of a run, a namespace for each file, an image with the backends."""
import pathlib
import re
import subprocess
import sys
import sysconfig

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(1, str(HERE.parent / "e2e"))
sys.path.insert(2, str(HERE.parents[1] / "tools/crds"))
import generate  # noqa: E402
import quickstart as example  # noqa: E402
from cluster import Cluster, image, until  # noqa: E402
from installation import Installation  # noqa: E402

BACKEND_IMAGE = "cluster.test/backend:1"
NUNCIO_IMAGE = "cluster.test/nuncio:1"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    built = subprocess.run([HERE / "build.sh"], stdout=subprocess.PIPE, text=True, check=True)
    running = Cluster(pathlib.Path(built.stdout.strip()))
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if outcome.get_result().failed and isinstance(running := item.funcargs.get("cluster"), Cluster):
        print(running.report())


@pytest.fixture(scope="session")
def crds(cluster):
    """The names of the CRDs, all versions served. Nobody converts: an object is taken as it comes."""
    cluster.kubectl("apply", "--server-side", "-f", generate.ALL)
    cluster.kubectl("wait", "crd", "--all", "--for=condition=Established", "--timeout=300s")
    names = [item["metadata"]["name"] for item in cluster.get("crd") if item["spec"]["group"] == generate.GROUP]
    # Established is what it will be in a moment.
    until("every kind is served", lambda: cluster.run("kubectl", "get", ",".join(names), "-A", "-o", "name") == "")
    return names


@pytest.fixture(scope="module")
def namespace(cluster, request):
    name = re.sub("[^a-z0-9]+", "-", request.module.__name__.lower())
    cluster.kubectl("create", "namespace", name)
    # Without it no Pod is let in.
    cluster.kubectl("wait", "serviceaccount/default", "-n", name, "--for=create", "--timeout=300s")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="session")
def backend_image(cluster, tmp_path_factory):
    """The name of an image that runs Python with the standard library and what lies beside backend.py."""
    archive = tmp_path_factory.mktemp("image") / "backend.tar"
    library = sysconfig.get_path("stdlib")
    files = {"/usr/bin/python3": pathlib.Path("/usr/bin/python3"), library: pathlib.Path(library),
             "/backend/backends.py": HERE.parent / "e2e/backends.py", "/backend/backend.py": HERE / "backend.py"}
    for package in ("h2", "hpack", "hyperframe"):
        files[f"/backend/{package}"] = pathlib.Path("/usr/lib/python3/dist-packages") / package
    image.write_archive(BACKEND_IMAGE, archive, files, {"Entrypoint": ["/usr/bin/python3", "-u", "/backend/backend.py"]})
    cluster.load(archive, BACKEND_IMAGE)
    return BACKEND_IMAGE


@pytest.fixture(scope="session")
def nuncio_archive(tmp_path_factory):
    """The image of the build that the other rings test, as a docker-archive."""
    archive = tmp_path_factory.mktemp("image") / "nuncio.tar"
    subprocess.run([HERE.parents[1] / "tools/image.sh", "--preset", "dev", "--name", NUNCIO_IMAGE, archive], check=True, stdout=subprocess.DEVNULL)
    return archive


@pytest.fixture(scope="session")
def nuncio_image(cluster, nuncio_archive):
    cluster.load(nuncio_archive, NUNCIO_IMAGE)
    return NUNCIO_IMAGE


@pytest.fixture(scope="session")
def edge(cluster, crds, nuncio_image):
    """nuncio, two replicas of it, in the namespace of this name. Nothing is served."""
    return Installation(cluster, nuncio_image, "edge", values={"createDefaultListeners": False})


@pytest.fixture(scope="session")
def quickstart(cluster, edge, backend_image):
    """The same, and serves the quickstart."""
    example.serve(cluster, edge, backend_image)
    return edge

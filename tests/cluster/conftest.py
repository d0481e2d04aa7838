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
import image  # noqa: E402
from cluster import Cluster  # noqa: E402

BACKEND_IMAGE = "cluster.test/backend:1"


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
    if outcome.get_result().failed and call.when == "call" and isinstance(running := item.funcargs.get("cluster"), Cluster):
        print(running.report())


@pytest.fixture(scope="module")
def namespace(cluster, request):
    name = re.sub("[^a-z0-9]+", "-", request.module.__name__.lower())
    cluster.kubectl("create", "namespace", name)
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
    image.write(BACKEND_IMAGE, archive, files, entry=["/usr/bin/python3", "-u", "/backend/backend.py"])
    cluster.load(archive, BACKEND_IMAGE)
    return BACKEND_IMAGE

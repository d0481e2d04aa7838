"""Whatever objects say, Envoy takes what nuncio makes of them: whoever is refused holds up others, and there is nobody to blame but us."""
import subprocess

import manifests as m
import pytest
from certificates import Authority
from clients import get
from healthy import still_changing
from hostile import Hostile
from nuncio_harness import DEADLINE_S, ENVOY, PROGRAM

COUNT = 500


@pytest.fixture(scope="module")
def healthy():
    """What the hostile ones may refer to, and what must be there in the end."""
    return [m.listener(8080, "HTTPS"), m.host(), *m.service("svc", 9001), m.secret("cert", Authority().pair("example.com")),
            m.emissary("KubernetesEndpointResolver", "endpoint", {}), m.mapping("healthy", "/healthy/", "svc")]


def envoys_complaint(objects, folder):
    """What Envoy says of the configuration that these objects come to; empty: it takes it."""
    manifests, bootstrap = folder / "manifests.yaml", folder / "envoy.json"
    manifests.write_text(m.to_yaml(*objects))
    made = subprocess.run([PROGRAM, "translate", "--static", "-o", "json", manifests], capture_output=True, text=True, timeout=DEADLINE_S)
    assert made.returncode == 0, made.stderr
    assert '"/healthy/"' in made.stdout
    bootstrap.write_text(made.stdout)
    said = subprocess.run([ENVOY, "--mode", "validate", "--disable-hot-restart", "--concurrency", "1", "-l", "critical", "-c", bootstrap],
                          capture_output=True, text=True, errors="replace", timeout=DEADLINE_S)
    return "" if said.returncode == 0 else f"status {said.returncode}: {said.stdout}{said.stderr}"


def smallest(healthy, objects, folder):
    """A few of the objects that Envoy still complains about."""
    size = len(objects) // 2
    while size:
        for begin in range(0, len(objects), size):
            rest = objects[:begin] + objects[begin + size:]
            if envoys_complaint([*healthy, *rest], folder):
                objects = rest
                break
        else:
            size //= 2
    return objects


@pytest.mark.parametrize("seed", range(10))
def test_envoy_takes_what_is_made_of_hostile_objects(healthy, seed, tmp_path):
    objects = Hostile(seed).objects(COUNT)
    if envoys_complaint([*healthy, *objects], tmp_path):
        few = smallest(healthy, objects, tmp_path)
        pytest.fail(f"{envoys_complaint([*healthy, *few], tmp_path)}\nof\n{m.to_yaml(*few)}")


@pytest.mark.parametrize("seed", range(100, 110))
def test_the_healthy_keep_changing_among_them(good, seed):
    envoy = good.nuncio.child("envoy")
    good.nuncio.write("wrong", *Hostile(seed).in_their_own_domain(COUNT))
    still_changing(good)
    assert get(good.http, "/good/").backend == "one"
    assert good.nuncio.metric("nuncio_xds_nacks_total") == 0, "Envoy refused something"
    assert good.nuncio.child("envoy") == envoy, "Envoy ended"

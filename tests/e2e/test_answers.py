"""Every recorded answer of Emissary (tests/answers), asked again of nuncio with the real Envoy."""
import collections
import json
import posixpath
import re
import ssl

import clients
import manifests as m
import pytest
import yaml
from backends import Answer
from nuncio_harness import DEADLINE_S, ROOT, free_ports, wait_until

ANSWERS = ROOT / "tests" / "answers"
ROUNDS = sorted(path.name.removesuffix(".yaml") for path in ANSWERS.glob("*.yaml"))
HEADERS = ("x-added", "x-user", "x-canary", "x-forwarded-proto", "x-envoy-original-path")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Differences that are meant: the section of docs/compatibility.md -> (round, lines of the requests counted from 1).
EXPECTED = {
    "Redirects and mappingSelector": [("2001-01", (32, 40, 41)), ("2001-04", (9, 38)), ("2001-10", (44,)), ("2001-16", (2, 23)), ("2001-22", (30,))],
}
EXPECTED_LINES = {(name, line) for rounds in EXPECTED.values() for name, lines in rounds for line in lines}


def clean_path(request):
    """The recorded backends were Go programs, whose multiplexer sends a client with an unclean path to the clean one."""
    path, mark, query = request.path.partition("?")
    clean = posixpath.normpath("/" + path).replace("//", "/") + ("/" if path.endswith("/") and posixpath.normpath(path).strip("/") else "")
    return Answer() if clean == path else Answer(307, headers={"location": clean + mark + query}, body=b"")


class Gateway:
    """One nuncio for all rounds; each round replaces the manifests of the one before."""

    def __init__(self, nuncio, backends, authority):
        self.nuncio = nuncio
        self.http, self.https = free_ports(2)
        self._tls = clients.client_tls()
        nuncio.write("around", m.secret("cert", authority.pair("example.com", "*.example.com")), *[
            m.service(name, backends.start(name, behave=clean_path).port, ns=namespace)
            for name, namespace in [("t1", "default"), ("t2", "default"), ("t3", "team"), ("t4", "team")]])
        nuncio.start()

    def serve(self, name):
        objects = list(yaml.load_all((ANSWERS / f"{name}.yaml").read_text(), Loader=LOADER))
        for entry in objects:
            if entry["kind"] == "Listener":
                entry["spec"]["port"] = {8080: self.http, 8443: self.https}[entry["spec"]["port"]]
        self.nuncio.apply("round", *objects)

    def ask(self, request):
        """The answer, in the form of the recorded ones."""
        port, tls = (self.https, self._tls) if request["tls"] else (self.http, None)
        try:
            response = clients.get(port, request["path"], host=request["host"], method=request["method"], headers=request["headers"],
                                   tls=tls, sni=request["host"].split(":")[0])
        except (ssl.SSLError, ConnectionError):
            return {"status": "err:SSLError" if tls else "err:ConnectionError"}
        answer = {"status": response.status}
        for name in ("location", "server", "x-resp"):
            if response.header(name) is not None:
                answer[name] = response.header(name)
        if response.status == 200 and response.body.startswith(b"{"):
            echo = response.echo
            seen = collections.defaultdict(list)
            for key, value in echo["headers"]:
                seen[key].append(value)
            answer |= {"backend": echo["backend"], "path": echo["path"], "host": seen["host"][0],
                       "hdrs": {key: seen[key] for key in HEADERS if key in seen}}
            if echo["raw"]:
                answer["raw"] = echo["raw"]
        return answer


@pytest.fixture(scope="module")
def gateway(new_nuncio, backends, authority):
    return Gateway(new_nuncio(environment={"AMBASSADOR_NAMESPACE": "emissary", "AMBASSADOR_ID": "default"}), backends, authority)


def compact(want, got):
    """Only what differs, so that equal causes look alike."""
    return " ".join(f"{key}: {want.get(key)!r} -> {got.get(key)!r}" for key in sorted({*want, *got}) if want.get(key) != got.get(key))


@pytest.mark.parametrize("name", ROUNDS)
def test_round(gateway, name):
    gateway.serve(name)
    asked = [json.loads(line) for line in (ANSWERS / f"{name}.answers.jsonl").read_text().splitlines()]
    assert len(asked) == 50
    differences = []
    for line, entry in enumerate(asked, 1):
        want, got = entry["answer"], gateway.ask(entry["request"])
        if got != want and (name, line) not in EXPECTED_LINES:
            # A listener that was replaced may still answer for the moment in which its workers change over. Who has
            # waited in vain once need not do so for all that is wrong.
            try:
                wait_until(lambda: gateway.ask(entry["request"]) == want, "", deadline_s=0.05 if differences else DEADLINE_S)
                continue
            except AssertionError:
                got = gateway.ask(entry["request"])
        if (name, line) in EXPECTED_LINES:
            assert got != want, f"line {line} is as Emissary answered: take it out of EXPECTED"
        elif got != want:
            request = entry["request"]
            differences.append(f"{line}: {'https' if request['tls'] else 'http'} {request['method']} {request['host']}{request['path']} "
                               f"{request['headers'] or ''} {compact(want, got)}")
    assert not differences, "\n" + "\n".join(differences)


def test_differences_are_explained():
    text = (ROOT / "docs/compatibility.md").read_text()
    sections = set(re.findall(r"^### (.+)$", text, re.M))
    assert set(EXPECTED) <= sections
    assert {name for name, _ in EXPECTED_LINES} <= set(ROUNDS)
    assert len(ROUNDS) == 45

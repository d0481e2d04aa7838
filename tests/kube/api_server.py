"""A real API server without nodes: etcd and kube-apiserver on ports of the loopback, for as long as a test needs it."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cluster"))
sys.path.insert(1, str(ROOT / "tests/e2e"))
from nuncio_harness import free_ports, wait_until  # noqa: E402
from pki import Pki  # noqa: E402

# The longest that anything here may take. Waiting ends with the event; this only bounds a failure, on a machine that is slow and has
# other things to do.
LIMIT_S = 120
# What kubectl says for a moment of an API server that starts, and of definitions that it has just taken. Nothing of it comes from
# what is tested here.
MOMENTS = ("The connection to the server", "Unable to connect to the server", "not yet ready to handle request", "etcdserver: ",
           "no matches for kind", "the server could not find the requested resource", "the server is currently unable to handle the request")


class ApiServer:
    def __init__(self, binaries: pathlib.Path):
        """`binaries`: where tests/cluster/build.sh put the programs."""
        self.binaries = binaries
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nuncio-api-server-"))
        self.port, etcd_port, peer_port = free_ports(3)
        pki = Pki(self.folder / "pki", f"https://127.0.0.1:{self.port}")
        pki.certificate("apiserver", "kube-apiserver", "test", ("localhost", "127.0.0.1", "10.96.0.1"))
        pki.certificate("admin", "admin", "system:masters")
        pki.certificate("nuncio", "nuncio", "test")
        pki.signing_key("service-account")
        self.admin, self.nuncio = pki.kubeconfig("admin"), pki.kubeconfig("nuncio")
        keys = self.folder / "pki"
        self._etcd = etcd = f"http://127.0.0.1:{etcd_port}"
        (self.folder / "audit.json").write_text(json.dumps({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [{"level": "Metadata"}]}))
        self._commands = {
            "etcd": ["etcd", f"--data-dir={self.folder}/etcd", f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}",
                     f"--listen-peer-urls=http://127.0.0.1:{peer_port}", "--unsafe-no-fsync", "--log-level=error"],
            "kube-apiserver": [
                "kube-apiserver", f"--etcd-servers={etcd}", "--service-cluster-ip-range=10.96.0.0/16", f"--secure-port={self.port}",
                "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--client-ca-file={keys}/ca.crt",
                f"--tls-cert-file={keys}/apiserver.crt", f"--tls-private-key-file={keys}/apiserver.key", "--authorization-mode=RBAC",
                f"--audit-policy-file={self.folder}/audit.json", f"--audit-log-path={self.folder}/audit.log",
                "--endpoint-reconciler-type=none", "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={keys}/service-account.pub", f"--service-account-signing-key-file={keys}/service-account.key"]}
        self._processes = {}

    def start(self, name):
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [str(self.binaries / self._commands[name][0]), *self._commands[name][1:]]
            self._processes[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)

    def kill(self, name):
        """SIGKILL; it stays away until `start`."""
        process = self._processes.pop(name)
        process.kill()
        process.wait(LIMIT_S)

    def up(self):
        self.start("etcd")
        self.start("kube-apiserver")
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        """Until it answers, has made the objects that it makes by itself, and lets in what is written."""
        def ready():
            for name, process in self._processes.items():
                assert process.poll() is None, f"{name} ended with {process.returncode}: {self.log_tail(name)}"
            return (self.kubectl("get", "--raw", "/readyz", check=False) == "ok" and
                    self.kubectl("get", "service", "kubernetes", "-n", "default", "-o", "name", check=False) and
                    self.kubectl("create", "configmap", "asked", "-n", "default", "--dry-run=server", "-o", "name", check=False))
        wait_until(ready, lambda: f"a ready API server: {self.log_tail('kube-apiserver')}", LIMIT_S, 0.1)

    def log_tail(self, name):
        return f"the log of {name} ends\n{(self.folder / f'{name}.log').read_text(errors='replace')[-3000:]}"

    def down(self):
        for name in ("kube-apiserver", "etcd"):
            if name in self._processes:
                self.kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def audit(self, user_agent):
        """What the API server noted about the requests of a program."""
        whole, _, _ = (self.folder / "audit.log").read_text().rpartition("\n")  # it may be writing the last line
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if line.get("userAgent", "").startswith(user_agent)]

    def _ask_etcd(self, path, question):
        request = urllib.request.Request(f"{self._etcd}/v3/kv/{path}", json.dumps(question).encode())
        with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
            return json.load(answer)

    def compact(self):
        """Makes etcd forget every version but the newest."""
        for _ in range(2):  # so that what a client knows is older than the newest
            self._ask_etcd("put", {"key": base64.b64encode(b"other").decode(), "value": ""})
        revision = self._ask_etcd("range", {"key": base64.b64encode(b"other").decode()})["header"]["revision"]
        self._ask_etcd("compaction", {"revision": revision, "physical": True})

    def kubectl(self, *words, stdin=None, check=True):
        """What kubectl printed. Unless told not to check: it is run again while its failure is one that passes by itself."""
        # What it remembers of an API server is of this one: others have had its port.
        environment, give_up = {**os.environ, "KUBECACHEDIR": str(self.folder / "kube-cache")}, time.monotonic() + LIMIT_S
        while True:
            done = subprocess.run([self.binaries / "kubectl", "--kubeconfig", self.admin, *map(str, words)], input=stdin, text=True,
                                  stdin=None if stdin is not None else subprocess.DEVNULL, capture_output=True, timeout=2 * LIMIT_S,
                                  env=environment)
            if done.returncode == 0 or not check:
                return done.stdout
            passes = any(each in done.stderr for each in MOMENTS) and "webhook" not in done.stderr
            assert passes and time.monotonic() < give_up, f"kubectl {' '.join(map(str, words))}: {done.stdout}{done.stderr}"
            time.sleep(0.1)

    def wait_until_allowed(self, user, verb, resource, ns):
        wait_until(lambda: "yes" in self.kubectl("auth", "can-i", verb, resource, "-n", ns, "--as", user, check=False).split(),
                   f"that {user} may {verb} {resource} in {ns}", LIMIT_S, 0.1)

    def wait_until_served(self):
        """Until objects of all kinds that are defined can be asked for."""
        self.kubectl("wait", "--for=condition=established", f"--timeout={LIMIT_S}s", "crd", "--all")
        # Established is what it will be in a moment.
        names = {each["metadata"]["name"]: next(version["name"] for version in each["spec"]["versions"] if version["storage"])
                 for each in json.loads(self.kubectl("get", "crd", "-o", "json"))["items"]}
        wait_until(lambda: names.keys() <= set(self.kubectl("api-resources", "--cached=false", "-o", "name").split()),
                   f"{', '.join(names)} among the resources", LIMIT_S, 0.1)
        self.kubectl("get", ",".join(name.replace(".", f".{stored}.", 1) for name, stored in names.items()), "-A")

    def apply(self, *objects):
        return self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))

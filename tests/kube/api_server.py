"""A real API server without nodes: etcd and kube-apiserver on ports of the loopback, for as long as a test needs it."""
import base64
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cluster"))
sys.path.insert(1, str(ROOT / "tests/e2e"))
from nuncio_harness import free_ports, wait_until  # noqa: E402
from pki import Pki  # noqa: E402

START_LIMIT_S = 60


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
        process.wait(10)

    def up(self):
        self.start("etcd")
        self.start("kube-apiserver")
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        wait_until(lambda: self.kubectl("get", "--raw", "/readyz", check=False) == "ok",
                   lambda: f"a ready API server; its log ends\n{(self.folder / 'kube-apiserver.log').read_text()[-2000:]}", START_LIMIT_S, 0.1)

    def down(self):
        for name in ("kube-apiserver", "etcd"):
            if name in self._processes:
                self.kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def audit(self, user_agent):
        """What the API server noted about the requests of a program."""
        lines = [json.loads(line) for line in (self.folder / "audit.log").read_text().splitlines()]
        return [line for line in lines if line.get("userAgent", "").startswith(user_agent)]

    def _ask_etcd(self, path, question):
        request = urllib.request.Request(f"{self._etcd}/v3/kv/{path}", json.dumps(question).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def compact(self):
        """Makes etcd forget every version but the newest."""
        for _ in range(2):  # so that what a client knows is older than the newest
            self._ask_etcd("put", {"key": base64.b64encode(b"other").decode(), "value": ""})
        revision = self._ask_etcd("range", {"key": base64.b64encode(b"other").decode()})["header"]["revision"]
        self._ask_etcd("compaction", {"revision": revision, "physical": True})

    def kubectl(self, *words, stdin=None, check=True):
        done = subprocess.run([self.binaries / "kubectl", "--kubeconfig", self.admin, *map(str, words)], input=stdin, text=True,
                              stdin=None if stdin is not None else subprocess.DEVNULL, capture_output=True, timeout=120)
        assert done.returncode == 0 or not check, f"kubectl {words}: {done.stdout}{done.stderr}"
        return done.stdout

    def apply(self, *objects):
        return self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))

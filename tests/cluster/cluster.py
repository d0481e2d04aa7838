"""A real Kubernetes of one node: etcd, kube-apiserver, controller-manager, scheduler, kube-proxy, CoreDNS, containerd, kubelet.

All of it, pods included, lives in namespaces of its own (network, processes, mounts), whose first process is a shell that
ends when this process does. Then the kernel ends the rest and takes mounts and network with it, so that nothing is left
behind but a folder and cgroups, however the tests ended. Several clusters may run at the same time.

Nothing leaves the namespace: images come from files (`load`), and names are resolved by the cluster's own CoreDNS.
"""
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from pki import Pki

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "tools"))
import image  # noqa: E402

NODE = "node1"
NODE_ADDRESS = "192.168.77.1"
POD_NETWORK = "10.244.0.0/16"
SERVICE_NETWORK = "10.96.0.0/16"
PAUSE = "cluster.test/pause:1"
# The longest that anything here may take. Waiting ends with the event; this only bounds a failure, on a machine that is slow and has
# other things to do.
LIMIT_S = 300
# What kubectl says for a moment of an API server that starts, of definitions that it has just taken, of a namespace that is new.
# Nothing of it comes from what is tested here.
MOMENTS = ("The connection to the server", "Unable to connect to the server", "not yet ready to handle request", "etcdserver: ",
           "no matches for kind", "the server doesn't have a resource type", "the server could not find the requested resource",
           "the server is currently unable to handle the request", "error looking up service account")
# The first process inside. Its standard input is the life line: `read` returns when the writing end closes, which the kernel does
# for the dead. As the first process the shell also reaps what pods leave behind. In a chroot the namespace's root is not the one
# that the process has, and runc needs them to be the same: the chroot becomes the root, by way of a mount that nobody else sees.
INIT = """
wait='echo ready; read -r _ || true'
if mountpoint -q /; then
  mount --make-rprivate /
  eval "$wait"
else
  mkdir "$0/root"
  mount -t tmpfs tmpfs "$0/root"
  mount --make-private "$0/root"
  mkdir "$0/root/all"
  mount --rbind / "$0/root/all"
  mount --make-rprivate "$0/root/all"
  # Joining the own namespace leaves the chroot.
  exec nsenter --mount=/proc/self/ns/mnt --wd="$0/root/all" bash -euc "
    mount --make-rprivate /
    pivot_root . .
    umount -l .
    exec chroot . bash -c '$wait'"
fi
"""
# In the order in which they are to end: the kubelet first, so that nobody starts again what ends.
ENDING = ("kubelet", "containerd", "kube-proxy", "coredns", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd")


class Failure(Exception):
    """A command that failed, with what it said."""


def until(what: str, condition, limit_s=LIMIT_S, pause_s=0.1):
    """Asks `condition` until it gives something true, and returns that; a Failure of its own counts as no."""
    end, last = time.monotonic() + limit_s, ""
    while True:
        try:
            if answer := condition():
                return answer
            last = f": {answer!r}" if answer is not False else ""
        except Failure as failure:
            last = f": {failure}"
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {limit_s} s{last}")
        time.sleep(pause_s)


def until_equal(what: str, ask, wanted, limit_s=LIMIT_S) -> None:
    """Asks until the answer is the wanted one. What was answered last is told otherwise."""
    answers = []

    def equal():
        answers[:] = [ask()]
        return answers[0] == wanted
    try:
        until(what, equal, limit_s)
    except TimeoutError as late:
        raise AssertionError(f"{late}\n  answered: {answers}\n  wanted:   {[wanted]}") from None


def end(process: subprocess.Popen, number=signal.SIGKILL) -> None:
    """Signals what `popen` started, the command itself and who waits for it outside, and returns when both have ended."""
    if process.poll() is not None:
        return
    inside = []
    for child in pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        try:
            inside.append(os.pidfd_open(int(child)))
        except ProcessLookupError:
            pass
    os.killpg(process.pid, number)
    process.wait(LIMIT_S)
    for descriptor in inside:
        select.select([descriptor], [], [], LIMIT_S)
        os.close(descriptor)


class Cluster:
    def __init__(self, binaries: pathlib.Path):
        """`binaries`: where build.sh put the programs."""
        self.binaries = binaries
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nuncio-cluster-"))
        self.cgroup = self.folder.name
        self.images: set[str] = set()
        self._processes: dict[str, subprocess.Popen] = {}
        self._commands: dict[str, list[str]] = {}
        for name in ("log", "etcd", "kubelet", "cni"):
            (self.folder / name).mkdir()
        self._init = subprocess.Popen(
            ["unshare", "--net", "--pid", "--mount", "--propagation", "unchanged", "--fork", "--kill-child", "--mount-proc", "bash", "-euc",
             INIT, self.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self._init.stdout.readline() != "ready\n":
            raise Failure("no namespaces: the tests of the cluster run as root, with CAP_SYS_ADMIN")
        child = pathlib.Path(f"/proc/{self._init.pid}/task/{self._init.pid}/children").read_text().split()[0]
        self._enter = ["nsenter", "--target", child, "--net", "--pid", "--mount", "--root", "--"]

    # What a test uses.

    def command(self, *words: str) -> list[str]:
        """The words of a command that runs `words` inside, with kubectl and helm on PATH and KUBECONFIG set."""
        # What kubectl and helm remember of an API server is of this one: others have had its address, and may have it now.
        return [*self._enter, "env", f"KUBECONFIG={self.kubeconfig}", f"PATH={self.binaries}:{os.environ['PATH']}",
                f"HELM_CACHE_HOME={self.folder}/helm", f"KUBECACHEDIR={self.folder}/kube-cache", *map(str, words)]

    def run(self, *words: str, stdin: str | None = None, limit_s=2 * LIMIT_S, check=True) -> str:
        """Runs a command inside and returns what it printed. Raises Failure when it fails, unless told not to check."""
        try:
            done = subprocess.run(self.command(*words), input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=limit_s)
        except subprocess.TimeoutExpired as late:
            said = b"".join(each for each in (late.stdout, late.stderr) if each).decode(errors="replace")
            raise Failure(f"{' '.join(map(str, words))}: not done within {limit_s} s\n{said}") from None
        if check and done.returncode != 0:
            raise Failure(f"{' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout if check else done.stdout + done.stderr

    def popen(self, *words: str, **options) -> subprocess.Popen:
        """Starts a command inside that runs until it ends, or until `end`."""
        return subprocess.Popen(self.command(*words), start_new_session=True, **options)

    def kubectl(self, *words: str, check=True, **options) -> str:
        """Runs kubectl; again while its failure is one that passes by itself, unless told not to check."""
        if not check:
            return self.run("kubectl", *words, check=False, **options)
        give_up = time.monotonic() + LIMIT_S
        while True:
            try:
                return self.run("kubectl", *words, **options)
            except Failure as failure:
                passes = any(each in str(failure) for each in MOMENTS) and "webhook" not in str(failure)
                if not passes or time.monotonic() > give_up:
                    raise
            time.sleep(0.2)

    def get(self, *words: str):
        """The object, or the list of objects, that `kubectl get` finds."""
        found = json.loads(self.kubectl("get", *words, "-o", "json"))
        return found["items"] if "items" in found else found

    def apply(self, text: str, *words: str) -> str:
        return self.kubectl("apply", "-f", "-", *words, stdin=text)

    def load(self, archive: pathlib.Path, name: str) -> None:
        """Makes the image `name` of a docker-archive known to the node; once for a name."""
        if name not in self.images:
            self.run("ctr", "-a", self.socket, "-n", "k8s.io", "images", "import", "--all-platforms", archive)
            self.images.add(name)

    def kill(self, name: str) -> None:
        """SIGKILL for a program of the cluster, which stays away until `start`."""
        end(self._processes.pop(name))

    def start(self, name: str) -> None:
        """Starts a program of the cluster, for the first time or again after `kill`."""
        with (self.folder / "log" / f"{name}.log").open("ab") as log:
            self._processes[name] = self.popen(*self._commands[name], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                               cwd=self.folder)

    def wait_for_apiserver(self) -> None:
        """Until it answers, and lets in what is written: what has to judge that may not be ready when it calls itself so."""
        until("the API server is ready", lambda: self.run("kubectl", "get", "--raw", "/readyz") == "ok")
        until("it takes objects", lambda: self.run("kubectl", "create", "configmap", "asked", "-n", "default", "--dry-run=server", "-o", "name"))

    def report(self) -> str:
        """What helps to understand a failed test."""
        ended = {name: code for name, process in self._processes.items() if (code := process.poll()) is not None}
        parts = [f"programs of the cluster that have ended, with their codes: {ended or 'none'}",
                 self.kubectl("get", "pods,services,endpointslices", "-A", "-o", "wide", check=False),
                 self.kubectl("get", "events", "-A", "--sort-by=.lastTimestamp", check=False)[-4000:]]
        for log in sorted((self.folder / "log").glob("*.log")):
            parts.append(f"--- {log.name}\n" + "\n".join(line[:300] for line in log.read_text(errors="replace").splitlines()[-10:]))
        return "\n".join(parts)

    # Its own life.

    @property
    def kubeconfig(self) -> pathlib.Path:
        return self.folder / "pki" / "admin.conf"

    @property
    def socket(self) -> pathlib.Path:
        return self.folder / "containerd.sock"

    def up(self) -> None:
        """Returns when the node is ready and the default service account exists."""
        self._network()
        self._write_files()
        self._make_cgroup()
        for name in ("etcd", "containerd", "kube-apiserver"):
            self.start(name)
        self._pause_image()
        self.wait_for_apiserver()
        for name in ("kube-controller-manager", "kube-scheduler", "kube-proxy", "coredns", "kubelet"):
            self.start(name)
        until("the node is ready", lambda: self.kubectl("get", "node", NODE, "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}") == "True")
        until("the default service account exists", lambda: self.kubectl("get", "serviceaccount", "default"))

    def down(self) -> None:
        for name in ENDING:
            if name in self._processes:
                self.kill(name)
        self._init.stdin.close()
        self._init.wait(LIMIT_S)
        for path in pathlib.Path("/sys/fs/cgroup").glob(f"**/{self.cgroup}"):
            for folder in [*sorted((each for each in path.rglob("*") if each.is_dir()), reverse=True), path]:
                until(f"{folder} is empty", lambda: _removed(folder))
        if os.path.ismount(self.folder / "root"):
            subprocess.run(["umount", "-l", self.folder / "root"], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _network(self) -> None:
        # A bridge without ports carries the node's address: not every kernel has the dummy device.
        self.run("bash", "-euc", f"""
            mount --make-rshared /
            ip link set lo up
            ip link add node0 type bridge
            ip address add {NODE_ADDRESS}/24 dev node0
            ip link set node0 up
            ip route add default dev node0
            sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1
            printf 'nameserver {NODE_ADDRESS}\\nsearch default.svc.cluster.local svc.cluster.local cluster.local\\noptions ndots:5\\n' >{self.folder}/resolv.conf
            mount --bind {self.folder}/resolv.conf "$(realpath /etc/resolv.conf)"
            # What the programs write at places that no option moves.
            for place in /var/log /var/lib/cni /var/lib/kubelet /run/containerd /opt/containerd; do
              [ -d $place ] || mkdir -p $place
              mount -t tmpfs tmpfs $place
            done""")

    def _make_cgroup(self) -> None:
        root = pathlib.Path("/sys/fs/cgroup")
        if (root / "cgroup.controllers").exists():  # version 2
            for controller in (root / "cgroup.controllers").read_text().split():
                try:
                    (root / "cgroup.subtree_control").write_text(f"+{controller}")
                except OSError:
                    pass  # the kubelet says which one it misses
            (root / self.cgroup).mkdir()
            return
        for hierarchy in root.iterdir():
            if hierarchy.is_dir() and hierarchy.name != "unified":
                (hierarchy / self.cgroup).mkdir(exist_ok=True)
        # A new cpuset has no processors until it is told.
        for file in ("cpuset.cpus", "cpuset.mems"):
            if (root / "cpuset" / file).exists():
                (root / "cpuset" / self.cgroup / file).write_text((root / "cpuset" / file).read_text())

    def _pause_image(self) -> None:
        program, archive = self.folder / "pause", self.folder / "pause.tar"
        subprocess.run(["cc", "-O2", "-static", "-o", program, HERE / "pause.c"], check=True)
        image.write_archive(PAUSE, archive, {"/pause": program}, {"Entrypoint": ["/pause"]})
        until("containerd answers", lambda: self.run("ctr", "-a", self.socket, "version"))
        self.load(archive, PAUSE)

    def _write_files(self) -> None:
        pki = Pki(self.folder / "pki", "https://127.0.0.1:6443")
        pki.certificate("apiserver", "kube-apiserver", "test", (
            "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "127.0.0.1", "10.96.0.1", NODE_ADDRESS))
        pki.certificate("admin", "admin", "system:masters")
        pki.certificate("kubelet", f"system:node:{NODE}", "system:nodes", (NODE, NODE_ADDRESS))
        pki.signing_key("service-account")
        admin, kubelet = pki.kubeconfig("admin"), pki.kubeconfig("kubelet")
        (self.folder / "containerd.toml").write_text(self._containerd_config())
        (self.folder / "cni" / "10-bridge.conflist").write_text(json.dumps(self._cni_config()))
        (self.folder / "kubelet.json").write_text(json.dumps(self._kubelet_config()))
        (self.folder / "Corefile").write_text(
            f".:53 {{\n bind {NODE_ADDRESS}\n errors\n kubernetes cluster.local in-addr.arpa {{\n  kubeconfig {admin} test\n  ttl 1\n }}\n}}\n")
        self._commands = self._command_lines(admin, kubelet)

    def _command_lines(self, admin, kubelet) -> dict[str, list[str]]:
        pki = self.folder / "pki"
        etcd = "http://127.0.0.1:2379"
        return {
            "etcd": ["etcd", f"--data-dir={self.folder}/etcd", f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}",
                     "--listen-peer-urls=http://127.0.0.1:2380", "--unsafe-no-fsync"],
            "kube-apiserver": [
                "kube-apiserver", f"--etcd-servers={etcd}", f"--service-cluster-ip-range={SERVICE_NETWORK}", "--secure-port=6443",
                f"--advertise-address={NODE_ADDRESS}", f"--client-ca-file={pki}/ca.crt", f"--tls-cert-file={pki}/apiserver.crt",
                f"--tls-private-key-file={pki}/apiserver.key", "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={pki}/service-account.pub", f"--service-account-signing-key-file={pki}/service-account.key",
                "--authorization-mode=Node,RBAC", "--allow-privileged=true", "--kubelet-preferred-address-types=InternalIP",
                f"--kubelet-client-certificate={pki}/admin.crt", f"--kubelet-client-key={pki}/admin.key"],
            "kube-controller-manager": [
                "kube-controller-manager", f"--kubeconfig={admin}", f"--service-account-private-key-file={pki}/service-account.key",
                f"--root-ca-file={pki}/ca.crt", "--use-service-account-credentials=true", "--leader-elect=false",
                "--allocate-node-cidrs=false",
                # While the API server is away, the node cannot say that it lives: after 50 s it would be taken for dead, and with it
                # every endpoint that there is.
                "--node-monitor-grace-period=30m"],
            "kube-scheduler": ["kube-scheduler", f"--kubeconfig={admin}", "--leader-elect=false"],
            "kube-proxy": ["kube-proxy", f"--kubeconfig={admin}", "--proxy-mode=nftables", f"--hostname-override={NODE}",
                           f"--cluster-cidr={POD_NETWORK}", "--conntrack-max-per-core=0"],
            "coredns": ["coredns", "-conf", f"{self.folder}/Corefile"],
            "containerd": ["containerd", "--config", f"{self.folder}/containerd.toml"],
            "kubelet": ["kubelet", f"--kubeconfig={kubelet}", f"--config={self.folder}/kubelet.json", f"--hostname-override={NODE}",
                        f"--node-ip={NODE_ADDRESS}", f"--root-dir={self.folder}/kubelet"],
        }

    def _containerd_config(self) -> str:
        # restrict_oom_score_adj: a machine without CAP_SYS_RESOURCE starts no sandbox otherwise.
        return f"""version = 2
root = "{self.folder}/containerd"
state = "{self.folder}/containerd-state"
[grpc]
  address = "{self.socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{self.folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "{self._snapshotter()}"
"""

    def _snapshotter(self) -> str:
        """overlayfs, unless the folder lies on an overlay itself, as it does inside a container."""
        try:
            self.run("bash", "-euc", f"cd {self.folder}; mkdir overlay overlay/lower overlay/upper overlay/work overlay/top; cd overlay; "
                     "mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work top; umount top")
            return "overlayfs"
        except Failure:
            return "native"

    def _cni_config(self):
        bridge = {"type": "bridge", "bridge": "cni0", "isGateway": True, "ipMasq": False, "hairpinMode": True,
                  "ipam": {"type": "host-local", "ranges": [[{"subnet": POD_NETWORK}]], "routes": [{"dst": "0.0.0.0/0"}],
                           "dataDir": f"{self.folder}/ipam"}}
        return {"cniVersion": "0.4.0", "name": "test", "plugins": [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}]}

    def _kubelet_config(self):
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
            "containerRuntimeEndpoint": f"unix://{self.socket}", "cgroupDriver": "cgroupfs", "cgroupRoot": f"/{self.cgroup}",
            "failCgroupV1": False, "failSwapOn": False, "enforceNodeAllocatable": [],
            "authentication": {"anonymous": {"enabled": False}, "x509": {"clientCAFile": f"{self.folder}/pki/ca.crt"}},
            "authorization": {"mode": "AlwaysAllow"}, "clusterDNS": [NODE_ADDRESS], "clusterDomain": "cluster.local",
            "resolvConf": f"{self.folder}/resolv.conf", "evictionHard": {"memory.available": "50Mi"},
            "imageGCHighThresholdPercent": 100, "podLogsDir": f"{self.folder}/pods", "maxPods": 250,
            "tlsCertFile": f"{self.folder}/pki/kubelet.crt", "tlsPrivateKeyFile": f"{self.folder}/pki/kubelet.key"}


def _removed(folder: pathlib.Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True

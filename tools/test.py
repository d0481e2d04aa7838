#!/usr/bin/python3
"""Runs every ring of tests and sums them up. Output is kept below build/test-reports.

usage: test.py [RING...]      without a name: all of them, in order

A ring that this machine cannot run is named, with the reason; with CI=true that counts as a failure, and so does a test
that skips itself.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "test-reports"
JOBS = os.environ.get("JOBS", "2")
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
# What takes longer than this has hung. A cold compiler cache on two slow cores, or a sanitizer beside busy neighbours,
# has not.
LIMIT_S = 90 * 60
TEST_LIMIT_S = 600


def ctest(preset: str, name: str, *, label: str):
    """Builds a preset and runs the tests of a label (a regular expression)."""
    def commands(report):
        run = ["ctest", "--test-dir", f"build/{preset}", "-j", JOBS, "--output-on-failure", "--timeout", str(TEST_LIMIT_S),
               "--no-tests=error", "--output-junit", str(report), "-L", f"^({label})$"]
        return [["tools/build.sh", preset], run]
    return name, commands, lambda: ""


def pytest(name: str, *paths: str, build: str = "dev", before=(), missing=lambda: "", arguments=()):
    """Builds a preset, runs the commands `before`, then pytest on the paths."""
    def commands(report):
        run = ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rfEs", f"--junit-xml={report}", *arguments, *paths]
        return ([["tools/build.sh", build]] if build else []) + [*before, run]
    return name, commands, lambda: missing() or next((f"{path} does not exist" for path in paths if not (ROOT / path).exists()), "")


def no_envoy() -> str:
    envoy = os.environ.get("ENVOY_PATH") or ROOT / "build/dev/envoy"
    return "" if not (ROOT / "build/dev").exists() or os.access(envoy, os.X_OK) else f"no Envoy at {envoy}"


def no_cluster() -> str:
    """What a Kubernetes on this machine lacks: its programs come from tests/cluster/build.sh, the rest from Debian."""
    if os.geteuid() != 0:
        return "needs root, for namespaces and containers"
    if lacking := [name for name in ("containerd", "runc", "ip", "nft", "nsenter", "cc") if not shutil.which(name)]:
        return f"{', '.join(lacking)} not found: tools/install.sh cluster"
    if not (pathlib.Path("/usr/lib/cni") / "bridge").exists():
        return "no plugins in /usr/lib/cni: tools/install.sh cluster"
    if subprocess.run(["unshare", "--net", "--pid", "--mount", "--propagation", "unchanged", "--fork", "true"], capture_output=True).returncode != 0:
        return "the machine gives no namespaces (CAP_SYS_ADMIN)"
    return ""


RINGS = [
    pytest("repository", "tests/repository", build=""),
    ctest("dev", "unit", label="unit"),
    ctest("dev", "golden", label="golden"),
    ctest("dev", "golden-envoy", label="golden-envoy"),
    ctest("dev", "feature", label="feature"),
    pytest("e2e", "tests/e2e", missing=no_envoy,
           arguments=["--ignore=tests/e2e/test_answers.py", "--ignore=tests/e2e/test_no_loss.py"]),
    pytest("answers", "tests/e2e/test_answers.py", missing=no_envoy),
    pytest("no-loss", "tests/e2e/test_no_loss.py", missing=no_envoy, arguments=["-s"]),
    pytest("kube", "tests/kube", before=[["tests/cluster/build.sh", "etcd", "kube-apiserver", "kubectl"]], missing=no_envoy),
    pytest("cluster", "tests/cluster", before=[["tests/cluster/build.sh"]], missing=no_cluster),
    ctest("asan", "asan", label="unit|golden|feature"),
    # The feature tests speak gRPC, whose packaged library is not instrumented.
    ctest("tsan", "tsan", label="unit|golden"),
]


def counts(report: pathlib.Path) -> tuple[int, int, list[str]]:
    """(passed, failed, names of the skipped) of a JUnit file."""
    passed, failed, skipped = 0, 0, []
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped.append(case.get("name", "?"))
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def failures(report: pathlib.Path):
    """The name of each failed test of a JUnit file, and the first words of why: that much is seen at the end of a long log."""
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        for kind in ("failure", "error"):
            if (said := case.find(kind)) is not None:
                yield f"{case.get('classname', '')} {case.get('name', '?')}: {(said.get('message') or said.text or '').strip()[:300]}"


def run_ring(name, commands) -> tuple[int, int, list[str]]:
    report, log = REPORTS / f"{name}.xml", REPORTS / f"{name}.log"
    report.unlink(missing_ok=True)
    ok = True
    with log.open("w") as out:
        for command in commands(report):
            out.flush()
            try:
                ok = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, timeout=LIMIT_S,
                                    stdin=subprocess.DEVNULL).returncode == 0
            except subprocess.TimeoutExpired:
                print(f"{name}: stopped after {LIMIT_S // 60} minutes: {' '.join(command)}", file=out)
                ok = False
            if not ok:
                break
    passed, failed, skipped = counts(report) if report.exists() else (0, 0, [])
    if not ok and failed == 0:
        failed = 1  # the build, or the runner itself
    if failed:
        print("\n".join(log.read_text(errors="replace").splitlines()[-300:]))
    for failure in failures(report) if report.exists() else []:
        print(f"failed: {failure}")
    return passed, failed, skipped


def main() -> int:
    wanted = sys.argv[1:] or [name for name, _, _ in RINGS]
    if unknown := set(wanted) - {name for name, _, _ in RINGS}:
        sys.exit(f"no such ring: {', '.join(sorted(unknown))}; there are {', '.join(name for name, _, _ in RINGS)}")
    if not shutil.which("ctest"):
        sys.exit("ctest is missing: run tools/install.sh build test")
    REPORTS.mkdir(parents=True, exist_ok=True)
    total_passed = total_failed = 0
    left_out = []
    for name, commands, missing in RINGS:
        if name not in wanted:
            continue
        if reason := missing():
            left_out.append(f"{name}: {reason}")
            continue
        start = time.monotonic()
        print(f"{name} ...", flush=True)
        passed, failed, skipped = run_ring(name, commands)
        left_out += [f"{name}: {test} skipped itself" for test in skipped]
        total_passed, total_failed = total_passed + passed, total_failed + failed
        print(f"{name}: {passed} passed, {failed} failed ({time.monotonic() - start:.0f} s)", flush=True)
    for line in left_out:
        print(f"left out: {line}")
    if CI:
        total_failed += len(left_out)
    print(f"{total_passed} passed, {total_failed} failed")
    return 1 if total_failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Checks every #include below nuncio/ against the table in ARCHITECTURE.md, and that foreign headers stay in their fence.

usage: layers.py [ROOT]      exit status 1 when something is included that may not be
"""
import pathlib
import re
import sys

import checks

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)

# Foreign headers that only some files may include: (what, pattern of the header, files that may). Tests are held to it too.
FENCES = [
    ("gRPC", re.compile(r"grpc(pp|\+\+)?/|.*\.grpc\.pb\.h$"), re.compile(r"nuncio/xds/(server|.*_server.*)\.cc$")),
    ("Envoy's protos", re.compile(r"(envoy|xds|udpa|validate)/.*\.pb\.h$|google/(rpc|api)/.*\.pb\.h$"),
     re.compile(r"nuncio/(envoy|xds)/")),
    ("protobuf", re.compile(r"google/protobuf/"), re.compile(r"nuncio/(envoy|xds)/")),
    ("yaml-cpp", re.compile(r"yaml-cpp/"), re.compile(r"nuncio/(base|files)/")),
    ("OpenSSL", re.compile(r"openssl/"), re.compile(r"nuncio/(base|translate|kube|apiext)/|.*_test\.cc$")),
    ("RE2", re.compile(r"re2/"), re.compile(r"nuncio/(base|translate|ir|envoy)/")),
    ("CLI11", re.compile(r"CLI/"), re.compile(r"nuncio/cli/")),
    ("libcurl", re.compile(r"curl/"), re.compile(r"nuncio/kube/curl_.*")),
    ("simdjson", re.compile(r"simdjson\.h$"), re.compile(r"nuncio/kube/decode\.cc$")),
    ("cpp-httplib", re.compile(r"httplib\.h$"), re.compile(r"nuncio/(diag|app|apiext)/")),
]


def table(architecture: str) -> dict[str, set[str]]:
    """The folders, each with those it may include."""
    block = re.search(r"<!-- deps:begin -->\s*```(.*?)```", architecture, re.S)
    if not block:
        sys.exit("ARCHITECTURE.md has no table between <!-- deps:begin --> and <!-- deps:end -->")
    allowed = {}
    for line in block.group(1).strip().splitlines():
        folder, _, names = line.partition(":")
        allowed[folder.strip()] = set(names.split())
    for folder, names in allowed.items():
        if unknown := names - set(allowed):
            sys.exit(f"ARCHITECTURE.md: {folder} may include {sorted(unknown)}, which are no folders of the table")
    return allowed


def cycles(allowed: dict[str, set[str]]) -> list[str]:
    found, done = [], set()

    def visit(folder, trail):
        if folder in trail:
            found.append("the table has a cycle: " + " -> ".join(trail[trail.index(folder):] + [folder]))
        elif folder not in done:
            for name in sorted(allowed[folder]):
                visit(name, trail + [folder])
            done.add(folder)

    for folder in sorted(allowed):
        visit(folder, [])
    return found


def check(root: pathlib.Path) -> list[str]:
    allowed = table((root / "ARCHITECTURE.md").read_text())
    problems = cycles(allowed)
    for path, name in checks.sources(root):
        folder = name.split("/")[1]
        if folder not in allowed:
            problems.append(f"{name}: folder {folder} is not in ARCHITECTURE.md's table")
            continue
        text = path.read_text()
        for match in INCLUDE.finditer(text):
            header = match.group(1) or match.group(2)
            where = f"{name}:{text.count(chr(10), 0, match.start(1) if match.group(1) else match.start(2)) + 1}"
            if header.startswith("nuncio/"):
                target = header.split("/")[1]
                if target != folder and target not in allowed[folder]:
                    problems.append(f"{where}: {folder} may not include {target} ({header})")
                if not (root / header).is_file():
                    problems.append(f"{where}: {header} does not exist")
            elif match.group(1) and not header.endswith(".pb.h") and (path.parent / header).is_file():
                problems.append(f'{where}: write the whole path, not "{header}"')
            for what, pattern, may in FENCES:
                if pattern.match(header) and not may.match(name):
                    problems.append(f"{where}: {what} may not be included here ({header})")
    return problems


if __name__ == "__main__":
    checks.run(check)

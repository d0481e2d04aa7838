"""What holds for the repository itself: layers, sizes, the documents that programs and people rely on."""
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import layers  # noqa: E402
import sizes  # noqa: E402


def test_includes_follow_the_table():
    assert layers.check(ROOT) == []


def test_sizes():
    assert sizes.check(ROOT) == []


@pytest.fixture
def tree(tmp_path):
    """A little project that is in order: base, and ir that may include it."""
    (tmp_path / "ARCHITECTURE.md").write_text("<!-- deps:begin -->\n```\nbase :\nir : base\n```\n<!-- deps:end -->\n")
    for folder in ("base", "ir"):
        (tmp_path / "nuncio" / folder).mkdir(parents=True)
    (tmp_path / "nuncio/base/a.h").write_text("#pragma once\n")
    (tmp_path / "nuncio/ir/b.h").write_text('#pragma once\n#include "nuncio/base/a.h"\n')
    assert layers.check(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize("name, text, want", [
    ("base/up.h", '#include "nuncio/ir/b.h"\n', "nuncio/base/up.h:1: base may not include ir (nuncio/ir/b.h)"),
    ("ir/gone.h", '\n#include "nuncio/base/gone.h"\n', "nuncio/ir/gone.h:2: nuncio/base/gone.h does not exist"),
    ("ir/short.h", '#include "b.h"\n', 'nuncio/ir/short.h:1: write the whole path, not "b.h"'),
    ("ir/rpc.cc", "#include <grpcpp/grpcpp.h>\n", "nuncio/ir/rpc.cc:1: gRPC may not be included here (grpcpp/grpcpp.h)"),
    ("ir/proto.cc", '#include "envoy/config/cluster/v3/cluster.pb.h"\n',
     "nuncio/ir/proto.cc:1: Envoy's protos may not be included here (envoy/config/cluster/v3/cluster.pb.h)"),
    ("ir/yaml.cc", "#include <yaml-cpp/yaml.h>\n", "nuncio/ir/yaml.cc:1: yaml-cpp may not be included here (yaml-cpp/yaml.h)"),
])
def test_a_forbidden_include_is_found(tree, name, text, want):
    (tree / "nuncio" / name).write_text(text)
    assert layers.check(tree) == [want]


def test_a_folder_outside_of_the_table_is_found(tree):
    (tree / "nuncio/helpers").mkdir()
    (tree / "nuncio/helpers/x.h").write_text("")
    assert layers.check(tree) == ["nuncio/helpers/x.h: folder helpers is not in ARCHITECTURE.md's table"]


def test_a_cycle_in_the_table_is_found(tree):
    (tree / "ARCHITECTURE.md").write_text("<!-- deps:begin -->\n```\nbase : ir\nir : base\n```\n<!-- deps:end -->\n")
    assert "the table has a cycle: base -> ir -> base" in layers.check(tree)


@pytest.mark.parametrize("name", ["layers", "sizes"])
def test_a_check_can_be_run(tree, name):
    def run(*arguments):
        done = subprocess.run([sys.executable, ROOT / f"tools/{name}.py", *arguments], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout.splitlines()
    assert run() == (0, [])
    assert run(tree) == (0, [])
    (tree / "nuncio/ir/wrong.cc").write_text('#include "wrong.h"\n' + "\n" * 500)
    (tree / "nuncio/ir/wrong.h").write_text("")
    status, problems = run(tree)
    assert status == 1 and len(problems) == 1 and problems[0].startswith("nuncio/ir/wrong.cc:")


def test_a_long_file_and_a_long_function_are_found(tree):
    (tree / "nuncio/ir/long.cc").write_text("\n" * 501)
    (tree / "nuncio/ir/function.cc").write_text("void Endless(int x) {\n" + "  ++x;\n" * 90 + "}\n")
    assert sizes.check(tree) == ["nuncio/ir/function.cc:1: Endless has 92 lines, at most 80",
                                 "nuncio/ir/long.cc: 501 lines, at most 500"]


def finding_codes():
    header = (ROOT / "nuncio/ir/finding_code.h").read_text()
    return re.findall(r'CODE\(k\w+, "([a-z-]+)"\)', header)


def test_every_finding_code_is_explained():
    codes, text = finding_codes(), (ROOT / "docs/findings.md").read_text()
    assert len(codes) > 30
    sections = dict(re.findall(r"^### `([a-z-]+)`\n(.*?)(?=^##|\Z)", text, re.M | re.S))
    assert set(codes) - set(sections) == set(), "not explained in docs/findings.md"
    assert set(sections) - set(codes) == set(), "explained in docs/findings.md, but no code"
    for code, section in sections.items():
        assert "**Meaning.**" in section and "**Do.**" in section, code


def test_architecture_is_short_and_names_every_folder():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    assert len(text.splitlines()) <= 250
    for folder in layers.table(text):
        section = re.search(rf"^### nuncio/{folder}\n(.*?)(?=^##|\Z)", text, re.M | re.S)
        assert section and "**Invariant.**" in section.group(1), folder


def test_links_between_documents_lead_somewhere():
    broken = []
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_the_definitions_of_the_kinds_are_as_their_schemas_say():
    done = subprocess.run([sys.executable, ROOT / "tools/crds/generate.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_that_the_client_page_names_exist():
    page = (ROOT / "docs/kubernetes-client.md").read_text()
    sources = "".join(path.read_text() for path in (ROOT / "nuncio").rglob("*_test.cc"))
    here = set(re.findall(r"TEST(?:_[FP])?\((\w+),\s*(\w+)\)", sources))
    named = set(re.findall(r"`(\w+)\.([A-Z]\w+)`", page))
    assert len(named) > 50 and named - here == set()
    python = {(path.name, name) for folder in ("kube", "cluster") for path in (ROOT / "tests" / folder).glob("test_*.py")
              for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)}
    named = set(re.findall(r"`(test_\w+\.py)::(\w+)`", page))
    assert len(named) > 10 and named - python == set()

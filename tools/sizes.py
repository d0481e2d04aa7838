#!/usr/bin/env python3
"""Checks that files and functions below nuncio/ stay small enough to be read in one go. Unit tests are left out: a table of
cases may be as long as there are cases.

usage: sizes.py [ROOT]      exit status 1 when one is too long
"""
import pathlib
import re

import checks

MAX_LINES = {".cc": 500, ".h": 300}
MAX_FUNCTION = 80
# file -> why it may be longer
EXCEPTIONS: dict[str, str] = {}
# file:function (its first line's text up to the parenthesis) -> why it may be longer
FUNCTION_EXCEPTIONS: dict[str, str] = {}

# clang-format puts the brace that ends a function at the start of a line, or two columns in within a class.
START = re.compile(r"^(  )?[A-Za-z_~:][^;#]*\)[^;]*\{$")


def functions(lines: list[str]):
    """(first line, length, text) of each function, as clang-format lays them out."""
    opened = None
    for number, line in enumerate(lines, 1):
        if opened is None:
            if START.match(line) and not line.lstrip().startswith(("namespace", "class", "struct", "if", "for", "while")):
                indent = len(line) - len(line.lstrip())
                opened = (number, " " * indent + "}", line.strip())
        elif line.startswith(opened[1]) and not line.startswith(opened[1] + " else"):
            yield opened[0], number - opened[0] + 1, opened[2].split("(")[0].split()[-1]
            opened = None


def check(root: pathlib.Path) -> list[str]:
    problems = []
    for path, name in checks.sources(root):
        if path.name.endswith("_test.cc"):
            continue
        lines = path.read_text().splitlines()
        if len(lines) > MAX_LINES[path.suffix] and name not in EXCEPTIONS:
            problems.append(f"{name}: {len(lines)} lines, at most {MAX_LINES[path.suffix]}")
        for first, length, function in functions(lines):
            if length > MAX_FUNCTION and f"{name}:{function}" not in FUNCTION_EXCEPTIONS:
                problems.append(f"{name}:{first}: {function} has {length} lines, at most {MAX_FUNCTION}")
    return problems


if __name__ == "__main__":
    checks.run(check)

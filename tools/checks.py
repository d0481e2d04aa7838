"""What the checks of the sources (layers.py, sizes.py) have in common."""
import pathlib
import sys


def sources(root: pathlib.Path):
    """(path, its name below the root) of every C++ file of the program, in order."""
    for path in sorted((root / "nuncio").rglob("*")):
        if path.suffix in (".cc", ".h"):
            yield path, path.relative_to(root).as_posix()


def run(check):
    """The main of a check: its problems, one a line, of the root that the command line names, else of this project's."""
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    problems = check(root)
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)

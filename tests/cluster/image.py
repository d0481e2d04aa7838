#!/usr/bin/python3
"""Makes a container image from plain files, as a docker-archive, without a daemon. The same files give the same bytes.

usage: image.py NAME:TAG OUT.tar [--entry WORD]... [--env NAME=VALUE]... [--user UID[:GID]] [--workdir PATH]
                [--directory PATH]... PATH_IN_IMAGE=FILE_OR_FOLDER...

Each ELF file brings the shared libraries that it needs and its loader, from this machine.
"""
import argparse
import gzip
import hashlib
import io
import json
import pathlib
import platform
import subprocess
import tarfile

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
MTIME = 0


def is_elf(path: pathlib.Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def libraries(path: pathlib.Path) -> list[str]:
    """Where the dynamic loader finds what `path` needs, the loader included; nothing for what is linked statically."""
    done = subprocess.run(["ldd", str(path)], capture_output=True, text=True)
    if "not found" in done.stdout:
        raise SystemExit(f"{path} needs what is not here:\n{done.stdout}")
    return [word for line in done.stdout.splitlines() for word in line.split() if word.startswith("/")]


def closure(files: dict[str, pathlib.Path]) -> dict[str, pathlib.Path]:
    """`files` (path in the image -> file), folders unfolded, with the libraries of each ELF file."""
    all_files = {}
    for inside, source in files.items():
        if source.is_dir():
            for path in sorted(source.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    all_files[f"{inside.rstrip('/')}/{path.relative_to(source)}"] = path
        else:
            all_files[inside] = source
    for source in list(all_files.values()):
        if is_elf(source):
            for library in libraries(source):
                all_files.setdefault(library, pathlib.Path(library))
    return {"/" + inside.lstrip("/"): source.resolve() for inside, source in all_files.items()}


def layer(files: dict[str, pathlib.Path], directories: list[str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        def add(name, kind, mode, data=b""):
            entry = tarfile.TarInfo(name.lstrip("/"))
            entry.type, entry.mode, entry.size, entry.mtime = kind, mode, len(data), MTIME
            archive.addfile(entry, io.BytesIO(data))

        add("tmp", tarfile.DIRTYPE, 0o1777)
        add("etc", tarfile.DIRTYPE, 0o755)
        add("etc/passwd", tarfile.REGTYPE, 0o644, b"root:x:0:0::/:/sbin/nologin\nnuncio:x:8888:8888::/tmp:/sbin/nologin\n")
        add("etc/group", tarfile.REGTYPE, 0o644, b"root:x:0:\nnuncio:x:8888:\n")
        add("etc/nsswitch.conf", tarfile.REGTYPE, 0o644, b"hosts: files dns\n")
        for directory in directories:
            add(directory, tarfile.DIRTYPE, 0o755)
        for inside, source in sorted(files.items()):
            add(inside, tarfile.REGTYPE, 0o755 if source.stat().st_mode & 0o111 else 0o644, source.read_bytes())
    return out.getvalue()


def write(name: str, out: pathlib.Path, files: dict[str, pathlib.Path], *, entry=(), env=(), user="", workdir="/",
          directories=()) -> None:
    """Writes the image `name` to `out`; what ends in .gz is compressed."""
    contents = layer(closure(files), list(directories))
    digest = hashlib.sha256(contents).hexdigest()
    config = json.dumps({
        "architecture": ARCHITECTURES[platform.machine()], "os": "linux",
        "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin", *env], "Entrypoint": list(entry), "WorkingDir": workdir, "User": user},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": [f"{digest}.tar"]}]).encode()
    opened = gzip.open if out.suffix == ".gz" else open
    with opened(out, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
        for member, data in ((config_name, config), (f"{digest}.tar", contents), ("manifest.json", manifest)):
            info = tarfile.TarInfo(member)
            info.size, info.mtime, info.mode = len(data), MTIME, 0o644
            archive.addfile(info, io.BytesIO(data))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--entry", action="append", default=[])
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--user", default="")
    parser.add_argument("--workdir", default="/")
    parser.add_argument("--directory", action="append", default=[])
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    files = {}
    for pair in options.files:
        inside, separator, source = pair.partition("=")
        if not separator or not pathlib.Path(source).exists():
            parser.error(f"{pair}: not PATH_IN_IMAGE=FILE, or there is no such file")
        files[inside] = pathlib.Path(source)
    write(options.name, options.out, files, entry=options.entry, env=options.env, user=options.user, workdir=options.workdir,
          directories=options.directory)


if __name__ == "__main__":
    main()

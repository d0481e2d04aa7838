#!/usr/bin/python3
"""Makes a container image from plain files, as a docker-archive, without a daemon. The same files give the same bytes.

usage: image.py [--like DOCKERFILE] NAME:TAG OUT PATH_IN_IMAGE=FILE_OR_FOLDER...

OUT is an archive (.tar, .tar.gz), or a folder that gets the file system alone. What is started, as whom and with which
environment is what the last stage of a Dockerfile says. Each ELF file brings the shared libraries that it needs and its loader, from this machine.
"""
import argparse
import gzip
import hashlib
import io
import json
import pathlib
import platform
import shlex
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


def layer(files: dict[str, pathlib.Path]) -> bytes:
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
        for inside, source in sorted(files.items()):
            add(inside, tarfile.REGTYPE, 0o755 if source.stat().st_mode & 0o111 else 0o644, source.read_bytes())
    return out.getvalue()


def config_of(dockerfile: str) -> dict:
    """The configuration that the last stage sets, in the form of an image."""
    stage = dockerfile.replace("\\\n", " ").rpartition("\nFROM ")[2]
    config = {}
    for line in stage.splitlines():
        word, _, rest = line.strip().partition(" ")
        match word:
            case "ENV":
                config["Env"] = config.get("Env", []) + shlex.split(rest)
            case "EXPOSE":
                config["ExposedPorts"] = {f"{port}/tcp": {} for port in rest.split()}
            case "ENTRYPOINT" | "CMD":
                config[word.capitalize()] = json.loads(rest)
            case "USER":
                config["User"] = rest
            case "WORKDIR":
                config["WorkingDir"] = rest
    return config


def write_archive(name: str, out: pathlib.Path, files: dict[str, pathlib.Path], config: dict) -> None:
    """Writes the image `name` to `out`; what ends in .gz is compressed."""
    contents = layer(closure(files))
    digest = hashlib.sha256(contents).hexdigest()
    image = json.dumps({"architecture": ARCHITECTURES[platform.machine()], "os": "linux", "config": {"WorkingDir": "/", **config},
                        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]}}).encode()
    config_name = f"{hashlib.sha256(image).hexdigest()}.json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": [f"{digest}.tar"]}]).encode()
    with out.open("wb") as raw:
        file = gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=MTIME, compresslevel=6) if out.suffix == ".gz" else raw
        with tarfile.open(fileobj=file, mode="w") as archive:
            for member, data in ((config_name, image), (f"{digest}.tar", contents), ("manifest.json", manifest)):
                info = tarfile.TarInfo(member)
                info.size, info.mtime, info.mode = len(data), MTIME, 0o644
                archive.addfile(info, io.BytesIO(data))
        if file is not raw:
            file.close()


def write_folder(out: pathlib.Path, files: dict[str, pathlib.Path]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(layer(closure(files)))) as archive:
        archive.extractall(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--like", type=pathlib.Path)
    parser.add_argument("name")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    files = {}
    for pair in options.files:
        inside, separator, source = pair.partition("=")
        if not separator or not pathlib.Path(source).exists():
            parser.error(f"{pair}: not PATH_IN_IMAGE=FILE, or there is no such file")
        files[inside] = pathlib.Path(source)
    if options.out.name.endswith((".tar", ".tar.gz")):
        write_archive(options.name, options.out, files, config_of(options.like.read_text()) if options.like else {})
    else:
        write_folder(options.out, files)


if __name__ == "__main__":
    main()

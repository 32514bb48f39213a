"""Floor 10: What the outputs of a notebook depend on, as one digest: equal digest, equal inputs."""

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import smwm_lab
from smwm_lab.runner.selection import CourseNotebook


PACKAGE = Path(smwm_lab.__file__).resolve().parent
"""The library that the notebooks import."""


def fingerprint(
    notebook: CourseNotebook, parameters: Mapping[str, object], *, package: Path = PACKAGE
) -> str:
    """Return a digest of the cells and tags, the parameters, the library's source and its main dependencies.

    Parameters
    ----------
    notebook
        Its outputs and other metadata do not count.
    parameters
        JSON values.
    package
        Folder whose `**/*.py` count.

    Returns
    -------
    str
        64 hex digits.
    """
    cells = [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.source.cells]
    versions = {"python": platform.python_version(), **{name: version(name) for name in ("torch", "numpy")}}
    inputs = [cells, dict(parameters), source_digest(package), versions]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def source_digest(package: Path) -> str:
    """Return a digest of the names and contents of all Python files below a folder."""
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(package).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()

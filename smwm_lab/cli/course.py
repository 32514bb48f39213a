"""`smwm-lab course`: write the notebooks for learners, or solved, into a folder of one's own, or list them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from smwm_lab.cli.options import AS_JSON
from smwm_lab.cli.output import print_json, say
from smwm_lab.errors import InputError, check
from smwm_lab.files import check_writable, is_leftover, write_bytes
from smwm_lab.paths import notebooks_dir


@click.command("course")
@click.argument("folder", metavar="[DIR]", type=Path, required=False)
@click.option("--list", "listed", is_flag=True, help="List the notebooks and their titles instead.")
@click.option("--solutions", is_flag=True, help="Write the notebooks with the answers in place.")
@AS_JSON
def command(folder: Path | None, listed: bool, solutions: bool, as_json: bool) -> None:
    """Write the notebooks of the course into DIR, which is new or empty; files that are the same already are kept.

    They are for learners: without answers, and without outputs, which would tell them. --solutions writes both.
    """
    check(listed or folder is not None, "DIR is missing: smwm-lab course DIR writes the notebooks, --list lists them")
    check(not listed or folder is None, "--list takes no DIR; leave one of the two out")
    check(not (listed and solutions), "--list takes no --solutions; leave one of the two out")
    files = sorted(notebooks_dir().glob("[0-9][0-9]_*.ipynb"))
    check(bool(files), f"no notebooks named NN_*.ipynb in {notebooks_dir()}; install the package anew")
    titles = {file.stem: _title(file) for file in files}
    if folder is not None:
        from smwm_lab.exercises.versions import learners_version, solved_version

        _write(files, folder, solved_version if solutions else learners_version)
    for name, title in titles.items():
        say(f"{name:<24} {title}")
    if folder is not None:
        say(f"{len(files)} notebooks in {folder}; open them with: jupyter lab {folder}")
    if as_json:
        place = {} if folder is None else {"folder": str(folder)}
        print_json({"notebooks": [{"name": name, "title": title} for name, title in titles.items()]} | place)


def _write(files: list[Path], folder: Path, version: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Write a version of each notebook into a folder.

    Raises `InputError` if the folder holds anything else, a learner's work above all, before anything is written.
    """
    contents = {file.name: _encoded(version(json.loads(file.read_text(encoding="utf-8")))) for file in files}
    for entry in _entries(folder):
        same = entry.is_file() and contents.get(entry.name) == entry.read_bytes()
        check(same, f"DIR = {str(folder)!r} holds {entry.name}, which is not that of the course; choose a new folder")
    check_writable(folder, "DIR")
    for name, content in contents.items():
        if not (folder / name).exists():
            write_bytes(folder / name, content)


def _encoded(notebook: dict[str, Any]) -> bytes:
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder but half-written files of ours, nothing if it does not exist yet."""
    try:
        return sorted(entry for entry in folder.iterdir() if not is_leftover(entry))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"DIR = {str(folder)!r} cannot be read: {error.strerror}; choose a new folder") from error


def _title(file: Path) -> str:
    """Return the first heading of a notebook; nbformat is part of an extra, so the JSON is read as it is."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    lines = ("".join(cell["source"]).splitlines() for cell in cells if cell["cell_type"] == "markdown")
    return next((line.lstrip("# ") for each in lines for line in each if line.startswith("#")), file.stem)

"""content_hash: what tells one recording from another, whatever their files are called.

Hashing a large file takes a while, so that the hash of each is kept beside it, in `FILE.index.json`, and used again
until size or time of the file change.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from smwm_lab.data.recordings.formats.hdf5_rows import Hdf5Rows
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.rows import ArrayRows, ComponentRows, Rows, SelectedRows
from smwm_lab.errors import InputError, check_instance
from smwm_lab.files import write_text
from smwm_lab.json_files import read_json_object
from smwm_lab.paths import cache_dir


CHUNK_BYTES = 1 << 22
"""Read at once."""
LARGE_BYTES = 10**9
"""Files above it show a progress bar."""
LARGEST_INDEX = 1 << 12
"""Bytes of an index at most; ours have some hundred and fifty."""


def content_hash(recording: Recording) -> str:
    """Return the SHA-256, in hexadecimal, of what a recording holds: files, rows, actions, names and units.

    Names and places of files do not count; dropped episodes, other actions or other units do. Raises `InputError` for a
    file that cannot be read, or that changes while it is.
    """
    check_instance("recording", recording, Recording, "open_recording gives one")
    known: dict[Path, str] = {}
    parts = {
        "observations": _rows_key(recording.observations, known),
        "actions": _array_key(recording.actions),
        "lengths": _array_key(recording.episodes.lengths),
        "states": {name: _rows_key(column, known) for name, column in recording.states.items()},
        "units": dict(recording.units),
        "action_names": list(recording.action_names),
        "rate_hz": recording.rate_hz,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal, from its index; that is made where it is not up to date."""
    places = index_paths(path)
    try:
        before = _state_of(path)
        for place in places:
            found = _from_index(place, before)
            if found is not None:
                return found
        digest = _sha256(path, before["size"])
        after = _state_of(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); copy it again") from error
    if after != before:
        raise InputError(f"{path} changed while it was being read; wait until its writer has ended")
    index = before | {"sha256": digest}
    _keep(places, index | {"seal": _seal(index)})
    return digest


def index_paths(path: Path) -> tuple[Path, Path]:
    """Return where the hash of a file is kept: beside it, or in the cache where its folder cannot be written."""
    place = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]
    return path.with_name(path.name + ".index.json"), cache_dir() / "recordings" / f"{place}.index.json"


def _keep(places: tuple[Path, Path], index: dict[str, Any]) -> None:
    """Write an index to the first place that can be written; without one the hash is computed again next time."""
    for place in places:
        try:
            write_text(place, json.dumps(index))
            return
        except InputError:
            continue


def _from_index(place: Path, state: dict[str, int]) -> str | None:
    """Return the hash in an index; None if there is none, it is damaged, or the file has changed since."""
    try:
        found = read_json_object(place, largest=LARGEST_INDEX, remedy="it is made anew")
    except InputError:
        return None
    seal = found.pop("seal", None)
    whole = set(found) == {*state, "sha256"} and seal == _seal(found)
    return found["sha256"] if whole and state.items() <= found.items() else None


def _seal(index: dict[str, Any]) -> str:
    """Return what a flipped bit in an index does not go with."""
    return hashlib.sha256(json.dumps(index, sort_keys=True).encode()).hexdigest()


def _state_of(path: Path) -> dict[str, int]:
    found = path.stat()
    return {"size": found.st_size, "mtime_ns": found.st_mtime_ns}


def _sha256(path: Path, size: int) -> str:
    digest = hashlib.sha256()
    bar = tqdm(total=size, desc=f"reading {path.name}", unit="B", unit_scale=True, disable=size <= LARGE_BYTES)
    with path.open("rb") as file, bar:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            bar.update(len(chunk))
    return digest.hexdigest()


def _rows_key(rows: Rows, known: dict[Path, str]) -> Any:
    """Return what a column holds, as JSON; known: hashes of files that were asked for before."""
    if isinstance(rows, SelectedRows):
        return ["selected", _rows_key(rows.rows, known), _array_key(rows.wanted)]
    if isinstance(rows, ComponentRows):
        return ["component", _rows_key(rows.rows, known), rows.component]
    if isinstance(rows, Hdf5Rows):
        return ["file", _known_hash(rows.path, known), rows.name]
    if isinstance(rows, ArrayRows) and rows.path is not None:
        return ["file", _known_hash(rows.path, known), list(rows.shape)]
    step = max(1, CHUNK_BYTES // max(1, int(np.prod(rows.shape[1:])) * rows.dtype.itemsize))
    digest = hashlib.sha256(f"{rows.dtype.str} {tuple(rows.shape)}".encode())
    for begin in range(0, rows.shape[0], step):
        digest.update(rows.read_span(begin, min(begin + step, rows.shape[0])).tobytes())
    return digest.hexdigest()


def _known_hash(path: Path, known: dict[Path, str]) -> str:
    if path not in known:
        known[path] = file_hash(path)
    return known[path]


def _array_key(values: np.ndarray) -> str:
    return hashlib.sha256(f"{values.dtype.str} {values.shape}".encode() + values.tobytes()).hexdigest()

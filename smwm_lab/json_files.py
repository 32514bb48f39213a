"""Reading JSON files that anybody may have changed: an object, or one line that says why there is none."""

import json
from pathlib import Path
from typing import Any

from smwm_lab.errors import InputError, check


DEEPEST = 32
"""Levels of nesting at most: ours have a handful, and what follows reading walks over them by recursion."""


def read_json_object(path: Path, *, largest: int, remedy: str) -> dict[str, Any]:
    """Return the JSON object in a file; never more than `largest` bytes of it are read.

    Raises `InputError`, with the remedy behind it, for a file that is missing, too long, nested too deeply, no JSON, or
    no object.
    """
    check(path.is_file(), f"{path} is missing, or not a file; {remedy}")
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
        check(len(content) <= largest, f"{path} has more than the {largest:,} bytes that are allowed; {remedy}")
        values = json.loads(content.decode())
    except InputError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot read {path}: {error}; {remedy}") from error
    check(isinstance(values, dict), f"{path} does not hold a JSON object; {remedy}")
    check(_is_shallow(values), f"{path} is nested more deeply than the {DEEPEST} levels that are allowed; {remedy}")
    return values


def _is_shallow(values: dict[str, Any]) -> bool:
    """Return whether JSON values have no more than `DEEPEST` levels."""
    level: list[Any] = [values]
    for _ in range(DEEPEST):
        level = [item for outer in level if isinstance(outer, dict | list) for item in _items(outer)]
    return not level


def _items(outer: dict[str, Any] | list[Any]) -> list[Any]:
    return list(outer.values()) if isinstance(outer, dict) else outer

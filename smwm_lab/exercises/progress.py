"""Which exercises are done: one small file on this machine, written after every attempt; nothing leaves it."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from smwm_lab.errors import InputError
from smwm_lab.exercises.registry import exercises
from smwm_lab.files import as_path, write_text
from smwm_lab.json_files import read_json_object
from smwm_lab.locks import folder_lock


VARIABLE = "SMWM_LAB_PROGRESS"
"""Environment variable: another file, or `off` where nothing is to be kept, as when notebooks run by themselves."""
OFF = "off"
_LARGEST = 1 << 18
"""Bytes of the file at most; ours have some ten thousand."""


@dataclass(frozen=True)
class Progress:
    """What is done so far; shows itself as a list, notebook by notebook."""

    attempts: dict[str, dict[str, Any]]
    """Exercise -> done, attempts, and when it was tried last."""
    place: str
    """Where it is kept, or why it is not."""

    @property
    def num_done(self) -> int:
        """Exercises that are done."""
        return sum(self.is_done(name) for name in exercises())

    def is_done(self, name: str) -> bool:
        """Return whether an exercise was solved, or its guess revealed."""
        return bool(self.attempts.get(name, {}).get("done", False))

    def __repr__(self) -> str:
        lines = [f"{self.num_done} of {len(exercises())} exercises done ({self.place})"]
        for number in sorted({each.notebook for each in exercises().values()}):
            own = [each for each in exercises().values() if each.notebook == number]
            marks = [f"[{'x' if self.is_done(each.name) else ' '}] {each.name}" for each in own]
            lines.append(f"{number}  {'  '.join(marks)}")
        return "\n".join(lines)


def progress_file() -> Path | None:
    """Return the file in which progress is kept, None if it is switched off."""
    named = os.environ.get(VARIABLE)
    if named == OFF:
        return None
    if named:
        return as_path(VARIABLE, named)
    return platformdirs.user_state_path("smwm_lab", appauthor=False) / "progress.json"


def progress() -> Progress:
    """Return which exercises are done; raise `InputError` if the file is damaged."""
    file = progress_file()
    if file is None:
        return Progress({}, f"not kept: {VARIABLE} is {OFF}")
    return Progress(_read(file), f"kept in {file}")


def record(name: str, *, done: bool) -> None:
    """Record an attempt at an exercise; what was done stays done. Raise `InputError` if that cannot be kept."""
    file = progress_file()
    if file is None:
        return
    with folder_lock(file.parent):
        attempts = _read(file)
        before = attempts.get(name, {})
        attempts[name] = {
            "done": done or bool(before.get("done", False)),
            "attempts": int(before.get("attempts", 0)) + 1,
            "last": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_text(file, _encoded(attempts))


def _encoded(attempts: dict[str, dict[str, Any]]) -> str:
    return json.dumps({"exercises": attempts}, indent=1)


def _read(file: Path) -> dict[str, dict[str, Any]]:
    """Return what a file holds of each exercise; names that the course no longer has stay in it."""
    if not file.exists():
        return {}
    remedy = f"remove it to begin anew, or name another file in {VARIABLE}"
    attempts = read_json_object(file, largest=_LARGEST, remedy=remedy).get("exercises")
    if not isinstance(attempts, dict) or not all(map(_is_whole, attempts.values())):
        raise InputError(f"{file} does not hold the progress of exercises; {remedy}")
    return attempts


def _is_whole(attempt: object) -> bool:
    """Return whether this is what `record` keeps of an exercise."""
    if not isinstance(attempt, dict):
        return False
    return isinstance(attempt.get("done"), bool) and isinstance(attempt.get("attempts"), int)

"""Free disk where trained runs and output go, and whether they can be written there."""

import shutil
from collections.abc import Callable
from pathlib import Path

from smwm_lab import paths
from smwm_lab.doctor.finding import Finding, fail, ok, warn
from smwm_lab.errors import InputError
from smwm_lab.files import check_writable


GB = 1e9
LEAST, COMFORTABLE = 0.2, 1.0
"""GB. A trained run takes 2 MB, a run of all notebooks with its pages some 50 MB; the rest is for what else grows."""


def cache_folder() -> tuple[Path, str]:
    """Return where trained runs are kept, and how another place is chosen."""
    return paths.cache_dir(), "name another folder in SMWM_LAB_CACHE"


def output_folder() -> tuple[Path, str]:
    """Return where executed notebooks and pages go, and how another place is chosen."""
    return Path("out").absolute(), "work in another folder, or name one: smwm-lab notebooks --out DIR"


def look_at_folder(place: Callable[[], tuple[Path, str]]) -> Finding:
    """Write a probe that leaves nothing behind, and measure what is free."""
    folder, other = place()
    try:
        check_writable(folder, "folder")
    except InputError as error:
        return fail(str(error).rpartition(";")[0], other)
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(nearest).free / GB
    found = f"{free:.1f} GB free in {folder}"
    if free < LEAST:
        return fail(found, f"free some space, or {other}")
    if free < COMFORTABLE:
        return warn(found, f"enough for the course, not for much more; free some space, or {other}")
    return ok(found)

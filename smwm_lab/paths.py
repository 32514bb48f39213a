"""Where things live: in a checkout beside the package, in an installed package inside it; trained runs in a cache."""

import os
import tomllib
from importlib.resources import files
from pathlib import Path

import platformdirs

from smwm_lab.errors import InputError


def _find_checkout(package: Path) -> Path | None:
    """Return the folder around the package if it is a checkout of this project, None if the package is installed."""
    try:
        project = tomllib.loads((package.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    except (OSError, KeyError):
        return None
    return package.parent if project.get("name") == "smwm_lab" else None


PACKAGE = Path(str(files("smwm_lab"))).resolve()
"""The package itself."""
CHECKOUT = _find_checkout(PACKAGE)
"""The checkout, None if the package was installed without one."""
ROOT = CHECKOUT or PACKAGE / "_shipped"
"""The folder of `data` and `notebooks`: the checkout, else what was packed into the package."""


def require_checkout(what: str) -> Path:
    """Return the checkout; raise `InputError` if there is none, because `what` changes files of the project."""
    if CHECKOUT is None:
        raise InputError(
            f"{what} needs a checkout of the project, and {PACKAGE} is installed without one; clone it and run "
            "`make setup` there"
        )
    return CHECKOUT


def notebooks_dir() -> Path:
    """Return the folder of the course notebooks."""
    return ROOT / "notebooks"


def data_dir() -> Path:
    """Return the folder of what comes with the project: runs, reference tables, studies."""
    return ROOT / "data"


def shipped_runs_dir() -> Path:
    """Return the folder of trained runs that come with the project."""
    return data_dir() / "runs"


def cache_dir() -> Path:
    """Return where runs are kept: `$SMWM_LAB_CACHE`, else data/cache in a checkout, else the user's cache folder."""
    named = os.environ.get("SMWM_LAB_CACHE")
    if named:
        return Path(named)
    return CHECKOUT / "data" / "cache" if CHECKOUT else platformdirs.user_cache_path("smwm_lab", appauthor=False)

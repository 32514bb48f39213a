"""Where things live: the checkout, shipped runs, and the cache of trained runs."""

import os
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
"""The checkout (the package is installed in editable form)."""


def notebooks_dir() -> Path:
    """Return the folder of the course notebooks."""
    return ROOT / "notebooks"


def shipped_runs_dir() -> Path:
    """Return the folder of trained runs that come with the project."""
    return ROOT / "data" / "runs"


def cache_dir() -> Path:
    """Return the folder where `load_or_fit` keeps runs: `$SMWM_LAB_CACHE`, else data/cache in the checkout."""
    return Path(os.environ.get("SMWM_LAB_CACHE") or ROOT / "data" / "cache")

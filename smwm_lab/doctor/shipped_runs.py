"""The trained runs that come with the project: present, and whole by their checksums."""

from pathlib import Path

from smwm_lab import paths
from smwm_lab.doctor.finding import Finding, fail, ok, warn
from smwm_lab.errors import InputError


def read_shipped_runs() -> Finding:
    """Read every run of the list, which compares its files with the checksums in its manifest."""
    from smwm_lab.training import load_run, shipped_configs

    folder = paths.shipped_runs_dir()
    missing, damaged = [], []
    places = {name: folder / config.fingerprint() for name, config in shipped_configs().items()}
    for name, place in places.items():
        if not (place / "manifest.json").is_file():
            missing.append(name)
            continue
        try:
            load_run(place)
        except InputError:
            damaged.append(name)
    if damaged:
        return fail(f"damaged: {', '.join(damaged)}, in {folder}", _restore(folder))
    if missing:
        found = f"missing: {', '.join(missing)}, in {folder}"
        return warn(found, f"the notebooks train them, which takes minutes; {_restore(folder)}")
    return ok(f"{len(places)} runs, whole")


def _restore(folder: Path) -> str:
    """Return how the runs are brought back."""
    if paths.CHECKOUT is not None:
        return f"git checkout -- {folder}, or delete the folders and train them anew: make data"
    return "pip install --force-reinstall --no-deps with the wheel that smwm_lab was installed from"

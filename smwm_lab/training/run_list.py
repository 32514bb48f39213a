"""Which runs are on disk, shipped and cached, and in what state."""

from pathlib import Path

from smwm_lab import paths
from smwm_lab.training.config import TrainConfig
from smwm_lab.training.runs import MANIFEST, list_runs, load_run, stored_config
from smwm_lab.worlds import world_name


def runs_on_disk() -> list[dict[str, object]]:
    """Return one row per run folder: run, world, transitions, objective, seed, verdict, state; None where unknown.

    The verdict stands in the manifest; runs that were trained before there was one have none. The state is finished,
    unfinished, or damaged and why.
    """
    folders = [*list_runs(paths.shipped_runs_dir()), *list_runs(paths.cache_dir())]
    return [_row(folder) for folder in folders]


def is_on_disk(config: TrainConfig) -> bool:
    """Return whether the finished run of a configuration is shipped or cached, so that `load_or_fit` trains nothing."""
    folders = (paths.shipped_runs_dir(), paths.cache_dir())
    return any((folder / config.fingerprint() / MANIFEST).is_file() for folder in folders)


def _row(folder: Path) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(("run", "world", "transitions", "objective", "seed", "verdict", "state"))
    row["run"] = str(folder)
    try:
        config = stored_config(folder)
        if config is not None:
            row |= {"world": world_name(config.world), "transitions": config.budget, "seed": config.seed}
            row["objective"] = " + ".join(f"{weight:g} {name}" for name, weight in config.objective.weights.items())
        finished = (folder / MANIFEST).is_file()
        if finished:
            row["verdict"] = load_run(folder).manifest.get("verdict")
        row["state"] = "finished" if finished else "unfinished"
    except Exception as error:  # whatever is wrong with one folder, the list shows it and goes on
        row["state"] = f"damaged: {str(error).partition(chr(10))[0] or type(error).__name__}"
    return row

"""Run a training loop to its end: with a progress bar, checkpoints on disk, and a cache of runs."""

import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch
from tqdm.std import tqdm

from smwm_lab import paths
from smwm_lab.errors import InputError, check, check_callable, check_count, check_instance, check_range
from smwm_lab.files import as_path, sweep_leftovers, write_text
from smwm_lab.locks import FolderLock, folder_lock, remove_stale_lock
from smwm_lab.models import WorldModel
from smwm_lab.probes.collapse.report import judge
from smwm_lab.training.config import TrainConfig
from smwm_lab.training.device import choose_device
from smwm_lab.training.loop import Snapshot, TrainingLoop
from smwm_lab.training.progress import progress_bar
from smwm_lab.training.refit import Refit
from smwm_lab.training.runs import (
    CHECKPOINT,
    CONFIG,
    MANIFEST,
    Run,
    describe_machine,
    load_run,
    pretty_json,
    read_checkpoint,
    save_run,
    stored_config,
    write_checkpoint,
)


CHECKPOINT_SECONDS = 15.0
Callback = Callable[[TrainingLoop, Snapshot], None]


def fit(
    config: TrainConfig,
    *,
    out: Path | str | None = None,
    device: torch.device | str = "cpu",
    callback: Callback | None = None,
    num_snapshots: int = 100,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
    compile: bool = False,
    label: str = "training",
) -> Run:
    """Train to the end of the budget and return the run.

    out: folder to keep it in. A finished run of the same configuration there is loaded and no network is built to be
    trained, an unfinished one is continued (bit for bit on a CPU), one that another process is training is waited for,
    anything else there is refused with `InputError`; None keeps nothing.
    callback: called with the loop and every snapshot, but for those of a second stage (`TrainConfig.refit`). That stage
    begins again where it was interrupted, behind the encoder that is there.
    Raises `NonFiniteLoss` if a loss is not finite.
    """
    check_instance("config", config, TrainConfig, "preset_config gives one")
    if callback is not None:
        check_callable("callback", callback, "loop, snapshot -> None")
    check_range("checkpoint_seconds", checkpoint_seconds, 0.0, 1e9)
    check_count("num_snapshots", num_snapshots, 1, 1 << 20)
    device = choose_device(device)
    out = None if out is None else as_path("out", out)
    if out is not None and _is_finished(out, config):
        return load_run(out, device=device)
    loop = TrainingLoop(config, device=device, num_snapshots=num_snapshots, compile=compile)
    if out is None:
        return _complete(loop, _advance(loop, [], callback, None, label), None, label)

    def say_who(line: str) -> None:
        progress_bar(config.num_steps * config.batch_size, f"{label}: {line}").close()

    with folder_lock(out, waiting=say_who) as lock:
        if _is_finished(out, config):  # by the process that was waited for
            return load_run(out, device=device)
        keeper = _Keeper(out, lock, checkpoint_seconds)
        run = _complete(loop, _advance(loop, _claim(out, loop), callback, keeper, label), keeper, label)
        lock.require_held()
        run = save_run(_judged(run), out)
        (out / CHECKPOINT).unlink(missing_ok=True)
    return run


def load_or_fit(
    config: TrainConfig,
    *,
    device: torch.device | str = "cpu",
    cache: Path | str | None = None,
    label: str = "training",
) -> Run:
    """Return the run of this configuration: a shipped one, a cached one, or one trained now and cached.

    The key is the fingerprint of the whole configuration, so a changed recipe is always trained anew; code that changes
    results raises `TrainConfig.version`.
    """
    check_instance("config", config, TrainConfig, "preset_config gives one")
    folder = paths.cache_dir() if cache is None else as_path("cache", cache)
    shipped = paths.shipped_runs_dir() / config.fingerprint()
    if (shipped / MANIFEST).is_file():
        return load_run(shipped, device=device)
    return fit(config, out=folder / config.fingerprint(), device=device, label=label)


def _is_finished(out: Path, config: TrainConfig) -> bool:
    """Return whether a folder holds the finished run of a configuration; raise `InputError` if it holds another."""
    there = stored_config(out)
    if there is None:
        return False
    changed = ", ".join(f"{key} {old} -> {new}" for key, (old, new) in there.diff(config).items())
    check(not changed, f"folder {out} holds another run ({changed}); choose another folder or delete it")
    sweep_leftovers(out)
    remove_stale_lock(out)
    if not (out / MANIFEST).is_file():
        return False
    (out / CHECKPOINT).unlink(missing_ok=True)
    return True


def _claim(out: Path, loop: TrainingLoop) -> list[dict[str, float]]:
    """Prepare the folder of an unfinished run, or bring the loop to where that run stands; return its metrics."""
    if not (out / CONFIG).is_file():
        write_text(out / CONFIG, pretty_json(loop.config.to_dict()))
    return _restore(out / CHECKPOINT, loop) if (out / CHECKPOINT).is_file() else []


def _restore(path: Path, loop: TrainingLoop) -> list[dict[str, float]]:
    tensors, metadata = read_checkpoint(path)
    check(
        metadata.get("config") == loop.config.fingerprint(),
        f"checkpoint {path} is of another run than its folder; delete the file and train anew",
    )
    try:
        loop.load_state_dict(tensors)
        return json.loads(metadata["metrics"])
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"checkpoint {path} is of another version ({reason}); delete the file") from error


def _advance(
    loop: TrainingLoop,
    rows: list[dict[str, float]],
    callback: Callback | None,
    keeper: "_Keeper | None",
    label: str,
) -> list[dict[str, float]]:
    """Iterate the loop to its end; return the metrics of all snapshots."""
    with progress_bar(loop.config.num_steps * loop.config.batch_size, label) as bar:
        for snapshot in loop:
            _show(bar, snapshot)
            if snapshot.losses:
                rows.append(_row(snapshot))
            if callback is not None:
                callback(loop, snapshot)
            if keeper is not None:
                keeper.keep(loop, rows)
    return rows


def _complete(loop: TrainingLoop, rows: list[dict[str, float]], keeper: "_Keeper | None", label: str) -> Run:
    """Return the run of a loop at its end, after the second stage if there is one."""
    recipe = loop.config.refit
    if recipe is None:
        return _to_run(loop, loop.model, rows, loop.seconds)
    if keeper is not None:
        keeper.keep(loop, rows, at_once=True)
    stage, seconds, first = Refit(loop.model, loop.config, loop.split), loop.seconds, _seen(loop)
    later: list[dict[str, float]] = []
    with progress_bar(recipe.num_steps * recipe.windows_per_update * recipe.steps, f"{label}, refit") as bar:
        for snapshot in stage:
            _show(bar, snapshot)
            seconds = loop.seconds + snapshot.seconds
            where = {"step": loop.step + snapshot.step, "transitions": first + snapshot.transitions}
            later.append(_row(snapshot) | where | {"seconds": round(seconds, 3)})
    return _to_run(loop, stage.model, [*rows, *later], seconds)


class _Keeper:
    """Writes a checkpoint into a folder every so many seconds, as long as the folder is ours."""

    def __init__(self, folder: Path, lock: FolderLock, seconds: float):
        self.folder, self.lock, self.seconds = folder, lock, seconds
        self.last = time.monotonic()

    def keep(self, loop: TrainingLoop, rows: list[dict[str, float]], *, at_once: bool = False) -> None:
        if not at_once and time.monotonic() - self.last < self.seconds:
            return
        self.lock.require_held()
        about = {"metrics": json.dumps(rows), "config": loop.config.fingerprint()}
        write_checkpoint(self.folder / CHECKPOINT, loop.state_dict(), about)
        self.last = time.monotonic()


def _show(bar: tqdm, snapshot: Snapshot) -> None:
    bar.set_postfix({name: f"{value:.1e}" for name, value in snapshot.losses.items()}, refresh=False)
    bar.update(snapshot.transitions - bar.n)


def _row(snapshot: Snapshot) -> dict[str, float]:
    where = {"step": snapshot.step, "transitions": snapshot.transitions, "seconds": round(snapshot.seconds, 3)}
    return where | snapshot.losses


def _seen(loop: TrainingLoop) -> int:
    return loop.step * loop.config.batch_size


def _to_run(loop: TrainingLoop, model: WorldModel, rows: list[dict[str, float]], seconds: float) -> Run:
    manifest = describe_machine(loop.device) | {"seconds": round(seconds, 3), "transitions": _seen(loop)}
    return Run(loop.config, model.eval(), pd.DataFrame(rows), manifest)


def _judged(run: Run) -> Run:
    """Return the run with its verdict in the manifest: None where the split leaves nothing held out to judge it on."""
    try:
        found = judge(run, seed=run.config.seed)
    except InputError:
        found = {"verdict": None}
    return dataclasses.replace(run, manifest=run.manifest | found)

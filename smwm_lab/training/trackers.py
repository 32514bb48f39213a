"""Callbacks for `fit` that write losses into a tracker of experiments: TensorBoard, MLflow, Weights & Biases.

    fit(config, callback=tensorboard("logs/first"))

Each needs the tracker's own package, which nothing else here does. Every snapshot gives `loss/<term>` and
`weight/<term>`, by transitions seen; an MLflow or W&B run that is active is used, and left open.
"""

import importlib
from pathlib import Path
from typing import Any

from smwm_lab.errors import InputError
from smwm_lab.files import as_path
from smwm_lab.training.fit import Callback
from smwm_lab.training.loop import Snapshot, TrainingLoop


def tensorboard(folder: Path | str) -> Callback:
    """Return a callback that writes event files into a folder; needs the package `tensorboard`."""
    target = as_path("folder", folder)
    _package("tensorboard")
    writer = importlib.import_module("torch.utils.tensorboard").SummaryWriter(str(target))

    def write(loop: TrainingLoop, snapshot: Snapshot) -> None:
        for name, value in measures(snapshot).items():
            writer.add_scalar(name, value, snapshot.transitions)
        writer.flush()

    return write


def mlflow() -> Callback:
    """Return a callback that logs to the active run of MLflow, or to a new one; needs the package `mlflow`."""
    tracker = _package("mlflow")

    def write(loop: TrainingLoop, snapshot: Snapshot) -> None:
        if tracker.active_run() is None:
            tracker.start_run()
        tracker.log_metrics(measures(snapshot), step=snapshot.transitions)

    return write


def wandb() -> Callback:
    """Return a callback that logs to the active run of Weights & Biases, or to a new one; needs the package `wandb`."""
    tracker = _package("wandb")

    def write(loop: TrainingLoop, snapshot: Snapshot) -> None:
        if tracker.run is None:
            tracker.init(config=loop.config.to_dict())
        tracker.log(measures(snapshot), step=snapshot.transitions)

    return write


def measures(snapshot: Snapshot) -> dict[str, float]:
    """Return what is tracked of a snapshot: `loss/<term>` unweighted, `weight/<term>` in force."""
    losses = {f"loss/{name}": value for name, value in snapshot.losses.items()}
    return losses | {f"weight/{name}": value for name, value in snapshot.weights.items()}


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"{name} cannot be imported ({error}); pip install {name}") from error

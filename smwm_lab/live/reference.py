"""What a page knows of a run beside its weights: a cloud of latents, their plane, and a linear probe.

The plane is z = mean + a u + b v, along the first two principal directions of the latents of reference states. The
probe is state = bias + weights (z - mean), fitted on training states and judged on held-out states.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from smwm_lab.data import StateSplit, sample_states
from smwm_lab.errors import check_count
from smwm_lab.models import WorldModel
from smwm_lab.probes import encode_states, linear_readout, readout_r2, to_numpy
from smwm_lab.seeding import generator
from smwm_lab.worlds import World


NUM_REFERENCE, NUM_TRAIN, NUM_HELD_OUT = 600, 1500, 300
"""States of the cloud, of the probe's fit (the cloud's are the first of them), and of its judgement."""
DIGITS = 7
"""Digits kept of coordinates in the plane; those of the probe stay whole."""


@dataclass(frozen=True, eq=False)
class ReferenceStates:
    """States anywhere on the canvas, none of them on both sides of the split."""

    training: Tensor
    """float32 (NUM_TRAIN, state); the first NUM_REFERENCE of them are the cloud."""
    held_out: Tensor
    """float32 (NUM_HELD_OUT, state)."""

    @property
    def cloud(self) -> Tensor:
        """The states that a page shows, float32 (NUM_REFERENCE, state)."""
        return self.training[:NUM_REFERENCE]


def draw_reference_states(
    split: StateSplit, *, seed: int = 0, num_train: int = NUM_TRAIN, num_held_out: int = NUM_HELD_OUT
) -> ReferenceStates:
    """Draw states on both sides of a split, from streams of their own; raise `InputError` for fewer than 3."""
    check_count("num_train", num_train, 3, 10**6)
    check_count("num_held_out", num_held_out, 3, 10**6)
    training, held_out = (
        sample_states(split, n, held_out=held, generator=generator(seed, f"live page, {side}"), anywhere=True)
        for side, n, held in (("training", num_train, False), ("held out", num_held_out, True))
    )
    return ReferenceStates(training, held_out)


def describe_run(model: WorldModel, world: World, states: ReferenceStates) -> dict[str, Any]:
    """Return the plane, the cloud in it and the probe of a model, as JSON values.

    spread is the total standard deviation sqrt(trace(Cov z)) of the cloud's latents. A collapsed latent has a plane and
    a probe too; what they are worth is what a page lets its reader find out.
    """
    z = to_numpy(encode_states(model, world, states.training))
    held_out = to_numpy(encode_states(model, world, states.held_out))
    cloud = z[: len(states.cloud)]
    return {
        "spread": float(np.sqrt(cloud.var(0).sum())),
        "plane": _plane(cloud),
        "probe": _probe(z, world, states, held_out),
    }


def _plane(cloud: np.ndarray) -> dict[str, Any]:
    """Return mean, directions (2, d), coordinates (n, 2) of a cloud (n, d), and what lies outside the plane.

    residual: distance of each point from the plane, (n,); share: of the variance, along each of the two directions.
    """
    mean = cloud.mean(0)
    centred = cloud - mean
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    two = directions[:2] * np.sign(directions[:2][np.arange(2), np.abs(directions[:2]).argmax(1)])[:, None]
    points = centred @ two.T
    residual = np.sqrt(((centred - points @ two) ** 2).sum(1))
    total = (lengths**2).sum()
    share = lengths[:2] ** 2 / total if total > 0 else np.zeros(2)
    return {
        "mean": mean.tolist(),
        "directions": two.tolist(),
        "points": _short(points),
        "residual": _short(residual),
        "share": _short(share),
    }


def _probe(z: np.ndarray, world: World, states: ReferenceStates, held_out: np.ndarray) -> dict[str, Any]:
    """Return the linear probe of every state component as one matrix; an angle has two rows, cosine and sine."""
    names = world.spec.state_names
    targets, held_out_targets = (
        {name: to_numpy(value) for name, value in world.targets(side).items() if name in names}
        for side in (states.training, states.held_out)
    )
    fitted = linear_readout().fit(z, np.hstack([targets[name] for name in names]))
    scaler, ridge = fitted[0], fitted[-1]
    weights = np.atleast_2d(ridge.coef_) / scaler.scale_
    rows = np.cumsum([0, *(targets[name].shape[1] for name in names)]).tolist()
    return {
        "mean": scaler.mean_.tolist(),
        "weights": weights.tolist(),
        "bias": np.atleast_1d(ridge.intercept_).tolist(),
        "rows": {name: list(range(*pair)) for name, pair in zip(names, zip(rows, rows[1:], strict=False), strict=True)},
        "r2": readout_r2(z, targets, held_out, held_out_targets),
    }


def _short(values: np.ndarray) -> list[Any]:
    """Return an array as nested lists of numbers of `DIGITS` digits."""
    if values.ndim > 1:
        return [_short(row) for row in values]
    return [float(f"{value:.{DIGITS}g}") for value in values]

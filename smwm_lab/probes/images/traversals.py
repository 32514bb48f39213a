"""Traversals: latents along straight lines, to be decoded, so that one sees what a direction means.

    along a principal component   z + c * sigma_k * e_k
    along an action               z + c * rho_k, where z' - z = rho(a) in the mean

Far from the latents it was fitted on a decoder is unconstrained: compare with the frames of real states.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from smwm_lab.data import StateSplit, sample_transitions
from smwm_lab.errors import check, check_count, check_range
from smwm_lab.gates import require_finite, require_memory, require_tensor
from smwm_lab.probes.inputs.encode import encode_states, to_numpy
from smwm_lab.probes.inputs.trained import Trained, model_and_split
from smwm_lab.probes.projection.components import principal_components
from smwm_lab.probes.structure.dynamics_metrics import action_directions
from smwm_lab.seeding import generator


NUM_TRANSITIONS = 1000
NUM_STEPS = 9
"""Steps of a traversal from any start."""
NUM_COMPONENTS = 4
"""Principal components that such traversals follow, at most."""


@dataclass(frozen=True, eq=False)
class Traversal:
    """Latents along straight lines, one line per row."""

    latents: Tensor
    """Latents of each step, float32 (rows, steps, d)."""
    names: tuple[str, ...]
    """Principal component or action that each row follows."""
    offsets: tuple[float, ...]
    """How far each step is from the start, in `unit`."""
    unit: str
    """Unit of the offsets: sd (standard deviations along the component) or actions."""

    def __repr__(self) -> str:
        reach = f"{self.offsets[0]:+g} to {self.offsets[-1]:+g} {self.unit}"
        return f"Traversal({', '.join(self.names)}; {len(self.offsets)} steps, {reach})"


def along_components(
    latents: Tensor, *, start: Tensor | None = None, num_components: int = 3, num_steps: int = 7, reach: float = 2.0
) -> Traversal:
    """Return a traversal along the leading principal components of latents (n, d).

    start: latent (d,) in the middle of every row, their mean if None. reach: standard deviations to either side.
    """
    require_tensor("latents", latents, "torch.as_tensor gives one; float32 (n, d)")
    require_memory("latents", latents)
    check(latents.ndim == 2 and len(latents) >= 2, f"latents have shape {tuple(latents.shape)}; allowed: (n, d), n > 1")
    check(bool(torch.isfinite(latents).all()), "latents hold NaN or infinity; allowed: finite numbers")
    check_count("num_components", num_components, 1, min(latents.shape))
    mean, directions, deviations = map(torch.from_numpy, principal_components(latents.double().numpy()))
    steps = deviations[:, None] * directions
    # the sign of a principal direction is arbitrary: its largest entry is made positive, so that re-runs agree
    largest = torch.arange(len(steps)), steps.abs().argmax(1)
    steps = steps * torch.where(steps[largest] < 0, -1.0, 1.0)[:, None]
    names = tuple(f"PC {i + 1}" for i in range(num_components))
    return _along(mean if start is None else start, steps[:num_components], names, num_steps, reach, "sd")


def along_actions(
    trained: Trained,
    split: StateSplit | None = None,
    *,
    start: Tensor,
    num_steps: int = 7,
    reach: float = 1.0,
    seed: int = 0,
) -> Traversal:
    """Return a traversal along what each action component adds to the latent in the mean, through `start` (d,).

    reach: actions to either side; 1 is the largest step. Raises `InputError` for a world without actions.
    """
    model, split = model_and_split(trained, split)
    check(split.world.spec.action_dim > 0, "this world has no actions to follow; use along_components")
    pairs = sample_transitions(split, NUM_TRANSITIONS, held_out=False, generator=generator(seed, "action walks"))
    z, z_next = (encode_states(model, split.world, state) for state in (pairs.state, pairs.next_state))
    steps = action_directions(z, pairs.action, z_next)
    return _along(start, steps, split.world.spec.action_names, num_steps, reach, "actions")


@dataclass(frozen=True, eq=False)
class TraversalOffsets:
    """Steps to either side along one direction."""

    name: str
    """Principal component or action that is followed."""
    moves: np.ndarray
    """Displacement of each step, float64 (steps, d); the middle one is 0."""
    offsets: tuple[str, ...]
    """How far each step is, as text."""
    unit: str
    """Unit of the offsets: sd (standard deviations) or actions."""

    @property
    def options(self) -> list[tuple[str, int]]:
        """Each step as text with its number, for a menu."""
        return [(f"{offset} {self.unit}", i) for i, offset in enumerate(self.offsets)]

    @property
    def middle(self) -> int:
        """Number of the step with offset 0."""
        return len(self.offsets) // 2


def traversal_offsets(traversal: Traversal) -> list[TraversalOffsets]:
    """Return the rows of a traversal whose start is the origin, as displacements."""
    offsets = tuple(f"{offset:+.2g}" if offset else "0" for offset in traversal.offsets)
    return [
        TraversalOffsets(name, to_numpy(moves), offsets, traversal.unit)
        for name, moves in zip(traversal.names, traversal.latents, strict=True)
    ]


def principal_traversals(latents: np.ndarray) -> list[TraversalOffsets]:
    """Return steps up to two standard deviations to either side along the leading principal components of (n, d)."""
    start = torch.zeros(latents.shape[1])
    count = min(NUM_COMPONENTS, *latents.shape)
    along = along_components(torch.from_numpy(latents), start=start, num_components=count, num_steps=NUM_STEPS)
    return traversal_offsets(along)


def _along(start: Tensor, steps: Tensor, names: tuple[str, ...], num_steps: int, reach: float, unit: str) -> Traversal:
    check_count("num_steps", num_steps, 2, 100)
    check_range("reach", reach, 0.0, 1e6)
    width = steps.shape[1]
    require_tensor("start latents", start, f"torch.as_tensor gives one; float32 ({width},)")
    check(start.shape == (width,), f"start has shape {tuple(start.shape)}; allowed: ({width},), one latent")
    require_finite("start latents", start[None])
    offsets = np.linspace(-reach, reach, num_steps)
    # (rows, steps, d) = (d,) + (1, steps, 1) * (rows, 1, d)
    latents = start.double() + torch.from_numpy(offsets)[None, :, None] * steps[:, None, :]
    return Traversal(latents.float(), names, tuple(offsets.tolist()), unit)

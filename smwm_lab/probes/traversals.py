"""Floor 6: walks through the latent along straight lines, to be decoded: what does a direction mean?

    along a principal component   z + c * sigma_k * e_k
    along an action               z + c * rho_k, where z' - z = rho(a) in the mean

Far from where latents lie a decoder paints what it likes: compare with the frames of real states.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from smwm_lab.data import StateSplit, sample_transitions
from smwm_lab.errors import check, check_range
from smwm_lab.models import WorldModel
from smwm_lab.probes.latents import encode_states
from smwm_lab.probes.laws import action_directions
from smwm_lab.seeding import generator


NUM_TRANSITIONS = 1000


@dataclass(frozen=True, eq=False)
class Traversal:
    """Straight walks through the latent, one per row."""

    latents: Tensor
    """Float32 (rows, steps, d)."""
    names: tuple[str, ...]
    """What each row follows."""
    offsets: tuple[float, ...]
    """How far each step is from the start, in `unit`."""
    unit: str

    def __repr__(self) -> str:
        reach = f"{self.offsets[0]:+g} to {self.offsets[-1]:+g} {self.unit}"
        return f"Traversal({', '.join(self.names)}; {len(self.offsets)} steps, {reach})"


def along_components(
    latents: Tensor, *, start: Tensor | None = None, num_components: int = 3, num_steps: int = 7, reach: float = 2.0
) -> Traversal:
    """Return walks along the leading principal components of latents (n, d).

    start: latent (d,) that the walks go through, their mean if None. reach: standard deviations to either side.
    """
    check(latents.ndim == 2 and len(latents) >= 2, f"latents have shape {tuple(latents.shape)}; allowed: (n, d), n > 1")
    check(bool(torch.isfinite(latents).all()), "latents hold NaN or infinity; allowed: finite numbers")
    check_range("num_components", num_components, 1, min(latents.shape))
    points = latents.double()
    mean = points.mean(0)
    _, singular, directions = torch.linalg.svd(points - mean, full_matrices=False)
    steps = singular[:, None] / (len(points) - 1) ** 0.5 * directions
    largest = torch.arange(len(steps)), steps.abs().argmax(1)
    steps = steps * torch.where(steps[largest] < 0, -1.0, 1.0)[:, None]
    names = tuple(f"PC {i + 1}" for i in range(num_components))
    return _walk(mean if start is None else start, steps[:num_components], names, num_steps, reach, "sd")


def along_actions(
    model: WorldModel,
    split: StateSplit,
    *,
    start: Tensor,
    num_steps: int = 7,
    reach: float = 1.0,
    seed: int = 0,
) -> Traversal:
    """Return walks along what each action component adds to the latent in the mean, through `start` (d,).

    reach: actions to either side; 1 is the largest step. Raises `InputError` for a world without actions.
    """
    check(split.world.spec.action_dim > 0, "this world has no actions to walk along; use along_components")
    pairs = sample_transitions(split, NUM_TRANSITIONS, held_out=False, generator=generator(seed, "action walks"))
    z, z_next = (encode_states(model, split.world, state) for state in (pairs.state, pairs.next_state))
    steps = action_directions(z, pairs.action, z_next)
    return _walk(start, steps, split.world.spec.action_names, num_steps, reach, "actions")


def _walk(
    start: Tensor, steps: Tensor, names: tuple[str, ...], num_steps: int, reach: float, unit: str
) -> Traversal:
    check_range("num_steps", num_steps, 2, 100)
    width = steps.shape[1]
    check(start.shape == (width,), f"start has shape {tuple(start.shape)}; allowed: ({width},), one latent")
    offsets = np.linspace(-reach, reach, num_steps)
    walks = start.double() + torch.from_numpy(offsets)[None, :, None] * steps[:, None, :]
    return Traversal(walks.float(), names, tuple(offsets.tolist()), unit)

"""Floor 6: straight walks through the latent from any start: displacements made once, added to a latent when asked."""

from dataclasses import dataclass

import numpy as np
import torch

from smwm_lab.probes.latents import to_numpy
from smwm_lab.probes.traversals import Traversal, along_components


NUM_STEPS = 9
NUM_COMPONENTS = 4


@dataclass(frozen=True, eq=False)
class Walk:
    """Steps to either side along one direction."""

    name: str
    """What it follows."""
    moves: np.ndarray
    """Displacement of each step, float64 (steps, d); the middle one is 0."""
    offsets: tuple[str, ...]
    """How far each step is, as text."""
    unit: str
    """Of the offsets: sd or actions."""

    @property
    def options(self) -> list[tuple[str, int]]:
        """Each step with its number."""
        return [(f"{offset} {self.unit}", i) for i, offset in enumerate(self.offsets)]

    @property
    def middle(self) -> int:
        """The step that stands still."""
        return len(self.offsets) // 2


def walks_of(traversal: Traversal) -> list[Walk]:
    """Return the rows of a traversal that starts at the origin."""
    offsets = tuple(f"{offset:+.2g}" if offset else "0" for offset in traversal.offsets)
    return [
        Walk(name, to_numpy(moves), offsets, traversal.unit)
        for name, moves in zip(traversal.names, traversal.latents, strict=True)
    ]


def principal_walks(latents: np.ndarray) -> list[Walk]:
    """Return walks of two standard deviations to either side along the leading principal components of (n, d)."""
    start = torch.zeros(latents.shape[1])
    count = min(NUM_COMPONENTS, *latents.shape)
    along = along_components(torch.from_numpy(latents), start=start, num_components=count, num_steps=NUM_STEPS)
    return walks_of(along)

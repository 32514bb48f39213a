"""The numbers behind LatentExplorer: a table of latents, pictures of it, and walks through it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from smwm_lab.data import StateSplit
from smwm_lab.paths import cache_dir
from smwm_lab.probes import AlignedProjections, DecoderProbe, LatentTable, Projection, along_actions
from smwm_lab.probes.images.traversals import (
    NUM_STEPS,
    TraversalOffsets,
    principal_traversals,
    traversal_offsets,
)
from smwm_lab.probes.inputs.trained import model_and_split
from smwm_lab.training import Run


Decode = Callable[[np.ndarray], np.ndarray]
"""Latents (k, d) -> images in [0, 1], (k, 3, H, W)."""


class LatentExplorerSession:
    """What is looked at, and where one stands: a row, a walk from it, a step of the walk, and selected rows."""

    def __init__(
        self,
        table: LatentTable,
        *,
        decode: Decode | None = None,
        walks: Sequence[TraversalOffsets] = (),
        store: Path | str | None = None,
        seed: int = 0,
    ):
        self.table, self.decode = table, decode
        self.pictures = AlignedProjections(table.latents, store=store, seed=seed)
        self.walks = {walk.name: walk for walk in (*principal_traversals(table.latents), *walks)}
        self.row, self.selected = 0, np.array([], int)
        self.walk = next(iter(self.walks.values()))
        self.step = self.walk.middle

    @classmethod
    def from_run(
        cls,
        run: Run,
        *,
        num_states: int,
        decoder: DecoderProbe | None,
        split: StateSplit | None,
        seed: int,
        anywhere: bool,
    ) -> "LatentExplorerSession":
        """Return the exploration of different states of a run's world; projections are kept in the cache folder."""
        split = model_and_split(run, split)[1]
        table = LatentTable.from_model(run.model, run.world, num_states, seed=seed, anywhere=anywhere)
        walks: Sequence[TraversalOffsets] = ()
        if run.world.spec.action_dim:
            start = torch.zeros(table.latents.shape[1])
            walks = traversal_offsets(along_actions(run.model, split, start=start, num_steps=NUM_STEPS, seed=seed))
        decode = None if decoder is None else decoding(decoder)
        return cls(table, decode=decode, walks=walks, store=cache_dir() / "projections", seed=seed)

    @property
    def selection(self) -> pd.DataFrame:
        """States of the selected rows, indexed by row number."""
        return self.table.states.iloc[self.selected]

    def picture(self, name: str, dim: int) -> tuple[Projection, str]:
        """Return a picture and its title, scores included."""
        made = self.pictures.get(name, dim)
        scores = f"trustworthiness {made.trustworthiness:.2f}, neighbours kept {made.neighbourhood_preservation:.2f}"
        return made, f"{name}: {scores}"

    def colour(self, name: str) -> tuple[np.ndarray, str, bool]:
        """Return the values of a state component, what they mean, and whether they are an angle."""
        values = self.table.states[name].to_numpy()
        is_angle = self.table.units.get(name) == "rad"
        return np.mod(values, 2 * np.pi) if is_angle else values, self.table.label(name), is_angle

    def walked(self) -> np.ndarray:
        """Return the latents of the walk from the row, (steps, d)."""
        return self.table.latents[self.row] + self.walk.moves

    def path(self) -> np.ndarray:
        """Return the row whose latent is nearest to each step of the walk, (steps,)."""
        return self.table.nearest(self.walked())

    def select_range(self, name: str, low: float, high: float) -> np.ndarray:
        """Return the rows whose state component lies in [low, high]."""
        values = self.colour(name)[0]
        return np.flatnonzero((values >= low) & (values <= high))


def decoding(decoder: DecoderProbe) -> Decode:
    """Return a fitted decoder probe as a function of arrays."""
    return lambda latents: decoder.decode(torch.from_numpy(latents).float()).numpy()

"""The numbers behind ProbeBench: a probe grid, and the same of an untrained encoder."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smwm_lab.data import StateSplit
from smwm_lab.errors import check, check_instance
from smwm_lab.models import WorldModel
from smwm_lab.probes import ProbeGrid, encode_states, probe_grid, table_targets, to_numpy, untrained_model
from smwm_lab.probes.inputs.checks import ProbeStates, check_rows, draw_probe_states
from smwm_lab.probes.inputs.trained import model_and_split
from smwm_lab.seeding import stream_seed
from smwm_lab.training import Run


HELD_OUT_SHARE = 0.25


@dataclass(frozen=True)
class ProbeBenchSession:
    """R^2 by training rows, component and noise, measured once; sliders only look it up."""

    grid: ProbeGrid
    """Of the latents."""
    floor: ProbeGrid | None = None
    """Of an encoder that learned nothing, on the same rows; None if it is not shown."""

    @classmethod
    def from_run(
        cls, run: Run, *, num_train: int, num_test: int, split: StateSplit | None, seed: int
    ) -> "ProbeBenchSession":
        """Return the grids of a run and of an untrained model of its sizes, on held-out states of its world."""
        check_instance("run", run, Run)
        split = model_and_split(run, split)[1]
        states = draw_probe_states(split, num_train=num_train, num_test=num_test, seed=seed)
        floor = untrained_model(run.config.model, seed=seed)
        return cls(_grid(run.model, split, states), _grid(floor, split, states))

    @classmethod
    def from_arrays(
        cls,
        latents: np.ndarray,
        states: pd.DataFrame,
        *,
        angles: tuple[str, ...],
        held_out: np.ndarray | None,
        untrained: np.ndarray | None,
        seed: int,
    ) -> "ProbeBenchSession":
        """Return the grids of any latents; parameters as in `ProbeBench.from_arrays`."""
        z = check_rows(latents, "latents", min_rows=1)
        check_instance("states", states, pd.DataFrame)
        check(len(states) == len(z), f"{len(z)} latents and {len(states)} rows of states; allowed: as many of both")
        scored = _scored_rows(len(z), held_out, seed)
        order = np.random.default_rng(stream_seed(seed, "order of rows")).permutation(np.flatnonzero(~scored))
        targets = table_targets(states, angles=angles)
        sides = [{name: value[rows] for name, value in targets.items()} for rows in (order, scored)]
        grids = []
        for name, values in (("latents", z), ("untrained", untrained)):
            if values is not None:
                values = check_rows(values, name, min_rows=1)
                check(len(values) == len(z), f"{len(z)} latents and {len(values)} of {name}; allowed: as many of both")
                grids.append(probe_grid(values[order], sides[0], values[scored], sides[1]))
        return cls(*grids)


def _scored_rows(rows: int, held_out: np.ndarray | None, seed: int) -> np.ndarray:
    """Return which rows are held out, bool (rows,)."""
    if held_out is None:
        drawn = np.random.default_rng(stream_seed(seed, "held-out rows"))
        return drawn.permutation(rows) < HELD_OUT_SHARE * rows
    mask = np.asarray(held_out)
    check(
        mask.dtype == bool and mask.shape == (rows,),
        f"held_out holds {mask.dtype} of shape {mask.shape}; allowed: bool ({rows},), True for rows that are scored",
    )
    return mask


def _grid(model: WorldModel, split: StateSplit, states: ProbeStates) -> ProbeGrid:
    z, held = (to_numpy(encode_states(model, split.world, side)) for side in (states.training, states.held_out))
    return probe_grid(z, states.targets, held, states.held_out_targets)

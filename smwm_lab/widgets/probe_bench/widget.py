"""ProbeBench: what a linear probe reads of each state component, under noise and with few training rows.

Three layers: `ProbeGrid` holds the numbers, made once; `plot_probe_grid` makes the picture; `ProbeBench` joins them to
two sliders, which then only look things up.
"""

import ipywidgets
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.figure import Figure

from smwm_lab.data import StateSplit
from smwm_lab.errors import check
from smwm_lab.models import WorldModel
from smwm_lab.probes import ProbeGrid, encode_states, probe_grid, table_targets, to_numpy, untrained_model
from smwm_lab.probes.inputs.checks import ProbeStates, draw_probe_states
from smwm_lab.probes.inputs.trained import model_and_split
from smwm_lab.seeding import stream_seed
from smwm_lab.training import Run
from smwm_lab.widgets.probe_bench.figure import plot_probe_grid, score_text, update_level, update_size
from smwm_lab.widgets.probe_bench.page import page_body
from smwm_lab.widgets.probe_bench.snapshot import plot_probe_bench
from smwm_lab.widgets.shared.panel import Panel, guarded


HELD_OUT_SHARE = 0.25


class ProbeBench(Panel):
    """Retention curves and a heat map by component, with sliders for latent noise and training rows.

    Parameters
    ----------
    latents
        Real numbers (n, d), finite; constant columns are allowed.
    states
        n rows; a numeric column per state component.
    angles
        Columns that are angles, rad.
    held_out
        Bool (n,): rows on which probes are scored. A quarter, drawn at random, if None: say it yourself where rows
        belong together (frames of one episode).
    untrained
        Latents (n, d) of the same rows from an encoder that learned nothing: the floor.
    seed
        Of the draw and the order of training rows.

    Raises `InputError` for anything of it that a probe cannot use.

    >>> x = np.random.default_rng(0).normal(size=(200, 3))
    >>> bench = ProbeBench(x, pd.DataFrame({"x": x[:, 0]}))
    >>> bench.grid.survives(7)[0] > 0.3
    True
    """

    title = "ProbeBench: what the latent keeps, and how well"

    def __init__(
        self,
        latents: np.ndarray,
        states: pd.DataFrame,
        *,
        angles: tuple[str, ...] = (),
        held_out: np.ndarray | None = None,
        untrained: np.ndarray | None = None,
        seed: int = 0,
    ):
        z = np.asarray(latents)
        check(isinstance(states, pd.DataFrame), f"states are a {type(states).__name__}; allowed: a pandas DataFrame")
        check(len(states) == len(z), f"{len(z)} latents and {len(states)} rows of states; allowed: as many of both")
        scored = _scored_rows(len(z), held_out, seed)
        order = np.random.default_rng(stream_seed(seed, "order of rows")).permutation(np.flatnonzero(~scored))
        targets = table_targets(states, angles=angles)
        sides = [{name: value[rows] for name, value in targets.items()} for rows in (order, scored)]
        grids = []
        for name, values in (("latents", z), ("untrained", untrained)):
            if values is not None:
                check(len(values) == len(z), f"{len(z)} latents and {len(values)} of {name}; allowed: as many of both")
                grids.append(probe_grid(values[order], sides[0], values[scored], sides[1]))
        self._build(*grids)

    @classmethod
    def from_run(
        cls, run: Run, *, num_train: int = 4000, num_test: int = 1000, split: StateSplit | None = None, seed: int = 0
    ) -> "ProbeBench":
        """Return the bench of a run on held-out states of its world, an untrained model of its sizes beside it.

        split: the run's own if None; it must be of the run's world.
        """
        split = model_and_split(run, split)[1]
        states = draw_probe_states(split, num_train=num_train, num_test=num_test, seed=seed)
        floor = untrained_model(run.config.model, seed=seed)
        bench = cls.__new__(cls)
        bench._build(_grid(run.model, split, states), _grid(floor, split, states))
        return bench

    def snapshot(self) -> Figure:
        return plot_probe_bench(self.grid, size=self.rows.index, level=self.noise.index, floor=self.floor)

    def __repr__(self) -> str:
        return f"ProbeBench({self.grid!r})"

    def _html_body(self) -> str:
        return page_body(self.grid, self.floor, size=self.rows.index, level=self.noise.index)

    def _build(self, grid: ProbeGrid, floor: ProbeGrid | None = None) -> None:
        self.grid, self.floor = grid, floor
        style, layout = {"description_width": "8em"}, {"width": "32em"}
        levels = [(f"{nu:.2g}", i) for i, nu in enumerate(grid.noise)]
        self.noise = ipywidgets.SelectionSlider(
            options=levels, index=len(levels) // 2, description="latent noise", style=style, layout=layout
        )
        sizes = [(f"{size:,}", i) for i, size in enumerate(grid.sizes)]
        self.rows = ipywidgets.SelectionSlider(
            options=sizes, index=len(sizes) - 1, description="training rows", style=style, layout=layout
        )
        self.figure = go.FigureWidget(plot_probe_grid(grid, size=self.rows.index, level=self.noise.index, floor=floor))
        super().__init__([ipywidgets.HBox([self.noise, self.rows]), self.figure])
        self.noise.observe(self._move_noise, "index")
        self.rows.observe(self._move_rows, "index")
        self._tell()

    @guarded
    def _move_noise(self, _: object) -> None:
        with self.figure.batch_update():
            update_level(self.figure, self.grid, self.noise.index)
        self._tell()

    @guarded
    def _move_rows(self, _: object) -> None:
        with self.figure.batch_update():
            update_size(self.figure, self.grid, self.rows.index, self.floor)
        self._tell()

    def _tell(self) -> None:
        r2 = self.grid.r2[self.rows.index, :, self.noise.index]
        told = ", ".join(f"{name} {score_text(value)}" for name, value in zip(self.grid.names, r2, strict=True))
        size, nu = self.grid.sizes[self.rows.index], self.grid.noise[self.noise.index]
        self.say(f"R² on {self.grid.num_test:,} held-out rows, {size:,} training rows, noise {nu:.2g}: {told}")


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

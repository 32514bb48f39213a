"""ProbeBench: what a linear probe reads of each state component, under noise and with few training rows.

Three layers: `ProbeBenchSession` holds the numbers, made once; `plot_probe_grid` draws; `ProbeBench` joins them to two
sliders, which then only look things up.
"""

import ipywidgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from smwm_lab.data import StateSplit
from smwm_lab.training import Run
from smwm_lab.widgets.probe_bench.figure import plot_probe_grid, score_text, update_level, update_size
from smwm_lab.widgets.probe_bench.page import page_body
from smwm_lab.widgets.probe_bench.session import ProbeBenchSession
from smwm_lab.widgets.probe_bench.snapshot import plot_probe_bench
from smwm_lab.widgets.shared.live_figure import LiveFigure
from smwm_lab.widgets.shared.panel import Panel, check_session, guarded


class ProbeBench(Panel):
    """Retention curves and a heat map by component, with sliders for latent noise and training rows.

    The constructor takes the numbers; `from_run` and `from_arrays` make them.

    >>> x = np.random.default_rng(0).normal(size=(200, 3))
    >>> bench = ProbeBench.from_arrays(x, pd.DataFrame({"x": x[:, 0]}))
    >>> bench.session.grid.survives(7)[0] > 0.3
    True
    """

    title = "ProbeBench: what the latent keeps, and how well"

    def __init__(self, session: ProbeBenchSession):
        check_session(self, session, ProbeBenchSession, "from_run", "from_arrays")
        self.session = session
        grid, floor = session.grid, session.floor
        style, layout = {"description_width": "8em"}, {"width": "32em"}
        levels = [(f"{nu:.2g}", i) for i, nu in enumerate(grid.noise)]
        self.noise = ipywidgets.SelectionSlider(
            options=levels, index=len(levels) // 2, description="latent noise", style=style, layout=layout
        )
        sizes = [(f"{size:,}", i) for i, size in enumerate(grid.sizes)]
        self.rows = ipywidgets.SelectionSlider(
            options=sizes, index=len(sizes) - 1, description="training rows", style=style, layout=layout
        )
        self.figure = LiveFigure(plot_probe_grid(grid, size=self.rows.index, level=self.noise.index, floor=floor))
        super().__init__([ipywidgets.HBox([self.noise, self.rows]), self.figure])
        self.noise.observe(self._move_noise, "index")
        self.rows.observe(self._move_rows, "index")
        self._show_scores()

    @classmethod
    def from_run(
        cls, run: Run, *, num_train: int = 4000, num_test: int = 1000, split: StateSplit | None = None, seed: int = 0
    ) -> "ProbeBench":
        """Return the bench of a run on held-out states of its world, an untrained model of its sizes beside it.

        split: the run's own if None; it must be of the run's world.
        """
        return cls(ProbeBenchSession.from_run(run, num_train=num_train, num_test=num_test, split=split, seed=seed))

    @classmethod
    def from_arrays(
        cls,
        latents: np.ndarray,
        states: pd.DataFrame,
        *,
        angles: tuple[str, ...] = (),
        held_out: np.ndarray | None = None,
        untrained: np.ndarray | None = None,
        seed: int = 0,
    ) -> "ProbeBench":
        """Return the bench of any latents.

        Parameters
        ----------
        latents
            Real numbers (n, d), finite; constant columns are allowed.
        states
            n rows; a numeric column per state component.
        angles
            Columns that are angles, rad.
        held_out
            Bool (n,): rows on which probes are scored. A quarter, drawn at random, if None: give it where rows belong
            together (frames of one episode).
        untrained
            Latents (n, d) of the same rows from an encoder that learned nothing: the floor.
        seed
            Of the draw and the order of training rows.

        Raises
        ------
        InputError
            For anything of it that a probe cannot use.
        """
        session = ProbeBenchSession.from_arrays(
            latents, states, angles=angles, held_out=held_out, untrained=untrained, seed=seed
        )
        return cls(session)

    def snapshot(self) -> Figure:
        return plot_probe_bench(
            self.session.grid, size=self.rows.index, level=self.noise.index, floor=self.session.floor
        )

    def __repr__(self) -> str:
        return f"ProbeBench({self.session.grid!r})"

    def _html_body(self) -> str:
        return page_body(self.session, size=self.rows.index, level=self.noise.index)

    @guarded
    def _move_noise(self, _: object) -> None:
        with self.figure.batch_update():
            update_level(self.figure, self.session.grid, self.noise.index)
        self._show_scores()

    @guarded
    def _move_rows(self, _: object) -> None:
        with self.figure.batch_update():
            update_size(self.figure, self.session.grid, self.rows.index, self.session.floor)
        self._show_scores()

    def _show_scores(self) -> None:
        r2 = self.session.grid.r2[self.rows.index, :, self.noise.index]
        scores = ", ".join(
            f"{name} {score_text(value)}" for name, value in zip(self.session.grid.names, r2, strict=True)
        )
        size, nu = self.session.grid.sizes[self.rows.index], self.session.grid.noise[self.noise.index]
        self.say(
            f"R² on {self.session.grid.num_test:,} held-out rows, {size:,} training rows, noise {nu:.2g}: {scores}"
        )

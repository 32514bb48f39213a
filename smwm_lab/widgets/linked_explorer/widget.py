"""LinkedExplorer: two maps of the same states, of two runs, of two moments of one, or of any two arrays of latents."""

from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from smwm_lab.models import WorldModel
from smwm_lab.probes.inputs.latent_table import Frames
from smwm_lab.training import Run
from smwm_lab.widgets.linked_explorer.linked_view import LinkedView
from smwm_lab.widgets.linked_explorer.page import page_body
from smwm_lab.widgets.linked_explorer.session import LinkedExplorerSession
from smwm_lab.widgets.linked_explorer.snapshot import plot_linked_explorer
from smwm_lab.widgets.shared.image_strip import image_html, stretched
from smwm_lab.widgets.shared.panel import Panel, check_session, guarded
from smwm_lab.widgets.shared.projection_choice import ProjectionChoice
from smwm_lab.worlds import World


IMAGE = 144
"""Width of the image below the maps, px."""


class LinkedExplorer(Panel):
    """Two maps of the same states side by side: what the mouse is on in one has a ring in the other.

    Selection, colour and chosen point are shared. The second map is turned onto the first (Procrustes).

    >>> drawn = np.random.default_rng(0).normal(size=(2, 50, 3))
    >>> LinkedExplorer.from_arrays({"before": drawn[0], "after": drawn[1]})
    LinkedExplorer(before, after; 50 rows)
    """

    title = "LinkedExplorer: the same states on two maps"

    def __init__(self, session: LinkedExplorerSession):
        check_session(self, session, LinkedExplorerSession, "from_runs", "from_models", "from_arrays")
        self.session = session
        style, layout = {"description_width": "6.5em"}, {"width": "17em"}
        self.choice = ProjectionChoice(self, session, show=self._show_projection)
        self.projection, self.cancel = self.choice.projection, self.choice.cancel
        linked, titles = session.projection(*self.choice.shown)
        names = list(session.table.states)
        self.colour = ipywidgets.Dropdown(options=names, description="colour", style=style, layout=layout)
        self.view = LinkedView(
            list(session.tables),
            linked.points,
            titles,
            session.colouring(self.colour.value),
            hover=self._look_at,
            go=self._go_to,
            select=self._select,
        )
        self.observation, self.mean, self.words = (ipywidgets.HTML() for _ in range(3))
        self.words.add_class("smwm-words")
        place = ipywidgets.HBox([self.observation, self.mean, self.words])
        super().__init__([ipywidgets.HBox([self.projection, self.cancel, self.colour]), self.view, place])
        self.on_change(self.colour, "value", self._change_colour)
        self._look_at(session.row)
        self._select(session.selected)

    @classmethod
    def from_runs(
        cls,
        first: Run,
        second: Run,
        *,
        names: tuple[str, str] = ("first run", "second run"),
        num_states: int = 5000,
        seed: int = 0,
        anywhere: bool = False,
    ) -> "LinkedExplorer":
        """Return the maps of two runs of one world, on states drawn once from the start region or `anywhere`."""
        return cls(
            LinkedExplorerSession.from_runs(
                first, second, names=names, num_states=num_states, seed=seed, anywhere=anywhere
            )
        )

    @classmethod
    def from_models(
        cls,
        models: Mapping[str, WorldModel],
        world: World,
        *,
        num_states: int = 5000,
        seed: int = 0,
        anywhere: bool = False,
    ) -> "LinkedExplorer":
        """Return the maps of two models, name -> model: copies of one at two moments of its training, say."""
        session = LinkedExplorerSession.from_models(models, world, num_states=num_states, seed=seed, anywhere=anywhere)
        return cls(session)

    @classmethod
    def from_arrays(
        cls,
        latents: Mapping[str, np.ndarray],
        states: pd.DataFrame | None = None,
        images: Frames | None = None,
        *,
        units: dict[str, str] | None = None,
        seed: int = 0,
    ) -> "LinkedExplorer":
        """Return the maps of two arrays of latents.

        Parameters
        ----------
        latents
            Name -> real numbers (n, d), finite, no constant columns; two arrays, which may differ in d.
        states
            n rows; a numeric column per state component. None where the states are unknown.
        images
            Observations, uint8 (n, 3, H, W); None if there are none.
        units
            State component -> unit; 'rad' marks an angle.

        Raises
        ------
        InputError
            For anything of it that cannot be shown.
        """
        return cls(LinkedExplorerSession.from_arrays(latents, states, images, units=units, seed=seed))

    @property
    def selection(self) -> pd.DataFrame:
        """States of the selected rows, indexed by row number; empty if nothing is selected."""
        return self.session.table.states.iloc[self.session.selected]

    def select(self, rows: np.ndarray) -> None:
        """Select rows by their numbers, (k,), in both maps."""
        self._select(np.unique(self.session.table.row_numbers(rows)))
        self.view.show_selection(self.session.selected)

    def snapshot(self) -> Figure:
        session = self.session
        self.choice.settle()
        linked, titles = session.projection(*self.choice.shown)
        colouring = session.colouring(self.colour.value)
        return plot_linked_explorer(linked.points, titles, colouring, row=session.row, selected=session.selected)

    def __repr__(self) -> str:
        return f"LinkedExplorer({', '.join(self.session.tables)}; {len(self.session.table):,} rows)"

    def _html_body(self) -> str:
        self.choice.settle()
        shown = self.choice.shown[0]
        others = [name for name in self.session.projections.made(2) if name != shown]
        return page_body(self.session, projections=[shown, *others], colour=self.colour.value)

    def _show_projection(self, points: list[np.ndarray], titles: list[str]) -> None:
        self.view.show_points(points, titles)

    @guarded
    def _change_colour(self, _: Any) -> None:
        self.view.show_colours(self.session.colouring(self.colour.value))

    def _look_at(self, row: int) -> None:
        """Show the observation and the state of a row, below the maps."""
        table = self.session.table
        if table.frames is not None:
            self.observation.value = image_html(table.observation(row), f"point {row}", width=IMAGE)
        self.words.value = escape(f"point {row}: {table.describe(row)}")

    def _go_to(self, row: int) -> None:
        self.session.row = row
        self.view.row = row
        self._look_at(row)

    def _select(self, rows: np.ndarray) -> None:
        self.session.selected = rows
        table = self.session.table
        if table.frames is not None:
            image, factor = stretched(table.mean_observation(rows)) if len(rows) else (None, 1.0)
            caption = f"mean of {len(rows):,} selected, contrast x {factor:.0f}" if len(rows) else "nothing selected"
            self.mean.value = image_html(image, caption, width=IMAGE)

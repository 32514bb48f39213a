"""LatentExplorer: linked views of latents, of a run or of any array that a reader brings.

Three layers: `LatentExplorerSession` holds the numbers, `LiveProjection`, histograms and strips show them, the widget
joins them to controls. Everything that the mouse does on the projection, a slider does too.
"""

from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from smwm_lab.data import StateSplit
from smwm_lab.probes import PROJECTIONS, DecoderProbe, LatentTable
from smwm_lab.probes.inputs.latent_table import Frames
from smwm_lab.training import Run
from smwm_lab.widgets.latent_explorer.histograms import histograms_svg
from smwm_lab.widgets.latent_explorer.imagined_view import ImaginedView
from smwm_lab.widgets.latent_explorer.large_projection import MOST_IN_PLOTLY, LargeProjection
from smwm_lab.widgets.latent_explorer.live_projection import LiveProjection
from smwm_lab.widgets.latent_explorer.mean_image import mean_html
from smwm_lab.widgets.latent_explorer.neighbour_view import NeighbourView
from smwm_lab.widgets.latent_explorer.page import page_body
from smwm_lab.widgets.latent_explorer.selection_controls import SelectionControls
from smwm_lab.widgets.latent_explorer.session import Decode, LatentExplorerSession
from smwm_lab.widgets.latent_explorer.snapshot import plot_latent_explorer
from smwm_lab.widgets.latent_explorer.traversal_strips import paragraph, traversal_html
from smwm_lab.widgets.latent_explorer.words import check_lengths, split_columns
from smwm_lab.widgets.shared.image_strip import image_html
from smwm_lab.widgets.shared.panel import Panel, check_session, guarded
from smwm_lab.widgets.shared.projection_choice import ProjectionChoice


IMAGE = 144
"""Width of the two images beside the map, px."""


class LatentExplorer(Panel):
    """A map of latents (PCA, UMAP, t-SNE; flat or in space) with what lies under the mouse, in the lasso and beside it.

    The constructor takes the numbers; `from_run` and `from_arrays` make them.

    >>> latents, states = np.random.default_rng(0).normal(size=(50, 3)), pd.DataFrame({"x": range(50)})
    >>> explorer = LatentExplorer.from_arrays(latents, states)
    >>> explorer.keep.value = (10, 19)
    >>> len(explorer.selection)
    10
    """

    title = "LatentExplorer: what lies where in the latent space"

    def __init__(self, session: LatentExplorerSession):
        check_session(self, session, LatentExplorerSession, "from_run", "from_arrays")
        self.session = session
        self._make_controls()
        projection, title = session.projection(*self.choice.shown)
        path = session.path()
        kind = LargeProjection if self.is_large else LiveProjection
        self.live = kind(projection.points, **self._colours(), title=title, path=path, step=session.step)
        self.live.on_mouse(hover=self._look_at, click=self._go_to, select=self._select_drawn)
        self.observation, self.mean, self.words, self.histograms, self.strip = (ipywidgets.HTML() for _ in range(5))
        self.words.add_class("smwm-words")
        side = ipywidgets.VBox([ipywidgets.HBox([self.observation, self.mean]), self.words, self.histograms])
        views = [ipywidgets.HBox([self.live.figure, side]), self.strip, self.neighbours.count, self.neighbours.strips]
        super().__init__([*self._rows_of_controls(), *views])
        self._connect()
        self._look_at(session.row)
        self.strip.value = traversal_html(session, session.traversal, step=session.step, path=path)
        self.neighbours.show()
        self._show_selection()

    @classmethod
    def from_run(
        cls,
        run: Run,
        *,
        num_states: int = 5000,
        decoder: DecoderProbe | None = None,
        split: StateSplit | None = None,
        seed: int = 0,
        anywhere: bool = False,
    ) -> "LatentExplorer":
        """Return the explorer of a run: different states of its world, drawn from the start region or `anywhere`.

        decoder: fitted on the run's encoder. split: the run's own if None; it must be of the run's world.
        """
        session = LatentExplorerSession.from_run(
            run, num_states=num_states, decoder=decoder, split=split, seed=seed, anywhere=anywhere
        )
        return cls(session)

    @classmethod
    def from_arrays(
        cls,
        latents: np.ndarray,
        states: pd.DataFrame | None = None,
        images: Frames | None = None,
        *,
        units: dict[str, str] | None = None,
        decode: Decode | None = None,
        store: Path | str | None = None,
        seed: int = 0,
    ) -> "LatentExplorer":
        """Return the explorer of any latents, up to a million and more; of more than 100,000 there is PCA alone.

        Parameters
        ----------
        latents
            Real numbers (n, d), finite, no constant columns.
        states
            n rows; a numeric column per state component, and columns of words, to colour and search by. None, or no
            numeric column, where the states are unknown.
        images
            Observations, uint8 (n, 3, H, W); None if there are none.
        units
            State component -> unit; 'rad' marks an angle.
        decode
            Latents (k, d) -> images in [0, 1], (k, 3, H, W); None if nothing paints.
        store
            Folder where projections are kept; None to make them anew.

        Raises
        ------
        InputError
            For anything of it that cannot be shown.
        """
        numbers, words = split_columns(states)
        table = LatentTable.of(latents, numbers, images, units=units)
        check_lengths(words, len(table))
        return cls(LatentExplorerSession(table, decode=decode, words=words, store=store, seed=seed))

    @property
    def is_large(self) -> bool:
        """Whether there are so many points that the map is drawn flat on a canvas, without turning in space."""
        return len(self.session.table) > MOST_IN_PLOTLY

    @property
    def selection(self) -> pd.DataFrame:
        """States of the selected rows, indexed by row number; empty if nothing is selected."""
        return self.session.selection

    def snapshot(self) -> Figure:
        session = self.session
        self.choice.settle()
        projection, title = session.projection(*self.choice.shown)
        return plot_latent_explorer(
            session.table,
            projection.points,
            title=title,
            colour=self._colours(),
            row=session.row,
            selected=session.selected,
            path=session.path(),
            labels=session.traversal.offsets,
            traversal=f"{session.traversal.name}, {session.traversal.unit}",
            journey=session.imagined_points(),
        )

    def prepare(self) -> None:
        """Make all flat projections, so that they are in the store and in the exported page."""
        for name in PROJECTIONS:
            self.session.projection(name, 2)

    def __repr__(self) -> str:
        return f"LatentExplorer({self.session.table!r})"

    def _html_body(self) -> str:
        self.choice.settle()
        return page_body(self.session, self.colour.value)

    def _make_controls(self) -> None:
        table, session = self.session.table, self.session
        style = {"description_width": "6.5em"}
        self.choice = ProjectionChoice(self, session, show=self._show_projection)
        self.projection, self.view, self.cancel = self.choice.projection, self.choice.view, self.choice.cancel
        if self.is_large:
            self.view.options = self.view.options[:1]
        self.colour = ipywidgets.Dropdown(options=session.columns, description="colour", style=style)
        self.row = ipywidgets.IntSlider(0, 0, len(table) - 1, description="point", style=style)
        self.keep = ipywidgets.FloatRangeSlider(description="select", style=style, readout_format=".3g")
        self.selecting = SelectionControls(self, session, show=self._select)
        self.clear, self.search = self.selecting.clear, self.selecting.search
        self.traversal = ipywidgets.Dropdown(options=list(session.traversals), description="traversal", style=style)
        self.step = ipywidgets.SelectionSlider(
            options=session.traversal.options, index=session.step, description="step", style=style
        )
        self.neighbours = NeighbourView(self, session)
        self.imagined = ImaginedView(self, session, show=lambda points: self.live.show_imagined(points))
        self._limit_range()

    def _rows_of_controls(self) -> list[ipywidgets.Widget]:
        for control in (self.colour, self.traversal):
            control.layout.width = "17em"
        for control in (self.row, self.keep, self.step):
            control.layout.width = "28em"
        return [
            ipywidgets.HBox([self.projection, self.view, self.cancel, self.colour]),
            ipywidgets.HBox([self.row, self.keep]),
            ipywidgets.HBox(self.selecting.controls),
            ipywidgets.HBox([self.traversal, self.step]),
            self.imagined.controls,
            self.imagined.words,
        ]

    def _connect(self) -> None:
        self.on_change(self.colour, "value", self._change_colour)
        self.on_change(self.row, "value", self._move_row)
        self.on_change(self.keep, "value", self._select_range)
        self.on_change(self.traversal, "value", self._change_traversal)
        self.on_change(self.step, "index", self._move_step)
        self.clear.on_click(lambda _: self._clear_selection())

    def _show_projection(self, points: np.ndarray, title: str) -> None:
        self.session.shown_projection = self.choice.shown
        self.live.journey = ()  # they lie elsewhere on the new map
        self.live.show_projection(points, title)
        self.imagined.show()
        self._describe_selection()

    @guarded
    def _change_colour(self, _: Any) -> None:
        self.live.show_colour(**self._colours())
        self._limit_range()

    @guarded
    def _move_row(self, _: Any) -> None:
        self.session.row = self.row.value
        self._look_at(self.row.value)
        self._show_traversal()
        self.neighbours.show()
        self.imagined.show()

    @guarded
    def _change_traversal(self, _: Any) -> None:
        self.session.traversal = self.session.traversals[self.traversal.value]
        self.session.step = self.session.traversal.middle
        with self.quietly():
            self.step.options = self.session.traversal.options
            self.step.index = self.session.step
        self._show_traversal()

    @guarded
    def _move_step(self, _: Any) -> None:
        self.session.step = self.step.index
        self._show_traversal()

    @guarded
    def _select_range(self, _: Any) -> None:
        if self.keep.disabled:
            return  # the range is that of another colour
        rows = self.session.select_range(self.colour.value, *self.keep.value)
        self.selecting.change(rows, how="replace", source="range")

    @guarded
    def _select_drawn(self, rows: np.ndarray, how: str = "") -> None:
        self.selecting.change(rows, how=how)

    @guarded
    def _clear_selection(self) -> None:
        self._limit_range()
        self.selecting.change(np.array([], int))

    def _go_to(self, row: int) -> None:
        self.row.value = row

    def _limit_range(self) -> None:
        """Let the range slider span the values of the colour; nothing is selected by that. Words have no range.

        The browser hears of all of it at once: on the way it would cut the values off, and send them back as a choice.
        """
        self.keep.disabled = self.colour.value in self.session.words
        if self.keep.disabled:
            return
        values = self.session.colour(self.colour.value)[0]
        low, high = float(values.min()), float(values.max())
        with self.quietly(), self.keep.hold_sync():
            self.keep.min, self.keep.max = min(low, self.keep.min), max(high, self.keep.max)
            self.keep.value = (low, high)
            self.keep.min, self.keep.max = low, high
            self.keep.step = (high - low) / 100 if high > low else 1.0

    def _look_at(self, row: int) -> None:
        """Show the observation of a row, beside the map."""
        table = self.session.table
        if table.frames is not None:
            self.observation.value = image_html(table.observation(row), f"point {row}", width=IMAGE)
        self.words.value = paragraph(f"point {row}: {self.session.describe(row)}")

    def _colours(self) -> dict[str, Any]:
        """Return the colours of the points as the map takes them."""
        name = self.colour.value
        values, label, cyclic = self.session.colour(name)
        return {"colour": values, "label": label, "cyclic": cyclic, "words": self.session.word_colours(name)}

    def _select(self, rows: np.ndarray) -> None:
        self.live.show_selection(rows)
        self._show_selection()

    def _show_selection(self) -> None:
        """Show histograms and mean of the selected rows, beside the map."""
        table, rows = self.session.table, self.session.selected
        values = {name: self.session.colour(name)[0] for name in table.states}
        self.histograms.value = histograms_svg(values, rows, {name: table.label(name) for name in values})
        if table.frames is not None:
            self.mean.value = mean_html(table, rows, width=IMAGE)
        self._describe_selection()

    def _describe_selection(self) -> None:
        chosen = len(self.session.selected)
        text = f"{chosen:,} selected" if chosen else "nothing selected: draw around points, or use the slider `select`"
        self.say(f"{len(self.session.table):,} points; {text}")

    def _show_traversal(self) -> None:
        session = self.session
        path = session.path()
        self.strip.value = traversal_html(session, session.traversal, step=session.step, path=path)
        self.live.show_place(session.row, path, session.step)

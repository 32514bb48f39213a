"""Which projection a widget shows: two menus, a line that says what is being made, and a button to leave it."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import ipywidgets

from smwm_lab.probes import PROJECTIONS, LatentTable
from smwm_lab.widgets.shared.background import running_loop
from smwm_lab.widgets.shared.panel import Panel
from smwm_lab.widgets.shared.projection_maker import ProjectionMaker, Wanted


@runtime_checkable
class Projected(Protocol):
    """Latents that projections are made of: the session of a widget."""

    @property
    def table(self) -> LatentTable:
        """What is projected."""

    @property
    def projections(self) -> Any:
        """The projections; made(dim) gives the names of those that are there."""

    def projection(self, name: str, dim: int) -> tuple[Any, Any]:
        """Return a projection, with its `points`, and its title."""


class ProjectionChoice:
    """The menus `projection` and `view` of a panel and the button `cancel`; calls show(points, title).

    UMAP and t-SNE are made in a thread if an event loop runs that can show them later. If there can be no such
    projection, the menus go back to what is shown and the panel shows the error.
    """

    def __init__(
        self,
        panel: Panel,
        session: Projected,
        *,
        show: Callable[[Any, Any], None],
    ) -> None:
        self._panel, self._session, self._show = panel, session, show
        style, layout = {"description_width": "6.5em"}, {"width": "17em"}
        self.projection = ipywidgets.Dropdown(options=PROJECTIONS, description="projection", style=style, layout=layout)
        views = [("flat", 2), ("in space", 3)]
        self.view = ipywidgets.Dropdown(options=views, description="view", style=style, layout=layout)
        self.cancel = ipywidgets.Button(
            description="Cancel", disabled=True, tooltip="Stay with the projection that is shown"
        )
        self.shown = self.wanted
        self._maker = ProjectionMaker(session.projection, on_end=self._receive)
        self._timer: asyncio.TimerHandle | None = None
        panel.on_change(self.projection, "value", self._choose)
        panel.on_change(self.view, "value", self._choose)
        self.cancel.on_click(lambda _: self._leave())

    @property
    def wanted(self) -> Wanted:
        """What the menus name."""
        return self.projection.value, self.view.value

    def settle(self) -> None:
        """Wait for what is wanted, and show it: for a picture or a page that is asked for now."""
        if self.wanted != self.shown:
            with self._panel.reporting():
                self._show_wanted()
        self._tell_progress()

    def _choose(self, _: Any) -> None:
        """Show what is wanted at once if it is made or quickly made, or begin to make it."""
        name, dim = self.wanted
        with self._panel.reporting():
            if name == "PCA" or name in self._session.projections.made(dim) or running_loop() is None:
                self._show_wanted()
            elif self._maker.now is None:
                self._maker.start(self.wanted)
            self._tell_progress()

    def _show_wanted(self) -> None:
        try:
            projection, title = self._session.projection(*self.wanted)
        except Exception:
            self._stay()
            raise
        self.shown = self.wanted
        self._show(projection.points, title)

    def _receive(self, made: Wanted, error: Exception | None) -> None:
        """Show what was made if it is still wanted, or begin with what is wanted instead."""
        if error is not None and made == self.wanted:
            self._stay()
        if self.wanted != self.shown:
            self._choose(None)
        else:
            self._tell_progress()
        if error is not None:
            with self._panel.reporting():
                raise error

    def _stay(self) -> None:
        """Let the menus name what is shown."""
        with self._panel.quietly():
            self.projection.value, self.view.value = self.shown

    def _leave(self) -> None:
        self._stay()
        self._tell_progress()
        self._panel.say(f"{self.shown[0]} stays; what is being made is kept for the next time")

    def _tell_progress(self) -> None:
        """Say once a second what is being made, while it is waited for."""
        now = self._maker.now if self.wanted != self.shown else None
        self.cancel.disabled = now is None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if now is not None:
            what = f"{now[0]} of {len(self._session.table):,} latents"
            self._panel.say(f"making {what}, {self._maker.seconds:.0f} s so far; it is kept for the next time")
            self._timer = asyncio.get_running_loop().call_later(1.0, self._tell_progress)

"""CollapseLab: let a latent space collapse and bring it back, by hand, while it trains.

Three layers: `CollapseLabSession` trains and reads, `collapse_lab_figure` draws, `CollapseLab` joins them to controls.
Training runs in a thread of its own (`Background`); what it reads is drawn by the kernel's event loop, and where
there is none (in a script, in a test) by the training thread itself.
"""

import asyncio
import weakref
from collections.abc import Callable
from typing import Any

import ipywidgets
from matplotlib.figure import Figure
from plotly.basedatatypes import BaseFigure

from smwm_lab.errors import InputError, NonFiniteLoss, check
from smwm_lab.training import REGULARISERS
from smwm_lab.widgets.collapse_lab.figure import collapse_lab_figure, update_collapse_lab_figure
from smwm_lab.widgets.collapse_lab.page import page_body
from smwm_lab.widgets.collapse_lab.session import (
    CollapseLabConfig,
    CollapseLabSession,
    Reading,
    describe,
)
from smwm_lab.widgets.collapse_lab.snapshot import plot_collapse_lab
from smwm_lab.widgets.collapse_lab.view import CollapseLabView, collapse_lab_view
from smwm_lab.widgets.shared.background import Background
from smwm_lab.widgets.shared.live_figure import LiveFigure
from smwm_lab.widgets.shared.panel import Panel, guarded
from smwm_lab.worlds import WORLDS


USUAL = {each.usual for each in REGULARISERS.values()}
STRENGTHS = tuple(sorted({0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0} | USUAL))
"""Lambda on the slider."""
HINT = "Set λ to 0 while it trains: the sheets shrink, total variance tells, R² does not. Then back to 10."


class CollapseLab(Panel):
    """Choose a world, what prevents collapse, and lambda; start, pause, and change lambda while it trains.

    >>> CollapseLab(world="single_dot").toggle.description
    'Start'
    """

    title = "CollapseLab: let a latent space collapse, and bring it back"
    figure: LiveFigure
    _background: Background | None = None

    def __init__(
        self,
        *,
        world: str = "distractor",
        regulariser: str = "inverse",
        strength: float | None = None,
        learning_rate: float = 1e-3,
        seed: int = 0,
    ):
        """Show a run that has not started; raises `InputError` for values that no run can have.

        strength: lambda; the usual one of the regulariser if None. learning_rate: of Adam.
        """
        chosen = CollapseLabConfig(world=world, regulariser=regulariser, learning_rate=learning_rate, seed=seed)
        chosen = chosen.replace(strength=REGULARISERS[regulariser].usual if strength is None else strength)
        self._make_controls(chosen)
        self._loop = _running_loop()
        self._figure_box = ipywidgets.VBox()
        self._begin(chosen)
        choices = ipywidgets.HBox([self.world, self.regulariser, self.seed, self.rate])
        steering = ipywidgets.HBox([self.strength, self.toggle, self.reset])
        super().__init__([choices, steering, self._figure_box])
        self.say(f"not started. {HINT}")

    def _make_controls(self, chosen: CollapseLabConfig) -> None:
        wide = {"style": {"description_width": "initial"}}
        self.world = ipywidgets.Dropdown(
            options=list(WORLDS), value=chosen.world, description="world", layout={"width": "15em"}, **wide
        )
        self.regulariser = ipywidgets.Dropdown(
            options=[(each.label, name) for name, each in REGULARISERS.items()],
            value=chosen.regulariser,
            description="against collapse",
            layout={"width": "21em"},
            **wide,
        )
        self.seed = ipywidgets.IntText(value=chosen.seed, description="seed", layout={"width": "8em"}, **wide)
        self.rate = ipywidgets.FloatText(
            value=chosen.learning_rate, description="learning rate", layout={"width": "14em"}, **wide
        )
        self.strength = ipywidgets.SelectionSlider(
            options=[(f"{v:g}", v) for v in sorted({*STRENGTHS, chosen.strength})],
            value=chosen.strength,
            description="λ",
            layout={"width": "32em"},
            style={"description_width": "1.5em"},
            disabled=not REGULARISERS[chosen.regulariser].scaled,
        )
        self.toggle = ipywidgets.Button(description="Start", button_style="primary", tooltip="Start, pause or continue")
        self.reset = ipywidgets.Button(description="New run", tooltip="End this run and make a new one, not started")
        self.toggle.on_click(lambda _: self._toggle())
        self.reset.on_click(lambda _: self._renew())
        for control in (self.world, self.seed, self.rate):
            control.observe(lambda _: self._renew(), "value")
        self.regulariser.observe(lambda _: self._change_regulariser(), "value")
        self.strength.observe(lambda change: self._set_strength(change["new"]), "value")

    def start(self) -> None:
        """Train in the background, or go on after a pause."""
        self._background.start()
        self.toggle.description = "Pause"

    def pause(self) -> None:
        """Halt; returns when training is at rest."""
        self._background.pause()
        self.toggle.description = "Continue"

    def stop(self) -> None:
        """End the run for good; returns when its thread is gone."""
        if self._background is not None:  # closed before it was made, if its configuration was refused
            self._background.stop()

    def close(self) -> None:
        """End the run and remove the widget."""
        self.stop()
        super().close()

    def advance(self) -> None:
        """Train in the foreground up to the next chance to pause; show a reading if one is due.

        Raises `InputError` while training runs in the background or after it has ended, `NonFiniteLoss` if a loss is
        not finite.
        """
        check(self._background is None or not self._background.is_running, "training runs already; pause it first")
        try:
            reading = next(self._work)
        except StopIteration:
            raise InputError("this run has ended; make a new one") from None
        if reading is not None:
            self.readings.append(reading)
            self._draw(reading)

    def train_until(self, transitions: int) -> None:
        """Advance until so many transitions are seen in all, or the budget is spent, and show where that is."""
        while self.session.transitions < transitions and not self.readings[-1].finished:
            self.advance()
        if self.readings[-1].transitions < self.session.transitions:
            self.readings.append(self.session.read())
            self._draw(self.readings[-1])

    def view(self, count: int | None = None) -> CollapseLabView:
        """Return what is shown after the first `count` readings; all of them by default."""
        return collapse_lab_view(self.readings[:count], hidden=self.session.hidden)

    def snapshot(self) -> Figure:
        return plot_collapse_lab(self.view())

    def __repr__(self) -> str:
        config = self.session.config
        return f"CollapseLab({config.world}, {config.regulariser}, {self.readings[-1].transitions:,} transitions)"

    def _html_body(self) -> str:
        return page_body(tuple(self.readings), hidden=self.session.hidden)  # the training thread may append meanwhile

    def _begin(self, config: CollapseLabConfig) -> None:
        """Make a run that waits for its start."""
        self.session = CollapseLabSession(config)
        self._work = self.session.readings()
        self.readings: list[Reading] = [next(self._work)]  # untrained
        me = weakref.ref(self)
        self._background = Background(
            self._work,
            on_item=lambda reading: _pass_on(me, CollapseLab._receive, reading),
            on_error=lambda error, run=self.session: _pass_on(me, CollapseLab._receive_error, (run, error)),
        )
        self._show_untrained()
        self.toggle.description = "Start"
        self.toggle.disabled = False

    def _show_untrained(self) -> None:
        """Show the new run, in the figure of the run before if that has the same traces."""
        fresh, known = collapse_lab_figure(self.view()), self._figure_box.children
        if known and _trace_names(self.figure) == _trace_names(fresh):
            with self.figure.batch_update():
                update_collapse_lab_figure(self.figure, self.view())
            return
        self.figure = LiveFigure(fresh)
        self._figure_box.children = (self.figure,)
        for figure in known:
            figure.close()

    def _receive(self, reading: Reading) -> None:
        """Take a reading, in the training thread."""
        self.readings.append(reading)
        self._in_front(self._draw, reading)

    def _receive_error(self, failure: tuple[CollapseLabSession, Exception]) -> None:
        self._in_front(self._show_failure, failure)

    def _in_front(self, show: Callable[[Any], None], value: Any) -> None:
        if self._loop is None or self._loop.is_closed():
            show(value)
        else:
            self._loop.call_soon_threadsafe(show, value)

    def _draw(self, reading: Reading) -> None:
        if not self.readings or reading is not self.readings[-1]:
            return  # of an earlier run, or a newer one waits already
        with self.figure.batch_update():
            update_collapse_lab_figure(self.figure, self.view())
        self.say(describe(self.readings))
        if reading.finished:
            self.toggle.description, self.toggle.disabled = "Finished", True

    def _show_failure(self, failure: tuple[CollapseLabSession, Exception]) -> None:
        run, error = failure
        if run is not self.session:
            return  # of an earlier run
        known = isinstance(error, NonFiniteLoss | ValueError)
        self.say_error(str(error) if known else f"{type(error).__name__}: {error}")
        self.toggle.description, self.toggle.disabled = "Failed", True

    @guarded
    def _toggle(self) -> None:
        self.pause() if self._background.is_running else self.start()

    @guarded
    def _renew(self) -> None:
        """End the run; show a new one with the values of the controls."""
        config = CollapseLabConfig(
            world=self.world.value,
            regulariser=self.regulariser.value,
            strength=self.strength.value,
            learning_rate=self.rate.value,
            seed=self.seed.value,
        )
        self.stop()
        self._begin(config)
        self.say("a new run, not started")

    def _change_regulariser(self) -> None:
        usual = REGULARISERS[self.regulariser.value].usual
        self.strength.disabled = not REGULARISERS[self.regulariser.value].scaled
        self.strength.value = usual
        self._renew()

    @guarded
    def _set_strength(self, strength: float) -> None:
        if self.regulariser.value == self.session.config.regulariser:
            self.session.set_strength(strength)


def _trace_names(figure: BaseFigure) -> list[str]:
    """Return what tells two figures of the lab apart: their traces, as data and legend name them."""
    return [f"{trace.meta} {trace.name}" for trace in figure.data]


def _pass_on(widget: "weakref.ref[CollapseLab]", method: Callable[..., None], value: Any) -> None:
    """Call a method of a widget that may be gone."""
    lab = widget()
    if lab is not None:
        method(lab, value)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None

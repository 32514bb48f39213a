"""PlannerTheatre: choose a start and a goal, and watch a planner think, act, and think again.

Three layers: `PlannerTheatreSession` holds the numbers, `plot_theatre` and `plot_decision` draw, `PlannerTheatre` joins
them to controls. A click in the world sets start or goal, as the switch is set; the numbers do it by keyboard.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from smwm_lab.training import Run
from smwm_lab.widgets.planner_theatre.figure import (
    WORLD_GRID,
    name_actions,
    plot_theatre,
    show_frame,
    show_scene,
    trace,
)
from smwm_lab.widgets.planner_theatre.page import page_body
from smwm_lab.widgets.planner_theatre.search_config import COSTS, NAMES, TheatreConfig
from smwm_lab.widgets.planner_theatre.session import Model, PlannerTheatreSession
from smwm_lab.widgets.planner_theatre.snapshot import plot_decision
from smwm_lab.widgets.shared.live_figure import LiveFigure
from smwm_lab.widgets.shared.panel import Panel, check_session, guarded
from smwm_lab.worlds import Trajectories, World


SIZES = {
    "horizon": "horizon",
    "execute": "execute",
    "samples": "num_samples",
    "iterations": "num_iterations",
    "elites": "num_elites",
}
"""Label of a control -> field of `TheatreConfig`."""
ENDS = ("start", "goal")
TOOLTIPS = {
    "run": "The model whose latents are planned in",
    "planner": "What chooses the actions",
    "cost": "What a candidate is judged by: distance to the goal at its end, or summed over its path",
    "body": "Which body the click and the fields place",
    "iteration": "Which iteration of the search is shown; the last one is the plan",
    "play": "Execute actions and plan again until the episode is over; the square goes back to the start",
}
"""Control -> what it does, shown under the mouse and read to those who do not see it."""
PAUSE_MS = 700


class PlannerTheatre(Panel):
    """A planner at work: what it compares, in the true world and in the latent, iteration by iteration.

    The constructor takes the numbers; `from_run` and `from_models` make them.

    >>> from smwm_lab.planning import OracleModel
    >>> from smwm_lab.worlds import make_world
    >>> world = make_world("single_dot")
    >>> theatre = PlannerTheatre.from_models({"true world": OracleModel(world)}, world=world)
    >>> theatre.click(40, 40)
    >>> theatre.session.goal.tolist()
    [[40.0, 40.0]]
    """

    title = "PlannerTheatre: watch a planner think"

    def __init__(self, session: PlannerTheatreSession):
        check_session(self, session, PlannerTheatreSession, "from_run", "from_models")
        self.session = session
        self._make_controls()
        self.figure = LiveFigure(plot_theatre(self.session.decision))
        self.words = ipywidgets.HTML()
        super().__init__([*self._rows_above(), self.figure, *self._rows_below()])
        self._connect()
        self._show_choices()
        self._show_decision()

    @classmethod
    def from_run(cls, run: Run, *, trajectories: Trajectories | None = None, seed: int = 0) -> "PlannerTheatre":
        """Return the theatre of a run; raises `InputError` for one in a world without actions.

        trajectories: for planners that learn from data (landmarks, additive); part of the run's own data if None.
        """
        return cls(PlannerTheatreSession({"run": run}, trajectories=trajectories, seed=seed))

    @classmethod
    def from_models(
        cls,
        models: Mapping[str, Model],
        *,
        world: World | None = None,
        trajectories: Trajectories | None = None,
        seed: int = 0,
    ) -> "PlannerTheatre":
        """Return the theatre of several models of one world, one of which is chosen at a time.

        Parameters
        ----------
        models
            Name -> run, or any model of `world`.
        world
            Needed unless the first one is a run.
        trajectories
            For planners that learn from data (landmarks, additive); if None, part of a run's own data,
            or episodes of the behaviour policy for a model that is no run.

        Raises
        ------
        InputError
            For no model, models of different worlds, and a world without actions.
        """
        return cls(PlannerTheatreSession(models, world=world, trajectories=trajectories, seed=seed))

    @guarded
    def click(self, x: float, y: float) -> None:
        """Put the start or the goal, as the switch is set, to a place in the world, and plan anew."""
        self._move(self.end.value, dict(zip(self.session.components[:2], (x, y), strict=True)))

    def snapshot(self) -> Figure:
        return plot_decision(self.session.decision, path=self.session.path(), frame=self.iteration.index)

    def __repr__(self) -> str:
        return f"PlannerTheatre({self.session.config.planner}, {self.session.describe().split('; ')[0]})"

    def _html_body(self) -> str:
        return page_body(self.session)

    def _make_controls(self) -> None:
        session, wide = self.session, {"width": "13em"}
        self.model = _dropdown("run", list(session.models), wide)
        self.planner = _dropdown("planner", list(NAMES), wide)
        self.cost = _dropdown("cost", list(COSTS), wide, value=session.config.cost)
        self.body = _dropdown("body", list(session.bodies), wide)
        self.sizes = {
            label: _number(ipywidgets.IntText, label, getattr(session.config, field)) for label, field in SIZES.items()
        }
        self.end = ipywidgets.ToggleButtons(options=ENDS, value="goal", style={"button_width": "4.5em"})
        self.end.tooltips = [f"A click in the world sets the {end}" for end in ENDS]
        self.places = {
            end: [_number(ipywidgets.FloatText, f"{end} {name}", 0.0) for name in self.session.components]
            for end in ENDS
        }
        for end, fields in self.places.items():
            for field in fields:
                field.tooltip = f"Where the {end} is; plans anew"
        for label, field in self.sizes.items():
            field.tooltip = f"{label}: size of the search; plans anew"
        self.iteration = ipywidgets.SelectionSlider(
            options=session.decision.labels,
            index=session.decision.num_frames - 1,
            description="iteration",
            layout={"width": "31em"},
            style={"description_width": "5em"},
        )
        self.play = ipywidgets.Play(min=0, max=10_000, interval=PAUSE_MS, show_repeat=False)
        for name, text in TOOLTIPS.items():
            getattr(self, "model" if name == "run" else name).tooltip = text
        self.once = ipywidgets.Button(description="Step", tooltip="Execute the first actions of the plan, plan again")
        self.back = ipywidgets.Button(description="Back to start", tooltip="Drop the path so far, plan from the start")

    def _rows_above(self) -> list[ipywidgets.HBox]:
        several = [self.model] * (len(self.session.models) > 1) + [self.body] * (len(self.session.bodies) > 1)
        click = ipywidgets.Label("a click sets")
        places = [field for end in ENDS for field in self.places[end]]
        return [
            ipywidgets.HBox([self.planner, self.cost, *self.sizes.values()], layout={"flex_flow": "row wrap"}),
            ipywidgets.HBox([*several, click, self.end, *places], layout={"flex_flow": "row wrap"}),
        ]

    def _rows_below(self) -> list[ipywidgets.HBox]:
        return [ipywidgets.HBox([self.iteration, self.words]), ipywidgets.HBox([self.play, self.once, self.back])]

    def _connect(self) -> None:
        trace(self.figure, WORLD_GRID).on_click(lambda _, points, __: self.click(points.xs[0], points.ys[0]))
        self.on_change(self.model, "value", self._change_model)
        self.on_change(self.planner, "value", self._change_planner)
        self.on_change(self.body, "value", self._change_body)
        for control in (self.cost, *self.sizes.values()):
            self.on_change(control, "value", self._change_search)
        for end, fields in self.places.items():
            for field in fields:
                self.on_change(field, "value", lambda _, end=end: self._type_place(end))
        self.on_change(self.iteration, "index", self._scrub)
        self.on_change(self.play, "value", self._tick)
        self.once.on_click(lambda _: self.step())
        self.back.on_click(lambda _: self._plan())

    @guarded
    def _change_model(self, _: Any) -> None:
        with self._deciding():
            self.session.choose_model(self.model.value)

    @guarded
    def _change_planner(self, _: Any) -> None:
        with self._deciding():
            self.session.config = TheatreConfig.of(self.planner.value, self.session.world)

    @guarded
    def _change_search(self, _: Any) -> None:
        sizes = {field: self.sizes[label].value for label, field in SIZES.items()}
        with self._deciding():
            self.session.config = TheatreConfig(planner=self.planner.value, cost=self.cost.value, **sizes)

    @guarded
    def _change_body(self, _: Any) -> None:
        with self._deciding():
            self.session.choose_body(self.body.value)
        for end in ENDS:
            for field, name in zip(self.places[end], self.session.components, strict=True):
                field.description = f"{end} {name}"
        name_actions(self.figure, self.session.body)

    @guarded
    def _type_place(self, end: str) -> None:
        values = [field.value for field in self.places[end]]
        self._move(end, dict(zip(self.session.components, values, strict=True)))

    def _move(self, end: str, values: Mapping[str, float]) -> None:
        with self._deciding():
            self.session.move(end, values)

    @guarded
    def _plan(self) -> None:
        """Decide anew from the start."""
        with self._deciding():
            pass

    @contextmanager
    def _deciding(self) -> Iterator[None]:
        """Let the block choose, and decide anew from the start; the controls show what holds then, refused or not."""
        self.play.playing = False
        try:
            with self.session.deciding():
                yield
                if self.session.must_learn(self.session.config.planner):
                    self.say(f"{self.session.config.planner}: looking at data of the run, once ...")
        finally:
            self._show_choices()
        self._show_decision()

    @guarded
    def step(self) -> None:
        """Execute the first actions of the plan and decide again; nothing happens once the episode is over."""
        if not self.session.is_over:
            self.session.step()
            self._show_decision()
        if self.session.is_over:
            self.play.playing = False
            self.say(self.session.describe())

    def _tick(self, change: Any) -> None:
        """Follow the Play control: on, one decision; stopped, back to the start."""
        if change.new > change.old:
            self.step()
        else:
            self._plan()
        if self.has_error:
            self.play.playing = False

    @guarded
    def _scrub(self, _: Any) -> None:
        with self.figure.batch_update():
            show_frame(self.figure, self.session.decision, self.iteration.index)
        self._describe_frame()

    def _show_choices(self) -> None:
        """Let the controls say what the session holds; not the places, of which several numbers make one."""
        session, config = self.session, self.session.config
        with self.quietly():
            self.model.value, self.planner.value, self.cost.value = session.model_name, config.planner, config.cost
            self.body.value = next(name for name, body in session.bodies.items() if body is session.body)
            self.cost.disabled = not config.searches
            for label, field in SIZES.items():
                self.sizes[label].value = getattr(config, field)
                self.sizes[label].disabled = not config.has(field)

    def _show_decision(self) -> None:
        """Show the latest decision, at its plan."""
        decision = self.session.decision
        with self.quietly():
            if list(self.iteration.options) != decision.labels:
                self.iteration.options = decision.labels
            self.iteration.index = decision.num_frames - 1
            for end, state in (("start", self.session.start), ("goal", self.session.goal)):
                for field, name in zip(self.places[end], self.session.components, strict=True):
                    field.value = float(state[0, self.session.world.spec.state_names.index(name)])
        with self.figure.batch_update():
            show_scene(self.figure, decision, self.session.path())
            show_frame(self.figure, decision, decision.num_frames - 1)
        self._describe_frame()
        self.say(self.session.describe())

    def _describe_frame(self) -> None:
        text = self.session.decision.account(self.iteration.index)
        self.words.value = f'<span style="font-size:15px;line-height:2">{text}</span>'


def _dropdown(label: str, options: list[str], layout: dict[str, str], **more: str) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        options=options, description=label, layout=layout, style={"description_width": "4em"}, **more
    )


def _number(kind: type, label: str, value: float) -> Any:
    width = 5.5 + 0.55 * len(label)
    return kind(value=value, description=label, layout={"width": f"{width}em"}, style={"description_width": "initial"})

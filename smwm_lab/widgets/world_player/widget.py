"""WorldPlayer: act on a world with sliders, keys or the mouse; see observation, action, next observation.

Three layers: `WorldPlayerSession` holds the numbers, `moment_pngs` draws, `WorldPlayer` joins them to controls.
"""

import ipywidgets
from matplotlib.figure import Figure

from smwm_lab.viz.theme import PALE_GREY
from smwm_lab.widgets.shared.interactive_image import InteractiveImage
from smwm_lab.widgets.shared.panel import Panel, guarded
from smwm_lab.widgets.world_player.figure import SCALE, moment_pngs
from smwm_lab.widgets.world_player.page import page_body
from smwm_lab.widgets.world_player.session import WorldPlayerSession
from smwm_lab.widgets.world_player.snapshot import plot_world_player
from smwm_lab.worlds import World, make_world


ARROWS = {"ArrowLeft": (0, -1), "ArrowRight": (0, 1), "ArrowUp": (1, -1), "ArrowDown": (1, 1)}
"""Key -> which component of the chosen pair it moves, and which way (y points down)."""
NUDGE, SMALL_NUDGE = 0.5, 0.125
"""What an arrow key asks for, without and with Shift."""


class WorldPlayer(Panel):
    """Sliders, keys and clicks for the action, and the two observations.

    >>> WorldPlayer("single_dot").act.description
    'Act'
    """

    title = "WorldPlayer: act on a world"

    def __init__(self, world: str | World, *, seed: int = 0):
        self.session = WorldPlayerSession(make_world(world) if isinstance(world, str) else world, seed)
        self.sliders = [_slider(name) for name in self.session.world.spec.action_names]
        self.act = _button("Act", self._act_as_set, "Take the action of the sliders", button_style="primary")
        self.random = _button("Random action", self._act_randomly, "Take an action of the behaviour policy")
        self.restart = _button("New start", self._restart, "Start from another state")
        self.pair = 0
        self.before = ipywidgets.Image(format="png", layout={"width": "320px", "border": f"1px solid {PALE_GREY}"})
        self.image = InteractiveImage(on_key=self.press, on_point=self.click, layout={"width": "320px"})
        buttons = ipywidgets.HBox([self.act, self.random, self.restart])
        controls = ipywidgets.VBox([_caption("action a"), *self.sliders, buttons, ipywidgets.HTML(self._help())])
        images = [_captioned(self.before, "observation o"), _captioned(self.image, "next observation o': act here")]
        row = {"flex_flow": "row wrap", "grid_gap": "1.5em"}
        super().__init__([ipywidgets.HBox([*images, controls], layout=row)])
        self.image.hotkeys = [*ARROWS, "Enter", "r", "n", *(str(p + 1) for p in range(len(self.session.pairs)))]
        self._refresh()

    @guarded
    def press(self, key: str, shift: bool = False) -> None:
        """Do what a key asks for: arrows act, Enter takes the sliders' action, r draws one, n starts anew."""
        if key in ARROWS:
            self._nudge(*ARROWS[key], SMALL_NUDGE if shift else NUDGE)
        elif key == "Enter":
            self._act_as_set()
        elif key == "r":
            self._act_randomly()
        elif key == "n":
            self._restart()
        elif key.isdigit() and 1 <= int(key) <= len(self.session.pairs):
            self._choose(int(key) - 1)

    @guarded
    def click(self, x: float, y: float) -> None:
        """Touch the present observation: choose the thing there, or move the chosen one towards that place.

        x, y: shares of width and height, 0 to 1.
        """
        side = self.session.world.frame_side
        x, y = x * side - 0.5, y * side - 0.5  # pixel centres are whole numbers
        thing = self.session.thing_at(x, y)
        pair = None if thing is None else self.session.pair_of(thing)
        if thing is not None and pair is None:
            self.say(f"{thing or 'it'} moves by itself: no action moves it")
        elif thing is not None and len(self.session.pairs) > 1:
            self._choose(pair)
        elif self.session.pairs:
            self._act(self.session.towards(x, y, self.pair) or self.session.towards(x, y, 0) or self._slider_values())
        else:
            self._act([])

    def snapshot(self) -> Figure:
        before, after = self.session.frames()
        return plot_world_player(before, self.session.last.action[0], after, self.session.world.spec.action_names)

    def __repr__(self) -> str:
        return f"WorldPlayer({', '.join(self.session.world.spec.action_names) or 'no action'})"

    def _html_body(self) -> str:
        return page_body(self.session)

    def _slider_values(self) -> list[float]:
        return [slider.value for slider in self.sliders]

    def _act_as_set(self) -> None:
        self._act(self._slider_values())

    def _act(self, action: list[float]) -> None:
        for slider, value in zip(self.sliders, action, strict=True):
            slider.value = value
        self.session.act(action)
        self._refresh()

    def _nudge(self, axis: int, sign: int, size: float) -> None:
        if not self.session.pairs:
            return self._act([])
        num_axes = len(self.session.pairs[self.pair])
        if axis < num_axes:
            self._act(self.session.along(self.pair, [sign * size * (i == axis) for i in range(num_axes)]))
        else:
            self.say(f"{self._name_of(self.pair)} is one component: use the arrow keys left and right")

    def _choose(self, pair: int) -> None:
        self.pair = pair
        self.say(f"the arrow keys and clicks now move {self._name_of(pair)}")

    def _name_of(self, pair: int) -> str:
        return " and ".join(self.sliders[axis[0]].description for axis in self.session.pairs[pair])

    def _act_randomly(self) -> None:
        self._act(self.session.sample_action())

    def _restart(self) -> None:
        self.session.reset()
        self._refresh()

    def _refresh(self) -> None:
        self.before.value, self.image.png = moment_pngs(self.session.world, self.session.last, scale=SCALE)
        self.image.label = f"next observation; {self.session.summary()}"
        self.say(self.session.summary())

    def _help(self) -> str:
        count = len(self.session.pairs)
        numbers = f"<br><b>1</b>–<b>{count}</b>: what they move" if count > 1 else ""
        return (
            '<div style="line-height:1.6">Click on the next observation: what you control goes there.<br>'
            f"<b>← → ↑ ↓</b> act, with <b>Shift</b> a little{numbers}<br>"
            "<b>Enter</b> act as the sliders say, <b>r</b> random action, <b>n</b> new start</div>"
        )


def _slider(name: str) -> ipywidgets.FloatSlider:
    return ipywidgets.FloatSlider(
        value=0.5,
        min=-1,
        max=1,
        step=1 / 16,
        description=name,
        readout_format=".2f",
        style={"description_width": "9em"},
        layout={"width": "28em"},
    )


def _button(text: str, action: object, tooltip: str, **options: str) -> ipywidgets.Button:
    button = ipywidgets.Button(description=text, tooltip=tooltip, **options)
    button.on_click(lambda _: action())
    return button


def _caption(text: str) -> ipywidgets.HTML:
    return ipywidgets.HTML(f"<b>{text}</b>")


def _captioned(image: ipywidgets.DOMWidget, caption: str) -> ipywidgets.VBox:
    return ipywidgets.VBox([_caption(caption), image])

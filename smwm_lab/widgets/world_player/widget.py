"""WorldPlayer: act on a world with sliders, keys or the mouse; see observation, action, next observation.

Three layers: `WorldPlayerSession` holds the numbers, `plot_step` draws, `WorldPlayer` joins them to controls.
"""

import io

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from smwm_lab.viz.worlds import plot_step
from smwm_lab.widgets.shared.interactive_image import InteractiveImage
from smwm_lab.widgets.shared.panel import Panel, guarded
from smwm_lab.widgets.shared.recording import Frame, film
from smwm_lab.widgets.world_player.session import Moment, WorldPlayerSession, describe
from smwm_lab.worlds import World, make_world


ARROWS = {"ArrowLeft": (0, -1), "ArrowRight": (0, 1), "ArrowUp": (1, -1), "ArrowDown": (1, 1)}
"""Key -> which component of the chosen pair it moves, and which way (y points down)."""
NUDGE, SMALL_NUDGE = 0.5, 0.125
"""What an arrow key asks for, without and with Shift."""
SCALE = 5
"""Screen px per image px."""
LENGTH_OF_DEMO = 24
"""Steps of the walk that is exported if nobody has acted yet."""


class WorldPlayer(Panel):
    """Sliders, keys and clicks for the action, and the two observations.

    >>> WorldPlayer("single_dot").act.description
    'Act'
    """

    title = "WorldPlayer: act on a world"

    def __init__(self, world: str | World, *, seed: int = 0):
        self.play = WorldPlayerSession(make_world(world) if isinstance(world, str) else world, seed)
        self.sliders = [_slider(name) for name in self.play.world.spec.action_names]
        self.act = _button("Act", self._act_as_told, "Take the action of the sliders", button_style="primary")
        self.wander = _button("Random action", self._wander, "Take an action of the behaviour policy")
        self.restart = _button("New start", self._restart, "Start from another state")
        self.pair = 0
        self.before = ipywidgets.Image(format="png", layout={"width": "320px", "border": "1px solid #BBBBBB"})
        self.pad = InteractiveImage(on_key=self.press, on_point=self.click, layout={"width": "320px"})
        buttons = ipywidgets.HBox([self.act, self.wander, self.restart])
        controls = ipywidgets.VBox([_caption("action a"), *self.sliders, buttons, ipywidgets.HTML(self._help())])
        pictures = [_captioned(self.before, "observation o"), _captioned(self.pad, "next observation o': act here")]
        row = {"flex_flow": "row wrap", "grid_gap": "1.5em"}
        super().__init__([ipywidgets.HBox([*pictures, controls], layout=row)])
        self.pad.hotkeys = [*ARROWS, "Enter", "r", "n", *(str(p + 1) for p in range(len(self.play.pairs)))]
        self._refresh()

    @guarded
    def press(self, key: str, shift: bool = False) -> None:
        """Do what a key asks for: arrows act, Enter takes the sliders' action, r draws one, n starts anew."""
        if key in ARROWS:
            self._nudge(*ARROWS[key], SMALL_NUDGE if shift else NUDGE)
        elif key == "Enter":
            self._act_as_told()
        elif key == "r":
            self._wander()
        elif key == "n":
            self._restart()
        elif key.isdigit() and 1 <= int(key) <= len(self.play.pairs):
            self._choose(int(key) - 1)

    @guarded
    def click(self, x: float, y: float) -> None:
        """Touch the present observation: choose the thing there, or move the chosen one towards that place.

        x, y: shares of width and height, 0 to 1.
        """
        side = self.play.world.frame_side
        x, y = x * side - 0.5, y * side - 0.5  # pixel centres are whole numbers
        thing = self.play.thing_at(x, y)
        pair = None if thing is None else self.play.pair_of(thing)
        if thing is not None and pair is None:
            self.say(f"{thing or 'it'} moves by itself: no action moves it")
        elif thing is not None and len(self.play.pairs) > 1:
            self._choose(pair)
        elif self.play.pairs:
            self._act(self.play.towards(x, y, self.pair) or self.play.towards(x, y, 0) or self._told())
        else:
            self._act([])

    def snapshot(self) -> Figure:
        before, after = self.play.frames()
        return plot_step(before, self.play.last.action[0], after, self.play.world.spec.action_names)

    def __repr__(self) -> str:
        return f"WorldPlayer({', '.join(self.play.world.spec.action_names) or 'no action'})"

    def _html_body(self) -> str:
        walk = self.play.walk or _demo(self.play)
        frames = [_frame(self.play.world, moment, f"step {i}") for i, moment in enumerate(walk, 1)]
        captions = ("observation o", "next observation o'")
        return film(frames, captions=captions, width="min(24rem, 45vw)", css_class="pixels")

    def _told(self) -> list[float]:
        return [slider.value for slider in self.sliders]

    def _act_as_told(self) -> None:
        self._act(self._told())

    def _act(self, action: list[float]) -> None:
        for slider, value in zip(self.sliders, action, strict=True):
            slider.value = value
        self.play.act(action)
        self._refresh()

    def _nudge(self, axis: int, sign: int, size: float) -> None:
        if not self.play.pairs:
            return self._act([])
        num_axes = len(self.play.pairs[self.pair])
        if axis < num_axes:
            self._act(self.play.along(self.pair, [sign * size * (i == axis) for i in range(num_axes)]))
        else:
            self.say(f"{self._name_of(self.pair)} is one component: use the arrow keys left and right")

    def _choose(self, pair: int) -> None:
        self.pair = pair
        self.say(f"the arrow keys and clicks now move {self._name_of(pair)}")

    def _name_of(self, pair: int) -> str:
        return " and ".join(self.sliders[axis[0]].description for axis in self.play.pairs[pair])

    def _wander(self) -> None:
        self._act(self.play.sample_action())

    def _restart(self) -> None:
        self.play.reset()
        self._refresh()

    def _refresh(self) -> None:
        before, after = (_png(frame, scale=SCALE) for frame in self.play.frames())
        self.before.value, self.pad.png = before, after
        self.pad.label = f"next observation; {self.play.account()}"
        self.say(self.play.account())

    def _help(self) -> str:
        numbers = f"<br><b>1</b>–<b>{len(self.play.pairs)}</b>: what they move" if len(self.play.pairs) > 1 else ""
        return (
            '<div style="line-height:1.6">Click on the next observation: what you control goes there.<br>'
            f"<b>← → ↑ ↓</b> act, with <b>Shift</b> a little{numbers}<br>"
            "<b>Enter</b> act as the sliders say, <b>r</b> random action, <b>n</b> new start</div>"
        )


def _demo(play: WorldPlayerSession) -> list[Moment]:
    """Return a random walk of a world from its present state; the playthrough itself does not move."""
    other = WorldPlayerSession(play.world, seed=0)
    other.state = play.state
    for _ in range(LENGTH_OF_DEMO):
        other.act(other.sample_action())
    return other.walk


def _frame(world: World, moment: Moment, where: str) -> Frame:
    parts = zip(world.spec.action_names, moment.action[0].tolist(), strict=True)
    action = ", ".join(f"{name} {value:+.2f}" for name, value in parts) or "no action"
    pictures = tuple(_png(world.observe(state)[0]) for state in (moment.before, moment.after))
    return Frame(pictures, f"{where}, action: {action}; {describe(world, moment)}")


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


def _png(frame: Tensor, scale: int = 1) -> bytes:
    pixels = np.moveaxis(frame.numpy(), 0, -1).repeat(scale, 0).repeat(scale, 1)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()

"""SpriteWorld: one silhouette with pose (x, y, theta), all of which always move.

A control setting (none, x, xy, xyt) says which of the three displacements are in the action; the others are
drawn afresh and stay hidden. Geometry of arXiv 2606.20104's sprite world: 64 px, 7.5 px per body unit.
"""

import math
from dataclasses import asdict
from typing import Any, ClassVar

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Action, Observation, State
from smwm_lab.config import config
from smwm_lab.errors import check, check_choice, check_instance, check_range
from smwm_lab.worlds.base import LARGEST_SIDE, World, WorldConfig, WorldSpec, uniform, wrap_angle
from smwm_lab.worlds.raster import SUPERSAMPLING, Disc, HalfPlane, Silhouette, blank, draw_silhouette
from smwm_lab.worlds.transitions import Step


EXTENT = 1.6
"""All silhouettes fit into a circle of this radius, body units."""


def polygon(*corners: tuple[float, float]) -> tuple[HalfPlane, ...]:
    """Return a convex polygon, corners anticlockwise in body axes, as an intersection of half-planes."""
    edges = zip(corners, corners[1:] + corners[:1], strict=True)
    return tuple(HalfPlane(by - ay, ax - bx, (by - ay) * ax + (ax - bx) * ay) for (ax, ay), (bx, by) in edges)


_MOUTH = math.radians(35)
SILHOUETTES: dict[str, Silhouette] = {
    "arrow": (polygon((1.6, 0), (-0.9, 1), (-0.9, -1)),),
    "teardrop": ((Disc(-0.5, 0, 0.9),), polygon((1.6, 0), (-0.1143, 0.8131), (-0.1143, -0.8131))),
    "pac-man": (
        (Disc(0, 0, 1.3), HalfPlane(math.sin(_MOUTH), -math.cos(_MOUTH), 0)),
        (Disc(0, 0, 1.3), HalfPlane(math.sin(_MOUTH), math.cos(_MOUTH), 0)),
    ),
    "heart": (
        (Disc(0.5, 0.6, 0.75),),
        (Disc(0.5, -0.6, 0.75),),
        polygon((-1.5, 0), (-0.0, -1.16), (0.9, -0.6), (0.9, 0.6), (0.0, 1.16)),
    ),
}
CONTROLS = {"none": 0, "x": 1, "xy": 2, "xyt": 3}
_NAMES = ("x", "y", "theta")


@config
class SpriteWorldConfig(WorldConfig):
    """Silhouette, control and geometry of a sprite world."""

    kind_in_fingerprint: ClassVar[bool] = False

    shape: str = "arrow"
    """Silhouette: arrow, teardrop, pac-man or heart."""
    control: str = "xyt"
    """Which displacements are in the action: none, x, xy or xyt."""
    side: int = 64
    """Side of the square canvas, px."""
    scale: float = 7.5
    """Size of a body unit, px."""
    margin: float = 21.0
    """Distance from the border in which i.i.d. pairs start, px."""
    max_step: float = 8.0
    """Largest displacement of x and y per step, px."""
    max_turn: float = 8.0 / 7.5
    """Largest turn per step, rad (the paper's xyt run alone uses pi)."""

    def __post_init__(self):
        check_choice("shape", self.shape, tuple(SILHOUETTES))
        check_choice("control", self.control, tuple(CONTROLS))
        check_range("scale", self.scale, 1.0, 100.0)
        check_range("side", self.side, 1, LARGEST_SIDE)
        check_range("max_step", self.max_step, 0.0, 1024.0)
        check_range("max_turn", self.max_turn, 0.0, math.pi)
        least = self.wall + self.max_step
        check_range("margin", self.margin, least, 4096.0, "it holds the sprite and one step")
        least = math.ceil(2 * self.margin) + 1
        check(
            self.side >= least,
            f"side = {self.side} px is too small for the sprite; allowed: {least} px or more "
            "(or use a smaller scale, max_step or margin)",
        )
        told = (self.max_step, self.max_step, self.max_turn)[: CONTROLS[self.control]]
        check(
            all(told),
            f"control = {self.control!r} tells a displacement whose largest size is 0; allowed: max_step and "
            "max_turn above 0 for what is controlled",
        )

    @property
    def half(self) -> int:
        """Half the side of the square patch that holds the sprite around its rounded centre, px."""
        return math.ceil(EXTENT * self.scale)

    @property
    def wall(self) -> int:
        """Distance from the border that the centre keeps, px."""
        return self.half + 1


class SpriteWorld(World):
    """Batched sprite world.

    State (n, 3): x px, y px, theta rad in [0, 2 pi), float32; x to the right, y down, theta from x towards y.
    Action (n, 0..3): the controlled displacements over max_step, max_step and max_turn.

    >>> SpriteWorld(SpriteWorldConfig(control="xy")).spec.action_names
    ('dx', 'dy')
    """

    config_class = SpriteWorldConfig
    config: SpriteWorldConfig

    def __init__(self, config: SpriteWorldConfig):
        check_instance("config", config, SpriteWorldConfig)
        self.config = config
        self._units = torch.tensor([config.max_step, config.max_step, config.max_turn])
        count = CONTROLS[config.control]
        low, high = float(config.wall), float(config.side - 1 - config.wall)
        self.spec = WorldSpec(
            observation_shape=(3, config.side, config.side),
            state_names=_NAMES,
            state_units=("px", "px", "rad"),
            state_low=(low, low, 0.0),
            state_high=(high, high, 2 * math.pi),
            controllable=tuple(i < count for i in range(3)),
            action_names=tuple(f"d{name}" for name in _NAMES[:count]),
            controllable_dim=count,
        )

    @property
    def arc_radius(self) -> float:
        return self.config.scale

    def sample_state(self, n: int, generator: Generator, *, anywhere: bool = False) -> State:
        low = self.spec.state_low[0] if anywhere else self.config.margin
        middle = (self.config.side - 1) / 2
        position = middle + uniform(n, 2, generator) * (middle - low)
        turn = wrap_angle(math.pi * (uniform(n, 1, generator) + 1))
        return torch.cat([position, turn], 1)

    def sample_action(self, n: int, generator: Generator) -> Action:
        return uniform(n, self.spec.action_dim, generator)

    def to_units(self, action: Action) -> Action:
        """Return the controlled displacements, px and rad; actions beyond [-1, 1] are clamped."""
        return action.clamp(-1, 1) * self._units[: self.spec.action_dim].to(action.device)

    def step(self, state: State, action: Action, generator: Generator) -> Step:
        """Move and turn; walls shorten the move, the realised action says what remained of it."""
        self.require_step(state, action)
        hidden = uniform(len(state), 3 - self.spec.action_dim, generator).to(state.device)
        move = torch.cat([action.clamp(-1, 1), hidden], 1) * self._units.to(state.device)
        low, high = self.spec.state_low[0], self.spec.state_high[0]
        position = (state[:, :2] + move[:, :2]).clamp(low, high)
        realised = torch.cat([position - state[:, :2], move[:, 2:]], 1) / self._units.to(state.device)
        after = torch.cat([position, wrap_angle(state[:, 2:] + move[:, 2:])], 1)
        return Step(after, realised[:, : self.spec.action_dim].clamp(-1, 1))

    def render(self, state: State) -> Observation:
        canvas = blank(len(state), self.config.side, state.device)
        draw_silhouette(canvas, SILHOUETTES[self.config.shape], state, self.config.half, self.config.scale)
        return canvas.permute(0, 3, 1, 2)

    def blueprint(self) -> dict[str, Any]:
        return {
            "kind": "sprite",
            "half": self.config.half,
            "scale": self.config.scale,
            "units": self._units.tolist(),
            "supersampling": SUPERSAMPLING,
            "silhouette": [[asdict(part) for part in parts] for parts in SILHOUETTES[self.config.shape]],
        }

    def cells(self, state: State) -> Tensor:
        """Cells of 1 px x 1 px x 7.5 degrees."""
        return torch.round(self._in_cells(state)).long() % state.new_tensor([2**31, 2**31, 48]).long()

    def near_cell_border(self, state: State) -> Tensor:
        position = self._in_cells(state)
        return ((position - torch.round(position)).abs() > 0.375).any(1)

    def _in_cells(self, state: State) -> Tensor:
        return state * state.new_tensor([1.0, 1.0, 48 / (2 * math.pi)])

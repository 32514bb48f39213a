"""DotWorld: coloured discs on a white canvas that move in whole pixels.

Motion groups: an *independent* dot has its own two action components, a *coupled* pair shares two, a
*random* dot moves alike but no action says how, a *static* dot never moves.
Geometry of arXiv 2606.20104's toy world: 64 px, radius 2, displacements -16..16 px, margin 18 px.
"""

from typing import Any, ClassVar

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Action, Observation, State
from smwm_lab.config import config, later
from smwm_lab.errors import check, check_choice, check_instance, check_range
from smwm_lab.worlds.base import LARGEST_SIDE, World, WorldConfig, WorldSpec, require_draw
from smwm_lab.worlds.raster import blank, draw_discs
from smwm_lab.worlds.transitions import Step, TransitionBatch


COLOURS = {
    "red": (255, 0, 0),
    "green": (0, 220, 0),
    "blue": (0, 100, 255),
    "yellow": (255, 220, 0),
    "magenta": (255, 0, 255),
}
DOTS_PER_GROUP = {"independent": 1, "coupled": 2, "random": 1, "static": 1}
CONTROLLED = ("independent", "coupled")


@config
class DotWorldConfig(WorldConfig):
    """Geometry and motion groups of a dot world."""

    kind_in_fingerprint: ClassVar[bool] = False

    groups: tuple[str, ...] = ("independent",)
    """Motion groups in order: independent, coupled (a pair), random, static; at most five dots in all."""
    side: int = 64
    """Side of the square canvas, px."""
    radius: int = 2
    """Radius of a disc, px."""
    max_step: int = 16
    """Largest displacement per axis and step, px; an action of 1 asks for it."""
    margin: int = 18
    """Distance from the border in which i.i.d. pairs start, px; at least max_step + radius."""
    min_distance: int = 5
    """Least distance between the centres of two dots, px."""
    colours: tuple[str, ...] = later(default=())
    """Colour of each dot in order, after which state components are named; () for red, green, blue, yellow, magenta."""

    def __post_init__(self):
        check(len(self.groups) > 0, f"groups = {self.groups!r} is empty; name at least one motion group")
        for group in self.groups:
            check_choice("groups", group, tuple(DOTS_PER_GROUP))
        check_range("num_dots", self.num_dots, 1, len(COLOURS), "use fewer groups")
        self._check_colours()
        check_range("side", self.side, 1, LARGEST_SIDE)
        check_range("radius", self.radius, 1, 64)
        check_range("max_step", self.max_step, 1, 1024)
        check_range("min_distance", self.min_distance, 2 * self.radius + 1, 1024)
        check_range("margin", self.margin, self.max_step + self.radius, 4096)
        room = self.side - 2 * self.margin
        need = max(1, int(2 * self.min_distance * self.num_dots**0.5) - self.min_distance)
        check(
            room >= need,
            f"side = {self.side} px is too small for {self.num_dots} dots; allowed: {2 * self.margin + need} px "
            "or more (or use a smaller margin, max_step or min_distance)",
        )

    def _check_colours(self) -> None:
        for colour in self.colours:
            check_choice("colours", colour, tuple(COLOURS))
        distinct = len(set(self.colours)) == len(self.colours)
        check(
            distinct and len(self.colours) in (0, self.num_dots),
            f"colours = {self.colours} do not name {self.num_dots} dots; allowed: a different one for each, or ()",
        )

    @property
    def num_dots(self) -> int:
        """Number of dots."""
        return sum(DOTS_PER_GROUP[group] for group in self.groups)


class DotWorld(World):
    """Batched dot world.

    State (n, 2 * dots): x and y of each dot in whole px, float32, x to the right and y down.
    Action (n, 2 * controlled groups): dx and dy of each controlled group over max_step.

    >>> from smwm_lab.seeding import generator
    >>> batch = DotWorld(DotWorldConfig()).sample_transitions(4, generator(0, "doc"))
    >>> tuple(batch.state.shape), tuple(batch.action.shape)
    ((4, 2), (4, 2))
    """

    config_class = DotWorldConfig
    config: DotWorldConfig

    def __init__(self, config: DotWorldConfig):
        check_instance("config", config, DotWorldConfig)
        self.config = config
        self._group_of_dot: list[int] = []
        self._dots: list[list[int]] = []
        for g, group in enumerate(config.groups):
            first = len(self._group_of_dot)
            self._dots.append(list(range(first, first + DOTS_PER_GROUP[group])))
            self._group_of_dot += [g] * DOTS_PER_GROUP[group]
        self._controlled = [g for g, group in enumerate(config.groups) if group in CONTROLLED]
        self._random = [g for g, group in enumerate(config.groups) if group == "random"]
        self.colour_names = config.colours or tuple(COLOURS)[: config.num_dots]
        self.spec = self._make_spec()

    def _make_spec(self) -> WorldSpec:
        names = tuple(f"{colour}_{axis}" for colour in self.colour_names for axis in "xy")
        controllable = tuple(g in self._controlled for g in self._group_of_dot for _ in "xy")
        who = {g: "_".join(self.colour_names[d] for d in self._dots[g]) for g in self._controlled}
        low, high = float(self.config.radius), float(self.config.side - 1 - self.config.radius)
        return WorldSpec(
            observation_shape=(3, self.config.side, self.config.side),
            state_names=names,
            state_units=("px",) * len(names),
            state_low=(low,) * len(names),
            state_high=(high,) * len(names),
            controllable=controllable,
            action_names=tuple(f"{who[g]}_d{axis}" for g in self._controlled for axis in "xy"),
            controllable_dim=2 * len(self._controlled),
        )

    def sample_state(self, n: int, generator: Generator, *, anywhere: bool = False) -> State:
        require_draw(n, generator)
        low = self.config.radius if anywhere else self.config.margin
        shape = (self.config.num_dots, 2)

        def draw(m: int) -> Tensor:
            return torch.randint(low, self.config.side - low, (m, *shape), generator=generator).float()

        state = draw(n)
        clash = self._overlaps(state)
        while bool(clash.any()):
            rows = clash.nonzero()[:, 0]
            state[rows] = draw(len(rows))
            clash[rows] = self._overlaps(state[rows])
        return state.flatten(1)

    def sample_action(self, n: int, generator: Generator) -> Action:
        return self._whole_steps(n, self.spec.action_dim, generator) / self.config.max_step

    def to_units(self, action: Action) -> Action:
        """Return displacements in whole px, float32; actions beyond [-1, 1] are clamped."""
        return torch.round(action.clamp(-1, 1) * self.config.max_step)

    def step(self, state: State, action: Action, generator: Generator) -> Step:
        """Move the dots; walls shorten a group's move rigidly, a group that would touch another stays put."""
        self.require_step(state, action)
        before = state.unflatten(1, (-1, 2))  # (n, dots, 2)
        wanted = self._within_walls(before, self._group_moves(action, generator))
        moves = self._without_collisions(before, wanted)
        after = before + moves[:, self._group_of_dot]
        realised = moves[:, self._controlled].flatten(1) / self.config.max_step
        return Step(after.flatten(1), realised)

    def sample_transitions(self, n: int, generator: Generator) -> TransitionBatch:
        """Draw i.i.d. pairs; a pair whose dots would overlap after the move is drawn anew (the paper's rule)."""
        parts: list[TransitionBatch] = []
        while not parts or sum(map(len, parts)) < n:
            state = self.sample_state(n, generator)
            before = state.unflatten(1, (-1, 2))
            moves = self._group_moves(self.behaviour_action(state, generator), generator)
            after = before + moves[:, self._group_of_dot]
            keep = ~self._overlaps(after)
            action = moves[:, self._controlled].flatten(1) / self.config.max_step
            parts.append(TransitionBatch(state[keep], action[keep], after[keep].flatten(1)))
        columns = zip(*((p.state, p.action, p.next_state) for p in parts), strict=True)
        return TransitionBatch(*(torch.cat(column)[:n] for column in columns))

    def render(self, state: State) -> Observation:
        centres = torch.round(state).long().unflatten(1, (-1, 2))
        canvas = blank(len(state), self.config.side, state.device)
        draw_discs(canvas, centres, self.config.radius, [COLOURS[name] for name in self.colour_names])
        return canvas.permute(0, 3, 1, 2)

    def blueprint(self) -> dict[str, Any]:
        groups = zip(self.config.groups, self._dots, strict=True)
        return {
            "kind": "dots",
            "radius": self.config.radius,
            "max_step": self.config.max_step,
            "min_distance": self.config.min_distance,
            "colours": [COLOURS[name] for name in self.colour_names],
            "groups": [{"motion": motion, "dots": dots} for motion, dots in groups],
        }

    def cells(self, state: State) -> Tensor:
        return torch.round(state).long()

    def near_cell_border(self, state: State) -> Tensor:
        return torch.zeros(len(state), dtype=torch.bool, device=state.device)

    def targets(self, state: State) -> dict[str, Tensor]:
        """State components, and the mean position of each coupled pair."""
        columns = super().targets(state)
        for g, group in enumerate(self.config.groups):
            if group == "coupled":
                middle = state.unflatten(1, (-1, 2))[:, self._dots[g]].mean(1)
                name = "_".join(self.colour_names[d] for d in self._dots[g])
                columns |= {f"{name}_mean_x": middle[:, :1], f"{name}_mean_y": middle[:, 1:]}
        return columns

    def _whole_steps(self, n: int, dim: int, generator: Generator) -> Tensor:
        require_draw(n, generator)
        reach = self.config.max_step
        return torch.randint(-reach, reach + 1, (n, dim), generator=generator, device=generator.device).float()

    def _group_moves(self, action: Action, generator: Generator) -> Tensor:
        """Return the displacement each group asks for, px, (n, groups, 2)."""
        moves = action.new_zeros(len(action), len(self.config.groups), 2)
        moves[:, self._controlled] = self.to_units(action).unflatten(1, (len(self._controlled), 2))
        if self._random:
            drawn = self._whole_steps(len(action), 2 * len(self._random), generator)
            moves[:, self._random] = drawn.to(action.device).unflatten(1, (len(self._random), 2))
        return moves

    def _within_walls(self, before: Tensor, moves: Tensor) -> Tensor:
        """Shorten each group's move so that all its dots stay on the canvas; a pair stays rigid."""
        low, high = self.config.radius, self.config.side - 1 - self.config.radius
        shortened = [
            moves[:, g].clamp(low - before[:, dots].amin(1), high - before[:, dots].amax(1))
            for g, dots in enumerate(self._dots)
        ]
        return torch.stack(shortened, 1)

    def _without_collisions(self, before: Tensor, moves: Tensor) -> Tensor:
        """Stop the groups that would come too near another; repeated, as a stopped group may be in the way."""
        if self.config.num_dots == 1:
            return moves
        for _ in self.config.groups:
            near = self._too_near(before + moves[:, self._group_of_dot])  # (n, dots, dots)
            hit = near.any(-1)
            stopped = torch.stack([hit[:, dots].any(-1) for dots in self._dots], 1)
            moves = moves.masked_fill(stopped[..., None], 0)
        return moves

    def _too_near(self, positions: Tensor) -> Tensor:
        """Return bool (n, dots, dots): which pairs are nearer than min_distance."""
        difference = positions[:, :, None] - positions[:, None]
        near = difference.square().sum(-1) < self.config.min_distance**2
        return near & ~torch.eye(positions.shape[1], dtype=torch.bool, device=positions.device)

    def _overlaps(self, positions: Tensor) -> Tensor:
        """Return bool (n,): whether any two dots are nearer than min_distance."""
        return self._too_near(positions).flatten(1).any(1)

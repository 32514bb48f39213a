"""A world of one's own, in one file: a bead on a wire that is drawn as a vertical bar. tests/worlds/test_toy_world.py
trains, probes, explores and plans with it; docs/new_world.md explains it."""

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Action, Observation, State
from smwm_lab.config import config
from smwm_lab.errors import check_range
from smwm_lab.worlds import Step, World, WorldConfig, WorldSpec


@config
class BeadConfig(WorldConfig):
    """Size of the image, and how far the bead slides."""

    side: int = 32
    """Side of the square image, px."""
    reach: float = 6.0
    """Displacement at an action of 1, px."""

    def __post_init__(self):
        check_range("side", self.side, 16, 256)
        check_range("reach", self.reach, 0.5, self.side / 4)


class BeadWorld(World):
    """State (n, 2): x of the bead and its height y, px. Action (n, 1): the slide along x; y drifts by itself."""

    config_class = BeadConfig

    def __init__(self, config: BeadConfig):
        self.config = config
        self.spec = WorldSpec(
            observation_shape=(3, config.side, config.side),
            state_names=("x", "y"),
            state_units=("px", "px"),
            state_low=(2.0, 2.0),
            state_high=(config.side - 3.0,) * 2,
            controllable=(True, False),
            action_names=("dx",),
            controllable_dim=1,
        )

    def sample_state(self, n: int, generator: Generator, *, anywhere: bool = False) -> State:
        border = 0 if anywhere else round(self.config.reach)
        low, high = 2 + border, self.config.side - 2 - border
        return torch.randint(low, high, (n, 2), generator=generator).float()

    def sample_action(self, n: int, generator: Generator) -> Action:
        return torch.rand(n, 1, generator=generator) * 2 - 1

    def behaviour_action(self, state: State, generator: Generator) -> Action:
        """A policy that sees the state: it leans towards the middle."""
        lean = (self.config.side / 2 - state[:, :1]) / self.config.side
        return (self.sample_action(len(state), generator) + lean).clamp(-1, 1)

    def step(self, state: State, action: Action, generator: Generator) -> Step:
        self.require_step(state, action)
        low, high = self.spec.state_low[0], self.spec.state_high[0]
        drift = torch.randint(-2, 3, (len(state), 1), generator=generator).to(state)
        after = (state + torch.cat([self.to_units(action), drift], 1)).round().clamp(low, high)
        return Step(after, ((after - state)[:, :1] / self.config.reach).clamp(-1, 1))

    def to_units(self, action: Action) -> Action:
        return action.clamp(-1, 1) * self.config.reach

    def render(self, state: State) -> Observation:
        pixel = torch.arange(self.config.side, device=state.device)
        wide = (pixel - state[:, :1]).abs() <= 2  # (n, side)
        high = (pixel - state[:, 1:]).abs() <= 2
        ink = (high[:, :, None] & wide[:, None, :])[:, None].expand(-1, 3, -1, -1)
        return torch.where(ink, 0, 255).to(torch.uint8)

    def cells(self, state: State) -> Tensor:
        return state.round().long()

    def near_cell_border(self, state: State) -> Tensor:
        return torch.zeros(len(state), dtype=torch.bool, device=state.device)

"""The true world as a model: what a planner could reach if its model were perfect.

Latents are true states (an angle as a point on its circle, in px), rollouts are steps of the world. What no action
changes is put back after each step, as its motion cannot be foreseen; while a step lasts it moves as the world
draws it, so in a crowded world a controlled dot is now and then stopped by a neighbour that will not be there.
"""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Action, Actions, Latent, Latents, State
from smwm_lab.errors import check_instance
from smwm_lab.gates import require_floats, require_generator, require_memory, require_rows
from smwm_lab.seeding import generator
from smwm_lab.worlds import World


@dataclass(frozen=True)
class OracleModel:
    """Perfect knowledge of a world.

    >>> from smwm_lab.worlds import make_world
    >>> truth = OracleModel(make_world("single_dot"))
    >>> truth.rollout(torch.tensor([[20.0, 60.0]]), torch.tensor([[[0.5, 1.0]]]))[0, 1].tolist()
    [28.0, 61.0]
    """

    world: World

    def __post_init__(self):
        check_instance("world", self.world, World, "make_world gives one")

    def encode(self, state: State) -> Latent:
        """Return the latents of states, (n, state + angles)."""
        require_rows("states", state, self.world.spec.state_dim)
        columns = []
        for value, is_angle in zip(state.unbind(1), self.world.spec.angles, strict=True):
            columns += [self._radius * value.cos(), self._radius * value.sin()] if is_angle else [value]
        return torch.stack(columns, 1)

    def rollout(self, z: Latent, actions: Actions) -> Latents:
        """Return z and what the world makes of it; what no action controls stays where it is."""
        require_rows("z", z, self.world.spec.state_dim + sum(self.world.spec.angles))
        require_memory("z", z)
        require_floats("actions", actions, len(z), None, self.world.spec.action_dim, empty=True)
        stream = self.stream(z.device)
        state, latents = self._decode(z), [z]
        for action in actions.unbind(1):
            state = self.step(state, action, stream)
            latents.append(self.encode(state))
        return torch.stack(latents, 1)

    def stream(self, device: torch.device | str = "cpu") -> Generator:
        """Return what the world draws from while it is imagined; always the same."""
        return generator(0, "imagined by the true world", device=device)

    def step(self, state: State, action: Action, stream: Generator) -> State:
        """Return the states that actions lead to; what no action controls stays where it is."""
        require_generator(stream)
        after = self.world.step(state, action, stream).state
        return torch.where(torch.tensor(self.world.spec.controllable, device=state.device), after, state)

    @property
    def _radius(self) -> float:
        return self.world.arc_radius

    def _decode(self, z: Tensor) -> Tensor:
        columns, values = [], iter(z.unbind(1))
        for is_angle in self.world.spec.angles:
            first = next(values)
            columns.append(torch.remainder(torch.atan2(next(values), first), 2 * torch.pi) if is_angle else first)
        return torch.stack(columns, 1)

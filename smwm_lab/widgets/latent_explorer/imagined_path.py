"""Where a model imagines that actions lead, against where they lead in its world.

Imagining(model, world, states).follow(row, "random", num_steps=10, seed=0) -> ImaginedPath
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from smwm_lab.errors import check_choice, check_count
from smwm_lab.models import WorldModel
from smwm_lab.models.mode import evaluating
from smwm_lab.probes.inputs.encode import encode_states, to_numpy
from smwm_lab.seeding import generator, require_seed
from smwm_lab.worlds import World


RANDOM = "random"
"""Actions drawn anew at every step."""
MOST_STEPS = 50


@dataclass(frozen=True)
class ImaginedPath:
    """Latents of what happens and of what is imagined, from one state, for the same actions."""

    real: np.ndarray
    """Latents of what the world shows after each action, the start first, float64 (T + 1, d)."""
    imagined: np.ndarray
    """Latents of the rollout of the forward model from the same start, float64 (T + 1, d)."""

    @property
    def gaps(self) -> np.ndarray:
        """Distance between both after each action, float64 (T + 1,); 0 at the start."""
        return np.linalg.norm(self.imagined - self.real, axis=1)

    def describe(self, spread: float) -> str:
        """Return the gap after each action in words; spread: the typical distance between two latents."""
        shares = [f"{step}: {gap / spread:.0%}" for step, gap in enumerate(self.gaps) if step]
        moved = np.linalg.norm(self.real[-1] - self.real[0]) / spread
        return (
            f"Gap between imagined and real after each action, of the typical distance between two latents: "
            f"{', '.join(shares)}. The real latent ends {moved:.0%} of that from where it began."
        )


class Imagining:
    """Imagined and real paths of a model from some states (n, state) of its world."""

    def __init__(self, model: WorldModel, world: World, states: Tensor):
        self.model, self.world, self.states = model, world, states

    @property
    def choices(self) -> list[str]:
        """Names of the sequences of actions: random ones, and each action component alone, forward and back."""
        constant = [f"{name} {sign}1" for name in self.world.spec.action_names for sign in "+-"]
        return [RANDOM, *constant] if constant else []

    @torch.no_grad()
    def follow(self, row: int, choice: str, *, num_steps: int, seed: int = 0) -> ImaginedPath:
        """Return both paths from a row, for `num_steps` actions (1 to 50) of one of `choices`.

        seed: of random actions, and of what moves in the world by itself.
        """
        check_count("row", row, 0, len(self.states) - 1)
        check_choice("actions", choice, tuple(self.choices))
        check_count("num_steps", num_steps, 1, MOST_STEPS)
        require_seed(seed)
        actions = self._actions(choice, num_steps, seed)
        stream, states = generator(seed, "real path"), [self.states[row : row + 1]]
        for action in actions:
            states.append(self.world.step(states[-1], action[None], stream).state)
        real = encode_states(self.model, self.world, torch.cat(states))
        device = next(self.model.parameters()).device
        with evaluating(self.model):
            imagined = self.model.rollout(real[:1].to(device), actions[None].to(device))[0]
        return ImaginedPath(to_numpy(real), to_numpy(imagined))

    def _actions(self, choice: str, num_steps: int, seed: int) -> Tensor:
        """Return actions in [-1, 1], float32 (num_steps, action)."""
        width = self.world.spec.action_dim
        if choice == RANDOM:
            return torch.rand(num_steps, width, generator=generator(seed, "imagined actions")) * 2 - 1
        place = self.choices.index(choice) - 1
        one = torch.zeros(width)
        one[place // 2] = 1.0 if place % 2 == 0 else -1.0
        return one.expand(num_steps, width)

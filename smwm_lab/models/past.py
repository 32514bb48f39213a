"""Past: latents and actions before now, for a forward model that one latent does not tell enough.

One image shows where a body is and not how fast it moves; two tell it. Where nothing was yet, as at the start of an
episode, the first latent is repeated and the actions are 0.
"""

from dataclasses import dataclass

import torch

from smwm_lab.axes import Action, Actions, Latent, Latents
from smwm_lab.gates import require_as_many, require_floats


@dataclass(frozen=True, eq=False)
class Past:
    """What came before a latent z and the action that is taken there, one row per z.

    >>> past = Past.standing(torch.ones(1, 2), num_latents=2, num_actions=1, action_dim=3)
    >>> past.latents.tolist(), past.actions.tolist()
    ([[[1.0, 1.0], [1.0, 1.0]]], [[[0.0, 0.0, 0.0]]])
    """

    latents: Latents
    """The p latents before z, oldest first, (n, p, latent)."""
    actions: Actions
    """The q actions before the one that is taken at z, oldest first, (n, q, action)."""

    def __post_init__(self):
        require_floats("latents of the past", self.latents, None, None, None, empty=True)
        require_floats("actions of the past", self.actions, None, None, None, empty=True)
        require_as_many("latents of a past", self.latents, "actions of a past", self.actions)

    @classmethod
    def standing(cls, z: Latent, *, num_latents: int, num_actions: int, action_dim: int) -> "Past":
        """Return the past of an episode that starts at z: z repeated, and actions of 0."""
        return cls(z[:, None].expand(-1, num_latents, -1), z.new_zeros(len(z), num_actions, action_dim))

    @classmethod
    def within(cls, latents: Latents, actions: Actions, at: int, *, num_latents: int, num_actions: int) -> "Past":
        """Return the past of frame `at` of windows; latents: (n, T+1, latent), actions: (n, T, action).

        at: as many as the larger number, or more, so that the past lies inside.
        """
        return cls(latents[:, at - num_latents : at], actions[:, at - num_actions : at])

    def __len__(self) -> int:
        return len(self.latents)

    def __getitem__(self, rows: slice | torch.Tensor) -> "Past":
        """Return the past of some rows."""
        return Past(self.latents[rows], self.actions[rows])

    def repeated(self, count: int) -> "Past":
        """Return each row `count` times, side by side, as `repeat_interleave` does."""
        return Past(self.latents.repeat_interleave(count, 0), self.actions.repeat_interleave(count, 0))

    def then(self, z: Latent, action: Action) -> "Past":
        """Return the past of the latent that comes after z and its action: both join, the oldest go."""
        return Past(
            torch.cat([self.latents, z[:, None]], 1)[:, 1:], torch.cat([self.actions, action[:, None]], 1)[:, 1:]
        )

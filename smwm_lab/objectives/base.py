"""What a loss term sees, and what it is.

A term is a small class with a `name`, called with an `EncodedBatch`, returning a scalar. Reductions are means.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import nn

from smwm_lab.axes import Action, Actions, Latent, Latents, Observation, Scalar
from smwm_lab.models import WorldModel


@dataclass
class EncodedBatch:
    """A batch of transitions after the encoder; predictions are made once, when first asked for.

    The transitions may come from windows of `length` steps: then they are ordered by time first (all first steps, all
    second steps, ...), so that z_next[:-windows] is z[windows:], and terms that look ahead see whole windows.
    """

    model: WorldModel
    observation: Observation
    action: Action
    next_observation: Observation
    z: Latent
    z_next: Latent
    length: int = 1
    """Steps T per window."""

    @property
    def num_windows(self) -> int:
        """Number of windows."""
        return len(self.z) // self.length

    @cached_property
    def every_z(self) -> Latent:
        """The latents of all frames, each once: (windows * (T+1), latent_dim), by time first."""
        return torch.cat([self.z, self.z_next[-self.num_windows :]])

    @property
    def latents(self) -> Latents:
        """The latents as windows of T+1 frames."""
        return self.every_z.unflatten(0, (self.length + 1, -1)).transpose(0, 1)

    @property
    def actions(self) -> Actions:
        """The actions as windows of T steps."""
        return self.action.unflatten(0, (self.length, -1)).transpose(0, 1)

    @cached_property
    def predicted(self) -> Latent:
        """g(z, a): the guess of z_next."""
        return self.model.predict(self.z, self.action)

    @cached_property
    def inferred(self) -> Action:
        """h(z, z_next): the guess of the action."""
        return self.model.infer_action(self.z, self.z_next)


class Term(nn.Module):
    """One loss term. Parameters and buffers it owns are trained and stored with the run."""

    name: str
    """The key of the term in `ObjectiveConfig.weights` and in logs."""

    def __init__(self, model: WorldModel):
        super().__init__()

    def forward(self, batch: EncodedBatch) -> Scalar:
        """Return the value of the term, a mean over batch and dimensions."""
        raise NotImplementedError

    def after_step(self, model: WorldModel) -> None:
        """Called after every update; a term with a slow copy of the encoder moves it here."""

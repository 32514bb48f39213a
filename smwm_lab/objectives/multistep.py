"""Terms that look further than one step: open-loop rollout and multi-step inverse dynamics."""

from typing import ClassVar

from smwm_lab.axes import Scalar
from smwm_lab.config import config
from smwm_lab.errors import check, check_range
from smwm_lab.models import InverseModel, Past, WorldModel
from smwm_lab.objectives.base import EncodedBatch, Term, TermConfig, squared_error


class RolloutError(Term):
    """mean over t = 1..T of (z^_t - z_t)^2, where z^_0 = z_0 and z^_t = g(z^_{t-1}, a_{t-1}): g feeds on itself.

    z: (batch, T+1, latent_dim) windows; a: (batch, T, action_dim). A mean over windows, steps and dimensions; targets
    are not detached. Windows with an unknown action are left out. Where g has a memory of m steps, z_0 is frame m of
    the window, so that its past is the true one, and T counts from there.
    Example: T = 1 is the forward term; a g that returns its input on z = 0, 1, 2 gives (1 + 4) / 2.
    Source: PLDM, arXiv 2502.14819; PlaNet's latent overshooting, arXiv 1811.04551.
    """

    name = "rollout"

    def forward(self, batch: EncodedBatch) -> Scalar:
        latents, actions = batch.latent_windows, batch.action_windows
        if batch.known is not None:
            whole = batch.known.all(0)
            latents, actions = latents[whole], actions[whole]
        start, past = batch.model.config.memory, None
        if start:
            steps = actions.shape[1]
            check(steps > start, f"windows of {steps} steps, a memory of {start}; allowed: length from {start + 1} on")
            sizes = {"num_latents": batch.model.past_frames, "num_actions": batch.model.past_actions}
            past = Past.within(latents, actions, start, **sizes)
        rolled = batch.model.rollout(latents[:, start], actions[:, start:], past)
        return squared_error(rolled[:, 1:], latents[:, start + 1 :])


@config
class MultiStepInverseConfig(TermConfig):
    """The head of the multi-step inverse term."""

    hidden_dim: int | None = None
    """Width of its hidden layers; None is that of the model's g and h."""
    depth: int | None = None
    """Number of its hidden layers; None is that of the model's g and h."""

    def __post_init__(self):
        for field, low, high in (("hidden_dim", 1, 8192), ("depth", 1, 16)):
            if getattr(self, field) is not None:
                check_range(field, getattr(self, field), low, high)


class MultiStepInverse(Term):
    """mean (h_T(z_0, z_T) - a_0)^2: the first action of a window from its two ends, by a head of the term's own.

    z: (batch, T+1, latent_dim) windows; a: (batch, T, action_dim). Only the first action: the head then has one size
    for every T, and where actions add up the others are redundant. A head of its own: h(z, z') of the model keeps
    its meaning, the action of one step. What one step leaves ambiguous, a later frame may decide. Windows whose first
    action is unknown are left out.
    Example: a head that returns 0 leaves mean a_0^2. Source: AC-State, arXiv 2207.08229.
    """

    name = "inverse_k"
    config_class: ClassVar[type[TermConfig]] = MultiStepInverseConfig
    config: MultiStepInverseConfig

    def __init__(self, model: WorldModel, config: MultiStepInverseConfig | None = None):
        super().__init__(model, config)
        sizes = model.config
        hidden_dim, depth = self.config.hidden_dim or sizes.hidden_dim, self.config.depth or sizes.depth
        self.head = InverseModel(sizes.action_dim, sizes.latent_dim, hidden_dim, depth)

    def forward(self, batch: EncodedBatch) -> Scalar:
        latents, actions = batch.latent_windows, batch.action_windows
        if batch.known is not None:
            latents, actions = latents[batch.known[0]], actions[batch.known[0]]
        return squared_error(self.head(latents[:, 0], latents[:, -1]), actions[:, 0])

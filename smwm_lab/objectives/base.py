"""What a loss term receives, and what a term is.

A term is a small class with a `name`, called with an `EncodedBatch`, returning a scalar. Reductions are means. Its
constants are a `TermConfig` beside it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from smwm_lab.axes import Action, Actions, Latent, Latents, Observation, Scalar
from smwm_lab.config import Config, config
from smwm_lab.errors import InputError, check, check_instance
from smwm_lab.gates import require_alike, require_floats, require_memory, require_tensor
from smwm_lab.models import Past, WorldModel


@dataclass(eq=False)
class EncodedBatch:
    """A batch of windows after the encoder: T transitions and T+1 frames each, by time first; pairs have T = 1.

    Everything else is a view of the four tensors, or is computed once, when first used. `z`, `action`, `z_next`
    and `inferred` have a row per transition whose action is known, all first steps before all second steps, and so have
    `predicted` and `target`, but for transitions whose past, for a model with memory, is not wholly in the window;
    statistics of latents and terms of pixels, which need no action, take `starts`, `ends` and `every_z`.
    """

    model: WorldModel
    """The model that is trained."""
    observations: UInt8[Tensor, "frame window channel height width"] | Float[Tensor, "frame window *number"]
    """Images, uint8, or what else the model's encoder takes, float32."""
    latents: Float[Tensor, "frame window latent"]
    """Their latents."""
    actions: Float[Tensor, "frame-1 window action"]
    """Actions between them; what stands where an action is unknown is never read, NaN too."""
    known: Bool[Tensor, "frame-1 window"] | None = None
    """Which actions were recorded. None, and from construction on also a mask without a gap: all of them."""

    def __post_init__(self):
        check_instance("model", self.model, WorldModel)
        require_floats("latents", self.latents, None, None, None)
        frames, windows = self.latents.shape[:2]
        require_floats("actions", self.actions, frames - 1, windows, None, empty=True)
        dtype = torch.float32 if self.model.config.input_shape else torch.uint8
        axes = 2 + len(self.model.config.observation_shape)
        _require("observations", self.observations, dtype, axes, frames, windows)
        if self.known is not None:
            _require("known", self.known, torch.bool, 2, frames - 1, windows)
        if self.known is not None and bool(self.known.all()):
            self.known = None

    @property
    def num_windows(self) -> int:
        """Number of windows."""
        return self.latents.shape[1]

    @cached_property
    def starts(self) -> Latent:
        """The latents at which transitions start: (T * windows, latent_dim)."""
        return self.latents[:-1].flatten(0, 1)  # (T, windows, d) -> (T * windows, d)

    @cached_property
    def ends(self) -> Latent:
        """The latents in which transitions end: (T * windows, latent_dim)."""
        return self.latents[1:].flatten(0, 1)  # (T, windows, d) -> (T * windows, d)

    @cached_property
    def every_z(self) -> Latent:
        """The latents of all frames, each once: ((T+1) * windows, latent_dim)."""
        # joined from the two above, not reshaped from `latents`: so gradients add up in one order, bit for bit
        return torch.cat([self.starts, self.ends[-self.num_windows :]])

    @property
    def latent_windows(self) -> Latents:
        """The latents, window first: (windows, T+1, latent_dim)."""
        return self.every_z.unflatten(0, (-1, self.num_windows)).transpose(0, 1)

    @property
    def action_windows(self) -> Actions:
        """The actions, window first: (windows, T, action_dim)."""
        return self.actions.transpose(0, 1)

    @cached_property
    def z(self) -> Latent:
        """The latents before each known action."""
        return self._with_action(self.starts)

    @cached_property
    def z_next(self) -> Latent:
        """The latents after each known action."""
        return self._with_action(self.ends)

    @cached_property
    def action(self) -> Action:
        """The known actions."""
        return self._with_action(self.actions.flatten(0, 1))

    @property
    def observation(self) -> Observation:
        """The images behind `starts`, of all transitions."""
        return self.observations[:-1].flatten(0, 1)  # (T, windows, 3, side, side) -> (T * windows, 3, side, side)

    @property
    def next_observation(self) -> Observation:
        """The images behind `target`."""
        return self._with_past(self.observations[1:].flatten(0, 1))

    @cached_property
    def predicted(self) -> Latent:
        """g(z, a), or g(z, a, past): the prediction of `target`."""
        if self._past_is_known is None:
            return self.model.predict(self.z, self.action)
        before = Past(*(self._with_past(rows) for rows in self._before()))
        return self.model.predict(self._with_past(self.starts), self._with_past(self.actions.flatten(0, 1)), before)

    @cached_property
    def target(self) -> Latent:
        """What `predicted` is compared with: the latents after each known action whose past lies in the window."""
        return self._with_past(self.ends)

    @cached_property
    def inferred(self) -> Action:
        """h(z, z_next): the estimate of the action."""
        return self.model.infer_action(self.z, self.z_next)

    @cached_property
    def _past_is_known(self) -> Tensor | None:
        """Which transitions have their whole past in their window, bool (T, windows); None for a model without memory.

        Raises `InputError` where windows are too short for any.
        """
        memory, (steps, windows) = self.model.config.memory, self.actions.shape[:2]
        if not memory:
            return None
        check(
            steps > memory,
            f"windows of {steps} steps hold no past of {memory} and a transition; allowed: {memory + 1} steps or more",
        )
        known = torch.ones(steps, windows, dtype=torch.bool) if self.known is None else self.known
        whole = known.to(self.latents.device).clone()
        whole[:memory] = False
        for back in range(1, self.model.past_actions + 1):
            whole[memory:] &= known.to(self.latents.device)[memory - back : steps - back]
        return whole

    def _before(self) -> tuple[Tensor, Tensor]:
        """Return of every transition the latents and the actions before it; rows without a whole past mean nothing."""
        latents, actions = (
            # what is `back` steps earlier, of all transitions: the first ones wrap around and are left out
            torch.stack([rows.roll(back, 0) for back in range(num, 0, -1)], 2).flatten(0, 1)
            if num
            else rows.new_zeros(rows.shape[0] * rows.shape[1], 0, rows.shape[2])
            for rows, num in ((self.latents[:-1], self.model.past_frames), (self.actions, self.model.past_actions))
        )
        return latents, actions

    def _with_past(self, rows: Tensor) -> Tensor:
        return self._with_action(rows) if self._past_is_known is None else rows[self._past_is_known.flatten()]

    def _with_action(self, rows: Tensor) -> Tensor:
        return rows if self.known is None else rows[self.known.flatten()]


def _require(name: str, value: Tensor, dtype: torch.dtype, ndim: int, *first: int) -> None:
    """Raise `InputError` unless a value is a tensor of this dtype and of `ndim` axes, the first of them so long."""
    wanted = f"{dtype} with {ndim} axes, the first {first} as those of the latents"
    require_tensor(name, value, f"torch.as_tensor gives one; {wanted}")
    require_memory(name, value)
    if value.dtype != dtype or value.ndim != ndim or value.shape[:2] != first:
        raise InputError(f"{name} are {value.dtype} {tuple(value.shape)}; allowed: {wanted}")


@config
class TermConfig(Config):
    """Base of the constants of a term; a term without constants has none of its own."""

    is_open = True


class Term(nn.Module):
    """One loss term. Parameters and buffers it owns are trained and stored with the run."""

    name: str
    """The key of the term in `ObjectiveConfig.weights`, in `ObjectiveConfig.terms` and in logs."""
    config_class: ClassVar[type[TermConfig]] = TermConfig
    """The class of its constants; its defaults are those of the term."""

    def __init__(self, model: WorldModel, config: TermConfig | None = None):
        """Make the term of a model; config: its constants, an instance of `config_class` (the defaults if None)."""
        super().__init__()
        self.config = self.config_class() if config is None else config

    def forward(self, batch: EncodedBatch) -> Scalar:
        """Return the value of the term, a mean over batch and dimensions."""
        raise NotImplementedError

    def after_step(self, model: WorldModel) -> None:
        """Called after every update; a term with a slow copy of the encoder moves it here."""


def squared_error(value: Tensor, target: Tensor) -> Scalar:
    """Return the mean of (value - target)^2; 0 without a gradient where there is nothing to compare.

    value, target: one shape, any. Nothing to compare: a world without actions, or a batch without a known one.

    >>> squared_error(torch.ones(0, 2), torch.ones(0, 2))
    tensor(0.)
    """
    require_alike("values", value, "targets", target)
    return functional.mse_loss(value, target) if value.numel() else value.new_zeros(())

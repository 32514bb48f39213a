"""WorldModel: encoder f, forward model g and inverse model h in one module.

encode(o) -> z        predict(z, a) -> z'        infer_action(z, z') -> a        rollout(z, a[T]) -> z[T+1]

predict and rollout take a `Past` too, where the forward model has a memory.
"""

import torch
from torch import Tensor, nn

from smwm_lab.axes import Action, Actions, Latent, Latents, Observation
from smwm_lab.config import Config, config, later
from smwm_lab.errors import check, check_choice, check_counts, check_instance, check_range
from smwm_lab.gates import require_as_many, require_input
from smwm_lab.models.activation import LATENT_ACTIVATIONS
from smwm_lab.models.adaln import AdaLNConfig
from smwm_lab.models.dynamics import INVERSE_HEADS, InverseModel
from smwm_lab.models.encoder_registry import make_encoder
from smwm_lab.models.past import Past
from smwm_lab.models.predictors import PREDICTORS
from smwm_lab.models.sizes import LARGEST_SIDE, SIZES, WIDEST_CHANNELS, check_past, check_size
from smwm_lab.models.vit import ViTConfig


LARGEST_LAYER = 1 << 28
"""Weights that the largest layer may have: 1 GiB of float32."""
WIDEST_INPUT = 1 << 16
"""Numbers along an axis of an observation that is no image."""


@config
class ModelConfig(Config):
    """Sizes of the three networks; the defaults are the paper's."""

    side: int = 64
    """Side of the square images, px; a multiple of 2 ** (number of convolutions + 1)."""
    channels: tuple[int, ...] = (32, 64, 128)
    """Output channels of the encoder's convolutions."""
    latent_dim: int = 64
    """Size of the latent z."""
    hidden_dim: int = 256
    """Width of the hidden layers of g and h."""
    depth: int = 2
    """Number of hidden layers of g and h."""
    action_dim: int = 2
    """Number of action components; 0 for a world without control."""
    blank_start: bool = True
    """Whether a white canvas gives the new encoder's activations of 0 (see ConvEncoder); False is the paper's start."""
    latent_activation: str = later(default="tanh")
    """Last activation of the encoder and of the forward model: tanh (the paper's toys), identity or layer_norm."""
    encoder: str = later(default="conv")
    """conv or vit for images, mlp for vectors, series for windows, or package.module:Class (see encoder_registry)."""
    input_shape: tuple[int, ...] = later(default=())
    """Shape of an observation that is no image: (k,) numbers or (channels, time); () for images, see side."""
    past_frames: int = later(default=0)
    """Latents before now that the forward model takes beside z; 0 is the paper's."""
    past_actions: int = later(default=0)
    """Actions before now that the forward model takes beside a; 0 is the paper's."""
    predictor: str = later(default="mlp")
    """Forward model: mlp (the paper's toys) or adaln (a transformer over latents that the actions steer)."""
    adaln: AdaLNConfig = later(default=AdaLNConfig())
    """Sizes of the forward model adaln."""
    vit: ViTConfig = later(default=ViTConfig())
    """Sizes of the encoder vit."""
    inverse_head: str = later(default="concat")
    """What the inverse model sees: concat (both latents, the paper's) or difference (z' - z alone)."""

    def __post_init__(self):
        check_range("side", self.side, 1, LARGEST_SIDE)
        check_counts("channels", self.channels, 1, WIDEST_CHANNELS)
        check_range("number of channels", len(self.channels), 1, 10)
        for field in SIZES:
            check_size(field, getattr(self, field))
        check_choice("latent_activation", self.latent_activation, tuple(LATENT_ACTIVATIONS))
        head = self.channels[-1] * (self.side >> (len(self.channels) + 1)) ** 2 * self.latent_dim
        check_choice("predictor", self.predictor, tuple(PREDICTORS))
        check_choice("inverse_head", self.inverse_head, tuple(INVERSE_HEADS))
        check_past(self.past_frames, self.past_actions)
        inputs = self.past_frames * self.latent_dim + self.past_actions * self.action_dim
        largest = max(head, self.hidden_dim**2, inputs * self.hidden_dim)
        remedy = "fewer or smaller channels, a smaller side or a smaller latent_dim"
        check_range("weights of the largest layer", largest, 0, LARGEST_LAYER, remedy)
        if self.input_shape:
            check_counts("input_shape", self.input_shape, 1, WIDEST_INPUT)
            check_range("axes of input_shape", len(self.input_shape), 1, 2)

    @property
    def observation_shape(self) -> tuple[int, ...]:
        """Shape of an observation."""
        return self.input_shape or (3, self.side, self.side)

    @property
    def memory(self) -> int:
        """Steps before now that the forward model looks back on."""
        return max(self.past_frames, self.past_actions)


class WorldModel(nn.Module):
    """The three networks of a sensorimotor world model.

    >>> import torch
    >>> model = WorldModel(ModelConfig())
    >>> z = model.encode(torch.zeros(5, 3, 64, 64, dtype=torch.uint8))
    >>> model.rollout(z, torch.zeros(5, 3, 2)).shape
    torch.Size([5, 4, 64])
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        check_instance("config", config, ModelConfig)
        self.config = config
        self.training_split: str | None = None
        """Key of the split that the networks were trained with; None where nothing is known of it."""
        sizes = (config.action_dim, config.latent_dim, config.hidden_dim, config.depth)
        self.encoder = make_encoder(config)
        self.forward_model = PREDICTORS[config.predictor](config)
        self.inverse_model = InverseModel(*sizes, head=config.inverse_head)

    def encode(self, observation: Observation) -> Latent:
        """Return the latents of uint8 images (n, 3, side, side), or of what else the encoder is for.

        Raises `InputError` for any others.
        """
        return self.encoder(observation)

    @property
    def past_frames(self) -> int:
        """Latents before now that the forward model takes."""
        return self.config.past_frames

    @property
    def past_actions(self) -> int:
        """Actions before now that the forward model takes."""
        return self.config.past_actions

    def predict(self, z: Latent, action: Action, past: Past | None = None) -> Latent:
        """Return the forward model's prediction of the next latents; z: (n, latent_dim), action: (n, action_dim).

        past: for a forward model with memory; None is the start of an episode.
        """
        self._require("z", z, self.config.latent_dim)
        self._require("actions", action, self.config.action_dim)
        require_as_many("latents", z, "actions", action)
        before = self._past_of(z, past)
        return self.forward_model(z, action) if before is None else self.forward_model(z, action, before)

    def infer_action(self, z: Latent, z_next: Latent) -> Action:
        """Return the inverse model's estimate of the actions between two latents (n, latent_dim)."""
        self._require("z", z, self.config.latent_dim)
        self._require("z_next", z_next, self.config.latent_dim)
        require_as_many("latents", z, "next latents", z_next)
        return self.inverse_model(z, z_next)

    def rollout(self, z: Latent, actions: Actions, past: Past | None = None) -> Latents:
        """Return T+1 latents: z itself, then the forward model applied T times, open loop.

        past: that of z, for a forward model with memory; what is predicted joins it. None is the start of an episode.
        """
        self._require("z", z, self.config.latent_dim)
        self._require("actions", actions, None, self.config.action_dim)
        require_as_many("latents", z, "sequences of actions", actions)
        latents, past = [z], self._past_of(z, past)
        for action in actions.unbind(1):
            latents.append(self.predict(latents[-1], action, past))
            past = None if past is None else past.then(latents[-2], action)
        return torch.stack(latents, 1)  # T+1 of (batch, d) -> (batch, T+1, d)

    def _past_of(self, z: Latent, past: Past | None) -> Past | None:
        """Return the past of latents, that of an episode's start where none is given; None without a memory."""
        sizes = (self.past_frames, self.past_actions)
        if past is None:
            if not self.config.memory:
                return None
            num_latents, num_actions = sizes
            return Past.standing(z, num_latents=num_latents, num_actions=num_actions, action_dim=self.config.action_dim)
        check(self.config.memory > 0, "this forward model has no memory; leave past out")
        self._require("latents of the past", past.latents, sizes[0], self.config.latent_dim)
        self._require("actions of the past", past.actions, sizes[1], self.config.action_dim)
        require_as_many("latents", z, "rows of the past", past.latents)
        return past

    def _require(self, name: str, value: Tensor, *lengths: int | None) -> None:
        """Raise `InputError` unless a value is what the networks take, (n, *lengths)."""
        require_input(name, value, next(self.inverse_model.parameters()), None, *lengths)

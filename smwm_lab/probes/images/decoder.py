"""The decoder probe: how much of an image can be reconstructed from the latents of a frozen encoder.

    d(z) -> o,  min over d of mean (d(z) - o)^2 (1 + 10 (1 - o))         no gradient reaches the encoder

Source: arXiv 2606.20104. Latents enter as they are, not rescaled, as in the paper: what a model squeezed to a small
variance is hard to decode, although a linear probe still reads it. Errors are multiples of the error of the mean image,
which is the best answer without a latent. The weighted loss favours dark pixels, so a decoder of collapsed latents is
darker than the mean image and has an error above 1.
"""

from dataclasses import asdict, dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor

from smwm_lab.axes import Image, Latent, State
from smwm_lab.config import Config, config
from smwm_lab.data import StateSplit, sample_states
from smwm_lab.errors import check, check_instance, check_range
from smwm_lab.gates import require_finite, require_rows, require_tensor, to_unit_range
from smwm_lab.models import Decoder
from smwm_lab.models.mode import evaluating
from smwm_lab.objectives import weighted_pixel_loss
from smwm_lab.probes.inputs.encode import CHUNK, encode_states
from smwm_lab.probes.inputs.trained import Trained, model_and_split
from smwm_lab.seeding import generator, require_seed, stream_seed
from smwm_lab.worlds import World


@config
class DecoderConfig(Config):
    """How the decoder probe is trained; the defaults are for a minute on one core."""

    budget: int = 20_000
    """Images that the decoder is trained on, counted with repetition."""
    batch_size: int = 32
    """Images per update; the paper's 256 are for long runs."""
    learning_rate: float = 2e-3
    """Learning rate of Adam; the paper's 1e-3 is for long runs."""
    decay: bool = True
    """Whether the learning rate falls linearly to 0 over the budget; False is the paper's recipe."""
    seed: int = 0
    """Seed of the initial weights and of the order of images."""

    def __post_init__(self):
        require_seed(self.seed)
        check_range("batch_size", self.batch_size, 1, 65_536)
        check_range("budget", self.budget, self.batch_size, 10**9, "at least one batch")
        check_range("learning_rate", self.learning_rate, 1e-7, 1.0)

    @property
    def num_steps(self) -> int:
        """Updates in all."""
        return self.budget // self.batch_size


@dataclass(frozen=True)
class ReconstructionReport:
    """Held-out error of a decoder probe; prints itself in one line."""

    error: float
    """Mean squared error per pixel and channel, images in [0, 1]."""
    mean_image_error: float
    """Mean squared error of the mean training image, the best answer without a latent."""
    weighted_loss: float
    """Held-out mean of the training loss, in which dark pixels weigh up to 11 times as much."""

    @property
    def multiple(self) -> float:
        """Error over that of the mean image: 0 perfect, 1 no better than without a latent."""
        return self.error / self.mean_image_error

    def __repr__(self) -> str:
        return f"reconstruction error {self.error:.2g} = {self.multiple:.3f} x that of the mean image"

    def to_dict(self) -> dict[str, float]:
        """Return the measurements as JSON values."""
        return asdict(self) | {"multiple": self.multiple}


class DecoderProbe:
    """A decoder fitted on the latents of a frozen encoder; scikit-learn's contract, images rendered as needed.

    After `fit`: `decoder_` (in evaluation mode), `mean_image_` (3, H, W) in [0, 1] and `losses_`, one per update.
    """

    def __init__(self, config: DecoderConfig | None = None):
        self.config = DecoderConfig() if config is None else config
        check_instance("config", self.config, DecoderConfig)

    def fit(self, latents: Tensor, states: Tensor, world: World) -> "DecoderProbe":
        """Fit the decoder on the frames of states (n, s) and their latents (n, d), on the latents' device."""
        _require_usable(latents, states, world)
        check(world.spec.shows_images, "a decoder paints images, and this world shows none; allowed: a world of images")
        side = world.spec.observation_shape[1]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(stream_seed(self.config.seed, "decoder weights"))
            decoder = Decoder(side, latents.shape[1])
        self.decoder_ = decoder.to(latents.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.mean_image_ = _mean_image(world, states)
        self.losses_ = self._train(latents.float(), states.to(latents.device), world)
        self.decoder_.eval()
        return self

    def _train(self, latents: Tensor, states: Tensor, world: World) -> np.ndarray:
        optimizer = torch.optim.Adam(self.decoder_.parameters(), lr=self.config.learning_rate)
        stream = generator(self.config.seed, "decoder order")
        losses = []
        for step in range(self.config.num_steps):
            rows = torch.randint(len(latents), (self.config.batch_size,), generator=stream).to(latents.device)
            if self.config.decay:
                optimizer.param_groups[0]["lr"] = self.config.learning_rate * (1 - step / self.config.num_steps)
            target = to_unit_range(world.observe(states[rows]))
            loss = weighted_pixel_loss(self.decoder_(latents[rows]), target)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return torch.stack(losses).cpu().numpy()

    @torch.no_grad()
    def decode(self, latents: Latent) -> Image:
        """Return images in [0, 1] of latents (n, d), on the CPU."""
        check(hasattr(self, "decoder_"), "the decoder probe is not fitted; call fit first")
        expected = self.decoder_.expand.in_features
        require_rows("latents", latents, expected)
        require_finite("latents", latents)
        device = next(self.decoder_.parameters()).device
        with evaluating(self.decoder_):
            return torch.cat([self.decoder_(part.float().to(device)).cpu() for part in latents.split(CHUNK)])

    def report(self, latents: Tensor, states: Tensor, world: World) -> ReconstructionReport:
        """Return the errors on held-out latents (n, d) and the states (n, s) they come from."""
        _require_usable(latents, states, world)
        squares, floor, weighted = [], [], []
        for z, state in zip(latents.split(CHUNK), states.split(CHUNK), strict=True):
            image, target = self.decode(z), to_unit_range(world.observe(state)).cpu()
            squares.append((image - target).square().double().sum())
            floor.append((self.mean_image_ - target).square().double().sum())
            weighted.append(weighted_pixel_loss(image, target).double() * len(z))
        pixels = len(latents) * self.mean_image_.numel()
        return ReconstructionReport(
            float(sum(squares)) / pixels, float(sum(floor)) / pixels, float(sum(weighted)) / len(latents)
        )


def fit_decoder(
    trained: Trained,
    split: StateSplit | None = None,
    *,
    config: DecoderConfig | None = None,
    num_states: int = 4000,
    num_held_out: int = 1000,
) -> tuple[DecoderProbe, ReconstructionReport]:
    """Fit a decoder probe on training states of a frozen model and return it with its report on held-out ones.

    num_states: states the decoder learns from; a small world has fewer, and then they repeat.
    """
    model, split = model_and_split(trained, split)
    probe = DecoderProbe(config)
    device = next(model.parameters()).device
    fitted_on, held_out = (
        sample_states(split, n, held_out=side, generator=generator(probe.config.seed, f"decoder states {side}"))
        for n, side in ((num_states, False), (num_held_out, True))
    )
    world = split.world
    probe.fit(encode_states(model, world, fitted_on).to(device), fitted_on, world)
    return probe, probe.report(encode_states(model, world, held_out), held_out, world)


def _mean_image(world: World, states: State) -> Tensor:
    """Return the mean frame of states, (3, H, W) in [0, 1], CPU."""
    total = sum(to_unit_range(world.observe(part)).sum(0).cpu() for part in states.split(CHUNK))
    return cast(Tensor, total / len(states))


def _require_usable(latents: Tensor, states: Tensor, world: World) -> None:
    check_instance("world", world, World)
    world.require_inside(states)
    require_tensor("latents", latents, "torch.as_tensor gives one; float32 (n, d)")
    check(latents.ndim == 2, f"latents have shape {tuple(latents.shape)}; allowed: (n, d), one row per state")
    check(len(latents) == len(states), f"{len(latents)} latents and {len(states)} states; allowed: as many of both")
    check(len(latents) >= 2, f"{len(latents)} latents are too few; allowed: 2 or more")
    require_finite("latents", latents)

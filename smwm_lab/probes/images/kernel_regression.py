"""Images of latents without a decoder: the mean of all frames that look alike in the latent.

    image(z) = sum_i w_i frame_i / sum_i w_i,    w_i = exp(-|z - z_i|^2 / (2 h^2)),    i over training states

Kernel regression (Nadaraya 1964, Watson 1964) with nothing to learn: the mean frame of the states that a latent known
to within a distance h may stand for. Components that spread over more than h stay sharp, those squeezed to less than h
blur, and a collapsed latent gives the mean image. Latents are not standardised, so scale counts; in a probe that
standardises it does not.
"""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from smwm_lab.data import StateSplit
from smwm_lab.errors import check_range
from smwm_lab.objectives import weighted_pixel_loss
from smwm_lab.probes.images.decoder import ReconstructionReport
from smwm_lab.probes.inputs.checks import draw_probe_states
from smwm_lab.probes.inputs.encode import CHUNK, encode_states
from smwm_lab.probes.inputs.trained import Trained, model_and_split
from smwm_lab.worlds import World


@dataclass(frozen=True, eq=False, repr=False)
class KernelReconstruction:
    """Held-out states, and the mean frame of the training states that look like each in the latent."""

    states: Tensor
    """The held-out states (m, state)."""
    images: Tensor
    """Mean frame of the training states near each held-out latent, float32 (m, 3, H, W) in [0, 1]."""
    report: ReconstructionReport
    """Error of the images, and that of the mean image."""

    def __repr__(self) -> str:
        return f"KernelReconstruction of {len(self.states)} held-out states, {self.report!r}"


def kernel_reconstruction(
    trained: Trained,
    split: StateSplit | None = None,
    *,
    width: float = 0.3,
    num_train: int = 4000,
    num_test: int = 500,
    seed: int = 0,
) -> KernelReconstruction:
    """Reconstruct held-out states of a model's world as the mean frame of training states near them in its latent.

    width: the distance h, in latent units (each latent dimension lies between -1 and 1). The states are those of the
    other probes with the same seed and numbers. Takes a few seconds on one CPU core.
    """
    model, split = model_and_split(trained, split)
    check_range("width", width, 1e-6, 1e6)
    drawn = draw_probe_states(split, num_train=num_train, num_test=num_test, seed=seed)
    world = split.world
    z, held_out = (encode_states(model, world, side).double() for side in (drawn.training, drawn.held_out))
    nearness = torch.softmax(-torch.cdist(held_out, z).square() / (2 * width**2), 1).float()
    even = torch.full((1, num_train), 1 / num_train)
    images, mean_image = (_weighted_frames(world, drawn.training, weights) for weights in (nearness, even))
    images = images.clamp(0, 1)  # weights add up to 1 but for rounding
    truth = _frames(world, drawn.held_out)
    report = ReconstructionReport(
        error=float((images - truth).square().mean()),
        mean_image_error=float((mean_image - truth).square().mean()),
        weighted_loss=float(weighted_pixel_loss(images, truth)),
    )
    return KernelReconstruction(drawn.held_out, images, report)


def _weighted_frames(world: World, states: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted sums of frames, (m, 3, H, W); states: (n, state), weights: (m, n)."""
    parts = zip(states.split(CHUNK), weights.split(CHUNK, dim=1), strict=True)
    return cast(Tensor, sum(torch.einsum("mn,nchw->mchw", part, _frames(world, state)) for state, part in parts))


def _frames(world: World, states: Tensor) -> Tensor:
    return world.observe(states).float() / 255

"""Pixel reconstruction: the classical cure against collapse, which keeps everything that is drawn."""

from typing import ClassVar

from smwm_lab.axes import Image, Scalar
from smwm_lab.config import config
from smwm_lab.errors import check, check_counts, check_range
from smwm_lab.gates import require_alike, to_unit_range
from smwm_lab.models import Decoder, WorldModel
from smwm_lab.models.sizes import WIDEST_CHANNELS
from smwm_lab.objectives.base import EncodedBatch, Term, TermConfig


DARK_WEIGHT = 10.0
"""How much more a black pixel weighs than a white one, in the paper."""


def weighted_pixel_loss(image: Image, target: Image, *, dark_weight: float = DARK_WEIGHT) -> Scalar:
    """Return mean (image - target)^2 (1 + w (1 - target)): errors on dark pixels of a white canvas weigh more.

    image, target: (batch, 3, side, side) in [0, 1]; w: dark_weight, 0 or more (10 in the paper).
    Example at w = 10: image 0.5, target 1 -> 0.25; target 0 -> 2.75. Source: arXiv 2606.20104.
    """
    require_alike("images", image, "targets", target)
    check_range("dark_weight", dark_weight, 0.0, 1e6)
    return ((image - target).square() * (1 + dark_weight * (1 - target))).mean()


@config
class ReconstructionConfig(TermConfig):
    """Decoder and pixel weights of the reconstruction term."""

    dark_weight: float = DARK_WEIGHT
    """How much more an error on a black pixel weighs than on a white one, 0 or more."""
    channels: tuple[int, ...] = (128, 128, 64, 32)
    """Input channels of the decoder's transposed convolutions; images are a multiple of 2 ** their number px wide."""

    def __post_init__(self):
        check_range("dark_weight", self.dark_weight, 0.0, 1e6)
        check_counts("channels", self.channels, 1, WIDEST_CHANNELS)


class Reconstruction(Term):
    """Weighted pixel loss of a decoder trained together with the encoder: o from z.

    z: (batch, latent_dim); o: uint8 (batch, 3, side, side), the first frames of all transitions, actions known or not.
    Source: world models since arXiv 1803.10122.
    """

    name = "reconstruction"
    config_class: ClassVar[type[TermConfig]] = ReconstructionConfig
    config: ReconstructionConfig

    def __init__(self, model: WorldModel, config: ReconstructionConfig | None = None):
        super().__init__(model, config)
        check(not model.config.input_shape, "reconstruction paints images, observations are none; leave the term out")
        sizes = (model.config.side, model.config.latent_dim, self.config.channels)
        self.decoder = Decoder(*sizes, blank_start=model.config.blank_start)

    def forward(self, batch: EncodedBatch) -> Scalar:
        target = to_unit_range(batch.observation)
        return weighted_pixel_loss(self.decoder(batch.starts), target, dark_weight=self.config.dark_weight)

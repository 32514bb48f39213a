"""Pixel reconstruction: the classical cure against collapse, which keeps everything that is drawn."""

from smwm_lab.axes import Image, Scalar
from smwm_lab.models import Decoder, WorldModel
from smwm_lab.objectives.base import EncodedBatch, Term


def weighted_pixel_loss(image: Image, target: Image) -> Scalar:
    """Return mean (image - target)^2 (1 + 10 (1 - target)): errors on dark pixels of a white canvas weigh more.

    image, target: (batch, 3, side, side) in [0, 1]. Example: image 0.5, target 1 -> 0.25; target 0 -> 2.75.
    Source: arXiv 2606.20104.
    """
    return ((image - target).square() * (1 + 10 * (1 - target))).mean()


class Reconstruction(Term):
    """Weighted pixel loss of a decoder trained together with the encoder: o from z.

    z: (batch, latent_dim); o: uint8 (batch, 3, side, side). Source: world models since arXiv 1803.10122.
    """

    name = "reconstruction"

    def __init__(self, model: WorldModel):
        super().__init__(model)
        sizes = (model.config.side, model.config.latent_dim)
        self.decoder = Decoder(*sizes, blank_start=model.config.blank_start)

    def forward(self, batch: EncodedBatch) -> Scalar:
        return weighted_pixel_loss(self.decoder(batch.z), batch.observation.float().mul_(1 / 255))

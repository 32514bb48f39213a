"""WorldPlayer's figure: the observations before and after an action, as PNG images of whole pixels."""

import io

import numpy as np
from PIL import Image
from torch import Tensor

from smwm_lab.widgets.world_player.session import Moment
from smwm_lab.worlds import World


SCALE = 5
"""Screen px per image px."""


def frame_png(frame: Tensor, *, scale: int = 1) -> bytes:
    """Return an observation, uint8 (3, H, W), as a PNG of `scale` px per pixel."""
    pixels = np.moveaxis(frame.numpy(), 0, -1).repeat(scale, 0).repeat(scale, 1)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


def moment_pngs(world: World, moment: Moment, *, scale: int = 1) -> tuple[bytes, bytes]:
    """Return the observations before and after a step as PNGs."""
    before, after = (frame_png(world.observe(state)[0], scale=scale) for state in (moment.before, moment.after))
    return before, after

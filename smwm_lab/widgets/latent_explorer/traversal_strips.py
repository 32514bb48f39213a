"""A walk through the latent as HTML: what the decoder paints, and the real points nearest to it."""

from html import escape

import numpy as np

from smwm_lab.widgets.latent_explorer.session import LatentExplorerSession
from smwm_lab.widgets.shared.image_strip import strip_html


CELL = 84
"""Width of an image, px."""


def paragraph(text: str) -> str:
    """Return a line of plain text as HTML of readable size."""
    return f'<div style="font-size:14px;line-height:1.4;width:20rem">{escape(text)}</div>'


def traversal_html(numbers: LatentExplorerSession, path: np.ndarray) -> str:
    """Return the walk as strips: what the decoder paints, if there is one, and the nearest real points."""
    walk, step, unit = numbers.walk, numbers.step, numbers.walk.unit
    strips = []
    if numbers.decode is not None:
        painted = numbers.decode(numbers.walked())
        strips += [strip_html(painted, walk.offsets, width=CELL, marked=step, head=f"decoded, {unit}")]
    if numbers.table.frames is not None:
        captions = [f"point {row}" for row in path] if strips else walk.offsets
        head = "nearest real" if strips else f"nearest real, {unit}"
        strips += [strip_html(numbers.table.observations(path), captions, width=CELL, marked=step, head=head)]
    if not strips:
        where, row = f"{walk.offsets[step]} {unit}", int(path[step])
        strips = [paragraph(f"{walk.name} {where}: nearest is point {row}: {numbers.table.describe(row)}")]
    return "".join(strips)

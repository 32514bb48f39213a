"""A traversal of the latent as HTML: what the decoder paints, and the real points nearest to it."""

from html import escape

import numpy as np

from smwm_lab.probes.images.traversals import TraversalOffsets
from smwm_lab.widgets.latent_explorer.session import LatentExplorerSession
from smwm_lab.widgets.shared.image_strip import strip_html


CELL = 84
"""Width of an image, px."""


def paragraph(text: str, *, width: str = "20rem") -> str:
    """Return a line of plain text as HTML of readable size; width: as CSS has it."""
    return f'<div style="font-size:14px;line-height:1.4;width:{width}">{escape(text)}</div>'


def traversal_html(session: LatentExplorerSession, traversal: TraversalOffsets, *, step: int, path: np.ndarray) -> str:
    """Return a traversal as strips: what the decoder paints, if there is one, and the nearest real points.

    step: the marked one; path: the row nearest to each step, (steps,).
    """
    unit, table = traversal.unit, session.table
    strips = []
    if session.decode is not None:
        painted = session.decode(session.latents_along(traversal))
        strips += [strip_html(painted, traversal.offsets, width=CELL, marked=step, head=f"decoded, {unit}")]
    if table.frames is not None:
        captions = [f"point {row}" for row in path] if strips else traversal.offsets
        head = "nearest real" if strips else f"nearest real, {unit}"
        strips += [strip_html(table.observations(path), captions, width=CELL, marked=step, head=head)]
    if not strips:
        where, row = f"{traversal.offsets[step]} {unit}", int(path[step])
        strips = [paragraph(f"{traversal.name} {where}: nearest is point {row}: {table.describe(row)}")]
    return "".join(strips)

"""The mean observation of the selected rows, as HTML."""

import numpy as np

from smwm_lab.probes import LatentTable
from smwm_lab.widgets.latent_explorer.snapshot import evenly
from smwm_lab.widgets.shared.image_strip import image_html, stretched


MOST_AVERAGED = 30_000
"""Observations that are averaged at most, evenly chosen of the selected: each may have to be rendered first."""


def mean_html(table: LatentTable, rows: np.ndarray, *, width: int) -> str:
    """Return the mean observation of rows (k,) with what it is of, or an empty frame for no rows."""
    if len(rows) == 0:
        return image_html(None, "nothing selected", width=width)
    seen = evenly(rows, MOST_AVERAGED)
    image, factor = stretched(table.mean_observation(seen))
    some = f"{len(seen):,} of " if len(seen) < len(rows) else ""
    return image_html(image, f"mean of {some}{len(rows):,} selected, contrast x {factor:.0f}", width=width)

"""CollapseLab as a page without a kernel: a recording of the figure over the readings of a run."""

from collections.abc import Sequence

import numpy as np

from smwm_lab.widgets.collapse_lab.figure import collapse_lab_figure
from smwm_lab.widgets.collapse_lab.session import Reading, describe
from smwm_lab.widgets.collapse_lab.view import collapse_lab_view
from smwm_lab.widgets.shared.recording import figure_recording


NUM_FRAMES = 40
"""Frames of the recording, at most."""
LABEL = (
    "states in the latent plane; over transitions L_inv / Var(a), R² of a linear probe, total variance; the spectrum"
)


def page_body(readings: Sequence[Reading], *, hidden: tuple[str, ...]) -> str:
    """Return the content of the page; hidden: names of the things that no action moves."""
    last = len(readings)
    counts = np.unique(np.linspace(1, last, min(last, NUM_FRAMES)).round().astype(int)).tolist()
    figures = [collapse_lab_figure(collapse_lab_view(readings[:n], hidden=hidden)) for n in counts]
    return figure_recording(figures, [describe(readings[:n]) for n in counts], label=LABEL)

"""Figures of recordings: a contact sheet."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smwm_lab.data.recordings import Recording
from smwm_lab.errors import check_count, check_instance
from smwm_lab.viz.theme import PALETTE, SOFT, WIDTH
from smwm_lab.viz.worlds import show_image


MOST_POINTS = 500
"""Rows of an episode that a line is drawn through."""
MOST_LINES = 6
"""Components of a vector, or channels of a window, that are drawn."""


def plot_contact_sheet(recording: Recording, *, episodes: int = 6, columns: int = 8) -> Figure:
    """Return some episodes, evenly spaced among all, as rows.

    Of images `columns` frames each, evenly spaced from first to last; of vectors and windows a line per component over
    the rows of the episode, of windows at the last of their times.
    """
    check_instance("recording", recording, Recording, "open_recording gives one")
    check_count("episodes", episodes, 1, 100)
    check_count("columns", columns, 1, 100)
    total = len(recording.episodes)
    chosen = np.unique(np.linspace(0, total - 1, min(episodes, total)).round().astype(int))
    if recording.kind == "images":
        return _frames(recording, chosen, columns)
    return _lines(recording, chosen)


def _frames(recording: Recording, chosen: np.ndarray, columns: int) -> Figure:
    height, width = recording.observations.shape[1:3]
    tall = WIDTH / columns * height / width
    figure = Figure(figsize=(WIDTH, 0.3 + len(chosen) * (tall + 0.2)), layout="constrained")
    axes = figure.subplots(len(chosen), columns, squeeze=False)
    for row, episode in enumerate(chosen.tolist()):
        length = int(recording.episodes.lengths[episode])
        steps = np.unique(np.linspace(0, length - 1, min(columns, length)).round().astype(int))
        images = recording.observations.read(int(recording.episodes.offsets[episode]) + steps)
        for place, ax in enumerate(axes[row]):
            if place < len(steps):
                show_image(ax, np.moveaxis(images[place], -1, 0), "")
                ax.set_title(str(steps[place]), fontsize=8, loc="center", color=SOFT, pad=2)
            else:
                ax.set_axis_off()
        axes[row, 0].set_ylabel(f"episode {episode}", fontsize=8)
    figure.suptitle(f"{len(recording):,} rows in {len(recording.episodes):,} episodes; above each frame its row")
    figure.set_label(
        f"Contact sheet: frames of {width} x {height} px of episodes {_listed(chosen)}, an episode per row, from its "
        f"first row on the left to its last on the right; the recording has {len(recording):,} rows in "
        f"{len(recording.episodes):,} episodes"
    )
    return figure


def _lines(recording: Recording, chosen: np.ndarray) -> Figure:
    figure = Figure(figsize=(WIDTH, 0.7 + 1.3 * len(chosen)), layout="constrained")
    axes: list[Axes] = figure.subplots(len(chosen), 1, squeeze=False)[:, 0].tolist()
    what = "channel" if recording.kind == "windows" else "component"
    shown = min(MOST_LINES, recording.observations.shape[1])
    for ax, episode in zip(axes, chosen.tolist(), strict=True):
        length = int(recording.episodes.lengths[episode])
        steps = np.unique(np.linspace(0, length - 1, min(MOST_POINTS, length)).round().astype(int))
        values = recording.observations.read(int(recording.episodes.offsets[episode]) + steps)
        values = values[..., -1] if recording.kind == "windows" else values
        for index in range(shown):
            ax.plot(steps, values[:, index], color=PALETTE[index % len(PALETTE)], label=f"{what} {index}", lw=1)
        ax.set_title(f"episode {episode}", fontsize=9)
    axes[-1].set_xlabel("row of the episode")
    if shown > 1:
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=shown, fontsize=8)
    left = recording.observations.shape[1] - shown
    figure.set_label(
        f"Contact sheet: {shown} {what}s of the observations over the rows of episodes {_listed(chosen)}, a panel each"
        f"{f'; {left} more are not drawn' if left else ''}; the recording has {len(recording):,} rows in "
        f"{len(recording.episodes):,} episodes"
    )
    return figure


def _listed(chosen: np.ndarray) -> str:
    return ", ".join(map(str, chosen.tolist()))

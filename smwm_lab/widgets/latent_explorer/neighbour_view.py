"""Neighbours of the chosen point as a part of LatentExplorer: a slider for their number, and two strips."""

from html import escape

import ipywidgets
import numpy as np

from smwm_lab.probes import LatentTable
from smwm_lab.widgets.latent_explorer.neighbours import Neighbours
from smwm_lab.widgets.latent_explorer.session import LatentExplorerSession
from smwm_lab.widgets.shared.image_strip import image_html
from smwm_lab.widgets.shared.panel import Panel


NUM_NEIGHBOURS, MOST = 10, 20
"""Neighbours at first, and at most."""
CELL = 72
"""Width of an image, px."""


class NeighbourView:
    """The slider `neighbours` of a panel, and `strips` that show those of the session's row; `show` draws them anew."""

    def __init__(self, panel: Panel, session: LatentExplorerSession):
        self._session = session
        most = min(MOST, len(session.table) - 1)
        self.count = ipywidgets.IntSlider(
            min(NUM_NEIGHBOURS, most),
            1,
            most,
            description="neighbours",
            style={"description_width": "6.5em"},
            layout={"width": "28em"},
        )
        self.strips = ipywidgets.HTML()
        self.strips.add_class("smwm-neighbours")
        panel.on_change(self.count, "value", lambda _: self.show())

    def show(self) -> None:
        """Show the neighbours of the session's row."""
        found = self._session.neighbours(self.count.value)
        self.strips.value = neighbours_html(self._session.table, self._session.row, found)


def neighbours_html(table: LatentTable, row: int, found: Neighbours) -> str:
    """Return the neighbours of a row: how many agree, and a strip of each side; a thick frame marks what is on both."""
    head = f"Neighbours of point {row}: {found.summary()}"
    parts = [f'<div style="font-size:15px;line-height:1.5;font-weight:600">{escape(head)}</div>']
    if found.state_rows is None:
        return "".join([*parts, _strip(table, "nearest in the latent", found.latent_rows, None, "")])
    return "".join(
        [
            *parts,
            f'<div style="font-size:14px;line-height:1.4">{escape(scale(table))}</div>',
            _strip(table, "nearest in the latent", found.latent_rows, found.are_true, "true too"),
            _strip(table, "nearest in the true state", found.state_rows, found.are_latent, "latent too"),
        ]
    )


def scale(table: LatentTable) -> str:
    """Return how states are compared, and what a thick frame means, in words."""
    angles = ", ".join(name for name in map(str, table.states) if table.units.get(name) == "rad")
    circle = f"; {angles} round the circle" if angles else ""
    return f"States: every component divided by its spread{circle}. A thick frame marks what is near on both sides."


def _strip(table: LatentTable, head: str, rows: np.ndarray, is_both: np.ndarray | None, both: str) -> str:
    """Return one side as a line of images with their row numbers, or of numbers where there are no images."""
    marked = np.zeros(len(rows), bool) if is_both is None else is_both
    captions = [f"{row}, {both}" if mark else f"{row}" for row, mark in zip(rows, marked, strict=True)]
    if table.frames is None:
        words = [f"{caption} ({table.describe(int(row))})" for row, caption in zip(rows, captions, strict=True)]
        return f'<div style="font-size:14px;line-height:1.5">{escape(head)}: point {escape("; ".join(words))}</div>'
    cells = (
        image_html(image, caption, width=CELL, marked=bool(mark))
        for image, caption, mark in zip(table.observations(rows), captions, marked, strict=True)
    )
    words_html = f'<div style="width:5.5rem;flex:none;font-size:14px;line-height:1.35">{escape(head)}</div>'
    return (
        f'<div style="display:flex;align-items:flex-start;padding:2px">{words_html}'
        f'<div style="display:flex;flex-wrap:wrap">{"".join(cells)}</div></div>'
    )

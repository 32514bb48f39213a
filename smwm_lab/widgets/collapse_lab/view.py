"""What CollapseLab shows, as values: sheets of states in a latent plane, and four curves over transitions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smwm_lab.viz.theme import DOTS, PALETTE
from smwm_lab.widgets.collapse_lab.session import Reading


DARKEST = 0.3
"""Share of a thing's colour in the last row of its sheet, the rest is black; the first row, which legends show, has
all of it."""
NUM_EIGENVALUES = 10
"""Shown of a spectrum."""


@dataclass(frozen=True)
class CollapseLabView:
    """One moment of a run and the readings that led there."""

    history: pd.DataFrame
    """Rows: readings; columns: transitions, strength (lambda), alarm (L_inv / Var(a)), variance (total)."""
    r2: pd.DataFrame
    """Rows: readings; columns: names of things, held-out R^2 of a linear probe."""
    hidden: tuple[str, ...]
    """Names of the things that no action moves."""
    sheets: dict[str, np.ndarray]
    """Name of a thing -> its grid of positions in the latent plane, (side * side, 2)."""
    spectrum: np.ndarray
    """Covariance eigenvalues of held-out latents, largest first."""
    reach: float
    """Largest distance from the middle of the plane that any sheet has had."""

    @property
    def side(self) -> int:
        """Nodes along each side of a sheet."""
        return round(len(next(iter(self.sheets.values()))) ** 0.5)

    @property
    def changes(self) -> pd.DataFrame:
        """The readings at which lambda has a new value, the first one included."""
        return self.history[self.history["strength"].diff().fillna(1) != 0]

    def label(self, name: str) -> str:
        """Return the name of a thing with what moves it."""
        return f"{name} (moves by itself)" if name in self.hidden else f"{name} (controlled)"

    def colour(self, name: str) -> str:
        """Return the colour of a thing: a dot's own; what is no dot has one of the palette, by its place."""
        places = list(dict.fromkeys([*self.sheets, *self.r2]))
        return DOTS.get(name, PALETTE[places.index(name) % len(PALETTE)])

    def dark_colour(self, name: str) -> str:
        """Return the colour of the last row of a thing's sheet."""
        whole = (int(self.colour(name)[i : i + 2], 16) for i in (1, 3, 5))
        return "#" + "".join(f"{round(DARKEST * value):02X}" for value in whole)

    def mesh(self, name: str) -> np.ndarray:
        """Return the sheet of a thing as one line over all rows and columns of its grid, gaps as NaN, (k, 2)."""
        nodes = self.sheets[name].reshape(self.side, self.side, 2)
        gap = np.full((1, 2), np.nan)
        return np.concatenate([part for line in (*nodes, *nodes.transpose(1, 0, 2)) for part in (line, gap)])


def collapse_lab_view(readings: Sequence[Reading], *, hidden: tuple[str, ...]) -> CollapseLabView:
    """Return readings as what the figure shows; hidden: names of the things that no action moves."""
    rows = [(r.transitions, r.strength, r.inverse_over_variance, r.monitor_reading.total_variance) for r in readings]
    return CollapseLabView(
        history=pd.DataFrame(rows, columns=["transitions", "strength", "alarm", "variance"]),
        r2=pd.DataFrame([reading.monitor_reading.r2 for reading in readings]),
        hidden=hidden,
        sheets=readings[-1].monitor_reading.sheets,
        spectrum=readings[-1].monitor_reading.spectrum,
        reach=max(float(np.abs(sheet).max()) for r in readings for sheet in r.monitor_reading.sheets.values()),
    )

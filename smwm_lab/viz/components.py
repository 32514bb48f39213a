"""What several models keep of the same state components: heat maps side by side, one per measure."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from smwm_lab.errors import check, check_named
from smwm_lab.viz.contrast import ink_on
from smwm_lab.viz.inputs import numbers_of, require_columns
from smwm_lab.viz.theme import ABSENT, COLOURMAP, WIDTH


LETTER = 0.08
"""Width of a letter of a column's name, inches; names too wide for their columns are turned."""


def plot_component_heatmaps(tables: Mapping[str, pd.DataFrame], *, log: tuple[str, ...] = ()) -> Figure:
    """Return one heat map per table, all with the same rows (models) and the same columns (state components).

    tables: title -> values, dark for 0 and bright for 1, NaN in grey where a model has no such component.
    log: titles whose colours are logarithmic, from 0.001 to 1, as for noise survived.
    """
    check_named("tables", tables, pd.DataFrame)
    first = next(iter(tables.values()))
    for title, table in tables.items():
        require_columns(f"table {title!r}", table)
        numbers_of(f"table {title!r}", table)
        same = table.index.equals(first.index) and table.columns.equals(first.columns)
        check(same, f"table {title!r} has other rows or columns than the first; allowed: the same as there")
    letters = max(len(line) for name in first.columns for line in str(name).split("\n"))
    crowded = letters * LETTER > 0.8 * WIDTH / (len(tables) * len(first.columns))
    figure = Figure(figsize=(WIDTH, 0.36 * len(first) + 1.2 + 0.2 * crowded))
    axes = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
    for ax, (title, table) in zip(axes, tables.items(), strict=True):
        _draw_map(ax, table, LogNorm(1e-3, 1, clip=True) if title in log else Normalize(0, 1, clip=True), crowded)
        ax.set_title(title, fontsize=9, loc="center")
    axes[0].set_yticks(range(len(first)), list(first.index), fontsize=9)
    return figure


def _draw_map(ax: Axes, table: pd.DataFrame, norm: Normalize, crowded: bool) -> None:
    values = table.to_numpy(float)
    floor = (
        -np.inf if not isinstance(norm, LogNorm) or norm.vmin is None else norm.vmin
    )  # a logarithm has no colour for 0
    colours = mpl.colormaps[COLOURMAP].with_extremes(bad=ABSENT)
    ax.imshow(np.maximum(values, floor), cmap=colours, norm=norm, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            ink = ink_on(colours(norm(max(value, floor))))
            ax.text(column, row, _short(value), ha="center", va="center", fontsize=8, color=ink)
    ax.set_xticks(range(len(table.columns)), list(table.columns), fontsize=9)
    if crowded:
        ax.tick_params(axis="x", labelrotation=30)
        for label in ax.get_xticklabels():
            label.set(ha="right", va="top", rotation_mode="anchor")
    ax.grid(False)


def _short(value: float) -> str:
    """Return a number between 0 and 1 in at most five characters."""
    if abs(value) < 0.0005:
        return "0"
    return f"{value:.2f}" if abs(value) >= 0.0995 else f"{value:.3f}"

"""Figure -> words: what somebody is told who does not see it, from what the figure itself says.

A function that knows better than titles, axes and legends sets `figure.set_label("...")`; that is then all.
"""

import re

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D


LONGEST = 700
"""Characters; screen readers read a description in one breath."""
MOST_BARS = 12
"""Bars whose values are told one by one."""


def describe(figure: Figure) -> str:
    """Return what a figure shows, in words, `LONGEST` characters at most.

    Its label, or: titles, what is drawn over what, where lines begin and end, values of bars, legends.

    >>> figure = Figure()
    >>> ax = figure.subplots()
    >>> _ = ax.plot([1, 2, 3], [0.5, 0.2, 0.1], label="L_inv")
    >>> _ = ax.set(xlabel="step", ylabel="loss", title="Losses")
    >>> describe(figure)
    'Losses: loss over step; L_inv from 0.5 to 0.1'
    """
    if figure.get_label():
        return str(figure.get_label())
    heading = figure.get_suptitle()
    drawn = [ax for ax in figure.axes if ax.axison and ax.get_label() != "<colorbar>"]
    pictures = [ax for ax in drawn if _is_picture(ax)]
    parts = [heading] if heading else []
    parts += [_pictures(pictures)] if pictures else []
    parts += [_panel(ax) for ax in drawn if ax not in pictures]
    parts += [f"colours: {name}" for ax in figure.axes if ax.get_label() == "<colorbar>" for name in _names(ax)]
    parts += [f"legend: {', '.join(text.get_text() for text in legend.texts)}" for legend in figure.legends]
    told = ". ".join(dict.fromkeys(_one_line(part) for part in parts if part)) or "figure"
    return told if len(told) <= LONGEST else told[: LONGEST - 1].rstrip() + "…"


def _is_picture(ax: Axes) -> bool:
    """Whether axes hold an image and no scale to read it by."""
    return len(ax.images) > 0 and len(ax.get_xticks()) == 0


def _pictures(axes: list[Axes]) -> str:
    """Tell of pictures in rows and columns: how many, and what stands beside and above them."""
    count = f"{len(axes)} pictures" if len(axes) > 1 else "a picture"
    words = [word for ax in axes for word in (*_names(ax), _title(ax)) if word]
    return f"{count}: {'; '.join(dict.fromkeys(words))}" if words else count


def _panel(ax: Axes) -> str:
    """Tell of one panel."""
    names = _names(ax)
    across = [" over ".join(names[::-1])] if names else []
    contents = [*across, *_bars(ax), *_cells(ax), *_entries(ax)]
    return ": ".join(part for part in (_title(ax), "; ".join(contents)) if part)


def _names(ax: Axes) -> list[str]:
    """Return the names of the axes, x first; a logarithmic one says so."""
    each = ((ax.get_xlabel(), ax.get_xscale()), (ax.get_ylabel(), ax.get_yscale()))
    return [f"{name} (logarithmic)" if scale == "log" else name for name, scale in each if name]


def _title(ax: Axes) -> str:
    return " ".join(filter(None, (ax.get_title(loc) for loc in ("left", "center", "right"))))


def _bars(ax: Axes) -> list[str]:
    """Return the values of bars, each with the name on its axis where it has one."""
    told = []
    for bars in ax.containers:
        if not isinstance(bars, BarContainer) or bars.datavalues is None:
            continue
        values = [f"{value:.3g}" for value in np.asarray(bars.datavalues, dtype=float).tolist()]
        names = _tick_names(ax, "y" if bars.orientation == "horizontal" else "x")
        rows = [f"{name} {value}" for name, value in zip(names, values, strict=True)] if _fit(names, values) else values
        shown = ", ".join(rows) if len(rows) <= MOST_BARS else f"{rows[0]} to {rows[-1]}"
        own = str(bars.get_label())
        told.append(shown if own.startswith("_") or not own else f"{own} {shown}")
    return told


def _fit(names: list[str], values: list[str]) -> bool:
    return len(names) == len(values) and any(not name.isdigit() for name in names)


def _cells(ax: Axes) -> list[str]:
    """Return the names of the rows and columns of a map of cells."""
    if not ax.images:
        return []
    named = (("rows", _tick_names(ax, "y")), ("columns", _tick_names(ax, "x")))
    return [f"{kind} {', '.join(names)}" for kind, names in named if any(re.search("[a-z]", name) for name in names)]


def _tick_names(ax: Axes, axis: str) -> list[str]:
    return [label.get_text() for label in getattr(ax, f"get_{axis}ticklabels")()]


def _entries(ax: Axes) -> list[str]:
    """Return the names in the legend; lines say where they begin and end."""
    handles, labels = ax.get_legend_handles_labels()
    bars = [bars.get_label() for bars in ax.containers if isinstance(bars, BarContainer)]
    named = zip(handles, labels, strict=True)
    return [label + _course(handle, ax) for handle, label in named if label not in bars]


def _course(handle: object, ax: Axes) -> str:
    """Return from where to where a curve leads; nothing for what is no curve over x."""
    if not isinstance(handle, Line2D) or ax.get_aspect() != "auto":
        return ""
    values = np.asarray(handle.get_ydata(), float)
    values = values[np.isfinite(values)]
    return f" from {values[0]:.3g} to {values[-1]:.3g}" if len(values) > 2 else ""


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()

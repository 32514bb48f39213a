"""Figures of probes: how long a component survives noise, and what each measure of dimension says."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smwm_lab.errors import check_instance, check_named
from smwm_lab.probes import RankPanel, ReadoutReport, RetentionReport
from smwm_lab.viz.contrast import ink_on
from smwm_lab.viz.theme import ABSENT, BLACK, BLUE, GREY, PALETTE, WIDTH, component_colour


MARKERS = "osv^DPX<>"


def plot_retention(reports: Mapping[str, RetentionReport]) -> Figure:
    """Return held-out R^2 over the noise added to the latent, a panel per model, a line per state component.

    The marker stands where a component's R^2 falls to 1/2; a component without one was never carried. A model
    measured with an untrained one beside it has that one's curves in grey, and marks the components at their floor.
    """
    check_named("reports", reports, RetentionReport)
    alone = len(reports) == 1
    figure = Figure(figsize=(WIDTH, 3.2 if alone else 4.0))
    axes = figure.subplots(1, len(reports), sharey=True, squeeze=False)[0]
    where = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
    xlabel = "standard deviation of the noise in each direction\n/ total std of the latent"
    if not alone:
        where, xlabel = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.22)}, "noise / total std of latent"
    for ax, (name, report) in zip(axes, reports.items(), strict=True):
        _draw_curves(ax, report)
        ax.set_title(f"{name}\ntotal std {report.total_std:.2g}", fontsize=10)
        ax.set(xscale="log", ylim=(-0.1, 1.05))
        ax.set_xlabel(xlabel, fontsize=10 if alone else 9)
        ax.legend(title="noise survived", fontsize=8, title_fontsize=8, **where)
    axes[0].set_ylabel("held-out R²")
    return figure


def plot_readouts(report: ReadoutReport) -> Figure:
    """Return every score with its interval beside its controls, a row per state component and probe.

    Scores below -0.1 are drawn there.
    """
    check_instance("report", report, ReadoutReport)
    table = report.table()
    controls = [name for name in table.columns if name not in ("r2", "low", "high")]
    rows = np.arange(len(table))
    figure = Figure(figsize=(WIDTH, 0.24 * len(table) + 1.0))
    ax = figure.subplots()
    shown = table.clip(lower=-0.1)
    ax.hlines(rows, shown["low"], shown["high"], color=BLUE, linewidth=4, alpha=0.75)
    ax.plot(shown["r2"], rows, "o", color=BLUE, label="latents")
    for i, name in enumerate(controls):
        ax.plot(shown[name], rows, MARKERS[i + 1], color=PALETTE[(i + 1) % len(PALETTE)], label=name, fillstyle="none")
    ax.set_yticks(rows, [f"{state}, {probe}" for state, probe in table.index], fontsize=8)
    ax.set(xlim=(-0.13, 1.03), xlabel="held-out R²", title="What can be read, and what reads it as well")
    ax.invert_yaxis()
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _draw_curves(ax: Axes, report: RetentionReport) -> None:
    ax.axhline(0.5, color=BLACK, linestyle=":", linewidth=1)
    if report.untrained is not None:
        for i, component in enumerate(report.untrained.components.values()):
            ax.plot(
                report.untrained.noise,
                np.maximum(component.r2, -1),
                color=GREY,
                linewidth=1,
                zorder=1,
                label=None if i else "untrained",
            )
    for i, (name, component) in enumerate(report.components.items()):
        colour, dashed = component_colour(name, i)
        survives = component.survives
        marker = MARKERS[i % len(MARKERS)]
        label = f"{name}: {survives:.2g}" + (" (floor)" if report.at_floor.get(name) else "")
        ax.plot(
            report.noise,
            np.maximum(component.r2, -1),
            "--" if dashed else "-",
            color=colour,
            marker=marker,
            markevery=(3 * i % 10, 10),
            markersize=4,
            label=label,
        )
        if survives > 0:
            ax.plot([survives], [0.5], marker=marker, color=colour, markersize=9, markeredgecolor=BLACK)


def plot_rank_panel(panel: RankPanel) -> Figure:
    """Return the value of each measure (columns) for each cloud (rows), with its spread over seeds where there is one.

    Colour: too small (purple) to too large (orange) on a logarithmic scale, white where a measure is right; grey
    where the true dimension is 0. Total variance stands beside, since no rank sees collapse.
    """
    check_instance("panel", panel, RankPanel)
    table = panel.table()
    means, spreads = panel.means(), table["spread"].unstack(sort=False)
    facts = table.groupby("cloud", sort=False)[["true_dim", "total_variance"]].first().loc[means.index]
    figure = Figure(figsize=(WIDTH * 1.25, 0.42 * len(means) + 1.3))
    ax = figure.subplots()
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.log2(means.to_numpy() / facts["true_dim"].to_numpy(float)[:, None])
    times[facts["true_dim"].to_numpy() == 0] = np.nan
    colours = mpl.colormaps["PuOr_r"].with_extremes(bad=ABSENT)
    image = ax.imshow(np.clip(times, -3, 3), cmap=colours, vmin=-3, vmax=3, aspect="auto")
    cells = image.to_rgba(image.get_array())
    for (row, column), value in np.ndenumerate(means.to_numpy()):
        spread = spreads.to_numpy()[row, column]
        text = f"{value:.3g}" + (f" ±{spread:.{0 if spread >= 10 else 2}f}" if spread >= 0.005 else "")
        ax.text(column, row, text, ha="center", va="center", fontsize=8, color=ink_on(cells[row, column]))
    ax.set_xticks(range(len(means.columns)), [name.replace("_", "\n") for name in means.columns], fontsize=8)
    labels = [f"{name}: {fact.true_dim:.0f} (var. {fact.total_variance:.2g})" for name, fact in facts.iterrows()]
    ax.set_yticks(range(len(means)), labels, fontsize=8)
    ax.grid(False)
    ax.set_title("Measures of dimension; on the left the true one (and total variance)")
    bar = figure.colorbar(image, ax=ax, ticks=[-3, -1, 0, 1, 3])
    bar.ax.set_yticklabels(["÷8 or less", "÷2", "right", "×2", "×8 or more"], fontsize=8)
    return figure

"""Figures of collapse: spectra with their total variance, and scores beside their floors."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smwm_lab.errors import check_instance, check_named, check_range
from smwm_lab.probes import CollapseReport
from smwm_lab.viz.inputs import numbers_of, require_columns, require_mapping
from smwm_lab.viz.theme import BLACK, BLUE, GREEN, GREY, VERMILION, WIDTH


SHOWN = 12
"""Eigenvalues shown."""


def plot_report(report: CollapseReport) -> Figure:
    """Return the spectrum of a report (bars in absolute units) and its readouts."""
    check_instance("report", report, CollapseReport)
    figure = Figure(figsize=(WIDTH, 2.9))
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    values = report.spectrum[:SHOWN]
    colours = [BLUE if i < report.true_dim else GREY for i in range(len(values))]
    left.bar(np.arange(1, len(values) + 1), values, color=colours)
    left.set(xlabel="direction", ylabel="variance of the latent", xticks=np.arange(1, len(values) + 1))
    left.set_title(f"Spectrum, total variance {report.total_variance:.2g}")
    names = list(report.probe_r2)
    right.barh(names, np.clip(list(report.probe_r2.values()), 0, 1), color=GREEN)
    right.axvline(1, color=BLACK, linestyle=":", linewidth=1)
    right.set(xlim=(0, 1.05), xlabel="held-out R²", title=f"L_inv/Var(a) = {report.inverse_over_variance:.3f}")
    right.invert_yaxis()
    return figure


def plot_spectra(reports: Mapping[str, CollapseReport]) -> Figure:
    """Return the spectra of several models in absolute units (logarithmic) and as shares of their total."""
    check_named("reports", reports, CollapseReport)
    figure = Figure(figsize=(WIDTH, 2.9 + 0.2 * -(-len(reports) // 2)))
    absolute, shares = figure.subplots(1, 2)
    for i, (name, report) in enumerate(reports.items()):
        style = {"marker": "osv^DPX"[i % 7], "markersize": 4, "label": f"{name}, total {report.total_variance:.2g}"}
        where = np.arange(1, len(report.spectrum[:SHOWN]) + 1)
        absolute.plot(where, np.maximum(report.spectrum[:SHOWN], 1e-12), **style)
        share = report.spectrum[:SHOWN] / max(report.spectrum.sum(), 1e-300)
        shares.plot(where, share, **style)
    ticks = range(2, SHOWN + 1, 2)
    absolute.set(yscale="log", xlabel="direction", xticks=ticks, ylabel="variance", title="Absolute: collapse shows")
    shares.set(xlabel="direction", xticks=ticks, ylabel="share of total", title="Shares: collapse hides")
    figure.legend(*shares.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def plot_scores(table: pd.DataFrame, *, good: Mapping[str, float], log: tuple[str, ...] = ()) -> Figure:
    """Return one small bar chart per column of `table`, a row per model, each bar with its value.

    good: column -> value drawn as a dashed line: what the ideal latent would show. log: columns on a logarithmic
    axis, where 0 has no bar.
    """
    require_columns("table", table)
    numbers_of("scores", table)
    require_mapping("good", good)
    for column, value in good.items():
        check_range(f"good[{column!r}]", value, -1e12, 1e12)
    figure = Figure(figsize=(WIDTH * 1.1, 0.32 * len(table) + 1.0))
    axes = figure.subplots(1, len(table.columns), sharey=True, squeeze=False)[0]
    for ax, column in zip(axes, table.columns, strict=True):
        ax.barh(table.index, table[column], color=BLUE)
        if column in log:
            ax.set_xscale("log")
        if column in good:
            ax.axvline(good[column], color=VERMILION, linestyle="--", linewidth=1.2)
        _write_values(ax, table[column])
        ax.set_title(column, fontsize=9, loc="center")
        ax.tick_params(labelsize=8)
        ax.grid(axis="y", visible=False)
    axes[0].invert_yaxis()
    return figure


def _write_values(ax: Axes, values: pd.Series) -> None:
    """Write every value at the end of its bar, the axis made longer for the text."""
    scale, (low, high) = ax.xaxis.get_transform(), ax.get_xlim()
    start, end = scale.transform([low, high])
    ax.set_xlim(low, scale.inverted().transform(start + 1.45 * (end - start)))  # type: ignore[arg-type]
    for row, value in enumerate(values):
        if np.isfinite(value):
            text = "0" if value == 0 else f"{value:.2g}".replace("e-0", "e-").replace("e+0", "e")
            ax.annotate(
                text,
                (max(value, low, 0), row),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
                bbox={"facecolor": "white", "linewidth": 0, "pad": 0.6},
            )

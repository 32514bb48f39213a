"""Figures of structure: distances, conditioning and rollouts of a latent beside floor and truth."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smwm_lab.errors import check_instance
from smwm_lab.probes import StructureReport
from smwm_lab.viz.theme import BLACK, BLUE, GREEN, ORANGE, WIDTH


def plot_structure(report: StructureReport) -> Figure:
    """Return three panels: latent over true distance, singular values, and rollout error by horizon."""
    check_instance("report", report, StructureReport)
    figure = Figure(figsize=(WIDTH, 2.9))
    distances, singular, rollout = figure.subplots(1, 3)
    _draw_distances(distances, report)
    _draw_singular_values(singular, report)
    _draw_rollout(rollout, report)
    return figure


def _draw_distances(ax: Axes, report: StructureReport) -> None:
    true, latent = report.model.distances.pairs.T
    ax.scatter(true, latent, s=4, alpha=0.75, color=BLUE, linewidths=0)
    ax.set(xlabel="true distance (actions)", ylabel="distance in the latent", xlim=(0, None), ylim=(0, None))
    ax.set_title(f"Rank correlation {report.model.distances.pooled:.3f}", fontsize=10)


def _draw_singular_values(ax: Axes, report: StructureReport) -> None:
    shown = (("model", report.model, BLUE), ("untrained", report.untrained, ORANGE))
    for i, (name, structure, colour) in enumerate(shown):
        values = structure.conditioning.singular_values
        ax.bar(np.arange(1, len(values) + 1) + 0.4 * (i - 0.5), values, width=0.38, color=colour, label=name)
    ax.set(xlabel="controllable direction", ylabel="latent per unit action", ylim=(0, 1.3 * ax.get_ylim()[1]))
    ax.set_xticks(np.arange(1, len(report.model.conditioning.singular_values) + 1))
    ax.set_title(f"Condition number {report.model.conditioning.median:.2f}", fontsize=10)
    ax.legend(loc="upper right")


def _draw_rollout(ax: Axes, report: StructureReport) -> None:
    rollout = report.model.rollout
    steps = np.arange(1, len(rollout.error) + 1)
    ax.plot(steps, rollout.error, "o-", color=BLUE, label="model")
    ax.plot(steps, rollout.stand_still, "--", color=BLACK, label="standing still")
    ax.set(xlabel="steps ahead", ylabel="error / spread", ylim=(0, None))
    ax.set_title("Open-loop rollout", fontsize=10)
    ax.legend()


def plot_dynamics_metrics(report: StructureReport) -> Figure:
    """Return the errors against the laws, and the shares of the displacement, each beside its floor and truth.

    Errors are on an axis that is linear up to 0.01 and logarithmic beyond.
    """
    check_instance("report", report, StructureReport)
    figure = Figure(figsize=(WIDTH, 2.6))
    errors, shares = figure.subplots(1, 2)
    table = report.table()
    rows = ["equivariance error / step", "composition error / step", "rollout error / spread, 1 step"]
    names = ["equivariance error\n(per step)", "composition error\n(per step)", "rollout error, 1 step\n(per spread)"]
    _draw_bars(errors, table.loc[rows, ["model", "untrained", "true state"]].to_numpy(float), names)
    errors.set_xscale("symlog", linthresh=0.01)
    errors.set_xlabel("error, in the unit of its row")
    errors.set_title("Errors: 0 is ideal", fontsize=10)
    rows = ["additivity R2, linear", "additivity R2, smooth", "share due to the state"]
    _draw_bars(shares, table.loc[rows, ["model", "untrained", "true state"]].to_numpy(float), rows)
    shares.set_xlabel("share")
    shares.set_title("Shares of z' - z", fontsize=10)
    shares.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _draw_bars(ax: Axes, values: np.ndarray, rows: list[str]) -> None:
    places = np.arange(len(rows))
    for i, (name, colour) in enumerate((("model", BLUE), ("untrained", ORANGE), ("true state", GREEN))):
        ax.barh(places + 0.27 * (i - 1), values[:, i], height=0.25, color=colour, label=name)
    ax.set_yticks(places, rows)
    ax.tick_params(axis="y", labelsize=8)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)

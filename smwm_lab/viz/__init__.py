"""Values -> figure. A `plot_*` function returns a figure; it never shows, saves or prints."""

from smwm_lab.viz.architecture import plot_architecture
from smwm_lab.viz.collapse import plot_report, plot_scores, plot_spectra
from smwm_lab.viz.components import plot_component_heatmaps
from smwm_lab.viz.images import plot_reconstructions, plot_traversal
from smwm_lab.viz.places import plot_place_errors
from smwm_lab.viz.planning import (
    plot_horizon,
    plot_landscape,
    plot_plan,
    plot_replanning,
    plot_search,
    plot_success,
)
from smwm_lab.viz.probes import plot_rank_panel, plot_readouts, plot_retention
from smwm_lab.viz.projection import plot_projections
from smwm_lab.viz.structure import plot_dynamics_metrics, plot_structure
from smwm_lab.viz.theme import use_theme
from smwm_lab.viz.training import (
    plot_alarm,
    plot_error_by_horizon,
    plot_latent_planes,
    plot_losses,
    plot_rollouts,
    plot_unfolding,
)
from smwm_lab.viz.two_room import plot_distances, plot_metric, plot_rates, plot_ways
from smwm_lab.viz.worlds import plot_bars, plot_coverage, plot_observations, plot_transitions


__all__ = [
    "plot_alarm",
    "plot_architecture",
    "plot_bars",
    "plot_component_heatmaps",
    "plot_coverage",
    "plot_distances",
    "plot_error_by_horizon",
    "plot_horizon",
    "plot_landscape",
    "plot_latent_planes",
    "plot_dynamics_metrics",
    "plot_losses",
    "plot_metric",
    "plot_observations",
    "plot_place_errors",
    "plot_plan",
    "plot_replanning",
    "plot_projections",
    "plot_rank_panel",
    "plot_rates",
    "plot_readouts",
    "plot_reconstructions",
    "plot_report",
    "plot_retention",
    "plot_rollouts",
    "plot_scores",
    "plot_search",
    "plot_spectra",
    "plot_structure",
    "plot_success",
    "plot_transitions",
    "plot_traversal",
    "plot_unfolding",
    "plot_ways",
    "use_theme",
]

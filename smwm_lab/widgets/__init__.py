"""Figures with controls; each has a static twin."""

from smwm_lab.extras import require


require("notebooks", "ipywidgets", "anywidget", "plotly", "traitlets", "PIL")

from smwm_lab.widgets.collapse_lab.widget import CollapseLab
from smwm_lab.widgets.gallery import GALLERY, Gallery, build_widget, export_widget
from smwm_lab.widgets.latent_explorer.widget import LatentExplorer
from smwm_lab.widgets.linked_explorer.widget import LinkedExplorer
from smwm_lab.widgets.planner_theatre.widget import PlannerTheatre
from smwm_lab.widgets.probe_bench.widget import ProbeBench
from smwm_lab.widgets.shared.panel import Panel, guarded
from smwm_lab.widgets.world_player.widget import WorldPlayer


__all__ = [
    "GALLERY",
    "CollapseLab",
    "Gallery",
    "LatentExplorer",
    "LinkedExplorer",
    "Panel",
    "PlannerTheatre",
    "ProbeBench",
    "WorldPlayer",
    "build_widget",
    "export_widget",
    "guarded",
]

"""Floor 9: figures with controls; each has a static twin."""

from smwm_lab.widgets.collapse_lab import CollapseLab
from smwm_lab.widgets.gallery import EXHIBITS, Gallery, build_exhibit, export_exhibit
from smwm_lab.widgets.latent_explorer import LatentExplorer
from smwm_lab.widgets.panel import Panel, guarded
from smwm_lab.widgets.planner_theatre import PlannerTheatre
from smwm_lab.widgets.probe_bench import ProbeBench
from smwm_lab.widgets.world_player import WorldPlayer


__all__ = [
    "EXHIBITS", "CollapseLab", "Gallery", "LatentExplorer", "Panel", "PlannerTheatre", "ProbeBench", "WorldPlayer",
    "build_exhibit", "export_exhibit", "guarded",
]  # fmt: skip

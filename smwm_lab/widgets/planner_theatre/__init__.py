"""PlannerTheatre: watch a planner decide."""

from smwm_lab.widgets.planner_theatre.widget import PlannerTheatre


__all__ = ["PlannerTheatre"]

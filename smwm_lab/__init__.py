"""smwm_lab: train, probe and teach Sensorimotor World Models (arXiv 2606.20104) on small machines.

The names that most people need stand here; docs/api.md has an example of each. Importing the package costs nothing:
a name is fetched from its package when it is used for the first time (PEP 562).

One thing it does: unless torch is loaded already or the variable is set, it sets OMP_WAIT_POLICY=PASSIVE for this
process and those it starts, so that torch's threads sleep while they wait for each other. torch reads it when it is
loaded: in a script import smwm_lab first, or set the variable yourself. No result depends on it.
"""

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from smwm_lab.data import split_by_region as split_by_region
    from smwm_lab.data import split_by_state as split_by_state
    from smwm_lab.models import WorldModel as WorldModel
    from smwm_lab.planning import compare_planners as compare_planners
    from smwm_lab.planning import evaluate as evaluate
    from smwm_lab.planning import held_out_tasks as held_out_tasks
    from smwm_lab.planning import make_agent as make_agent
    from smwm_lab.planning.plan import plan as plan
    from smwm_lab.probes import collapse_report as collapse_report
    from smwm_lab.probes import fit_decoder as fit_decoder
    from smwm_lab.probes import project as project
    from smwm_lab.probes import rank_panel as rank_panel
    from smwm_lab.probes import readout_report as readout_report
    from smwm_lab.probes import retention_report as retention_report
    from smwm_lab.probes import structure_report as structure_report
    from smwm_lab.training import Run as Run
    from smwm_lab.training import TrainConfig as TrainConfig
    from smwm_lab.training import TrainingLoop as TrainingLoop
    from smwm_lab.training import load_or_fit as load_or_fit
    from smwm_lab.training import load_run as load_run
    from smwm_lab.training import make_objective as make_objective
    from smwm_lab.training import planning_config as planning_config
    from smwm_lab.training import preset_config as preset_config
    from smwm_lab.training.fit import fit as fit
    from smwm_lab.viz import use_theme as use_theme
    from smwm_lab.widgets import CollapseLab as CollapseLab
    from smwm_lab.widgets import LatentExplorer as LatentExplorer
    from smwm_lab.widgets import PlannerTheatre as PlannerTheatre
    from smwm_lab.widgets import ProbeBench as ProbeBench
    from smwm_lab.widgets import WorldPlayer as WorldPlayer
    from smwm_lab.worlds import WORLDS as WORLDS
    from smwm_lab.worlds import World as World
    from smwm_lab.worlds import WorldSpec as WorldSpec
    from smwm_lab.worlds import make_world as make_world
    from smwm_lab.worlds import register_world as register_world


_FRONT_DOOR: dict[str, tuple[str, ...]] = {
    "worlds": ("WORLDS", "World", "WorldSpec", "make_world", "register_world"),
    "data": ("split_by_region", "split_by_state"),
    "models": ("WorldModel",),
    "training": (
        "Run",
        "TrainConfig",
        "TrainingLoop",
        "fit",
        "load_or_fit",
        "load_run",
        "make_objective",
        "planning_config",
        "preset_config",
    ),
    "probes": (
        "collapse_report",
        "fit_decoder",
        "project",
        "rank_panel",
        "readout_report",
        "retention_report",
        "structure_report",
    ),
    "planning": ("compare_planners", "evaluate", "held_out_tasks", "make_agent", "plan"),
    "viz": ("use_theme",),
    "widgets": ("CollapseLab", "LatentExplorer", "PlannerTheatre", "ProbeBench", "WorldPlayer"),
}
"""Package -> its names that stand here, from the ground up; the imports above say the same to a type checker."""
_HOME = {name: package for package, names in _FRONT_DOOR.items() for name in names}

__all__ = sorted(_HOME)


def _let_threads_sleep() -> None:
    """Let threads of OpenMP sleep at barriers, where nobody chose otherwise and torch can still learn of it.

    By default they spin, and on a busy machine burn the time slice in which the thread they wait for could run.
    """
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


_let_threads_sleep()


def __getattr__(name: str) -> object:
    """Return a name of the front door, or a package below it, and keep it."""
    if name == "__version__":
        return import_module("smwm_lab.version").VERSION
    if name in _FRONT_DOOR:
        return import_module(f"smwm_lab.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'smwm_lab' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = globals()[name] = getattr(import_module(f"smwm_lab.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_FRONT_DOOR})

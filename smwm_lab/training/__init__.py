"""Training runs: configuration, loop, presets, and runs on disk."""

from smwm_lab.training.config import TrainConfig
from smwm_lab.training.device import choose_device
from smwm_lab.training.export import export_model
from smwm_lab.training.fit import fit, load_or_fit
from smwm_lab.training.loop import Snapshot, TrainingLoop
from smwm_lab.training.presets import PRESETS, config_with_memory, make_objective, planning_config, preset_config
from smwm_lab.training.pretrained import shipped_configs
from smwm_lab.training.refit_config import RefitConfig
from smwm_lab.training.regularisers import REGULARISERS, regulariser_objective
from smwm_lab.training.runs import Run, list_runs, load_run, save_run
from smwm_lab.training.transitions import draw_windows


__all__ = [
    "PRESETS",
    "REGULARISERS",
    "RefitConfig",
    "Run",
    "Snapshot",
    "TrainConfig",
    "TrainingLoop",
    "choose_device",
    "config_with_memory",
    "draw_windows",
    "export_model",
    "fit",
    "list_runs",
    "load_or_fit",
    "load_run",
    "make_objective",
    "planning_config",
    "preset_config",
    "regulariser_objective",
    "save_run",
    "shipped_configs",
]

"""Which runs a page lets its reader switch between: the paper's method, nothing in its place, and SIGReg.

All three see the same pairs of images. Where the planning run of the world, trained on trajectories, is at hand, it
comes along as the fourth.
"""

from collections.abc import Mapping

from smwm_lab.errors import check, check_named
from smwm_lab.training import Run, TrainConfig, load_or_fit, planning_config, preset_config, regulariser_objective
from smwm_lab.training.run_list import is_on_disk
from smwm_lab.worlds import make_world, resolve_world


LABELS = {"inverse": "SMWM (λ = 10)", "none": "λ = 0 (no inverse term)", "sigreg": "SIGReg instead"}
"""Name in `REGULARISERS`, at its usual strength -> what the page calls it."""
ON_TRAJECTORIES = "SMWM, trained on trajectories"
"""What the page calls the planning run."""


def live_configs(world: str, preset: str = "quick", *, seed: int = 0) -> dict[str, TrainConfig]:
    """Return label -> configuration of the runs of a page, in the order in which they are offered.

    Raises `InputError` for a world that no page can draw, and for one without actions, as nothing can be done there.

    >>> list(live_configs("single_dot", "smoke"))[:2]
    ['SMWM (λ = 10)', 'λ = 0 (no inverse term)']
    """
    there = make_world(resolve_world(world).config)
    there.blueprint()
    has_actions = there.spec.action_dim > 0
    check(has_actions, f"{world} has no actions, so nothing can be done on a page; use a controlled world")
    configs = {
        label: preset_config(world, preset, objective=regulariser_objective(name), seed=seed)
        for name, label in LABELS.items()
    }
    planning = planning_config(world, preset, seed=seed)
    if planning not in configs.values() and is_on_disk(planning):
        configs[ON_TRAJECTORIES] = planning
    return configs


def configs_at_hand(configs: Mapping[str, TrainConfig]) -> dict[str, TrainConfig]:
    """Return those configurations whose runs are on disk; nothing has to be trained for them."""
    return {label: config for label, config in configs.items() if is_on_disk(config)}


def what_is_missing(world: str, configs: Mapping[str, TrainConfig], present: Mapping[str, TrainConfig]) -> str:
    """Return a line for the readers of a page without some of its runs: which, and what adds them; '' if none lacks."""
    missing = [label for label in configs if label not in present]
    if not missing:
        return ""
    return f"Not trained here, so not on this page: {', '.join(missing)}; smwm-lab live {world} trains and adds them."


def load_runs(configs: Mapping[str, TrainConfig]) -> dict[str, Run]:
    """Return label -> run; what is not on disk is trained now, with a progress bar, and kept in the cache."""
    check_named("configs", configs, TrainConfig)
    return {label: load_or_fit(config, label=label) for label, config in configs.items()}

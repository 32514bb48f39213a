"""Presets: smoke (seconds, every code path), quick (a workshop on two cores), paper (a GPU)."""

import dataclasses
from typing import Any

from smwm_lab.errors import check, check_choice, check_count, check_instance
from smwm_lab.models import ModelConfig, encoder_for
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.objectives.objective import check_weight
from smwm_lab.training.config import TrainConfig
from smwm_lab.training.refit_config import RefitConfig
from smwm_lab.worlds import WorldEntry, make_world, resolve_world


PRESETS = ("smoke", "quick", "paper")

EPISODE_LENGTH, WINDOW_LENGTH = 20, 4
"""Steps of the walks of planning runs (in two_room the paper's 100 primitive steps), and of the windows cut from them:
four steps show five frames, where four pairs show eight, so that a transition costs 5/8 of its price."""

MOST_FRAMES = 16
"""Frames that a forward model sees at most, by `config_with_memory`: with the rollout they fit an episode."""


def make_objective(inverse_weight: float = 10.0, **others: float) -> ObjectiveConfig:
    """Return forward + inverse_weight * inverse + the other terms given by name.

    Where no inverse term reaches the encoder, h is trained on detached latents (`inverse_probe`), so that
    L_inv / Var(a) keeps its meaning.

    >>> make_objective().weights
    {'forward': 1.0, 'inverse': 10.0}
    """
    for name, weight in {"inverse": inverse_weight, **others}.items():
        check_weight(name, weight)
    weights = {"forward": 1.0, "inverse": float(inverse_weight)} | {k: float(v) for k, v in others.items()}
    if weights["inverse"] == 0:
        del weights["inverse"]
        weights["inverse_probe"] = 1.0
    return ObjectiveConfig(weights=weights)


def preset_config(
    world: str | WorldEntry,
    preset: str = "quick",
    *,
    objective: ObjectiveConfig | None = None,
    seed: int = 0,
    budget: int | None = None,
) -> TrainConfig:
    """Return the configuration of a world at a preset; `budget` overrides the transitions seen.

    world: a registered name, `package.module:World`, or an entry, such as that of a recording (`recording_entry`).

    >>> preset_config("single_dot", "smoke").num_steps
    16
    """
    entry = _checked(world, preset, objective, budget)
    config = _RECIPES[preset](entry, objective or make_objective(), seed, budget)
    return _on_trajectories(config) if entry.trajectories_only else config


def planning_config(
    world: str | WorldEntry,
    preset: str = "quick",
    *,
    objective: ObjectiveConfig | None = None,
    seed: int = 0,
    budget: int | None = None,
) -> TrainConfig:
    """Return the configuration of a run to plan with: trained on trajectories over the whole canvas, commands recorded.

    Pairs start in the middle of the canvas, so a plan of several steps leaves what they cover; and a forward model
    that has only seen realised actions cannot know that a wall stops what is asked for.

    >>> planning_config("single_dot", "smoke").source
    'walks'
    """
    entry = _checked(world, preset, objective, budget)
    has_actions = make_world(entry.config).spec.action_dim > 0
    check(has_actions, f"{entry.name} has no actions, so there is nothing to plan; use a controlled world")
    if budget is None and preset == "quick":
        budget = entry.num_planning_transitions
    return _on_trajectories(preset_config(world, preset, objective=objective, seed=seed, budget=budget))


def config_with_memory(
    world: str | WorldEntry,
    preset: str = "quick",
    history: int = 3,
    *,
    objective: ObjectiveConfig | None = None,
    seed: int = 0,
    budget: int | None = None,
) -> TrainConfig:
    """Return a configuration on trajectories with a second stage, in which the forward model sees `history` frames.

    history: 1 to 16, with the present frame; the actions between them are seen too. More than 1 is for bodies whose
    velocity one frame does not show.

    >>> config_with_memory("single_dot", "smoke", 3).refit.past_frames
    2
    """
    check_count("history", history, 1, MOST_FRAMES)
    chosen: dict[str, Any] = {"objective": objective, "seed": seed, "budget": budget}
    config = preset_config(world, preset, **chosen)
    if config.source != "walks":
        config = planning_config(world, preset, **chosen)
    refit = RefitConfig(past_frames=history - 1, past_actions=history - 1, **_REFITS.get(preset, {}))
    longest = max(config.episode_length, refit.length)
    return config.replace(refit=refit.to_dict(), episode_length=longest)


def _checked(world: str | WorldEntry, preset: str, objective: ObjectiveConfig | None, budget: int | None) -> WorldEntry:
    """Return the entry of a world, after the other arguments of a preset have been checked; the seed is with them."""
    check_choice("preset", preset, PRESETS)
    if objective is not None:
        check_instance("objective", objective, ObjectiveConfig, "make_objective gives one")
    if budget is not None:
        check_count("budget", budget, 1, 10**12)
    return world if isinstance(world, WorldEntry) else resolve_world(world)


def _on_trajectories(config: TrainConfig) -> TrainConfig:
    """Return the configuration on trajectories, where angles have no curriculum."""
    walks = {"source": "walks", "episode_length": EPISODE_LENGTH, "length": WINDOW_LENGTH, "sector": 1.0}
    return config.replace(**walks, action_label="commanded")


def _smoke(entry: WorldEntry, objective: ObjectiveConfig, seed: int, budget: int | None) -> TrainConfig:
    budget = 512 if budget is None else budget
    recipe = {"batch_size": 32, **entry.recipe}
    return _config(entry, objective, seed, budget=budget, num_transitions=budget, **recipe)


def _quick(entry: WorldEntry, objective: ObjectiveConfig, seed: int, budget: int | None) -> TrainConfig:
    budget = entry.budget if budget is None else budget
    num_transitions = budget if "sector" in entry.recipe else min(budget, 1_000_000)
    return _config(entry, objective, seed, budget=budget, num_transitions=num_transitions, **entry.recipe)


def _paper(entry: WorldEntry, objective: ObjectiveConfig, seed: int, budget: int | None) -> TrainConfig:
    """The paper's recipe: 250,000 transitions, 100 epochs (sprites 200), batch 256, Adam at 5e-4, no schedule.

    Two rooms: the paper's data (10,000 episodes of 20 actions) and 10 epochs, the networks and optimiser of the toys.
    """
    size = entry.paper_transitions
    return _config(
        entry,
        objective,
        seed,
        budget=size * entry.paper_epochs if budget is None else budget,
        num_transitions=size,
        batch_size=256,
        learning_rate=5e-4,
        adam_beta2=0.999,
        warmup_fraction=0.0,
        decay=False,
        blank_start=False,
    )


_RECIPES = {"smoke": _smoke, "quick": _quick, "paper": _paper}
_REFITS = {"smoke": {"budget": 2560, "windows_per_update": 32}}
"""What a preset changes of the second stage."""
_OF_MODEL, _OF_TRAINING = ({field.name for field in dataclasses.fields(cls)} for cls in (ModelConfig, TrainConfig))


def _config(entry: WorldEntry, objective: ObjectiveConfig, seed: int, **recipe: Any) -> TrainConfig:
    """Return the configuration of an entry; `recipe` holds fields of `ModelConfig` and of `TrainConfig`."""
    unknown = sorted(set(recipe) - _OF_MODEL - _OF_TRAINING)
    check(
        not unknown,
        f"recipe of world {entry.name} has {', '.join(unknown)}; allowed: fields of TrainConfig, ModelConfig",
    )
    spec = make_world(entry.config).spec
    shape = spec.observation_shape
    fitting = {"side": shape[1]} if spec.shows_images else {"input_shape": shape}
    sizes = {"encoder": encoder_for(shape)} | {key: value for key, value in recipe.items() if key in _OF_MODEL}
    model = ModelConfig(action_dim=spec.action_dim, **fitting, **sizes)
    rest = {key: value for key, value in recipe.items() if key not in _OF_MODEL}
    return TrainConfig(world=entry.config, model=model, objective=objective, seed=seed, **rest)

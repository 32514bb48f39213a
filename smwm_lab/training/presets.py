"""Presets: smoke (seconds, every code path), quick (a workshop on two cores), paper (a GPU)."""

from typing import Any

from smwm_lab.errors import check, check_choice
from smwm_lab.models import ModelConfig
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.training.config import TrainConfig
from smwm_lab.worlds import WORLDS, DotWorldConfig, SpriteWorldConfig, TwoRoomConfig, make_world


PRESETS = ("smoke", "quick", "paper")

QUICK_BUDGETS = {
    "single_dot": 20_000,
    "independent": 60_000,
    "coupled": 40_000,
    "distractor": 30_000,
    "combined": 150_000,
    "sprite_none": 20_000,
    "sprite_x": 30_000,
    "sprite_xy": 40_000,
    "sprite_xyt": 150_000,
    "two_room": 200_000,
}
"""Transitions seen at `quick`; the README has what was measured."""

PLANNING_BUDGETS = {
    "single_dot": 60_000,
    "independent": 180_000,
    "coupled": 120_000,
    "distractor": 90_000,
    "combined": 300_000,
    "sprite_x": 90_000,
    "sprite_xy": 120_000,
    "sprite_xyt": 180_000,
    "two_room": 200_000,
}
"""Transitions of walks seen by a planning run at `quick`."""
EPISODE_LENGTH, WINDOW_LENGTH = 20, 4
"""Steps of the walks of planning runs (in two_room the paper's 100 primitive steps), and of the windows cut from them:
four steps show five frames, where four pairs show eight, so that a transition costs 5/8 of its price."""
WITHOUT_PAIRS = ("two_room",)
"""Worlds that are always trained on walks: the paper has no pairs of them."""


def make_objective(inverse_weight: float = 10.0, **others: float) -> ObjectiveConfig:
    """Return forward + inverse_weight * inverse + the other terms given by name.

    Where the encoder hears no inverse term, h is trained as a mere observer (`inverse_probe`), so that
    L_inv / Var(a) keeps its meaning.

    >>> make_objective().weights
    {'forward': 1.0, 'inverse': 10.0}
    """
    weights = {"forward": 1.0, "inverse": float(inverse_weight)} | {k: float(v) for k, v in others.items()}
    if weights["inverse"] == 0:
        del weights["inverse"]
        weights["inverse_probe"] = 1.0
    return ObjectiveConfig(weights=weights)


def preset_config(
    world: str,
    preset: str = "quick",
    *,
    objective: ObjectiveConfig | None = None,
    seed: int = 0,
    budget: int | None = None,
) -> TrainConfig:
    """Return the configuration of a named world at a preset; `budget` overrides the transitions seen.

    >>> preset_config("single_dot", "smoke").num_steps
    16
    """
    check_choice("preset", preset, PRESETS)
    check_choice("world", world, tuple(WORLDS))
    config = _RECIPES[preset](world, objective or make_objective(), seed, budget)
    return _on_walks(config) if world in WITHOUT_PAIRS else config


def planning_config(
    world: str,
    preset: str = "quick",
    *,
    objective: ObjectiveConfig | None = None,
    seed: int = 0,
    budget: int | None = None,
) -> TrainConfig:
    """Return the configuration of a run to plan with: trained on walks over the whole canvas, commands recorded.

    Pairs start in the middle of the canvas, so a plan of several steps leaves what they cover; and a forward model
    that has only seen realised actions cannot know that a wall stops what is asked for.

    >>> planning_config("single_dot", "smoke").source
    'walks'
    """
    check_choice("preset", preset, PRESETS)
    check(world != "sprite_none", "sprite_none has no actions, so there is nothing to plan; use a controlled world")
    check_choice("world", world, tuple(PLANNING_BUDGETS))
    if budget is None and preset == "quick":
        budget = PLANNING_BUDGETS[world]
    return _on_walks(preset_config(world, preset, objective=objective, seed=seed, budget=budget))


def _on_walks(config: TrainConfig) -> TrainConfig:
    """Return the configuration on walks, where angles have no curriculum."""
    walks = {"source": "walks", "episode_length": EPISODE_LENGTH, "length": WINDOW_LENGTH, "sector": 1.0}
    return config.replace(**walks, action_label="commanded")


def _smoke(world: str, objective: ObjectiveConfig, seed: int, budget: int | None) -> TrainConfig:
    budget = 512 if budget is None else budget
    return _config(world, objective, seed, budget=budget, num_transitions=budget, batch_size=32, **_short(world))


def _quick(world: str, objective: ObjectiveConfig, seed: int, budget: int | None) -> TrainConfig:
    budget = QUICK_BUDGETS[world] if budget is None else budget
    fields = _short(world)
    num_transitions = budget if "sector" in fields else min(budget, 1_000_000)
    return _config(world, objective, seed, budget=budget, num_transitions=num_transitions, **fields)


def _paper(world: str, objective: ObjectiveConfig, seed: int, budget: int | None) -> TrainConfig:
    """The paper's recipe: 250,000 transitions, 100 epochs (sprites 200), batch 256, Adam at 5e-4, no schedule.

    Two rooms: the paper's data (10,000 episodes of 20 actions) and 10 epochs, the networks and optimiser of the toys.
    """
    size = 200_000 if world == "two_room" else 250_000
    epochs = 10 if world == "two_room" else 200 if world.startswith("sprite") else 100
    return _config(
        world,
        objective,
        seed,
        budget=size * epochs if budget is None else budget,
        num_transitions=size,
        batch_size=256,
        learning_rate=5e-4,
        adam_beta2=0.999,
        warmup_fraction=0.0,
        decay=False,
        blank_start=False,
    )


def _short(world: str) -> dict[str, Any]:
    """Return what a short run of a world needs beside the common recipe.

    A curriculum where the angle is controlled; in two rooms a narrower encoder than the paper's toy worlds have, at two
    fifths of the price: what is hard there is the wall, not the picture.
    """
    special = {
        "sprite_xyt": {"sector": 0.15, "sector_opens": (0.1, 0.7)},
        "two_room": {"channels": (16, 32, 64)},
    }
    return special.get(world, {})


_RECIPES = {"smoke": _smoke, "quick": _quick, "paper": _paper}


def _config(
    world: str,
    objective: ObjectiveConfig,
    seed: int,
    *,
    blank_start: bool = True,
    channels: tuple[int, ...] | None = None,
    **recipe: Any,
) -> TrainConfig:
    geometry = WORLDS[world]
    assert isinstance(geometry, DotWorldConfig | SpriteWorldConfig | TwoRoomConfig)
    spec = make_world(geometry).spec
    model = ModelConfig(side=spec.observation_shape[1], action_dim=spec.action_dim, blank_start=blank_start)
    if channels is not None:
        model = model.replace(channels=channels)
    return TrainConfig(world=geometry, model=model, objective=objective, seed=seed, **recipe)

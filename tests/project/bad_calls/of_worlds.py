"""Bad calls of worlds and of data."""

from typing import Any

import numpy as np
from examples import ACTION, MOVING, SPLIT, STATE, WORLD
from kinds import COUNTS, GENERATORS, NAMES, NUMBERS, OBJECTS, SEEDS, tensors, without
from table import Table

from smwm_lab.data import Region, sample_states, sample_transitions, split_by_region, split_by_state
from smwm_lab.seeding import generator
from smwm_lab.worlds import (
    DotWorld,
    DotWorldConfig,
    SpriteWorld,
    TransitionBatch,
    WorldEntry,
    WorldEnv,
    WorldVectorEnv,
    make_world,
    register_world,
    resolve_world,
    world_name,
)


def _envs(**arguments: Any) -> WorldVectorEnv:
    return WorldVectorEnv("single_dot", 2, **arguments)


def _vector_reset(*, before: bool = True, **arguments: Any) -> Any:
    envs = _envs()
    if before:
        envs.reset(seed=0)
    return envs.reset(**arguments)


def _vector_step(actions: Any) -> Any:
    envs = _envs()
    envs.reset(seed=0)
    return envs.step(actions)


def _single_reset(**arguments: Any) -> Any:
    return WorldEnv("single_dot").reset(**arguments)


def _single_step(action: Any) -> Any:
    env = WorldEnv("single_dot")
    env.reset(seed=0)
    return env.step(action)


def add(table: Table) -> None:
    _add_registry(table)
    _add_draws(table)
    _add_states(table)
    _add_environments(table)
    _add_splits(table)


def _add_registry(table: Table) -> None:
    table.spoil(make_world, {"world": "single_dot"}, world=NAMES)
    table.spoil(resolve_world, {"world": "single_dot"}, world=NAMES)
    table.spoil(world_name, {"config": DotWorldConfig()}, config=OBJECTS)
    table.spoil(DotWorld, {"config": DotWorldConfig()}, config=OBJECTS)
    table.spoil(SpriteWorld, {"config": make_world("sprite_x").config}, config=OBJECTS)
    table.spoil(
        WorldEntry, {"name": "mine", "config": DotWorldConfig()}, name=without(NAMES, "unknown"), config=OBJECTS
    )
    table.spoil(WorldEntry, {"name": "mine", "config": DotWorldConfig(), "budget": 10}, budget=COUNTS)
    table.spoil(register_world, {"entry": resolve_world("single_dot")}, entry=OBJECTS)


def _add_draws(table: Table) -> None:
    stream = generator(0, "bad calls")
    for world in (WORLD, MOVING, make_world("sprite_xyt")):
        kind = type(world).__name__
        for method in (world.sample_state, world.sample_action, world.sample_transitions):
            name = f"{kind}.{method.__name__}"
            good = {"n": 2, "generator": stream}
            table.spoil(method, good, called=name, n=without(COUNTS, "none"), generator=GENERATORS)
    good = {"n": 2, "length": 3, "generator": stream}
    table.spoil(WORLD.sample_trajectories, good, n=without(COUNTS, "none"), length=COUNTS, generator=GENERATORS)
    state, action = MOVING.sample_state(5, stream), MOVING.sample_action(5, stream)
    table.spoil(MOVING.step, {"state": state, "action": action, "generator": stream}, generator=GENERATORS)


def _add_states(table: Table) -> None:
    stream = generator(0, "bad calls")
    table.spoil(WORLD.observe, {"state": STATE}, state=tensors(STATE))
    good = {"state": STATE, "action": ACTION, "generator": stream}
    table.spoil(WORLD.step, good, state=tensors(STATE), action=tensors(ACTION))
    shapes = without(tensors(STATE), "NaN", "infinite")
    table.spoil(WORLD.targets, {"state": STATE}, state=without(shapes, "without memory"))
    for method in (WORLD.displacement, WORLD.body_distances, WORLD.path_length):
        table.spoil(method, {"before": STATE, "after": STATE}, before=shapes, after=shapes)
    table.spoil(WORLD.goal_distance, {"state": STATE, "goal": STATE}, state=shapes, goal=shapes)
    for split in (SPLIT, split_by_region(WORLD, {"red_x": (20, 30)})):
        for side in (split.is_training, split.is_held_out):
            table.spoil(side, {"state": STATE}, state=tensors(STATE))
    table.spoil(TransitionBatch.cat, {"parts": [TransitionBatch(STATE, ACTION, STATE)]}, parts={"empty": []} | OBJECTS)


def _add_environments(table: Table) -> None:
    sizes = without(COUNTS, "nothing") | {"huge": 10**12}
    table.spoil(WorldVectorEnv, {"world": "single_dot", "num_envs": 2}, world=NAMES, num_envs=sizes)
    modes = {"render_mode": without(NAMES, "nothing"), "max_episode_steps": without(COUNTS, "nothing")}
    table.spoil(WorldVectorEnv, {"world": WORLD, "render_mode": None, "max_episode_steps": 5}, called="envs", **modes)
    table.spoil(WorldEnv, {"world": WORLD, "render_mode": None, "max_episode_steps": 5}, world=NAMES, **modes)
    lists = {
        "too few": [1],
        "too many": [1, 2, 3],
        "fractions": [1.5, 2],
        "texts": ["a", "b"],
        "one negative": [1, -1],
        "a table": [[1, 2]],
    }
    table.spoil(_vector_reset, {"seed": 1}, called="reset of envs", seed=without(SEEDS, "nothing", "a list") | lists)
    table.spoil(_vector_reset, {"seed": [1, 2]}, called="reset of envs, each with a seed")
    table.spoil(_vector_reset, {"seed": [1, None]}, called="reset of envs, one with a seed")
    masks = {
        "a list": [True, False],
        "too short": np.array([True]),
        "numbers": np.array([1, 0]),
        "nothing to do": np.array([False, False]),
    }
    options = {name: {"reset_mask": value} for name, value in masks.items()}
    options |= {"unknown": {"colour": 1}, "text": "a", "a number": 3, "a list": [1]}
    good = {"options": {"reset_mask": np.array([True, False])}}
    table.spoil(_vector_reset, good, called="reset of some envs", options=options)
    first = {"options": good["options"], "before": True}
    table.spoil(_vector_reset, first, called="first reset of envs", before={"of some": False})
    table.spoil(_single_reset, {"seed": 1}, called="reset of an env", seed=without(SEEDS, "nothing"))
    table.spoil(_single_reset, {"options": None}, called="options of an env", options=without(options, *masks))
    actions = np.zeros((2, 2), np.float32)
    bad = {
        "nothing": None,
        "text": "up",
        "flat": actions[0],
        "too few": actions[:1],
        "wide": np.zeros((2, 3), np.float32),
        "NaN": np.full((2, 2), np.nan),
        "infinite": np.full((2, 2), np.inf),
        "objects": np.array([[object(), 1], [1, 1]]),
        "complex": actions + 1j,
        "text cells": actions.astype(str),
        "ragged": [[1.0], [1.0, 2.0]],
    }
    table.spoil(_vector_step, {"actions": actions}, called="step of envs", actions=bad)
    bad_one = {kind: value[0] for kind, value in bad.items() if isinstance(value, np.ndarray) and value.ndim == 2}
    table.spoil(
        _single_step,
        {"action": actions[0]},
        called="step of an env",
        action=without(bad_one, "too few") | {"text": "up"},
    )


def _add_splits(table: Table) -> None:
    stream = generator(0, "bad calls")
    good = {"world": WORLD, "seed": 0, "fraction": 0.1}
    fractions = NUMBERS | {"negative": -0.1, "too large": 0.9}
    worlds = OBJECTS | {"a class": DotWorld, "a configuration": WORLD.config}
    table.spoil(split_by_state, good, world=worlds, seed=SEEDS, fraction=fractions)
    regions = OBJECTS | {
        "empty": {},
        "unknown component": {"blue_x": (0, 1)},
        "number as component": {3: (0, 1)},
        "one bound": {"red_x": (1,)},
        "bounds as text": {"red_x": "ab"},
        "texts as bounds": {"red_x": ("a", "b")},
        "no bounds": {"red_x": None},
        "NaN": {"red_x": (float("nan"), 3.0)},
        "upside down": {"red_x": (3, 1)},
        "outside": {"red_x": (1000, 1001)},
        "a region of another world": Region(low={"turn": 0.0}, high={"turn": 1.0}, margin=0.1),
    }
    table.spoil(split_by_region, {"world": WORLD, "region": {"red_x": (20, 30)}}, world=worlds, region=regions)
    low = {"low": {"red_x": 0.0}, "high": {"red_x": 1.0}}
    table.spoil(Region, low, low=OBJECTS | {"texts": {"red_x": "a"}, "empty": {}}, high=OBJECTS)
    splits = OBJECTS | {"a world": WORLD}
    states = {"split": SPLIT, "n": 3, "held_out": True, "generator": stream}
    table.spoil(sample_states, states, split=splits, n=COUNTS, generator=GENERATORS)
    pairs = states | {"where": None}
    predicates = {
        "text": "near",
        "a number": 3,
        "of no truth values": lambda state: state,
        "of one": lambda state: True,
    }
    table.spoil(sample_transitions, pairs, split=splits, n=COUNTS, generator=GENERATORS, where=predicates)

"""What documented calls of planning are made of: small searches, and tasks of two actions."""

from typing import Any

import torch
from examples import MODEL, OTHER_SPLIT, RUN, SPLIT, STATE, WORLD, Z
from kinds import OBJECTS, models

from smwm_lab.models import WorldModel
from smwm_lab.planning import (
    CEM,
    Agent,
    AgentConfig,
    LandmarkConfig,
    OracleModel,
    Perception,
    SearchConfig,
    SearchPlanner,
    Tasks,
    tasks_anywhere,
)
from smwm_lab.seeding import generator
from smwm_lab.worlds import Trajectories


SOLVER = CEM(num_samples=8, num_iterations=2, num_elites=2)
SEARCH = SearchConfig(solver=SOLVER, horizon=2, receding_horizon=1)
LANDMARKS = LandmarkConfig(num_landmarks=4, num_frames=40, min_count=1)
CHOSEN = AgentConfig("cem", SEARCH, LANDMARKS)
SEES = Perception.through(RUN.model, WORLD)
PLANNER = SearchPlanner(RUN.model, 2, SEARCH)
AGENT = Agent(SEES, PLANNER)
TASKS = Tasks(WORLD, STATE[:2], STATE[2:4], 2)
OTHER_WORLD = OTHER_SPLIT.world
OTHER_TASKS = tasks_anywhere(OTHER_SPLIT, 2, generator=generator(0, "tasks of another world"))
EPISODES = WORLD.sample_trajectories(6, 5, generator(0, "episodes"))
OTHER_EPISODES = OTHER_WORLD.sample_trajectories(6, 5, generator(0, "episodes"))
GOAL = Z.flip(0)
PATHS = torch.stack([Z, GOAL, Z], 1)
"""Latents (5, 3, latent)."""
ACTIONS = torch.linspace(-1, 1, 20).view(5, 2, 2)
WORLDS: dict[str, Any] = OBJECTS | {"a class": type(WORLD), "a configuration": WORLD.config, "a split": SPLIT}
MODELS: dict[str, Any] = models(MODEL) | {
    "a run": RUN,
    "other actions": WorldModel(MODEL.replace(action_dim=3)),
    "of another world": OracleModel(OTHER_WORLD),
}
DYNAMICS: dict[str, Any] = {name: value for name, value in MODELS.items() if name not in ("other side", "NaN weights")}
"""What is no model that rolls out the latents of the examples; the encoder does not matter there."""
NO_TASKS: dict[str, Any] = OBJECTS | {"a class": Tasks, "a world": WORLD, "a split": SPLIT, "states": STATE}
TRAJECTORIES: dict[str, Any] = {
    "text": "nonsense",
    "a number": 3,
    "states": EPISODES.states,
    "of another world": OTHER_EPISODES,
    "of numpy": Trajectories(EPISODES.states.numpy(), EPISODES.actions.numpy()),  # type: ignore[arg-type]
    "of fewer actions": Trajectories(EPISODES.states, EPISODES.actions[:, :2]),
    "of no sequences": EPISODES[:0],
    "of NaN": Trajectories(EPISODES.states * float("nan"), EPISODES.actions),
}

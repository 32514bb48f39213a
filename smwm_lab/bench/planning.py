"""Planning speed: CEM at the paper's size (300 samples, 30 iterations, horizon 5) on the toy model.

The baseline is stable-worldmodel's CEMSolver at its default batch of one task where that package is installed, else
the same arithmetic as a plain loop, one task at a time.
"""

import contextlib
import importlib
import io
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from smwm_lab.bench.result import BenchResult, paired_rates
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.planning import CEM, InverseHeadPlanner, Query, TerminalDistance, plan
from smwm_lab.seeding import generator


SAMPLES, ITERATIONS, ELITES, HORIZON, ACTION_DIM = 300, 30, 30, 5, 2
"""Size of the search, as in the paper."""
Work = Callable[[], int]
"""Does some work and returns how many units it was."""


class BenchModel(WorldModel):
    """The toy model in the interface of stable-worldmodel's solvers."""

    def get_cost(self, info: dict[str, Tensor], candidates: Tensor) -> Tensor:
        """Return the terminal distance of candidates (tasks, samples, time, action), (tasks, samples)."""
        shape = candidates.shape[:2]
        # the two leading axes, tasks and samples, become one batch and come back
        z = self.rollout(info["z"][:, :, -1].flatten(0, 1), candidates.flatten(0, 1))[:, -1]
        return (z.unflatten(0, shape) - info["goal"][:, :, -1]).square().sum(-1)


def bench_planning() -> BenchResult:
    """Plans per second, one task at a time."""
    return _race("planning, 1 task", 1, rounds=3)


def bench_planning_together() -> BenchResult:
    """Plans per second, 100 tasks together."""
    return _race("planning, 100 tasks", 100, rounds=1)


def bench_inverse_head() -> BenchResult:
    """Decisions per second of the inverse head from an image, against one search of CEM from its latent."""
    model, z, goal = _tasks(1)
    planner, observation = InverseHeadPlanner(model), torch.zeros(1, 3, 64, 64, dtype=torch.uint8)

    @torch.no_grad()
    def decide() -> int:
        planner.decide(Query(model.encode(observation), goal, generator(0, "unused")))
        return 1

    fast, slow = paired_rates(decide, _ours(model, z, goal), rounds=3)
    note = f"CEM, 1 task; a decision takes {1e3 / fast:.2f} ms"
    return BenchResult("inverse head", fast, slow, "decisions/s", fast / slow, note)


def _race(name: str, count: int, rounds: int) -> BenchResult:
    model, z, goal = _tasks(count)
    theirs, note = _baseline(model, z[:1], goal[:1])
    fast, slow = paired_rates(_ours(model, z, goal), theirs, rounds=rounds)
    return BenchResult(name, fast, slow, "plans/s", fast / slow, note)


def _tasks(count: int) -> tuple[BenchModel, Tensor, Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = BenchModel(ModelConfig(action_dim=ACTION_DIM)).eval()
    z, goal = (torch.randn(count, 64, generator=generator(0, name)).tanh() for name in ("bench z", "bench goal"))
    return model, z, goal


def _ours(model: BenchModel, z: Tensor, goal: Tensor) -> Work:
    solver, stream = CEM(num_samples=SAMPLES, num_iterations=ITERATIONS, num_elites=ELITES), generator(0, "bench plan")

    def search() -> int:
        plan(model, z, TerminalDistance(goal), solver=solver, horizon=HORIZON, action_dim=ACTION_DIM, generator=stream)
        return len(z)

    return search


def _baseline(model: BenchModel, z: Tensor, goal: Tensor) -> tuple[Work, str]:
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            package = importlib.import_module("stable_worldmodel")
    except ImportError:
        return _plain_loop(model, z, goal), "the same arithmetic in a plain loop, 1 task (no stable-worldmodel here)"
    return _published(package, model, z, goal), "stable-worldmodel's CEMSolver, 1 task"


def _published(package: Any, model: BenchModel, z: Tensor, goal: Tensor) -> Work:
    """Return one solve of stable-worldmodel, its lines of progress suppressed."""
    import gymnasium
    import numpy as np

    solver = package.solver.CEMSolver(
        model=model, batch_size=1, num_samples=SAMPLES, n_steps=ITERATIONS, topk=ELITES, seed=0
    )
    space = gymnasium.spaces.Box(-1, 1, (len(z), ACTION_DIM), np.float32)
    settings = package.PlanConfig(horizon=HORIZON, receding_horizon=HORIZON, action_block=1)
    solver.configure(action_space=space, n_envs=len(z), config=settings)

    def search() -> int:
        with contextlib.redirect_stdout(io.StringIO()), torch.inference_mode():
            solver.solve({"z": z[:, None], "goal": goal[:, None]})
        return len(z)

    return search


def _plain_loop(model: BenchModel, z: Tensor, goal: Tensor) -> Work:
    """Return the textbook CEM of one task: draw, cost, sort, refit."""
    stream = generator(0, "bench plain")

    @torch.inference_mode()
    def search() -> int:
        mean, std = torch.zeros(1, HORIZON, ACTION_DIM), torch.ones(1, HORIZON, ACTION_DIM)
        info = {"z": z[:, None, None].expand(1, SAMPLES, 1, -1), "goal": goal[:, None, None].expand(1, SAMPLES, 1, -1)}
        for _ in range(ITERATIONS):
            noise = torch.randn(1, SAMPLES, HORIZON, ACTION_DIM, generator=stream)
            candidates = noise * std[:, None] + mean[:, None]
            candidates[:, 0] = mean
            best = model.get_cost(info, candidates).topk(ELITES, 1, largest=False).indices
            elites = candidates[torch.arange(1)[:, None], best]
            mean, std = elites.mean(1), elites.std(1)
        return 1

    return search

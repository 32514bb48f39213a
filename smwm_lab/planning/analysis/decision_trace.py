"""A rehearsal: one decision of a planner, with what its model imagined and what the true world would do.

    frames 0 .. n-1   iterations of the search: some of its candidates, its elites, its centre
    frame n           the plan it returned

A planner that does not search has the last frame only.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor

from smwm_lab.axes import Actions, Latents, State, States
from smwm_lab.models import Past
from smwm_lab.models.mode import evaluating
from smwm_lab.planning.analysis.latent_grid import LatentGrid
from smwm_lab.planning.control.perception import Agent
from smwm_lab.planning.interface.cost import CostConfig
from smwm_lab.planning.interface.plan_types import Plan, Query, Trace, WarmStart
from smwm_lab.planning.interface.protocols import PlanningModel
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.plan import RolloutCost, roll_out
from smwm_lab.planning.planners.landmarks import LandmarkPlanner
from smwm_lab.worlds import World
from smwm_lab.worlds.bodies import Body


NUM_SHOWN, NUM_ELITES_SHOWN = 100, 40
"""Candidates of an iteration that are kept for pictures, and how many elites at most are among them."""
TICKS = np.linspace(-1, 1, 21)
"""First actions whose cost is measured: shares of the strongest actions, along x and along y."""
Paths = Float[np.ndarray, "frame candidate step 2"]
Path = Float[np.ndarray, "frame step 2"]
LatentPath = Float[np.ndarray, "frame moment 2"]
"""Before, between and after actions; paths in the world have all primitive steps."""
Ends = Float[np.ndarray, "frame candidate 2"]
Point = Float[np.ndarray, "2"]


@dataclass(frozen=True, eq=False)
class Scene:
    """Where a decision is made: a body of a world in a state, with a goal, seen by an agent."""

    world: World
    body: Body
    latent_grid: LatentGrid
    state: State
    """(1, state)."""
    goal: State
    """(1, state)."""


@dataclass(frozen=True, eq=False, repr=False)
class DecisionTrace:
    """What a planner tried, what it thought of it, and what would have come of it.

    Places are world units; latents are points of the plane of the latent grid; first actions are shares of the
    strongest actions along x and along y.
    """

    scene: Scene
    plan: Plan
    costs: Float[np.ndarray, "frame candidate"]
    is_elite: Bool[np.ndarray, "frame candidate"]
    paths: Paths
    """Where the true world would take each candidate, through all primitive steps."""
    ends: Ends
    """Where the model imagines each candidate to end, in the plane."""
    first_actions: Ends
    """First actions of the candidates."""
    centre_path: Path
    """Where the true world would take the centre of the search, through all primitive steps."""
    centre_read: LatentPath
    """Where the model imagines it: the places that its latents look like."""
    centre_true: LatentPath
    """The true way of the centre as the agent would see it, in the plane."""
    centre_imagined: LatentPath
    """The way of the centre as the model imagines it, in the plane."""
    centre_first: Float[np.ndarray, "frame 2"]
    cost_of_first: Float[np.ndarray, "tick tick"]
    """What the plan would cost with another first action, all else the same, at (y, x) of `TICKS`."""
    start: Point
    """In the plane, as the goal and the subgoal."""
    goal: Point
    subgoal: Point | None
    """What a planner with landmarks aims at; None for others."""
    seconds: float
    """Of the decision alone."""

    @property
    def num_frames(self) -> int:
        """Iterations, and the plan."""
        return len(self.costs)

    @property
    def labels(self) -> list[str]:
        """The names of the frames: 1, 2, ... and `plan`."""
        return [*(str(i + 1) for i in range(self.num_frames - 1)), "plan"]

    @property
    def model_error(self) -> float:
        """Distance between where the plan ends in the true world and where the model imagines it, world units."""
        return float(np.linalg.norm(self.centre_path[-1, -1] - self.centre_read[-1, -1]))

    @property
    def goal_error(self) -> float:
        """Distance of the body from its goal where the plan ends in the true world, world units."""
        goal = self.scene.goal[0, list(self.scene.body.columns)].numpy()
        return float(np.linalg.norm(self.centre_path[-1, -1] - goal))

    def account(self, frame: int) -> str:
        """Return in one line what a frame shows."""
        label, costs = self.labels[frame], self.costs[frame]
        if label == "plan":
            count = self.plan.actions.shape[1]
            return (
                f"plan of {count} action{'s' * (count != 1)}: would end {self.goal_error:.1f} px from the goal, "
                f"{self.model_error:.1f} px from where it is imagined"
            )
        elites = costs[self.is_elite[frame]]
        refit = f", elites {elites.mean():.3g} on average" if len(elites) else ""
        assert self.plan.trace is not None
        cheapest = self.plan.trace.costs[0, frame].min()
        return f"iteration {label} of {self.num_frames - 1}: cheapest candidate {cheapest:.3g}{refit}"

    def __repr__(self) -> str:
        return f"Rehearsal({self.num_frames - 1} iterations, plan of {self.plan.actions.shape[1]} actions)"


@torch.no_grad()
def trace_decision(
    agent: Agent,
    model: PlanningModel,
    scene: Scene,
    *,
    cost: CostConfig,
    generator: Generator,
    warm_start: WarmStart | None = None,
    past: Past | None = None,
) -> DecisionTrace:
    """Let an agent decide once in a scene, and try out in its model and in the true world what it compared.

    cost: what the agent minimises; for the cost landscape, and for planners that minimise nothing.
    past: what came before the state, for a model with memory (`recent_past`); None is the start of an episode.
    """
    z, goal = (agent.perception(state) for state in (scene.state, scene.goal))
    started = time.perf_counter()
    plan = agent.planner.decide(Query(z, goal, generator, warm_start, record=True, past=past))
    seconds = time.perf_counter() - started
    aim = agent.planner.subgoals(z, goal) if isinstance(agent.planner, LandmarkPlanner) else goal
    tried, costs, is_elite = _shown(plan)
    centres = plan.actions.cpu() if plan.trace is None else torch.cat([plan.trace.mean[0], plan.actions.cpu()])
    true = world_paths(scene.world, scene.state, centres)
    with evaluating(model):
        imagined = _rolled(model, z, centres.to(z), past).cpu()
    flat, slopes = scene.latent_grid.flat, torch.linalg.pinv(scene.body.directions)
    return DecisionTrace(
        scene,
        plan,
        costs.numpy(),
        is_elite.numpy(),
        paths=_places(scene, _try_out(scene, tried)),
        ends=flat(_imagine(model, z, tried, past)),
        first_actions=(tried[:, :, 0] @ slopes).numpy(),
        centre_path=_places(scene, true),
        centre_read=scene.latent_grid.read(imagined),
        centre_true=flat(_seen(agent, true[:, :: scene.world.frameskip])),
        centre_imagined=flat(imagined),
        centre_first=(centres[:, 0] @ slopes).numpy(),
        cost_of_first=_cost_of_first(RolloutCost(model, z, cost.towards(aim), past), scene.body, plan.actions),
        start=flat(z)[0],
        goal=flat(goal)[0],
        subgoal=flat(aim)[0] if aim is not goal else None,
        seconds=seconds,
    )


def world_paths(
    world: World, state: State, actions: Float[Tensor, "candidate time action"]
) -> Float[Tensor, "candidate step state"]:
    """Return the states that actions (n, T, action) lead through from a state (1, state), the first of them itself.

    All primitive steps; what no action controls stands still, as in `OracleModel`.
    """
    truth = OracleModel(world)
    stream = truth.stream(state.device)
    now = state.expand(len(actions), -1)
    path = [now[:, None]]
    for action in actions.unbind(1):
        after = truth.step(now, action, stream)
        path.append(world.substates(now, action, after))
        now = after
    return torch.cat(path, 1)


def _shown(plan: Plan) -> tuple[Tensor, Tensor, Tensor]:
    """Return of every frame the candidates that are shown, their costs, and which are elites; (frame, candidate, ...).

    The frame of the plan repeats those of the last iteration.
    """
    if plan.trace is None:
        nothing = torch.zeros(1, 0)
        return plan.actions.new_zeros(1, 0, *plan.actions.shape[1:]).cpu(), nothing, nothing.bool()
    rows, is_elite = _chosen(plan.trace)
    candidates, costs = plan.trace.candidates[0], plan.trace.costs[0]
    columns = [
        candidates.gather(1, rows[..., None, None].expand(-1, -1, *candidates.shape[2:])),
        costs.gather(1, rows),
        is_elite,
    ]
    shown, cost, marked = (torch.cat([column, column[-1:]]) for column in columns)
    return shown, cost, marked


def _chosen(trace: Trace) -> tuple[Tensor, Tensor]:
    """Return rows of candidates (iteration, shown), the best elites first and then others evenly, and who is which."""
    costs = trace.costs[0]
    elites = trace.elites[0, :, :NUM_ELITES_SHOWN]
    num_others = min(NUM_SHOWN - elites.shape[1], costs.shape[1] - trace.elites.shape[2])
    is_other = torch.ones_like(costs, dtype=torch.bool).scatter(1, trace.elites[0], False)
    others = is_other.nonzero()[:, 1].unflatten(0, (len(costs), -1))
    evenly = torch.linspace(0, max(others.shape[1] - 1, 0), num_others).long()
    rows = torch.cat([elites, others[:, evenly]], 1)
    return rows, (torch.arange(rows.shape[1]) < elites.shape[1]).expand_as(rows)


def _try_out(scene: Scene, tried: Tensor) -> Tensor:
    """Return the true states of candidates, (frame, candidate, step, state)."""
    return world_paths(scene.world, scene.state, tried.flatten(0, 1)).unflatten(0, tried.shape[:2])


def _imagine(model: PlanningModel, z: Tensor, tried: Tensor, past: Past | None) -> Tensor:
    """Return the last imagined latents of candidates, (frame, candidate, latent)."""
    flat = tried.flatten(0, 1).to(z)
    with evaluating(model):
        return _rolled(model, z, flat, past)[:, -1].unflatten(0, tried.shape[:2])


def _rolled(model: PlanningModel, z: Tensor, actions: Tensor, past: Past | None) -> Tensor:
    """Return what a model imagines of actions (n, T, action) from one latent (1, latent), (n, T + 1, latent)."""
    count = len(actions)
    return roll_out(model, z.expand(count, -1), actions, None if past is None else past.repeated(count))


def _places(scene: Scene, states: Tensor) -> np.ndarray:
    return states[..., list(scene.body.columns)].numpy()


def _seen(agent: Agent, states: States) -> Latents:
    return agent.perception(states.flatten(0, 1)).unflatten(0, states.shape[:2])


def _cost_of_first(objective: RolloutCost, body: Body, actions: Actions) -> np.ndarray:
    """Return the cost of a plan (1, T, action) whose first action is moved along x and y, all else the same."""
    directions = body.directions.to(actions)
    ticks = torch.from_numpy(TICKS).to(actions)
    y, x = torch.meshgrid(ticks, ticks, indexing="ij")
    wanted = torch.stack([x, y], -1).flatten(0, 1)
    first = actions[:, 0] + (wanted - actions[:, 0] @ torch.linalg.pinv(directions)) @ directions
    candidates = actions.repeat(len(first), 1, 1)
    candidates[:, 0] = first.clamp(-1, 1)
    return objective(candidates[None])[0].unflatten(0, y.shape).cpu().numpy()

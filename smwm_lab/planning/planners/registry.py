"""Agents by name: the planners of the command line, ready to act with a model or with the true world."""

from dataclasses import dataclass

from smwm_lab.errors import InputError, check, check_choice, check_instance
from smwm_lab.gates import require_floats
from smwm_lab.planning.control.perception import Agent, Perception
from smwm_lab.planning.interface.cost import CostConfig
from smwm_lab.planning.interface.gates import require_dynamics
from smwm_lab.planning.interface.protocols import InverseHead, Planner, PlanningModel
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.planners.additive import AdditivePlanner
from smwm_lab.planning.planners.inverse import InverseHeadPlanner
from smwm_lab.planning.planners.landmarks import LandmarkConfig, LandmarkPlanner, build_graph
from smwm_lab.planning.planners.random_actions import RandomPlanner
from smwm_lab.planning.planners.search import SearchConfig, SearchPlanner
from smwm_lab.planning.solvers import CEM, ICEM, MPPI, GradientDescent, RandomShooting
from smwm_lab.seeding import generator, require_seed
from smwm_lab.worlds import Trajectories, World


PATH_COST = CostConfig(terminal=0.0, path=1.0)
"""Sum of distances over the path; avoids the stalling of a terminal cost under replanning after every action."""
SOLVERS: dict[str, CEM | ICEM | MPPI | GradientDescent | RandomShooting] = {
    "cem": CEM(),
    "icem": ICEM(),
    "mppi": MPPI(),
    "gradient": GradientDescent(),
    "shooting": RandomShooting(),
}
"""Planners that search, and with what."""
LOCAL_SEARCH = SearchConfig(
    solver=CEM(num_samples=200, num_iterations=8, num_elites=20), cost=PATH_COST, horizon=3, receding_horizon=1
)
"""What reaches the subgoals of the landmark planner."""
PLANNERS = (*SOLVERS, "inverse", "additive", "landmarks", "random", "oracle")
NEED_TRAJECTORIES = ("additive", "landmarks")
NUM_FITTED = 8_000
"""Frames to which the additive planner is fitted."""


@dataclass(frozen=True)
class AgentConfig:
    """Which planner, and how it searches."""

    planner: str = "cem"
    search: SearchConfig | None = None
    """Instead of the planner's own."""
    landmarks: LandmarkConfig = LandmarkConfig()

    def __post_init__(self):
        check_choice("planner", self.planner, PLANNERS)
        check_instance("search", self.search, (SearchConfig, type(None)))
        check_instance("landmarks", self.landmarks, LandmarkConfig)

    @classmethod
    def of(cls, planner: "str | AgentConfig") -> "AgentConfig":
        """Return a planner by name as a configuration, or the configuration itself."""
        return planner if isinstance(planner, AgentConfig) else cls(planner)

    def search_in(self, world: World) -> SearchConfig:
        """Return the search in force in a world."""
        check_instance("world", world, World, "make_world gives one")
        return self.search or default_search(self.planner, world)

    def to_dict(self, world: World) -> dict[str, object]:
        """Return everything that decides what the agent does in a world, as JSON values."""
        check_instance("world", world, World, "make_world gives one")
        searches = self.planner in (*SOLVERS, "oracle", "landmarks")
        return {
            "planner": self.planner,
            "search": self.search_in(world).to_dict() if searches else None,
            "landmarks": self.landmarks.to_dict() if self.planner == "landmarks" else None,
        }


def default_search(planner: str, world: World) -> SearchConfig:
    """Return how a planner searches in a world if nothing else is said.

    By the `search_style` of the world. Terminal: as in arXiv 2606.20104, 5 actions to the least terminal cost, all of
    them executed. Path: by a path cost, anew after every action, where a goal is small: a whole plan drifts by what the
    model gets wrong in 5 steps. iCEM, made for it, always decides anew.
    """
    check_choice("planner", planner, PLANNERS)
    check_instance("world", world, World, "make_world gives one")
    if planner == "landmarks":
        return LOCAL_SEARCH
    solver = SOLVERS.get(planner, CEM())
    if planner == "icem":
        return SearchConfig(solver=solver, cost=PATH_COST, receding_horizon=1, warm_start=True)
    if world.search_style == "terminal":
        return SearchConfig(solver=solver)
    return SearchConfig(solver=solver, cost=PATH_COST, receding_horizon=1)


def make_agent(
    planner: str | AgentConfig,
    model: PlanningModel | OracleModel,
    world: World,
    *,
    trajectories: Trajectories | None = None,
    seed: int = 0,
) -> Agent:
    """Return an agent that acts in `world` with `model`; the planner `oracle` acts with the true world instead.

    trajectories: the model's training trajectories, for planners that look into the data (additive, landmarks).
    seed: of the landmarks. Raises `InputError` for an unknown planner, a model of another world, or one that lacks what
    is needed.
    """
    chosen = AgentConfig.of(planner)
    require_inputs(model, world, trajectories, seed)
    check(world.spec.action_dim > 0, "this world has no actions, so there is nothing to plan; use a controlled one")
    if chosen.planner == "oracle":
        model = OracleModel(world)
    looks = chosen.planner != "random"  # who draws blindly is not made to wait for an encoder
    perception = Perception.through(model if looks else OracleModel(world), world)
    return Agent(perception, _planner(chosen, model, world, perception, trajectories, seed))


def require_inputs(
    model: PlanningModel | OracleModel, world: World, trajectories: Trajectories | None, seed: int
) -> None:
    """Raise `InputError` unless these are what an agent is made from in a world."""
    check_instance("world", world, World, "make_world gives one")
    require_dynamics(model, PlanningModel)
    require_seed(seed)
    if trajectories is not None:
        _require_trajectories(trajectories, world)


def _require_trajectories(trajectories: Trajectories, world: World) -> None:
    """Raise `InputError` unless these are trajectories with the states and actions of a world."""
    check_instance("trajectories", trajectories, Trajectories, "draw_windows gives those of a run")
    require_floats("states of the trajectories", trajectories.states, None, None, world.spec.state_dim)
    count, frames = trajectories.states.shape[:2]
    if frames < 2:
        raise InputError(f"states of the trajectories have {frames} frame each; allowed: 2 or more")
    require_floats("actions of the trajectories", trajectories.actions, count, frames - 1, world.spec.action_dim)


def _planner(
    chosen: AgentConfig,
    model: PlanningModel,
    world: World,
    perception: Perception,
    trajectories: Trajectories | None,
    seed: int,
) -> Planner:
    name, action_dim = chosen.planner, world.spec.action_dim
    check(
        trajectories is not None or name not in NEED_TRAJECTORIES,
        f"planner {name!r} needs the training trajectories of the model; use a run trained on "
        "trajectories, or another planner",
    )
    if name == "random":
        return RandomPlanner(action_dim)
    if name == "inverse":
        kind = type(model).__name__
        check(isinstance(model, InverseHead), f"planner 'inverse' needs an inverse head; {kind} has none")
        assert isinstance(model, InverseHead)
        return InverseHeadPlanner(model)
    if name == "additive":
        assert trajectories is not None
        some = _first_frames(trajectories, NUM_FITTED)
        z = perception.encode_trajectories(some.states)
        return AdditivePlanner.fitted(z[:, :-1].flatten(0, 1), some.actions.flatten(0, 1), z[:, 1:].flatten(0, 1))
    search = SearchPlanner(model, action_dim, chosen.search_in(world))
    if name != "landmarks":
        return search
    assert trajectories is not None
    latents = perception.encode_trajectories(_first_frames(trajectories, chosen.landmarks.num_frames).states)
    graph = build_graph(latents, chosen.landmarks, generator=generator(seed, "landmarks"))
    return LandmarkPlanner(graph, search, chosen.landmarks.subgoal_actions)


def _first_frames(trajectories: Trajectories, num_frames: int) -> Trajectories:
    """Return as many whole trajectories as hold `num_frames` frames, one at least."""
    return trajectories[: max(1, num_frames // trajectories.states.shape[1])]

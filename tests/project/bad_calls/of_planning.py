"""Bad calls of solvers, costs, planners, agents and tasks."""

from typing import Any

import torch
from examples import RUN, SPLIT, STATE, WORLD, Z
from kinds import COUNTS, GENERATORS, NAMES, NUMBERS, OBJECTS, SEEDS, floats, rows_of, without
from planning_examples import (
    ACTIONS,
    AGENT,
    CHOSEN,
    DYNAMICS,
    EPISODES,
    GOAL,
    LANDMARKS,
    MODELS,
    NO_TASKS,
    OTHER_TASKS,
    OTHER_WORLD,
    PATHS,
    PLANNER,
    SEARCH,
    SEES,
    SOLVER,
    TASKS,
    TRAJECTORIES,
    WORLDS,
)
from table import Table

from smwm_lab.models import WorldModel
from smwm_lab.planning import (
    CEM,
    ICEM,
    MPPI,
    ActionPenalty,
    AdditivePlanner,
    Agent,
    AgentConfig,
    CostConfig,
    GradientDescent,
    InverseHeadPlanner,
    LandmarkConfig,
    LandmarkPlanner,
    LinearDynamics,
    OracleModel,
    PathDistance,
    Perception,
    Plan,
    Query,
    RandomShooting,
    SearchConfig,
    SearchPlanner,
    Tasks,
    TerminalDistance,
    Trace,
    WarmStart,
    build_graph,
    coloured_noise,
    default_search,
    held_out_tasks,
    inverse_rollout,
    make_agent,
    plan,
    run_mpc,
    tasks_anywhere,
    tasks_from_trajectories,
)
from smwm_lab.seeding import generator


STREAM = generator(0, "bad calls of planning")
SEEDED = without(SEEDS, "beyond 64 bits") | {"beyond 63 bits": 2**63}
LINEAR = LinearDynamics(torch.eye(6, 2))
QUERY = Query(Z, GOAL, STREAM)
QUERIES: dict[str, Any] = OBJECTS | {
    "a class": Query,
    "latents": Z,
    "of wide latents": Query(torch.cat([Z, Z], 1), torch.cat([GOAL, GOAL], 1), STREAM),
    "of NaN": Query(Z * float("nan"), GOAL, STREAM),
    "of a NaN goal": Query(Z, GOAL * float("nan"), STREAM),
}
WARM_STARTS: dict[str, Any] = {
    "text": "nonsense",
    "a number": 3,
    "actions": ACTIONS,
    "a class": WarmStart,
    "of fewer tasks": WarmStart(ACTIONS[:2]),
    "of one action": WarmStart(ACTIONS[:, :1]),
    "of wide actions": WarmStart(torch.cat([ACTIONS, ACTIONS], 2)),
    "of float64": WarmStart(ACTIONS.double()),
    "of NaN": WarmStart(ACTIONS * float("nan")),
    "of NaN elites": WarmStart(ACTIONS, ACTIONS[:, None] * float("nan")),
}
FUNCTIONS: dict[str, Any] = OBJECTS | {"a tensor": Z}


def add(table: Table) -> None:
    _add_solvers(table)
    _add_costs(table)
    _add_plans(table)
    _add_planning(table)
    _add_planners(table)
    _add_maps(table)
    _add_models(table)
    _add_perception(table)
    _add_tasks(table)
    _add_agents(table)


def _add_solvers(table: Table) -> None:
    sizes = {"num_samples": 8, "num_iterations": 2}
    counts = {"num_samples": COUNTS | {"too few": 1}, "num_iterations": COUNTS}
    negative = {"negative": -1.0}
    elites = {"num_elites": COUNTS | {"too many": 9}}
    stds = {"init_std": NUMBERS | negative, "min_std": NUMBERS | negative}
    table.spoil(CEM, sizes | {"num_elites": 2}, **counts, **elites, **stds, return_mean=OBJECTS)
    shares = {name: NUMBERS | negative for name in ("beta", "kept_fraction", "momentum")}
    table.spoil(ICEM, sizes | {"num_elites": 2}, **counts, **elites, **stds, **shares)
    table.spoil(MPPI, sizes, **counts, init_std=stds["init_std"], std_decay=NUMBERS, temperature=NUMBERS | negative)
    table.spoil(GradientDescent, sizes, **counts, learning_rate=NUMBERS | negative)
    table.spoil(RandomShooting, sizes, **counts)
    for solver in (CEM(**sizes, num_elites=2), ICEM(**sizes, num_elites=2), MPPI(**sizes), RandomShooting(**sizes)):
        _add_search(table, solver, _size_of)
    _add_search(table, GradientDescent(**sizes), _size_of)
    means = without(floats(ACTIONS), "wide", "narrow", "fewer", "float64", "NaN", "infinite")
    good = {"mean": ACTIONS, "num": 3, "beta": 2.0, "generator": STREAM}
    beta = NUMBERS | negative
    table.spoil(coloured_noise, good, mean=means, num=COUNTS, beta=beta, generator=GENERATORS)


def _add_search(table: Table, solver: Any, cost: Any) -> None:
    good = {"candidate_cost": cost, "start": WarmStart(ACTIONS), "generator": STREAM}
    costs = FUNCTIONS | {
        "of nothing": lambda candidates: None,
        "of numpy": lambda candidates: _size_of(candidates).detach().numpy(),
        "of one number": lambda candidates: _size_of(candidates).sum(),
        "of whole numbers": lambda candidates: _size_of(candidates).long(),
        "of other rows": lambda candidates: _size_of(candidates)[:1],
        "of NaN": lambda candidates: _size_of(candidates) * float("nan"),
    }
    starts = without(WARM_STARTS, "of fewer tasks", "of one action", "of wide actions", "of float64")
    starts |= {"nothing": None}
    name = f"{type(solver).__name__}.solve"
    table.spoil(solver.solve, good, called=name, candidate_cost=costs, start=starts, generator=GENERATORS)


def _size_of(candidates: torch.Tensor) -> torch.Tensor:
    return candidates.square().sum((-2, -1))


def _add_costs(table: Table) -> None:
    goals = without(floats(GOAL), "wide", "narrow", "fewer", "float64", "no rows")
    latents, candidates = PATHS[:, None], ACTIONS[:, None]
    others = without(floats(latents), "NaN", "infinite", "without memory")
    for cost in (TerminalDistance, PathDistance):
        table.spoil(cost, {"goal": GOAL}, goal=goals)
        good = {"latents": latents, "actions": candidates}
        table.spoil(cost(GOAL), good, called=f"{cost.__name__}.call", latents=others)
    moves = without(floats(candidates), "wide", "narrow", "fewer", "float64", "no rows", "NaN", "infinite")
    moves = without(moves, "without memory")
    table.spoil(ActionPenalty(), good, called="ActionPenalty.call", actions=moves)
    weights = NUMBERS | {"negative": -1.0, "infinite": float("inf")}
    weights = {"terminal": weights | {"none": 0.0}, "path": weights, "action": weights}
    table.spoil(CostConfig, {"terminal": 1.0, "path": 0.0, "action": 0.0}, **weights)
    table.spoil(CostConfig().towards, {"goal": GOAL}, goal=goals)


def _add_plans(table: Table) -> None:
    moves = without(floats(ACTIONS), "wide", "narrow", "fewer", "float64", "NaN", "infinite", "no rows")
    elites = without(floats(ACTIONS[:, None]), "nothing", "NaN", "infinite")
    table.spoil(WarmStart, {"mean": ACTIONS, "elites": ACTIONS[:, None]}, mean=moves, elites=elites)
    cold = WarmStart(ACTIONS, ACTIONS[:, None])
    table.spoil(cold.__getitem__, {"rows": torch.tensor([0])}, rows=rows_of(5))
    other = without(floats(Z), "NaN", "infinite")
    good = {"z": Z, "goal": GOAL, "generator": STREAM, "warm_start": None}
    starts = {"text": "nonsense", "a number": 3, "actions": ACTIONS, "a class": WarmStart}
    table.spoil(Query, good, z=other, goal=other, generator=GENERATORS, warm_start=starts)
    cost = torch.zeros(5)
    costs = {"nothing": None, "text": "a", "numpy": cost.numpy(), "a number": 0.0, "fewer": cost[:2]}
    costs |= {"two axes": cost[None], "whole numbers": cost.long(), "a list": cost.tolist()}
    traces = {"text": "nonsense", "a number": 3, "costs": cost, "a class": Trace}
    good = {"actions": ACTIONS, "cost": cost, "elites": None, "trace": None}
    table.spoil(Plan, good, actions=moves, cost=costs, elites=elites, trace=traces)
    made = Plan(ACTIONS, cost)
    parts = OBJECTS | {"empty": [], "of texts": ["a"], "a plan": made, "of nothing": [None]}
    parts |= {"of other lengths": [made, Plan(ACTIONS[:, :1], cost)]}
    table.spoil(Plan.cat, {"parts": [made, made]}, called="Plan.cat", parts=parts)
    table.spoil(made.shifted, {"num_executed": 1}, num_executed=COUNTS | {"too many": 3})
    trace = PLANNER.decide(Query(Z, GOAL, STREAM, record=True)).trace
    assert trace is not None
    columns = {name: getattr(trace, name) for name in ("candidates", "costs", "elites", "mean", "std")}
    spoilt = {
        name: {"nothing": None, "text": "a", "numpy": value.numpy(), "an axis less": value[0], "fewer": value[:2]}
        for name, value in columns.items()
    }
    table.spoil(Trace, columns, **spoilt)
    parts = OBJECTS | {"empty": [], "of texts": ["a"], "a trace": trace, "of nothing": [None]}
    table.spoil(Trace.cat, {"parts": [trace]}, called="Trace.cat", parts=parts)


def _add_planning(table: Table) -> None:
    good = {
        "model": RUN.model,
        "z": Z,
        "cost": TerminalDistance(GOAL),
        "solver": SOLVER,
        "horizon": 2,
        "action_dim": 2,
        "generator": STREAM,
        "warm_start": None,
    }
    wide = torch.cat([GOAL, GOAL], 1)
    costs = FUNCTIONS | {
        "a class": TerminalDistance,
        "of fewer goals": TerminalDistance(GOAL[:2]),
        "of wide goals": TerminalDistance(wide),
        "of narrow goals": PathDistance(GOAL[:, :1]),
        "of float64": TerminalDistance(GOAL.double()),
        "weights": CostConfig(),
        "of nothing": lambda latents, actions: None,
        "of one number": lambda latents, actions: latents.sum(),
        "of whole numbers": lambda latents, actions: _size_of(actions).long(),
    }
    solvers = OBJECTS | {"a class": CEM, "a search": SEARCH}
    others = {"of other actions": LinearDynamics(torch.eye(6, 3)), "narrow": LinearDynamics(torch.eye(3, 2))}
    others |= DYNAMICS
    for model in (RUN.model, LINEAR):
        table.spoil(
            plan,
            good | {"model": model},
            called=f"plan with {type(model).__name__}",
            model=others,
            z=floats(Z),
            cost=costs,
            solver=solvers,
            horizon=COUNTS,
            action_dim=COUNTS | {"another": 3},
            generator=GENERATORS,
            warm_start=WARM_STARTS,
        )
    again = good | {"solver": ICEM(num_samples=8, num_iterations=2, num_elites=2)}
    table.spoil(plan, again, called="plan by iCEM", warm_start=WARM_STARTS)
    returns = {
        "nothing": _Returns(None),
        "latents of one step": _Returns(Z),
        "numpy": _Returns(PATHS.numpy()),
        "too few steps": _Returns(PATHS[:, :2]),
    }
    table.spoil(plan, good, called="plan with a model that returns", model=returns, documented=False)


class _Returns:
    """A model of a caller that returns something else than latents."""

    def __init__(self, what: Any):
        self.what = what

    def rollout(self, z: torch.Tensor, actions: torch.Tensor) -> Any:
        return self.what


def _add_planners(table: Table) -> None:
    configs = without(OBJECTS, "nothing") | {"a class": SearchConfig, "a solver": SOLVER, "nothing": None}
    heads = OBJECTS | {"a class": WorldModel, "no head": OracleModel(WORLD)}
    table.spoil(
        SearchConfig,
        {"solver": SOLVER, "horizon": 2, "receding_horizon": 1},
        solver=OBJECTS | {"a class": CEM},
        cost=OBJECTS,
        horizon=COUNTS,
        receding_horizon=COUNTS | {"too many": 3},
        warm_start=OBJECTS,
        proposal=OBJECTS,
    )
    good = {"model": RUN.model, "action_dim": 2, "search": SEARCH}
    models = OBJECTS | {"a class": WorldModel, "a run": RUN}
    dims = COUNTS | {"another": 3}
    table.spoil(SearchPlanner, good, model=models, action_dim=without(dims, "another"), search=configs)
    guided = good | {"search": SEARCH.replace(proposal=True)}
    table.spoil(SearchPlanner, guided, called="SearchPlanner with a proposal", model=heads)
    table.spoil(PLANNER.decide, {"query": QUERY}, query=QUERIES)
    table.spoil(SearchPlanner(**guided).decide, {"query": QUERY}, called="SearchPlanner.decide, guided", query=QUERIES)
    table.spoil(InverseHeadPlanner, {"model": RUN.model, "receding_horizon": 1}, model=heads, receding_horizon=COUNTS)
    table.spoil(InverseHeadPlanner(RUN.model).decide, {"query": QUERY}, query=QUERIES)
    rows = floats(Z)
    walk = {"model": LINEAR, "z": Z, "goal": GOAL, "horizon": 2}
    for model in (RUN.model, LINEAR):
        called = f"inverse_rollout of {type(model).__name__}"
        table.spoil(
            inverse_rollout, walk | {"model": model}, called=called, model=heads, z=rows, goal=rows, horizon=COUNTS
        )
    directions = torch.eye(2, 6)
    others = without(floats(directions), "wide", "narrow", "fewer", "float64")
    additive = {"directions": directions, "receding_horizon": 1}
    table.spoil(AdditivePlanner, additive, directions=others, receding_horizon=COUNTS)
    table.spoil(AdditivePlanner(directions).decide, {"query": QUERY}, query=QUERIES)
    pairs = {"z": Z, "action": ACTIONS[:, 0], "z_next": GOAL}
    shapes = without(rows, "float64")
    table.spoil(
        AdditivePlanner.fitted,
        pairs,
        called="AdditivePlanner.fitted",
        z=shapes,
        action=without(floats(ACTIONS[:, 0]), "wide", "narrow", "float64"),
        z_next=shapes,
    )


def _add_maps(table: Table) -> None:
    fields = {"num_landmarks": 4, "num_frames": 40, "min_count": 1, "subgoal_actions": 1.0}
    counts = {name: COUNTS for name in ("num_landmarks", "num_frames", "min_count")}
    ahead = NUMBERS | {"none": 0.0, "negative": -1.0}
    table.spoil(LandmarkConfig, fields, **counts, subgoal_actions=ahead)
    configs = OBJECTS | {"a class": LandmarkConfig, "too many": LANDMARKS.replace(num_landmarks=40)}
    good = {"latents": PATHS, "config": LANDMARKS, "generator": STREAM}
    latents = without(floats(PATHS), "wide", "narrow", "float64") | {
        "one frame": PATHS[:, :1],
        "no latents": PATHS[..., :0],
    }
    table.spoil(build_graph, good, latents=latents, config=configs, generator=GENERATORS)
    graph = build_graph(PATHS, LANDMARKS, generator=STREAM)
    planner = {"graph": graph, "local": PLANNER, "subgoal_actions": 1.0}
    locals_ = OBJECTS | {"a class": SearchPlanner, "another planner": InverseHeadPlanner(RUN.model)}
    table.spoil(LandmarkPlanner, planner, graph=OBJECTS | {"latents": PATHS}, local=locals_, subgoal_actions=ahead)
    table.spoil(LandmarkPlanner(**planner).decide, {"query": QUERY}, query=QUERIES)
    rows = floats(Z)
    table.spoil(LandmarkPlanner(**planner).subgoals, {"z": Z, "goal": GOAL}, z=rows, goal=rows)


def _add_models(table: Table) -> None:
    effects = without(floats(torch.eye(6, 2)), "wide", "narrow", "fewer", "float64")
    table.spoil(LinearDynamics, {"effect": torch.eye(6, 2)}, effect=effects)
    rows, moves = without(floats(Z), "NaN", "infinite", "no rows"), without(floats(ACTIONS), "NaN", "infinite")
    table.spoil(LINEAR.rollout, {"z": Z, "actions": ACTIONS}, z=rows, actions=moves)
    table.spoil(LINEAR.infer_action, {"z": Z, "z_next": GOAL}, z=rows, z_next=rows)
    table.spoil(OracleModel, {"world": WORLD}, world=WORLDS)
    for world, state, actions in (
        (WORLD, STATE, ACTIONS),
        (OTHER_WORLD, OTHER_TASKS.start, torch.zeros(2, 2, OTHER_WORLD.spec.action_dim)),
    ):
        truth, name = OracleModel(world), f"OracleModel of {world.config.kind}"
        states = without(floats(state), "NaN", "infinite", "no rows", "fewer", "float64", "without memory")
        table.spoil(truth.encode, {"state": state}, called=f"{name}, encode", state=states)
        z = truth.encode(state)
        rows = without(floats(z), "float64", "no rows")
        moves = without(floats(actions), "float64", "no rows")
        table.spoil(truth.rollout, {"z": z, "actions": actions}, called=f"{name}, rollout", z=rows, actions=moves)
        moves = without(floats(actions[:, 0]), "float64", "no rows")
        step = {"state": state, "action": actions[:, 0], "stream": STREAM}
        table.spoil(
            truth.step,
            step,
            called=f"{name}, step",
            state=without(floats(state), "float64", "no rows"),
            action=moves,
            stream=GENERATORS,
        )


def _add_perception(table: Table) -> None:
    good = {"observe": SEES.observe, "encode": SEES.encode, "device": torch.device("cpu")}
    table.spoil(Perception, good, observe=FUNCTIONS, encode=FUNCTIONS, device=OBJECTS)
    table.spoil(
        Perception.through,
        {"model": RUN.model, "world": WORLD},
        called="Perception.through",
        model=without(MODELS, "NaN weights"),
        world=WORLDS,
    )
    truth = OracleModel(WORLD)
    table.spoil(Perception.oracle, {"model": truth}, called="Perception.oracle", model=OBJECTS | {"a model": RUN.model})
    states = without(floats(STATE), "fewer", "float64", "no rows")
    paths = without(floats(EPISODES.states), "fewer", "float64") | {"no frames": EPISODES.states[:, :0]}
    for name, sees in (("frames", SEES), ("the truth", Perception.oracle(truth))):
        some = states if name == "frames" else without(states, "NaN", "infinite", "without memory")
        some_paths = paths if name == "frames" else without(paths, "NaN", "infinite", "without memory")
        table.spoil(sees, {"state": STATE}, called=f"Perception of {name}", state=some)
        called = f"Perception of {name}, trajectories"
        table.spoil(sees.encode_trajectories, {"states": EPISODES.states}, called=called, states=some_paths)
    planners = OBJECTS | {"a class": SearchPlanner, "a search": SEARCH, "a model": RUN.model}
    sights = OBJECTS | {"a class": Perception, "a function": SEES.observe}
    table.spoil(Agent, {"perception": SEES, "planner": PLANNER}, perception=sights, planner=planners)


def _add_tasks(table: Table) -> None:
    inside = floats(STATE)
    good = {"world": WORLD, "start": STATE, "goal": STATE, "budget": 2, "goal_offset": 1}
    offsets = without(COUNTS, "nothing")
    table.spoil(
        Tasks,
        good,
        world=WORLDS | {"another": OTHER_WORLD},
        start=inside,
        goal=inside,
        budget=COUNTS,
        goal_offset=offsets,
    )
    table.spoil(TASKS.__getitem__, {"rows": torch.tensor([0])}, rows=rows_of(2))
    splits = OBJECTS | {"a world": WORLD}
    drawn = {"split": SPLIT, "num_tasks": 2, "generator": STREAM}
    table.spoil(
        tasks_anywhere, drawn | {"budget": 2}, split=splits, num_tasks=COUNTS, budget=COUNTS, generator=GENERATORS
    )
    for offset in (2, None):
        table.spoil(
            held_out_tasks,
            drawn | {"goal_offset": offset, "episode_length": 4},
            called=f"held_out_tasks, {offset} steps away",
            split=splits,
            num_tasks=COUNTS,
            goal_offset=offsets | {"too far": 5},
            episode_length=COUNTS,
            generator=GENERATORS,
        )
    states = floats(EPISODES.states)
    table.spoil(
        tasks_from_trajectories,
        {
            "world": WORLD,
            "states": EPISODES.states,
            "num_tasks": 2,
            "goal_offset": 2,
            "generator": STREAM,
            "budget": None,
        },
        world=WORLDS | {"another": OTHER_WORLD},
        states=without(states, "fewer", "NaN", "infinite") | {"one frame": EPISODES.states[:, :1]},
        num_tasks=COUNTS,
        goal_offset=COUNTS | {"too far": 6},
        generator=GENERATORS,
        budget=offsets,
    )


def _add_agents(table: Table) -> None:
    searches = without(OBJECTS, "nothing") | {"a class": SearchConfig, "a solver": SOLVER}
    maps = OBJECTS | {"a class": LandmarkConfig}
    table.spoil(
        AgentConfig,
        {"planner": "cem", "search": None, "landmarks": LANDMARKS},
        planner=NAMES,
        search=searches,
        landmarks=maps,
    )
    table.spoil(CHOSEN.search_in, {"world": WORLD}, world=WORLDS)
    table.spoil(CHOSEN.to_dict, {"world": WORLD}, called="AgentConfig.to_dict", world=WORLDS)
    table.spoil(default_search, {"planner": "cem", "world": WORLD}, planner=NAMES, world=WORLDS)
    names = NAMES | {"a class": AgentConfig, "a search": SEARCH}
    good = {"planner": CHOSEN, "model": RUN.model, "world": WORLD, "trajectories": None, "seed": 0}
    table.spoil(
        make_agent,
        good,
        planner=names,
        model=without(MODELS, "NaN weights"),
        world=WORLDS | {"another": OTHER_WORLD},
        trajectories=without(TRAJECTORIES, "of NaN"),
        seed=SEEDED,
    )
    for name in ("additive", "landmarks"):
        chosen = AgentConfig(name, SEARCH, LANDMARKS)
        table.spoil(
            make_agent,
            good | {"planner": chosen, "trajectories": EPISODES},
            called=f"make_agent {name}",
            model=MODELS,
            trajectories=TRAJECTORIES | {"nothing": None},
            seed=SEEDED,
        )
    other_agent = Agent(Perception.oracle(OracleModel(OTHER_WORLD)), SearchPlanner(OracleModel(OTHER_WORLD), 3, SEARCH))
    agents = OBJECTS | {"a class": Agent, "a planner": PLANNER, "of another world": other_agent}
    agents |= {"of other actions": Agent(SEES, SearchPlanner(LINEAR, 3, SEARCH))}
    tasks = NO_TASKS | {"of another world": OTHER_TASKS}
    batches = without(COUNTS, "nothing")
    good = {"agent": AGENT, "tasks": TASKS, "seed": 0, "batch_size": 2}
    table.spoil(run_mpc, good, agent=agents, tasks=tasks, seed=SEEDED, batch_size=batches)
    decided = {"nothing": None, "actions": ACTIONS[:2], "a plan of too few": Plan(ACTIONS[:1], torch.zeros(1))}
    deciders = {name: Agent(SEES, _Decides(value)) for name, value in decided.items()}
    deciders |= {"never": Agent(SEES, _Decides(Plan(ACTIONS[:2], torch.zeros(2)), 0))}
    table.spoil(run_mpc, good, called="run_mpc with a planner that decides", agent=deciders, documented=False)


class _Decides:
    """A planner of a caller that returns something else than plans."""

    def __init__(self, what: Any, receding_horizon: int = 1):
        self.what, self.receding_horizon = what, receding_horizon

    def decide(self, query: Query) -> Any:
        return self.what

"""Acting: control loops, planners, tasks and reports, with dynamics whose answer is known. Claims proved here:

- With the true world as model every searching planner solves (nearly) every task; random actions do not.
- Control executes what was planned, stops at the goal, counts primitive steps and never exceeds the budget.
- The inverse head and the closed form take the straight way; a proposal starts the search there.
- A terminal cost, decided anew after every action, puts off arriving; a path cost or executing the plan cures it.
- Planning runs in evaluation mode and leaves every network of the caller's model in the mode it was in.
- Reports follow their formulas; the same seed gives the same outcome; outcomes on disk are used again.
- Bad input is one clear error.
"""

import dataclasses
import json
import math

import numpy as np
import pytest
import torch

from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.planning import (
    CEM,
    ICEM,
    MPPI,
    AdditivePlanner,
    Agent,
    AgentConfig,
    CostConfig,
    GradientDescent,
    LandmarkConfig,
    LinearDynamics,
    OracleModel,
    Outcome,
    Perception,
    Plan,
    Query,
    SearchConfig,
    SearchPlanner,
    Tasks,
    compare_paired,
    compare_seeds,
    evaluate,
    inverse_rollout,
    make_agent,
    report_on,
    run_mpc,
    seed_interval,
    solve,
    tasks_anywhere,
    tasks_from_trajectories,
    wilson,
)
from smwm_lab.planning.planners.inverse import InverseHeadPlanner
from smwm_lab.sealed import write_sealed
from smwm_lab.seeding import generator
from smwm_lab.worlds import make_world


FAST = CEM(num_samples=100, num_iterations=10, num_elites=10)
SMALL = {
    "cem": CEM(num_samples=20, num_iterations=3, num_elites=4),
    "icem": ICEM(num_samples=20, num_iterations=3, num_elites=4),
    "mppi": MPPI(num_samples=20, num_iterations=3),
    "gradient": GradientDescent(num_samples=4, num_iterations=3),
}
ONE_ACTION = SearchConfig(solver=FAST, receding_horizon=1)


def dot_tasks(n=20, seed=0, **changes):
    split = split_by_state(make_world("single_dot"), seed=seed)
    return tasks_anywhere(split, n, generator=generator(seed, "tasks"), **changes)


def control(planner, tasks, seed=0, record=False):
    agent = Agent(Perception.oracle(OracleModel(tasks.world)), planner)
    return run_mpc(agent, tasks, seed=seed, record=record)


@pytest.mark.parametrize("planner", ["icem", "mppi", AgentConfig("cem", SearchConfig(solver=FAST))])
def test_with_the_true_world_as_model_goals_are_reached(planner):
    assert solve(planner, OracleModel(make_world("single_dot")), dot_tasks()).rate == 1


def test_random_actions_rarely_arrive():
    assert solve("random", OracleModel(make_world("single_dot")), dot_tasks(200)).rate < 0.3


@pytest.mark.parametrize("world", ["distractor", "sprite_xyt"])
def test_what_nobody_controls_does_not_count(world):
    split = split_by_state(make_world(world), seed=0)
    tasks = tasks_anywhere(split, 10, generator=generator(0, "tasks"))
    assert solve("icem", OracleModel(split.world), tasks).rate >= 0.9


def test_the_distance_is_that_of_the_farthest_controlled_body():
    start = torch.tensor([[10.0, 10.0, 40.0, 40.0]])
    goal = torch.tensor([[13.0, 14.0, 50.0, 40.0]])
    assert make_world("independent").goal_distance(start, goal).item() == 10
    assert make_world("distractor").goal_distance(start, goal).item() == 5
    poses = torch.tensor([[30.0, 30.0, 0.1], [30.0, 30.0, 6.2]])
    turned = make_world("sprite_xyt").goal_distance(poses[:1], poses[1:])
    assert turned.item() == pytest.approx(7.5 * (0.1 + 2 * math.pi - 6.2), rel=1e-4)


def test_control_executes_the_plan_and_stops_at_the_goal():
    tasks = dot_tasks(30)
    episodes = control(SearchPlanner(OracleModel(tasks.world), 2, SearchConfig(solver=FAST)), tasks, record=True)
    rows, first = episodes.plans[0]
    assert len(rows) == 30 - int((episodes.arrived_at == 0).sum())
    for task in range(30):
        count = int(episodes.arrived_at[task])
        state = tasks.start[task : task + 1]
        for k in range(min(count, 5)):
            action = first.actions[(rows == task).nonzero()[0], k]
            assert tasks.world.goal_distance(state, tasks.goal[task : task + 1]) > 2
            state = tasks.world.step(state, action, torch.Generator()).state
            assert torch.equal(state[0], episodes.states[task, k + 1])
        if count <= 5:
            assert tasks.world.goal_distance(state, tasks.goal[task : task + 1]) <= 2
        assert torch.equal(episodes.states[task, -1], episodes.states[task, min(count, episodes.states.shape[1] - 1)])


def test_a_start_at_the_goal_is_solved_at_reset_without_an_action():
    world = make_world("single_dot")
    goal = torch.tensor([[11.0, 11.0], [60.0, 60.0]])
    tasks = Tasks(world, torch.full((2, 2), 10.0), goal, budget=1)
    outcome = solve("icem", OracleModel(world), tasks)
    assert outcome.arrived_at == (0, -1) and outcome.num_decisions == 1 and outcome.way[0] == 0
    assert report_on("icem", outcome).solved_at_reset == 1


class HalfStepRight:
    """Asks for 8 px to the right, whatever it sees."""

    receding_horizon = 1

    def decide(self, query):
        return Plan(torch.tensor([[[0.5, 0.0]]]).repeat(len(query.z), 1, 1), torch.zeros(len(query.z)))


def test_a_goal_is_reached_at_exactly_its_radius():
    """10 px away one step of 8 px leads to the radius of 2 px; 2 px away nothing is to be done."""
    tasks = Tasks(DOT, torch.tensor([[20.0, 30.0], [28.0, 30.0]]), torch.tensor([[30.0, 30.0]]).repeat(2, 1), 1)
    assert control(HalfStepRight(), tasks).arrived_at.tolist() == [1, 0]


@pytest.mark.parametrize(("hold", "arrived"), [(1, [1, 0, 1]), (2, [2, 1, -1]), (3, [3, 2, -1])])
def test_a_goal_must_be_held_as_long_as_its_task_asks(hold, arrived):
    """Steps of 8 px right, three of them: a dot stops at the wall within reach of its goal, one stands there from the
    start, one passes through."""
    start = torch.tensor([[57.0, 30.0], [61.0, 30.0], [20.0, 30.0]])
    goal = torch.tensor([[61.0, 30.0], [61.0, 30.0], [28.0, 30.0]])
    tasks = Tasks(DOT, start, goal, budget=3, hold=hold)
    assert control(HalfStepRight(), tasks).arrived_at.tolist() == arrived


def test_the_budget_is_kept():
    """Also where a plan is longer than what is left of the budget."""
    for search, budget in ((ONE_ACTION, 2), (SearchConfig(solver=FAST), 2), (SearchConfig(solver=FAST), 7)):
        tasks = dot_tasks(20, budget=budget)
        episodes = control(SearchPlanner(OracleModel(tasks.world), 2, search), tasks)
        assert episodes.states.shape[1] <= budget + 1 and int(episodes.arrived_at.max()) <= budget
        assert budget == 7 or not episodes.success.all(), "somebody needed the whole budget"


def test_a_terminal_cost_decided_anew_after_every_action_puts_off_arriving():
    """Zeno's agent: every plan arrives at the end of its horizon, and only its first step is taken."""
    goal = torch.tensor([[34.0, 26.0]])
    tasks = Tasks(make_world("single_dot"), torch.tensor([[18.0, 10.0]]), goal, budget=4)
    truth = OracleModel(tasks.world)

    def steps(**search) -> int:
        solver = CEM(num_samples=400, num_iterations=15, num_elites=40, return_mean=True)
        planner = SearchPlanner(truth, 2, SearchConfig(solver=solver, horizon=5, **search))
        return int(control(planner, tasks).arrived_at)

    assert steps(receding_horizon=1) == -1
    assert steps(receding_horizon=1, cost=CostConfig(terminal=0, path=1)) <= 2
    longer = dataclasses.replace(tasks, budget=8)
    assert int(control(SearchPlanner(truth, 2, SearchConfig(horizon=5)), longer).arrived_at) <= 5


EFFECT = torch.tensor([[2.0, 0.0], [0.0, 0.5], [1.0, 1.0]])


def test_the_inverse_head_and_the_closed_form_take_the_straight_way():
    model, z, goal = LinearDynamics(EFFECT), torch.zeros(2, 3), torch.tensor([[0.5, -0.25], [3.0, 1.0]]) @ EFFECT.T
    stream = generator(0, "straight")
    head = InverseHeadPlanner(model).decide(Query(z, goal, stream))
    assert head.actions[:, 0].numpy() == pytest.approx(torch.tensor([[0.5, -0.25], [1.0, 1.0]]).numpy(), abs=1e-5)
    actions = torch.rand(50, 2, generator=stream) * 2 - 1
    start = torch.randn(50, 3, generator=stream)
    closed = AdditivePlanner.fitted(start, actions, start + actions @ EFFECT.T).decide(Query(z, goal, stream))
    assert closed.actions[:, 0].numpy() == pytest.approx(torch.tensor([[0.5, -0.25], [1.0, 1 / 3]]).numpy(), abs=1e-4)


def test_the_closed_form_does_not_follow_the_noise_of_redundant_actions():
    """Two pushes that do the same, fitted with noise: the way is shared, not made of huge opposite pushes."""
    stream = generator(0, "redundant")
    actions, start = torch.rand(500, 2, generator=stream) * 2 - 1, torch.randn(500, 3, generator=stream)
    moved = actions.sum(1, keepdim=True) * torch.tensor([[1.0, 0.0, 0.0]])
    noisy = start + moved + 0.05 * torch.randn(500, 3, generator=stream)
    planner = AdditivePlanner.fitted(start, actions, noisy)
    goal = torch.tensor([[1.0, 0.3, 0.0]])
    found = planner.decide(Query(torch.zeros(1, 3), goal, stream)).actions[0, 0]
    assert found.tolist() == pytest.approx([0.5, 0.5], abs=0.05)


def test_a_proposal_starts_the_search_where_the_head_points():
    model, goal = LinearDynamics(EFFECT), torch.tensor([[2.5, -1.5]]) @ EFFECT.T
    proposed = inverse_rollout(model, torch.zeros(1, 3), goal, 3)
    assert (proposed.sum(1) @ EFFECT.T).numpy() == pytest.approx(goal.numpy(), abs=1e-4)
    search = SearchConfig(solver=CEM(num_samples=10, num_elites=2, num_iterations=1), horizon=3, receding_horizon=3)
    stream = generator(0, "proposal")

    def cost(**change) -> float:
        planner = SearchPlanner(model, 2, search.replace(**change))
        return planner.decide(Query(torch.zeros(1, 3), goal, stream)).cost.item()

    assert cost(proposal=True) < 1e-6 < 1e-2 < cost()


def test_goals_of_a_rigid_pair_can_be_reached():
    split = split_by_state(make_world("coupled"), seed=0)
    tasks = tasks_anywhere(split, 10, generator=generator(0, "tasks"))
    assert torch.equal(tasks.start[:, :2] - tasks.start[:, 2:], tasks.goal[:, :2] - tasks.goal[:, 2:])
    assert split.is_held_out(tasks.start).all() and split.is_held_out(tasks.goal).all()


def test_goals_lie_as_many_steps_ahead_in_the_same_episode():
    states = torch.arange(4 * 9).float().reshape(4, 9, 1).expand(-1, -1, 2) + 2
    tasks = tasks_from_trajectories(make_world("single_dot"), states, 10, goal_offset=7, generator=generator(0, "t"))
    assert torch.equal(tasks.goal - tasks.start, torch.full((10, 2), 7.0))
    assert set(((tasks.start[:, 0] - 2) // 9).tolist()) == {0, 1, 2, 3} and tasks.budget == 14
    eight = tasks_from_trajectories(make_world("single_dot"), states, 8, goal_offset=7, generator=generator(0, "t"))
    assert len({tuple(row) for row in eight.start.tolist()}) == 8, "no pair twice while there are others"


OUTCOME = Outcome(
    arrived_at=(0, 4, 6, -1),
    distance_left=(1.0, 2.0, 1.0, 30.0),
    way=(0.0, 20.0, 10.0, 50.0),
    least_way=(0.0, 10.0, 12.0, 40.0),
    passed_whole=(True, False, True, True),
    num_decisions=5,
    plan_seconds=1.0,
    environment_seconds=0.5,
)


def test_a_report_follows_its_formulas():
    floor = dataclasses.replace(OUTCOME, arrived_at=(-1, -1, -1, 2))
    ceiling = dataclasses.replace(OUTCOME, arrived_at=(1, 1, 1, 1))
    report = report_on("cem", OUTCOME, goal_offset=25, floor=floor, ceiling=ceiling)
    assert report.success == 0.75 and report.skill == pytest.approx((0.75 - 0.25) / 0.75)
    assert report.solved_at_reset == 1 and report.steps_to_goal == 4 and report.distance_left == 1.5
    assert report.spl == pytest.approx((1 + 0.5 + 1 + 0) / 4)
    assert report.success_from_afar == pytest.approx(2 / 3) and report.strict_success == 0.5
    assert report.plan_seconds_per_decision == 0.2
    assert report.interval == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert "cem: 0.750 [0.301, 0.954] of 4 goals 25 steps away | floor 0.25 | ceiling 1.00" in repr(report)
    values = json.loads(json.dumps(report_on("cem", dataclasses.replace(OUTCOME, arrived_at=(-1,) * 4)).to_dict()))
    assert values["steps_to_goal"] is None and values["skill"] is None and values["success"] == 0


def test_intervals_against_the_closed_form():
    p, n, z = 0.9, 50, 1.959964
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert wilson(45, 50) == pytest.approx([(centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)])


def test_the_interval_of_a_method_grows_with_the_spread_of_its_seeds():
    """Equal seeds: as if tasks were independent, with Student's quantile; unequal ones: wider; one: Wilson's."""
    z = 2.7764451  # of Student's t, 4 degrees of freedom
    low, high = seed_interval([1.0] * 5, 100)
    assert (low, high) == (pytest.approx(500 / (500 + z * z)), 1.0)
    even, uneven = seed_interval([0.9, 0.9, 0.9, 0.9, 0.9], 100), seed_interval([1.0, 1.0, 1.0, 0.9, 0.6], 100)
    assert uneven[0] < even[0] - 0.1 and uneven[0] < 0.9 < uneven[1]
    assert seed_interval([0.5], 100) == wilson(50, 100)


@pytest.mark.parametrize(("a", "b"), [(9.0, 1.0), (2.0, 2.0), (100.0, 1.0)])
def test_the_interval_of_a_method_covers_its_rate_where_one_of_pooled_tasks_does_not(a, b):
    """Five seeds whose true rates differ (a beta distribution), 100 tasks each, drawn 1000 times."""
    random = np.random.default_rng(0)
    rates = random.binomial(100, random.beta(a, b, (1000, 5))) / 100
    covered = [low <= a / (a + b) <= high for low, high in (seed_interval(list(row), 100) for row in rates)]
    pooled = [low <= a / (a + b) <= high for low, high in (wilson(round(100 * row.sum()), 500) for row in rates)]
    assert np.mean(covered) > 0.92 > np.mean(pooled)


def test_the_test_of_two_methods_deals_out_their_seeds():
    """Of the 252 ways to deal ten rates to two methods, two are as unequal as all against all; of 20, two as well."""
    assert compare_seeds([0.9, 0.92, 0.91, 0.95, 0.93], [0.7, 0.72, 0.75, 0.69, 0.71]) == pytest.approx(2 / 252)
    assert compare_seeds([0.9, 0.92, 0.91], [0.7, 0.72, 0.75]) == pytest.approx(2 / 20)
    assert compare_seeds([1.0, 1.0], [1.0, 1.0]) == 1, "no difference"
    assert compare_seeds([1.0], [0.0]) == compare_seeds([1.0], [0.1, 0.2]) == 1, "a single seed"


@pytest.mark.parametrize("planner", ["cem", "icem", "mppi", "gradient", "inverse", "landmarks", "random"])
def test_what_comes_of_a_task_does_not_depend_on_the_tasks_beside_it(planner):
    """Bit for bit on a CPU: alone, in another order, among others."""
    world = make_world("single_dot")
    tasks = dot_tasks(5)
    walks = world.sample_trajectories(60, 10, generator(0, "walks"))
    search = (
        None
        if planner in ("inverse", "random", "landmarks")
        else SearchConfig(solver=SMALL[planner], horizon=3, receding_horizon=2)
    )
    chosen = AgentConfig(planner, search, LandmarkConfig(num_landmarks=20, num_frames=600))
    agent = make_agent(chosen, WorldModel(ModelConfig()), world, trajectories=walks)
    together = run_mpc(agent, tasks)
    rows = torch.tensor([3, 0])
    for part, picked in ((run_mpc(agent, tasks[rows]), rows), (run_mpc(agent, tasks[2:3]), torch.tensor([2]))):
        frames = part.states.shape[1]
        assert torch.equal(part.states, together.states[picked, :frames])
        assert torch.equal(part.arrived_at, together.arrived_at[picked])
        assert torch.equal(part.way, together.way[picked])


def test_what_no_action_controls_moves_alike_whoever_is_beside():
    split = split_by_state(make_world("distractor"), seed=0)
    tasks = tasks_anywhere(split, 4, generator=generator(0, "tasks"), budget=3)
    agent = make_agent("random", OracleModel(split.world), split.world)
    together, alone = run_mpc(agent, tasks), run_mpc(agent, tasks[1:2])
    assert torch.equal(alone.states[0], together.states[1, : alone.states.shape[1]])


def test_a_task_that_occurs_twice_has_two_streams():
    tasks = dot_tasks(1, budget=4)
    twice = Tasks(tasks.world, tasks.start.repeat(2, 1), tasks.goal.repeat(2, 1), 4)
    episodes = run_mpc(make_agent("random", OracleModel(tasks.world), tasks.world), twice)
    assert not torch.equal(episodes.states[0], episodes.states[1])


def test_tasks_can_share_their_decisions():
    """As on a GPU: one decision of all tasks that go on, and the same successes."""
    tasks = dot_tasks(12)
    planner = SearchPlanner(OracleModel(tasks.world), 2, SearchConfig(solver=FAST))
    agent = Agent(Perception.oracle(OracleModel(tasks.world)), planner)
    together, alone = run_mpc(agent, tasks, batch_size=12, record=True), run_mpc(agent, tasks, record=True)
    assert together.num_decisions == alone.num_decisions and together.success.all() and alone.success.all()
    assert [len(plan) for _, plan in together.plans] == [len(plan) for _, plan in alone.plans]
    assert alone.plans[0][1].trace.costs.shape == together.plans[0][1].trace.costs.shape
    with pytest.raises(InputError, match="batch_size = 0 is out of range"):
        run_mpc(agent, tasks, batch_size=0)


def test_the_paired_test_counts_what_only_one_solves():
    first = torch.tensor([True] * 8 + [False] * 2 + [True] * 5)
    second = torch.tensor([False] * 8 + [True] * 2 + [True] * 5)
    found = compare_paired(first, second)
    assert (found.both, found.only_first, found.only_second, found.neither) == (5, 8, 2, 0)
    assert found.p_value == pytest.approx(2 * sum(math.comb(10, k) for k in range(3)) / 2**10)
    assert compare_paired(first, first).p_value == 1


def test_a_model_is_evaluated_beside_floor_and_ceiling():
    torch.manual_seed(0)
    model = WorldModel(ModelConfig()).eval()
    truth = OracleModel(make_world("single_dot"))
    quick = AgentConfig("cem", SearchConfig(solver=CEM(num_samples=20, num_elites=4, num_iterations=2)))
    report = evaluate(quick, model, dot_tasks(20))
    same_search = solve(quick, truth, dot_tasks(20)).rate
    assert report.ceiling == same_search != solve("cem", truth, dot_tasks(20)).rate
    assert report.ceiling > report.floor and report.success < report.ceiling


class Guess:
    """A model whose parameters nobody can see."""

    def encode(self, observation):
        return torch.zeros(len(observation), 2)

    def rollout(self, z, actions):
        return z[:, None].expand(-1, actions.shape[1] + 1, -1)


def test_only_outcomes_of_models_with_known_parameters_are_kept(tmp_path):
    with pytest.raises(InputError, match="outcomes of a Guess cannot be kept"):
        solve("cem", Guess(), dot_tasks(2), cache=tmp_path)
    with pytest.raises(InputError, match="outcomes of a OracleModel cannot be kept"):
        solve("cem", OracleModel(make_world("distractor")), dot_tasks(2), cache=tmp_path)
    assert not any(tmp_path.iterdir())


def test_an_outcome_depends_on_its_seed_and_is_kept_on_disk(tmp_path):
    truth, tasks = OracleModel(make_world("distractor")), dot_tasks(10)
    tasks = tasks_anywhere(split_by_state(truth.world, seed=0), 10, generator=generator(0, "tasks"))
    agent = AgentConfig("cem", ONE_ACTION)
    first, again = (solve(agent, truth, tasks, seed=1) for _ in range(2))
    assert first.way == again.way and first.way != solve(agent, truth, tasks, seed=2).way
    kept = solve(agent, truth, tasks, seed=1, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    assert solve(agent, truth, tasks, seed=1, cache=tmp_path) == kept
    other = json.dumps(dataclasses.replace(kept, num_decisions=77).to_dict()).encode()
    write_sealed(file, other)
    assert solve(agent, truth, tasks, seed=1, cache=tmp_path).num_decisions == 77, "it is read, not made again"
    for changed in (tasks[:9], dataclasses.replace(tasks, budget=7)):
        solve(agent, truth, changed, seed=1, cache=tmp_path)
    solve("random", truth, tasks, seed=1, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    file.write_bytes(file.read_bytes().replace(b"77", b"78"))
    with pytest.raises(InputError, match="outcome .* is damaged .*; delete the file"):
        solve(agent, truth, tasks, seed=1, cache=tmp_path)
    write_sealed(file, b"[]")
    with pytest.raises(InputError, match="delete the file and evaluate anew"):
        solve(agent, truth, tasks, seed=1, cache=tmp_path)


DOT, PLANE = make_world("single_dot"), torch.zeros(1, 2) + 20


def model_of(action_dim=2, side=64):
    return WorldModel(ModelConfig(action_dim=action_dim, side=side))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: dot_tasks(0), "tasks = 0 is out of range; allowed: 1"),
        (lambda: Tasks(DOT, PLANE, PLANE * 9, 8), "lies outside the world; allowed: 2 to 61"),
        (lambda: Tasks(DOT, PLANE - 30, PLANE, 8), "lies outside the world"),
        (lambda: Tasks(DOT, PLANE, PLANE, 0), "budget = 0 is out of range"),
        (lambda: Tasks(DOT, PLANE, PLANE, 4, hold=0), "hold = 0 is out of range; allowed: 1 to 4"),
        (lambda: Tasks(DOT, PLANE, PLANE, 4, hold=5), "hold = 5 is out of range; allowed: 1 to 4"),
        (lambda: Tasks(DOT, PLANE, PLANE.expand(2, 2), 8), "1 starts and 2 goals"),
        (
            lambda: tasks_from_trajectories(
                DOT, torch.full((3, 5, 2), 9.0), 2, goal_offset=9, generator=torch.Generator()
            ),
            "goal_offset = 9 is longer than any episode; allowed: 1 to 4 steps",
        ),
        (
            lambda: tasks_anywhere(split_by_state(make_world("sprite_none"), seed=0), 1, generator=torch.Generator()),
            "this world has no actions",
        ),
        (lambda: make_agent("fly", OracleModel(DOT), DOT), "planner = 'fly' is unknown; allowed: cem, icem"),
        (lambda: make_agent("cem", model_of(action_dim=4), DOT), "takes 4 actions, this world has 64 px and 2 actions"),
        (lambda: make_agent("cem", model_of(side=32), DOT), "the model sees 32 px"),
        (lambda: make_agent("landmarks", model_of(), DOT), "planner 'landmarks' needs the training trajectories"),
        (lambda: make_agent("inverse", OracleModel(DOT), DOT), "planner 'inverse' needs an inverse head"),
        (lambda: SearchConfig(receding_horizon=6), "receding_horizon = 6 is out of range; allowed: 1 to 5"),
        (lambda: SearchConfig(horizon=0), "horizon = 0 is out of range"),
        (lambda: SearchConfig(warm_start=True, proposal=True), "warm_start and proposal"),
        (lambda: SearchPlanner(OracleModel(DOT), 2, SearchConfig(proposal=True)), "needs a model with infer_action"),
        (lambda: compare_paired(torch.ones(2) > 0, torch.ones(3) > 0), "2 and 3 tasks"),
    ],
)
def test_bad_input_is_one_clear_error(make, message):
    with pytest.raises(InputError) as error:
        make()
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("planner", ["cem", "inverse", "gradient"])
def test_a_broken_model_is_one_clear_error(planner):
    model = model_of().eval()
    with torch.no_grad():
        model.encoder.head.bias.fill_(math.nan)
    with pytest.raises(InputError, match="not finite"):
        solve(planner, model, dot_tasks(3))


class Moody(WorldModel):
    """In training mode it sees, imagines and infers nothing but ones."""

    def encode(self, observation):
        return super().encode(observation) * 0 + 1 if self.encoder.training else super().encode(observation)

    def rollout(self, z, actions):
        latents = super().rollout(z, actions)
        return latents * 0 + 1 if self.forward_model.training else latents

    def infer_action(self, z, z_next):
        action = super().infer_action(z, z_next)
        return action * 0 + 1 if self.inverse_model.training else action


@pytest.mark.parametrize("planner", ["cem", "gradient", "inverse"])
def test_a_model_in_training_mode_plans_in_evaluation_mode_and_stays_as_it_was(planner):
    torch.manual_seed(0)
    model, tasks = Moody(model_of().config), dot_tasks(3)
    proposing = SearchConfig(solver=CEM(num_samples=20, num_iterations=2, num_elites=5), proposal=True)
    descending = SearchConfig(solver=GradientDescent(num_samples=2, num_iterations=3))
    chosen = AgentConfig(planner, {"cem": proposing, "gradient": descending}.get(planner))
    expected = solve(chosen, model.eval(), tasks)
    model.train()
    model.encoder.eval()  # a mixture of modes is to be found again as it was
    before = [network.training for network in model.modules()]
    assert solve(chosen, model, tasks).distance_left == expected.distance_left
    assert [network.training for network in model.modules()] == before
    model.train()
    assert solve(chosen, model, tasks).distance_left == expected.distance_left

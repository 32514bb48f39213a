"""Comparisons, studies and their figures. Claims proved here:

- A comparison pools seeds, keeps them apart on request, and pairs the same tasks only.
- Published results are those of the files; ours stand beside them by method and goal offset.
- The landscape is the cost of the plan with two components exchanged.
- Procrastination happens with a terminal cost decided anew after every action, and with none of its cures.
- Figures show the values they were given.
- Planning is benchmarked against the same arithmetic.
"""

import numpy as np
import pytest
import torch

from smwm_lab import viz
from smwm_lab.bench import planning as bench
from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.planning import (
    CEM,
    AgentConfig,
    Comparison,
    OracleModel,
    Outcome,
    PathDistance,
    Perception,
    PlanningReport,
    SearchConfig,
    beside_reference,
    compare_models,
    compare_planners,
    compare_replanning,
    cost_landscape,
    horizon_sweep,
    plan,
    protocol_differences,
    reference_results,
    seed_interval,
    tasks_anywhere,
    tasks_from_trajectories,
    wilson,
)
from smwm_lab.planning.evaluation.comparison import Result
from smwm_lab.seeding import generator
from smwm_lab.worlds import make_world


DOT = make_world("single_dot")
TRUTH = OracleModel(DOT)
FAST = CEM(num_samples=60, num_iterations=6, num_elites=8)


def tasks(seed=0, n=10):
    return [tasks_anywhere(split_by_state(DOT, seed=seed), n, generator=generator(seed, "tasks"))]


def outcome(*arrived):
    n = len(arrived)
    return Outcome(arrived, (0.0,) * n, (1.0,) * n, (1.0,) * n, (True,) * n, n, 1.0, 1.0)


HAND = Comparison(
    (
        Result("SMWM", 0, 25, outcome(1, 1, 1, -1)),
        Result("SMWM", 1, 25, outcome(1, 1, 1, 1)),
        Result("SMWM", 0, 40, outcome(1, -1, -1, -1)),
        Result("SIGReg", 0, 25, outcome(-1, -1, 1, 1)),
        Result("SIGReg", 2, 25, outcome(1, 1, 1, 1)),
    )
)


def test_a_comparison_pools_seeds_and_pairs_the_same_tasks():
    table = HAND.table()
    row = table.loc[("SMWM", 25)]
    assert (row.low, row.high) == seed_interval([0.75, 1], 4)
    assert (table.loc[("SMWM", 40)].low, table.loc[("SMWM", 40)].high) == wilson(1, 4), "one seed"
    assert row.success == 7 / 8 and (row.worst_seed, row.best_seed, row.seeds, row.tasks) == (0.75, 1, 2, 8)
    assert table.loc[("SMWM", 40), "success"] == 0.25
    assert HAND.by_seed().success.tolist() == [0.75, 1, 0.25, 0.5, 1]
    paired = HAND.paired("SMWM", "SIGReg", seed=0, goal_offset=25)
    assert (paired.both, paired.only_first, paired.only_second, paired.neither) == (1, 2, 1, 0)
    with pytest.raises(InputError, match="SIGReg did nothing at seed = 0, goal_offset = 40"):
        HAND.paired("SMWM", "SIGReg", seed=0, goal_offset=40)
    assert "SMWM @25 0.875 [" in repr(HAND)


def test_planners_models_and_distances_are_compared_on_the_same_tasks(tmp_path):
    planners = compare_planners(["icem", "random"], TRUTH, tasks())
    assert planners.table().success.tolist()[0] == 1 > planners.table().success.tolist()[1]
    quick = AgentConfig("cem", SearchConfig(solver=FAST, horizon=1, receding_horizon=1))
    models = compare_models({"truth": {0: TRUTH, 1: TRUTH}}, tasks, planner="icem", cache=tmp_path)
    assert models.table().seeds.tolist() == [2, 2, 2] and list(models.table().index.unique(0)) == [
        "truth",
        "random",
        "oracle",
    ]
    assert len(list(tmp_path.iterdir())) == 6
    walks = DOT.sample_trajectories(20, 6, generator(0, "walks"))
    sets = [
        tasks_from_trajectories(DOT, walks.states, 8, goal_offset=k, generator=generator(k, "sets")) for k in (1, 4)
    ]
    sweep = horizon_sweep({"cem": quick, "luck": "random"}, {0: TRUTH}, lambda seed: sets).table()
    assert sweep.index.tolist() == [("cem", 1), ("cem", 4), ("luck", 1), ("luck", 4)]
    assert sweep.success.iloc[0] >= 0.9


def test_published_results_are_those_of_the_files():
    success, horizon = reference_results(), reference_results("horizon")
    assert success.loc[("SIGReg", 25), ["success", "seeds", "tasks"]].tolist() == pytest.approx([0.926, 5, 500])
    assert horizon.loc[("SMWM", 100), "success"] == pytest.approx(0.79)
    assert reference_results("success", "reacher").loc[("SMWM", 25), "success"] == pytest.approx(0.714)
    with pytest.raises(InputError, match="environment = 'mars' is unknown; allowed: tworoom"):
        reference_results("success", "mars")


def test_ours_stand_beside_the_published_ones():
    table = beside_reference(HAND.table())
    row = table.loc[("SMWM", 25)]
    assert row.success_ours == 7 / 8 and row.success_published == 1 and row.tasks_published == 500
    assert np.isnan(table.loc[("SMWM", 40)].success_published) and np.isnan(table.loc[("random", 25)].success_ours)
    differences = protocol_differences()
    assert {"observation", "candidates", "goal", "held out"} <= set(differences.index)
    assert (differences.published != differences.ours).all()


def test_the_landscape_is_the_cost_with_two_components_exchanged():
    start, goal = torch.tensor([[20.0, 20.0]]), torch.tensor([[30.0, 40.0]])
    actions = torch.tensor([[[0.25, 0.5], [0.0, -0.5]]])
    land = cost_landscape(TRUTH, start, PathDistance(goal), actions, first=(1, 0), second=(0, 1), resolution=5)
    for row, second in enumerate(land.values.tolist()):
        for column, first in enumerate(land.values.tolist()):
            changed = actions.clone()
            changed[0, 1, 0], changed[0, 0, 1] = first, second
            latents = TRUTH.rollout(start, changed)[:, None]
            assert land.cost[row, column] == PathDistance(goal)(latents, changed[:, None])
    assert land.here == (0.0, 0.5)
    for bad, message in (
        ({"first": (2, 0)}, "time of the slice = 2"),
        ({"resolution": 1}, "resolution = 1"),
        ({"first": (0, 1)}, "two different components"),
    ):
        with pytest.raises(InputError, match=message):
            cost_landscape(TRUTH, start, PathDistance(goal), actions, **bad)


@pytest.fixture(scope="module")
def dawdling():
    return compare_replanning(TRUTH, Perception.oracle(TRUTH), tasks(n=20)[0])


def test_only_the_terminal_cost_decided_anew_procrastinates(dawdling):
    rates = {name: found.rate for name, found in dawdling.outcomes.items()}
    assert rates.pop("terminal, every action") <= 0.4 and min(rates.values()) >= 0.85
    assert dawdling.distance["path, every action"][-1] == 0 < dawdling.distance["terminal, every action"][-1]
    assert len(dawdling.distance["path, every action"]) == 9
    assert dawdling.table().loc["path, every action", "spl"] > 0.9


REPORT = PlanningReport(
    planner="cem",
    tasks=4,
    goal_offset=25,
    success=0.75,
    interval=(0.3, 0.95),
    floor=0.25,
    ceiling=1.0,
    solved_at_reset=0,
    success_from_afar=0.75,
    strict_success=0.5,
    steps_to_goal=3.0,
    spl=0.5,
    distance_left=1.0,
    plan_seconds_per_decision=0.1,
    environment_seconds_per_decision=0.1,
)


def searched():
    start, goal = torch.tensor([[20.0, 20.0]]), torch.tensor([[30.0, 40.0]])
    return plan(
        TRUTH,
        start,
        PathDistance(goal),
        solver=FAST,
        horizon=3,
        action_dim=2,
        generator=generator(0, "fig"),
        record=True,
    )


def paths():
    return {"candidates": np.random.default_rng(0).normal(size=(9, 4, 2)), "plan": np.zeros((1, 4, 2))}


FIGURES = {
    "plan": lambda d: viz.plot_plan(
        DOT.observe(torch.tensor([[20.0, 20.0]]))[0],
        paths(),
        paths(),
        goal=np.ones(2),
        latent_goal=np.ones(2),
        latent_cloud=np.zeros((5, 2)),
    ),
    "search": lambda d: viz.plot_search(searched().trace),
    "landscape": lambda d: viz.plot_landscape(
        cost_landscape(TRUTH, torch.full((1, 2), 20.0), PathDistance(torch.full((1, 2), 30.0)), torch.zeros(1, 1, 2)),
        xlabel="dx",
        ylabel="dy",
    ),
    "success": lambda d: viz.plot_success([REPORT, REPORT]),
    "horizon": lambda d: viz.plot_horizon(HAND.table(), reference_results("horizon")),
    "procrastination": lambda d: viz.plot_replanning(d, tolerance=2.0),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_can_be_drawn_and_writes_nothing(name, dawdling, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    figure = FIGURES[name](dawdling)
    figure.canvas.draw()
    assert list(tmp_path.iterdir()) == [] and capsys.readouterr().out == ""


def test_figures_show_what_they_were_given():
    ax = viz.plot_success([REPORT]).axes[0]
    assert ax.patches[0].get_width() == 0.75
    lines = {
        line.get_label(): line for line in viz.plot_horizon(HAND.table(), reference_results("horizon")).axes[0].lines
    }
    assert lines["SMWM, ours"].get_ydata().tolist() == [7 / 8, 0.25]
    assert lines["SMWM, published"].get_ydata().tolist() == pytest.approx([1.0, 0.98, 0.96, 0.95, 0.82, 0.79])
    trace = searched().trace
    drawn = viz.plot_search(trace, iterations=[2]).axes[0].collections[0].get_offsets()
    assert np.allclose(drawn, trace.candidates[0, 2, :, 0, :2])


def test_floor_and_ceiling_stand_where_they_are_with_their_names():
    lines = {line.get_label(): line for line in viz.plot_success([REPORT]).axes[0].collections}
    at = {name: float(lines[name].get_segments()[0][0, 0]) for name in ("random actions", "the true world as model")}
    assert at == {"random actions": 0.25, "the true world as model": 1.0}


def test_the_cross_of_a_landscape_is_the_plan():
    z, goal = torch.full((1, 2), 20.0), torch.full((1, 2), 30.0)
    seen = cost_landscape(TRUTH, z, PathDistance(goal), torch.tensor([[[0.25, -0.5]]]))
    (cross,) = viz.plot_landscape(seen, xlabel="dx", ylabel="dy").axes[0].lines
    assert cross.get_xydata().tolist() == [[0.25, -0.5]]


def test_dy_grows_downwards_as_in_the_world():
    z, goal = torch.full((1, 2), 20.0), torch.full((1, 2), 30.0)
    seen = cost_landscape(TRUTH, z, PathDistance(goal), torch.zeros(1, 1, 2))
    for ylabel, down in (("dy (down)", True), ("last action, dx", False)):
        ax = viz.plot_landscape(seen, xlabel="dx", ylabel=ylabel).axes[0]
        assert ax.yaxis_inverted() == down and not ax.xaxis_inverted()
    ax = viz.plot_search(searched().trace).axes[0]
    assert ax.yaxis_inverted() and (ax.get_xlabel(), ax.get_ylabel()) == ("dx (right)", "dy (down)\nof action 1")


def test_the_benchmark_compares_equal_work(monkeypatch):
    """Both sides plan as well as each other: the plain loop is no straw man."""
    model, z, goal = bench._tasks(1)
    costs = []
    monkeypatch.setattr(bench, "plan", lambda *given, **named: costs.append(plan(*given, **named)) or costs[-1])
    assert bench._ours(model, z, goal)() == 1
    latents = model.rollout(z, costs[0].actions)
    assert (latents[:, -1] - goal).square().sum().item() == pytest.approx(costs[0].cost.item(), rel=1e-3)
    info = {"z": z[:, None, None], "goal": goal[:, None, None]}
    assert model.get_cost(info, costs[0].actions[:, None]).item() == pytest.approx(costs[0].cost.item(), rel=1e-3)
    assert bench._plain_loop(model, z, goal)() == 1

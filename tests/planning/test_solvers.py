"""Solvers and costs on dynamics whose best plan is known. Claims proved here:

- Every solver finds the plan of a reachable goal, and the best corner of the box for one out of reach.
- Candidates never leave the box of actions, and a search never ends worse than where it started.
- Elites are the cheapest candidates, mean and deviation are theirs; one elite gives no NaN.
- Coloured noise has variance 1 and the correlation it is asked for; iCEM compares what it keeps.
- Costs are what their formulas say; bad sizes and models that give NaN are one clear error.
- A candidate whose cost is NaN loses in every solver; without a single known cost there is no plan.
"""

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.planning import (
    CEM,
    ICEM,
    MPPI,
    ActionPenalty,
    CostConfig,
    GradientDescent,
    LinearDynamics,
    PathDistance,
    RandomShooting,
    TerminalDistance,
    WarmStart,
    coloured_noise,
    plan,
)
from smwm_lab.seeding import generator


SOLVERS = {
    "cem": CEM(),
    "icem": ICEM(),
    "mppi": MPPI(),
    "gradient": GradientDescent(),
    "shooting": RandomShooting(num_iterations=100),
}
EFFECT = torch.tensor([[1.0, 0.5], [0.0, 2.0]])
each_solver = pytest.mark.parametrize("name", SOLVERS)


def search(solver, goal, *, horizon=3, cost=TerminalDistance, record=False, warm_start=None, seed=0):
    """Plan from the origin of the plane."""
    return plan(
        LinearDynamics(EFFECT),
        torch.zeros_like(goal),
        cost(goal),
        solver=solver,
        horizon=horizon,
        action_dim=2,
        generator=generator(seed, "search"),
        record=record,
        warm_start=warm_start,
    )


@each_solver
def test_a_reachable_goal_is_reached(name):
    goal = torch.tensor([[1.0, -2.0], [-1.5, 3.0], [0.0, 0.0]])
    found = search(SOLVERS[name], goal)
    ends = found.actions.sum(1) @ EFFECT.T
    assert (ends - goal).norm(dim=1).max() < (0.25 if name == "shooting" else 0.05)
    assert found.cost == pytest.approx((ends - goal).square().sum(1), abs=1e-4)


@each_solver
def test_for_a_goal_out_of_reach_the_plan_lies_on_the_border_of_the_box(name):
    found = search(SOLVERS[name], torch.tensor([[100.0, 100.0]]), horizon=1, record=True)
    assert found.trace.candidates.abs().max() <= 1
    assert found.actions == pytest.approx(torch.ones(1, 1, 2), abs=0.05 if name == "shooting" else 1e-3)


@each_solver
def test_a_search_never_ends_worse_than_it_began(name):
    goal = torch.tensor([[1.0, -2.0]])
    perfect = (torch.linalg.pinv(EFFECT) @ goal[0] / 3).expand(1, 3, 2)
    solver = SOLVERS[name].replace(num_iterations=1, num_samples=40)
    if hasattr(solver, "num_elites"):
        solver = solver.replace(num_elites=4)
    assert search(solver, goal, warm_start=WarmStart(perfect)).cost.item() == pytest.approx(0, abs=1e-9)
    assert search(solver, goal).cost.item() > 1e-4, "from nothing the same search finds less"


@each_solver
def test_a_plan_comes_from_its_generator_alone(name):
    goal = torch.tensor([[1.0, -2.0]])
    solver = SOLVERS[name].replace(num_iterations=2)
    first, again, other = (search(solver, goal, seed=seed).actions for seed in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)


@each_solver
def test_the_trace_is_the_search(name):
    found = search(SOLVERS[name].replace(num_iterations=4), torch.tensor([[1.0, -2.0], [2.0, 2.0]]), record=True)
    trace = found.trace
    assert trace.candidates.shape[:2] == trace.costs.shape[:2] == (2, 4) and trace.num_iterations == 4
    assert trace.mean.shape == trace.std.shape == (2, 4, 3, 2)
    ends = trace.candidates.sum(3) @ EFFECT.T
    goal = torch.tensor([[1.0, -2.0], [2.0, 2.0]])[:, None, None]
    assert torch.allclose(trace.costs, (ends - goal).square().sum(-1), atol=1e-4)
    assert search(SOLVERS[name], torch.zeros(1, 2)).trace is None


def test_cem_refits_to_the_cheapest_with_the_population_deviation():
    solver = CEM(num_samples=50, num_elites=5, num_iterations=3, min_std=1e-6)
    trace = search(solver, torch.tensor([[1.0, -2.0]]), record=True).trace
    for i in range(3):
        costs, rows = trace.costs[0, i], trace.elites[0, i]
        assert set(rows.tolist()) == set(costs.argsort()[:5].tolist())
        elites = trace.candidates[0, i, rows].double().numpy()
        assert trace.mean[0, i].numpy() == pytest.approx(elites.mean(0), abs=1e-5)
        assert trace.std[0, i].numpy() == pytest.approx(elites.std(0, ddof=0), abs=1e-5)
    assert torch.equal(trace.candidates[0, 1, 0], trace.mean[0, 0]), "the mean is compared too"


def test_one_elite_has_a_deviation_and_it_has_a_floor():
    trace = search(CEM(num_elites=1, min_std=0.05), torch.ones(1, 2), record=True).trace
    assert torch.isfinite(trace.mean).all() and (trace.std == 0.05).all()
    with pytest.raises(InputError, match="num_elites = 1 has no sample standard deviation"):
        CEM(num_elites=1, sample_std=True)


def test_the_unguarded_form_leaves_the_box():
    trace = search(CEM.unguarded(), torch.ones(1, 2), record=True).trace
    assert trace.candidates.abs().max() > 2


@pytest.mark.parametrize("time", [1, 2, 5, 8])
@pytest.mark.parametrize("beta", [0.0, 2.0])
def test_noise_has_variance_one_at_every_time(time, beta):
    noise = coloured_noise(torch.zeros(1, time, 2), 40_000, beta, generator(0, "noise"))
    assert noise.shape == (1, 40_000, time, 2)
    assert noise.mean((0, 1)).abs().max() < 0.03 and noise.var((0, 1)) == pytest.approx(torch.ones(time, 2), abs=0.04)


def test_colour_is_correlation_along_time():
    def neighbours(beta: float) -> float:
        noise = coloured_noise(torch.zeros(1, 8, 1), 40_000, beta, generator(0, "noise"))[0, :, :, 0]
        return float((noise[:, 1:] * noise[:, :-1]).mean())

    assert abs(neighbours(0.0)) < 0.02 and neighbours(2.0) > 0.5


def test_icem_compares_the_elites_it_keeps_and_those_of_the_plan_before():
    solver = ICEM(num_samples=40, num_elites=10, num_iterations=3)
    first = search(solver, torch.tensor([[1.0, -2.0]]), record=True)
    trace = first.trace
    kept = trace.candidates[0, 0, trace.elites[0, 0, : solver.num_kept]]
    assert torch.equal(trace.candidates[0, 1, 1 : 1 + solver.num_kept], kept)
    warm = first.shifted(1)
    assert warm.elites.shape == (1, 3, 3, 2) and torch.equal(warm.mean[:, :2], first.actions[:, 1:])
    second = search(solver, torch.tensor([[1.0, -2.0]]), record=True, warm_start=warm).trace
    assert torch.equal(second.candidates[0, 0, 1:4], warm.elites[0])


def test_costs_follow_their_formulas():
    latents = torch.tensor([0.0, 1.0, 3.0]).reshape(1, 1, 3, 1)
    actions, goal = torch.tensor([1.0, 2.0]).reshape(1, 1, 2, 1), torch.tensor([[2.0]])
    assert TerminalDistance(goal)(latents, actions).item() == 1
    assert PathDistance(goal)(latents, actions).item() == 1 + 1
    assert ActionPenalty()(latents, actions).item() == 5
    mixed = CostConfig(terminal=2, path=3, action=0.5).towards(goal)(latents, actions)
    assert mixed.item() == 2 + 6 + 2.5


def test_the_path_cost_hurries_and_the_terminal_cost_does_not():
    """Both arrive in 3 actions; only the path cost is at the goal after the first."""
    goal = torch.tensor([[1.0, 0.0]])
    after_one = {c: search(CEM(), goal, cost=c).actions[:, 0] @ EFFECT.T for c in (TerminalDistance, PathDistance)}
    assert (after_one[PathDistance] - goal).norm() < 0.05 < 0.2 < (after_one[TerminalDistance] - goal).norm()


class Broken(LinearDynamics):
    """Gives NaN to whoever goes right."""

    def rollout(self, z, actions):
        latents = super().rollout(z, actions)
        return torch.where(latents > 0.9, torch.nan, latents)


@each_solver
def test_nan_from_a_model_is_one_clear_error(name):
    with pytest.raises(InputError, match=r"costs the model gives .* not finite for 1 of 1 tasks \(task 0: nan\)"):
        plan(
            Broken(EFFECT),
            torch.zeros(1, 2),
            TerminalDistance(torch.ones(1, 2)),
            solver=SOLVERS[name],
            horizon=2,
            action_dim=2,
            generator=generator(0, "nan"),
        )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CEM(num_elites=0), "num_elites = 0 is out of range; allowed: 1 to num_samples = 300"),
        (lambda: CEM(num_elites=301), "num_elites = 301 is out of range"),
        (lambda: CEM(num_iterations=0), "num_iterations = 0 is out of range"),
        (lambda: CEM(init_std=0), "init_std = 0.0 is out of range"),
        (lambda: CEM(min_std=2.0), "min_std = 2.0 is out of range"),
        (lambda: ICEM(beta=-1), "beta = -1.0 is out of range"),
        (lambda: MPPI(temperature=0), "temperature = 0.0 is out of range"),
        (lambda: RandomShooting(num_samples=1), "num_samples = 1 is out of range"),
        (lambda: CostConfig(terminal=0), "the cost has no goal in it"),
        (lambda: CostConfig(path=-1), "cost weight path = -1.0 is out of range"),
        (lambda: search(CEM(), torch.ones(1, 2), horizon=0), "horizon = 0 is out of range"),
        (lambda: search(CEM(), torch.ones(0, 2)), "z holds no task"),
        (lambda: search(CEM(), torch.ones(1, 2), warm_start=WarmStart(torch.zeros(1, 2, 2))), "warm_start of shape"),
        (lambda: search(CEM(), torch.tensor([[torch.nan, 0.0]])), "not finite"),
        (lambda: search(CEM(num_iterations=1), torch.ones(1, 2)).shifted(4), "num_executed = 4 is out of range"),
    ],
)
def test_bad_sizes_are_one_clear_error(make, message):
    with pytest.raises(InputError) as error:
        make()
    assert message in str(error.value) and "\n" not in str(error.value)


def unknown_to_the_right(candidates):
    """The cheapest first action is the rightmost, but beyond .5 nothing is known; nothing at all where task 1 is."""
    right = candidates[:, :, 0, 0]
    return torch.where(right > 0.5, right * torch.nan, 1 - right) + (candidates**2).sum((-2, -1)) * 1e-3


@each_solver
def test_a_candidate_whose_cost_is_nan_never_wins(name):
    for solver in (SOLVERS[name], *([CEM.unguarded()] if name == "cem" else [])):
        found = solver.solve(
            unknown_to_the_right, WarmStart(torch.zeros(2, 2, 2)), generator=generator(0, "nan"), record=True
        )
        assert torch.isfinite(found.actions).all() and (found.cost < 0.7).all(), "better than to stand still"
        assert (found.actions[:, 0, 0] <= 0.5).all() and (found.actions[:, 0, 0] > 0.3).all()
        assert torch.isfinite(found.trace.mean).all()


@each_solver
def test_a_plan_without_a_single_known_cost_is_one_clear_error(name):
    def unknown(candidates):
        costs = candidates.sum((-2, -1))
        return torch.stack([costs[0], costs[1] * torch.nan])

    with pytest.raises(
        InputError, match=r"all \d+ candidates are NaN or infinite for 1 of 2 tasks \(task 1\)"
    ) as error:
        SOLVERS[name].solve(unknown, WarmStart(torch.zeros(2, 2, 2)), generator=generator(0, "nan"))
    assert "\n" not in str(error.value)

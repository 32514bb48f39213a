"""The map of landmarks, where the straight way is blocked. Claims proved here:

- The shortest way on the map follows what episodes did, around an obstacle that the latent metric does not see.
- Subgoals lie on that way, as far ahead as asked, and are the goal itself at its end; nothing found means straight on.
- Edges seen less often than asked are none; directions are kept.
- The planner gets around the obstacle where a search towards the goal does not.
- Bad input is one clear error.
"""

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.planning import (
    CEM,
    CostConfig,
    LandmarkConfig,
    LandmarkPlanner,
    Query,
    SearchConfig,
    SearchPlanner,
    build_graph,
)
from smwm_lab.planning.planners.landmarks import spread_out
from smwm_lab.seeding import generator


WALL = torch.tensor([4.0, 6.0])
"""No step ends with x between these, unless y > 8."""


def blocked(z: torch.Tensor) -> torch.Tensor:
    return (z[:, 0] > WALL[0]) & (z[:, 0] < WALL[1]) & (z[:, 1] < 8)


class WallDynamics:
    """A point in the plane, one unit per action, that does not move where it would end in the wall or jump over it."""

    def rollout(self, z, actions):
        latents = [z]
        for action in actions.unbind(1):
            now, then = latents[-1], (latents[-1] + action).clamp(0, 10)
            latents.append(torch.where(blocked(then)[:, None], now, then))
        return torch.stack(latents, 1)


def wander(episodes=400, length=40, seed=0):
    stream = generator(seed, "wander")
    z = torch.rand(episodes, 2, generator=stream) * 10
    z[blocked(z), 0] = 3.0
    actions = torch.rand(episodes, length, 2, generator=stream) * 2 - 1
    return WallDynamics().rollout(z, actions)


SETTINGS = LandmarkConfig(num_landmarks=150)
START, GOAL = torch.tensor([[3.0, 1.0]]), torch.tensor([[7.0, 1.0]])


@pytest.fixture(scope="module")
def graph():
    return build_graph(wander(), SETTINGS, generator=generator(0, "landmarks"))


def test_the_way_on_the_map_leads_around_the_wall(graph):
    assert graph.num_parts == 1 and repr(graph).startswith("LandmarkGraph(150 landmarks, ")
    routes = graph.towards(GOAL)
    length = routes.length[0, int(graph.nearest(START))]
    around = 2 * 7 + 4
    assert around - 2 < length < 1.5 * around, "straight through it would be 4"
    below = torch.tensor([[8.0, 5.0]])
    assert routes.length[0, int(graph.nearest(below))] < 7


def test_subgoals_lie_on_the_way_and_end_at_the_goal(graph):
    routes, at = graph.towards(GOAL), START
    seen = [at]
    for _ in range(30):
        at = routes.subgoals(at, 1.5)
        seen.append(at)
        if torch.equal(at, GOAL):
            break
    path = torch.cat(seen)
    assert torch.equal(path[-1:], GOAL) and len(path) > 6
    steps = (path[1:] - path[:-1]).norm(dim=1)
    assert steps.max() < 4 and path[:, 1].max() > 7.5 and not blocked(path).any()


def test_tasks_with_different_goals_are_routed_apart(graph):
    goals = torch.tensor([[7.0, 1.0], [3.0, 6.0], [7.0, 1.0]])
    starts = torch.tensor([[3.0, 1.0], [3.0, 1.0], [8.0, 2.0]])
    together = graph.towards(goals).subgoals(starts, 2.0)
    alone = [graph.towards(goals[i : i + 1]).subgoals(starts[i : i + 1], 2.0) for i in range(3)]
    assert torch.equal(together, torch.cat(alone))


def test_landmarks_are_spread_over_what_was_visited():
    points = torch.cat([torch.zeros(500, 2), torch.rand(20, 2, generator=generator(0, "rare")) + 5])
    rows = spread_out(points, 10, generator(0, "spread"))
    assert (points[rows].norm(dim=1) > 1).sum() >= 8, "a rare place is not forgotten beside a crowded one"


def test_edges_go_the_way_the_episodes_went_and_as_often_as_asked():
    line = torch.tensor([0.0, 1.0, 2.0]).reshape(1, 3, 1).repeat(3, 1, 1)
    line = torch.cat([line, torch.tensor([2.0, 0.0, 0.0]).reshape(1, 3, 1)])
    settings = LandmarkConfig(num_landmarks=3, min_count=1)
    every = build_graph(line, settings, generator=generator(0, "line"))
    order = every.landmarks[:, 0].argsort()
    ways = every.ways.toarray()[order][:, order]
    assert ways.tolist() == [[0, 1, 0], [0, 0, 1], [2, 0, 0]]
    often = build_graph(line, settings.replace(min_count=2), generator=generator(0, "line"))
    assert often.ways.nnz == 2
    lost = often.towards(torch.tensor([[0.0]])).subgoals(torch.tensor([[2.0]]), 1.0)
    assert lost.item() == 0.0, "without a way it goes straight for the goal"


def test_the_planner_gets_around_the_wall_and_a_plain_search_does_not(graph):
    search = SearchConfig(
        solver=CEM(num_samples=100, num_iterations=8, num_elites=10),
        cost=CostConfig(terminal=0, path=1),
        horizon=4,
        receding_horizon=1,
    )
    local = SearchPlanner(WallDynamics(), 2, search)

    def walk(planner, budget=40):
        at, stream = START, generator(0, "walk")
        for _ in range(budget):
            action = planner.decide(Query(at, GOAL, stream)).actions[:, :1]
            at = WallDynamics().rollout(at, action)[:, 1]
            if (at - GOAL).norm() < 0.5:
                return True
        return False

    assert walk(LandmarkPlanner(graph, local, 2.0)) and not walk(local)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LandmarkConfig(num_landmarks=1), "num_landmarks = 1 is out of range"),
        (lambda: LandmarkConfig(min_count=0), "min_count = 0 is out of range"),
        (lambda: LandmarkConfig(subgoal_actions=0), "subgoal_actions = 0.0 is out of range"),
        (lambda: build_graph(torch.rand(3, 3, 2), SETTINGS, generator=generator(0, "x")), "9 frames are too few"),
        (lambda: build_graph(torch.ones(99, 9, 2), SETTINGS, generator=generator(0, "x")), "never move"),
        (lambda: build_graph(torch.full((99, 9, 2), torch.nan), SETTINGS, generator=generator(0, "x")), "not finite"),
    ],
)
def test_bad_input_is_one_clear_error(make, message):
    with pytest.raises(InputError) as error:
        make()
    assert message in str(error.value) and "\n" not in str(error.value)

"""Planning in two rooms. Claims proved here:

- A goal is reached when any primitive step comes within 16 px, also in the middle of an action.
- The shortest way leads through the door, and no walk of the world is shorter.
- Offsets and budgets are primitive steps; starts and goals are held out.
- With the true world, landmarks reach goals far away; the terminal cost of the paper is planned by default.
"""

import pytest
import torch

from smwm_lab.data import sample_windows, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.planning import (
    Agent,
    AgentConfig,
    OracleModel,
    Perception,
    Tasks,
    default_search,
    held_out_tasks,
    run_mpc,
    solve,
)
from smwm_lab.planning.plan import single_action
from smwm_lab.seeding import generator
from smwm_lab.worlds import TwoRoomConfig, TwoRoomWorld, make_world


ROOMS = make_world("two_room")
SPLIT = split_by_state(ROOMS, seed=0)


def rooms_tasks(n=20, goal_offset=100, seed=0):
    return held_out_tasks(
        SPLIT, n, goal_offset=goal_offset, episode_length=20, generator=generator(seed, "rooms tasks")
    )


class Fixed:
    """Always the same action."""

    receding_horizon = 1

    def __init__(self, *action: float):
        self.action = torch.tensor([action], dtype=torch.float32)

    def decide(self, query):
        return single_action(self.action.expand(len(query.z), -1))


def test_passing_the_goal_in_the_middle_of_an_action_counts():
    """Three steps down and two back up: after the action the goal is as far as before, after the third it is near."""
    start, goal = torch.tensor([[50.0, 100.0]]), torch.tensor([[50.0, 130.0]])
    there_and_back = (0, 1, 0, 1, 0, 1, 0, -1, 0, -1)
    tasks = Tasks(ROOMS, start, goal, budget=1)
    agent = Agent(Perception.oracle(OracleModel(ROOMS)), Fixed(*there_and_back))
    episodes = run_mpc(agent, tasks)
    assert episodes.arrived_at.tolist() == [3] and episodes.way.tolist() == [15.0]
    assert episodes.states[0, -1].tolist() == [50.0, 115.0], "it stays where it arrived"
    after_the_action = torch.tensor([[50.0, 105.0]])
    assert (after_the_action - goal).norm() > ROOMS.success_radius == 16


def test_arrival_is_counted_in_primitive_steps_over_several_actions():
    """5 px per step from 120 px away: within 16 px after 21 steps, the first of the fifth action."""
    start, goal = torch.tensor([[150.0, 30.0]]), torch.tensor([[150.0, 150.0]])
    agent = Agent(Perception.oracle(OracleModel(ROOMS)), Fixed(*(0, 1) * 5))
    tasks = Tasks(ROOMS, start, goal, budget=10)
    episodes = run_mpc(agent, tasks)
    assert episodes.arrived_at.tolist() == [21] and episodes.num_decisions == 5
    assert episodes.way.tolist() == [105.0]


def test_the_shortest_way_leads_through_the_door():
    start = torch.tensor([[50.0, 150.0], [50.0, 49.0], [50.0, 150.0], [170.0, 20.0]])
    goal = torch.tensor([[170.0, 150.0], [170.0, 49.0], [80.0, 190.0], [50.0, 200.0]])
    way = ROOMS.shortest_path(start, goal)
    corners = (torch.tensor([99.5, 64.75]), torch.tensor([124.5, 64.75]))
    around = (start[0] - corners[0]).norm() + 25 + (goal[0] - corners[1]).norm()
    assert way[0] == pytest.approx(float(around), rel=1e-4)
    assert way[1] == 120 and way[2] == 50
    assert ROOMS.shortest_path(goal, start) == pytest.approx(way)
    walks = ROOMS.sample_trajectories(200, 20, generator(0, "walks"))
    moves = walks.states.diff(dim=1).norm(dim=2).sum(1)
    assert (ROOMS.shortest_path(walks.states[:, 0], walks.states[:, -1]) <= moves + 0.5).all()


def test_offsets_and_budgets_are_primitive_steps():
    tasks = rooms_tasks(goal_offset=25)
    assert (tasks.budget, tasks.goal_offset, ROOMS.frameskip) == (10, 25, 5)
    assert SPLIT.is_held_out(tasks.start).all() and SPLIT.is_held_out(tasks.goal).all()
    assert (tasks.goal - tasks.start).abs().max() <= 25 * 5
    assert TwoRoomWorld(TwoRoomConfig(frameskip=1)).frameskip == 1
    for offset, message in (
        (27, "goal_offset = 27 primitive steps is no whole number of actions; allowed: multiples"),
        (105, "goal_offset = 105 is longer than any episode; allowed: 5 to 100"),
    ):
        with pytest.raises(InputError, match=message):
            rooms_tasks(goal_offset=offset)


def test_the_papers_search_is_the_default_here_and_not_where_goals_are_small():
    assert default_search("cem", ROOMS).receding_horizon == 5 and default_search("cem", ROOMS).cost.path == 0
    assert default_search("cem", make_world("single_dot")).receding_horizon == 1
    truth = OracleModel(ROOMS)
    assert AgentConfig("cem").to_dict(ROOMS) != AgentConfig("cem").to_dict(make_world("single_dot"))
    assert "search" in AgentConfig("random").to_dict(ROOMS) and AgentConfig("random").to_dict(ROOMS)["search"] is None
    assert solve("random", truth, rooms_tasks(50, 100)).rate < 0.4


def test_landmarks_reach_goals_far_away_behind_the_wall():
    tasks = rooms_tasks(60)
    apart = (tasks.start[:, 0] < 112) != (tasks.goal[:, 0] < 112)
    far = tasks[apart]
    assert len(far) >= 5
    experience = sample_windows(
        SPLIT, 8000, length=4, episode_length=20, held_out=False, generator=generator(0, "experience")
    )
    outcome = solve("landmarks", OracleModel(ROOMS), far, trajectories=experience)
    assert outcome.rate >= 0.95
    assert max(outcome.arrived_at) <= 200

"""Acting with a model that has a memory. Claims:

- At every decision the planner is given the frames and actions before it, those of a plan executed open loop too.
- A search, a proposal of the inverse head and a cost all plan with that past: without it a moving body is lost.
- What led to the start of a task is a part of its past.
- What comes of a task does not depend on the tasks beside it.
"""

from dataclasses import dataclass, field, replace

import pytest
import torch

from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, Past, WorldModel
from smwm_lab.planning import (
    CEM,
    Agent,
    Perception,
    Plan,
    Query,
    SearchConfig,
    SearchPlanner,
    TerminalDistance,
    held_out_tasks,
    inverse_rollout,
    plan,
    run_mpc,
)
from smwm_lab.planning.control.memory import recent_past
from smwm_lab.planning.plan import RolloutCost
from smwm_lab.seeding import generator
from smwm_lab.worlds import Trajectories, make_world


WORLD = make_world("single_dot")


def model_of(past_frames: int = 2, past_actions: int = 1) -> WorldModel:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        sizes = {"side": WORLD.spec.observation_shape[1], "channels": (4,), "latent_dim": 5, "hidden_dim": 8}
        return WorldModel(ModelConfig(**sizes, past_frames=past_frames, past_actions=past_actions)).eval()


@dataclass(frozen=True)
class Listening:
    """A planner that writes down what it is asked and takes two actions each time."""

    receding_horizon: int = 2
    asked: list[Query] = field(default_factory=list)

    def decide(self, query: Query):
        self.asked.append(query)
        actions = torch.rand(len(query.z), 2, 2, generator=query.generator) * 0.2 - 0.1
        return Plan(actions, torch.zeros(len(actions)))


def tasks_of(n: int):
    split = split_by_state(WORLD, seed=0)
    return held_out_tasks(split, n, goal_offset=None, episode_length=20, generator=generator(0, "tasks"))


@pytest.mark.parametrize("batch_size", [1, 3])
def test_every_decision_is_given_the_frames_and_actions_before_it(batch_size):
    model, tasks, planner = model_of(), tasks_of(3), Listening()
    sees = Perception.through(model, WORLD)
    assert (sees.past_frames, sees.past_actions) == (2, 1)
    episodes = run_mpc(Agent(sees, planner), tasks, batch_size=batch_size, record=True)
    (rows, first), (still, _) = episodes.plans[0], episodes.plans[1]
    assert rows.tolist() == [0, 1, 2]
    starts = [query for query in planner.asked if query.past is None]
    assert len(starts) == 3 // batch_size, "at the start nothing was before"
    asked = planner.asked[1]
    assert asked.past is not None
    rows = still[: len(asked.z)]
    z = [sees(episodes.states[rows, t]) for t in range(3)]
    assert torch.allclose(asked.z, z[2], atol=1e-6), "the frames of a plan executed open loop were seen"
    assert torch.allclose(asked.past.latents, torch.stack([z[0], z[1]], 1), atol=1e-6)
    assert torch.equal(asked.past.actions, first.actions[rows][:, 1:])


def test_before_the_start_stands_the_start():
    sees = Perception.through(model_of(3, 2), WORLD)
    states = [torch.tensor([[20.0, 20.0]]), torch.tensor([[30.0, 20.0]])]
    past = recent_past(sees, states, [torch.tensor([[0.5, 0.0]])])
    assert torch.equal(past.latents, sees(states[0])[:, None].expand(-1, 3, -1))
    assert past.actions.tolist() == [[[0.0, 0.0], [0.5, 0.0]]]
    assert recent_past(Perception.through(model_of(0, 0), WORLD), states, [torch.zeros(1, 2)]) is None


class Coasting:
    """z' = z + (z - z of before) + a: a body that keeps its velocity; z alone does not tell where it goes."""

    past_frames, past_actions = 1, 0

    def rollout(self, z, actions, past=None):
        before, latents = (z if past is None else past.latents[:, 0]), [z]
        for action in actions.unbind(1):
            latents.append(2 * latents[-1] - before + action)
            before = latents[-2]
        return torch.stack(latents, 1)

    def infer_action(self, z, z_next):
        return z_next - z


MOVING = Past(torch.tensor([[[-0.5, 0.0]], [[0.0, 0.25]]]), torch.zeros(2, 0, 2))
STILL, GOAL = torch.zeros(2, 2), torch.tensor([[0.5, 0.5], [0.5, 0.5]])


def test_a_search_plans_with_the_velocity_that_the_past_shows():
    search = SearchConfig(solver=CEM(num_samples=300, num_iterations=15, num_elites=30), horizon=1, receding_horizon=1)
    planner = SearchPlanner(Coasting(), 2, search)
    found = planner.decide(Query(STILL, GOAL, torch.Generator().manual_seed(0), past=MOVING)).actions[:, 0]
    assert torch.allclose(found, torch.tensor([[0.0, 0.5], [0.5, 0.75]]), atol=0.05)
    blind = planner.decide(Query(STILL, GOAL, torch.Generator().manual_seed(0))).actions[:, 0]
    assert torch.allclose(blind, GOAL, atol=0.05), "without a past the body counts as standing"


def test_costs_of_many_candidates_use_the_past_of_their_task():
    cost = RolloutCost(Coasting(), STILL, TerminalDistance(GOAL), MOVING)
    candidates = torch.tensor([[0.0, 0.5], [0.5, 0.75]])[None, :, None].expand(2, -1, -1, -1)
    assert torch.allclose(cost(candidates).diagonal(), torch.zeros(2), atol=1e-6)
    assert cost(candidates)[0, 1] > 0.1 and cost(candidates)[1, 0] > 0.1


@pytest.mark.parametrize("past", [MOVING, None])
def test_the_inverse_head_proposes_along_a_rollout_that_remembers(past):
    model = Coasting()
    actions = inverse_rollout(model, STILL, GOAL, 4, past)
    latents = model.rollout(STILL, actions, past)
    wanted = torch.stack([(GOAL - z).clamp(-1, 1) for z in latents[:, :-1].unbind(1)], 1)
    assert torch.allclose(actions, wanted, atol=1e-5)


def test_a_plan_with_a_network_that_remembers_does_not_depend_on_the_rows_beside_it():
    model, stream = model_of(), generator(0, "rows")
    z, past = torch.randn(3, 5, generator=stream), Past(torch.randn(3, 2, 5, generator=stream), torch.zeros(3, 1, 2))
    candidates = torch.rand(3, 700, 4, 2, generator=stream) * 2 - 1
    together = RolloutCost(model, z, TerminalDistance(torch.zeros(3, 5)), past)(candidates)
    for row in range(3):
        one = slice(row, row + 1)
        alone = RolloutCost(model, z[one], TerminalDistance(torch.zeros(1, 5)), past[one])(candidates[one])
        assert torch.allclose(alone, together[one], atol=1e-5)
    cost = TerminalDistance(torch.zeros(3, 5))
    found = plan(model, z, cost, solver=CEM(), horizon=2, action_dim=2, generator=stream, past=past)
    assert found.actions.shape == (3, 2, 2)


def test_what_led_to_a_start_is_remembered_at_the_first_decision():
    model, tasks, planner = model_of(), tasks_of(3), Listening()
    led, taken = WORLD.sample_state(3, generator(1, "before")), torch.rand(3, 1, 2, generator=generator(2, "before"))
    before = Trajectories(torch.stack([led, tasks.start], 1), taken)
    sees = Perception.through(model, WORLD)
    run_mpc(Agent(sees, planner), replace(tasks, before=before), batch_size=3)
    past = planner.asked[0].past
    assert past is not None and torch.equal(past.actions, taken)
    assert torch.allclose(past.latents, torch.stack([sees(led), sees(led)], 1), atol=1e-6), "the first one is repeated"
    assert len(planner.asked[1].past) > 0 and not torch.equal(planner.asked[1].past.actions, taken)


def test_what_led_to_other_starts_is_refused():
    tasks = tasks_of(3)
    wrong = Trajectories(torch.stack([tasks.start, tasks.goal], 1), torch.zeros(3, 1, 2))
    with pytest.raises(InputError, match="before does not lead to the starts"):
        replace(tasks, before=wrong)
    right = replace(tasks, before=Trajectories(torch.stack([tasks.goal, tasks.start], 1), torch.zeros(3, 1, 2)))
    assert torch.equal(right[torch.tensor([2, 0])].before.states[:, 0], tasks.goal[[2, 0]])


@pytest.mark.parametrize(("past_frames", "past_actions"), [(0, 2), (2, 0)])
def test_a_search_acts_with_a_memory_of_frames_alone_or_of_actions_alone(past_frames, past_actions):
    model, tasks = model_of(past_frames, past_actions), tasks_of(2)
    search = SearchConfig(solver=CEM(num_samples=4, num_iterations=1, num_elites=2), horizon=2, receding_horizon=1)
    episodes = run_mpc(Agent(Perception.through(model, WORLD), SearchPlanner(model, 2, search)), tasks)
    assert episodes.num_decisions > len(tasks)

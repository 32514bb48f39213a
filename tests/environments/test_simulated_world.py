"""Claims about simulators as worlds: states come out as they go in, planning works on them, batches change nothing."""

import numpy as np
import pytest
import torch
from needed import simulator
from tiny import Bead

from smwm_lab.environments import Simulator, names_simulator
from smwm_lab.environments import processes as processes_module
from smwm_lab.environments.processes import close_processes, moved_in_processes
from smwm_lab.environments.world import SimulatedWorld, simulated_entry
from smwm_lab.errors import InputError
from smwm_lab.planning import CEM, AgentConfig, OracleModel, SearchConfig, make_agent, run_mpc, solve
from smwm_lab.planning.control.manifest import make_manifest
from smwm_lab.planning.evaluation.simulated import CEILING
from smwm_lab.seeding import generator
from smwm_lab.worlds import WORLDS, make_world, resolve_world
from smwm_lab.worlds.registry import BUILT_IN
from smwm_lab.worlds.validation import validate_world


SMALL = AgentConfig("cem", SearchConfig(solver=CEM(num_samples=32, num_iterations=5, num_elites=5)))


@pytest.fixture(scope="module")
def reacher() -> SimulatedWorld:
    simulator("reacher")
    return make_world("reacher")


def test_a_simulator_is_a_world_by_name_and_stays_out_of_the_lists(reacher):
    assert "reacher" not in BUILT_IN and "reacher" not in list(WORLDS)
    assert resolve_world("reacher").config == reacher.config and make_world(reacher.config).config == reacher.config
    assert (reacher.frameskip, reacher.goal_offset, reacher.success_radius) == (5, 25, 0.05)
    assert make_world("tiny:Bead").spec.action_names == ("push_0", "push_1", "push_2", "push_3", "push_4")
    assert names_simulator("tiny:Bead") and not names_simulator("smwm_lab.worlds:DotWorld")
    assert not names_simulator("no.such:Thing")


@pytest.mark.parametrize("name", ["tiny:Bead", "reacher"])
def test_it_keeps_the_promises_of_a_world(name):
    simulator(name)
    validate_world(make_world(name), name)


def test_an_action_is_its_steps_one_after_the_other(reacher):
    stream = generator(0, "test")
    state, action = reacher.sample_state(3, stream), reacher.sample_action(3, stream)
    done = reacher.step(state, action, stream)
    passed = reacher.substates(state, action, done.state)
    assert passed.shape == (3, 5, 4) and torch.equal(passed[:, -1], done.state)
    assert torch.equal(reacher.substates(state, action, done.state.clone()), passed)  # not those that were kept
    alone = simulator("reacher")
    for row in range(3):
        alone.set_state(state[row].numpy())
        for k in range(5):
            alone.step(action[row, 2 * k : 2 * k + 2].numpy())
            assert np.allclose(alone.get_state(), passed[row, k], atol=1e-6)


def test_all_rollouts_at_once_are_bit_for_bit_those_one_after_the_other(reacher):
    source = np.random.default_rng(0)
    states, actions = source.uniform(-1, 1, (40, 4)), source.uniform(-1.5, 1.5, (40, 6, 2))
    states[::2, 1], states[::2, 3] = 2.9, 3.0  # beyond the limit of the wrist, where the solver has work
    together = reacher.simulator.move(states, actions)
    assert np.array_equal(together, Simulator.move(reacher.simulator, states, actions))
    assert np.array_equal(reacher.simulator.move(states[7:8], actions[7:8])[0], together[7])


def test_frames_of_states_are_those_of_the_simulator(reacher):
    states = reacher.sample_state(3, generator(1, "test"))
    frames = reacher.observe(states)
    assert frames.shape == (3, 3, 64, 64) and frames.dtype == torch.uint8
    alone = simulator("reacher")
    for row in (2, 0):
        alone.set_state(states[row].numpy())
        assert np.array_equal(alone.render(), frames[row].permute(1, 2, 0).numpy())
    assert not torch.equal(frames[0], frames[1])


@pytest.mark.parametrize("name", ["tiny:Bead", "reacher"])
def test_the_simulator_as_model_solves_its_tasks_and_random_actions_do_not(name):
    simulator(name)
    tasks = make_manifest(name, 6, seed=1).tasks(make_world(name))
    truth = OracleModel(tasks.world)
    assert solve(CEILING, truth, tasks).rate == 1.0 and solve("random", truth, tasks).rate < 0.8


def test_a_task_alone_is_bit_for_bit_that_task_among_others(reacher):
    tasks = make_manifest("reacher", 5, seed=3).tasks(reacher)
    agent = make_agent(SMALL, OracleModel(reacher), reacher)
    together, alone = run_mpc(agent, tasks, seed=1), run_mpc(agent, tasks[:1], seed=1)
    length = alone.states.shape[1]
    assert torch.equal(together.states[:1, :length], alone.states)
    assert together.arrived_at[0] == alone.arrived_at[0] and together.distance_left[0] == alone.distance_left[0]


def test_processes_move_a_large_batch_as_one_does(monkeypatch):
    monkeypatch.setattr(processes_module, "num_cores", lambda: 2)
    source = np.random.default_rng(0)
    states, actions = source.normal(size=(500, 2)), source.uniform(-1, 1, (500, 5, 1))
    try:
        moved = moved_in_processes("tiny:Bead", states, actions)
    finally:
        close_processes()
    assert moved is not None and np.array_equal(moved, Bead().move(states, actions))
    assert moved_in_processes("tiny:Bead", states[:3], actions[:3]) is None  # not worth it
    assert moved_in_processes("reacher", states, actions) is None  # has threads of its own


def test_a_process_that_ends_is_told_in_one_line_and_the_next_batch_has_new_ones(monkeypatch):
    monkeypatch.setattr(processes_module, "num_cores", lambda: 2)
    states, actions = np.zeros((500, 2)), np.zeros((500, 5, 1))
    try:
        with pytest.raises(InputError, match="a process that moves tiny:Deadly ended"):
            moved_in_processes("tiny:Deadly", states, actions)
        assert moved_in_processes("tiny:Bead", states, actions) is not None
    finally:
        close_processes()


def test_another_frameskip_and_side_are_another_world():
    entry = simulated_entry("tiny:Bead", side=32, frameskip=1)
    world = make_world(entry.config)
    assert world.spec.action_names == ("push",) and world.spec.observation_shape == (3, 32, 32)
    with pytest.raises(InputError, match="is unknown; allowed: single_dot"):
        make_world("reachr")

"""Claims about every simulator: its state is all there is, its policy is drawn by seed, frames show what moved."""

import numpy as np
import pytest
from needed import simulator

from smwm_lab.data.recordings import collect, open_recording
from smwm_lab.environments import Simulator, make_simulator
from smwm_lab.environments.push_t import REACH, seek_contact


NAMES = ("tiny:Bead", "reacher", "push_t", "cube")
each = pytest.mark.parametrize("name", NAMES)
_made: dict[str, Simulator] = {}


def shared(name: str) -> Simulator:
    """Return one simulator per name for all tests; skip where it cannot be had."""
    if name not in _made:
        _made[name] = simulator(name)
    return _made[name]


def played(made: Simulator, steps: int, seed: int = 0) -> np.ndarray:
    """Return the states of an episode of the behaviour policy, (steps + 1, state)."""
    source, policy = np.random.default_rng(seed), made.behaviour_policy()
    observation = made.reset(seed=seed)[0]
    states = [observation]
    for _ in range(steps):
        action = source.uniform(-1, 1, made.facts.action_dim) if policy is None else policy(observation, source)
        assert np.abs(action).max() <= 1
        observation = made.step(action)[0]
        states.append(observation)
    return np.array(states)


@each
def test_a_state_put_back_leads_to_the_same_states_bit_for_bit(name):
    made = shared(name)
    played(made, 30, seed=1)
    kept = made.get_state()
    actions = np.random.default_rng(0).uniform(-1, 1, (8, made.facts.action_dim))
    once = np.array([made.step(action)[0] for action in actions])
    played(made, 2, seed=2)
    assert np.array_equal(made.move(kept[None], actions[None])[0], once)
    made.set_state(kept)
    assert np.array_equal(made.get_state(), kept) and np.array_equal(made.step(actions[0])[0], once[0])
    assert not np.array_equal(once[0], once[-1])


@each
def test_an_episode_is_drawn_by_its_seed_and_stays_in_the_ranges(name):
    made = shared(name)
    one, again, other = played(made, 12), played(made, 12), played(made, 12, seed=9)
    assert np.array_equal(one, again) and not np.array_equal(one[0], other[0])
    assert (one >= made.facts.state_low).all() and (one <= made.facts.state_high).all()


@each
def test_frames_show_what_moved_and_nothing_of_the_action(name):
    made = shared(name)
    states = played(made, 30)
    first, last = [], []
    for state, found in ((states[0], first), (states[-1], last)):
        made.set_state(state)
        found.append(made.render())
        made.step(np.ones(made.facts.action_dim))
        made.set_state(state)
        found.append(made.render())
    assert np.array_equal(*first) and np.array_equal(*last)
    assert first[0].std() > 5 and not np.array_equal(first[0], last[0])


@each
def test_a_recording_has_its_states_units_and_policy(name, tmp_path):
    shared(name)
    path = collect(name, tmp_path / "r.h5", episodes=2, max_steps=10, side=16, progress=False)
    recording, facts = open_recording(path), make_simulator(name).facts
    assert set(recording.states) == set(facts.state_names) and recording.actions.shape[1] == 5 * facts.action_dim
    assert recording.made["policy"] == {"push_t": "seek_contact", "cube": "ScriptedPolicy"}.get(name, "random")
    assert recording.action_range == ((-1.0, 1.0),) * (5 * facts.action_dim) and len(recording) == 6


@each
def test_starts_near_home_lie_closer_together(name):
    made = shared(name)
    spread = [
        np.std([made.reset(seed=seed, options={"near_home": share})[0] for seed in range(12)], axis=0).sum()
        for share in (0.05, 1.0)
    ]
    assert spread[0] < 0.95 * spread[1]


def test_push_t_moves_as_gym_pusht_does_where_nothing_touches():
    made = shared("push_t")
    from gym_pusht.envs.pusht import PushTEnv

    theirs = PushTEnv()
    theirs.reset(seed=0, options={"reset_to_state": [100, 100, 350, 350, 0.5]})
    made.set_state(np.array([100, 100, *theirs.block.position, theirs.block.angle, 0, 0, 0, 0, 0]))
    for aim in ([0.5, 0.2], [-0.3, 0.4], [0.1, -0.6]):
        wanted = np.array(theirs.agent.position) + REACH * np.array(aim)
        theirs.step(wanted)
        state = made.step(aim)[0]
        assert np.allclose(state[:2], theirs.agent.position, atol=1e-9)
        assert np.allclose(state[2:4], theirs.block.position, atol=1e-6)


def test_the_distance_in_push_t_is_one_at_each_of_its_tolerances():
    goal = np.zeros((4, 10))
    states = goal.copy()
    states[0, 0], states[1, 2:4], states[2, 4], states[3, 4] = 20, (12, 16), np.pi / 9, 2 * np.pi
    assert np.allclose(shared("push_t").goal_distance(states, goal), [1, 1, 1, 0])


def test_seeking_contact_moves_the_block_much_more_than_random_actions():
    made, moved = shared("push_t"), {}
    for policy in (seek_contact, lambda state, source: source.uniform(-1, 1, 2)):
        source, state, way = np.random.default_rng(0), made.reset(seed=0)[0], 0.0
        for _ in range(150):
            before, state = state, made.step(policy(state, source))[0]
            way += float(np.linalg.norm(state[2:4] - before[2:4]))
        moved[policy is seek_contact] = way
    assert moved[True] > 2 * moved[False] and moved[True] > 150


def test_the_cube_moves_as_ogbench_moves_it_but_for_the_gripper_a_moment_later():
    made = shared("cube")
    start = played(made, 5)[-1]
    actions = np.random.default_rng(0).uniform(-1, 1, (10, 5))
    ours = made.move(start[None], actions[None])[0]
    made.set_state(start)
    for action in actions:
        made.lab.step(action)
    theirs = made.get_state()
    assert np.abs(ours[-1] - theirs)[:6].max() < 0.03 < np.abs(ours[-1] - start)[:6].max()


def test_the_script_carries_the_cube():
    states = played(shared("cube"), 120)
    assert np.ptp(states[:, 16]) > 0.05 and shared("cube").goal_distance(states[-1:], states[:1])[0] > 0.04

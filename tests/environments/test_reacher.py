"""Claims about Reacher: it is the suite's physics, any state can be put back, and every frame is of its own state."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from needed import simulator

from smwm_lab.environments import Simulator, make_simulator
from smwm_lab.errors import InputError


@pytest.fixture(scope="module")
def reacher():
    return simulator("reacher")


def actions(count: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (count, 2)).astype(np.float32)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_steps_are_those_of_the_suite(reacher):
    """The oracle is dm_control's own environment, set into the same state; its step is one of the physics."""
    suite = pytest.importorskip("dm_control.suite", reason="dm_control is not installed")
    theirs = suite.load("reacher", "easy", task_kwargs={"random": 0})
    theirs.reset()
    start = np.array([0.3, -1.2, 0.5, -0.4])
    with theirs.physics.reset_context():
        theirs.physics.set_state(start)
    reacher.set_state(start)
    for action in actions(40):
        for _ in range(2):
            theirs.step(action)
        state = reacher.step(action)[0]
        assert np.allclose(state, theirs.physics.get_state(), atol=1e-12)


def test_a_state_put_back_leads_to_the_same_states_bit_for_bit(reacher):
    reacher.reset(seed=3)
    for action in actions(7):
        reacher.step(action)
    kept = reacher.get_state()
    once = [reacher.step(action)[0] for action in actions(20)]
    other = make_simulator("reacher")
    other.reset(options={"state": kept})
    again = [other.step(action)[0] for action in actions(20)]
    assert np.array_equal(once, again) and not np.array_equal(once[0], once[-1])
    moved = reacher.move(kept[None], actions(20)[None])
    assert np.array_equal(moved[0], once)


def test_two_alive_at_once_each_show_their_own_state():
    """They take turns with the one renderer of the process, which must not be taken for that of the other."""
    small, large = simulator("reacher", side=32), simulator("reacher", side=64)
    for one in (small, large):
        one.reset(seed=0)
    first = {one.side: one.render() for one in (small, large)}
    for _ in range(3):
        for one in (small, large):
            frame = one.render()
            assert frame.shape == (one.side, one.side, 3) and np.array_equal(frame, first[one.side])
            assert frame.mean() > 20 and frame.std() > 5
    large.set_state(np.array([2.0, 1.0, 0.0, 0.0]))
    assert not np.array_equal(large.render(), first[64]) and np.array_equal(small.render(), first[32])
    shown = large.render().reshape(32, 2, 32, 2, 3).mean((1, 3))
    small.set_state(large.get_state())
    assert np.abs(shown - small.render()).mean() < 3


def test_the_target_of_the_suite_is_hidden(reacher):
    """Only floor and arm are there: turning the shoulder by half a turn turns the picture of the arm, and no more."""
    reacher.set_state(np.zeros(4))
    right = reacher.render().astype(float)
    reacher.set_state(np.array([np.pi, 0, 0, 0]))
    left = reacher.render().astype(float)
    background = np.minimum(right, left[:, ::-1]).mean()
    assert np.abs(right - left[::-1, ::-1]).mean() < 0.05 * background


def test_starts_near_home_lie_in_that_share_of_all(reacher):
    poses = {
        share: np.array([reacher.reset(seed=seed, options={"near_home": share})[0] for seed in range(200)])
        for share in (0.25, 1.0)
    }
    for share, found in poses.items():
        half = np.pi * np.sqrt(share)
        assert 0.9 * half < np.abs(found[:, 0]).max() <= half and (found[:, 2:] == 0).all()
    assert np.array_equal(reacher.reset(seed=5)[0], poses[1.0][5])


def test_distance_is_that_of_the_farther_joint_without_wrapping_and_blind_to_velocity(reacher):
    states = np.array([[0.0, 0.1, 9, 9], [2 * np.pi, 0, 0, 0]])
    assert np.allclose(reacher.goal_distance(states, np.zeros((2, 4))), [0.1, 2 * np.pi])


@pytest.mark.filterwarnings("ignore:.*Box observation space")  # states have no ends
def test_it_keeps_the_interface_of_gymnasium(reacher):
    assert isinstance(reacher, gymnasium.Env)
    check_env(make_simulator("reacher"), skip_render_check=True, skip_close_check=True)
    assert reacher.step([5.0, -5.0])[1:4] == (0.0, False, False)


def test_what_is_no_state_action_or_option_is_told(reacher):
    for call, message in (
        (lambda: reacher.set_state(np.zeros(3)), "state have shape"),
        (lambda: reacher.set_state([0, np.nan, 0, 0]), "holds NaN"),
        (lambda: reacher.step([np.inf, 0]), "allowed: finite"),
        (lambda: reacher.reset(options={"pose": 1}), "allowed: state, near_home"),
        (lambda: reacher.reset(options={"near_home": 2.0}), "near_home = 2.0 is out of range"),
        (lambda: make_simulator("walker"), "'walker' is unknown; allowed: reacher"),
        (lambda: make_simulator("no.such.module:Mine"), "cannot be imported"),
        (lambda: make_simulator("smwm_lab.errors:InputError"), "no subclass of Simulator"),
    ):
        with pytest.raises(InputError, match=message):
            call()
    assert issubclass(type(reacher), Simulator)

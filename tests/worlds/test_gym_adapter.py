"""Claims: every named world passes gymnasium's own checkers, alone and as a batch; equal seeds give equal
episodes; a seed for each environment gives each its own; a mask starts only some anew; info tells the true state and
the realised action; episodes end and start by gymnasium's rules."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env, data_equivalence
from gymnasium.vector import AutoresetMode

from smwm_lab.errors import InputError
from smwm_lab.worlds import WORLDS, DotWorldConfig, WorldEnv, WorldVectorEnv, make_world


def play(envs: WorldVectorEnv, seed: int, length: int = 12) -> list:
    """What reset and some steps returned, flat."""
    envs.action_space.seed(seed)
    returned = list(envs.reset(seed=seed))
    for _ in range(length):
        returned += envs.step(envs.action_space.sample())
    return returned


@pytest.mark.parametrize("name", list(WORLDS))
def test_gymnasiums_checker_accepts_every_world(name):
    """check_env also builds it through the registry, renders it and closes it; its warnings are errors here."""
    check_env(gymnasium.make(f"smwm_lab/{name}-v0", render_mode="rgb_array").unwrapped)


@pytest.mark.parametrize("name", ["combined", "sprite_none"])
def test_gymnasium_makes_and_wraps_batches(name):
    """make_vec checks the autoreset mode, DictInfoToList that every info has its mask and its length."""
    envs = gymnasium.make_vec(f"smwm_lab.worlds:smwm_lab/{name}-v0", num_envs=3, max_episode_steps=4)
    assert envs.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    envs = gymnasium.wrappers.vector.RecordEpisodeStatistics(envs)
    envs = gymnasium.wrappers.vector.DictInfoToList(envs)
    envs.reset(seed=0)
    keys = []
    for _ in range(6):
        observation, reward, terminated, truncated, infos = envs.step(envs.action_space.sample())
        assert envs.observation_space.contains(observation)
        assert reward.shape == terminated.shape == truncated.shape == (3,)
        assert not reward.any() and not terminated.any()
        keys.append([set(info) for info in infos])
    moved, ended, fresh = {"state", "realised_action"}, {"state", "realised_action", "episode"}, {"state"}
    assert keys == [[kind] * 3 for kind in (moved, moved, moved, ended, fresh, moved)]


def test_observations_suit_gymnasiums_image_wrappers():
    env = gymnasium.wrappers.GrayscaleObservation(WorldEnv("single_dot"))
    assert env.reset(seed=0)[0].shape == (64, 64)


@pytest.mark.parametrize("name", list(WORLDS))
def test_equal_seeds_give_equal_episodes_and_other_seeds_others(name):
    first, second, other = (play(WorldVectorEnv(name, 4, max_episode_steps=5), seed) for seed in (7, 7, 8))
    assert data_equivalence(first, second, exact=True)
    assert not np.array_equal(first[0], other[0])


def test_resetting_without_a_seed_goes_on_with_the_same_stream():
    envs = WorldVectorEnv("single_dot", 8)
    episodes = []
    for _ in range(2):
        envs.reset(seed=5)
        episodes.append([envs.reset()[1]["state"] for _ in range(2)])
    assert np.array_equal(episodes[0], episodes[1])
    assert not np.array_equal(episodes[0][0], episodes[0][1])


def test_a_seed_for_each_environment_gives_each_the_episodes_of_a_single_one():
    """Over the end of an episode too, and in a world that draws random numbers in every step."""
    seeds = [3, 8, 3]
    envs = WorldVectorEnv("distractor", 3, max_episode_steps=4)
    alone = [WorldEnv("distractor", max_episode_steps=4) for _ in seeds]
    state = envs.reset(seed=seeds)[1]["state"]
    assert np.array_equal(state, [env.reset(seed=seed)[1]["state"] for env, seed in zip(alone, seeds, strict=True)])
    action = np.full((3, 2), 0.25, np.float32)
    for _ in range(4):
        state = envs.step(action)[-1]["state"]
        assert np.array_equal(state, [env.step(action[0])[-1]["state"] for env in alone])
    assert np.array_equal(state[0], state[2]) and not np.array_equal(state[0], state[1])
    envs.step(action)
    again = envs.reset()[1]["state"]
    assert np.array_equal(again[0], again[2]) and not np.array_equal(again[0], state[0])
    changed = envs.reset(seed=[3, 9, None])[1]["state"]
    assert not np.array_equal(changed[1], again[1])


@pytest.mark.parametrize("seed", [None, 4, [4, 5, 6]])
def test_a_mask_starts_new_episodes_only_where_it_says_so(seed):
    """The others stay where they are in their episodes; the caller's options stay as they were."""
    envs = WorldVectorEnv("distractor", 3, max_episode_steps=3)
    envs.reset(seed=0)
    still = np.zeros((3, 2), np.float32)
    before = envs.step(still)[-1]["state"]
    options = {"reset_mask": np.array([False, True, False])}
    observation, info = envs.reset(seed=seed, options=options)
    assert list(options) == ["reset_mask"]
    moved = (info["state"] != before).any(1)
    assert moved.tolist() == [False, True, False]
    assert np.array_equal(observation, np.moveaxis(envs.world.observe(torch.tensor(info["state"])).numpy(), 1, -1))
    ends = [envs.step(still)[3].tolist() for _ in range(3)]
    assert ends == [[False] * 3, [True, False, True], [False, True, False]]


def test_equal_seeds_in_a_mask_give_equal_starts():
    envs = WorldVectorEnv("distractor", 2)
    starts = []
    for _ in range(2):
        envs.reset(seed=1)
        envs.step(np.zeros((2, 2), np.float32))
        starts.append(envs.reset(seed=[9, 9], options={"reset_mask": np.array([False, True])})[1]["state"])
    assert np.array_equal(starts[0], starts[1])


def test_observations_are_the_worlds_and_info_tells_state_and_realised_action():
    envs, world = WorldVectorEnv("single_dot", 40), make_world("single_dot")
    _, info = envs.reset(seed=0)
    before = info["state"]
    observation, *_, info = envs.step(np.ones((40, 2), np.float32))
    after = torch.from_numpy(info["state"])
    assert np.array_equal(observation, world.observe(after).permute(0, 2, 3, 1).numpy())
    assert np.array_equal(info["realised_action"] * 16, info["state"] - before)
    assert (info["realised_action"] < 1).any(), "some dot must have met a wall"


def test_an_episode_is_truncated_and_the_next_step_starts_a_new_one():
    envs = WorldVectorEnv("single_dot", 5, max_episode_steps=3)
    envs.reset(seed=0)
    still = np.zeros((5, 2), np.float32)
    truncated, states = [], []
    for _ in range(8):
        *_, ended, info = envs.step(still)
        truncated.append(ended.all())
        states.append(info["state"])
        assert ended.all() == ended.any()
        assert info["_realised_action"].all() == (len(truncated) not in (4, 8))
    assert truncated == [False, False, True, False, False, False, True, False]
    assert np.array_equal(states[0], states[2]) and not np.array_equal(states[2], states[3])
    assert np.array_equal(states[3], states[6])


def test_what_was_returned_belongs_to_the_caller():
    envs = WorldVectorEnv("single_dot", 2)
    observation, info = envs.reset(seed=0)
    kept = info["state"].copy()
    info["state"][:] = 0
    observation[:] = 0
    *_, after = envs.step(np.zeros((2, 2), np.float32))
    assert np.array_equal(after["state"], kept)


def test_frames_are_rendered_on_request_only():
    envs = WorldVectorEnv("sprite_x", 2, render_mode="rgb_array")
    assert envs.render() is None
    observation, _ = envs.reset(seed=0)
    assert np.array_equal(np.stack(envs.render()), observation)
    silent = WorldEnv("sprite_x")
    silent.reset(seed=0)
    assert silent.render() is None


def test_any_world_can_be_adapted():
    world = make_world(DotWorldConfig(groups=("coupled", "static"), side=80))
    envs = WorldVectorEnv(world, 2)
    assert envs.reset(seed=0)[0].shape == (2, 80, 80, 3) and envs.single_action_space.shape == (2,)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: WorldVectorEnv("dots"), "world = 'dots' is unknown"),
        (lambda: WorldVectorEnv("single_dot", 0), "num_envs = 0 is out of range; allowed: 1"),
        (lambda: WorldVectorEnv("single_dot", max_episode_steps=0), "max_episode_steps = 0 is out of range"),
        (lambda: WorldEnv("single_dot", render_mode="human"), "render_mode = 'human' is unknown; allowed: rgb_array"),
        (lambda: WorldEnv("single_dot").reset(options={"x": 1}), "options = {'x': 1} are unknown; allowed: none"),
        (lambda: _step(np.zeros((1, 3))), r"actions have shape \(1, 3\); allowed: \(1, 2\)"),
        (lambda: _step(np.full((1, 2), np.nan)), "actions hold nan at row 0, column 0; allowed: finite"),
    ],
)
def test_bad_use_is_refused(use, message):
    with pytest.raises(InputError, match=message):
        use()
    with pytest.raises(gymnasium.error.ResetNeeded):
        WorldVectorEnv("single_dot").step(np.zeros((1, 2)))


def _step(actions: np.ndarray) -> None:
    envs = WorldVectorEnv("single_dot")
    envs.reset(seed=0)
    envs.step(actions)

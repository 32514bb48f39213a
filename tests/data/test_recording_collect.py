"""Claims about `collect`: episodes are drawn by seed and number, what was done is stored, failures have a place."""

import gymnasium
import numpy as np
import pytest
import torch
from recordings_made import Lamp, same

from smwm_lab.data.recordings import collect, open_recording
from smwm_lab.errors import InputError
from smwm_lab.worlds import make_world


def record(tmp_path, environment, name="a.h5", **how):
    settings = {"episodes": 3, "side": 8, "progress": False} | how
    return open_recording(collect(environment, tmp_path / name, **settings))


def test_the_same_seed_gives_the_same_rows_and_another_no_common_episode(tmp_path):
    one, again, other = (record(tmp_path, Lamp, f"{i}.h5", seed=seed, episodes=20) for i, seed in enumerate((3, 3, 4)))
    assert same(one, again)
    first = {tuple(map(tuple, each.actions[each.episodes.offsets])) for each in (one, other)}
    starts = [set(map(tuple, each.actions[each.episodes.offsets].tolist())) for each in (one, other)]
    assert len(first) == 2 and len(starts[0]) == 20 and not starts[0] & starts[1]


def test_what_the_world_made_of_an_action_is_stored_and_moves_the_state(tmp_path):
    recording = record(tmp_path, "single_dot", side=64, max_steps=30)
    states = recording.state_table(np.arange(len(recording))).to_numpy()
    steps = recording.episodes.starts(1)
    world = make_world("single_dot")
    moved = states[steps + 1] - states[steps]
    unit = world.to_units(torch.tensor(recording.actions[steps])).numpy()
    assert np.allclose(moved, unit, atol=1e-4)
    assert recording.episodes.lengths.tolist() == [31, 31, 31] and recording.rate_hz == 10


def test_discrete_actions_are_a_column_per_choice(tmp_path):
    def choose(observation, source):
        return int(source.integers(-1, 2))

    recording = record(tmp_path, lambda: Lamp(discrete=True), policy=choose)
    steps = recording.episodes.starts(1)
    assert recording.action_names == ("choice_0", "choice_1", "choice_2")
    assert (recording.actions[steps].sum(1) == 1).all() and set(recording.actions[steps].ravel()) == {0.0, 1.0}
    states = recording.state_table(np.arange(len(recording))).to_numpy()
    taken = recording.actions[steps].argmax(1) - 1
    assert np.allclose(states[steps + 1, 0] - states[steps, 0], taken / 10, atol=1e-6)


def test_names_that_an_environment_gives_its_numbers_are_kept_where_they_fit(tmp_path):
    class Named(Lamp):
        metadata = Lamp.metadata | {"state_names": ["left", "right"], "action_names": ["warm", "cold"]}

    class Discrete(Named):
        def __init__(self):
            super().__init__(discrete=True)

    class Bad(Lamp):
        metadata = Lamp.metadata | {"state_names": ["left", "left"]}

    class Few(Lamp):
        metadata = Lamp.metadata | {"state_names": ["left"], "action_names": ["warm"]}

    named, plain = record(tmp_path, Named, "named.h5"), record(tmp_path, Few, "few.h5")
    assert tuple(named.states) == ("left", "right") and named.action_names == ("warm", "cold")
    assert tuple(plain.states) == ("state_0", "state_1") and plain.action_names == ("action_0", "action_1")
    assert record(tmp_path, Discrete, "discrete.h5").action_names == ("choice_0", "choice_1", "choice_2")
    with pytest.raises(InputError, match="metadata.'state_names'. = .*; allowed: different names"):
        record(tmp_path, Bad)


def spoilt(where, what):
    return lambda episode, step, frame: what(frame) if (episode, step) == where else frame


FRAMES = {
    "floats": (lambda frame: frame / 255, "episode 1, step 2: environment draws float64"),
    "grey": (lambda frame: frame[..., 0], r"draws uint8 \(8, 8\)"),
    "another size": (lambda frame: frame[:5], r"draws \(5, 8, 3\) after \(8, 8, 3\); allowed: one size"),
    "nothing": (lambda frame: None, "draws object"),
    "an error": (lambda frame: 1 / 0, "ZeroDivisionError.*the episodes before are kept"),
}


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.filterwarnings("ignore")
def test_frames_that_will_not_do_are_told_with_their_place_and_what_was_whole_stays(tmp_path, kind):
    what, message = FRAMES[kind]
    with pytest.raises(InputError, match=message):
        record(tmp_path, lambda: Lamp(spoil=spoilt((1, 3), what)))
    assert len(open_recording(tmp_path / "a.h5").episodes) == 1


POLICIES = {
    "nothing": lambda observation, source: None,
    "text": lambda observation, source: "left",
    "another shape": lambda observation, source: np.zeros(3),
    "too far": lambda observation, source: np.full(2, 1.5),
    "NaN": lambda observation, source: np.full(2, np.nan),
    "an error": lambda observation, source: {}["action"],
}


@pytest.mark.parametrize("kind", POLICIES)
def test_a_policy_that_returns_no_action_is_told(tmp_path, kind):
    with pytest.raises(InputError, match="episode 0, step 0: .*(the policy returned|or the policy failed)"):
        record(tmp_path, Lamp, policy=POLICIES[kind])
    assert list(tmp_path.iterdir()) == []


def test_a_policy_sees_the_observation(tmp_path):
    recording = record(tmp_path, Lamp, policy=lambda observation, source: np.clip(observation, -1, 1))
    states = recording.state_table(np.arange(len(recording))).to_numpy()
    steps = recording.episodes.starts(1)
    assert np.allclose(recording.actions[steps], np.clip(states[steps], -1, 1))


def test_environments_that_cannot_be_recorded_are_refused(tmp_path):
    class Blind(Lamp):
        def __init__(self):
            super().__init__()
            self.render_mode = None

    class Odd(Lamp):
        def __init__(self):
            super().__init__()
            self.action_space = gymnasium.spaces.MultiBinary(3)

    for made, message in ((Blind, "shows no images"), (Odd, "allowed: a box or discrete"), (dict, "type dict")):
        with pytest.raises(InputError, match=message):
            record(tmp_path, made)
    for name in ("NoSuch-v0", "no.such.module:Env-v0", ""):
        with pytest.raises(InputError, match="cannot be made .*allowed: a registered id"):
            record(tmp_path, name)
    (tmp_path / "a.h5").write_text("notes")
    with pytest.raises(InputError, match="exists and is no recording"):
        record(tmp_path, Lamp)

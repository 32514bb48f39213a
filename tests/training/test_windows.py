"""Training on walks: claims proved here.

- A training window has no frame on the held-out side; a held-out window has both ends there, and its frames occur in
  no training window.
- Windows are pieces of episodes: each step of a window is a step of the world, with what was asked for beside it.
- The windows of an update hold what the data hold, by time first; windows of one step are the pairs of before.
- A loop on walks is reproducible and resumes bit for bit, with windows of several steps too.
- Fields that do not fit together are refused in one line.
"""

import hashlib

import pytest
import torch

from smwm_lab.data import sample_transitions, sample_windows, split_by_region, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.objectives import EncodedBatch
from smwm_lab.seeding import generator
from smwm_lab.training import TrainConfig, TrainingLoop, planning_config, preset_config
from smwm_lab.training.transitions import draw_windows
from smwm_lab.worlds import WORLDS, make_world


def draw(world: str, n: int, *, length: int, held_out: bool, seed: int = 0):
    split = split_by_state(make_world(world), seed=0)
    stream = generator(seed, "windows")
    return split, sample_windows(split, n, length=length, episode_length=20, held_out=held_out, generator=stream)


def hashes(rows: torch.Tensor) -> set[bytes]:
    return {hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rows.contiguous().numpy()}


def walks(**changes) -> TrainConfig:
    return planning_config("single_dot", "smoke").replace(**({"length": 1} | changes))


def test_a_held_out_window_begins_anywhere_in_its_episode():
    """Where everything is held out, 5 steps hold a window of 2 at 4 places; 256 episodes give one window each."""
    everything = split_by_region(make_world("single_dot"), lambda state: torch.ones(len(state), dtype=torch.bool))
    stream, again = generator(0, "places"), generator(0, "places")
    windows = sample_windows(everything, 256, length=2, episode_length=5, held_out=True, generator=stream)
    episodes = everything.world.sample_trajectories(256, 5, again).states
    there = [(episodes[:, place : place + 3] == windows.states).flatten(1).all(1).sum() for place in range(4)]
    assert min(there) > 40, "about 64 at each"


@pytest.mark.parametrize("world", [name for name in WORLDS if name != "sprite_none"])
@pytest.mark.parametrize("length", [1, 5])
def test_no_frame_of_a_training_window_is_an_end_of_a_held_out_one(world, length):
    split, training = draw(world, 200, length=length, held_out=False)
    _, held_out = draw(world, 40, length=length, held_out=True)
    assert training.states.shape[:2] == (200, length + 1) and held_out.states.shape[:2] == (40, length + 1)
    frames, ends = training.states.flatten(0, 1), held_out.states[:, [0, -1]].flatten(0, 1)
    assert split.is_training(frames).all() and split.is_held_out(ends).all()
    assert hashes(frames).isdisjoint(hashes(ends))
    assert hashes(split.world.observe(frames)).isdisjoint(hashes(split.world.observe(ends)))


@pytest.mark.parametrize("held_out", [False, True])
def test_windows_are_pieces_of_episodes(held_out):
    split, windows = draw("single_dot", 300, length=4, held_out=held_out)
    for t in range(4):
        done = split.world.step(windows.states[:, t], windows.commands[:, t], generator(0, "unused"))
        assert torch.equal(done.state, windows.states[:, t + 1])
        assert torch.equal(done.action, windows.actions[:, t])
    assert not torch.equal(windows.actions, windows.commands), "some dot must have met a wall"


def test_walks_train_on_the_whole_canvas_and_pairs_do_not():
    for config, low in ((walks(num_transitions=20_000), 2), (preset_config("single_dot"), 18)):
        start = draw_windows(config).states[:, 0]
        assert start.min() == low and start.max() == 63 - low
        assert (torch.bincount(start[:, 0].long(), minlength=64)[low : 64 - low] > 50).all()


def test_the_label_says_which_action_is_learned():
    asked, done = (draw_windows(walks(action_label=label)) for label in ("commanded", "realised"))
    assert torch.equal(asked.states, done.states)
    differs = (asked.actions != done.actions).any(2)[:, 0]
    assert 0.05 < differs.float().mean() < 0.5
    at_wall = ((asked.states[:, 1] == 2) | (asked.states[:, 1] == 61)).any(1)
    assert (at_wall | ~differs).all()


def test_an_update_sees_each_window_by_time_first():
    loop = TrainingLoop(walks(length=4, batch_size=32))
    windows = loop._batch()
    assert windows.states.shape == (8, 5, 2)
    seen: list[EncodedBatch] = []
    loop.objective.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    loop._loss(windows)
    (batch,) = seen
    assert batch.num_windows == 8 and batch.z.shape == (32, 64)
    assert torch.equal(batch.action_windows, windows.actions)
    loop.model.eval()
    for window in range(8):
        frames = loop.world.render(windows.states[window])
        assert torch.allclose(
            batch.latent_windows[window], loop.model.encode(frames), atol=0.05
        )  # half precision or not
        for t in range(4):
            row = 8 * t + window
            assert torch.equal(batch.observation[row], frames[t])
            assert torch.equal(batch.next_observation[row], frames[t + 1])
            assert torch.equal(batch.action[row], windows.actions[window, t])
            assert torch.equal(batch.z[row], batch.latent_windows[window, t])
            assert torch.equal(batch.z_next[row], batch.latent_windows[window, t + 1])


def test_pairs_are_drawn_and_ordered_as_ever():
    """The data are those of sample_transitions, in the order of the named stream; so old recipes give old weights."""
    config = preset_config("single_dot", "smoke")
    loop = TrainingLoop(config)
    pairs = sample_transitions(loop.split, 512, held_out=False, generator=generator(0, "training transitions"))
    order = torch.randperm(512, generator=generator(0, "order", 0))
    loop.step = 3
    batch = loop._batch()
    rows = order[96:128]
    assert torch.equal(batch.states, torch.stack([pairs.state[rows], pairs.next_state[rows]], 1))
    assert torch.equal(batch.actions[:, 0], pairs.action[rows])


def test_every_epoch_has_an_order_of_its_own():
    loop = TrainingLoop(preset_config("single_dot", "smoke"))
    seen = []
    for epoch in (0, 1):
        loop.step = 16 * epoch + 3  # 512 pairs are 16 batches of 32
        seen.append(loop._batch().states)
        rows = torch.randperm(512, generator=generator(0, "order", epoch))[96:128]
        assert torch.equal(seen[-1], loop._data.states[rows])
    assert not torch.equal(*seen)


@pytest.mark.parametrize("length", [1, 4])
def test_a_loop_on_walks_resumes_bit_for_bit(length):
    config = walks(length=length)
    whole, paused, restored = (TrainingLoop(config) for _ in range(3))
    list(whole)
    next(snapshot for snapshot in paused if snapshot.step == 7)
    restored.load_state_dict({key: value.clone() for key, value in paused.state_dict().items()})
    last = list(restored)[-1]
    assert last.transitions == 512 and last.finished
    for key, value in whole.model.state_dict().items():
        assert torch.equal(value, restored.model.state_dict()[key])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "films"}, "source = 'films' is unknown; allowed: pairs, walks"),
        ({"action_label": "wished"}, "action_label = 'wished' is unknown; allowed: realised, commanded"),
        ({"length": 21}, "length = 21 is out of range; allowed: 1 to 20; a window fits into its episode"),
        ({"length": 5}, "batch_size = 32 does not hold whole windows of 5 steps; allowed: multiples of 5 from 10 on"),
        ({"length": 20, "batch_size": 20}, "allowed: multiples of 20 from 40 on"),
        ({"source": "pairs"}, "source = 'pairs' has no episodes: episode_length = 20, .* need source = 'walks'"),
        ({"episode_length": 0}, "episode_length = 0 is out of range"),
    ],
)
def test_fields_that_do_not_fit_are_refused(change, message):
    with pytest.raises(InputError, match=message) as caught:
        walks(**change)
    assert "\n" not in str(caught.value)


def test_a_window_longer_than_its_episode_and_an_empty_side_are_refused():
    with pytest.raises(InputError, match="length = 21 is out of range; allowed: 1 to 20"):
        draw("single_dot", 5, length=21, held_out=True)
    split = split_by_state(make_world("single_dot"), seed=0, fraction=0.0)
    with pytest.raises(InputError, match="leaves no window of 2 steps on one side"):
        sample_windows(split, 5, length=2, episode_length=2, held_out=True, generator=generator(0, "x"))


def test_planning_needs_a_world_with_actions():
    with pytest.raises(InputError, match="sprite_none has no actions, so there is nothing to plan"):
        planning_config("sprite_none")

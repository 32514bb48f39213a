"""The curriculum of images. Claims proved here:

- The share opens as its numbers say; what is open at a stage is taken equally often, and in the end that is everything.
- How far a window strays is the distance of its farthest image, by a closed form; the typical image
  is the one nearest to the mean.
- Only windows of the training side are taken, those near the typical image first.
- Equal configurations take equal windows, other seeds others, and a run that stopped goes on bit for bit.
- Without a curriculum nothing changes, and fields that make no sense are one clear line.
"""

import numpy as np
import pytest
import torch

from smwm_lab.data.recordings import Recording, recording_entry, write_recording
from smwm_lab.data.widening import NUM_SHARES, distances_from_typical, widening_order
from smwm_lab.errors import InputError
from smwm_lab.seeding import generator
from smwm_lab.training import TrainingLoop, draw_windows, preset_config
from smwm_lab.worlds import Trajectories, make_world


OPENS = (0.2, 0.6)
EPISODES, ROWS = 20, 15


@pytest.fixture(scope="module")
def entry(tmp_path_factory):
    """A recording of grey images as bright as 100 at first; each episode drifts away from there."""
    source = np.random.default_rng(0)
    drift = np.linspace(0, 1, ROWS) ** 2 * source.uniform(0, 150, (EPISODES, 1))
    brightness = (100 + drift).round().astype(np.uint8).flatten()
    images = np.broadcast_to(brightness[:, None, None, None], (len(brightness), 32, 32, 3)).copy()
    recording = Recording.from_arrays(
        images,
        source.uniform(-1, 1, (len(images), 2)),
        lengths=[ROWS] * EPISODES,
        states={"brightness": brightness.astype(np.float32)},
    )
    return recording_entry(write_recording(recording, tmp_path_factory.mktemp("widening") / "grey.h5"))


def config(entry, **changes):
    walks = {"source": "walks", "episode_length": 4, "length": 4, "batch_size": 16, "num_transitions": 400}
    return preset_config(entry, "smoke", budget=1600).replace(**walks | {"widening": 0.1} | changes)


def taken(loop):
    """The windows of every update, in their order."""
    batches = []
    for step in range(loop.config.num_steps):
        loop.step = step
        batches.append(loop._batch().states)
    return torch.cat(batches)


def typical_brightness(windows):
    """The brightness nearest to the mean of what windows show, each row once."""
    shown = torch.unique(windows.states.flatten(0, 1), dim=0)[:, 0]
    return shown[(shown - shown.mean()).abs().argmin()]


def test_the_share_opens_and_what_is_open_is_taken_equally_often():
    count, draws = 200, 50_000
    order = widening_order(count, draws, share=0.1, opens=OPENS, generator=generator(0, "x"))
    stages = order.view(NUM_SHARES, -1)
    progress = torch.linspace(0, 1, NUM_SHARES)
    share = 0.1 + 0.9 * ((progress - 0.2) / 0.4).clamp(0, 1)
    for stage, now in zip(stages, share, strict=True):
        times = torch.bincount(stage, minlength=count)
        is_open = torch.arange(count) < round(float(now) * count)
        assert times[is_open].max() - times[is_open].min() <= 1 and times[~is_open].sum() == 0
    assert share[0] < 0.11 and share[-1] == 1


@pytest.mark.parametrize("draws", [1, 7, 333])
def test_few_draws_make_a_short_order(draws):
    order = widening_order(30, draws, share=0.1, opens=OPENS, generator=generator(0, "x"))
    assert order.shape == (draws,) and 0 <= order.min() and order.max() < 30


def test_a_window_strays_as_far_as_its_farthest_image(entry):
    world = make_world(entry.config)
    windows = draw_windows(config(entry, widening=1.0))
    distances = distances_from_typical(world, windows)
    brightness = windows.states[..., 0]
    expected = (brightness - typical_brightness(windows)).abs().amax(1) * (8 * 8 * 3) ** 0.5
    assert torch.allclose(distances, expected, atol=1e-2)
    assert torch.equal(distances, distances_from_typical(world, windows)), "nothing is drawn by chance"


def test_what_lies_anywhere_in_the_image_counts(tmp_path):
    """Images black but for a white square of 8 px: two places differ by the colours of two squares."""
    images = np.zeros((36, 32, 32, 3), np.uint8)
    for row in range(36):
        images[row, :8, 8 * (row % 2) : 8 * (row % 2) + 8] = 255
    images[35] = 0
    images[35, 24:, 24:] = 255
    actions = np.random.default_rng(0).uniform(-1, 1, (36, 1))
    entry = recording_entry(write_recording(Recording.from_arrays(images, actions), tmp_path / "square.h5"))
    world = make_world(entry.config)
    rows = torch.tensor([[0.0, 2.0], [0.0, 1.0], [34.0, 35.0], [4.0, 6.0]])[..., None]
    distances = distances_from_typical(world, Trajectories(rows, torch.zeros(4, 1, 1)))
    two_squares = (2 * 4 * 3 * 255**2) ** 0.5  # a square covers 2 x 2 of the 8 x 8 places
    assert distances.tolist() == pytest.approx([0, two_squares, two_squares, 0])


def test_only_training_rows_are_taken_near_ones_first(entry):
    loop = TrainingLoop(config(entry))
    seen = taken(loop)
    assert loop.split.is_training(seen.flatten(0, 1)).all()
    strays = (seen[..., 0] - typical_brightness(draw_windows(config(entry)))).abs().amax(1)
    first, last = strays[: len(seen) // 5], strays[-len(seen) // 5 :]
    assert first.max() < last.median() and last.max() == strays.max()
    assert len(torch.unique(last, dim=0)) > len(torch.unique(first, dim=0))


def test_equal_seeds_take_equal_windows(entry):
    one, same, other = (taken(TrainingLoop(config(entry, seed=seed))) for seed in (3, 3, 4))
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_a_run_that_stopped_goes_on_bit_for_bit(entry):
    whole, stopped, again = (TrainingLoop(config(entry), num_snapshots=10) for _ in range(3))
    for _ in whole:
        pass
    for snapshot in stopped:
        if snapshot.step >= stopped.config.num_steps // 3:
            break
    again.load_state_dict({key: value.clone() for key, value in stopped.state_dict().items()})
    for _ in again:
        pass
    assert stopped.step < again.step
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name]), name


def test_at_widening_1_the_other_field_changes_nothing(entry):
    plain, moved = (TrainingLoop(config(entry, widening=1.0, widening_opens=span)) for span in ((0.2, 0.8), OPENS))
    assert torch.equal(taken(plain), taken(moved))
    assert config(entry, widening=1.0).fingerprint() == config(entry, widening=1.0, sector=1.0).fingerprint()


BAD = {
    "widening = 0.0 is out of range": {"widening": 0.0},
    "widening = 1.5 is out of range": {"widening": 1.5},
    "widening_opens = .* is no span": {"widening_opens": (0.5, 0.5)},
    "widening = 0.1 and sector = 0.5 both": {
        "sector": 0.5,
        "source": "pairs",
        "episode_length": 1,
        "length": 1,
        "num_transitions": 1600,
    },
}


@pytest.mark.parametrize("words", BAD)
def test_fields_that_make_no_sense_are_one_line(entry, words):
    with pytest.raises(InputError, match=words) as caught:
        config(entry, **BAD[words])
    assert "\n" not in str(caught.value)


def test_numbers_have_no_images_to_compare(tmp_path):
    rows = np.random.default_rng(0).normal(size=(60, 3))
    recording = Recording.from_arrays(rows, rows[:, :1], lengths=[20] * 3)
    entry = recording_entry(write_recording(recording, tmp_path / "numbers.h5"))
    with pytest.raises(InputError, match=r"widening compares images, and this world shows \(3,\)"):
        preset_config(entry, "smoke").replace(widening=0.1)

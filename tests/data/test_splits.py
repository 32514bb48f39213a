"""Claims: no state and no frame of the held-out side occurs in training, in any named world and in a small
discrete one; the held-out share is what was asked for; other seeds and other streams draw other things."""

import hashlib
import itertools
import math

import numpy as np
import pytest
import torch

from smwm_lab.data import sample_states, sample_transitions, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.seeding import generator
from smwm_lab.worlds import (
    WORLDS,
    DotWorldConfig,
    SpriteWorldConfig,
    TransitionBatch,
    TwoRoomConfig,
    make_world,
)


SMALL = DotWorldConfig(side=24, radius=1, max_step=3, margin=4, min_distance=3)
SMALL_STATES = torch.tensor(list(itertools.product(range(1, 23), repeat=2)), dtype=torch.float32)
"""All states of the small world."""


def both_ends(batch: TransitionBatch) -> torch.Tensor:
    return torch.cat([batch.state, batch.next_state])


def hashes(rows: torch.Tensor) -> set[bytes]:
    """One hash per row, of its bytes."""
    return {hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rows.contiguous().numpy()}


def draw(split, n: int, *, held_out: bool, stream: str = "x") -> TransitionBatch:
    return sample_transitions(split, n, held_out=held_out, generator=generator(0, stream))


@pytest.mark.parametrize("world", [*WORLDS, SMALL], ids=lambda w: w if isinstance(w, str) else "small")
def test_no_state_and_no_frame_of_the_held_out_side_occurs_in_training(world):
    world = make_world(world)
    split = split_by_state(world, seed=0, fraction=0.2)
    training, held_out = (both_ends(draw(split, n, held_out=side)) for n, side in ((2000, False), (500, True)))
    assert len(training) == 4000 and len(held_out) == 1000
    assert hashes(training).isdisjoint(hashes(held_out))
    assert hashes(world.observe(training)).isdisjoint(hashes(world.observe(held_out)))
    assert split.is_training(training).all() and split.is_held_out(held_out).all()


def test_a_small_discrete_world_is_divided_exactly():
    """All 484 states, and enough draws to see nearly all that can occur on each side."""
    world = make_world(SMALL)
    split = split_by_state(world, seed=0)
    training, held_out = split.is_training(SMALL_STATES), split.is_held_out(SMALL_STATES)
    assert torch.equal(training, ~held_out)
    seen_in_training = hashes(both_ends(draw(split, 20_000, held_out=False)))
    seen_held_out = hashes(both_ends(draw(split, 5_000, held_out=True)))
    assert len(seen_in_training) > 0.95 * int(training.sum())
    assert seen_held_out <= hashes(SMALL_STATES[held_out]) and seen_in_training <= hashes(SMALL_STATES[training])


def test_the_check_can_fail():
    """Drawn without a split, the two sides of the same check share most of their states."""
    world = make_world(SMALL)
    drawn = [hashes(both_ends(world.sample_transitions(2000, generator(0, name)))) for name in ("train", "evaluation")]
    assert len(drawn[0] & drawn[1]) > 0.8 * len(drawn[1])


@pytest.mark.parametrize("world", [*WORLDS], ids=str)
@pytest.mark.parametrize("fraction", [0.05, 0.3])
def test_the_held_out_share_is_about_what_was_asked_for(world, fraction):
    """Of a sprite's cell the inner 3/4 of each side is held out, of a room's 7/8: its border is in neither."""
    world = make_world(world)
    split = split_by_state(world, seed=3, fraction=fraction)
    state = world.sample_state(20_000, generator(0, "share"), anywhere=True)
    cells = 1 if isinstance(world.config, DotWorldConfig) and world.config.num_dots > 1 else 3
    assert float((~split.is_training(state)).float().mean()) == pytest.approx(fraction, rel=0.1 * cells)
    inner = {DotWorldConfig: 1, SpriteWorldConfig: 0.75**3, TwoRoomConfig: 0.875**2}[type(world.config)]
    assert float(split.is_held_out(state).float().mean()) == pytest.approx(inner * fraction, rel=0.1 * cells)
    assert not (split.is_training(state) & split.is_held_out(state)).any()


def test_the_share_of_a_small_world_varies_around_what_was_asked_for():
    splits = [split_by_state(make_world(SMALL), seed=seed) for seed in range(40)]
    shares = [float(split.is_held_out(SMALL_STATES).float().mean()) for split in splits]
    assert np.mean(shares) == pytest.approx(0.1, abs=0.01)
    assert np.std(shares) == pytest.approx(math.sqrt(0.1 * 0.9 / 484), rel=0.5)


def test_another_seed_holds_out_other_states():
    world = make_world(SMALL)
    first, again, other = (split_by_state(world, seed=seed).is_held_out(SMALL_STATES) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    overlap = float((first & other).sum() / first.sum())
    assert overlap < 0.35


@pytest.mark.parametrize("world", ["sprite_none", "sprite_xyt"])
def test_a_held_out_sprite_looks_like_no_neighbour_in_training(world):
    """The hardest case: the same pose but for one component just beyond the border of its cell."""
    world = make_world(world)
    split = split_by_state(world, seed=0, fraction=0.5)
    held_out = sample_states(split, 1500, held_out=True, generator=generator(0, "x"))
    frames, size = world.observe(held_out), torch.tensor([1.0, 1.0, 2 * math.pi / 48])
    for component in range(3):
        for side in (-0.501, 0.501):
            neighbour = held_out.clone()
            cell = torch.round(held_out[:, component] / size[component])
            neighbour[:, component] = (cell + side) * size[component]
            outside = split.is_training(neighbour) & (neighbour[:, 2] >= 0) & (neighbour[:, 2] < 2 * math.pi)
            assert outside.sum() > 500
            same = (world.observe(neighbour[outside]) == frames[outside]).flatten(1).all(1)
            assert not same.any()


def test_an_angle_belongs_to_the_same_cell_on_both_sides_of_zero():
    world = make_world("sprite_xyt")
    cells = world.cells(torch.tensor([[30.0, 30.0, 0.01], [30.0, 30.0, 2 * math.pi - 0.01], [30.0, 30.0, 0.2]]))
    assert torch.equal(cells[0], cells[1]) and not torch.equal(cells[0], cells[2])


def test_trap_1_evaluation_seeds_cannot_reach_into_training():
    """The public code draws sample i with seed + i, so its evaluation set 42 + 999 lies inside its training set."""
    world = make_world("single_dot")

    def naive(seed: int, n: int) -> torch.Tensor:
        drawn = [world.sample_transitions(1, torch.Generator().manual_seed(seed + i)) for i in range(n)]
        return torch.cat([batch.state for batch in drawn])

    assert torch.equal(naive(42, 1100)[999:], naive(42 + 999, 101))
    split = split_by_state(world, seed=42)
    for stream in ("training", "evaluation"):  # the very same stream of random numbers for both sides
        training, held_out = (draw(split, n, held_out=side, stream=stream) for n, side in ((2000, False), (200, True)))
        assert hashes(both_ends(training)).isdisjoint(hashes(both_ends(held_out)))


def test_differently_named_streams_share_no_draw():
    world = make_world("combined")
    drawn = [
        hashes(world.sample_transitions(2000, generator(seed, name)).state)
        for seed, name in ((0, "training"), (0, "evaluation"), (999, "training"), (1, "evaluation"))
    ]
    assert len(set.union(*drawn)) == sum(map(len, drawn))


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("anywhere", [False, True])
def test_states_are_drawn_from_one_side_and_from_the_region_asked_for(held_out, anywhere):
    split = split_by_state(make_world("single_dot"), seed=0)
    state = sample_states(split, 700, held_out=held_out, generator=generator(0, "x"), anywhere=anywhere)
    assert len(state) == 700 and (split.is_held_out(state) == held_out).all()
    low, high = (2, 61) if anywhere else (18, 45)
    assert low <= state.min() < low + 3 and high - 3 < state.max() <= high


def test_a_share_that_leaves_nothing_is_refused():
    world = make_world(SMALL)
    with pytest.raises(InputError, match="held_out_fraction = 0.6 is out of range; allowed: 0 to 0.5"):
        split_by_state(world, seed=0, fraction=0.6)
    with pytest.raises(InputError, match="held_out_fraction = 0 leaves no state on one side .* larger for a small"):
        draw(split_by_state(world, seed=0, fraction=0.0), 5, held_out=True)

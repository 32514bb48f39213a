"""The curriculum of angles: claims proved here.

- The sector opens as its two numbers say, and every start state lies in the sector of its time.
- At the end the whole circle is drawn from, evenly, and nothing else than the angle of start states is touched.
- No state of the held-out side occurs in it.
- A loop with a curriculum takes the transitions in their order, each once; without one nothing changes.
- Fields that make no sense are one clear line.
"""

import math

import pytest
import torch

from smwm_lab.data import sample_transitions, split_by_state, widening_transitions
from smwm_lab.data.curriculum import NUM_SECTORS, sector_at
from smwm_lab.errors import InputError
from smwm_lab.seeding import generator
from smwm_lab.training import TrainingLoop, preset_config
from smwm_lab.worlds import make_world


SPLIT = split_by_state(make_world("sprite_xyt"), seed=0)
N, OPENS = 10_000, (0.2, 0.6)


def draw(n: int = N, *, sector: float = 0.1):
    return widening_transitions(SPLIT, n, sector=sector, opens=OPENS, generator=generator(0, "x"))


def folded(theta: torch.Tensor) -> torch.Tensor:
    """Angles as shares of pi away from 0."""
    return (torch.remainder(theta + math.pi, 2 * math.pi) - math.pi).abs() / math.pi


def test_every_start_state_lies_in_the_sector_of_its_time_and_fills_it():
    stages = folded(draw().state[:, 2]).reshape(NUM_SECTORS, -1)
    allowed = torch.tensor([sector_at(i / (NUM_SECTORS - 1), sector=0.1, opens=OPENS) for i in range(NUM_SECTORS)])
    assert (stages <= allowed[:, None] + 1e-6).all()
    assert (stages.max(1).values > 0.9 * allowed).all()
    assert allowed[0] == pytest.approx(0.1) and allowed[-1] == 1 and (allowed.diff() >= 0).all()


def test_at_the_end_headings_are_even_and_positions_always_were():
    batch = draw()
    late = batch.state[int(0.65 * N) :, 2]
    counts = torch.histc(late, bins=8, min=0, max=2 * math.pi)
    assert (counts / counts.sum() - 1 / 8).abs().max() < 0.02
    x, turn = batch.state[:, 0], batch.action[:, 2]
    middle = 31.5
    assert x.mean() == pytest.approx(middle, abs=0.2) and turn.mean() == pytest.approx(0, abs=0.02)
    assert turn.var() == pytest.approx(1 / 3, rel=0.05), "the largest turn is the world's own throughout"


def test_the_curriculum_keeps_to_the_training_side():
    batch = draw(2000)
    assert SPLIT.is_training(batch.state).all() and SPLIT.is_training(batch.next_state).all()


def test_where_restricts_start_states_and_nothing_else():
    drawn = sample_transitions(
        SPLIT, 500, held_out=True, generator=generator(0, "y"), where=lambda state: state[:, 0] < 30
    )
    assert len(drawn.state) == 500 and (drawn.state[:, 0] < 30).all() and (drawn.next_state[:, 0] > 30).any()
    assert SPLIT.is_held_out(drawn.state).all()


def test_few_transitions_make_a_short_curriculum():
    assert len(draw(7).state) == 7


def config(**changes):
    return preset_config("sprite_xyt", "smoke").replace(**changes)


def test_a_loop_takes_the_transitions_in_their_order():
    loop = TrainingLoop(config(sector=0.1, sector_opens=OPENS))
    batches = []
    for step in range(loop.config.num_steps):
        loop.step = step
        batches.append(loop._batch().states[:, 0])
    seen = folded(torch.cat(batches)[:, 2])
    assert len(seen) == 512 and len(torch.cat(batches).unique(dim=0)) == 512
    assert seen[:100].max() <= 0.1 + 1e-6 and seen[-100:].max() > 0.9


def test_without_a_sector_the_other_field_changes_nothing():
    opens = (0.5, 0.6)
    plain, moved = (TrainingLoop(config(sector=1.0, sector_opens=span))._batch() for span in (OPENS, opens))
    assert torch.equal(plain.states, moved.states) and torch.equal(plain.actions, moved.actions)


BAD = {
    "sector = 0.0 is out of range": {"sector": 0.0},
    "sector_opens = .* is no span": {"sector_opens": (0.5, 0.5)},
    "two rising shares": {"sector_opens": (0.1, 0.5, 0.9)},
    "num_transitions = budget .now 512 and 1024": {"sector": 0.5, "budget": 1024},
    "source = 'pairs' .now 'walks'": {"sector": 0.5, "source": "walks", "episode_length": 4},
}


@pytest.mark.parametrize("message", BAD)
def test_fields_without_sense_are_one_clear_line(message):
    with pytest.raises(InputError, match=message) as caught:
        config(**BAD[message])
    assert "\n" not in str(caught.value)

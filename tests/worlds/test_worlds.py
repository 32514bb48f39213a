"""Claims: the worlds have the paper's geometry; dots lie where the state says, never overlap where that is
forbidden, coupled dots stay rigid, realised actions tell exactly what happened, angles wrap, walls hold."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from smwm_lab.errors import InputError
from smwm_lab.seeding import generator
from smwm_lab.worlds import WORLDS, DotWorldConfig, SpriteWorldConfig, Trajectories, TransitionBatch, make_world
from smwm_lab.worlds.base import wrap_angle
from smwm_lab.worlds.dots import COLOURS, DOTS_PER_GROUP


DOT_WORLDS = [name for name, config in WORLDS.items() if isinstance(config, DotWorldConfig)]
SPRITE_WORLDS = [name for name, config in WORLDS.items() if isinstance(config, SpriteWorldConfig)]
SEEDS = st.integers(0, 2**32)
GROUPS = [
    ("static",),
    ("coupled",),
    ("random", "static"),
    ("coupled", "coupled"),
    ("independent", "coupled", "static"),
    ("coupled", "independent", "independent", "random"),
    ("random", "random", "coupled", "static"),
]


@st.composite
def dot_fields(draw) -> dict:
    """Fields of a DotWorldConfig: any mixture of groups on canvases near the smallest that is allowed."""
    radius, max_step = draw(st.integers(1, 3)), draw(st.integers(1, 9))
    distance, margin = 2 * radius + 1 + draw(st.integers(0, 2)), max_step + radius + draw(st.integers(0, 2))
    return {
        "groups": draw(st.sampled_from(GROUPS)),
        "radius": radius,
        "max_step": max_step,
        "min_distance": distance,
        "margin": margin,
        "side": 2 * margin + 5 * distance + draw(st.integers(0, 4)),
    }


def walk(world, n: int = 8, length: int = 30, seed: int = 0) -> Trajectories:
    return world.sample_trajectories(n, length, generator(seed, "walk"))


def pairs(world, n: int = 200, seed: int = 0) -> TransitionBatch:
    return world.sample_transitions(n, generator(seed, "pairs"))


def dots(state: torch.Tensor) -> torch.Tensor:
    return state.unflatten(-1, (-1, 2))


def nearest(state: torch.Tensor) -> float:
    """Smallest distance between two dots of one state."""
    where = dots(state).flatten(0, -3).double()
    if where.shape[1] == 1:
        return math.inf
    return float(torch.stack([torch.nn.functional.pdist(row).min() for row in where]).min())


def columns(config: DotWorldConfig, kind: str) -> list[list[int]]:
    """Dots of every group of one kind."""
    found, first = [], 0
    for group in config.groups:
        if group == kind:
            found.append(list(range(first, first + DOTS_PER_GROUP[group])))
        first += DOTS_PER_GROUP[group]
    return found


def check_rules(world, batch: TransitionBatch) -> None:
    """Assert everything that holds for any transition of a dot world, drawn in pairs or walked."""
    config, spec = world.config, world.spec
    low, high = config.radius, config.side - 1 - config.radius
    for state in (batch.state, batch.next_state):
        assert torch.equal(state, state.round()) and low <= state.min() and state.max() <= high
        assert nearest(state) >= config.min_distance
    moved = dots(batch.next_state) - dots(batch.state)
    assert moved.abs().max() <= config.max_step
    for pair in columns(config, "coupled"):
        assert torch.equal(moved[:, pair[0]], moved[:, pair[1]])
    for static in columns(config, "static"):
        assert (moved[:, static] == 0).all()
    leaders = [group[0] for group in _controlled(config)]
    told = moved[:, leaders].flatten(1)
    assert batch.action.shape == told.shape == (len(batch), spec.action_dim)
    assert torch.equal(world.to_units(batch.action), told)
    assert batch.action.abs().max() <= 1 if spec.action_dim else True


def _controlled(config: DotWorldConfig) -> list[list[int]]:
    groups = columns(config, "coupled") + columns(config, "independent")
    return sorted(groups)


# --- geometry of the paper ----------------------------------------------------------------------------------


def test_the_geometry_is_the_papers():
    dot, sprite = DotWorldConfig(), SpriteWorldConfig()
    assert (dot.side, dot.radius, dot.max_step, dot.margin, dot.min_distance) == (64, 2, 16, 18, 5)
    assert list(COLOURS.values()) == [(255, 0, 0), (0, 220, 0), (0, 100, 255), (255, 220, 0), (255, 0, 255)]
    assert (sprite.side, sprite.scale, sprite.margin, sprite.max_step) == (64, 7.5, 21, 8)
    assert sprite.max_turn == pytest.approx(8 / 7.5)


@pytest.mark.parametrize(
    ("name", "num_dots", "controllable_dim"),
    [("single_dot", 1, 2), ("independent", 2, 4), ("coupled", 2, 2), ("distractor", 2, 2), ("combined", 5, 6)],
)
def test_named_dot_worlds_have_the_papers_dimensions(name, num_dots, controllable_dim):
    spec = make_world(name).spec
    assert spec.state_dim == 2 * num_dots
    assert spec.controllable_dim == spec.action_dim == controllable_dim
    assert spec.observation_shape == (3, 64, 64) and set(spec.state_units) == {"px"}
    assert spec.state_low[0] == 2 and spec.state_high[0] == 61


def test_controllable_components_are_those_of_controlled_dots():
    assert make_world("distractor").spec.controllable == (True, True, False, False)
    assert make_world("combined").spec.controllable == (True,) * 8 + (False,) * 2
    assert make_world("sprite_xy").spec.controllable == (True, True, False)


@pytest.mark.parametrize(
    ("name", "told"), [("none", ()), ("x", ("dx",)), ("xy", ("dx", "dy")), ("xyt", ("dx", "dy", "dtheta"))]
)
def test_the_control_of_a_sprite_says_which_displacements_are_told(name, told):
    spec = make_world(f"sprite_{name}").spec
    assert spec.action_names == told and spec.controllable_dim == len(told)
    assert spec.state_names == ("x", "y", "theta") and spec.state_units == ("px", "px", "rad")


@pytest.mark.parametrize("name", DOT_WORLDS)
def test_pairs_start_in_the_start_region_and_end_on_the_canvas(name):
    batch = pairs(make_world(name), 3000)
    assert (batch.state.min(), batch.state.max()) == (18, 45)
    assert (batch.next_state.min(), batch.next_state.max()) == (2, 61)


def test_displacements_are_uniform_on_the_whole_pixels():
    """33 values per axis, so Var(a) = ((33^2 - 1) / 12) / 16^2 = 0.354."""
    action = pairs(make_world("single_dot"), 20_000).action
    values, counts = (action * 16).unique(return_counts=True)
    assert values.tolist() == list(range(-16, 17))
    assert (counts / counts.float().mean() - 1).abs().max() < 0.15
    assert float(action.var(0).mean()) == pytest.approx(0.354, abs=0.005)


# --- dots lie where the state says --------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOT_WORLDS)
@given(seed=SEEDS)
def test_every_rendered_dot_lies_where_the_state_says(name, seed):
    """13 pixels of its colour, their centroid at (x, y); as many white pixels as there should be."""
    world = make_world(name)
    states = walk(world, 2, 5, seed).states.flatten(0, 1)
    images = world.observe(states).permute(0, 2, 3, 1).numpy()
    inked = 0
    for dot, colour in enumerate(list(COLOURS.values())[: world.config.num_dots]):
        image, row, column = np.nonzero((images == colour).all(-1))
        assert (np.bincount(image, minlength=len(states)) == 13).all()
        where = np.stack([np.bincount(image, column), np.bincount(image, row)], 1) / 13
        assert np.array_equal(where, dots(states)[:, dot].numpy())
        inked += len(image)
    assert (images != 255).any(-1).sum() == inked


@given(fields=dot_fields(), seed=SEEDS)
def test_pairs_of_any_dot_world_obey_the_rules(fields, seed):
    world = make_world(DotWorldConfig(**fields))
    check_rules(world, pairs(world, 60, seed))


@given(fields=dot_fields(), seed=SEEDS)
def test_walks_of_any_dot_world_obey_the_rules(fields, seed):
    world = make_world(DotWorldConfig(**fields))
    check_rules(world, walk(world, 4, 25, seed).transitions())


@pytest.mark.parametrize("name", DOT_WORLDS)
def test_long_walks_of_the_named_worlds_obey_the_rules(name):
    world = make_world(name)
    check_rules(world, walk(world, 30, 100).transitions())


def test_a_walk_is_made_of_its_transitions():
    walked = walk(make_world("independent"), 3, 7)
    batch = walked.transitions()
    assert walked.states.shape == (3, 8, 4) and walked.actions.shape == (3, 7, 4) and len(batch) == 21
    assert torch.equal(batch.state[8], walked.states[1, 1]) and torch.equal(batch.next_state[8], walked.states[1, 2])
    assert torch.equal(batch.action[8], walked.actions[1, 1])


@pytest.mark.parametrize("name", DOT_WORLDS)
def test_walks_cover_the_whole_canvas(name):
    """Every dot visits every column and every row from 2 to 61, and no region is rare."""
    states = walk(make_world(name), 200, 60).states.flatten(0, 1)
    for component in states.unbind(1):
        counts = torch.bincount(component.long(), minlength=62)
        assert counts[:2].sum() == 0 and len(counts) == 62
        assert counts[2:].min() > 0.15 * counts[2:].float().mean()


# --- walls, collisions, what the action tells ---------------------------------------------------------------


def test_a_wall_shortens_the_move_and_the_realised_action_says_so():
    world = make_world("single_dot")
    done = world.step(torch.tensor([[5.0, 30.0]]), torch.tensor([[-1.0, 0.5]]), generator(0, "x"))
    assert done.state.tolist() == [[2.0, 38.0]]
    assert done.action.tolist() == [[-3 / 16, 0.5]]


def test_a_pair_stays_rigid_at_a_wall():
    world = make_world("coupled")
    done = world.step(torch.tensor([[5.0, 30.0, 20.0, 59.0]]), torch.tensor([[-1.0, 1.0]]), generator(0, "x"))
    assert done.state.tolist() == [[2.0, 32.0, 17.0, 61.0]]
    assert done.action.tolist() == [[-3 / 16, 2 / 16]]


def test_a_dot_that_would_touch_another_stays_put():
    world = make_world("independent")
    action = torch.tensor([[0.5, 0.0, 0.0, 0.0]])
    done = world.step(torch.tensor([[20.0, 20.0, 30.0, 20.0]]), action, generator(0, "x"))
    assert done.state.tolist() == [[20.0, 20.0, 30.0, 20.0]] and done.action.tolist() == [[0.0] * 4]
    done = world.step(torch.tensor([[20.0, 20.0, 33.0, 20.0]]), action, generator(0, "x"))
    assert done.state.tolist() == [[28.0, 20.0, 33.0, 20.0]] and torch.equal(done.action, action)


@given(seed=SEEDS)
def test_repeating_the_realised_action_repeats_the_step(seed):
    world = make_world("independent")
    batch = walk(world, 3, 20, seed).transitions()
    again = world.step(batch.state, batch.action, generator(seed, "again"))
    assert torch.equal(again.state, batch.next_state) and torch.equal(again.action, batch.action)


@pytest.mark.parametrize("name", list(WORLDS))
def test_actions_beyond_the_box_are_clamped(name):
    world = make_world(name)
    state = world.sample_state(50, generator(0, name))
    far = world.sample_action(50, generator(1, name)).sign() * 3
    one, three = (world.step(state, action, generator(2, name)) for action in (far.clamp(-1, 1), far))
    assert torch.equal(one.state, three.state) and torch.equal(one.action, three.action)


def test_a_random_dot_moves_alike_but_no_action_says_how():
    world = make_world("distractor")
    state, action = torch.tensor([[31.0, 31.0, 20.0, 20.0]]).repeat(4000, 1), torch.zeros(4000, 2)
    moved = world.step(state, action, generator(0, "x")).state - state
    assert (moved[:, :2] == 0).all()
    assert moved[:, 2:].unique().tolist() == list(range(-16, 17))
    batch = pairs(world, 4000)
    hidden = (batch.next_state - batch.state)[:, 2:]
    both = torch.cat([batch.action, hidden], 1).T.corrcoef()[:2, 2:]
    assert both.abs().max() < 0.06


def test_static_dots_never_move_and_have_no_action():
    world = make_world(DotWorldConfig(groups=("independent", "static")))
    batch = walk(world, 20, 50).transitions()
    assert torch.equal(batch.state[:, 2:], batch.next_state[:, 2:]) and batch.action.shape[1] == 2
    assert not torch.equal(batch.state[:, :2], batch.next_state[:, :2])


# --- sprites ------------------------------------------------------------------------------------------------


@given(angle=st.floats(-1e4, 1e4, width=32))
def test_angles_wrap_into_zero_to_two_pi(angle):
    wrapped = wrap_angle(torch.tensor([angle]))
    assert 0 <= wrapped < 2 * math.pi
    assert math.cos(float(wrapped)) == pytest.approx(math.cos(angle), abs=2e-3)


def test_an_angle_just_below_zero_wraps_to_less_than_two_pi():
    assert 0 <= float(wrap_angle(torch.tensor([-1e-9]))) < 2 * math.pi


@pytest.mark.parametrize("name", SPRITE_WORLDS)
@given(seed=SEEDS)
def test_sprites_stay_inside_and_the_realised_action_is_the_displacement(name, seed):
    world = make_world(name)
    batch = walk(world, 4, 30, seed).transitions()
    world.require_inside(batch.state)
    assert (batch.state[:, 2] < 2 * math.pi).all()
    moved = batch.next_state - batch.state
    moved[:, 2] = torch.remainder(moved[:, 2] + math.pi, 2 * math.pi) - math.pi
    told = world.to_units(batch.action)
    assert torch.allclose(told, moved[:, : told.shape[1]], atol=2e-5)
    assert batch.action.numel() == 0 or batch.action.abs().max() <= 1


def test_sprite_pairs_start_in_the_start_region_and_never_meet_a_wall():
    world = make_world("sprite_xyt")
    state = world.sample_state(3000, generator(0, "x"))
    assert 21 <= state[:, :2].min() < 21.1 and 41.9 < state[:, :2].max() <= 42
    assert state[:, 2].min() < 0.01 and state[:, 2].max() > 6.27
    action = world.sample_action(3000, generator(1, "x"))
    done = world.step(state, action, generator(2, "x"))
    assert torch.allclose(done.action, action, atol=1e-6)
    assert float(action.var(0).mean()) == pytest.approx(1 / 3, abs=0.01)


def test_the_smallest_sprite_canvas_still_starts_within_its_margin():
    world = make_world(SpriteWorldConfig(side=43))
    assert (world.sample_state(100, generator(0, "x"))[:, :2] == 21).all()


def test_all_three_displacements_move_whatever_is_controlled():
    for name in SPRITE_WORLDS:
        batch = pairs(make_world(name), 2000)
        moved = batch.next_state - batch.state
        moved[:, 2] = torch.remainder(moved[:, 2] + math.pi, 2 * math.pi) - math.pi
        assert torch.allclose(moved.abs().amax(0), torch.tensor([8.0, 8.0, 8 / 7.5]), rtol=0.01)


def test_sprite_walks_reach_every_wall():
    states = walk(make_world("sprite_xyt"), 60, 60).states.flatten(0, 1)
    assert states[:, :2].amin(0).tolist() == [13, 13] and states[:, :2].amax(0).tolist() == [50, 50]


# --- what every world keeps ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(WORLDS))
def test_equal_generators_give_equal_walks_and_other_ones_others(name):
    world = make_world(name)
    assert torch.equal(walk(world, seed=1).states, walk(world, seed=1).states)
    assert not torch.equal(walk(world, seed=1).states, walk(world, seed=2).states)


@pytest.mark.parametrize("name", list(WORLDS))
def test_a_step_changes_neither_its_state_nor_its_action(name):
    world = make_world(name)
    state, action = world.sample_state(20, generator(0, name)), world.sample_action(20, generator(1, name))
    copies = state.clone(), action.clone()
    world.step(state, action, generator(2, name))
    assert torch.equal(state, copies[0]) and torch.equal(action, copies[1])


@pytest.mark.parametrize("name", list(WORLDS))
def test_probe_targets_are_the_state_with_angles_on_the_circle(name):
    world = make_world(name)
    state = world.sample_state(50, generator(0, name))
    targets = world.targets(state)
    assert list(targets)[: world.spec.state_dim] == list(world.spec.state_names)
    for i, (component, is_angle) in enumerate(zip(world.spec.state_names, world.spec.angles, strict=True)):
        value = state[:, i : i + 1]
        expected = torch.cat([value.cos(), value.sin()], 1) if is_angle else value
        assert torch.equal(targets[component], expected)
    if name == "coupled":
        assert torch.equal(targets["red_green_mean_x"], (state[:, :1] + state[:, 2:3]) / 2)


DEVICES = [
    pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")),
]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", list(WORLDS))
def test_the_cpu_and_an_accelerator_agree(name, device):
    world = make_world(name)
    batch = world.sample_transitions(200, generator(0, name))
    here, there = world.observe(batch.state), world.observe(batch.state.to(device)).cpu()
    difference = (here.int() - there.int()).abs()
    if name in DOT_WORLDS:
        assert torch.equal(here, there)
    assert difference.max() <= 16 and (difference > 0).sum() <= 20
    if name not in ("sprite_none", "sprite_x", "sprite_xy"):
        done = [world.step(batch.state.to(d), batch.action.to(d), generator(1, "x")) for d in ("cpu", device)]
        assert torch.allclose(done[0].state, done[1].state.cpu(), atol=1e-4)
        assert torch.allclose(done[0].action, done[1].action.cpu(), atol=1e-5)
    assert torch.equal(world.cells(batch.state), world.cells(batch.state.to(device)).cpu())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: make_world("dots"), "world = 'dots' is unknown; allowed: single_dot, independent"),
        (lambda: DotWorldConfig(side=40), "side = 40 px is too small for 1 dots; allowed: 41 px or more"),
        (lambda: DotWorldConfig(groups=("coupled", "coupled"), side=50), "side = 50 px is too small for 4 dots"),
        (lambda: DotWorldConfig(margin=17), "margin = 17 is out of range; allowed: 18 to"),
        (lambda: DotWorldConfig(min_distance=4), "min_distance = 4 is out of range; allowed: 5 to"),
        (lambda: DotWorldConfig(groups=("coupled",) * 3), "num_dots = 6 is out of range; allowed: 1 to 5; use fewer"),
        (lambda: DotWorldConfig(groups=("jumping",)), "groups = 'jumping' is unknown; allowed: independent, coupled"),
        (lambda: DotWorldConfig(groups=()), "groups = .* is empty"),
        (lambda: SpriteWorldConfig(side=42), "side = 42 px is too small for the sprite; allowed: 43 px or more"),
        (lambda: SpriteWorldConfig(margin=20.0), "margin = 20.0 is out of range; allowed: 21 to .* holds the sprite"),
        (lambda: SpriteWorldConfig(shape="star"), "shape = 'star' is unknown; allowed: arrow, teardrop"),
        (lambda: SpriteWorldConfig(control="t"), "control = 't' is unknown; allowed: none, x, xy, xyt"),
        (lambda: SpriteWorldConfig(max_turn=0.0), "control = 'xyt' tells a displacement whose largest size is 0"),
    ],
)
def test_bad_worlds_are_refused_with_value_allowed_and_remedy(make, message):
    with pytest.raises(InputError, match=message):
        make()


@pytest.mark.parametrize("groups", GROUPS, ids="-".join)
def test_the_smallest_canvas_that_is_allowed_can_be_sampled(groups):
    config = next(c for c in (_try(groups, side) for side in range(36, 80)) if c is not None)
    check_rules(make_world(config), pairs(make_world(config), 200))


def _try(groups: tuple[str, ...], side: int) -> DotWorldConfig | None:
    try:
        return DotWorldConfig(groups=groups, side=side)
    except InputError:
        return None


@pytest.mark.parametrize(("name", "least"), [("sprite_x", 8.0), ("sprite_xy", 8.0), ("sprite_xyt", 6.0)])
def test_the_least_way_is_shorter_by_the_radius_of_the_goal_for_every_part_that_actions_move(name, least):
    """10 px along x: less 2 px for the position, though it be controlled in part alone, and 2 px for the heading."""
    start, goal = torch.tensor([[30.0, 30.0, 1.0]]), torch.tensor([[40.0, 30.0, 1.0]])
    assert make_world(name).least_way(start, goal).item() == pytest.approx(least)

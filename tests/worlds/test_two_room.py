"""TwoRoom: claims proved here.

- Every kind of step ends where the rules say: free, at each border, at the wall from both sides, through the door,
  at the edges of the door, and the wall throws back whom it catches inside.
- An action is its primitive actions in order; frameskip 1 works alike; the realised action is what moved.
- The picture at 224 px has the geometry's pixels; at any other side it is the area average of that one; equal states
  look equal however they are batched; states in different cells never look alike once borders are left out.
- The scripted policy heads for the door first; without noise it reaches every goal, with noise it covers both rooms.
- Episodes are those of the published file: goals in the other room, an end on arrival, as many rows, as many pairs
  that are solved before the first action, as much luck for random actions.
- A strict way has room for the whole disc; the least way ends at the edge of the goal.
- A held-out window of an episode shows a start and a goal that no training frame shows, though walls bring many
  episodes to the same corners.
"""

import hashlib
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from smwm_lab.data import sample_states, sample_windows, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.seeding import generator
from smwm_lab.training import TrainingLoop, preset_config
from smwm_lab.widgets import WorldPlayer
from smwm_lab.worlds import SUCCESS_RADIUS, TwoRoomConfig, WorldVectorEnv, make_world


ROOM = make_world("two_room")
SINGLE = make_world(TwoRoomConfig(frameskip=1))
SEEDS = st.integers(0, 2**32)


def move(x: float, y: float, dx: float, dy: float) -> tuple[float, float]:
    """One primitive step."""
    done = SINGLE.step(torch.tensor([[x, y]]).float(), torch.tensor([[dx, dy]]).float(), generator(0, "x"))
    return tuple(done.state[0].tolist())


def hashes(rows: torch.Tensor) -> set[bytes]:
    return {hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rows.contiguous().numpy()}


def episodes(n: int, length: int = 20, seed: int = 0, world=ROOM):
    return world.sample_trajectories(n, length, generator(seed, "episodes"))


# --- dynamics -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        ((60, 150), (1, -0.5), (65, 147.5)),  # free
        ((60, 150), (7, -7), (65, 145)),  # the action is clamped
        ((22, 150), (-1, 0), (21, 150)),  # borders
        ((202, 150), (1, 0), (203, 150)),
        ((60, 23), (0, -1), (60, 21)),
        ((60, 202), (0, 1), (60, 203)),
        ((14, 209), (0, 0), (21, 203)),  # a start beyond the borders is brought back
        ((97, 150), (1, 0), (99.5, 150)),  # the wall, from both sides
        ((127, 150), (-1, 0), (124.5, 150)),
        ((95, 150), (1, 0), (100, 150)),  # up to 100 and 124 it is free
        ((129, 150), (-1, 0), (124, 150)),
        ((97, 49), (1, 0), (102, 49)),  # the door
        ((127, 49), (-1, 0), (122, 49)),
        ((97, 33.25), (1, 0), (102, 33.25)),  # its edges belong to it
        ((97, 64.75), (1, 0), (102, 64.75)),
        ((97, 33), (1, 0), (99.5, 33)),
        ((97, 65), (1, 0), (99.5, 65)),
        ((97, 67), (1, -1), (102, 62)),  # the new y decides
        ((97, 62), (1, 1), (99.5, 67)),
        ((111, 64), (1, 1), (99.5, 69)),  # caught inside: thrown back to the side it came from
        ((112, 64), (-1, 1), (124.5, 69)),
        ((111, 64), (0, 1), (99.5, 69)),
        ((110, 49), (1, 0), (115, 49)),  # through the middle
    ],
)
def test_a_primitive_step_ends_where_the_rules_say(before, action, after):
    assert move(*before, *action) == after


@given(seed=SEEDS, frameskip=st.integers(1, 7))
def test_an_action_is_its_primitive_actions_in_order(seed, frameskip):
    world, stream = make_world(TwoRoomConfig(frameskip=frameskip)), generator(seed, "x")
    state, action = world.sample_state(30, stream), world.sample_action(30, stream)
    path = world.primitive_states(state, action)
    here = state
    for i, primitive in enumerate(action.unflatten(1, (-1, 2)).unbind(1)):
        here = SINGLE.step(here, primitive, stream).state
        assert torch.equal(path[:, i], here)
    done = world.step(state, action, stream)
    assert torch.equal(done.state, here) and path.shape == (30, frameskip, 2)


@given(seed=SEEDS)
def test_the_realised_action_is_what_moved(seed):
    walked = episodes(10, length=8, seed=seed)
    batch = walked.transitions()
    commands = walked.commands[walked.holds(1)]
    path = ROOM.primitive_states(batch.state, commands)
    moved = torch.cat([batch.state[:, None], path], 1).diff(dim=1)
    told = ROOM.to_units(batch.action).unflatten(1, (-1, 2))
    assert torch.allclose(told, moved.clamp(-5, 5), atol=1e-4)
    free = ((path > 21) & (path < 203)).all(2) & (path[..., 0] != 99.5) & (path[..., 0] != 124.5)
    asked = commands.unflatten(1, (-1, 2))
    assert torch.allclose(told[free] / 5, asked[free], atol=1e-4)
    assert free.float().mean() > 0.5 and not free.all()


def test_frameskip_and_names_are_in_the_spec():
    assert ROOM.spec.action_dim == 10 and ROOM.spec.action_names[:3] == ("dx_1", "dy_1", "dx_2")
    assert SINGLE.spec.action_names == ("dx", "dy") and ROOM.spec.controllable_dim == 2
    with pytest.raises(InputError, match=r"actions have shape \(1, 2\); allowed: \(n, 10\)"):
        ROOM.step(torch.tensor([[60.0, 60.0]]), torch.zeros(1, 2), generator(0, "x"))


def test_starts_are_uniform_outside_the_wall():
    start = ROOM.sample_state(40_000, generator(0, "s"))
    in_wall = (start[:, 0] > 100) & (start[:, 0] < 124)
    assert not in_wall.any() and start.min() < 14.1 and start.max() > 208.9
    left = (start[:, 0] < 100).float().mean()
    assert float(left) == pytest.approx(86 / 171, abs=0.01)
    histogram = torch.histc(start[start[:, 0] < 100, 0], 10, 14, 100)
    assert (histogram / histogram.mean() - 1).abs().max() < 0.1


# --- the picture --------------------------------------------------------------------------------------------


def plain_frame(x: float, y: float) -> torch.Tensor:
    """The 224 px frame pixel by pixel, float64 (3, 224, 224)."""
    picture = torch.full((3, 224, 224), 255.0, dtype=torch.float64)
    for first in (10, 210):
        picture[:, first : first + 4] = 0
        picture[:, :, first : first + 4] = 0
    stripe = picture[:, :, 107:118]
    stripe[:, :35] = 0
    stripe[:, 64:] = 0
    row, column = torch.meshgrid(*[torch.arange(224, dtype=torch.float64)] * 2, indexing="ij")
    blob = torch.exp(-((column - x) ** 2 + (row - y) ** 2) / (2 * 7**2))
    blob = blob / blob.max()
    red = torch.tensor([255.0, 0, 0], dtype=torch.float64)[:, None, None]
    return picture * (1 - blob) + red * blob


PLACES = [(60.0, 112.0), (112.0, 49.0), (101.3, 140.7), (14.0, 209.0), (203.0, 21.0), (124.5, 30.25)]


@pytest.mark.parametrize("side", [16, 64, 84, 224])
def test_the_picture_is_the_area_average_of_the_frame(side):
    world = make_world(TwoRoomConfig(image_side=side))
    drawn = world.observe(torch.tensor(PLACES))
    assert drawn.dtype == torch.uint8 and drawn.shape == (len(PLACES), 3, side, side)
    fine = {64: 2, 84: 3}.get(side, 1)  # so that whole fine pixels make one output pixel
    for place, picture in zip(PLACES, drawn.double(), strict=True):
        frame = plain_frame(*place).repeat_interleave(fine, 1).repeat_interleave(fine, 2)
        block = 224 * fine // side
        expected = frame.unflatten(2, (side, block)).mean(3).unflatten(1, (side, block)).mean(2)
        assert (picture - expected).abs().max() < 0.51


def test_a_picture_does_not_depend_on_the_batch():
    states = ROOM.sample_state(64, generator(0, "x"))
    together = ROOM.observe(states)
    for i in (0, 1, 17, 63):
        assert torch.equal(ROOM.observe(states[i : i + 1])[0], together[i])
    assert together.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("side", [64, 224])
def test_neighbours_across_a_cell_border_never_look_alike(side):
    """The hardest case: a held-out state as near to a border as allowed, a training state just beyond it."""
    world = make_world(TwoRoomConfig(image_side=side))
    inside = sample_states(split_by_state(world, seed=0, fraction=0.5), 60, held_out=True, generator=generator(0, "x"))
    for component in range(2):
        for edge, beyond in ((0.25, -0.001), (3.75, 4.001)):
            held, other = inside.clone(), inside.clone()
            corner = 20 + 4 * torch.floor((inside[:, component] - 20) / 4)
            held[:, component], other[:, component] = corner + edge, corner + beyond
            good = (held.min(1).values > 14) & (held.max(1).values < 209) & (other.min(1).values > 14)
            good &= other.max(1).values < 209
            assert good.sum() > 40
            same = (world.render(held[good]) == world.render(other[good])).flatten(1).all(1)
            assert not same.any()


def test_where_walls_stop_the_agent_is_well_inside_a_cell():
    stops = torch.tensor([[x, y] for x in (21, 99.5, 124.5, 203) for y in (21, 203)])
    assert not ROOM.near_cell_border(stops).any()


# --- policy and episodes ------------------------------------------------------------------------------------


def test_without_noise_the_policy_reaches_every_goal_through_the_door():
    world = make_world(TwoRoomConfig(policy_noise=0.0, frameskip=1))
    stream = generator(0, "policy")
    state, goal = world.sample_state(400, stream), world.sample_state(400, stream)
    reached = torch.zeros(400, dtype=torch.bool)
    for _ in range(100):
        state = world.step(state, world.scripted_action(state, goal, stream), stream).state
        reached |= (state - goal).norm(dim=1) < SUCCESS_RADIUS
    assert reached.all()


def test_the_policy_heads_for_the_door_then_for_the_goal():
    world = make_world(TwoRoomConfig(policy_noise=0.0))
    here = torch.tensor([[60.0, 49.0], [60.0, 100.0], [104.0, 49.0], [130.0, 49.0]])
    goal = torch.tensor([[180.0, 150.0], [60.0, 60.0], [180.0, 150.0], [130.0, 200.0]])
    action = world.scripted_action(here, goal, generator(0, "x"))
    assert action[:2].tolist() == [[1, 0], [0, -1]] and action[3].tolist() == [0, 1]
    assert torch.allclose(action[2], torch.tensor([76.0, 101.0]) / math.hypot(76, 101))


def anywhere(n: int, stream: torch.Generator) -> torch.Tensor:
    """Draw goals as the environment does: uniform, also in the wall."""
    return 14 + 195 * torch.rand(n, 2, generator=stream)


def test_noisy_episodes_behave_as_the_environments_do():
    """At noise 3, goals anywhere: half are reached and .3 of the episodes cross (300 of the original: .47, .32)."""
    noisy = make_world(TwoRoomConfig(frameskip=1, policy_noise=3.0))
    stream = generator(0, "noisy")
    state, goal = SINGLE.sample_state(3000, stream), anywhere(3000, stream)
    reached, sides = torch.zeros(3000, dtype=torch.bool), [state[:, 0] < 112]
    for _ in range(100):
        state = noisy.step(state, noisy.scripted_action(state, goal, stream), stream).state
        reached |= (state - goal).norm(dim=1) < SUCCESS_RADIUS
        sides.append(state[:, 0] < 112)
    crossed = (torch.stack(sides) != sides[0]).any(0)
    assert float(reached.float().mean()) == pytest.approx(0.51, abs=0.04)
    assert float(crossed.float().mean()) == pytest.approx(0.31, abs=0.03)


def test_goals_of_episodes_lie_in_the_other_room_and_not_near_by():
    start, goal = ROOM.sample_trip(5000, generator(0, "trip"))
    assert ((start[:, 0] < 112) != (goal[:, 0] < 112)).all()
    assert not ((goal[:, 0] > 100) & (goal[:, 0] < 124)).any()
    assert ROOM.shortest_path(start, goal).min() >= 25 * 5
    nearest = (goal - torch.tensor([124.5, 49.0]))[goal[:, 0] > 112].norm(dim=1).min()
    assert nearest < 20, "goals just behind the door belong to it, for starts that are far"


def test_the_fastest_agent_has_trips_too():
    """Also from beside the door, where no way is longer than some 190 px."""
    fast = make_world(TwoRoomConfig(speed=7.0))
    start, goal = fast.sample_trip(2000, generator(0, "fast"))
    assert fast.shortest_path(start, goal).min() >= 25 * 7
    assert (start - torch.tensor([100.0, 49.0])).norm(dim=1).min() < 12


def test_episodes_are_as_long_as_the_published_ones():
    """The released file has 92 / 31 / 101 rows (mean / least / median), and 8.82 % of its pairs 25 steps apart within
    16 px."""
    walked = episodes(4000, length=100, world=SINGLE)
    rows = walked.num_steps + 1
    assert float(rows.float().mean()) == pytest.approx(92, abs=3)
    assert 26 <= int(rows.min()) <= 45 and int(rows.median()) == 101
    apart = (walked.states[:, 25:] - walked.states[:, :-25]).norm(dim=2)
    near = (apart <= SUCCESS_RADIUS)[walked.holds(25)]
    assert float(near.float().mean()) == pytest.approx(0.088, abs=0.015)


def test_an_episode_ends_on_arrival_and_then_stands_still():
    walked = episodes(400)
    for states, actions, commands, count in zip(
        walked.states, walked.actions, walked.commands, walked.num_steps.tolist(), strict=True
    ):
        assert (states[count:] == states[count]).all()
        assert not actions[count:].any() and not commands[count:].any()
        assert count == 0 or commands[count - 1].any()
    assert 0.2 < float((walked.num_steps < 20).float().mean()) < 0.6
    assert len(walked.transitions()) == int(walked.num_steps.sum())


def test_an_episode_holds_no_action_that_goes_on_after_the_arrival():
    """Of the primitive steps that are kept only the very last one may reach the goal."""
    start, goal = ROOM.sample_trip(400, generator(0, "episodes"))
    walked = episodes(400)
    assert torch.equal(walked.states[:, 0], start), "the goals are those of these episodes"
    path = ROOM.primitive_states(walked.states[:, :-1].flatten(0, 1), walked.commands.flatten(0, 1))
    far = (path.view(400, 100, 2) - goal[:, None]).norm(dim=2) > SUCCESS_RADIUS
    before_the_last = torch.arange(1, 101) < 5 * walked.num_steps[:, None]
    assert far[before_the_last].all()


def test_no_window_reaches_beyond_the_end_of_its_episode():
    split = split_by_state(ROOM, seed=0)
    for held_out, length in ((False, 4), (True, 5)):
        windows = sample_windows(
            split, 300, length=length, episode_length=20, held_out=held_out, generator=generator(0, "windows")
        )
        assert windows.commands.flatten(2).any(2).all(), "nothing stands still"


def test_random_actions_are_as_lucky_as_in_the_published_table():
    """.27 at 25 steps and .03 at 100, budgets twice that."""
    walked = episodes(8000, world=ROOM)
    stream = generator(0, "luck")
    for ahead, low, high in ((5, 0.2, 0.33), (20, 0.0, 0.06)):
        where, first = walked.holds(ahead).nonzero().unbind(1)
        drawn = torch.randperm(len(where), generator=stream)[:1500]
        state, goal = walked.states[where[drawn], first[drawn]], walked.states[where[drawn], first[drawn] + ahead]
        arrived = (state - goal).norm(dim=1) <= SUCCESS_RADIUS
        for _ in range(2 * ahead):
            path = ROOM.primitive_states(state, torch.rand(len(state), 10, generator=stream) * 2 - 1)
            arrived |= ((path - goal[:, None]).norm(dim=2) <= SUCCESS_RADIUS).any(1)
            state = path[:, -1]
        assert low <= float(arrived.float().mean()) <= high


def test_a_strict_way_has_room_for_the_whole_disc():
    ways = [
        ((101, 49), (106, 49), True),  # through the middle of the door
        ((101, 42), (106, 42), True),  # 7 px from its edge
        ((101, 41), (106, 41), False),  # 6 px
        ((101, 57), (106, 57), False),
        ((97, 150), (99.5, 152), True),  # up to where the wall stops the agent
        ((112, 45), (112, 40), False),  # inside the door, too near to its post
        ((99.5, 30), (99.5, 36), True),  # along the wall
    ]
    before, after = (torch.tensor([way[i] for way in ways], dtype=torch.float32) for i in (0, 1))
    assert ROOM.passes_whole(before, after).tolist() == [fits for *_, fits in ways]
    crossing = torch.tensor([[99.0, 41.0]]), torch.tensor([[126.0, 41.0]])
    assert not ROOM.passes_whole(*crossing), "both ends have room, the middle has not"


def test_the_least_way_ends_at_the_edge_of_the_goal():
    start, goal = (
        torch.tensor([[50.0, 100.0], [50.0, 100.0], [60.0, 49.0]]),
        torch.tensor([[50.0, 150.0], [50.0, 110.0], [160.0, 49.0]]),
    )
    assert ROOM.least_way(start, goal).tolist() == [34.0, 0.0, 84.0]


def test_episodes_visit_every_cell():
    """Of 14 px, as far as an agent gets; and most primitive actions lie on the border of their box."""
    walked = episodes(3000)
    cells = torch.floor((walked.states.flatten(0, 1) - 21) / 14).long().clamp(0, 12)
    counts = torch.bincount(cells[:, 0] * 13 + cells[:, 1], minlength=169).view(13, 13)
    reachable = torch.ones(13, 13, dtype=torch.bool)
    reachable[6] = False  # x from 105 to 119 is the wall
    assert (counts[reachable] > 0).all() and (counts[6, 1:3] > 0).all()
    assert (
        walked.commands.abs().max() == 1 and float((walked.commands[walked.holds(1)].abs() == 1).float().mean()) > 0.5
    )


def test_an_episode_repeats_itself_from_its_commands():
    walked = episodes(50)
    for t in range(20):
        done = ROOM.step(walked.states[:, t], walked.commands[:, t], generator(0, "x"))
        assert torch.equal(done.state, walked.states[:, t + 1]) and torch.equal(done.action, walked.actions[:, t])


@pytest.mark.parametrize("offset", [5, 20])
def test_starts_and_goals_of_held_out_episodes_are_seen_in_no_training_frame(offset):
    split = split_by_state(ROOM, seed=0)
    draw = {"episode_length": 20, "generator": generator(0, "same stream")}
    training = sample_windows(split, 3000, length=1, held_out=False, **draw).states.flatten(0, 1)
    tasks = sample_windows(split, 60, length=offset, held_out=True, **draw)
    ends = tasks.states[:, [0, -1]].flatten(0, 1)
    assert hashes(training).isdisjoint(hashes(ends))
    assert hashes(ROOM.observe(training)).isdisjoint(hashes(ROOM.observe(ends)))


def test_episodes_of_another_stream_alone_are_not_disjoint():
    """Why the rule is needed: walls bring episodes of different streams to the very same states."""
    first, second = (episodes(2000, seed=seed).states.flatten(0, 1) for seed in (1, 2))
    assert hashes(first) & hashes(second)


# --- in the loop and in gymnasium ---------------------------------------------------------------------------


def test_it_is_trained_on_commanded_walks():
    config = preset_config("two_room", "smoke")
    assert (config.source, config.action_label, config.model.action_dim) == ("walks", "commanded", 10)
    last = list(TrainingLoop(config))[-1]
    assert last.finished and all(math.isfinite(value) for value in last.losses.values())


def test_the_environment_steps_one_bundle_at_a_time():
    envs = WorldVectorEnv("two_room", 3)
    _, info = envs.reset(seed=0)
    east = torch.tensor([[1.0, 0.0] * 5] * 3)
    expected = ROOM.step(torch.from_numpy(info["state"]), east, generator(0, "x"))
    *_, info = envs.step(east.numpy())
    assert torch.equal(torch.from_numpy(info["state"]), expected.state)


def test_a_person_can_play_it():
    player = WorldPlayer("two_room")
    assert len(player.sliders) == 10
    player.session.state = torch.tensor([[60.0, 150.0]])
    for slider in player.sliders[::2]:
        slider.value = 1.0
    for slider in player.sliders[1::2]:
        slider.value = 0.0
    player.act.click()
    assert player.session.state.tolist() == [[85.0, 150.0]] and "x +25.00 px" in player.status.value


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TwoRoomConfig(image_side=225), "image_side = 225 is out of range; allowed: 16 to 224; the frame is"),
        (lambda: TwoRoomConfig(frameskip=0), "frameskip = 0 is out of range"),
        (
            lambda: TwoRoomConfig(speed=11.0),
            "speed = 11.0 is out of range; allowed: 0.1 to 7; some starts have no goal 25 steps away",
        ),
        (lambda: TwoRoomConfig(policy_noise=-1.0), "policy_noise = -1.0 is out of range"),
        (lambda: ROOM.observe(torch.tensor([[10.0, 50.0]])), "state x = 10 lies outside the world; allowed: 14 to 209"),
        (lambda: ROOM.sample_trajectories(2, 0, generator(0, "x")), "length = 0 is out of range"),
    ],
)
def test_bad_values_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()

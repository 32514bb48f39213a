"""Claims: what is drawn is what the state says, pixel by pixel, against a plain per-sample NumPy renderer."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from smwm_lab.errors import InputError
from smwm_lab.seeding import generator
from smwm_lab.worlds import WORLDS, DotWorldConfig, SpriteWorldConfig, make_world
from smwm_lab.worlds.raster import disc_offsets


DOT_WORLDS = [name for name, config in WORLDS.items() if isinstance(config, DotWorldConfig)]
SHAPES = ("arrow", "teardrop", "pac-man", "heart")
RGB = ((255, 0, 0), (0, 220, 0), (0, 100, 255), (255, 220, 0), (255, 0, 255))
"""The paper's colours, in its order."""


def frames(world, state) -> np.ndarray:
    """Observations as (n, side, side, 3)."""
    return world.observe(state).permute(0, 2, 3, 1).numpy()


def plain_dots(state: np.ndarray, side: int, radius: int) -> np.ndarray:
    """One image of dots, pixel by pixel."""
    image = np.full((side, side, 3), 255, dtype=np.uint8)
    for (x, y), colour in zip(state.reshape(-1, 2), RGB, strict=False):
        for row in range(side):
            for column in range(side):
                if (column - x) ** 2 + (row - y) ** 2 <= radius**2:
                    image[row, column] = colour
    return image


def in_triangle(x: np.ndarray, y: np.ndarray, corners: list[tuple[float, float]]) -> np.ndarray:
    """Whether points lie in a triangle: on the same side of its three edges."""
    sides = [
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    return np.all([side >= 0 for side in sides], axis=0) | np.all([side <= 0 for side in sides], axis=0)


def in_shape(shape: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether points in body units lie inside a silhouette, written without looking at the library's lists."""
    if shape == "arrow":
        return in_triangle(x, y, [(1.6, 0.0), (-0.9, 1.0), (-0.9, -1.0)])
    if shape == "pac-man":
        return (x**2 + y**2 <= 1.3**2) & (np.abs(np.arctan2(y, x)) >= math.radians(35))
    if shape == "teardrop":  # a disc, and the two tangents from the tip
        middle, radius, tip = -0.5, 0.9, 1.6
        along = radius**2 / (tip - middle)
        across = math.sqrt(radius**2 - along**2)
        cone = in_triangle(x, y, [(tip, 0.0), (middle + along, across), (middle + along, -across)])
        return ((x - middle) ** 2 + y**2 <= radius**2) | cone
    lobes = [(x - 0.5) ** 2 + (y - centre) ** 2 <= 0.75**2 for centre in (0.6, -0.6)]
    body = in_triangle(x, y, [(-1.5, 0.0), (0.0, -1.16), (0.0, 1.16)])
    middle = (x >= 0) & (x <= 0.9) & (np.abs(y) <= 1.16 - 0.56 / 0.9 * x)
    return lobes[0] | lobes[1] | body | middle


def plain_sprite(pose: np.ndarray, shape: str, side: int = 64, scale: float = 7.5) -> np.ndarray:
    """One image of a sprite in float64: 4 x 4 samples in every pixel of the canvas, turned into body axes."""
    x, y, theta = pose.astype(np.float64)
    at = (np.arange(side * 4) + 0.5) / 4 - 0.5
    dx, dy = np.meshgrid(at - x, at - y, indexing="xy")
    along = (dx * math.cos(theta) + dy * math.sin(theta)) / scale
    across = (-dx * math.sin(theta) + dy * math.cos(theta)) / scale
    covered = in_shape(shape, along, across).reshape(side, 4, side, 4).sum((1, 3))
    image = np.full((side, side, 3), 255, dtype=np.uint8)
    image[..., 1:] = (255 - np.round(covered * 255 / 16))[..., None]
    return image


def sprite_world(shape: str = "arrow"):
    return make_world(SpriteWorldConfig(shape=shape))


def coverage(images: np.ndarray) -> np.ndarray:
    """Area of the silhouette in each image, px^2."""
    return ((255.0 - images[..., 1]) / 255).sum((1, 2))


def test_a_disc_of_radius_2_has_13_pixels():
    assert [len(disc_offsets(radius)) for radius in (1, 2, 3)] == [5, 13, 29]


@pytest.mark.parametrize("name", DOT_WORLDS)
def test_dots_equal_the_plain_renderer_bit_for_bit(name):
    world = make_world(name)
    state = world.sample_state(6, generator(0, name), anywhere=True)
    expected = np.stack([plain_dots(row, 64, 2) for row in state.numpy()])
    assert np.array_equal(frames(world, state), expected)


@given(radius=st.integers(1, 5), side=st.integers(30, 50), seed=st.integers(0, 1000))
@settings(max_examples=8)
def test_dots_of_any_size_equal_the_plain_renderer(radius, side, seed):
    config = DotWorldConfig(
        groups=("independent", "static"), side=side, radius=radius, max_step=1, margin=radius + 1, min_distance=11
    )
    world = make_world(config)
    state = world.sample_state(2, generator(seed, "any"), anywhere=True)
    expected = np.stack([plain_dots(row, side, radius) for row in state.numpy()])
    assert np.array_equal(frames(world, state), expected)


def test_later_dots_cover_earlier_ones():
    world = make_world("independent")
    image = frames(world, torch.tensor([[20.0, 20.0, 21.0, 20.0]]))[0]
    assert tuple(image[20, 21]) == RGB[1] and tuple(image[20, 18]) == RGB[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_sprites_equal_the_plain_renderer(shape):
    """Equal but for samples within rounding of an edge (corners are given to 1e-4): one of 16 in a rare pixel."""
    world = sprite_world(shape)
    state = world.sample_state(60, generator(1, shape), anywhere=True)
    drawn = frames(world, state).astype(int)
    expected = np.stack([plain_sprite(pose, shape) for pose in state.numpy()]).astype(int)
    difference = np.abs(drawn - expected)
    assert difference.max() <= 16
    assert (difference[..., 1] > 0).sum() <= 8
    assert np.array_equal(drawn[..., 1], drawn[..., 2]) and (drawn[..., 0] == 255).all()


@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (0, 1), (-1, 0), (0, -1)])
def test_the_tip_is_drawn_wherever_the_centre_lies_within_its_pixel(dx, dy):
    """Up to half a pixel beyond the 12 px of its extent, where a patch of fixed size could cut it off."""
    world, theta = sprite_world(), math.atan2(dy, dx) % (2 * math.pi)
    along = (torch.arange(64) + 0.5) / 64  # no sample lies exactly on an edge
    across = torch.full_like(along, 0.125)
    x, y = (30 + along, 30 + across) if dx else (30 + across, 30 + along)
    state = torch.stack([x, y, torch.full_like(along, theta)], 1)
    expected = np.stack([plain_sprite(pose, "arrow") for pose in state.numpy()])
    assert np.array_equal(frames(world, state), expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_mean_coverage_is_the_area_of_the_silhouette(shape):
    grid = (np.arange(2000) + 0.5) / 1000 * 1.7 - 1.7
    area = in_shape(shape, *np.meshgrid(grid, grid)).mean() * 3.4**2 * 7.5**2
    known = {"arrow": 2.5 * 7.5**2, "pac-man": math.pi * 1.3**2 * 290 / 360 * 7.5**2}
    if shape in known:
        assert area == pytest.approx(known[shape], rel=2e-3)
    world = sprite_world(shape)
    covered = coverage(frames(world, world.sample_state(400, generator(2, shape))))
    assert covered.mean() == pytest.approx(area, rel=3e-3)
    assert np.abs(covered - area).max() < 0.03 * area


@pytest.mark.parametrize("shape", SHAPES)
def test_no_silhouette_reaches_beyond_its_extent(shape):
    """1.6 body units, or 12 px: what the margin of the sprite world relies on."""
    world = sprite_world(shape)
    state = world.sample_state(300, generator(3, shape), anywhere=True)
    image, row, column = np.nonzero(frames(world, state)[..., 1] < 255)
    x, y = state[:, 0].numpy()[image], state[:, 1].numpy()[image]
    assert np.hypot(column - x, row - y).max() <= 12 + math.sqrt(0.5)


@given(
    x=st.integers(21 * 64, 38 * 64),
    y=st.integers(21 * 64, 38 * 64),
    theta=st.floats(0, 6.28),
    dx=st.integers(-7, 8),
    dy=st.integers(-7, 8),
    shape=st.sampled_from(SHAPES),
)
def test_a_shift_by_whole_pixels_shifts_the_image(x, y, theta, dx, dy, shape):
    state = torch.tensor([[x / 64, y / 64, theta], [x / 64 + dx, y / 64 + dy, theta]])
    here, there = frames(sprite_world(shape), state)
    assert np.array_equal(np.roll(here, (dy, dx), (0, 1)), there)


@given(turns=st.integers(1, 3), theta=st.floats(0, math.pi / 2), shape=st.sampled_from(SHAPES))
def test_a_quarter_turn_turns_the_image(turns, theta, shape):
    """From x towards y, which points down: clockwise on the screen."""
    state = torch.tensor([[31.5, 31.5, theta], [31.5, 31.5, (theta + turns * math.pi / 2) % (2 * math.pi)]])
    here, there = frames(sprite_world(shape), state).astype(int)
    difference = np.abs(np.rot90(here, -turns) - there)
    assert difference.max() <= 64 and (difference[..., 1] > 0).sum() <= 12
    assert np.abs(here - there).max() > 64


def test_the_arrow_points_along_theta():
    drawn = frames(sprite_world(), torch.tensor([[30.0, 30.0, 0.0], [30.0, 30.0, math.pi / 2]]))
    assert tuple(drawn[0, 30, 30 + 10]) == (255, 0, 0) and drawn[0, 30 + 10, 30, 1] == 255
    assert tuple(drawn[1, 30 + 10, 30]) == (255, 0, 0) and drawn[1, 30, 30 + 10, 1] == 255


@pytest.mark.parametrize("name", list(WORLDS))
def test_observations_are_uint8_batch_channel_height_width_and_drawn_anew(name):
    world = make_world(name)
    state = world.sample_state(3, generator(0, name))
    first, second = world.observe(state), world.observe(state)
    assert first.shape == (3, 3, 64, 64) and first.dtype == torch.uint8
    assert first.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(first, second) and first.data_ptr() != second.data_ptr()
    assert (first[:, :, 0, 0] == 255).all()


@pytest.mark.parametrize(
    ("name", "bad", "message"),
    [
        ("single_dot", [[1.0, 20.0]], "state red_x = 1 lies outside the world; allowed: 2 to 61"),
        ("single_dot", [[20.0, float("nan")]], "state red_y = nan lies outside"),
        ("sprite_xy", [[31.0, 51.0, 0.0]], "state y = 51 lies outside the world; allowed: 13 to 50"),
    ],
)
def test_a_state_outside_the_world_is_named_and_not_drawn(name, bad, message):
    with pytest.raises(InputError, match=message):
        make_world(name).observe(torch.tensor(bad))

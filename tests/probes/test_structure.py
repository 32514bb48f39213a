"""Structure of latent dynamics: claims proved here.

- Coordinates: in every controlled world u' = u + a, and the true state as latent keeps every law exactly.
- An exactly equivariant linear toy has no equivariance, composition or rollout error and additivity 1; its condition
  number is that of its matrix, and an isometry ranks distances perfectly. Turning and scaling change no error.
- A toy that is wrong by a known amount is reported wrong by that amount.
- Collapse gives NaN or infinity where there is nothing to relate to, never a flattering number.
- A report carries floor and reference, prints in one line, is valid JSON, repeats itself, and leaves the model alone.
"""

import json
import math

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure

from smwm_lab import viz
from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.probes import encode_states, structure_report
from smwm_lab.probes.structure.dynamics_metrics import (
    Displacements,
    action_directions,
    additivity,
    composition_error,
    equivariance,
    rollout_error,
)
from smwm_lab.probes.structure.geometry import action_jacobian, conditioning, distance_ranks
from smwm_lab.probes.structure.latent_models import (
    EncoderLatentModel,
    LatentModel,
    TrueLatentModel,
    find_coordinates,
    untrained_latent_model,
)
from smwm_lab.probes.structure.report import measure_structure, structure_sample
from smwm_lab.seeding import generator
from smwm_lab.worlds import WORLDS, make_world


CONTROLLED = [name for name in WORLDS if name not in ("sprite_none", "two_room")]
"""Worlds whose actions add to the state; in two_room the wall stops them."""


class Toy:
    """z = u M + 1, g(z, a) = z + gain * a M: equivariant if gain is 1."""

    def __init__(self, coordinates, matrix, gain=1.0):
        self.coordinates, self.matrix, self.gain = coordinates, torch.as_tensor(matrix).double(), gain

    def encode(self, state):
        return self.coordinates.of(state) @ self.matrix + 1

    def predict(self, z, action):
        return z + self.gain * action.double() @ self.matrix


class Bent(Toy):
    """Latents that are squares of coordinates: what an action adds depends on where it starts."""

    def encode(self, state):
        return self.coordinates.of(state) ** 2


@pytest.fixture(scope="module")
def sample():
    return structure_sample(split_by_state(make_world("single_dot"), seed=0), num_transitions=300, horizon=4)


def turned(scales, latent_dim=5) -> np.ndarray:
    """Return a matrix (len(scales), latent_dim) with these singular values, in a random basis on both sides."""
    random = np.random.default_rng(0)
    left, _ = np.linalg.qr(random.normal(size=(len(scales), len(scales))))
    right, _ = np.linalg.qr(random.normal(size=(latent_dim, latent_dim)))
    return left @ np.diag(scales) @ right[: len(scales)]


@pytest.mark.parametrize("world", CONTROLLED)
def test_in_every_controlled_world_actions_add_to_the_coordinates(world):
    made = make_world(world)
    coordinates = find_coordinates(made)
    assert coordinates.effect.shape == (made.spec.action_dim, made.spec.state_dim)
    pairs = made.sample_transitions(200, generator(3, "pairs"))
    truth = TrueLatentModel(coordinates)
    assert torch.allclose(
        truth.predict(truth.encode(pairs.state), pairs.action), truth.encode(pairs.next_state), atol=1e-4
    )


def test_coordinates_are_positions_over_the_largest_step_and_forget_what_is_not_controlled():
    state = torch.tensor([[16.0, 32.0, 48.0, 20.0]])
    assert find_coordinates(make_world("distractor")).of(state).tolist()[0] == pytest.approx([1, 2])
    assert find_coordinates(make_world("coupled")).of(state).tolist()[0] == pytest.approx([2, 26 / 16])
    radius = find_coordinates(make_world("sprite_xyt")).radius
    assert torch.isinf(radius).tolist() == [True, True, False] and float(radius[2]) == pytest.approx(7.5 / 8, 1e-4)


def test_a_world_without_actions_is_one_clear_error():
    with pytest.raises(InputError, match="no actions"):
        structure_sample(split_by_state(make_world("sprite_none"), seed=0))
    with pytest.raises(InputError, match="takes 3 actions, this world has 2"):
        structure_report(WorldModel(ModelConfig(action_dim=3)), split_by_state(make_world("single_dot"), seed=0))
    with pytest.raises(InputError, match="horizon = 0"):
        structure_sample(split_by_state(make_world("single_dot"), seed=0), horizon=0)


def test_the_sample_is_held_out_and_its_chains_stay_in_the_box_and_in_the_region_of_starts(sample):
    split, chains = sample.split, sample.chains
    for states in (
        sample.held_out.state,
        sample.held_out.next_state,
        chains.state,
        sample.places,
        sample.trajectories.states[:, 0],
    ):
        assert split.is_held_out(states).all()
    assert split.is_training(sample.fitted_on.state).all()
    assert len(chains.state) == 300 and (chains.first + chains.second).abs().max() <= 1
    middle = chains.state + 16 * chains.first
    assert middle.min() >= 18 and middle.max() <= 45
    assert chains.first.abs().max() == 1 and chains.second.abs().max() == 1, "the whole box is used"


@pytest.mark.parametrize("scales", [(1.0, 1.0), (3.0, 1.5), (1e-3, 1e-4)])
def test_an_equivariant_linear_toy_keeps_every_law(sample, scales):
    result = measure_structure(Toy(sample.coordinates, turned(scales)), sample)
    assert result.equivariance.per_step < 1e-6 and result.equivariance.per_spread < 1e-6
    assert result.composition < 1e-6 and result.rollout.error.max() < 1e-6
    assert result.additivity.linear == pytest.approx(1) and result.additivity.smooth == pytest.approx(1)
    assert result.additivity.of_state == pytest.approx(0, abs=1e-9)
    assert result.conditioning.median == pytest.approx(scales[0] / scales[1], 1e-4)
    assert result.conditioning.high == pytest.approx(scales[0] / scales[1], 1e-4)
    assert result.conditioning.singular_values == pytest.approx(scales, 1e-4)
    assert 0.3 < result.rollout.stand_still[0] < result.rollout.stand_still[-1]
    isometry = scales[0] == scales[1]
    # on a grid of pixels many true distances are equal, and a turned copy orders those by its rounding
    assert (result.distances.pooled == pytest.approx(1, abs=1e-4)) == isometry
    assert result.distances.worst_goal > 0.99 if isometry else result.distances.worst_goal < 0.99


def test_a_toy_that_is_wrong_by_a_known_amount_is_reported_so(sample):
    matrix = turned((2.0, 1.0))
    half, deaf = (measure_structure(Toy(sample.coordinates, matrix, gain), sample) for gain in (0.5, 0.0))
    assert half.equivariance.per_step == pytest.approx(0.5) and half.composition == pytest.approx(0, abs=1e-9)
    assert deaf.equivariance.per_step == pytest.approx(1) and math.isnan(deaf.composition)
    assert half.rollout.error == pytest.approx(0.5 * half.rollout.stand_still)
    assert deaf.rollout.error == pytest.approx(deaf.rollout.stand_still)
    assert half.additivity.linear == pytest.approx(1), "additivity asks the encoder alone"


def test_a_bent_latent_is_neither_additive_nor_evenly_conditioned(sample):
    bent = measure_structure(Bent(sample.coordinates, np.eye(2)), sample)
    assert bent.additivity.linear < 0.97 and bent.additivity.of_state > 0.02
    assert bent.additivity.smooth + bent.additivity.of_state == pytest.approx(1, abs=2e-3)
    slopes = 2 * sample.coordinates.of(sample.held_out.state[:100]).numpy()
    assert bent.conditioning.median == pytest.approx(np.quantile(slopes.max(1) / slopes.min(1), 0.5, method="lower"))


def test_a_composition_that_depends_on_order_is_seen(sample):
    class Turning(Toy):
        """Each action first turns the plane by itself."""

        def predict(self, z, action):
            c, s = action[:, 0].double().cos(), action[:, 0].double().sin()
            return torch.stack([c * z[:, 0] - s * z[:, 1] + action[:, 1], s * z[:, 0] + c * z[:, 1]], 1)

    chains = sample.chains
    turning = Turning(sample.coordinates, np.eye(2))
    assert composition_error(turning, turning.encode(chains.state), chains.first, chains.second) > 0.05


def test_a_collapsed_latent_is_not_flattered(sample):
    dead = measure_structure(Toy(sample.coordinates, np.zeros((2, 5))), sample)
    values = dead.values()
    assert dead.spread == 0 and dead.conditioning.median == math.inf
    for name in (
        "equivariance error / step",
        "composition error / step",
        "additivity R2, linear",
        "distance rank correlation",
        "rollout error / spread, 4 steps",
    ):
        assert math.isnan(values[name]), name
    json.dumps(dead.to_dict(), allow_nan=False)


def test_a_lost_direction_has_an_infinite_condition_number():
    assert conditioning(torch.ones(3, 1, 2)).median == math.inf
    assert conditioning(torch.ones(3, 4, 2)).median == math.inf
    assert conditioning(torch.eye(2).expand(3, 2, 2)).high == 1


def test_the_jacobian_sees_through_the_renderer_one_pixel_to_either_side():
    """The centroid of the dot, computed from its pixels, moves by 16 px per unit action."""
    world = make_world("single_dot")

    class Centroid(WorldModel):
        def encode(self, observation):
            dark, axis = 255 - observation[:, 1].float(), torch.arange(64.0)
            mass = dark.sum((1, 2))
            return torch.stack([(dark * axis).sum((1, 2)) / mass, (dark * axis[:, None]).sum((1, 2)) / mass], 1)

    states = world.sample_state(20, generator(0, "states"))
    jacobian = action_jacobian(
        EncoderLatentModel(Centroid(ModelConfig(latent_dim=2)), world), find_coordinates(world), world, states
    )
    assert torch.allclose(jacobian, 16 * torch.eye(2).double().expand(20, 2, 2), atol=1e-3)


def test_the_jacobian_of_a_turning_sprite_wraps_around():
    world = make_world("sprite_xyt")
    truth = TrueLatentModel(find_coordinates(world))
    states = torch.tensor([[30.0, 30.0, 0.01], [32.0, 30.0, 3.0]])
    jacobian = action_jacobian(truth, truth.coordinates, world, states)
    assert torch.linalg.svdvals(jacobian).numpy() == pytest.approx(np.ones((2, 3)), abs=0.01)
    drawn = EncoderLatentModel(WorldModel(ModelConfig(latent_dim=8, channels=(4, 4, 4), action_dim=3)), world)
    assert torch.isfinite(action_jacobian(drawn, truth.coordinates, world, states)).all(), "no angle below 0 is drawn"


def test_rank_correlation_equals_scipy_and_sees_monotone_maps():
    random = np.random.default_rng(0)
    line = torch.from_numpy(random.uniform(1, 2, size=(30, 1)))
    assert distance_ranks(line * -7, line).pooled == pytest.approx(1)
    shuffled = distance_ranks(line[torch.randperm(30, generator=generator(0, "p"))], line)
    assert abs(shuffled.pooled) < 0.3 and shuffled.worst_goal < 0.1
    assert shuffled.pairs.shape == (30 * 29 // 2, 2)


def test_a_goal_is_no_neighbour_of_its_own():
    """Of the three others each of four goals has two in the wrong order: 1 - 6 * 2 / (3 * 8) = 1/2."""
    true, latent = (torch.tensor(places)[:, None] for places in ([0.0, 1.0, 3.0, 7.0], [0.0, 3.0, 1.0, 7.0]))
    assert distance_ranks(latent, true).worst_goal == pytest.approx(0.5)


def test_action_directions_are_the_matrix_of_a_linear_toy(sample):
    toy = Toy(sample.coordinates, turned((2.0, 1.0)))
    batch = sample.held_out
    found = action_directions(toy.encode(batch.state), batch.action, toy.encode(batch.next_state))
    assert torch.allclose(found, toy.matrix, atol=1e-6)


def test_mismatched_lengths_are_one_clear_error(sample):
    toy = Toy(sample.coordinates, np.eye(2))
    z, a = torch.zeros(5, 2), torch.zeros(4, 2)
    with pytest.raises(InputError, match="z 5, action 4, z_next 5"):
        equivariance(toy, z, a, z)
    with pytest.raises(InputError, match="leaves the box"):
        composition_error(toy, z, z + 0.7, z + 0.7)
    with pytest.raises(InputError, match="3 actions need one latent more"):
        rollout_error(toy, torch.zeros(2, 3, 2), torch.zeros(2, 3, 2))
    with pytest.raises(InputError, match="as many of both"):
        distance_ranks(z, a)


def test_smooth_additivity_finds_a_curved_rho_that_the_linear_one_misses():
    random = np.random.default_rng(1)

    def part(n):
        action, place = random.uniform(-1, 1, size=(n, 1)), random.normal(size=(n, 1))
        return Displacements(action, place, np.hstack([action**2, action]))

    shares = additivity(part(400), part(400))
    assert shares.linear < 0.9 and shares.smooth > 0.995 and abs(shares.of_state) < 0.005


def test_a_report_has_floor_and_reference_prints_one_line_and_repeats_itself():
    split = split_by_state(make_world("distractor"), seed=0)
    model = WorldModel(ModelConfig(latent_dim=8, channels=(4, 4, 4), hidden_dim=16)).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    reports = [structure_report(model, split, seed=1, num_transitions=100, horizon=3) for _ in range(2)]
    assert model.training and all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    tables = [report.table() for report in reports]  # equal but for the last digits, which LAPACK's threads decide
    pd.testing.assert_frame_equal(*tables, rtol=1e-6, atol=1e-9)
    assert "\n" not in repr(reports[0])
    table = reports[0].table()
    assert list(table.columns) == ["model", "untrained", "true state", "ideal"]
    assert table.loc["equivariance error / step", "true state"] < 1e-4
    assert table.loc["additivity R2, linear", "true state"] == pytest.approx(1)
    assert table.loc["condition number, median", "true state"] == pytest.approx(1, abs=1e-4)
    assert table.loc["equivariance error / step", "untrained"] > 0.5
    json.dumps(reports[0].to_dict(), allow_nan=False)
    for figure in (viz.plot_structure(reports[0]), viz.plot_dynamics_metrics(reports[0])):
        assert isinstance(figure, Figure)
        figure.canvas.draw()
    singular = viz.plot_structure(reports[0]).axes[1]
    drawn = [bar.get_height() for bar in singular.patches[:2]]
    assert np.allclose(drawn, reports[0].model.conditioning.singular_values) and not singular.lines
    units = [label.get_text() for label in viz.plot_dynamics_metrics(reports[0]).axes[0].get_yticklabels()]
    assert units[0].endswith("(per step)") and units[2] == "rollout error, 1 step\n(per spread)"


def test_the_floor_has_the_sizes_of_the_model_and_other_weights():
    world, model = make_world("single_dot"), WorldModel(ModelConfig(latent_dim=8, channels=(4, 4, 4)))
    floors = [untrained_latent_model(model, world, seed=seed) for seed in (0, 0, 1)]
    states = world.sample_state(5, generator(0, "s"))
    z = [encode_states(floor.model, world, states) for floor in floors]
    assert torch.equal(z[0], z[1]) and not torch.equal(z[0], z[2]) and z[0].shape == (5, 8)
    assert isinstance(floors[0], LatentModel) and isinstance(Toy(None, np.eye(2)), LatentModel)

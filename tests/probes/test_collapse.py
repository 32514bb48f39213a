"""Probes: claims proved here.

- Ranks and spectra have their closed forms on known spectra, ignore scale and rotation, and are defined at zero.
- The linear readout equals ridge regression written out, and scores 1 on linear data, about 0 on noise.
- Procrustes undoes any shift, rotation and reflection; aligned planes are films that do not spin.
- The report of a collapsed model raises the alarm, that of perfect latents does not.
"""

import json

import numpy as np
import pytest
import torch

from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.probes import (
    aligned_planes,
    collapse_report,
    describe_latents,
    encode_states,
    procrustes,
    readout_r2,
)
from smwm_lab.probes.collapse import spectra
from smwm_lab.worlds import make_world


def cloud(eigenvalues, n=4000, seed=0) -> np.ndarray:
    """Return points whose sample covariance has exactly these eigenvalues, in a random basis, shifted."""
    random = np.random.default_rng(seed)
    d = len(eigenvalues)
    white, _ = np.linalg.qr(random.normal(size=(n, d)) - 0)
    white -= white.mean(0)
    white, _ = np.linalg.qr(white)
    basis, _ = np.linalg.qr(random.normal(size=(d, d)))
    return (white * np.sqrt((n - 1) * np.asarray(eigenvalues))) @ basis + random.normal(size=d)


def test_the_spectrum_is_recovered_in_order():
    assert np.allclose(spectra.spectrum(cloud([1.0, 4.0, 0.25])), [4.0, 1.0, 0.25])


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_all_centred_ranks_equal_the_number_of_equal_eigenvalues(dim):
    points = cloud([1.0] * dim + [0.0] * (8 - dim))
    for rank in (spectra.effective_rank, spectra.eigen_entropy_rank, spectra.participation_ratio):
        assert rank(points) == pytest.approx(dim, rel=1e-3)


def test_the_four_ranks_are_four_formulas():
    points = cloud([4.0, 1.0, 0.0])
    entropy = lambda p: -sum(share * np.log(share) for share in p)  # noqa: E731
    assert spectra.effective_rank(points) == pytest.approx(np.exp(entropy([2 / 3, 1 / 3])), 1e-3)
    assert spectra.eigen_entropy_rank(points) == pytest.approx(np.exp(entropy([0.8, 0.2])), 1e-3)
    assert spectra.participation_ratio(points) == pytest.approx(25 / 17, 1e-3)
    shifted = points - points.mean(0) + np.array([1e6, 0, 0])
    assert spectra.rankme(shifted) == pytest.approx(1, abs=0.01)
    assert spectra.effective_rank(shifted) == pytest.approx(spectra.effective_rank(points), 1e-3)


def test_no_rank_sees_scale():
    points = cloud([1.0, 0.5, 0.1])
    for rank in (spectra.effective_rank, spectra.eigen_entropy_rank, spectra.participation_ratio, spectra.rankme):
        assert rank(points * 1e-3) == pytest.approx(rank(points), rel=1e-6)


def test_a_constant_latent_has_no_variance_and_centred_rank_zero():
    report = describe_latents(np.full((100, 8), 0.3), true_dim=2)
    assert report.total_variance == pytest.approx(0, abs=1e-25)
    exact = np.zeros((100, 8))
    assert spectra.effective_rank(exact) == spectra.eigen_entropy_rank(exact) == spectra.participation_ratio(exact) == 0
    assert spectra.explained_variance_ratio(np.zeros(4)).tolist() == [0, 0, 0, 0]


def test_bad_latents_are_one_clear_error():
    with pytest.raises(InputError, match="latents hold NaN or inf"):
        spectra.spectrum(np.array([[1.0, np.nan], [0.0, 1.0]]))
    with pytest.raises(InputError, match=r"shape \(5,\)"):
        spectra.spectrum(np.ones(5))
    with pytest.raises(InputError, match="dim = 3 is out of range; allowed: 1 to 2"):
        spectra.elbow_ratio(np.ones(3), 3)


def test_the_linear_readout_is_ridge_regression():
    random = np.random.default_rng(0)
    z, test = random.normal(size=(300, 5)) * [1, 10, 0.1, 1, 1], random.normal(size=(50, 5))
    y = z @ random.normal(size=(5, 1)) + random.normal(size=(300, 1))
    standard = lambda x: (x - z.mean(0)) / z.std(0)  # noqa: E731
    x = standard(z)
    weights = np.linalg.solve(x.T @ x + 1e-3 * np.eye(5), x.T @ (y - y.mean()))
    from smwm_lab.probes import linear_readout

    guess = linear_readout().fit(z, y).predict(test)
    assert np.allclose(guess.ravel(), (standard(test) @ weights + y.mean()).ravel())


def test_the_readout_scores_one_on_linear_data_and_nothing_on_noise_and_ignores_scale():
    random = np.random.default_rng(1)
    z, test = random.normal(size=(500, 4)), random.normal(size=(200, 4))
    mixing = random.normal(size=(4, 2))
    targets = {"linear": z @ mixing, "noise": random.normal(size=(500, 1))}
    held = {"linear": test @ mixing, "noise": random.normal(size=(200, 1))}
    r2 = readout_r2(z, targets, test, held)
    assert r2["linear"] > 0.999 and abs(r2["noise"]) < 0.1
    tiny = readout_r2(z * 1e-6, targets, test * 1e-6, held)
    assert tiny["linear"] == pytest.approx(r2["linear"], abs=1e-6)
    with pytest.raises(InputError, match="4 rows are too few for 4 latent columns; allowed: 5"):
        readout_r2(z[:4], {"a": z[:4, :1]}, test, {"a": test[:, :1]})


def test_procrustes_undoes_rotation_reflection_and_shift():
    random = np.random.default_rng(2)
    points = random.normal(size=(30, 3))
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    assert np.allclose(procrustes(points @ turn + 7, points)(points @ turn + 7), points)
    assert np.allclose(procrustes(2.5 * points @ turn, points, scaled=True)(2.5 * points @ turn), points)
    with pytest.raises(InputError, match=r"points have shape \(30, 3\), target \(5, 3\); allowed: one shape"):
        procrustes(points, points[:5])


def test_aligned_planes_do_not_spin():
    random = np.random.default_rng(3)
    sheet = random.normal(size=(50, 2))
    film = []
    for _ in range(5):
        turn, _ = np.linalg.qr(random.normal(size=(8, 8)))
        film.append(np.hstack([sheet, np.zeros((50, 6))]) @ turn)
    planes = aligned_planes(film)
    assert all(np.allclose(plane, planes[-1], atol=1e-9) for plane in planes)
    assert not np.allclose(film[0], film[1])


def test_encoding_states_is_exact_float32_and_leaves_the_mode_alone():
    world, model = make_world("single_dot"), WorldModel(ModelConfig())
    state = world.sample_state(300, torch.Generator().manual_seed(0))
    model.train()
    z = encode_states(model, world, state)
    assert model.training
    model.eval()
    with torch.no_grad():
        assert torch.allclose(z, model.encode(world.observe(state)), atol=1e-6)


class Truth(WorldModel):
    """A model whose latent is the true state over 64 (its pixels are read out by their centroid)."""

    def encode(self, observation):
        dark = 255 - observation[:, 1].float()
        axis = torch.arange(64.0)
        mass = dark.sum((1, 2))
        x, y = (dark * axis).sum((1, 2)) / mass, (dark * axis[:, None]).sum((1, 2)) / mass
        return torch.cat([torch.stack([x, y], 1) / 64, torch.zeros(len(x), 62)], 1)

    def predict(self, z, action):
        return torch.cat([z[:, :2] + action / 4, z[:, 2:]], 1)

    def infer_action(self, z, z_next):
        return (z_next - z)[:, :2] * 4


class Constant(Truth):
    """A fully collapsed model."""

    def encode(self, observation):
        return torch.zeros(len(observation), 64)

    def predict(self, z, action):
        return z

    def infer_action(self, z, z_next):
        return torch.zeros(len(z), 2)


def test_the_report_of_perfect_latents_and_of_none():
    split = split_by_state(make_world("single_dot"), seed=0)
    perfect, dead = (collapse_report(kind(ModelConfig()), split, num_transitions=500) for kind in (Truth, Constant))
    assert perfect.inverse_over_variance < 1e-9 and perfect.forward_loss < 1e-9
    assert perfect.evr_true_dim == pytest.approx(1) and min(perfect.probe_r2.values()) > 0.9999
    assert dead.inverse_over_variance == pytest.approx(1, abs=0.02) and dead.total_variance == 0
    assert max(dead.probe_r2.values()) < 0.01 and dead.forward_loss == 0


def test_a_report_prints_in_one_line_tabulates_and_is_valid_json():
    report = collapse_report(WorldModel(ModelConfig(action_dim=0)), split_by_state(make_world("sprite_none"), seed=0))
    assert "\n" not in repr(report) and "theta" in repr(report)
    assert list(report.table().columns) == ["value", "if collapsed", "ideal"]
    text = json.dumps(report.to_dict(), allow_nan=False)
    assert json.loads(text)["inverse_over_variance"] is None
    assert set(report.probe_r2) == {"x", "y", "theta"}

"""Projections of latents: claims proved here.

- PCA equals scikit-learn's and places new points exactly; UMAP and t-SNE keep two far clusters apart.
- A stored projection is reused without fitting anything; its key changes with any setting and any latent.
- New points land beside their neighbours, and the stored picture does not move; UMAP places as a
  fitted umap-learn does.
- Scores equal scikit-learn's or a count: 1 for an isometry, about chance for a random picture.
- Unusable latents, settings and stored files are one clear error each; pictures of several runs can be aligned.
"""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from smwm_lab import viz
from smwm_lab.errors import InputError
from smwm_lab.probes import (
    PcaConfig,
    TsneConfig,
    UmapConfig,
    aligned_sequence,
    project,
    projection_scores,
)
from smwm_lab.probes.projection import methods
from smwm_lab.probes.projection.projection import projection_key


RANDOM = np.random.default_rng(0)
LATENTS = RANDOM.normal(size=(60, 6)) + np.repeat([[0.0], [12.0]], 30, axis=0)
"""Two clusters."""
SETTINGS = {
    "pca": PcaConfig(),
    "umap": UmapConfig(num_neighbours=8),
    "tsne": TsneConfig(perplexity=8),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A folder with the three projections in it."""
    folder = tmp_path_factory.mktemp("projections")
    for settings in SETTINGS.values():
        project(LATENTS, settings, store=folder)
    return folder


def separation(points: np.ndarray) -> float:
    """Gap between the means of the two clusters over their largest radius."""
    halves = points[:30], points[30:]
    radius = max(np.linalg.norm(half - half.mean(0), axis=1).max() for half in halves)
    return float(np.linalg.norm(halves[0].mean(0) - halves[1].mean(0)) / radius)


def never(*_):
    raise AssertionError("fitted again")


@pytest.mark.parametrize("dim", [2, 3])
def test_pca_equals_scikit_learn_and_places_exactly(dim):
    projection, new = project(LATENTS, PcaConfig(dim=dim)), RANDOM.normal(size=(5, 6))
    oracle = PCA(dim).fit(LATENTS)
    assert np.allclose(projection.points, oracle.transform(LATENTS))
    assert np.allclose(projection.transform(new), oracle.transform(new))
    assert np.allclose(projection.transform(LATENTS), projection.points)


@pytest.mark.parametrize("name", SETTINGS)
def test_two_clusters_stay_apart_and_a_stored_projection_is_not_fitted_again(name, store, monkeypatch):
    monkeypatch.setattr(type(SETTINGS[name]), "fit", never)
    projection = project(LATENTS, SETTINGS[name], store=store)
    assert projection.points.shape == (60, 2) and np.isfinite(projection.points).all()
    assert separation(projection.points) > 2 and projection.trustworthiness > 0.8
    assert projection_scores(LATENTS, projection.points) == pytest.approx(
        (projection.trustworthiness, projection.neighbourhood_preservation)
    )
    assert "\n" not in repr(projection) and "60 x 6 -> 2" in repr(projection)
    with pytest.raises(AssertionError, match="fitted again"):
        project(LATENTS + 1e-9, SETTINGS[name], store=store)


@pytest.mark.parametrize("name", SETTINGS)
def test_new_points_land_beside_their_neighbours_and_the_picture_stays(name, store):
    projection = project(LATENTS, SETTINGS[name], store=store)
    before = projection.points.copy()
    placed = projection.transform(LATENTS[[3, 40]] + 1e-6)
    assert np.array_equal(projection.points, before)
    centres = before[:30].mean(0), before[30:].mean(0)
    for point, own, other in ((placed[0], *centres), (placed[1], *centres[::-1])):
        assert np.linalg.norm(point - own) < 0.5 * np.linalg.norm(point - other)
    with pytest.raises(InputError, match=r"shape \(2, 5\).*allowed: \(m, 6\)"):
        projection.transform(LATENTS[:2, :5])
    with pytest.raises(InputError, match="nan at row 0, column 0"):
        projection.transform(np.full((2, 6), np.nan))


def test_umap_places_as_a_fitted_umap_learn_does_also_among_equal_latents():
    settings, new = SETTINGS["umap"], LATENTS[:7] + 0.1
    doubled = np.vstack([LATENTS, LATENTS[:12]])
    for latents in (LATENTS, doubled):
        fitted = settings._estimator().fit(latents)
        placed = settings.place(latents, fitted.embedding_.astype(np.float64), new)
        apart = np.linalg.norm(placed - fitted.transform(new), axis=1) / np.ptp(fitted.embedding_)
        # the layout is a chaotic descent: a last digit of another processor may move one point a little further
        assert np.median(apart) < 0.01 and apart.max() < 0.15


def test_tsne_places_a_known_latent_on_its_point(store):
    projection = project(LATENTS, SETTINGS["tsne"], store=store)
    assert np.allclose(projection.transform(LATENTS[:5]), projection.points[:5], atol=1e-6)


def test_the_key_changes_with_every_setting_and_any_latent():
    kinds = [
        PcaConfig(),
        PcaConfig(dim=3),
        UmapConfig(),
        UmapConfig(dim=3),
        UmapConfig(num_neighbours=16),
        UmapConfig(min_dist=0.2),
        UmapConfig(seed=1),
        TsneConfig(),
        TsneConfig(dim=3),
        TsneConfig(perplexity=31),
        TsneConfig(seed=1),
    ]
    changed = LATENTS.copy()
    changed[59, 5] += 1e-9
    clouds = [LATENTS, changed, LATENTS[:59], LATENTS[::-1], LATENTS.reshape(30, 12)]
    keys = [projection_key(latents, kind) for kind in kinds for latents in clouds]
    assert len(set(keys)) == len(kinds) * len(clouds)
    assert projection_key(LATENTS[:, ::1].copy(order="F"), kinds[0]) == keys[0], "memory order is no content"


def test_a_projection_can_be_stored_without_pickle_and_a_damaged_one_is_an_error(tmp_path):
    project(LATENTS, store=tmp_path)
    (file,) = tmp_path.iterdir()
    with np.load(file) as stored:  # numpy refuses pickled content by default
        assert stored["points"].shape == (60, 2) and '"dim": 2' in str(stored["settings"])
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="is damaged.*delete the file"):
        project(LATENTS, store=tmp_path)
    file.write_bytes(whole)
    other = project(LATENTS[:50], store=tmp_path)
    (stranger,) = set(tmp_path.iterdir()) - {file}
    file.write_bytes(stranger.read_bytes())
    with pytest.raises(InputError, match="not what its name says"):
        project(LATENTS, store=tmp_path)
    assert other.points.shape == (50, 2)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(InputError, match="cannot write"):
        project(LATENTS, store=blocked / "store")


def test_scores_are_one_for_an_isometry_and_chance_for_a_random_picture():
    points = RANDOM.normal(size=(200, 2))
    turn, _ = np.linalg.qr(RANDOM.normal(size=(2, 2)))
    assert projection_scores(points @ turn * 3, points) == pytest.approx((1, 1))
    noise = RANDOM.normal(size=(200, 2))
    trust, kept = projection_scores(points, noise)
    assert trust == pytest.approx(trustworthiness(points, noise, n_neighbors=15))
    assert 0.4 < trust < 0.6 and kept == pytest.approx(15 / 199, abs=0.03)
    with pytest.raises(InputError, match="200 latents and 9 points"):
        projection_scores(points, points[:9])


def spoiled(value: float) -> np.ndarray:
    latents = LATENTS.copy()
    latents[7, 2] = value
    return latents


def flat(columns: list[int]) -> np.ndarray:
    latents = LATENTS.copy()
    latents[:, columns] = 0.25
    return latents


@pytest.mark.parametrize(
    ("latents", "settings", "message"),
    [
        (spoiled(np.nan), PcaConfig(), "nan at row 7, column 2 .1 in all"),
        (spoiled(-np.inf), UmapConfig(), "-inf at row 7, column 2"),
        (flat([1, 4]), PcaConfig(), r"2 of 6 columns .* constant \(1, 4\); drop them"),
        (flat(list(range(6))), PcaConfig(), "collapsed model"),
        (LATENTS[:, :1], PcaConfig(dim=3), "1 dimension.s., the view 3"),
        (LATENTS[:, :2], TsneConfig(dim=3, perplexity=5), "2 dimension.s., the view 3"),
        (LATENTS[:10], UmapConfig(), "10 latents are too few for UmapConfig; allowed: 16"),
        (LATENTS, TsneConfig(perplexity=30), "60 latents are too few for TsneConfig; allowed: 92"),
        (LATENTS[:3], PcaConfig(), "3 latents are too few"),
        (LATENTS[0], PcaConfig(), r"shape \(6,\)"),
    ],
)
def test_unusable_latents_are_one_clear_error(latents, settings, message):
    with pytest.raises(InputError, match=message) as caught:
        project(latents, settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (PcaConfig, {"dim": 4}),
        (UmapConfig, {"dim": 1}),
        (UmapConfig, {"num_neighbours": 1}),
        (UmapConfig, {"min_dist": 2.0}),
        (TsneConfig, {"perplexity": 0.5}),
        (TsneConfig, {"seed": -1}),
    ],
)
def test_unusable_settings_are_one_clear_error(kind, values):
    with pytest.raises(InputError, match="allowed"):
        kind(**values)


def test_pictures_of_several_runs_are_aligned_and_their_sizes_too_if_asked():
    points = RANDOM.normal(size=(20, 3))
    turn, _ = np.linalg.qr(RANDOM.normal(size=(3, 3)))
    film = aligned_sequence([5 * points @ turn + 2, points @ turn - 1, points], scaled=True)
    assert all(np.allclose(cloud, points) for cloud in film)
    assert np.allclose(aligned_sequence([points @ turn, points])[0], points)


def test_each_picture_is_turned_onto_the_next_not_onto_the_last():
    """On a line to turn is to flip: the first fits the second as it is (product 3) and the last only flipped (-3)."""
    film = [np.array(points)[:, None] for points in ([-1.0, 2, -1], [1.0, 1, -2], [2.0, -1, -1])]
    turned = aligned_sequence(list(film))
    assert all(np.allclose(after, before) for after, before in zip(turned, film, strict=True))


def test_figures_show_the_points_with_their_scores(store):
    flat_pictures = {name: project(LATENTS, settings, store=store) for name, settings in SETTINGS.items()}
    solid = project(LATENTS, PcaConfig(dim=3))
    figure = viz.plot_projections(flat_pictures | {"solid": solid}, LATENTS[:, 0], label="first, px")
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    assert np.allclose(figure.axes[0].collections[0].get_offsets(), flat_pictures["pca"].points)
    assert f"T {flat_pictures['pca'].trustworthiness:.2f}" in figure.axes[0].get_title()
    with pytest.raises(InputError, match="60 points, colour 3 values"):
        viz.plot_projections(flat_pictures, LATENTS[:3, 0], label="x")


def test_umap_is_imported_only_when_used():
    assert not hasattr(methods, "umap") and not hasattr(methods, "UMAP")


def test_a_flipped_bit_in_a_stored_projection_is_noticed(tmp_path):
    project(LATENTS, store=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for place in np.random.default_rng(0).integers(len(whole), size=60):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(InputError, match="is damaged or not what its name says; delete the file"):
            project(LATENTS, store=tmp_path)


def test_umap_leaves_torch_its_threads():
    """Else a training that follows runs in other threads, with other bits, than one that came before."""
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        project(np.random.default_rng(0).normal(size=(40, 3)), UmapConfig(num_neighbours=5))
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)

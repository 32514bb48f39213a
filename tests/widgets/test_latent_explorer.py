"""LatentExplorer: claims proved here.

- Every control, moved over its whole range, changes the numbers and the figure as its label says.
- Hover, click and lasso on the map do what the mouse means; a selection is a DataFrame of the selected rows.
- UMAP and t-SNE lie over PCA; projections glide in an event loop and end exactly where they should.
- UMAP and t-SNE are made while the explorer stays usable, one after the other; what is left is kept.
- Bad input is one clear error; in the widget it lands in the status line, and the controls go back.
- It explores a run of any world, and refuses a split of another.
- The exported page holds states to the last bit: moments of one minute, as Unix times, stay apart.
- A `decode` that fails, or paints images of another shape, NaN or 0 to 255, is one clear error at once.
"""

import asyncio
import base64
import gzip
import re
import threading
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from plotly.callbacks import InputDeviceState, Points

from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.files import asset
from smwm_lab.probes import AlignedProjections, DecoderConfig, LatentTable, PcaConfig, fit_decoder, project
from smwm_lab.training import fit, preset_config
from smwm_lab.widgets import LatentExplorer
from smwm_lab.widgets.latent_explorer.figure import POINTS, marks, trace_named
from smwm_lab.widgets.latent_explorer.histograms import bar_edges, bar_heights, histograms_svg
from smwm_lab.widgets.latent_explorer.live_projection import LiveProjection, glide
from smwm_lab.worlds import make_world


N = 120
RANDOM = np.random.default_rng(0)
STATES = pd.DataFrame({"x": np.arange(N), "turn": RANDOM.uniform(0, 2 * np.pi, N), "fixed": 1.0})
LATENTS = np.stack([STATES["x"] / 10, np.cos(STATES["turn"]), np.sin(STATES["turn"]), RANDOM.normal(size=N)], 1)
IMAGES = RANDOM.integers(0, 256, (N, 3, 8, 8), dtype=np.uint8)


def explorer(**options) -> LatentExplorer:
    return LatentExplorer.from_arrays(LATENTS, STATES, IMAGES, units={"x": "px", "turn": "rad"}, **options)


@pytest.fixture(scope="module")
def run():
    return fit(preset_config("distractor", "smoke"))


def hover(shown: LatentExplorer, row: int, dim: int = 2) -> None:
    trace = trace_named(shown.live.figure, POINTS, dim)
    trace._dispatch_on_hover(Points(point_inds=[row]), InputDeviceState())


def test_every_control_moves_over_its_whole_range():
    shown = explorer()
    for row in (0, N // 2, N - 1):
        shown.row.value = row
        assert f"point {row}: x {row} px" in shown.words.value
        ring = shown.live.figure.layout.shapes[-1]
        assert (ring.xanchor, ring.yanchor) == pytest.approx(tuple(shown.live.points[row]))
    for name in shown.traversal.options:
        shown.traversal.value = name
        assert shown.step.index == len(shown.step.options) // 2
        for step in range(len(shown.step.options)):
            shown.step.index = step
            assert shown.session.step == step
            assert shown.strip.value.count("outline:4px") == 1
    for name in STATES:
        shown.colour.value = name
        assert shown.live.figure.layout.coloraxis.colorbar.title.text.startswith(name)
        assert np.array_equal(shown.live.figure.data[0].marker.color, shown.session.colour(name)[0])
    for name in shown.projection.options:
        for _, dim in shown.view.options:
            shown.projection.value, shown.view.value = name, dim
            assert not shown.has_error
            trace, points = trace_named(shown.live.figure, POINTS, dim), shown.session.projections.get(name, dim).points
            assert trace.visible and np.allclose(trace.x, points[:, 0], atol=1e-4)
            assert shown.live.figure.layout.title.text.startswith(f"{name}: trustworthiness")


def test_a_range_selects_rows_and_the_views_follow():
    shown = explorer()
    shown.keep.value = (10, 29)
    chosen = list(range(10, 30))
    assert shown.selection["x"].tolist() == chosen and shown.selection.index.tolist() == chosen
    assert list(shown.live.figure.data[0].selectedpoints) == chosen
    assert "mean of 20 selected" in shown.mean.value and "20 selected" in shown.status.value
    shown.view.value = 3
    deep = trace_named(shown.live.figure, "selected", 3)
    assert len(deep.x) == 20 and trace_named(shown.live.figure, POINTS, 3).marker.opacity < 0.5
    shown.clear.click()
    assert len(shown.selection) == 0 and shown.keep.value == (0, N - 1)
    assert trace_named(shown.live.figure, POINTS, 3).marker.opacity == 1


def test_turning_the_points_in_space_selects_none():
    """plotly calls the press that begins a turn a click on the point below the mouse."""
    shown = explorer()
    shown.view.value = 3
    deep = trace_named(shown.live.figure, POINTS, 3)
    deep._dispatch_on_hover(Points(point_inds=[7]), InputDeviceState())
    assert "point 7" in shown.words.value
    deep._dispatch_on_click(Points(point_inds=[9]), InputDeviceState())
    assert shown.row.value == 0
    page = asset("smwm_lab.widgets.latent_explorer", "page.js")
    assert "shown.dim === 2" in page.split('"plotly_click"')[1].splitlines()[1], "nor does it on the page"


def test_a_new_colour_spans_its_own_range_and_keeps_the_selection():
    shown = explorer()
    shown.keep.value = (10, 29)
    shown.colour.value = "turn"
    assert shown.keep.value == pytest.approx((STATES["turn"].min(), STATES["turn"].max()))
    assert len(shown.selection) == 20
    shown.colour.value = "fixed"
    assert shown.keep.value == (1, 1) and not shown.has_error


def test_the_mouse_looks_goes_and_selects():
    shown = explorer()
    hover(shown, 7)
    assert "point 7" in shown.observation.value and shown.row.value == 0
    trace = shown.live.figure.data[0]
    trace._dispatch_on_click(Points(point_inds=[9]), InputDeviceState())
    assert shown.row.value == 9
    trace._dispatch_on_click(Points(point_inds=[]), InputDeviceState())
    assert shown.row.value == 9, "a click elsewhere says nothing about points"
    trace._dispatch_on_selection(Points(point_inds=[3, 5]), None)
    assert shown.selection.index.tolist() == [3, 5]
    trace._dispatch_on_deselect(Points(point_inds=[]))
    assert len(shown.selection) == 0


def test_the_mean_and_the_nearest_are_those_of_numpy():
    table = LatentTable.of(LATENTS, STATES, IMAGES)
    rows = np.array([1, 4, 80])
    assert np.array_equal(table.mean_observation(rows, chunk=2), np.rint(IMAGES[rows].mean(0)).astype(np.uint8))
    probes = LATENTS[rows] + 1e-4
    distances = np.linalg.norm(LATENTS[None] - probes[:, None], axis=2)
    assert table.nearest(probes).tolist() == distances.argmin(1).tolist() == rows.tolist()


def test_umap_and_tsne_lie_over_pca():
    projections = AlignedProjections(LATENTS)
    pca = projections.get("PCA", 2).points
    assert np.allclose(pca, project(LATENTS, PcaConfig()).points)
    for name in ("UMAP", "t-SNE"):
        points = projections.get(name, 2).points
        cross = (points - points.mean(0)).T @ (pca - pca.mean(0))
        assert np.allclose(cross, cross.T, atol=1e-6 * np.abs(cross).max()), "a turn would bring it nearer"
        assert np.linalg.eigvalsh(cross).min() >= 0


def test_projections_glide_and_end_where_they_should():
    start, end = np.zeros((N, 2)), RANDOM.normal(size=(N, 2))
    frames = glide(start, end, 5)
    assert np.array_equal(frames[-1], end)
    assert np.all(np.diff([np.abs(frame).sum() for frame in frames]) > 0)

    async def shown() -> LiveProjection:
        live = LiveProjection(start + 1.0, np.arange(N), label="x", cyclic=False, title="", path=np.arange(3), step=1)
        live.show_projection(end * 9, "on the way")
        await asyncio.sleep(0.1)
        live.show_projection(end, "there")
        assert live.figure.layout.title.text == "" and not np.allclose(live.figure.data[0].x, end[:, 0])
        await asyncio.sleep(0.8)
        return live

    live = asyncio.run(shown())
    assert np.allclose(live.figure.data[0].x, end[:, 0], atol=1e-6) and live.figure.layout.title.text == "there"


async def until(holds: Callable[[], bool]) -> None:
    """Let the event loop run until something holds."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def slow_umap(monkeypatch, error: Exception | None = None) -> threading.Event:
    """Let UMAP wait for the event that is returned, and then be PCA or fail."""
    gate, quick = threading.Event(), AlignedProjections._project

    def slow(self, name, dim):
        if name == "UMAP":
            assert gate.wait(60)
            if error is not None:
                raise error
        return quick(self, "PCA", dim)

    monkeypatch.setattr(AlignedProjections, "_project", slow)
    return gate


def test_a_projection_is_made_while_the_explorer_stays_usable_and_can_be_left(monkeypatch):
    gate = slow_umap(monkeypatch)

    async def used() -> None:
        shown = explorer()
        title = shown.live.figure.layout.title
        shown.projection.value = "UMAP"
        assert f"making UMAP of {N} latents, 0 s" in shown.status.value and not shown.cancel.disabled
        await until(lambda: f"making UMAP of {N} latents, 1 s" in shown.status.value)
        assert title.text.startswith("PCA: "), "not ahead of the points"
        shown.row.value = 5
        assert "point 5" in shown.words.value
        shown.cancel.click()
        assert shown.projection.value == "PCA" and shown.cancel.disabled and "PCA stays" in shown.status.value
        shown.projection.value = "t-SNE"
        assert f"making UMAP of {N}" in shown.status.value, "one after the other"
        gate.set()
        await until(lambda: title.text.startswith("t-SNE: "))
        assert shown.cancel.disabled and "selected" in shown.status.value
        assert set(shown.session.projections.made(2)) == {"PCA", "UMAP", "t-SNE"}, "what was left is kept"
        shown.projection.value = "UMAP"
        assert "making" not in shown.status.value
        await until(lambda: title.text.startswith("UMAP: "))

    asyncio.run(used())


def test_a_picture_waits_for_the_projection_that_is_being_made(monkeypatch):
    gate = slow_umap(monkeypatch)

    async def used() -> None:
        shown = explorer()
        shown.projection.value = "UMAP"
        assert "making UMAP" in shown.status.value
        threading.Timer(0.2, gate.set).start()
        assert any(axes.get_title().startswith("UMAP: ") for axes in shown.snapshot().axes)
        assert "making" not in shown.status.value and shown.cancel.disabled
        await until(lambda: shown.live.figure.layout.title.text.startswith("UMAP: "))

    asyncio.run(used())


def test_a_projection_that_cannot_be_made_is_named_and_the_menus_go_back(monkeypatch):
    gate = slow_umap(monkeypatch, InputError("no UMAP today"))

    async def used() -> None:
        shown = explorer()
        shown.view.value = 3
        shown.projection.value = "UMAP"
        gate.set()
        await until(lambda: shown.has_error)
        assert "no UMAP today" in shown.status.value and shown.cancel.disabled
        assert (shown.projection.value, shown.view.value) == ("PCA", 3)

    asyncio.run(used())


def test_nothing_is_changed_while_a_browser_sets_the_map_up(monkeypatch):
    sent = []
    for name in ("restyle", "relayout", "update"):
        monkeypatch.setattr(f"plotly.basewidget.BaseFigureWidget._send_{name}_msg", lambda *_, **__: sent.append(1))
    shown = explorer()
    assert not sent and len(shown.live.figure.layout.shapes) == 1 + len(shown.step.options) + 1
    shown.row.value = 3
    assert sent


def test_bars_cover_all_rows_and_no_whole_number_twice():
    column = np.arange(28.0)
    edges = bar_edges(column)
    assert np.histogram(column, edges)[0].sum() == 28 and len(set(np.histogram(column, edges)[0])) == 1
    everything, picked = bar_heights(column, np.array([0, 1]), edges)
    assert everything.tolist() == [1.0] * 14 and picked.tolist() == [1.0] + [0.0] * 13
    text = histograms_svg({"a<b": column}, np.array([], int), {"a<b": "a<b, px"})
    assert "a&lt;b, px" in text and text.count("<path") == 2


def test_the_marks_show_path_step_and_row():
    points = np.arange(8.0).reshape(4, 2)
    line, *discs = marks(points, 3, np.array([0, 2]), 1)
    assert line["path"] == "M0,1L4,5"
    assert [disc["x1"] for disc in discs] == [5, 9, 12] and discs[-1]["xanchor"] == 6.0


BAD = {
    "NaN": (np.where(np.arange(N)[:, None] == 3, np.nan, LATENTS), STATES, IMAGES, "row 3, column 0"),
    "infinity": (np.where(np.arange(N)[:, None] == 3, np.inf, LATENTS), STATES, IMAGES, "finite numbers"),
    "constant": (LATENTS * [1, 1, 0, 1], STATES, IMAGES, "1 of 4 columns of the latents are constant"),
    "few rows": (LATENTS[:3], STATES[:3], IMAGES[:3], "too few"),
    "one number": (LATENTS[:, :1], STATES, IMAGES, "plot 1-D latents as a histogram"),
    "flat latents": (LATENTS[:, 0], STATES, IMAGES, "allowed: \\(rows, columns\\)"),
    "states": (LATENTS, STATES[:-1], IMAGES, "120 latents and 119 rows of states"),
    "moments": (LATENTS, STATES.assign(name=pd.Timestamp("2026-01-01")), IMAGES, "state column 'name' holds"),
    "gap": (LATENTS, STATES.assign(x=np.nan), IMAGES, "state column 'x'"),
    "images": (LATENTS, STATES, IMAGES[:-1], "120 latents and 119 images"),
    "floats": (LATENTS, STATES, IMAGES / 255, "allowed: uint8"),
    "channels last": (LATENTS, STATES, np.moveaxis(IMAGES, 1, -1), "channels first"),
    "no states": (LATENTS, STATES[[]], IMAGES, "no columns"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_error(name):
    latents, states, images, message = BAD[name]
    with pytest.raises(InputError, match=message) as caught:
        LatentExplorer.from_arrays(latents, states, images)
    assert "\n" not in str(caught.value)


def test_a_view_that_cannot_be_goes_back_and_says_why():
    shown = LatentExplorer.from_arrays(LATENTS[:, :2], STATES)
    shown.view.value = 3
    assert shown.has_error and "the view 3" in shown.status.value and shown.view.value == 2
    shown.row.value = 5
    assert not shown.has_error and "point 5" in shown.words.value


def test_an_explorer_without_images_shows_states():
    shown = LatentExplorer.from_arrays(LATENTS, STATES)
    hover(shown, 7)
    assert "point 7" in shown.words.value and shown.observation.value == ""
    assert "nearest is point" in shown.strip.value
    assert isinstance(shown.snapshot(), Figure)


def test_a_run_is_explored_with_its_actions_and_decoder(run):
    split = split_by_state(run.world, seed=0)
    decoder, _ = fit_decoder(run.model, split, config=DecoderConfig(budget=64), num_states=64, num_held_out=16)
    shown = LatentExplorer.from_run(run, num_states=200, decoder=decoder)
    assert list(shown.traversal.options)[-2:] == ["red_dx", "red_dy"]
    assert "decoded" in shown.strip.value and "nearest real" in shown.strip.value
    row = 17
    state = shown.session.table.states.iloc[row]
    frame = shown.session.table.observation(row)
    assert (frame[:, int(state["red_y"]), int(state["red_x"])] == [255, 0, 0]).all()
    bundle = shown._repr_mimebundle_()
    assert bundle["image/png"].startswith(b"\x89PNG") and "LatentTable(200 x 64" in bundle["text/plain"]


def test_the_exported_page_holds_states_to_the_last_bit(tmp_path):
    moments = pd.DataFrame({"time": 1_764_200_000.0 + np.arange(60), "share": np.linspace(0, 1, 60)})
    page = LatentExplorer.from_arrays(LATENTS[:60], moments).to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    packed = re.search(r'id="states">([^<]*)</script>', page)[1]
    states = np.frombuffer(gzip.decompress(base64.b64decode(packed)), "<f8").reshape(2, 60)
    assert np.array_equal(states, moments.to_numpy().T) and len(set(states[0])) == 60


@pytest.mark.parametrize(
    ("decode", "message"),
    [
        (lambda z: np.zeros((len(z), 8, 8, 3)), r"shape \(9, 8, 8, 3\); allowed: \(9, 3, n, m\)"),
        (lambda z: np.full((len(z), 3, 8, 8), np.nan), "hold NaN or are far from"),
        (lambda z: np.full((len(z), 3, 8, 8), 255.0), "far from .0, 1.; allowed: numbers from 0 to 1"),
        (lambda z: z[:, 99], r"decode fails on latents \(9, 4\) \(IndexError: .*; mend it"),
    ],
)
def test_a_decode_that_paints_no_images_is_one_clear_error(decode, message):
    with pytest.raises(InputError, match=message) as caught:
        explorer(decode=decode)
    assert "\n" not in str(caught.value)


def test_a_split_of_another_world_is_refused(run):
    other = split_by_state(make_world("single_dot"), seed=0)
    with pytest.raises(InputError, match="is not the one this model was trained with"):
        LatentExplorer.from_run(run, num_states=50, split=other)

"""What the exported page of LatentExplorer holds. Claims proved here:

- All of 20,000 points are on it, in less than 5 MB; coordinates are right to a fraction of a pixel.
- As many observations as fit are on it, and it says how many; numbers that do not fit leave points away, evenly.
- Words are on it with the colours of the widget.
"""

import base64
import gzip
import json
import re

import numpy as np
import pandas as pd

from smwm_lab.widgets import LatentExplorer
from smwm_lab.widgets.latent_explorer import page as module
from smwm_lab.widgets.latent_explorer.page import page_body, pictured_rows
from smwm_lab.widgets.shared.panel import MAX_BYTES


N = 200
RANDOM = np.random.default_rng(4)
LATENTS = RANDOM.normal(size=(N, 3))
STATES = pd.DataFrame({"x": RANDOM.normal(size=N), "kind": [f"kind {i % 9}" for i in range(N)]})
IMAGES = RANDOM.integers(0, 256, (N, 3, 8, 8), dtype=np.uint8)


def packed(body: str, name: str, dtype: str) -> np.ndarray:
    text = re.search(rf'id="{name}">([^<]*)</script>', body)[1]
    return np.frombuffer(gzip.decompress(base64.b64decode(text)), dtype)


def plan(body: str) -> dict:
    return json.loads(re.search(r'id="plan">([^<]*)</script>', body)[1])


def test_twenty_thousand_points_are_on_the_page_to_a_fraction_of_a_pixel():
    latents = RANDOM.normal(size=(20_000, 3))
    states = pd.DataFrame(RANDOM.normal(size=(20_000, 4)), columns=list("abcd"))
    shown = LatentExplorer.from_arrays(latents, states)
    body = page_body(shown.session, "a")
    rows, values = packed(body, "rows", "<u4"), packed(body, "states", "<f8").reshape(4, -1)
    assert np.array_equal(rows, np.arange(20_000)) and np.array_equal(values.T, states.to_numpy())
    made, ranges = shown.session.projections.get("PCA", 2).points, plan(body)["ranges"][0]
    low, high = np.array(ranges["low"]), np.array(ranges["high"])
    points = low + packed(body, "points", "<u2").reshape(2, -1).T / 65535 * (high - low)
    assert np.abs(points - made).max() <= np.ptp(made, axis=0).max() / 65535
    assert plan(body)["traces"][0]["marker"]["size"] == shown.live.figure.data[0].marker.size == 4
    assert len(body) < MAX_BYTES and "20,000 points of a latent" in body


def test_observations_that_do_not_fit_are_left_away_and_counted(monkeypatch):
    shown = LatentExplorer.from_arrays(LATENTS, STATES, IMAGES)
    assert len(plan(page_body(shown.session, "x"))["pictured"]) == N
    monkeypatch.setattr(module, "SHEET_BYTES", 8000)
    places, sheet = pictured_rows(shown.session.table, np.arange(0, N, 2))
    assert 2 < len(places) < N / 2 and len(sheet) <= 8000 and (places[0], places[-1]) == (0, N // 2 - 1)
    body = page_body(shown.session, "x")
    held = plan(body)["pictured"]
    assert f"{N} points of a latent" in body and f"{len(held)} of them have an image here" in body and len(held) < N


def test_points_that_do_not_fit_are_left_away_evenly(monkeypatch):
    shown = LatentExplorer.from_arrays(LATENTS, STATES)
    monkeypatch.setattr(module, "NUMBER_BYTES", 3000)
    body = page_body(shown.session, "x")
    rows = packed(body, "rows", "<u4")
    assert 10 < len(rows) < N and (rows[0], rows[-1]) == (0, N - 1) and np.ptp(np.diff(rows)) <= 1
    assert f"{len(rows)} of {N} points" in body
    assert np.array_equal(packed(body, "states", "<f8"), STATES["x"].to_numpy()[rows])


def test_words_are_on_the_page_with_their_colours():
    shown = LatentExplorer.from_arrays(LATENTS, STATES)
    body = page_body(shown.session, "kind")
    words = json.loads(packed(body, "words-of", "u1").tobytes())["kind"]
    assert [words["names"][i] for i in words["rows"]] == STATES["kind"].tolist()
    [column] = plan(body)["words"]
    ticks = column["coloraxis"]["colorbar"]["ticktext"]
    codes = packed(body, "codes", "u1")
    assert len(ticks) == 7 and ticks[-1] == "3 others"
    assert all(ticks[code] in (kind, "3 others") for code, kind in zip(codes, STATES["kind"], strict=True))
    assert '<option value="1" selected>kind</option>' in body

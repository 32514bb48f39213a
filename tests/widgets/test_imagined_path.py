"""Imagined against real on the map of LatentExplorer. Claims proved here:

- The real path is the encoding of what the world shows, the imagined one the model's rollout, for the same actions.
- The gap between them is told per step, in words, against the typical distance between two latents.
- Both are drawn where the projection puts those latents: flat, in space, on a canvas, in the snapshot, on the page.
- They follow the chosen row and the projection; latents without a world say that there is nothing to follow.
"""

import json
import re

import numpy as np
import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.probes.inputs.encode import encode_states, to_numpy
from smwm_lab.seeding import generator
from smwm_lab.training import fit, preset_config
from smwm_lab.widgets import LatentExplorer
from smwm_lab.widgets.latent_explorer.figure import IMAGINED, REAL, trace_named
from smwm_lab.widgets.latent_explorer.imagined_path import ImaginedPath, Imagining
from smwm_lab.widgets.latent_explorer.imagined_view import NONE


@pytest.fixture(scope="module")
def small_run():
    return fit(preset_config("distractor", "smoke"))


@pytest.fixture
def followed(small_run) -> LatentExplorer:
    """An explorer that follows random actions from row 5."""
    shown = LatentExplorer.from_run(small_run, num_states=60)
    shown.row.value = 5
    shown.imagined.actions.value = "random"
    shown.imagined.steps.value = 4
    assert not shown.has_error
    return shown


def test_both_paths_are_what_world_and_model_make_of_the_same_actions(small_run, followed):
    world, model = small_run.world, small_run.model
    states = followed.session.table.frames.states
    found = Imagining(model, world, states).follow(5, "red_dx -1", num_steps=3, seed=2)
    actions = torch.tensor([[-1.0, 0.0]] * 3)
    state, stream, seen = states[5:6], generator(2, "real path"), [states[5:6]]
    for action in actions:
        state = world.step(state, action[None], stream).state
        seen.append(state)
    real = encode_states(model, world, torch.cat(seen))
    assert np.allclose(found.real, to_numpy(real), atol=1e-5) and len(found.real) == 4
    model.eval()
    with torch.no_grad():
        assert np.allclose(found.imagined, to_numpy(model.rollout(real[:1], actions[None])[0]), atol=1e-5)
    assert found.gaps[0] == 0 and (found.gaps[1:] > 0).all()
    assert len(followed.imagined.actions.options) == 2 + 2 * world.spec.action_dim
    with pytest.raises(InputError, match="allowed"):
        Imagining(model, world, states).follow(5, "upwards", num_steps=3)


def test_gaps_are_told_per_step_in_words():
    real = np.array([[0.0, 0], [3, 4], [6, 8]])
    exact = ImaginedPath(real, real.copy())
    assert exact.gaps.tolist() == [0, 0, 0] and "1: 0%, 2: 0%. The real latent ends 50% of that" in exact.describe(20.0)
    behind = ImaginedPath(real, np.array([[0.0, 0], [3, 4], [3, 4]]))
    assert "1: 0%, 2: 25%" in behind.describe(20.0)


def test_the_lines_lie_where_the_projection_puts_their_latents(followed):
    path = followed.session.imagined()
    centred = path.real - followed.session.table.latents.mean(0)
    flat = followed.live.journey
    assert [each.shape for each in flat] == [(5, 2)] * 2 and np.allclose(flat[0][0], flat[1][0])
    assert np.allclose(flat[0][0], followed.live.points[5], atol=1e-3), "they start at the row"
    assert np.linalg.norm(centred, axis=1).max() >= np.linalg.norm(flat[0], axis=1).max() - 1e-6
    lines = [shape for shape in followed.live.figure.layout.shapes if shape.type == "path"]
    assert len(lines) == 3 and lines[-1].line.dash == "dash"
    before = followed.imagined.words.value
    assert "4: " in before and "dashed: imagined" in before
    followed.row.value = 9
    assert followed.imagined.words.value != before
    assert np.allclose(followed.live.journey[0][0], followed.live.points[9], atol=1e-3)
    followed.view.value = 3
    for name, points in zip((REAL, IMAGINED), followed.session.imagined_points("PCA", 3), strict=True):
        assert np.allclose(trace_named(followed.live.figure, name, 3).z, points[:, 2], atol=1e-4)
    followed.view.value = 2
    followed.projection.value = "t-SNE"
    assert "nearest latents" in followed.imagined.words.value
    assert np.allclose(followed.live.journey[0][0], followed.live.points[9], atol=1e-2)
    assert len(followed.snapshot().axes[0].get_legend().get_texts()) == 2
    followed.imagined.actions.value = NONE
    assert followed.live.journey == () and followed.snapshot().axes[0].get_legend() is None
    assert not followed.has_error


def test_the_page_has_the_lines_on_every_projection(followed, tmp_path):
    followed.view.value = 3
    page = followed.to_html(tmp_path / "imagined.html").read_text(encoding="utf-8")
    plan = json.loads(re.search(r'id="plan">(.*?)</script>', page)[1])
    flat, deep = plan["projections"]
    assert sum(shape["type"] == "path" for shape in flat["shapes"]) == 2 and set(deep["lines"]) == {REAL, IMAGINED}
    assert "Black: real; pink, dashed: imagined." in page


def test_a_canvas_draws_them_too(small_run, monkeypatch):
    monkeypatch.setattr("smwm_lab.widgets.latent_explorer.widget.MOST_IN_PLOTLY", 50)
    shown = LatentExplorer.from_run(small_run, num_states=60)
    shown.imagined.actions.value = "red_dx +1"
    drawn = shown.live.lines
    assert len(drawn) == 3 and np.allclose(drawn[2]["x"], shown.live.journey[1][:, 0])


def test_latents_without_a_world_say_that_nothing_can_be_followed():
    shown = LatentExplorer.from_arrays(np.random.default_rng(0).normal(size=(40, 3)))
    assert "not available" in shown.imagined.words.value
    assert all(control.disabled for control in shown.imagined.controls.children)

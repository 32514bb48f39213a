"""What a live page is made of, without a browser: claims proved here.

- The plane is that of the principal directions, and cloud, directions and distances from it give the latents back.
- The probe as one matrix reads what the fitted probe reads; its states are not those it is judged on.
- A page is one file below 5 MB that loads nothing; other worlds' runs, worlds that cannot be drawn and pages that would
  be too large are one clear line, and nothing is written.
- The runs of a page are the paper's method, the same without the inverse term, and SIGReg; what lacks is said.
"""

import json

import numpy as np
import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.live import configs_at_hand, live_configs, live_page, load_runs, page, unpack_model, what_is_missing
from smwm_lab.live.pack import pack_model
from smwm_lab.live.reference import describe_run, draw_reference_states
from smwm_lab.live.runs import LABELS, ON_TRAJECTORIES
from smwm_lab.models import WorldModel
from smwm_lab.probes import encode_states, linear_readout, to_numpy
from smwm_lab.runner.pages import external_references
from smwm_lab.training import Run, load_or_fit, preset_config
from smwm_lab.worlds import World, make_world


SMALL = {"num_train": 100, "num_held_out": 20}


@pytest.fixture(scope="module")
def run() -> Run:
    return load_or_fit(preset_config("sprite_xy", "smoke"))


@pytest.fixture
def small(monkeypatch):
    """Pages with few reference states: what they hold is another test's claim."""
    monkeypatch.setattr(
        page, "draw_reference_states", lambda split, seed: draw_reference_states(split, seed=seed, **SMALL)
    )


@pytest.fixture(scope="module")
def described(run):
    states = draw_reference_states(run.split, seed=1, **SMALL)
    return (
        states,
        describe_run(run.model, run.world, states),
        to_numpy(encode_states(run.model, run.world, states.training)),
    )


def test_plane_and_cloud_are_those_of_the_principal_directions(described):
    _, facts, z = described
    plane = facts["plane"]
    mean, directions, points = (np.array(plane[name]) for name in ("mean", "directions", "points"))
    assert np.allclose(mean, z.mean(0)) and np.allclose(directions @ directions.T, np.eye(2))
    variances = np.linalg.eigvalsh(np.cov(z.T, bias=True))[::-1]
    assert np.allclose(points.var(0), variances[:2], rtol=1e-4)
    assert np.allclose(plane["share"], variances[:2] / variances.sum(), rtol=1e-4)
    assert facts["spread"] == pytest.approx(np.sqrt(variances.sum()))
    away = np.linalg.norm(z - mean - points @ directions, axis=1)
    assert np.allclose(plane["residual"], away, atol=1e-5)


def test_the_matrix_reads_what_the_fitted_probe_reads(described, run):
    states, facts, z = described
    probe = facts["probe"]
    wanted = np.hstack([to_numpy(run.world.targets(states.training)[name]) for name in run.world.spec.state_names])
    fitted = linear_readout().fit(z, wanted).predict(z)
    read = (z - np.array(probe["mean"])) @ np.array(probe["weights"]).T + np.array(probe["bias"])
    assert np.allclose(read, fitted, atol=1e-6)
    assert probe["rows"] == {"x": [0], "y": [1], "theta": [2, 3]} and set(probe["r2"]) == {"x", "y", "theta"}


def test_the_probe_is_judged_on_states_that_it_and_the_model_never_saw(described, run):
    states, _, _ = described
    assert bool(run.split.is_training(states.training).all()) and bool(run.split.is_held_out(states.held_out).all())
    with pytest.raises(InputError, match="num_train = 2 is out of range"):
        draw_reference_states(run.split, num_train=2)


def test_a_page_is_one_small_file_that_loads_nothing(run, small, tmp_path):
    made = live_page("sprite_xy", {"first": run, "second": run}, tmp_path / "page.html", seed=3, note="a line & more")
    text = made.path.read_text(encoding="utf-8")
    assert len(text.encode()) == made.num_bytes <= page.MAX_BYTES and list(made.spread) == ["first", "second"]
    assert not external_references(text) and "a line &amp; more" in text
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    facts = json.loads(text.split('id="facts">')[1].split("</script>")[0])
    assert [each["label"] for each in facts["runs"]] == ["first", "second"]
    assert facts["world"]["blueprint"] == json.loads(json.dumps(make_world("sprite_xy").blueprint()))


def test_what_a_page_says_of_a_run_is_measured_with_the_weights_that_it_has(run, small, monkeypatch, tmp_path):
    judged = []
    monkeypatch.setattr(page, "describe_run", lambda model, world, states: judged.append(model) or {"spread": 0.0})
    live_page("sprite_xy", {"first": run}, tmp_path / "page.html")
    [model] = judged
    rounded: WorldModel = unpack_model(pack_model(run.model))
    pairs = zip(model.state_dict().values(), rounded.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_what_cannot_become_a_page_is_one_line_and_no_file(run, small, monkeypatch, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("the page before")
    with pytest.raises(InputError, match="run 'other' is of another world than sprite_x; allowed: runs of sprite_x"):
        live_page("sprite_x", {"other": run}, path)
    with pytest.raises(InputError, match="runs are empty"):
        live_page("sprite_xy", {}, path)
    with pytest.raises(InputError, match="world = 'mars' is unknown"):
        live_page("mars", {"other": run}, path)
    monkeypatch.setattr(page, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match=r"the page would have [\d,]+ bytes; allowed: 1,000"):
        live_page("sprite_xy", {"first": run}, path)
    assert path.read_text() == "the page before" and len(list(tmp_path.iterdir())) == 1


def test_a_world_without_a_blueprint_says_so_before_anything_is_trained(monkeypatch):
    monkeypatch.setattr(type(make_world("single_dot")), "blueprint", World.blueprint)
    with pytest.raises(InputError, match="a DotWorld has no blueprint, so no page can draw it"):
        live_configs("single_dot", "smoke")


def test_the_runs_of_a_page_are_three_objectives_and_the_planning_run_where_it_is(tmp_path, monkeypatch):
    configs = live_configs("single_dot")
    assert list(configs) == [*LABELS.values(), ON_TRAJECTORIES], "all of them come with the project"
    assert [config.objective.weights.get("inverse") for config in configs.values()] == [10.0, None, None, 10.0]
    assert configs[LABELS["sigreg"]].objective.weights["sigreg"] == 0.09
    assert configs_at_hand(configs) == configs
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    fresh = live_configs("single_dot", "smoke", seed=5)
    assert list(fresh) == list(LABELS.values()) and configs_at_hand(fresh) == {}
    first = {LABELS["inverse"]: fresh[LABELS["inverse"]]}
    assert list(load_runs(first)) == list(first) and configs_at_hand(fresh) == first
    note = what_is_missing("single_dot", fresh, first)
    assert LABELS["none"] in note and LABELS["inverse"] not in note and "smwm-lab live single_dot" in note
    assert what_is_missing("single_dot", fresh, fresh) == ""
    with pytest.raises(InputError, match="sprite_none has no actions"):
        live_configs("sprite_none")

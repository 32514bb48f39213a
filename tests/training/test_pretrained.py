"""The trained runs that come with the project: claims proved here.

- data/runs holds exactly the runs of the list, each whole by its checksums and small, in float16.
- `load_or_fit` finds each of them without training.
- Each shows on held-out states what a model of its world must show.
- `ship` takes what is there, makes what is missing, refuses unknown names, and removes what left the list only when
  asked to; folders of others it never touches.
"""

import math
import shutil

import pytest
import torch
from safetensors import safe_open

from smwm_lab import paths
from smwm_lab.cli import main
from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.probes import CollapseReport, collapse_report, encode_states, knn_readout, to_numpy
from smwm_lab.probes.inputs.checks import draw_probe_states
from smwm_lab.training import fit, list_runs, load_or_fit, load_run, preset_config, pretrained, shipped_configs


CONFIGS = shipped_configs()
KEPT = {
    "single_dot": {"red_x", "red_y"},
    "independent": {"red_x", "red_y", "green_x", "green_y"},
    "coupled": set(),  # the mean of the pair, or one of it
    "distractor": {"red_x", "red_y"},
    "combined": {"blue_x", "blue_y", "yellow_x", "yellow_y"},
    "sprite_x": {"x"},
    "sprite_xy": {"x", "y"},
    "sprite_xyt": {"x", "y"},  # and the angle, but not to a linear probe: see below
}
"""Run -> what its latent must tell a linear probe."""
DEAD = ("single_dot_collapsed", "sprite_none")
LARGEST_BYTES = 1_000_000


def folder(name: str):
    return paths.shipped_runs_dir() / CONFIGS[name].fingerprint()


@pytest.fixture(scope="module")
def reports() -> dict[str, CollapseReport]:
    found = {}
    for name in CONFIGS:
        found[name] = collapse_report(load_run(folder(name)), num_transitions=1000)
    return found


def test_the_folder_holds_exactly_the_list():
    assert {run.name for run in list_runs(paths.shipped_runs_dir())} == {c.fingerprint() for c in CONFIGS.values()}
    assert set(KEPT) | set(DEAD) <= set(CONFIGS)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_run_is_whole_small_and_what_the_list_says(name):
    run = load_run(folder(name))  # checks every hash
    assert run.config == CONFIGS[name] and run.manifest["transitions"] == run.config.num_steps * run.config.batch_size
    assert sorted(p.name for p in run.path.iterdir()) == [
        "config.json",
        "manifest.json",
        "metrics.csv",
        "weights.safetensors",
    ]
    assert sum(p.stat().st_size for p in run.path.iterdir()) < LARGEST_BYTES
    with safe_open(run.path / "weights.safetensors", framework="pt") as file:
        assert {file.get_tensor(key).dtype for key in file.keys()} == {torch.float16}


def test_they_are_found_without_training(tmp_path):
    for config in CONFIGS.values():
        assert load_or_fit(config, cache=tmp_path).path.parent == paths.shipped_runs_dir()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", KEPT)
def test_what_actions_change_is_kept(reports, name):
    report = reports[name]
    assert report.inverse_over_variance < (0.05 if name == "sprite_xyt" else 0.03)
    assert report.total_variance > 0.5
    for component in KEPT[name]:
        assert report.probe_r2[component] > 0.95, component


def test_the_angle_is_kept_on_a_bent_ring():
    """Neighbours in the latent have the same angle; no plane of the latent shows a circle."""
    run = load_run(folder("sprite_xyt"))
    drawn = draw_probe_states(split_by_state(run.world, seed=0), num_train=3000, num_test=500, seed=0)
    z, held_out = (to_numpy(encode_states(run.model, run.world, side)) for side in (drawn.training, drawn.held_out))
    guess = knn_readout().fit(z, drawn.targets["theta"]).predict(held_out)
    truth = drawn.held_out_targets["theta"]
    assert 1 - ((guess - truth) ** 2).sum() / ((truth - truth.mean(0)) ** 2).sum() > 0.95


def test_what_no_action_changes_is_gone_or_small(reports):
    assert max(reports["distractor"].probe_r2[f"green_{axis}"] for axis in "xy") < 0.1
    assert max(reports["combined"].probe_r2[f"magenta_{axis}"] for axis in "xy") < 0.1
    assert reports["sprite_x"].probe_r2["theta"] < 0.6 and reports["sprite_xy"].probe_r2["theta"] < 0.6


def test_without_an_inverse_term_or_without_actions_the_latent_is_a_point(reports):
    alive = reports["single_dot"].total_variance
    assert reports["single_dot_collapsed"].inverse_over_variance > 0.9
    assert math.isnan(reports["sprite_none"].inverse_over_variance)
    for name in DEAD:
        assert reports[name].total_variance < 1e-4 * alive


@pytest.fixture
def short_list(monkeypatch, tmp_path):
    """A list of one run of 64 transitions, shipped to a folder of its own."""
    config = preset_config("single_dot", "smoke", budget=64)
    monkeypatch.setattr(pretrained, "shipped_configs", lambda: {"short": config})
    monkeypatch.setattr(paths, "shipped_runs_dir", lambda: tmp_path / "runs")
    return config


def test_ship_makes_what_is_missing_and_keeps_what_is_there(short_list):
    made = pretrained.ship("short")
    stamp = (made.path / "manifest.json").stat().st_mtime_ns
    assert made.path == paths.shipped_runs_dir() / short_list.fingerprint()
    assert pretrained.ship("short").path == made.path and (made.path / "manifest.json").stat().st_mtime_ns == stamp
    shutil.rmtree(made.path)
    assert pretrained.ship("short").manifest["sha256"] == made.manifest["sha256"], "made again, it is the same"


def test_a_run_that_left_the_list_is_removed_when_asked_and_nothing_else(short_list, tmp_path, capsys):
    kept = pretrained.ship("short").path
    left = fit(short_list.replace(seed=1), out=kept.with_name(short_list.replace(seed=1).fingerprint())).path
    shutil.copytree(left, kept.with_name("my_run"))
    shutil.copytree(left, kept.with_name("0123456789abcdef"))
    annotated = fit(short_list.replace(seed=2), out=kept.with_name(short_list.replace(seed=2).fingerprint())).path
    (annotated / "notes.txt").write_text("mine")
    (kept.parent / "notes").mkdir()
    (kept.parent / "notes" / "config.json").write_text("{}")
    before = sorted(path.name for path in kept.parent.rglob("*"))
    main(["ship"])
    assert f"{left} is no longer in the list" in capsys.readouterr().err
    assert sorted(path.name for path in kept.parent.rglob("*")) == before, "nothing is removed unasked"
    main(["ship", "--prune"])
    assert f"removed {left}" in capsys.readouterr().err and not left.exists()
    theirs = {"my_run", "0123456789abcdef", annotated.name, "notes"}
    assert {path.name for path in kept.parent.iterdir()} == {kept.name, *theirs}


def test_an_unknown_name_is_one_clear_line(capsys):
    with pytest.raises(InputError, match="run = 'dot' is unknown; allowed: single_dot"):
        pretrained.ship("dot")
    with pytest.raises(SystemExit) as stop:
        main(["ship", "dot"])
    error = capsys.readouterr().err
    assert stop.value.code == 2 and error.count("\n") == 1 and "NAMES = 'dot' is unknown" in error


def test_the_command_names_every_run_and_its_folder(short_list, capsys):
    main(["ship"])
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("short  ") == 1 and short_list.fingerprint() in shown.err

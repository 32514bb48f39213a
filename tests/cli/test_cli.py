"""The command line: what it prints where, and what it answers to bad input.

- `--json` puts one object on stdout and nothing else; the keys of `train --json` are the agreed ones.
- Everything a person can get wrong is one line on stderr that names value and remedy, with exit status 2.
- `train --out` continues, reports again, or refuses.
- A run that ends collapsed or on its plateau is one warning on stderr, and status 1 with `--strict`.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import call

import smwm_lab.cli
from smwm_lab import paths
from smwm_lab.training import preset_config


TRAIN_KEYS = {
    "world",
    "preset",
    "seed",
    "transitions",
    "seconds",
    "device",
    "inverse_over_variance",
    "forward_loss",
    "total_variance",
    "evr_true_dim",
    "elbow",
    "eigen_entropy_rank",
    "effective_rank",
    "participation_ratio",
    "probe_r2",
    "verdict",
    "inverse_over_variance_by_action",
    "inverse_floor",
    "run",
}


def test_train_prints_one_json_object_and_reports_the_same_run_again(capsys, tmp_path):
    arguments = ("train", "distractor", "--preset", "smoke", "--seed", 5, "--json", "--out", tmp_path / "run")
    status, out, err = call(capsys, *arguments)
    facts = json.loads(out)
    assert status == 0 and out.count("\n") == 1 and TRAIN_KEYS <= set(facts)
    assert (facts["world"], facts["preset"], facts["seed"], facts["transitions"]) == ("distractor", "smoke", 5, 512)
    assert set(facts["probe_r2"]) == {"red_x", "red_y", "green_x", "green_y"}
    assert "distractor (smoke)" in err
    assert json.loads(call(capsys, *arguments)[1]) == facts


def test_report_gives_what_train_gave(capsys, tmp_path):
    trained = json.loads(
        call(capsys, "train", "single_dot", "--preset", "smoke", "--json", "--out", tmp_path / "run")[1]
    )
    reported = json.loads(call(capsys, "report", tmp_path / "run", "--json")[1])
    assert reported == {key: trained[key] for key in reported}


def test_budget_and_inverse_weight_reach_the_run(capsys, tmp_path):
    arguments = ("--preset", "smoke", "--budget", 64, "--inverse-weight", 0, "--json", "--out", tmp_path / "run")
    assert json.loads(call(capsys, "train", "single_dot", *arguments)[1])["transitions"] == 64
    stored = json.loads((tmp_path / "run" / "config.json").read_text())
    assert stored["objective"]["weights"] == {"forward": 1.0, "inverse_probe": 1.0}


def test_a_run_without_the_inverse_term_is_called_collapsed(capsys, tmp_path):
    arguments = ("--preset", "smoke", "--inverse-weight", 0, "--json", "--out", tmp_path / "run")
    status, out, err = call(capsys, "train", "single_dot", *arguments)
    facts, last = json.loads(out), err.splitlines()[-1]
    assert status == 0 and facts["verdict"] == "collapsed" and facts["inverse_floor"] < 0.05
    assert set(facts["inverse_over_variance_by_action"]) == {"red_dx", "red_dy"}
    assert last.startswith(
        "warning: the run is collapsed: its inverse model does not read red_dx, red_dy (L_inv/Var(a) "
    )
    assert last.endswith("give the inverse term a weight above 0") and err.count("warning: ") == 1
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert {key: manifest[key] for key in ("verdict", "inverse_over_variance_by_action", "inverse_floor")} == {
        key: facts[key] for key in ("verdict", "inverse_over_variance_by_action", "inverse_floor")
    }
    assert call(capsys, "report", tmp_path / "run", "--strict")[0] == 1
    assert call(capsys, "train", "single_dot", *arguments, "--strict")[:2] == (1, out)


def test_a_run_that_ends_on_its_plateau_says_so(capsys, tmp_path):
    _, _, err = call(capsys, "train", "single_dot", "--preset", "smoke", "--budget", 64, "--out", tmp_path / "run")
    assert "warning: after 64 transitions the run is still on its plateau: its inverse model does not read" in err


def test_a_trained_run_is_healthy_and_has_no_warning(capsys):
    run = paths.shipped_runs_dir() / preset_config("single_dot").fingerprint()
    status, out, err = call(capsys, "report", run, "--strict", "--json")
    assert status == 0 and json.loads(out)["verdict"] == "healthy" and "warning" not in err


def test_a_world_without_actions_gives_valid_json(capsys, tmp_path):
    _, out, _ = call(capsys, "train", "sprite_none", "--preset", "smoke", "--json", "--out", tmp_path / "run")
    facts = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert facts["inverse_over_variance"] is None and facts["verdict"] is None and facts["inverse_floor"] is None


@pytest.mark.parametrize("manifest", ["[]", '{"sha256": null}', '{"sha256": {}}', "not json"])
def test_a_strange_manifest_is_one_clear_line(capsys, tmp_path, manifest):
    call(capsys, "train", "single_dot", "--preset", "smoke", "--out", tmp_path / "run")
    (tmp_path / "run" / "manifest.json").write_text(manifest)
    status, out, err = call(capsys, "report", tmp_path / "run")
    assert status == 2 and out == "" and err.count("\n") == 1 and "delete the folder and train anew" in err


def test_runs_lists_finished_unfinished_and_damaged_runs(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    call(capsys, "train", "single_dot", "--preset", "smoke", "--out", tmp_path / "good")
    call(capsys, "train", "single_dot", "--preset", "smoke", "--out", tmp_path / "bad")
    call(capsys, "train", "single_dot", "--preset", "smoke", "--out", tmp_path / "half")
    (tmp_path / "bad" / "weights.safetensors").write_bytes(b"")
    (tmp_path / "half" / "manifest.json").unlink()
    rows = {row["run"]: row for row in json.loads(call(capsys, "runs", "--json")[1])["runs"]}
    assert rows[str(tmp_path / "good")]["state"] == "finished"
    assert rows[str(tmp_path / "half")]["state"] == "unfinished"
    assert rows[str(tmp_path / "bad")]["state"].startswith("damaged")
    assert rows[str(tmp_path / "good")]["world"] == "single_dot"
    assert rows[str(tmp_path / "good")]["verdict"] in ("healthy", "partly", "collapsed")
    assert rows[str(tmp_path / "half")]["verdict"] is None


BAD = [
    (("train", "mars"), "world = 'mars' is unknown; allowed: single_dot"),
    (("train", "single_dot", "--preset", "huge"), "preset = 'huge' is unknown; allowed: smoke, quick, paper"),
    (("train", "single_dot", "--inverse-weight", "-1"), "weight of inverse = -1.0 is out of range; allowed: 0"),
    (("train", "single_dot", "--inverse-weight", "nan"), "weight of inverse = nan is out of range"),
    (("train", "single_dot", "--seed", "x"), "'x' is not a valid integer"),
    (("train", "single_dot", "--seed", "-1"), "seed = -1 is out of range"),
    (("train", "single_dot", "--budget", "1"), "budget = 1 is out of range"),
    (("train", "single_dot", "--budget", "0"), "budget = 0 is out of range"),
    (("train", "single_dot", "--device", "abacus"), "device = 'abacus' is not there; allowed: auto, cpu"),
    (("train", "single_dot", "--device", "cuda:99"), "device = 'cuda:99' is not there; allowed: auto, cpu"),
    (("train", "single_dot", "--colour", "red"), "No such option '--colour'"),
    (("train",), "Missing argument 'WORLD'"),
    (("report", "nowhere"), "run nowhere is not a folder"),
    (("fly",), "No such command 'fly'"),
    (("bench", "sleep"), "NAME = 'sleep' is unknown; allowed: render_dots"),
    (("notebooks", "99_nothing"), "99_nothing"),
    (("notebooks", "00", "-p", "colour=1"), "colour"),
    (("notebooks", "00", "-p", "seed"), "'seed' is not of the form NAME=VALUE"),
    (("notebooks", "00", "--preset", "huge"), "preset = 'huge' is unknown"),
    (("notebooks", "00", "-p", 'preset="huge"'), "preset = 'huge' is unknown"),
    (("notebooks", "00", "-p", "seed=-1"), "seed = -1 is out of range"),
    (("notebooks", "00", "--in-place", "--jobs", "2"), "--jobs cannot be combined with --in-place"),
    (("notebooks", "00", "--jobs", "0"), "jobs = 0"),
    (("report", "n" * 300), "is not a folder"),
    (("train", "single_dot", "--preset", "smoke", "--out", "n" * 300), "choose another folder"),
    (("train", "single_dot", "--device", "privateuseone"), "device = 'privateuseone' is not there"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_is_one_clear_line_and_status_2(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(capsys, *arguments)
    assert status == 2 and out == ""
    assert err.count("\n") == 1 and message in err, err
    assert list(tmp_path.iterdir()) == [], "something was written"


def test_an_output_folder_that_cannot_be_written_is_refused(capsys, tmp_path):
    (tmp_path / "file").write_text("kept")
    for command in (("train", "single_dot", "--preset", "smoke"), ("notebooks", "00", "--preset", "smoke")):
        status, _, err = call(capsys, *command, "--out", tmp_path / "file" / "below")
        assert status == 2 and err.splitlines()[-1].startswith("smwm-lab: ") and "choose another folder" in err
    assert (tmp_path / "file").read_text() == "kept"


def test_run_is_another_name_of_notebooks(capsys):
    asked = [call(capsys, name, "99_nothing") for name in ("notebooks", "run")]
    assert asked[0] == asked[1] and "notebook '99_nothing' does not exist" in asked[0][2]


def test_the_help_lists_every_command_and_imports_no_torch():
    code = "import sys; sys.argv[1:] = ['--help']\ntry: import smwm_lab.__main__\nexcept SystemExit: pass\n"
    code += "sys.exit(bool({'torch', 'matplotlib', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    listed = {line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line}
    files = {path.stem for path in Path(smwm_lab.cli.__file__).parent.glob("*.py")}
    assert listed == files - {"__init__", "options", "output", "simulated", "trained"}


def test_a_world_of_the_current_folder_can_be_named(capsys, tmp_path, monkeypatch):
    """As with python -m: package.module:World is looked for in the current folder too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(tmp_path)])
    status, _, err = call(capsys, "train", "nowhere.module:World")
    assert status == 2 and err.count("\n") == 1 and sys.path[0] == str(tmp_path)


def test_no_arguments_print_the_help(capsys):
    status, out, err = call(capsys)
    assert status == 2 and "Commands:" in err + out

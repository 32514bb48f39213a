"""Claims about the commands: a simulator is recorded, learned and planned in by name; what does not fit is told."""

import json

import h5py
import pytest
from needed import invoke, simulator

from smwm_lab.data.recordings import open_recording
from smwm_lab.planning.evaluation.simulated import SimulatedProtocol
from smwm_lab.training import load_run


TINY = "tiny:Bead"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run on six recorded episodes of the bead, and the folder it lies in."""
    folder = tmp_path_factory.mktemp("bead")
    how = ("--episodes", "6", "--side", "16", "--preset", "smoke", "--json", "--out", folder / "run")
    told = json.loads(invoke("train", TINY, *how))
    assert told["run"] == str(folder / "run") and "x" in told["probe_r2"]
    return folder


def test_a_simulator_is_recorded_by_name(tmp_path):
    simulator("reacher")
    out = tmp_path / "r.h5"
    how = ("--episodes", "2", "--max-steps", "20", "--side", "16", "--near-home", "0.2", "--out", out)
    invoke("data", "collect", "reacher", *how)
    recording = open_recording(out)
    assert recording.made["options"] == {"near_home": 0.2} and len(recording) == 10
    assert "for simulators" in invoke("data", "collect", "single_dot", *how, status=2)


@pytest.mark.parametrize(("planner", "replan"), [("inverse", "token"), ("cem", "token")])
def test_a_run_on_its_recording_plans_in_the_simulator(trained, planner, replan):
    manifest = trained / "tasks.json"
    how = ("--run", trained / "run", "--planner", planner, "--replan", replan, "--manifest", manifest, "--json")
    how = (*how, "--hold", "2")
    told = json.loads(invoke("plan", TINY, "--tasks", "3", *how))
    assert told["tasks"] == 3 and told["ceiling"] == 1.0 and told["goal_offset"] == 25
    assert "not the protocol" in told["protocol"]["label"] and told["protocol"]["budget"] == 50
    assert told["protocol"]["hold"] == 2
    assert told["manifest"] == {"file": str(manifest), "hash": json.loads(manifest.read_text())["hash"]}


@pytest.mark.parametrize("history", [1, 3])
def test_without_a_run_one_is_recorded_and_trained(history, tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    how = ("--preset", "smoke", "--planner", "cem", "--replan", "plan", "--history", history, "--tasks", "2", "--json")
    told = json.loads(invoke("plan", TINY, *how))
    assert told["history"] == history and told["preset"] == "smoke" and told["protocol"]["replan"] == "plan"
    assert load_run(told["run"]).model.past_frames == history - 1
    again = json.loads(invoke("plan", TINY, *how))
    assert again["run"] == told["run"] and again["success"] == told["success"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("train", "--history", "99"), "history = 99 is out of range"),
        (("train", "--widening", "3"), "widening = 3.0 is out of range"),
        (("train", "--preset", "slow"), "preset = 'slow' is unknown"),
        (("train", "--encoder", "nothing"), "encoder = 'nothing' is unknown"),
        (("train", "--device", "moon"), "moon"),
        (("train", "--inverse-weight", "-1"), "-1"),
        (("plan", "--history", "99"), "history = 99 is out of range"),
        (("plan", "--preset", "slow"), "preset = 'slow' is unknown"),
        (("plan", "--hold", "51"), "hold = 51 is out of range; allowed: 1 to 50"),
    ],
)
def test_what_no_run_can_have_is_told_before_anything_is_recorded(options, message, tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    command, *rest = options
    assert message in invoke(command, TINY, *rest, status=2)
    assert not any(tmp_path.rglob("*.h5"))


def test_the_protocols_are_told_apart():
    paper = SimulatedProtocol.of("cem", None)
    assert paper.replan == "plan" and paper.agent.search.receding_horizon == paper.agent.search.horizon == 5
    assert (paper.agent.search.solver.num_samples, paper.agent.search.cost.terminal) == (300, 1.0)
    token = SimulatedProtocol.of("cem", "token").agent.search
    assert (token.horizon, token.solver.num_samples, token.solver.num_iterations) == (1, 64, 8)
    assert SimulatedProtocol.of("inverse", None).replan == "token"


def test_what_does_not_fit_is_one_line(trained, tmp_path):
    run = ("--run", trained / "run")
    for arguments, message in (
        ((TINY, *run, "--history", "3"), "leave it out beside --run"),
        ((TINY, *run, "--planner", "inverse", "--replan", "plan"), "one action at a time"),
        ((TINY, *run, "--replan", "never"), "replan = 'never' is unknown"),
        ((TINY, *run, "--planner", "landmarks"), "planner = 'landmarks' is unknown"),
        (("reacher", *run), "was trained on tiny:Bead, not on a recording of reacher"),
        (("single_dot", "--replan", "plan"), "--replan plan is for simulators"),
        (("single_dot", "--history", "3"), "--history 3 is for simulators"),
        ((TINY, *run, "--goal-offset", "50"), "25 steps away"),
    ):
        if arguments[0] == "reacher":
            simulator("reacher")
        assert message in invoke("plan", *arguments, status=2)


def test_a_run_whose_recording_does_not_know_the_range_of_actions_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    out = tmp_path / "old.h5"
    invoke("data", "collect", TINY, "--episodes", "6", "--side", "16", "--out", out)
    with h5py.File(out, "r+") as file:
        about = json.loads(file.attrs["smwm_lab"])
        del about["action_range"]
        file.attrs["smwm_lab"] = json.dumps(about)
    invoke("train", out, "--preset", "smoke", "--json", "--out", tmp_path / "run")
    assert "record tiny:Bead anew" in invoke("plan", TINY, "--run", tmp_path / "run", status=2)

"""`smwm-lab plan`: what it prints, what it uses, and what it answers to bad input.

- `--json` is one object with the agreed keys; the same call gives the same result and the same run.
- Every planner of the list runs on a run trained on walks, shipped, cached or named.
- Bad input is one line on stderr with status 2, before anything is trained.
"""

import json

import pytest
from command_line import call

from smwm_lab.errors import InputError
from smwm_lab.planning import PLANNERS
from smwm_lab.planning.control import tasks
from smwm_lab.seeding import stream_seed


PLAN_KEYS = {
    "world",
    "planner",
    "seed",
    "tasks",
    "goal_offset",
    "success",
    "interval",
    "floor",
    "ceiling",
    "skill",
    "solved_at_reset",
    "steps_to_goal",
    "distance_left",
    "plan_seconds_per_decision",
    "run",
}


def test_plan_prints_one_json_object_and_uses_the_same_run_again(capsys):
    arguments = ("plan", "single_dot", "--preset", "smoke", "--planner", "inverse", "--tasks", 5, "--seed", 3, "--json")
    status, out, err = call(capsys, *arguments)
    facts = json.loads(out)
    assert status == 0 and out.count("\n") == 1 and PLAN_KEYS <= set(facts)
    assert (facts["world"], facts["planner"], facts["seed"], facts["tasks"]) == ("single_dot", "inverse", 3, 5)
    assert facts["ceiling"] == 1 and facts["goal_offset"] is None and "inverse: " in err
    again = json.loads(call(capsys, *arguments)[1])
    timed = {key for key in facts if "seconds" in key}
    assert {k: v for k, v in again.items() if k not in timed} == {k: v for k, v in facts.items() if k not in timed}
    named = json.loads(call(capsys, *arguments, "--run", facts["run"])[1])
    assert named["run"] == facts["run"] and named["success"] == facts["success"]


@pytest.mark.parametrize("planner", [name for name in PLANNERS if name not in ("cem", "oracle")])
def test_every_planner_runs(capsys, planner):
    status, out, err = call(
        capsys, "plan", "single_dot", "--preset", "smoke", "--planner", planner, "--tasks", 2, "--seed", 3, "--json"
    )
    assert status == 0, err
    assert json.loads(out)["planner"] == planner


def test_a_goal_offset_gives_goals_of_episodes(capsys):
    facts = json.loads(
        call(
            capsys,
            "plan",
            "single_dot",
            "--preset",
            "smoke",
            "--planner",
            "inverse",
            "--tasks",
            3,
            "--goal-offset",
            4,
            "--seed",
            3,
            "--json",
        )[1]
    )
    assert facts["goal_offset"] == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mars",), "world = 'mars' is unknown; allowed: single_dot"),
        (("single_dot", "--planner", "fly"), "planner = 'fly' is unknown; allowed: cem, icem, mppi"),
        (("single_dot", "--tasks", "0"), "tasks = 0 is out of range; allowed: 1"),
        (("single_dot", "--goal-offset", "99"), "goal_offset = 99 is longer than any episode; allowed: 1 to 20"),
        (("single_dot", "--goal-offset", "0"), "goal_offset = 0 is out of range; allowed: 1 to"),
        (("single_dot", "--preset", "huge"), "preset = 'huge' is unknown"),
        (("single_dot", "--run", "nowhere"), "run nowhere is not a folder"),
        (("single_dot", "--device", "abacus"), "device = 'abacus' is not there"),
        (("single_dot", "--seed", "-1"), "seed = -1 is out of range"),
        (("sprite_none",), "sprite_none has no actions, so there is nothing to plan"),
        (("single_dot", "--horizon", "3"), "No such option '--horizon'"),
    ],
)
def test_bad_input_is_one_clear_line_and_nothing_is_trained(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path / "cache"))
    status, out, err = call(capsys, "plan", *arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and message in err, err
    assert list(tmp_path.iterdir()) == []


def test_tasks_are_drawn_from_the_seed(capsys, monkeypatch):
    drawn = []

    def refuse(*_, generator, **__):
        drawn.append(generator.initial_seed())
        raise InputError("seen")

    monkeypatch.setattr(tasks, "held_out_tasks", refuse)
    for seed in (3, 4):
        assert call(capsys, "plan", "single_dot", "--preset", "smoke", "--seed", seed)[0] == 2
    assert drawn == [stream_seed(seed, "planning tasks") for seed in (3, 4)]


def test_a_run_of_another_world_or_without_walks_is_refused(capsys, tmp_path):
    call(capsys, "train", "single_dot", "--preset", "smoke", "--out", tmp_path / "pairs")
    for world, message in (("coupled", "is of another world than coupled"), ("single_dot", "was trained on pairs")):
        status, out, err = call(capsys, "plan", world, "--run", tmp_path / "pairs")
        assert status == 2 and out == "" and err.count("\n") == 1 and message in err

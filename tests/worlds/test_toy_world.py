"""A new world is one file: claims proved here.

- The world of toy_world.py is trained, reported, probed, explored, planned with and kept on disk through the library,
  though nothing in the library knows it; a behaviour policy that sees the state is used.
- The command line does the same with `toy_world:BeadWorld`, from the folder of the file.
- A run of an unknown world says in one line what to do.
"""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import toy_world
from toy_world import BeadConfig, BeadWorld

from smwm_lab.data import sample_states, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.planning import evaluate, held_out_tasks
from smwm_lab.probes import collapse_report, retention_report, structure_report, untrained_model
from smwm_lab.seeding import generator
from smwm_lab.training import fit, load_run, planning_config, preset_config
from smwm_lab.widgets import LatentExplorer, PlannerTheatre, ProbeBench, WorldPlayer
from smwm_lab.worlds import WORLDS, WorldEntry, WorldEnv, make_world, register_world, resolve_world, world_name


NAME = "toy_world:BeadWorld"
HERE = Path(toy_world.__file__).parent


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return fit(preset_config(NAME, "smoke"), out=tmp_path_factory.mktemp("runs") / "bead")


@pytest.fixture(scope="module")
def planning_run():
    return fit(planning_config(NAME, "smoke"))


def test_the_policy_sees_the_state():
    """Beads at the left are pushed to the right, those at the right to the left."""
    world = make_world(BeadConfig())
    state = torch.tensor([[3.0, 10.0]] * 500 + [[28.0, 10.0]] * 500)
    action = world.behaviour_action(state, generator(0, "policy"))
    assert action[:500].mean() > 0.2 and action[500:].mean() < -0.2
    starts = world.sample_transitions(4000, generator(0, "pairs"))
    assert torch.corrcoef(torch.stack([starts.state[:, 0], starts.action[:, 0]]))[0, 1] < -0.1


def test_a_run_is_kept_and_read_back(run):
    stored = json.loads((run.path / "config.json").read_text())
    assert stored["world"] == {"kind": "toy_world:BeadConfig", "side": 32, "reach": 6.0}
    again = load_run(run.path)
    assert again.config == run.config and isinstance(again.world, BeadWorld)
    assert world_name(run.config.world) == NAME


def test_probes_know_what_is_controlled(run):
    report = collapse_report(run, num_transitions=200)
    assert set(report.probe_r2) == {"x", "y"} and report.true_dim == 1
    kept = retention_report(run, untrained=untrained_model(run.config.model), num_train=200, num_test=100)
    assert set(kept.components) == {"x", "y"}
    measured = structure_report(run, num_transitions=200, horizon=2)
    assert measured.true_state.equivariance.per_step < measured.untrained.equivariance.per_step


def test_it_is_held_out_like_any_other(run):
    state = sample_states(run.split, 200, held_out=True, generator=generator(0, "held out"))
    assert not run.split.is_training(state).any()


def test_widgets_show_it(run, planning_run):
    explorer = LatentExplorer.from_run(run, num_states=60)
    bench = ProbeBench.from_run(run, num_train=120, num_test=60)
    player, theatre = WorldPlayer(make_world(BeadConfig())), PlannerTheatre.from_run(planning_run)
    for widget in (explorer, bench, player, theatre):
        assert widget.snapshot().axes
        widget.close()


@pytest.mark.parametrize("planner", ["cem", "inverse", "random"])
def test_planners_act_in_it(planning_run, planner):
    tasks = held_out_tasks(
        planning_run.split, 8, goal_offset=None, episode_length=20, generator=generator(0, "toy tasks")
    )
    measured = evaluate(planner, planning_run.model, tasks)
    assert measured.ceiling == 1.0 and 0 <= measured.success <= 1


def test_a_world_that_touches_its_walls_has_a_structure(run):
    """States without room for a step to either side are left out of the finite differences."""
    edge = copy.copy(run.world)
    edge.sample_state = lambda n, generator, *, anywhere=False: BeadWorld.sample_state(
        edge, n, generator, anywhere=True
    )
    measured = structure_report(untrained_model(run.config.model), split_by_state(edge, seed=0), num_transitions=200)
    assert np.isfinite(measured.model.conditioning.singular_values).all()


def test_it_is_an_environment():
    env = WorldEnv(make_world(BeadConfig()))
    assert env.reset(seed=0)[0].shape == (32, 32, 3)
    assert env.step(env.action_space.sample())[4]["state"].shape == (2,)


def test_it_can_be_registered_under_a_name():
    entry = register_world(WorldEntry(name="bead_for_a_test", config=BeadConfig(side=48), budget=1000))
    assert resolve_world("bead_for_a_test") is entry and WORLDS["bead_for_a_test"].side == 48
    assert preset_config("bead_for_a_test").budget == 1000
    assert register_world(entry) is entry  # again is no second world
    with pytest.raises(InputError, match="two worlds are called 'bead_for_a_test'"):
        register_world(WorldEntry(name="bead_for_a_test", config=BeadConfig(side=64)))


def command(*arguments: str, cwd: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SMWM_LAB_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "smwm_lab", *arguments], cwd=cwd, env=environment, capture_output=True, text=True
    )


def test_the_command_line_trains_reports_and_plans(tmp_path):
    trained = command("train", NAME, "--preset", "smoke", "--json", cwd=HERE, cache=tmp_path)
    assert trained.returncode == 0, trained.stderr
    facts = json.loads(trained.stdout)
    assert facts["world"] == NAME and set(facts["probe_r2"]) == {"x", "y"}
    planned = command("plan", NAME, "--preset", "smoke", "--tasks", "5", "--json", cwd=HERE, cache=tmp_path)
    assert planned.returncode == 0 and json.loads(planned.stdout)["ceiling"] == 1.0, planned.stderr
    reported = command("report", facts["run"], "--world", NAME, "--json", cwd=HERE, cache=tmp_path)
    assert reported.returncode == 0, reported.stderr
    assert json.loads(reported.stdout)["probe_r2"] == facts["probe_r2"]
    elsewhere = command("report", facts["run"], cwd=tmp_path, cache=tmp_path)
    assert elsewhere.returncode == 2
    assert "of the kind 'toy_world:BeadConfig'" in elsewhere.stderr and "--world" in elsewhere.stderr
    assert "Traceback" not in elsewhere.stderr and len(elsewhere.stderr.strip().splitlines()) == 1

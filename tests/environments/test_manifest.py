"""Claims about manifests: tasks are drawn once, come from one episode each, read back whole, and notice a change."""

import json

import numpy as np
import pytest
import torch
from tiny import Bead

from smwm_lab.environments import make_simulator
from smwm_lab.errors import InputError
from smwm_lab.planning.control.manifest import TaskManifest, make_manifest, manifest_at
from smwm_lab.worlds import make_world


def test_a_goal_is_the_state_25_steps_later_of_an_episode_that_the_seed_decides():
    manifest = make_manifest("tiny:Bead", 6, seed=5)
    assert manifest.goal_row == tuple(row + 25 for row in manifest.start_row)
    apart = np.array(manifest.goal) - np.array(manifest.start)
    assert (np.abs(apart[:, 0]) > Bead.facts.success_radius).all()  # none is solved at the start
    assert (np.abs(apart[:, 0] - 2.5 * np.array(manifest.start)[:, 1]) <= 3.25 + 1e-5).all()  # what 25 pushes reach
    assert make_manifest("tiny:Bead", 6, seed=5).hash == manifest.hash != make_manifest("tiny:Bead", 6, seed=6).hash
    assert len(set(manifest.episode)) == 6 and manifest.versions == Bead.facts.versions()
    tasks = manifest.tasks(make_world("tiny:Bead"), 4)
    assert (len(tasks), tasks.budget, tasks.goal_offset) == (4, 10, 25)
    assert torch.equal(tasks.start, torch.tensor(manifest.start[:4]))


def test_tasks_know_what_led_to_their_starts():
    manifest, world = make_manifest("tiny:Bead", 4, seed=5), make_world("tiny:Bead")
    before = manifest.tasks(world, 3).before
    assert before.states.shape == (3, 3, 2) and before.actions.shape == (3, 2, 5 * Bead.facts.action_dim)
    assert torch.equal(before.states[:, -1], torch.tensor(manifest.start[:3]))
    for token in range(2):  # the simulator goes the same way
        reached = world.step(before.states[:, token], before.actions[:, token], torch.Generator()).state
        assert torch.allclose(reached, before.states[:, token + 1], atol=1e-4)


def test_it_is_written_once_and_a_change_is_noticed(tmp_path):
    path = tmp_path / "deep" / "m.json"
    manifest = manifest_at(path, "tiny:Bead", 3, seed=0)
    assert TaskManifest.read(path).hash == manifest.hash == manifest_at(path, "tiny:Bead", 9, seed=4).hash
    with pytest.raises(InputError, match="written once"):
        manifest.write(path)
    values = json.loads(path.read_text())
    for change in ({"budget": 500}, {"kind": "notes"}, {"goal": values["start"]}, {"start": None}, {"extra": 1}):
        (tmp_path / "other.json").write_text(json.dumps(values | change))
        with pytest.raises(InputError, match="changed after|is no manifest"):
            TaskManifest.read(tmp_path / "other.json")


def test_tasks_of_another_simulator_and_too_many_are_told():
    manifest = make_manifest("tiny:Bead", 2)
    for call, message in (
        (lambda: manifest.tasks(make_world("single_dot")), "these tasks are of tiny:Bead"),
        (lambda: manifest.tasks(make_world("tiny:Bead"), 3), "as many as the manifest holds"),
        (lambda: make_manifest("tiny:Bead", 1, goal_offset=300), "inside an episode"),
        (lambda: make_simulator("tiny:Nothing"), "no subclass of Simulator"),
    ):
        with pytest.raises(InputError, match=message):
            call()


def test_where_every_pair_is_solved_at_the_start_this_is_told(monkeypatch):
    monkeypatch.setattr(Bead, "goal_distance", classmethod(lambda cls, states, goals: np.zeros(len(states))))
    with pytest.raises(InputError, match="100 episodes give no pair 25 steps apart"):
        make_manifest("tiny:Bead", 1)

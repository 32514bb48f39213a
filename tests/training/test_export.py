"""Exported networks. Claims proved here:

- The folder opens with torch and safetensors alone, in a process that cannot import this package.
- What it computes is what the run computes, for every last activation and in a world without actions.
- A folder that holds something is left as it is.
"""

import ast
import json
import subprocess
import sys
import textwrap

import pytest
import torch
from command_line import call

from smwm_lab.errors import InputError
from smwm_lab.files import asset
from smwm_lab.models import Past
from smwm_lab.training import (
    export_model,
    fit,
    load_or_fit,
    plain_loader,
    planning_config,
    preset_config,
    save_run,
)


@pytest.fixture(scope="module")
def run():
    return load_or_fit(preset_config("single_dot"))


def parts(run, model):
    """Return what a model computes of a few frames and actions of a world."""
    stream = torch.Generator().manual_seed(0)
    pairs = run.world.sample_transitions(16, stream)
    with torch.no_grad():
        z, z_next = (model.encode(run.world.observe(state)) for state in (pairs.state, pairs.next_state))
        return z, model.predict(z, pairs.action), model.infer_action(z, z_next)


def test_it_computes_what_the_run_computes(run, tmp_path):
    plain = plain_loader.load_model(export_model(run, tmp_path / "out"))
    for ours, theirs in zip(parts(run, run.model), parts(run, plain), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("activation", ["identity", "layer_norm"])
def test_every_last_activation_comes_along(activation, tmp_path):
    config = preset_config("sprite_none", "smoke")
    config = config.replace(model=config.model.replace(latent_activation=activation, depth=3, channels=[8, 16]))
    run = fit(config)
    plain = plain_loader.load_model(export_model(run, tmp_path / "out"))
    for ours, theirs in zip(parts(run, run.model), parts(run, plain), strict=True):
        assert ours.shape == theirs.shape and torch.allclose(ours, theirs, atol=1e-5)


def test_a_memory_comes_along(tmp_path):
    config = planning_config("single_dot", "smoke")
    run = fit(config.replace(model=config.model.replace(past_frames=2, past_actions=1)))
    plain = plain_loader.load_model(export_model(run, tmp_path / "out"))
    for ours, theirs in zip(parts(run, run.model), parts(run, plain), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)
    stream = torch.Generator().manual_seed(0)
    shapes = ((3, 64), (3, 2), (3, 2, 64), (3, 1, 2))
    z, action, latents, actions = (torch.randn(*shape, generator=stream) for shape in shapes)
    with torch.no_grad():
        ours, theirs = run.model.predict(z, action, Past(latents, actions)), plain.predict(z, action, latents, actions)
    assert torch.allclose(ours, theirs, atol=1e-5) and not torch.allclose(ours, run.model.predict(z, action), atol=1e-3)


def test_it_opens_without_this_package(run, tmp_path):
    folder = export_model(run, tmp_path / "out")
    script = """
        import sys
        sys.modules["smwm_lab"] = None
        import torch
        from load_model import load_model
        model = load_model(".")
        print(tuple(model.encode(torch.zeros(2, 3, 64, 64, dtype=torch.uint8)).shape))
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout.strip()) == (0, "(2, 64)"), done.stderr
    facts = json.loads((folder / "model.json").read_text())
    assert facts["actions"] == ["red_dx", "red_dy"] and facts["states"] == {"red_x": "px", "red_y": "px"}


def test_the_loader_imports_nothing_else():
    tree = ast.parse(asset("smwm_lab.training", "plain_loader.py"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in plain | named} == {"json", "pathlib", "safetensors", "torch"}


def test_a_folder_that_holds_something_is_left_as_it_is(run, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something; allowed: a new or empty folder"):
        export_model(run, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_exports_a_run_on_disk(run, tmp_path, capsys):
    save_run(run, tmp_path / "run")
    status, _, err = call(capsys, "export", tmp_path / "run", tmp_path / "out")
    assert status == 0 and "wrote" in err
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "load_model.py",
        "model.json",
        "weights.safetensors",
    }
    status, _, err = call(capsys, "export", tmp_path / "nothing", tmp_path / "other")
    assert status == 2 and "is not a folder" in err

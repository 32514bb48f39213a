"""Claims: the world, the loss term, the registration and the page that the guides in docs/ show work as written."""

import importlib
import re
import sys

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.exercises import NotYet, claims_at
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.objectives import EncodedBatch
from smwm_lab.paths import ROOT
from smwm_lab.seeding import generator
from smwm_lab.worlds import registry


def examples(page: str) -> list[str]:
    """The Python blocks of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def rail(tmp_path, monkeypatch):
    """The module of new_world.md, importable from a folder; the registry is given back as it was."""
    (tmp_path / "rail.py").write_text(examples("new_world.md")[0], encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_ENTRIES", dict(registry._ENTRIES))
    monkeypatch.setattr(registry, "_ORIGIN", dict(registry._ORIGIN))
    yield importlib.import_module("rail")
    del sys.modules["rail"]


def test_the_world_of_the_guide_is_complete_and_keeps_its_promises(rail):
    entry = registry.resolve_world("rail:RailWorld")
    world = registry.make_world(entry.config)
    state, stream = torch.tensor([[5.0], [27.0]]), generator(0, "guide")
    done = world.step(state, torch.tensor([[1.0], [1.0]]), stream)
    assert done.state.tolist() == [[8.0], [28.0]], "the end of the rail stops it"
    assert torch.allclose(state + world.to_units(done.action), done.state)
    ink = (255 - world.observe(state)[:, 0].float()) / 255
    centres = (ink.sum(1) @ torch.arange(32.0)) / ink.sum((1, 2))
    assert torch.allclose(centres, state[:, 0], atol=0.02), "the square lies where the state says"


def test_the_guide_registers_its_world_under_a_name(rail):
    scope = {"register_world": registry.register_world, "WorldEntry": registry.WorldEntry, **vars(rail)}
    exec(compile(examples("new_world.md")[1], "new_world.md", "exec"), scope)
    assert registry.resolve_world("rail").budget == 10_000


def test_a_world_that_lies_is_the_line_that_the_guide_shows(rail, monkeypatch):
    monkeypatch.setattr(rail.RailWorld, "render", lambda self, state: torch.zeros(len(state), 3, 32, 32))
    with pytest.raises(InputError) as raised:
        registry.resolve_world("rail:RailWorld")
    assert f"smwm-lab: {raised.value}" in (ROOT / "docs" / "new_world.md").read_text(encoding="utf-8")


def test_the_exercise_of_the_guide_grades_and_its_claim_prints_the_line_it_says(capsys):
    task, claimed = examples("new_exercise.md")
    scope: dict = {}
    exec(compile(task, "new_exercise.md", "exec"), scope)
    check = scope["MEAN_SQUARE"].check
    assert check(lambda x, y: (x - y).square().mean()) == "two vectors"
    with pytest.raises(NotYet, match="expected 12.5, got 25; the mean of 9 and 16"):
        check(lambda x, y: (x - y).square().sum())
    exec(claimed, {"claims_at": claims_at, "preset": "quick"})
    assert f"    {capsys.readouterr().out}" in (ROOT / "docs" / "new_exercise.md").read_text(encoding="utf-8")


def test_the_loss_term_of_the_guide_has_the_value_it_says():
    scope: dict[str, object] = {"__name__": "guide"}
    exec(compile(examples("new_objective.md")[0], "new_objective.md", "exec", dont_inherit=True), scope)
    model = WorldModel(ModelConfig(side=16, channels=(4,), latent_dim=6, hidden_dim=8))
    frames = torch.zeros(2, 3, 3, 16, 16, dtype=torch.uint8)
    batch = EncodedBatch(model, frames, torch.full((2, 3, 6), 0.5), torch.zeros(1, 3, 2))
    term, wide = scope["Centred"](model), scope["Centred"](model, scope["CentredConfig"](radius=0.25))
    assert float(term(batch)) == pytest.approx(0.25) and float(wide(batch)) == pytest.approx(0.0625)


def test_the_live_page_of_the_guide_holds_the_runs_it_names(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(examples("live_pages.md")[0], "live_pages.md", "exec"), {})
    page = (tmp_path / "seeds.html").read_text(encoding="utf-8")
    assert capsys.readouterr().out == f"{len(page.encode())}\n"
    assert '"label":"seed 0"' in page and '"label":"seed 1"' in page

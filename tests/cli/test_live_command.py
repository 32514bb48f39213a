"""`smwm-lab live`: one page, whole or not at all, and one line for what cannot become one."""

import json

import pytest
from command_line import call

from smwm_lab.live import page
from smwm_lab.live.reference import draw_reference_states
from smwm_lab.live.runs import LABELS
from smwm_lab.training import list_runs


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """Few reference states, and a cache of its own."""
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        page, "draw_reference_states", lambda split, seed: draw_reference_states(split, seed=seed, num_train=100)
    )


def test_it_trains_what_is_missing_and_writes_one_page(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(capsys, "live", "single_dot", "--preset", "smoke", "--seed", 3, "--json")
    facts = json.loads(out)
    assert status == 0 and out.count("\n") == 1
    assert facts["page"] == "single_dot_live.html" and facts["seed"] == 3
    assert facts["runs"] == list(LABELS.values()) == list(facts["spread"])
    assert (tmp_path / "single_dot_live.html").stat().st_size == facts["bytes"]
    assert all(label in err for label in LABELS.values()), "progress says what is trained"
    assert len(list_runs(tmp_path / "cache")) == 3
    assert {file.name for file in tmp_path.iterdir()} == {"single_dot_live.html", "cache"}


BAD = [
    (("mars",), "world = 'mars' is unknown"),
    (("single_dot", "--preset", "huge"), "preset = 'huge' is unknown"),
    (("single_dot", "--seed", "-1"), "seed = -1 is out of range"),
    (("sprite_none",), "sprite_none has no actions, so nothing can be done on a page; use a controlled world"),
    (("single_dot", "--preset", "smoke", "--out", "file/below/page.html"), "choose another folder"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_is_one_line_before_anything_is_trained(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("kept")
    status, out, err = call(capsys, "live", *arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and message in err, err
    assert [file.name for file in tmp_path.iterdir()] == ["file"] and (tmp_path / "file").read_text() == "kept"

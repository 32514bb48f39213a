"""Where things live: the checkout is known by its pyproject.toml, the cache is named, no history is borrowed."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from smwm_lab import paths
from smwm_lab.errors import InputError, MissingExtra
from smwm_lab.extras import require
from smwm_lab.files import write_text
from smwm_lab.paths import _find_checkout
from smwm_lab.runner import execute_in_place
from smwm_lab.studies.registry import run_study
from smwm_lab.studies.tables import StudySize
from smwm_lab.training.pretrained import remove_unlisted, ship
from smwm_lab.training.runs import describe_machine


def test_a_checkout_is_a_folder_whose_pyproject_names_this_project(tmp_path):
    package = tmp_path / "smwm_lab"
    assert _find_checkout(package) is None
    for text, found in (('[project]\nname = "smwm_lab"\n', True), ('[project]\nname = "other"\n', False), ("", False)):
        (tmp_path / "pyproject.toml").write_text(text)
        assert (_find_checkout(package) == tmp_path) is found
    assert paths.CHECKOUT == Path(__file__).resolve().parents[2] and paths.require_checkout("this") == paths.CHECKOUT


def test_the_cache_is_the_one_named_or_that_of_the_checkout_or_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    assert paths.cache_dir() == tmp_path
    monkeypatch.delenv("SMWM_LAB_CACHE")
    assert paths.cache_dir() == paths.ROOT / "data" / "cache"
    monkeypatch.setattr(paths, "CHECKOUT", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert paths.cache_dir().name == "smwm_lab" and not paths.cache_dir().is_relative_to(paths.ROOT)


def test_a_cache_that_cannot_be_written_names_the_variable(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(InputError, match="free the space or name another cache in SMWM_LAB_CACHE$"):
        write_text(paths.cache_dir() / "run" / "config.json", "")
    with pytest.raises(InputError, match="free the space or choose another folder$"):
        write_text(tmp_path / "file" / "other", "")


def test_what_changes_files_of_the_project_needs_a_checkout(monkeypatch):
    monkeypatch.setattr(paths, "CHECKOUT", None)
    for change in (
        lambda: ship("single_dot"),
        remove_unlisted,
        lambda: run_study("two_room_weights", StudySize(preset="smoke")),
        lambda: execute_in_place(["00"], parameters={}, echo=str),
    ):
        with pytest.raises(InputError, match="needs a checkout of the project.*clone it"):
            change()


def test_a_manifest_names_the_commit_of_the_checkout_and_no_other(tmp_path, monkeypatch):
    def commit(folder: Path | None) -> str | None:
        monkeypatch.setattr(paths, "CHECKOUT", folder)
        return describe_machine(torch.device("cpu"))["git_commit"]

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=me", "-c", "user.email=me@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    inside = tmp_path / "inside"
    inside.mkdir()
    assert commit(inside) is None, "no history"
    git("init")
    git("commit", "--allow-empty", "-m", "first")
    assert len(commit(tmp_path.resolve()) or "") == 40
    assert commit(inside.resolve()) is None, "the history of a folder around it says nothing"
    assert commit(None) is None


def test_a_missing_extra_is_one_line_that_names_it_and_imports_nothing():
    with pytest.raises(MissingExtra, match=r"^nowhere_1, nowhere_2 not installed: .*pip install 'smwm_lab\[app\]'$"):
        require("app", "json", "nowhere_1", "nowhere_2")
    code = "import sys; from smwm_lab.extras import require; require('x', 'torch', 'plotly'); "
    done = subprocess.run([sys.executable, "-c", code + "sys.exit('torch' in sys.modules)"], check=False, timeout=60)
    assert done.returncode == 0

"""JavaScript lint: without Node one line says that it is skipped; versions are exact; all scripts are files."""

import json
import re
import subprocess
import sys

import pytest
from lint_js import ROOT

import smwm_lab
from smwm_lab import paths
from smwm_lab.files import asset


def test_without_node_one_line_says_that_it_is_skipped(tmp_path):
    script = ROOT / "tests" / "project" / "lint_js.py"
    done = subprocess.run([sys.executable, script], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "JavaScript lint skipped: Node is not here\n") and not done.stderr


def test_versions_are_exact():
    wanted = json.loads((paths.ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


SCRIPT_WORDS = re.compile(r"addEventListener|document\.|\bconst \w+ =|\w\s*\{\s*[a-z-]+:\s*[^}'\"]+;")


@pytest.mark.parametrize("folder", ["widgets", "runner"])
def test_scripts_and_styles_are_files_and_not_strings_of_python(folder):
    package = paths.ROOT / "smwm_lab" / folder
    found = [path.name for path in package.rglob("*.py") if SCRIPT_WORDS.search(path.read_text(encoding="utf-8"))]
    assert not found
    assert SCRIPT_WORDS.search(asset("smwm_lab.widgets.shared", "static/page.css"))
    assert SCRIPT_WORDS.search(asset("smwm_lab.widgets.shared", "static/recording.js"))


def test_every_kind_of_asset_travels_in_the_wheel():
    data = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    suffixes = {path.suffix for path in (paths.ROOT / "smwm_lab").rglob("*") if path.is_file()}
    assert '"py.typed"' in data
    for suffix in suffixes - {".py", ".pyc", ".typed"}:
        assert f'"**/*{suffix}"' in data, f"package-data of {smwm_lab.__name__} lacks {suffix}"

"""Claims: importing smwm_lab costs nothing, its front door has about thirty names, and docs/api.md shows each at work.

A type checker sees the same names as Python, and an unknown name is an ordinary AttributeError.
"""

import ast
import doctest
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

import smwm_lab
from smwm_lab.paths import ROOT
from smwm_lab.worlds import registry


PAGE = ROOT / "docs" / "api.md"


@pytest.fixture
def settings_restored():
    """Give back what `use_theme` changes, and take back the world that is registered."""
    display, known = pd.options.display, set(registry._ENTRIES)
    with (
        mpl.rc_context(),
        pd.option_context("display.float_format", display.float_format, "display.max_colwidth", display.max_colwidth),
    ):
        yield
    for table in (registry._ENTRIES, registry._ORIGIN):
        for name in set(table) - known:
            del table[name]


def test_importing_the_package_costs_nothing():
    code = "import sys, smwm_lab; dir(smwm_lab); print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "smwm_lab" in loaded and not loaded & {"torch", "numpy", "matplotlib", "pandas", "ipywidgets", "click"}


def test_the_front_door_has_about_thirty_names_and_each_is_there():
    assert 25 <= len(smwm_lab.__all__) <= 38 and len(set(smwm_lab.__all__)) == len(smwm_lab.__all__)
    assert set(smwm_lab.__all__) <= set(dir(smwm_lab))
    assert [name for name in smwm_lab.__all__ if not hasattr(smwm_lab, name)] == []


def test_a_type_checker_sees_the_same_names():
    tree = ast.parse(Path(smwm_lab.__file__).read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    declared = {
        (node.module.split(".")[1], alias.name)
        for node in block.body
        for alias in node.names
        if alias.name == alias.asname
    }
    assert declared == {(package, name) for package, names in smwm_lab._FRONT_DOOR.items() for name in names}


def test_an_unknown_name_is_an_attribute_error_that_lists_the_names():
    with pytest.raises(AttributeError, match="has no attribute 'trian'.*WorldModel.*fit"):
        smwm_lab.trian  # noqa: B018
    with pytest.raises(ImportError, match="trian"):
        exec("from smwm_lab import trian")


def test_the_page_shows_every_name_at_work(settings_restored):
    """Every heading's names are imported in the example below it, and all examples hold, in order."""
    text = PAGE.read_text(encoding="utf-8")
    sections = re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", text, re.M | re.S)
    shown = [(name, body) for title, body in sections for name in title.split(", ")]
    assert sorted(name for name, _ in shown) == list(smwm_lab.__all__)
    for name, body in shown:
        assert re.search(rf">>> from smwm_lab import .*\b{name}\b", body), f"{name} has no example"
    source = "\n".join(re.findall(r"```python\n(.*?)```", text, re.S))
    examples = doctest.DocTestParser().get_doctest(source, {}, "docs/api.md", str(PAGE), 0)
    assert len(examples.examples) > len(shown)
    failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples)
    assert failed == 0, "see the captured output"

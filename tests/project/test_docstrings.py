"""Claims: every module can be imported, and every example in a docstring is true."""

import doctest
import importlib
from pathlib import Path

import pytest

import smwm_lab


ROOT = Path(smwm_lab.__file__).parent
NAMES = sorted(
    ".".join(("smwm_lab", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
    if path.name != "__main__.py"  # importing it runs the command line
)


@pytest.mark.parametrize("name", NAMES)
def test_a_module_can_be_imported_and_its_examples_hold(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0, "see the captured output"


def test_there_are_examples():
    """Two lines each, where they help most."""
    finder = doctest.DocTestFinder()
    with_examples = {
        test.name for name in NAMES for test in finder.find(importlib.import_module(name)) if test.examples
    }
    assert len(with_examples) >= 10
    assert "smwm_lab.models.world_model.WorldModel" in with_examples

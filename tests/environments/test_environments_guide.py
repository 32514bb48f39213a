"""Claims: the environment that docs/environments.md shows works as written, and its table of simulators is right."""

import importlib
import re
import sys

import numpy as np
import pytest

from smwm_lab.environments import SIMULATORS, simulator_class
from smwm_lab.errors import InputError
from smwm_lab.paths import ROOT
from smwm_lab.planning.control.manifest import make_manifest
from smwm_lab.worlds import make_world


PAGE = (ROOT / "docs" / "environments.md").read_text(encoding="utf-8")


@pytest.fixture
def rod(tmp_path, monkeypatch):
    """The module of the guide, importable from a folder."""
    (tmp_path / "rod.py").write_text(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("rod")
    del sys.modules["rod"]


def test_the_environment_of_the_guide_is_complete(rod):
    made = rod.Rod(side=16)
    made.reset(seed=0, options={"state": [0.0, 0.0]})
    assert made.step([1.0])[0].tolist() == pytest.approx([0.01, 0.1]) and made.render().sum() == 5 * 16 * 3 * 255
    assert len(make_manifest("rod:Rod", 2).tasks(make_world("rod:Rod"))) == 2
    assert np.array_equal(made.move(np.zeros((1, 2)), np.ones((1, 1, 1)))[0, 0], [0.1 * 0.1, 0.1])


def test_the_table_of_simulators_tells_their_names_and_sizes():
    rows = dict(re.findall(r"^\| `(\w+)` \|.*?: (\d+) \|", PAGE, re.M))
    assert set(rows) == set(SIMULATORS)
    for name, size in rows.items():
        try:
            assert simulator_class(name).facts.state_dim == int(size)
        except InputError as error:
            pytest.skip(str(error))

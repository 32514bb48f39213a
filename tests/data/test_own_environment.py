"""The environment of notebook 09. Claims: the command that the notebook shows records it; it draws its state."""

import json
import sys

import gymnasium
import nbformat
import numpy as np
import pytest
from command_line import call

from smwm_lab.data.recordings import open_recording
from smwm_lab.paths import notebooks_dir


CELLS = nbformat.read(notebooks_dir() / "09_your_own_data.ipynb", as_version=4).cells
IMPORTS = "import gymnasium\nimport numpy as np\nfrom gymnasium.spaces import Box\n"


def starting(words: str) -> str:
    """Return the one code cell in which a line starts with some words."""
    [cell] = [cell for cell in CELLS if cell.cell_type == "code" and f"\n{words}" in f"\n{cell.source}"]
    return cell.source


@pytest.fixture
def harbour(tmp_path, monkeypatch):
    """A folder with the file harbour.py that the notebook describes, from which commands start."""
    [line] = [part for cell in CELLS for part in cell.source.split("`") if part.startswith("gymnasium.register(")]
    source = "\n\n".join([IMPORTS, starting("def draw("), starting("class Crane("), line])
    (tmp_path / "harbour.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("harbour", None)
    gymnasium.registry.pop("Crane-v0", None)


def test_the_command_of_the_notebook_records_it(harbour, capsys):
    [shown] = [line for cell in CELLS for line in cell.source.splitlines() if "data collect harbour:" in line]
    words = shown.split()[1:]
    changed = {"--episodes": "2", "--max-steps": "5", "--out": str(harbour / "crane.h5")}
    words = [changed.get(before, word) for before, word in zip(["", *words], words, strict=False)]
    status, out, err = call(capsys, *words, "--json")
    assert status == 0, err
    recording = open_recording(harbour / "crane.h5")
    assert json.loads(out)["rows"] == len(recording) == 12 and recording.action_names == ("drive", "hoist")
    assert set(recording.states) == {"trolley", "rope", "swing", "cloud"} and recording.rate_hz == 5


def test_what_it_draws_is_where_its_state_says(harbour):
    import harbour as file

    state = np.array([30.0, 40.0, 4.0, 10.0])
    image = file.draw(state)
    red = (image[..., 0] > 150) & (image[..., 1] < 100)
    down, across = (np.flatnonzero(red.any(axis)).mean() + 0.5 for axis in (1, 0))
    assert (across, down) == pytest.approx((34, 40), abs=0.6), "the load: trolley + swing, at the end of the rope"
    assert image.shape == (64, 64, 3) and image.dtype == np.uint8
    levers = file.draw(state, (0.5, -0.5))
    assert (levers[:56] == image[:56]).all() and (levers[56:] != image[56:]).any(), "levers change nothing else"

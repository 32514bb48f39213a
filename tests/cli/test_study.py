"""`smwm-lab study`. Claim proved here: it says the mean over seeds of every case, and mixes no two cases."""

import pandas as pd

from smwm_lab.cli import main
from smwm_lab.studies import registry
from smwm_lab.studies.tables import read_study


ROWS = pd.DataFrame(
    {
        "label": ["SMWM"] * 4,
        "goal_offset": [25, 25, 100, 100],
        "seed": [0, 1, 0, 1],
        "success": [0.9, 0.8, 0.3, 0.2],
    }
)


def test_the_means_of_cases_are_not_mixed(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(registry.STUDIES, "two_room_weights", registry.Study(lambda size, cache: ROWS))
    path = tmp_path / "study.csv"
    main(["study", "two_room_weights", "--seeds", "2", "--out", str(path)])
    lines = [line.split() for line in capsys.readouterr().err.splitlines()]
    assert ["SMWM", "25", "0.85"] in lines and ["100", "0.25"] in lines
    assert " ".join(lines[-1]) == f"means over seeds; every row is in {path}"
    assert read_study("two_room_weights", path).success.to_list() == [0.9, 0.8, 0.3, 0.2]

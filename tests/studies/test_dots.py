"""Which dots are kept. Claims proved here:

- Contrast is the distance of a colour from white.
- A probe of a position reads what the shipped distractor run keeps, and not what it drops.
- The committed tables are whole.
"""

import pytest

from smwm_lab.studies import dots
from smwm_lab.studies.dots import PAIRS, UNTRAINED, contrast, control_objectives, pair_configs, position_r2
from smwm_lab.studies.registry import run_study
from smwm_lab.studies.tables import StudySize, read_study
from smwm_lab.training import load_or_fit, preset_config, regulariser_objective


SMALL = StudySize(preset="smoke", seeds=2)


def test_contrast_is_the_distance_from_white():
    """Magenta darkens one channel wholly; red two; green two, and the third by 35 of 255."""
    assert contrast("magenta") == 1 and contrast("red") == 2
    assert contrast("green") == pytest.approx(2 + (35 / 255) ** 2)


def test_the_position_of_a_dot_is_read_where_it_is_kept():
    config = preset_config("distractor")
    model = load_or_fit(config).model
    assert position_r2(model, config, "red") > 0.98 and abs(position_r2(model, config, "green")) < 0.2


def test_the_studies_of_dots_have_a_row_per_label_and_seed(tmp_path, monkeypatch):
    monkeypatch.setattr(dots, "NUM_TRAIN", 400)
    monkeypatch.setattr(dots, "NUM_HELD_OUT", 200)
    monkeypatch.setattr(dots, "control_objectives", lambda: {"SMWM": regulariser_objective("inverse")})
    monkeypatch.setattr(dots, "PAIRS", {"magenta and red": PAIRS["magenta and red"]})
    controls = run_study("distractor_controls", SMALL, path=tmp_path / "controls.csv")
    assert controls[["label", "seed"]].values.tolist() == [["SMWM", 0], ["SMWM", 1], [UNTRAINED, 0], [UNTRAINED, 1]]
    pairs = run_study("combined_pair", SMALL, path=tmp_path / "pairs.csv")
    assert pairs[["label", "seed", "first"]].values.tolist() == [["magenta and red", s, "magenta"] for s in (0, 1)]
    assert set(pairs.columns[4:]) == {"r2_first", "r2_second", "r2_mean"} and (pairs.second == "red").all()


def test_the_committed_tables_are_whole():
    controls, pairs = read_study("distractor_controls"), read_study("combined_pair")
    assert list(controls.label.unique()) == [*control_objectives(), UNTRAINED]
    assert (controls.groupby("label").seed.nunique() >= 5).all()
    assert list(pairs[["label", "seed"]].itertuples(index=False, name=None)) == list(pair_configs(StudySize(seeds=10)))

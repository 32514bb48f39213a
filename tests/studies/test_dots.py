"""Which dots are kept. Claims proved here:

- A probe of a position reads what the shipped distractor run keeps, and not what it drops.
- The committed tables are whole.
"""

from smwm_lab.studies import dots
from smwm_lab.studies.dots import UNTRAINED, control_objectives, position_r2
from smwm_lab.studies.registry import run_study
from smwm_lab.studies.tables import StudySize, read_study
from smwm_lab.training import load_or_fit, preset_config, regulariser_objective


SMALL = StudySize(preset="smoke", seeds=2)


def test_the_position_of_a_dot_is_read_where_it_is_kept():
    config = preset_config("distractor")
    model = load_or_fit(config).model
    assert position_r2(model, config, "red") > 0.98 and abs(position_r2(model, config, "green")) < 0.2


def test_the_studies_of_dots_have_a_row_per_label_and_seed(tmp_path, monkeypatch):
    monkeypatch.setattr(dots, "control_objectives", lambda: {"SMWM": regulariser_objective("inverse")})
    controls = run_study("distractor_controls", SMALL, path=tmp_path / "controls.csv")
    assert controls[["label", "seed"]].values.tolist() == [["SMWM", 0], ["SMWM", 1], [UNTRAINED, 0], [UNTRAINED, 1]]


def test_the_committed_tables_are_whole():
    controls = read_study("distractor_controls")
    assert list(controls.label.unique()) == [*control_objectives(), UNTRAINED]
    assert (controls.groupby("label").seed.nunique() >= 5).all()

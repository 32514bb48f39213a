"""Figures in docs/teaching/answers.md of exercises without a check: each has a measurement, and the measurements work.

A measurement takes up to two minutes of CPU; the quickest two run here, and their lines are held against the page.
"""

import importlib.util
import re
import sys

import pytest

from smwm_lab.paths import ROOT


sys.path.append(str(ROOT / "workshop"))  # as when the script is run
SPEC = importlib.util.spec_from_file_location("answers", ROOT / "workshop" / "answers.py")
answers = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(answers)
PAGE = (ROOT / "docs" / "teaching" / "answers.md").read_text(encoding="utf-8")


def measured() -> dict[str, str]:
    """Return what the page says of each exercise that it names a measurement for."""
    found = {}
    for number, rest in re.findall(r"^## (\d\d) .*?### Your turn\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S):
        for place, words in re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", rest, re.M | re.S):
            for name in re.findall(r"`(\d\d-\d)`\s*$", words):
                assert name == f"{number}-{place}", "the name is that of the exercise it stands at"
                found[name] = " ".join(words.split())
    return found


def test_every_figure_has_its_measurement_and_every_measurement_its_figure():
    assert sorted(measured()) == sorted(answers.EXERCISES)


def test_the_point_of_the_pair_is_where_the_page_says():
    scores = [float(line.rpartition("R² ")[2]) for line in answers.point_of_the_pair()]
    told = [float(found) for found in re.findall(r"(?<!\d)\.\d\d", measured()["05-3"])]
    assert scores[0] == pytest.approx(told[0], abs=0.05) and scores[2:] == pytest.approx(told[1:], abs=0.05)
    assert max(scores) == scores[3], "three quarters of the way"


def test_short_sight_reaches_every_goal(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["answers.py", "07-1"])
    answers.main()
    near, far, seconds = capsys.readouterr().out.splitlines()
    steps = [float(re.search(r"100 of 100, ([\d.]+) steps", line)[1]) for line in (near, far)]
    assert steps == pytest.approx([float(found) for found in re.findall(r"\d\.\d\d", measured()["07-1"])], abs=0.2)
    assert re.fullmatch(r"07-1  \d+ s of CPU", seconds)


def test_an_unknown_exercise_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["answers.py", "99-1"])
    with pytest.raises(SystemExit):
        answers.main()
    assert "invalid choice: '99-1'" in capsys.readouterr().err

"""README: it is short, its example runs as it stands there, and the files it names exist."""

import re

from smwm_lab.paths import ROOT


README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_read_in_a_few_minutes_and_holds_no_table_of_measurements():
    assert len(README.split()) <= 900
    assert README.count("\n|---") == 1, "the notebooks; what was measured belongs to docs/results.md"


def test_the_python_example_has_five_lines_and_runs(capsys):
    [example] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(example.strip().splitlines()) == 5
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("L_inv/Var(a) ")


def test_every_file_it_links_to_exists():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_notebook_is_in_its_table():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"notebooks/{path.name}" in README

"""Claims: `smwm-lab results` writes the page of results where it is told, and bad input is one line with status 2."""

import pytest

from smwm_lab import paths
from smwm_lab.cli import main


def test_results_are_written_where_they_are_wanted(tmp_path, capsys):
    main(["results", "--out", str(tmp_path / "page.md")])
    committed = (paths.ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == committed
    assert "page.md" in capsys.readouterr().err


def test_a_folder_is_one_line_with_status_2(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["results", "--out", str(tmp_path)])
    assert left.value.code == 2
    assert "is a folder; choose a file" in capsys.readouterr().err

"""Python and packages. Claims: each extra is told from the others; missing packages are named with the command that
installs them, other versions are a warning, and an installed package needs no checkout to know its requirements."""

import re
import sys
from importlib import metadata

import pytest
from surroundings import pretend_installed

from smwm_lab import paths
from smwm_lab.doctor.packages import look_at_packages, pinned_versions, required_names
from smwm_lab.doctor.python_version import NEWEST, OLDEST, look_at_python
from smwm_lab.doctor.widget_parts import look_at_widget_parts


def test_this_environment_has_what_the_project_needs_in_the_tested_versions():
    for extra in (None, "notebooks", "app", "dev"):
        assert look_at_packages(extra).status == "ok"


def test_the_names_are_those_of_one_extra_alone():
    assert {"torch", "click"} <= set(required_names(None)) and "voila" not in required_names(None)
    assert required_names("app") == ["voila"] and "pytest" in required_names("dev")
    assert "jupyterlab" in required_names("notebooks") and pinned_versions()["jupyter-core"]


@pytest.mark.parametrize(
    ("extra", "name", "status"), [(None, "scipy", "fail"), ("notebooks", "papermill", "fail"), ("app", "voila", "warn")]
)
def test_a_missing_package_is_named_with_the_command(monkeypatch, extra, name, status):
    pretend_installed(monkeypatch, **{name: None})
    finding = look_at_packages(extra)
    brackets = f"[{extra}]" if extra else ""
    assert finding.status == status and finding.found.startswith(f"missing: {name}")
    assert f"pip install -e '.{brackets}' -c constraints.txt" in finding.remedy
    assert look_at_packages("dev").status == "ok", "the other extras are not concerned"


def test_another_version_is_a_warning_that_names_both(monkeypatch):
    pretend_installed(monkeypatch, numpy="1.26.4")
    finding = look_at_packages(None)
    assert finding.status == "warn" and f"numpy 1.26.4 (tested: {pinned_versions()['numpy']})" in finding.found


def test_a_build_is_no_other_version(monkeypatch):
    pretend_installed(monkeypatch, torch=f"{pinned_versions()['torch']}+cpu")
    assert look_at_packages(None).status == "ok"


@pytest.fixture
def without_checkout(monkeypatch, tmp_path):
    """An installed package: no pyproject.toml, requirements in its metadata, the tested versions beside its data."""
    lines = [
        "click",
        "ipywidgets ; extra == 'notebooks'",
        'voila; extra == "app"',
        "smwm_lab[notebooks]; extra == 'app'",
    ]
    monkeypatch.setattr(metadata, "requires", lambda name: lines)
    (tmp_path / "constraints.txt").write_text((paths.ROOT / "constraints.txt").read_text())
    monkeypatch.setattr(paths, "CHECKOUT", None)
    monkeypatch.setattr(paths, "ROOT", tmp_path)


def test_an_installed_package_says_pip_install_with_the_extra(monkeypatch, without_checkout):
    assert (required_names(None), required_names("notebooks")) == (["click"], ["ipywidgets"])
    assert look_at_packages("notebooks").status == "ok" and "not needed" in look_at_packages("dev").found
    pretend_installed(monkeypatch, ipywidgets=None)
    assert "pip install 'smwm_lab[notebooks]'" in look_at_packages("notebooks").remedy


def test_the_python_versions_are_those_of_continuous_integration():
    workflow = (paths.ROOT / ".github" / "workflows" / "ci.yml").read_text()
    [listed] = re.findall(r"python: \[(.*)\]", workflow)
    tested = [tuple(map(int, version.strip(' "').split("."))) for version in listed.split(",")]
    assert (tested[0], tested[-1]) == (OLDEST, NEWEST)


@pytest.mark.parametrize(("version", "status"), [((3, 10, 2), "fail"), ((3, 12, 1), "ok"), ((3, 99, 0), "warn")])
def test_a_python_is_too_old_tested_or_too_new(monkeypatch, version, status):
    monkeypatch.setattr(sys, "version_info", version)
    finding = look_at_python()
    assert finding.status == status and ("Python 3.11 to 3.13" in finding.remedy) == (status != "ok")


def test_the_parts_of_the_widgets_agree_here():
    finding = look_at_widget_parts()
    assert finding.status == "ok" and "anywidget" in finding.found


@pytest.mark.parametrize(
    ("name", "version", "found"),
    [
        ("ipywidgets", None, "missing: ipywidgets"),
        ("jupyterlab_widgets", "1.1.5", "jupyterlab-widgets 1.1.5 with a tested"),
        ("anywidget", "0.8.0", "anywidget 0.8.0 with a tested"),
    ],
)
def test_parts_that_are_missing_or_of_another_generation_are_named(monkeypatch, name, version, found):
    pretend_installed(monkeypatch, **{name: version})
    finding = look_at_widget_parts()
    assert finding.status == "fail" and found in finding.found and "[notebooks]" in finding.remedy


def test_a_patch_is_of_the_same_generation(monkeypatch):
    pretend_installed(monkeypatch, ipywidgets="8.9.9")
    assert look_at_widget_parts().status == "ok"


def test_javascript_that_is_gone_is_noticed(monkeypatch, tmp_path):
    real = metadata.Distribution.locate_file

    def elsewhere(self, path):
        return tmp_path / path if "labextensions" in str(path) else real(self, path)

    monkeypatch.setattr(metadata.PathDistribution, "locate_file", elsewhere)
    finding = look_at_widget_parts()
    assert finding.status == "fail" and "jupyterlab-widgets, anywidget" in finding.found
    assert re.search(r"--force-reinstall --no-deps jupyterlab-widgets==\S+ anywidget==", finding.remedy)

"""The wheel is a product: in an environment with its base requirements alone, from an empty folder, it trains, reports,
brings runs and notebooks along, and says in one line what needs an extra or a checkout.

Nothing is downloaded: the base requirements, and what they require, are links to the packages that run this test.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from smwm_lab.exercises.versions import learners_version
from smwm_lab.paths import ROOT


SOURCES = ("smwm_lab", "data/reference", "data/studies", "data/runs", "notebooks")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "constraints.txt")


def build_wheel(folder: Path) -> Path:
    """Build the wheel from a copy of the sources, so that the checkout stays as it is and nothing stale is packed."""
    copy = folder / "checkout"
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in FILES:
        shutil.copy(ROOT / name, copy / name)
    command = ["pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q", "-w", str(folder), str(copy)]
    subprocess.run([sys.executable, "-m", *command], check=True, timeout=120)
    [wheel] = folder.glob("*.whl")
    return wheel


def base_requirements(wheel: Path) -> list[Requirement]:
    """Return what the wheel needs without any extra."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        text = archive.read(name).decode()
    lines = [line.removeprefix("Requires-Dist: ") for line in text.splitlines() if line.startswith("Requires-Dist: ")]
    return wanted(lines, extras=set())


def wanted(lines: list[str], extras: set[str]) -> list[Requirement]:
    """Return the requirements that hold here, with these extras."""
    requirements = [Requirement(line) for line in lines]
    environments = [{"extra": extra} for extra in extras | {""}]
    return [r for r in requirements if r.marker is None or any(r.marker.evaluate(each) for each in environments)]


def closure(requirements: list[Requirement]) -> list[metadata.Distribution]:
    """Return the installed distributions that requirements need, with what those need."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        if requirement.name in found and not requirement.extras:
            continue
        found[requirement.name] = metadata.distribution(requirement.name)
        waiting += wanted(found[requirement.name].requires or [], requirement.extras)
    return list(found.values())


def link(distribution: metadata.Distribution, site: Path) -> None:
    """Link the packages of a distribution, and its metadata, into another site-packages."""
    tops = {Path(file).parts[0] for file in distribution.files or [] if not str(file).startswith("..")}
    for top in tops - {"__pycache__"}:
        if not (site / top).exists():
            (site / top).symlink_to(Path(str(distribution.locate_file(top))).resolve())


READ = """
import smwm_lab
from smwm_lab.planning import reference_results
from smwm_lab.studies.tables import read_study

print(smwm_lab.load_or_fit(smwm_lab.preset_config("single_dot")).path)
assert len(reference_results()) and len(read_study("two_room_weights"))
"""
"""Reading in Python what comes with the package."""


class Installed:
    """The wheel in an environment of its own, started from an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.wheel = build_wheel(folder)
        environment = folder / "environment"
        venv.create(environment, with_pip=False)
        self.bin, self.here, home = environment / "bin", folder / "empty", folder / "home"
        [self.site] = environment.glob("lib/python*/site-packages")
        for distribution in closure(base_requirements(self.wheel)):
            link(distribution, self.site)
        install = ["pip", "--python", str(self.bin / "python"), "install", "--no-deps", "--no-index", "-q"]
        quiet = ["--disable-pip-version-check", str(self.wheel)]
        subprocess.run([sys.executable, "-m", *install, *quiet], check=True, timeout=120)
        for each in (self.here, home):
            each.mkdir()
        self.cache = home / "cache"
        left_out = {"PYTHONPATH", "SMWM_LAB_CACHE", "VIRTUAL_ENV"}
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        self.variables = kept | {"HOME": str(home), "XDG_CACHE_HOME": str(self.cache)}

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment."""
        command = [str(self.bin / program), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=self.here, env=self.variables, timeout=120, check=False
        )

    def json(self, *arguments: str) -> dict:
        """Return the object that a command of smwm-lab prints."""
        done = self.run("smwm-lab", *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def refusal(self, *arguments: str) -> str:
        """Return the one line with which a command of smwm-lab refuses."""
        done = self.run("smwm-lab", *arguments)
        assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1, done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("wheel")
    yield Installed(folder)
    shutil.rmtree(folder)


def test_it_holds_what_the_checkout_ships_and_nothing_else(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    packed = {name.removeprefix("smwm_lab/_shipped/") for name in names if "/_shipped/" in name}
    sources = [file for file in (ROOT / "smwm_lab").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    code = {name for name in names if "/_shipped/" not in name}
    assert code == {file.relative_to(ROOT).as_posix() for file in sources} and "smwm_lab/py.typed" in code
    data = [file for folder in ("reference", "studies", "runs") for file in (ROOT / "data" / folder).rglob("*")]
    shipped = [file for file in [*data, *(ROOT / "notebooks").glob("*.ipynb")] if file.is_file()]
    shipped.append(ROOT / "constraints.txt")
    assert packed == {file.relative_to(ROOT).as_posix() for file in shipped} and len(packed) > 50


def test_no_extra_is_there(installed: Installed) -> None:
    done = installed.run("python", "-c", "import importlib.util as u; print(u.find_spec('ipywidgets'))")
    assert done.stdout == "None\n", "else the tests below prove nothing"


def test_it_trains_into_the_cache_of_the_user_and_reports(installed: Installed) -> None:
    trained = installed.json("train", "single_dot", "--preset", "smoke")
    assert Path(trained["run"]).parent == installed.cache / "smwm_lab"
    assert json.loads((Path(trained["run"]) / "manifest.json").read_text())["git_commit"] is None
    reported = installed.json("report", trained["run"])
    assert reported == {key: trained[key] for key in reported}
    assert list(installed.here.iterdir()) == []


def test_the_shipped_runs_are_listed_and_loaded_without_training(installed: Installed) -> None:
    runs = [row for row in installed.json("runs")["runs"] if "_shipped" in row["run"]]
    assert len(runs) == len(list((ROOT / "data" / "runs").iterdir())) and {row["state"] for row in runs} == {"finished"}
    done = installed.run("python", "-c", READ)
    assert done.returncode == 0 and Path(done.stdout.strip()).is_relative_to(installed.site), done.stderr


def test_the_course_is_listed_and_copied_once(installed: Installed) -> None:
    listed = installed.json("course", "--list")["notebooks"]
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert [row["name"] for row in listed] == [file.stem for file in notebooks]
    folder = installed.here / "course"
    for _ in range(2):  # the same files again are no reason to refuse
        installed.json("course", str(folder))
        written = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir()}
        assert written == {
            file.name: learners_version(json.loads(file.read_text(encoding="utf-8"))) for file in notebooks
        }
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("notebooks",), "part of the extra 'notebooks'; pip install 'smwm_lab[notebooks]'"),
        (("app",), "part of the extra 'app'; pip install 'smwm_lab[app]'"),
        (("ship",), "smwm-lab ship needs a checkout of the project"),
        (("study", "two_room_weights"), "smwm-lab study without --out needs a checkout of the project"),
    ],
    ids=["notebooks", "app", "ship", "study"],
)
def test_what_it_cannot_do_is_one_line(installed: Installed, arguments: tuple[str, ...], says: str) -> None:
    assert says in installed.refusal(*arguments)


def test_the_doctor_works_without_extras_and_says_how_to_get_them(installed: Installed) -> None:
    done = installed.run("smwm-lab", "doctor", "--quick", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert rows["packages"]["status"] == rows["shipped runs"]["status"] == "ok"
    assert rows["extra notebooks"]["status"] == rows["widgets"]["status"] == "fail"
    assert rows["extra notebooks"]["remedy"].startswith("pip install 'smwm_lab[notebooks]' -c ")
    assert rows["extra app"]["status"] == "warn" and "pip install 'smwm_lab[app]'" in rows["extra app"]["remedy"]
    assert Path(rows["extra app"]["remedy"].rpartition(" ")[2]).is_file(), "the tested versions come along"
    assert list(installed.here.iterdir()) == []


def test_a_widget_says_which_extra_it_needs(installed: Installed) -> None:
    done = installed.run("python", "-c", "import smwm_lab; smwm_lab.CollapseLab")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("smwm_lab.errors.MissingExtra: ipywidgets") and "smwm_lab[notebooks]" in last

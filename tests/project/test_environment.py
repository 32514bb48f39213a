"""Claims: the three lists of dependencies agree, are exact, explained, and name no place to download from.

pyproject.toml says which packages are needed, constraints.txt in which versions, environment.yml repeats both
for conda with a comment on every line.
"""

import ast
import re
import sys
import tomllib
from importlib.metadata import version

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from smwm_lab.paths import PACKAGE, ROOT


FILES = ("pyproject.toml", "constraints.txt", "environment.yml")
INSTALL_PROJECT = "-e .[dev]"


def normal(name: str) -> str:
    """Return a package name in the one spelling that PEP 503 gives it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    """Return package -> version of constraints.txt; every line has to be an exact pin."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    entries = [line.partition("==") for line in lines if not line.startswith("#")]
    assert all(separator and re.fullmatch(r"[0-9][0-9a-z.]*", version) for _, separator, version in entries)
    return {normal(name): version for name, _, version in entries}


def extras() -> dict[str, list[str]]:
    """Return extra -> requirements of pyproject.toml, without the base."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def direct_dependencies() -> list[str]:
    """Return the requirements of pyproject.toml, those of all extras included, each once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *(entry for entries in extras().values() for entry in entries)]
    return [entry for entry in listed if not entry.startswith("smwm_lab[")]


def imported_packages(folder: str) -> set[str]:
    """Return the top-level packages that the files of a folder of smwm_lab import, anywhere in them."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (PACKAGE / folder).rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in plain | named} - set(sys.stdlib_module_names) - {"smwm_lab"}


def conda_entries() -> list[str | dict[str, list[str]]]:
    """Return the dependencies of environment.yml: conda's, then pip's in a dictionary."""
    return yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]


def test_environment_lists_what_pyproject_needs_in_the_versions_of_constraints() -> None:
    pinned, names = pins(), [normal(re.split("[=<>]", entry)[0]) for entry in direct_dependencies()]
    *_, pip_section = conda_entries()
    assert sorted(pip_section["pip"][:-1]) == sorted(f"{name}=={pinned[name]}" for name in names)
    assert pip_section["pip"][-1] == INSTALL_PROJECT


def test_extras_hold_nothing_twice_and_the_larger_hold_the_smaller() -> None:
    names = [normal(re.split("[=<>]", entry)[0]) for entry in direct_dependencies()]
    assert sorted(set(names)) == sorted(names)
    assert "smwm_lab[notebooks]" in extras()["app"] and "smwm_lab[app]" in extras()["dev"]


BASE = {
    "click",
    "gymnasium",
    "jaxtyping",
    "matplotlib",
    "numpy",
    "pandas",
    "platformdirs",
    "psutil",
    "safetensors",
    "scipy",
    "sklearn",
    "torch",
    "tqdm",
    "umap",
}
"""Import names of the base dependencies."""


def test_only_pages_widgets_runner_and_recordings_import_what_an_extra_brings() -> None:
    """IPython is imported where it runs already; recordings ask for what reads them when they are opened."""
    extra = {"widgets", "live", "quiz", "runner"}
    library = {path.name for path in PACKAGE.iterdir() if path.is_dir()} - extra - {"__pycache__"}
    foreign = {name: imported_packages(name) - BASE - {"IPython"} for name in library}
    foreign["data"] -= {"h5py", "minari"}
    foreign["environments"] -= {"cv2", "gym_pusht", "mujoco", "ogbench"}
    assert {name: found for name, found in foreign.items() if found} == {}


def test_conda_itself_installs_python_and_pip_only() -> None:
    *conda, _ = conda_entries()
    assert conda == ["python=3.11", "pip"]


def test_every_dependency_of_the_environment_says_where_it_is_used() -> None:
    entries = [line for line in (ROOT / "environment.yml").read_text().splitlines() if re.match(r"\s+- .", line)]
    packages = [line for line in entries if line.strip() not in ("- conda-forge", "- pip:")]
    assert len(packages) > len(direct_dependencies())
    assert [line for line in packages if not re.search(r"\S # \S+ \S+", line)] == []


def test_torch_is_exact_and_fits_every_build() -> None:
    torch = pins()["torch"]
    assert re.fullmatch(r"[0-9.]+", torch)
    assert f"torch=={torch}" in direct_dependencies()


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_a_place_to_download_from(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"://|index-url|find-links|trusted-host|\bfile:|(?<![\w.])/(?:tmp|root|home|opt)/", text)


def test_the_installed_versions_are_the_pinned_ones() -> None:
    names = [normal(re.split("[=<>]", entry)[0]) for entry in direct_dependencies()]
    installed = {name: version(name).partition("+")[0] for name in names}  # 2.13.0 for 2.13.0+cpu
    assert installed == {name: pins()[name] for name in names}


def test_setup_is_repeated_when_either_list_changes() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^\$\(STAMP\): pyproject\.toml constraints\.txt$", makefile, flags=re.MULTILINE)


def test_make_hands_its_arguments_to_pip() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(
        r"^\t\$\(PYTHON\) -m pip install .*-c constraints\.txt \$\(PIP_ARGS\) -e", makefile, flags=re.MULTILINE
    )


def test_the_cpu_build_fits_the_pin_and_counts_as_newer_than_the_plain_one() -> None:
    plain, cpu = Version(pins()["torch"]), Version(f"{pins()['torch']}+cpu")
    assert cpu > plain and SpecifierSet(f"=={plain}").contains(cpu)

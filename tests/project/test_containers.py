"""Container, devcontainer and Binder. None of them runs here, so their files are read. Claims proved here:

- The Dockerfile copies what exists and what .dockerignore lets through, and what it copies suffices to set up.
- It has the Python of environment.yml, ends as a user without rights, and starts a target of make on its port.
- devcontainer.json has known keys and names files, a stage, a user and targets that exist.
- Binder gets the Python and torch of the lists, and everything else in the versions of constraints.txt.
- None of these files names a place to download from.
"""

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest
import yaml

from smwm_lab.doctor.ports import APP_PORT
from smwm_lab.paths import ROOT


INSTRUCTIONS = {"FROM", "RUN", "USER", "ARG", "ENV", "WORKDIR", "COPY", "EXPOSE", "CMD"}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FILES = ("Dockerfile", ".dockerignore", ".devcontainer/devcontainer.json", "binder/environment.yml", "binder/postBuild")
DEVCONTAINER_KEYS = {
    "name",
    "build",
    "remoteUser",
    "remoteEnv",
    "containerEnv",
    "hostRequirements",
    "onCreateCommand",
    "postCreateCommand",
    "postStartCommand",
    "forwardPorts",
    "portsAttributes",
    "customizations",
    "features",
    "mounts",
}
"""Of the Dev Container metadata reference, those that somebody here has looked up."""


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile, and the stage in which it stands."""

    stage: str
    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """Its words without options such as --chown."""
        return [word for word in shlex.split(self.text) if not word.startswith("--")]


def instructions() -> list[Instruction]:
    """The Dockerfile, continued lines joined, comments left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ").splitlines()
    found, stage = [], ""
    for line in filter(None, map(str.strip, lines)):
        name, _, rest = line.partition(" ")
        stage = rest.split(" AS ")[1] if name == "FROM" else stage
        found.append(Instruction(stage, name, rest.strip()))
    return found


DOCKERFILE = instructions()


def of(name: str, stage: str | None = None) -> list[Instruction]:
    return [each for each in DOCKERFILE if each.name == name and stage in (None, each.stage)]


def copied(before: str | None = None) -> list[str]:
    """What the stage of the course copies, up to the first RUN if asked."""
    course = [each for each in DOCKERFILE if each.stage == "course"]
    names = [each.name for each in course]
    end = names.index(before) if before else len(course)
    return [source for each in course[:end] if each.name == "COPY" for source in each.words[:-1]]


def let_through(path: str) -> bool:
    """Whether .dockerignore lets a path through: the last pattern that matches it decides."""
    decision = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").replace("**/", "*")
        if line and not line.startswith("#") and fnmatch.fnmatch(path, pattern):
            decision = line.startswith("!")
    return decision


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.M))


def make_calls(command: str) -> list[tuple[str, list[str]]]:
    """Target and variables of each make in a command line."""
    calls = [shlex.split(part) for part in re.split(r"&&|;", command)]
    made = [words[1:] for words in calls if words and words[0] == "make"]
    return [(words[0], [word.partition("=")[0] for word in words[1:]]) for words in made]


def test_the_dockerfile_has_known_instructions_and_three_stages():
    assert {each.name for each in DOCKERFILE} <= INSTRUCTIONS
    assert [each.text.split(" AS ")[1] for each in of("FROM")] == ["base", "workspace", "course"]
    assert [each.text.split(" ")[0] for each in of("FROM")[1:]] == ["base", "base"]


def test_its_python_is_that_of_the_environment():
    *conda, _ = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    [python] = [entry.partition("=")[2] for entry in conda if entry.startswith("python=")]
    assert re.fullmatch(rf"python:{python}-slim-[a-z]+ AS base", of("FROM")[0].text)


def test_it_copies_what_exists_and_is_let_through():
    sources = copied()
    assert len(sources) >= 9 and [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if not let_through(source)] == []
    inside = ["smwm_lab/cli/__init__.py", "notebooks/00_map.ipynb", "data/runs"]
    assert [name for name in inside if not (ROOT / name).exists()] == []
    assert not let_through(".git") and not let_through(".venv") and not let_through("data/cache")
    allowed = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.M)
    assert sorted(allowed) == sorted(sources), "nothing is sent that is not copied"


def test_what_it_copies_before_the_setup_suffices_to_build(tmp_path):
    """The package is built from these files alone; what the wheel ships beside comes later, and may be missing then."""
    for source in copied(before="RUN"):
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, tmp_path / source)
    command = ["pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path / "wheel")]
    done = subprocess.run([sys.executable, "-m", *command, str(tmp_path)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "wheel").glob("smwm_lab-*.whl"))) == 1
    assert (tmp_path / "Makefile").exists() and (tmp_path / "constraints.txt").exists(), "make setup reads them"


def test_every_command_of_make_is_there_with_its_variables():
    commands = [each.text for each in of("RUN")] + [shlex.join(json.loads(of("CMD")[0].text))]
    calls = [call for command in commands for call in make_calls(command)]
    assert [target for target, _ in calls] == ["setup", "lab"]
    for target, variables in calls:
        assert target in targets()
        assert all(re.search(rf"^{variable} \?=", MAKEFILE, re.M) for variable in variables)
    assert "$(LAB_ARGS) notebooks" in MAKEFILE and "-e '.[$(EXTRAS)]'" in MAKEFILE


def test_it_ends_without_rights_and_exposes_the_port_of_the_lab():
    [user] = of("USER", "course")
    assert f" {user.text}" in of("RUN", "base")[0].text.partition("useradd")[2] and user.text != "root"
    assert DOCKERFILE.index(user) < DOCKERFILE.index(of("RUN", "course")[0])
    assert all("--chown=learner:learner" in each.text for each in of("COPY"))
    assert f"--port={of('EXPOSE')[0].text}" in of("CMD")[0].text and DOCKERFILE[-1].name == "CMD"


def test_it_keeps_no_list_of_packages_and_no_downloads():
    for run in of("RUN"):
        if "apt-get" in run.text:
            assert "apt-get update" in run.text and "--no-install-recommends" in run.text
            assert "rm -rf /var/lib/apt/lists/*" in run.text
    assert "PIP_NO_CACHE_DIR=1" in [each.text for each in of("ENV")]
    assert of("ARG")[0].text == 'PIP_EXTRA_INDEX_URL=""', "the CPU build of torch, by an address given from outside"


def test_the_devcontainer_has_known_keys_and_names_what_exists():
    folder = ROOT / ".devcontainer"
    container = json.loads((folder / "devcontainer.json").read_text(encoding="utf-8"))
    assert set(container) <= DEVCONTAINER_KEYS and container["name"] == "smwm_lab"
    build = container["build"]
    assert set(build) == {"dockerfile", "context", "target"}
    assert (folder / build["dockerfile"]).resolve() == ROOT / "Dockerfile" and (
        folder / build["context"]
    ).resolve() == ROOT
    assert of("USER", build["target"])[0].text == container["remoteUser"]
    assert [target for target, _ in make_calls(container["postCreateCommand"])] == ["setup"]
    assert set(map(str, container["forwardPorts"])) == set(container["portsAttributes"])
    assert set(container["forwardPorts"]) == {int(of("EXPOSE")[0].text), APP_PORT}
    labels = [value["label"] for value in container["portsAttributes"].values()]
    assert {label.rpartition("make ")[2] for label in labels} <= targets()
    vscode = container["customizations"]["vscode"]
    assert set(vscode) == {"extensions", "settings"}
    assert vscode["settings"]["python.defaultInterpreterPath"].endswith("/.venv/bin/python")


def test_binder_has_the_environment_of_the_lists():
    binder = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    [torch] = re.findall(r"^torch==(.+)$", (ROOT / "constraints.txt").read_text(), re.M)
    assert binder["dependencies"] == [*environment["dependencies"][:2], f"pytorch-cpu={torch}"]
    assert binder["channels"] == environment["channels"] and binder["name"] == environment["name"]
    script = ROOT / "binder" / "postBuild"
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o100 and text.startswith("#!/usr/bin/env bash\n")
    assert re.search(r"^python -m pip install .*-c constraints\.txt -e '\.\[app\]'$", text, re.M)
    assert sorted(file.name for file in (ROOT / "binder").iterdir()) == ["environment.yml", "postBuild"]


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_a_place_to_download_from(name):
    assert not re.search(r"://|index-url|find-links|trusted-host", (ROOT / name).read_text(encoding="utf-8"))

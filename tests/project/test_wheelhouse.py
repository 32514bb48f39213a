"""The wheelhouse for a room without internet. Claims proved here:

- The commands collect the tested versions, hand pip what PIP_ARGS says, and build the project's wheel without network.
- The project's own wheel is built into the folder, in place of an older one.
- The installer, run by a real shell with real pip, installs from the folder alone, copies the course, and refuses
  damaged wheels and another Python in one line.
- No file of it names a place to download from.

The wheels that are installed here are small ones made by the test; the whole folder has 136 of them.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from smwm_lab.paths import ROOT


WORKSHOP = ROOT / "workshop"
ENTRY = "import pathlib, sys\n\n\ndef main():\n    folder = pathlib.Path(sys.argv[2])\n    folder.mkdir()\n"


def load_script(name: str) -> ModuleType:
    """Import a script of the folder workshop, which is no package."""
    spec = importlib.util.spec_from_file_location(name, WORKSHOP / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


wheelhouse = load_script("wheelhouse")


def write_wheel(folder: Path, name: str, *, code: str = "", metadata: str = "", entry: str = "") -> Path:
    """Write the smallest wheel that pip installs."""
    info, file = f"{name}-1.0.dist-info", folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", code)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{metadata}")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/entry_points.txt", entry)
        archive.writestr(f"{info}/RECORD", "")
    return file


@pytest.fixture
def folder(tmp_path):
    """A wheelhouse of two small wheels: a project whose command makes the folder of the course, and what it needs."""
    house = tmp_path / "house of wheels"
    house.mkdir()
    write_wheel(
        house,
        "smwm_lab",
        code=ENTRY,
        metadata="Requires-Python: >=3.11\nProvides-Extra: app\nRequires-Dist: small; extra == 'app'\n",
        entry="[console_scripts]\nsmwm-lab = smwm_lab:main\n",
    )
    write_wheel(house, "small", metadata="Requires-Python: >=3.9\n")
    wheelhouse.write_installer(house)
    return house


def install(folder: Path, place: Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    """Run the installer in a folder of its own, where pip knows an index that has everything."""
    place.mkdir()
    index = place.parent / "index" / "small"
    index.mkdir(parents=True, exist_ok=True)
    offered = write_wheel(index, "small")
    (index / "index.html").write_text(f'<a href="{offered.name}">{offered.name}</a>')
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    known = {"PIP_INDEX_URL": index.parent.as_uri(), "PIP_CONFIG_FILE": os.devnull}
    command = ["sh", str(folder / "install.sh"), "room"]
    return subprocess.run(
        command,
        cwd=place,
        env=kept | known | {"PYTHON": python, "HOME": str(place)},
        capture_output=True,
        text=True,
        timeout=900,
    )


def test_it_installs_from_the_folder_alone(folder, tmp_path):
    done = install(folder, tmp_path / "place")
    assert done.returncode == 0, done.stderr
    environment = tmp_path / "place" / "room"
    installed = {path.name for path in environment.glob("lib/python*/site-packages/*-1.0.dist-info")}
    assert installed == {"smwm_lab-1.0.dist-info", "small-1.0.dist-info"}, "the extra comes along"
    assert (environment / "course").is_dir() and "room/bin/smwm-lab doctor" in done.stdout


def test_a_wheel_that_is_missing_is_not_fetched_from_elsewhere(folder, tmp_path):
    (folder / "small-1.0-py3-none-any.whl").unlink()
    wheelhouse.write_installer(folder)
    done = install(folder, tmp_path / "place")
    assert done.returncode != 0 and "No matching distribution found for small" in done.stderr


@pytest.mark.skipif(
    shutil.which("sha256sum") is None, reason="without sha256sum the installer does not check the wheels"
)
def test_a_damaged_wheel_is_refused_before_anything_is_made(folder, tmp_path):
    with (folder / "small-1.0-py3-none-any.whl").open("ab") as file:
        file.write(b"x")
    done = install(folder, tmp_path / "place")
    assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith("error: the files above are damaged")
    assert "small-1.0-py3-none-any.whl" in done.stdout + done.stderr and list((tmp_path / "place").iterdir()) == []


def test_another_python_is_refused_in_one_line(folder, tmp_path):
    script = folder / "install.sh"
    script.write_text(script.read_text().replace(f'"{wheelhouse.python_version()}.0"', '"3.99.5"'))
    done = install(folder, tmp_path / "place")
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "name one with PYTHON=" in done.stderr
    absent = install(folder, tmp_path / "absent", python="no_such_python_here")
    assert absent.returncode == 1, "what is called python3 here is not 3.99 either"
    assert list((tmp_path / "place").iterdir()) == []


def test_the_list_of_checksums_and_the_fields_of_the_texts_are_filled_in(folder):
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert len(lines) == 2
    for name in ("install.sh", "INSTALL.txt"):
        text = (folder / name).read_text()
        assert "@" not in text and wheelhouse.python_version() in text
    assert (folder / "install.sh").stat().st_mode & 0o100


def test_the_oldest_release_is_the_one_that_every_wheel_admits(tmp_path):
    files = [write_wheel(tmp_path, "small"), write_wheel(tmp_path, "other", metadata="Requires-Python: >=3.8\n")]
    assert wheelhouse.least_python(files) == f"{wheelhouse.python_version()}.0"
    newest = sys.version_info.micro
    exact = f"Requires-Python: >={wheelhouse.python_version()}.{newest}\n"
    assert wheelhouse.least_python([*files, write_wheel(tmp_path, "new", metadata=exact)]).endswith(f".{newest}")


def test_the_commands_ask_for_the_tested_versions_and_hand_pip_its_arguments(tmp_path):
    wheel = tmp_path / "smwm_lab-1.0-py3-none-any.whl"
    command = wheelhouse.dependencies_command(wheel, tmp_path, ["--find-links", "somewhere"])
    assert command[:2] == ["pip", "wheel"] and command[-1] == f"{wheel}[app]"
    assert command[command.index("-c") + 1] == str(ROOT / "constraints.txt")
    assert command[command.index("--find-links") + 1] == "somewhere" and "--no-deps" not in command
    own = wheelhouse.project_command(tmp_path, tmp_path)
    assert {"--no-index", "--no-deps", "--no-build-isolation"} <= set(own)


def test_the_wheel_of_the_project_replaces_an_older_one(tmp_path, monkeypatch):
    (tmp_path / "smwm_lab-0.0-py3-none-any.whl").write_text("old")
    asked = []
    real = wheelhouse.run
    monkeypatch.setattr(wheelhouse, "run", lambda command: asked.append(command) or (len(asked) == 1 and real(command)))
    wheel = wheelhouse.build(tmp_path, ["--pre"])
    assert list(tmp_path.iterdir()) == [wheel] and asked[1][-1] == f"{wheel}[app]" and "--pre" in asked[1]
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"smwm_lab/doctor/__init__.py", "smwm_lab/_shipped/constraints.txt"} <= names
    assert not [name for name in names if "data/cache" in name]


def test_a_command_that_fails_ends_with_one_line():
    with pytest.raises(SystemExit, match="^error: pip frobnicate failed with status 1"):
        wheelhouse.run(["pip", "frobnicate"])


def test_make_hands_its_pip_args_on():
    command = ["make", "-n", "wheelhouse", "PIP_ARGS=--one --two=x", "WHEELHOUSE=there"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert "workshop/wheelhouse.py --out there -- --one --two=x\n" in done.stdout


@pytest.mark.parametrize("file", sorted(WORKSHOP.iterdir()), ids=lambda file: file.name)
def test_no_file_names_a_place_to_download_from(file):
    if file.is_file():
        assert not re.search(r"://|index-url|trusted-host", file.read_text(encoding="utf-8"))

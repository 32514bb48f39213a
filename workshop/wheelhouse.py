"""Collect everything that a room without internet needs to install the course: `make wheelhouse`.

The folder then holds the wheel of the project, the wheels of all packages in the tested versions for this platform and
this Python, install.sh, INSTALL.txt and a list of checksums. Carry it to the room; nothing is downloaded there.
"""

import argparse
import email
import hashlib
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from pathlib import Path

from packaging.specifiers import SpecifierSet


ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve().parent
EXTRA = "app"
"""What participants get: the course and the app, without what only make test needs."""
SOURCES = ("smwm_lab", "data", "notebooks")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "constraints.txt")
LARGE_GB = 1.0
"""Above this the wheels hold a CUDA build of torch, which a room without GPUs does not need."""


def project_command(sources: Path, folder: Path) -> list[str]:
    """Return the command that builds the project's own wheel; setuptools is at hand, so nothing is downloaded."""
    quiet = ["-q", "--disable-pip-version-check"]
    return ["pip", "wheel", *quiet, "--no-deps", "--no-index", "--no-build-isolation", "-w", str(folder), str(sources)]


def dependencies_command(wheel: Path, folder: Path, pip_args: list[str]) -> list[str]:
    """Return the command that collects what the project needs, as wheels in the tested versions."""
    quiet, pins = ["-q", "--disable-pip-version-check"], ["-c", str(ROOT / "constraints.txt")]
    return ["pip", "wheel", *quiet, "-w", str(folder), *pins, *pip_args, f"{wheel.resolve()}[{EXTRA}]"]


def build(folder: Path, pip_args: list[str]) -> Path:
    """Fill a folder with the wheels; what is there already is kept. Return the wheel of the project."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("smwm_lab-*.whl"):
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:  # from a copy: a build folder in the checkout would be packed too
        for name in SOURCES:
            shutil.copytree(ROOT / name, Path(scratch, name), ignore=shutil.ignore_patterns("__pycache__", "cache"))
        for name in FILES:
            shutil.copy(ROOT / name, scratch)
        run(project_command(Path(scratch), folder))
    [wheel] = folder.glob("smwm_lab-*.whl")
    run(dependencies_command(wheel, folder, pip_args))
    return wheel


def run(arguments: list[str]) -> None:
    """Run a module of this Python; leave with its status if it fails, as it has said why."""
    done = subprocess.run([sys.executable, "-m", *arguments], check=False)
    if done.returncode:
        sys.exit(f"error: {arguments[0]} {arguments[1]} failed with status {done.returncode}; its last lines say why")


def write_installer(folder: Path) -> None:
    """Write install.sh, INSTALL.txt and the checksums of all wheels."""
    script = folder / "install.sh"
    least = least_python(wheels(folder))
    fields = {"@PYTHON@": python_version(), "@LEAST@": least, "@PLATFORM@": sysconfig.get_platform(), "@EXTRA@": EXTRA}
    for source, target in (("install.sh", script), ("INSTALL.txt", folder / "INSTALL.txt")):
        text = (HERE / source).read_text(encoding="utf-8")
        for field, value in fields.items():
            text = text.replace(field, value)
        target.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in wheels(folder)]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def python_version() -> str:
    """Return the version of Python that the wheels fit, such as 3.11."""
    return ".".join(platform.python_version_tuple()[:2])


def least_python(files: list[Path]) -> str:
    """Return the oldest release of this Python's version that every wheel admits, such as 3.11.5."""
    required = [SpecifierSet(requires_python(file)) for file in files]
    releases = [f"{python_version()}.{patch}" for patch in range(sys.version_info.micro + 1)]
    return next(release for release in releases if all(each.contains(release) for each in required))


def requires_python(wheel: Path) -> str:
    """Return which versions of Python a wheel says that it needs; empty if it says nothing."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name)).get("Requires-Python", "")


def wheels(folder: Path) -> list[Path]:
    """Return the wheels of a folder, in the order of their names."""
    return sorted(folder.glob("*.whl"))


def main(arguments: list[str] | None = None) -> None:
    """Collect the wheels and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="Folder for the wheels.")
    parser.add_argument("pip_args", nargs="*", metavar="PIP_ARG", help="After --: more arguments for pip.")
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    build(chosen.out, chosen.pip_args)
    write_installer(chosen.out)
    found = wheels(chosen.out)
    size = sum(file.stat().st_size for file in found) / 1e9
    minutes = (time.monotonic() - started) / 60
    print(f"{len(found)} wheels, {size:.2f} GB, in {chosen.out} after {minutes:.1f} minutes")
    print(
        f"for Python {python_version()} from {least_python(found)} on, {sysconfig.get_platform()}; there: sh install.sh"
    )
    if size > LARGE_GB:
        print("they hold a CUDA build of torch; for the small one see CONTRIBUTING.md, and start with an empty folder")


if __name__ == "__main__":
    main()

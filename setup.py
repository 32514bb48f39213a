"""Packs `data` and `notebooks`, which stand beside the package in a checkout, into it when a wheel is built.

Everything else about the build stands in pyproject.toml.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


SHIPPED = (
    "data/reference/*.csv",
    "data/reference/SHA256SUMS",
    "data/studies/*.csv",
    "data/studies/SHA256SUMS",
    "data/runs/*/*",
    "notebooks/[0-9][0-9]_*.ipynb",
)


class BuildWithShipped(build_py):
    """`build_py`, and what `smwm_lab.paths` looks for in an installed package."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return  # the checkout is used as it is
        root, shipped = Path(__file__).parent, Path(self.build_lib) / "smwm_lab" / "_shipped"
        shutil.rmtree(shipped, ignore_errors=True)  # of an earlier build
        for file in sorted(file for pattern in SHIPPED for file in root.glob(pattern)):
            place = shipped / file.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)


setup(cmdclass={"build_py": BuildWithShipped})

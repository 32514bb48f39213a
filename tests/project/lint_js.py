"""Lints the JavaScript of pages and widgets with ESLint; without Node, or without ESLint, one line says so.

    python tests/project/lint_js.py

ESLint and its exact version stand in package.json; it is installed into node_modules/ when it is missing.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]
QUICKLY = ["--fetch-retries=0", "--fetch-timeout=30000"]
INSTALL = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", *QUICKLY]
INSTALL_SECONDS = 120


def installed() -> bool:
    """Whether node_modules/ holds what package.json asks for, in those versions."""
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    manifests = {name: ROOT / "node_modules" / name / "package.json" for name in wanted}
    return all(
        file.is_file() and json.loads(file.read_text(encoding="utf-8"))["version"] == wanted[name]
        for name, file in manifests.items()
    )


def why_not(node: str | None, npm: str | None) -> str:
    """Return why ESLint cannot run here; empty if it can. It is installed if it is missing."""
    if node is None:
        return "Node is not here"
    if not installed():
        if npm is None:
            return "npm is not here to install ESLint"
        try:
            done = subprocess.run([npm, *INSTALL], cwd=ROOT, capture_output=True, timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            return f"ESLint was not installed within {INSTALL_SECONDS} s"
        if done.returncode or not installed():
            return "ESLint could not be installed; is there a network?"
    asked = subprocess.run([node, eslint(), "--version"], cwd=ROOT, capture_output=True)
    return "this Node is too old for ESLint" if asked.returncode else ""


def eslint() -> str:
    """Return the program that lints."""
    return str(ROOT / "node_modules" / "eslint" / "bin" / "eslint.js")


def main() -> int:
    """Lint, and return the exit status: 0 also where linting is skipped."""
    node = shutil.which("node")
    reason = why_not(node, shutil.which("npm"))
    if reason:
        print(f"JavaScript lint skipped: {reason}")
        return 0
    return subprocess.run([str(node), eslint(), "."], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())

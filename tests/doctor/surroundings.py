"""Surroundings that a test makes up: packages that are installed, or not."""

from importlib import metadata

import pytest


def pretend_installed(monkeypatch: pytest.MonkeyPatch, **versions: str | None) -> None:
    """Let some packages look installed in another version, or not at all (None); `_` in a name stands for `-`."""
    real = metadata.version
    changed = {name.replace("_", "-"): version for name, version in versions.items()}

    def version(name: str) -> str:
        if name not in changed:
            return real(name)
        pretended = changed[name]
        if pretended is None:
            raise metadata.PackageNotFoundError(name)
        return pretended

    monkeypatch.setattr(metadata, "version", version)

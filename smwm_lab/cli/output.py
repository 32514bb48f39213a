"""What the commands print: lines for people on stderr, JSON on stdout."""

import json
from typing import Any

import click


def say(line: str) -> None:
    """Print a line for people, on stderr."""
    click.echo(line, err=True)


def print_json(values: dict[str, Any]) -> None:
    """Print the one object that --json promises, on stdout."""
    click.echo(json.dumps(values))


def show(facts: dict[str, Any], as_json: bool) -> None:
    """Print facts as one JSON object, or for people as one line each."""
    if as_json:
        print_json(facts)
        return
    width = max(map(len, facts))
    for key, value in facts.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        if isinstance(value, dict):
            shown = "  ".join(f"{name} {_number(number)}" for name, number in value.items()) or "–"
        say(f"{key:<{width}}  {shown}")


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"

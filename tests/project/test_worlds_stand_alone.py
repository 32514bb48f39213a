"""A world is one file: outside smwm_lab/worlds nothing asks which world it has, by class or by name.

What differs between worlds is a method or a field of theirs, so that a new one needs no change elsewhere.
"""

import ast
from pathlib import Path

import pytest

import smwm_lab
from smwm_lab.worlds import WORLDS


PACKAGE = Path(smwm_lab.__file__).parent
OUTSIDE = sorted(path for path in PACKAGE.rglob("*.py") if "worlds" not in path.relative_to(PACKAGE).parts)
CLASSES = {"TwoRoomWorld", "DotWorld", "SpriteWorld", "TwoRoomConfig", "DotWorldConfig", "SpriteWorldConfig"}
BEGINNINGS = {"sprite", "two", "dot", "single"}


def words(node: ast.AST) -> set[str]:
    """Return the string literals in an expression."""
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def names(node: ast.AST) -> set[str]:
    """Return the plain names and attributes in an expression."""
    found = (getattr(each, "id", getattr(each, "attr", None)) for each in ast.walk(node))
    return {name for name in found if isinstance(name, str)}


def questions(source: ast.Module) -> list[str]:
    """Return where a source asks which world it has."""
    found = []
    for node in ast.walk(source):
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, kinds]) if names(kinds) & CLASSES:
                found.append(f"line {node.lineno}: isinstance")
            case ast.Call(func=ast.Attribute(attr="startswith"), args=[start]) if any(
                word.startswith(tuple(BEGINNINGS)) for word in words(start)
            ):
                found.append(f"line {node.lineno}: startswith")
            case ast.Compare() if words(node) & set(WORLDS):
                found.append(f"line {node.lineno}: comparison with the name of a world")
            case ast.match_case(pattern=pattern) if words(pattern) & set(WORLDS) or names(pattern) & CLASSES:
                found.append(f"line {pattern.lineno}: case of a world")
    return found


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_asks_which_world_it_has(path):
    assert questions(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "isinstance(world, TwoRoomWorld)",
        "isinstance(world.config, (int, worlds.DotWorldConfig))",
        "name == 'two_room'",
        "name in ('single_dot', 'x')",
        "name.startswith('sprite')",
        "match name:\n  case 'two_room': pass",
        "match world:\n  case TwoRoomWorld(): pass",
    ],
)
def test_the_check_can_fail(source):
    assert len(questions(ast.parse(source))) == 1
    assert questions(ast.parse("isinstance(x, World); name == 'walks'; preset_config('two_room')")) == []

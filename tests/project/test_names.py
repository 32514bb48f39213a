"""Names. Claims proved here:

- No word that the glossary says to avoid is part of a public name: of a module, a class, a function, a parameter, an
  attribute or a constant.
- What is allowed against the rule is listed here with its reason, and is still there.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import smwm_lab
from smwm_lab import paths


PACKAGE = Path(smwm_lab.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
GLOSSARY = paths.ROOT / "docs" / "glossary.md"
ALLOWED = {
    # the raster draws on an array of pixels, and that is what a canvas is
    ("worlds/raster.py", "draw_discs(canvas)"),
    ("worlds/raster.py", "draw_silhouette(canvas)"),
}
"""Module and name, each with a comment that says why; names stored in files of earlier versions belong here."""


def avoided_words() -> set[str]:
    """The words set as code in the last column of the glossary's tables."""
    rows = [line.strip().strip("|").split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines()]
    return {word for row in rows if len(row) > 3 for word in re.findall(r"`(\w+)`", row[-1])}


def words_of(name: str) -> set[str]:
    """The words of an identifier in lower case: LatentMap, latent_map and LATENT_MAP are latent and map."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {part.lower() for part in parts}


def is_avoided(name: str, avoided: set[str]) -> bool:
    """Whether a word of a name, or the word that it is a plural or past of, is avoided."""
    return any(word in avoided or re.sub(r"(s|ed)$", "", word) in avoided for word in words_of(name))


def is_public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def assigned(node: ast.stmt) -> list[str]:
    """Names that an assignment of a module or class body makes."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [found.id for target in targets for found in ast.walk(target) if isinstance(found, ast.Name)]


def attributes(init: ast.FunctionDef) -> set[str]:
    """Names that a constructor stores in self."""
    stored = [node for node in ast.walk(init) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)]
    return {node.attr for node in stored if isinstance(node.value, ast.Name) and node.value.id == "self"}


def public_names(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, str]]:
    """Every public name of a module or class: how it is written here, and the identifier itself."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and is_public(node.name):
            yield f"{owner}{node.name}", node.name
        if isinstance(node, ast.ClassDef) and is_public(node.name):
            yield from public_names(node.body, f"{owner}{node.name}.")
        if isinstance(node, ast.FunctionDef) and is_public(node.name):
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            yield from ((f"{owner}{node.name}({argument.arg})", argument.arg) for argument in arguments)
            if node.name == "__init__":
                yield from ((f"{owner}{name}", name) for name in sorted(attributes(node)) if is_public(name))
        if isinstance(node, ast.Assign | ast.AnnAssign):
            yield from ((f"{owner}{name}", name) for name in assigned(node) if is_public(name))


def offenders(path: Path) -> set[str]:
    """Names of a module that hold an avoided word, its own name and that of its folder first."""
    avoided = avoided_words()
    here = path.parent.name if path.stem == "__init__" else path.stem
    found = {here} if is_avoided(here, avoided) else set()
    names = public_names(ast.parse(path.read_text(encoding="utf-8")).body)
    return found | {shown for shown, name in names if is_avoided(name, avoided)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_public_name_holds_a_word_that_the_glossary_avoids(path):
    here = str(path.relative_to(PACKAGE))
    assert sorted(name for name in offenders(path) if (here, name) not in ALLOWED) == []


def test_what_is_allowed_is_still_there():
    assert [(module, name) for module, name in ALLOWED if name not in offenders(PACKAGE / module)] == []


def test_the_glossary_avoids_words_and_names_only_what_exists():
    assert {"walk", "picture", "film", "stage", "canvas", "rehearsal"} <= avoided_words()
    text = GLOSSARY.read_text(encoding="utf-8")
    sources = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    named = {name for row in rows if len(row) > 3 for name in re.findall(r"`([A-Za-z_]\w*)", row[-2])}
    assert len(named) > 40
    assert sorted(name for name in named if not re.search(rf"\b{name}\b", sources)) == []


def test_the_check_of_names_can_fail():
    source = "class LatentMap:\n    def __init__(self, *, walked): self.pictures = walked\n\nFILM_LENGTH: int = 3"
    found = {shown for shown, name in public_names(ast.parse(source).body) if is_avoided(name, avoided_words())}
    assert found == {"LatentMap", "LatentMap.__init__(walked)", "LatentMap.pictures", "FILM_LENGTH"}
    assert not is_avoided("bitmap", {"map"}) and not is_avoided("padding", {"pad"}) and is_avoided("pads", {"pad"})

"""A run that is resumed believes nothing that it has not checked. Claims proved here:

- A file that was cut, emptied, changed in one byte, removed or replaced by a link is made anew, and no other.
- Nothing outside of the output folder is read or written, whatever names and links stand in it.
- A damaged or forged `run.json` is one line, or its entries are made anew; no size in it makes anything be read.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from canned_execution import FILES, NAMES, contents, run_canned, statuses, write_sources

from smwm_lab.errors import InputError
from smwm_lab.runner.records import LARGEST_FILE
from smwm_lab.runner.run_folder import LARGEST_RECORD


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    sources = write_sources(folder / "sources")
    run_canned(sources, folder / "out")
    return sources, folder / "out"


@pytest.fixture
def sources(made):
    return made[0]


@pytest.fixture
def out(made, tmp_path):
    return shutil.copytree(made[1], tmp_path / "out")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def replace_by_link(path: Path) -> None:
    twin = path.rename(path.parents[2] / "elsewhere")
    path.symlink_to(twin)


DAMAGE = {
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "lengthened": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "emptied": lambda path: path.write_bytes(b""),
    "flipped": flip,
    "removed": Path.unlink,
    "a link": replace_by_link,
}


def forge(out: Path, change) -> None:
    """Change `run.json` and give it the checksum of what it holds now."""
    stored = json.loads((out / "run.json").read_text())
    change(stored)
    body = {key: value for key, value in stored.items() if key != "sha256"}
    stored["sha256"] = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    (out / "run.json").write_text(json.dumps(stored))


def first_of(stored: dict) -> dict:
    return stored["notebooks"][NAMES[0]]


def test_what_is_whole_is_kept(sources, out):
    before = contents(out)
    assert set(statuses(run_canned(sources, out)).values()) == {"skipped"}
    assert contents(out) == before


def test_a_forged_record_that_changes_nothing_is_believed(sources, out):
    """Or the tests below would show nothing."""
    forge(out, lambda stored: None)
    assert set(statuses(run_canned(sources, out)).values()) == {"skipped"}


@pytest.mark.parametrize("file", FILES[:4])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_anew_and_no_other(sources, out, file, damage):
    before, owner = contents(out), "Wheel" if file.startswith("widgets") else NAMES[0]
    DAMAGE[damage](out / file)
    assert statuses(run_canned(sources, out)) == {
        name: "ok" if name == owner else "skipped" for name in (*NAMES, "Wheel")
    }
    assert contents(out) == before and not (out / file).is_symlink()
    assert set(statuses(run_canned(sources, out)).values()) == {"skipped"}


def test_damage_that_another_notebooks_run_saw_is_not_forgotten(sources, out):
    """Its page gets no new navigation and no new checksum, and the index shows nothing of it."""
    before = contents(out)
    flip(out / "figures" / "00_dot.png")
    os.truncate(out / "html" / "00_first.html", 2000)
    run_canned(sources[1:], out, resume=False)
    assert "00_first" not in (out / "index.html").read_text()
    assert statuses(run_canned(sources, out)) == {NAMES[0]: "ok", NAMES[1]: "skipped", "Wheel": "skipped"}
    assert contents(out) == before


@pytest.mark.parametrize("name", ["../../secret", "/etc/secret", "a/b", "..", ".", "", "a\0b"])
@pytest.mark.parametrize("where", ["notebook", "figure", "widget"])
def test_a_name_that_is_a_path_is_one_line_and_nothing_is_read(sources, out, name, where):
    (out.parent / "secret").write_text("what nobody may see")

    def change(stored):
        if where == "figure":
            figures = first_of(stored)["figures"]
            figures[name] = figures["00_dot.png"]
        else:
            entries = stored["notebooks" if where == "notebook" else "widgets"]
            entries[name] = next(iter(entries.values()))

    forge(out, change)
    with pytest.raises(InputError, match="is no plain name; allowed: a name without .*choose a new folder") as told:
        run_canned(sources, out)
    assert str(told.value).isprintable()


@pytest.mark.parametrize("name", ["notebooks", "html", "figures", "widgets", "run.json"])
def test_a_link_that_leads_out_of_the_folder_is_refused_and_nothing_is_written_there(sources, out, name):
    elsewhere = (out / name).rename(out.parent / "elsewhere")
    (out / name).symlink_to(elsewhere)
    before = [path.stat().st_mtime_ns for path in (elsewhere, *elsewhere.glob("*"))]
    with pytest.raises(InputError, match=f"{name} is a link that leads out of the folder, to .*; remove it"):
        run_canned(sources, out, resume=False)
    assert [path.stat().st_mtime_ns for path in (elsewhere, *elsewhere.glob("*"))] == before
    (out / name).unlink()
    if name == "run.json":
        shutil.rmtree(out)  # without its record the folder is nobody's
    assert "failed" not in statuses(run_canned(sources, out)).values(), "the remedy works"


def test_figures_may_lie_in_a_folder_that_was_asked_for(sources, tmp_path):
    places = {"figures": tmp_path / "figures"}
    assert set(statuses(run_canned(sources, tmp_path / "out", **places)).values()) == {"ok"}
    assert set(statuses(run_canned(sources, tmp_path / "out", **places)).values()) == {"skipped"}
    flip(tmp_path / "figures" / "01_dot.png")
    assert statuses(run_canned(sources, tmp_path / "out", **places))[NAMES[1]] == "ok"


FORGED = {
    "deep": lambda stored: first_of(stored).update(title=json.loads("[" * 300 + "]" * 300)),
    "size too large": lambda stored: first_of(stored)["page"].update(size=LARGEST_FILE + 1),
    "size without end": lambda stored: first_of(stored)["page"].update(size=10**400),
    "size below zero": lambda stored: first_of(stored)["page"].update(size=-1),
    "size no number": lambda stored: first_of(stored)["page"].update(size="1"),
    "checksum no checksum": lambda stored: first_of(stored)["page"].update(sha256="../../secret"),
    "seconds no number": lambda stored: first_of(stored).update(seconds="1"),
    "seconds without end": lambda stored: first_of(stored).update(seconds=10**400),
    "seconds infinite": lambda stored: first_of(stored).update(seconds=float("inf")),
    "seconds nan": lambda stored: first_of(stored).update(seconds=float("nan")),
    "title no text": lambda stored: first_of(stored).update(title=1),
    "error no error": lambda stored: first_of(stored).update(error={"cell": [], "name": 1}),
    "figures a list": lambda stored: first_of(stored).update(figures=["00_dot.png"]),
    "parameters a number": lambda stored: first_of(stored).update(parameters=3),
    "unknown key": lambda stored: first_of(stored).update({"a\nb": 1}),
    "missing key": lambda stored: first_of(stored).pop("notebook"),
    "entries a list": lambda stored: stored.update(notebooks=[]),
    "entry a text": lambda stored: stored["notebooks"].update({NAMES[0]: "?"}),
    "no widgets": lambda stored: stored.pop("widgets"),
    "another format": lambda stored: stored.update(format="9" * 10**5),
}


@pytest.mark.parametrize("change", FORGED)
def test_a_forged_record_is_one_line(sources, out, change):
    forge(out, FORGED[change])
    with pytest.raises(InputError, match="run.json is not a record of a run .*choose a new folder") as told:
        run_canned(sources, out)
    assert str(told.value).isprintable() and len(str(told.value)) < 1000


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "", "null", "\x80", " " * (LARGEST_RECORD + 1)])
def test_whatever_stands_in_a_record_is_one_line(sources, out, text):
    (out / "run.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="run.json is not a record of a run") as told:
        run_canned(sources, out)
    assert str(told.value).isprintable()


def test_half_a_character_in_a_title_is_shown_as_a_question_mark(sources, out):
    forge(out, lambda stored: first_of(stored).update(title="half \ud800"))
    assert set(statuses(run_canned(sources, out)).values()) == {"skipped"}
    assert "half ?" in (out / "index.html").read_text() and "half ?" in (out / "html" / "01_second.html").read_text()


def test_a_huge_file_is_not_read(sources, out, monkeypatch):
    """Neither one that grew nor one that its record calls huge."""
    read = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, name: (read.append(file.name), digest(file, name))[1])
    os.truncate(out / FILES[1], 1 << 40)  # a file of holes
    forge(out, lambda stored: first_of(stored)["notebook"].update(size=LARGEST_FILE))
    assert statuses(run_canned(sources, out)) == {NAMES[0]: "ok", NAMES[1]: "skipped", "Wheel": "skipped"}
    seen = set(map(str, read))
    assert str(out / FILES[2]) not in seen, "of a notebook with a damaged file nothing more is read"
    assert str(out / FILES[4]) in seen and not {str(out / FILES[0]), str(out / FILES[1])} & seen

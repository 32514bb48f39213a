"""Files for people and forges. Claims proved here:

- The workflow runs .ci/run on every supported Python, and trains from a wheel in an environment of its own.
- Hooks before a commit use what is in .venv and download nothing.
- The citation names the software and the paper; issue forms are valid and ask for what is needed to help.
- The changelog marks what moves results, and the modules in its table are where it says.
- Every link of a page in docs/, of README and of CONTRIBUTING leads to a file and a heading that exist.
"""

import re
import tomllib

import pytest
import yaml

import smwm_lab
from smwm_lab.paths import ROOT


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))])


def load(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def commands(job: dict) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_the_workflow_tests_every_python_and_trains_from_the_wheel():
    workflow = load(".github/workflows/ci.yml")
    jobs = workflow["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert ".ci/run" in commands(jobs["test"]) and (ROOT / ".ci" / "run").stat().st_mode & 0o100
    wheel = commands(jobs["wheel"])
    assert re.search(r"pip wheel .*\n.*-m venv .*\n.*pip\" install .*dist/\*\.whl", wheel)
    assert 'smwm-lab" train' in wheel and "-e ." not in wheel
    used = {step["uses"].split("@")[0] for job in jobs.values() for step in job["steps"] if "uses" in step}
    assert used == {"actions/checkout", "actions/setup-python"}
    assert workflow["permissions"] == {"contents": "read"}, "a pull request of a stranger may not write"


def test_hooks_download_nothing():
    [repository] = load(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local" and len(repository["hooks"]) >= 2
    assert all(hook["language"] == "system" for hook in repository["hooks"])
    assert all(hook["entry"].startswith(".venv/bin/") for hook in repository["hooks"])
    tested = re.findall(r"tests/\S+", " ".join(hook["entry"] for hook in repository["hooks"]))
    assert [name for name in tested if not (ROOT / name).exists()] == []


def test_the_citation_names_the_software_and_the_paper():
    citation = load("CITATION.cff")
    assert {"cff-version", "message", "title", "authors", "license", "type"} <= set(citation)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert citation["license"] == project["license"] and citation["title"].startswith(project["name"])
    [paper] = citation["references"]
    assert [author["family-names"] for author in paper["authors"]] == ["Ivashkov", "Balestriero", "Schölkopf"]
    assert paper["year"] == 2026 and paper["identifiers"][0]["value"] == "arXiv:2606.20104"


def test_there_are_forms_for_bugs_questions_and_worlds():
    assert [path.stem for path in FORMS] == ["bug", "new_world", "question"]
    assert "(moves results)" in (ROOT / ".github" / "pull_request_template.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_is_valid_and_requires_something(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form["name"] and form["description"] and form["body"]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in fields} <= {"textarea", "input", "dropdown", "checkboxes"}
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)
    assert any(field.get("validations", {}).get("required") for field in fields)


def test_the_changelog_knows_this_version_and_says_whether_results_move():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changes, re.M)
    assert versions == sorted(versions, reverse=True) and versions[-1] == "0.1.0"
    assert smwm_lab.__version__ in versions
    newest = changes.split("\n## ")[1]
    assert "(moves results" in newest or "No results move" in newest


def test_the_modules_of_the_changelog_are_where_it_says():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    moved = [line.strip("|").split("|") for line in changes.splitlines() if line.startswith("| `")]
    now = [name for row in moved for name in re.findall(r"`([\w/.]+)`", row[1])]
    assert len(now) > 80
    package = ROOT / "smwm_lab"
    assert [name for name in now if not ((package / f"{name}.py").exists() or (package / name).exists())] == []
    before = [name for row in moved for name in re.findall(r"`([\w/.]+)`", row[0])]
    assert [name for name in before if (package / f"{name}.py").exists()] == []


def anchors(text: str) -> set[str]:
    """Headings as a forge makes links of them."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), f"{page.name} links to {target}, which is not there"
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), f"{page.name}: no heading {target}"

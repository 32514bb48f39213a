"""What all tests share: shape checks at run time, reproducible examples, no window, no cache but their own."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import jaxtyping
import pytest
from oracle import oracle as oracle
from xdist.scheduler.loadscope import LoadScopeScheduling


assert "smwm_lab" not in sys.modules, "the shape checks must be installed before the package is imported"
# beartype alone would refuse an int where a float is annotated, which Python's typing rules (PEP 484) allow.
TYPE_CHECKER = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
jaxtyping.install_import_hook("smwm_lab", TYPE_CHECKER)

hypothesis.settings.register_profile("smwm_lab", derandomize=True, deadline=None, max_examples=25, database=None)
hypothesis.settings.load_profile("smwm_lab")

BROWSER = "browser"
"""The group of tests that share a browser, its servers and a built site."""

_cache = tempfile.TemporaryDirectory(prefix="smwm_lab_test_")
os.environ["SMWM_LAB_CACHE"] = _cache.name
os.environ["MPLBACKEND"] = "Agg"
os.environ["SMWM_LAB_PROGRESS"] = "off"  # exercises that tests solve are nobody's progress


def pytest_configure(config: pytest.Config) -> None:
    """Print the reason of every skipped test."""
    if "s" not in config.option.reportchars:
        config.option.reportchars += "s"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests in a browser first: one worker waits for pages while the others compute."""
    items.sort(key=lambda item: group_of(item.nodeid) != BROWSER)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Keep the tests of a file on one worker, because they share fixtures, and those in a browser on one as well.

    The marks of `--dist loadgroup` do not reach the scheduler with pytest 9.2, so tests are told apart by their names.
    """
    return ByGroup(config, log)


class ByGroup(LoadScopeScheduling):
    """Gives the next whole group to whoever has nothing to do."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Return the group of a test: its file, or the browser.

    >>> group_of("tests/browser/test_browser_lab.py::test_a"), group_of("tests/test_files.py::test_a[x::y]")
    ('browser', 'tests/test_files.py')
    """
    file = nodeid.partition("::")[0]
    return BROWSER if "browser/" in file else file


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site, with all widgets, small, and one live page; for tests of the browser's group."""
    from built_site import build_site

    from smwm_lab.widgets import GALLERY

    return build_site(tmp_path_factory.mktemp("site"), widgets=GALLERY, live=["two_room"])


@pytest.fixture(scope="session", autouse=True)
def _remove_cache() -> Iterator[None]:
    yield
    _cache.cleanup()

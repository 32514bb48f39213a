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


assert "smwm_lab" not in sys.modules, "the shape checks must be installed before the package is imported"
# beartype alone would refuse an int where a float is annotated, which Python's typing rules (PEP 484) allow.
TYPE_CHECKER = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
jaxtyping.install_import_hook("smwm_lab", TYPE_CHECKER)

hypothesis.settings.register_profile("smwm_lab", derandomize=True, deadline=None, max_examples=25, database=None)
hypothesis.settings.load_profile("smwm_lab")

BROWSER = "browser"
"""The group of tests that share a browser, its servers and the built site."""

_cache = tempfile.TemporaryDirectory(prefix="smwm_lab_test_")
os.environ["SMWM_LAB_CACHE"] = _cache.name
os.environ["MPLBACKEND"] = "Agg"
os.environ["SMWM_LAB_PROGRESS"] = "off"  # exercises that tests solve are nobody's progress


def pytest_configure(config: pytest.Config) -> None:
    """Print the reason of every skipped test."""
    if "s" not in config.option.reportchars:
        config.option.reportchars += "s"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one worker, because they share fixtures, and those in a browser on one as well.

    One worker begins with the browser, which waits a lot, while the other computes.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            here = item.path.parent.name
            item.add_marker(pytest.mark.xdist_group(BROWSER if here == BROWSER else f"{here}/{item.path.name}"))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group").args[0] != BROWSER)


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

"""Fixtures for tests in a real browser: Debian's Chromium, driven by Playwright, against servers on 127.0.0.1.

A test asks for `show` (code -> page: the code runs in JupyterLab) or for `page`. It fails if the page logs an error or
asks for anything outside this machine. A picture of every page at the end of its test lands in out/browser/.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import nbformat
import pytest
from gestures import screenshot
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, sync_playwright
from servers import Server, start_app, start_jupyterlab


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
HERE = ("http://127.0.0.1:", "data:", "blob:")
PATIENCE_MS = 300_000
"""How long anything may take on a busy machine."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; closed after each file, because Playwright's event loop would be in the way of other tests."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium fonts-dejavu-core, or let .ci/run do it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of 1280 x 800 px; afterwards its picture is kept and its console must hold no error."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(f"error on the page: {error}"))
    opened.on("console", lambda line: complaints.append(f"console: {line.text}") if line.type == "error" else None)

    def stay_here(route: Route) -> None:
        if route.request.url.startswith(HERE):
            route.continue_()
        else:
            complaints.append(f"asked for {route.request.url}")
            route.abort()

    context.route("**/*", stay_here)
    yield opened
    screenshot(opened, re.sub("[^a-z0-9]+", "_", request.node.name.removeprefix("test_")))
    context.close()
    assert not complaints


@pytest.fixture
def open_page(page: Page) -> Callable[[Path], Page]:
    """Return a function that opens an exported page; that file is all that may be loaded."""

    def opened(file: Path) -> Page:
        page.route(file.as_uri(), lambda route: route.continue_())
        page.goto(file.as_uri())
        return page

    return opened


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running JupyterLab."""
    server = start_jupyterlab(tmp_path_factory.mktemp("jupyterlab"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The running page of `make app`."""
    server = start_app(tmp_path_factory.mktemp("app"))
    yield server
    server.stop()


@pytest.fixture
def show(page: Page, jupyterlab: Server, request: pytest.FixtureRequest) -> Callable[[str], Page]:
    """Return a function that runs code in a notebook in JupyterLab and returns the page, its cell executed.

    The value of the last line is shown: `show("from smwm_lab.widgets import WorldPlayer; WorldPlayer('single_dot')")`.
    """

    def run(code: str) -> Page:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        name = f"{re.sub('[^a-z0-9]+', '_', request.node.name)}.ipynb"
        nbformat.write(notebook, jupyterlab.log.parent / name)
        page.goto(f"{jupyterlab.url}/doc/tree/{name}?reset")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        _run_first_cell(page)
        return page

    return run


def _run_first_cell(page: Page) -> None:
    """Press Ctrl+Enter until the prompt shows that the kernel took it: an early request is lost."""
    for _ in range(40):
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Control+Enter")
        try:
            _wait_for_prompt(page, r"/\[(\*|\d+)\]/", 1500)
            break
        except Error:
            continue
    _wait_for_prompt(page, r"/\[\d+\]/", PATIENCE_MS)


def _wait_for_prompt(page: Page, pattern: str, timeout_ms: int) -> None:
    prompt = "document.querySelector('.jp-CodeCell .jp-InputPrompt').innerText"
    page.wait_for_function(f"() => {pattern}.test({prompt})", timeout=timeout_ms)


@pytest.fixture
def visit(browser: Browser, site: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page of the site from its file, in light or dark colours.

    Only files of the site may be loaded, and no page may log an error.
    """
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(name: str, *, dark: bool = False, width: int = 1280) -> Page:
        colours: Literal["dark", "light"] = "dark" if dark else "light"
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, color_scheme=colours))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(f"{name}: {error}"))
        page.on("console", lambda line: complaints.append(f"{name}: {line.text}") if line.type == "error" else None)
        page.on("request", lambda asked: stay_here(asked.url))
        page.goto((site / name).as_uri())
        return page

    def stay_here(url: str) -> None:
        if not url.startswith((site.as_uri(), "data:", "blob:", "about:")):
            complaints.append(f"asked for {url}")

    yield opened
    for number, context in enumerate(contexts):
        name = re.sub("[^a-z0-9]+", "_", request.node.name.removeprefix("test_"))
        screenshot(context.pages[0], f"{name}_{number}" if number else name)
        context.close()
    assert not complaints

"""Build the site: `make site`. Widgets and live pages are made first, as far as none are at hand; no network is needed.

python website/build.py --out out/site
"""

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from smwm_lab.locks import folder_lock
from smwm_lab.runner import NotebookResult, WidgetPage, gallery_pages, live_pages
from smwm_lab.runner.run_folder import RECORD_FILE, RunFolder
from smwm_lab.runner.widget_pages import inputs_digest, publish_widget_pages


ROOT = Path(__file__).resolve().parents[1]
RUN = ROOT / "out" / "run"
"""Where `make run` has left pages."""
PAGES = ROOT / "out" / "site_pages"
"""Where those are kept that are made for the site."""


def main() -> None:
    """Make what is missing, build, and say where the site is; the status is 1 if anything failed."""
    chosen = arguments()
    pages = chosen.pages
    if pages is None:
        failed = [result for result in make_pages(PAGES, with_live=not chosen.no_live) if result.error]
        if failed:
            sys.exit(f"error: {'; '.join(map(str, failed))}")
        pages = PAGES / "widgets"
    build(chosen.out.resolve(), pages=pages.resolve(), with_live=not chosen.no_live)
    print(f"wrote {chosen.out}/index.html")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of the site; what it holds is replaced")
    parser.add_argument("--pages", type=Path, help="take widgets and live pages from this folder, and make none")
    parser.add_argument("--no-live", action="store_true", help="leave live pages out")
    return parser.parse_args()


def make_pages(folder: Path, *, with_live: bool, run: Path = RUN) -> Sequence[NotebookResult]:
    """Make widgets and live pages as `make run` does, and return what became of each.

    folder: where they are kept; what is unchanged since is not made again. run: the folder of a run, whose pages are
    taken where they were made of the same.
    """
    parameters = {"preset": "quick", "seed": 0}
    wanted = [*gallery_pages(parameters), *(live_pages(parameters) if with_live else [])]
    earlier = RunFolder(root=run, figures=None) if (run / RECORD_FILE).is_file() else None
    with folder_lock(folder, waiting=print):
        ours = RunFolder(root=folder, figures=None)
        return publish_widget_pages([_at_hand(page, earlier) for page in wanted], ours, resume=True, echo=print)


def build(out: Path, *, pages: Path, with_live: bool) -> None:
    """Build the site into a folder; a warning is an error, which ends the process."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"  # the theme's notice is no warning about this site
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort

    shown = logging.StreamHandler()
    shown.setLevel(logging.WARNING)
    shown.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logging.getLogger("mkdocs").addHandler(shown)
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(out), strict=True)
    config.extra |= {"widget_pages": str(pages), "with_live_pages": with_live}
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build_site(config)
    except Abort as problem:
        sys.exit(f"error: {problem}")
    finally:
        config.plugins.on_shutdown()


def _at_hand(page: WidgetPage, earlier: RunFolder | None) -> WidgetPage:
    """Return a page that is copied instead of made, if an earlier run has made it of the same."""
    if earlier is None or not earlier.is_current_widget_page(page.name, inputs_digest(page)):
        return page
    made = earlier.widget_page(page.name)
    return replace(page, write=lambda path: shutil.copyfile(made, path))


if __name__ == "__main__":
    main()

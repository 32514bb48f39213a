"""What mkdocs calls while it builds the site: which files it has, and what stands on the pages that are made here."""

import functools

import frame
import links
import notebook_page
import reference
import repository
import things_to_try
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc


NOTEBOOKS = "{{ notebooks }}"
TRY = "{{ things to try }}"
PACKAGES = "{{ packages }}"


@functools.cache
def notebooks() -> dict[str, notebook_page.Notebook]:
    """Return address of the page -> notebook, read once."""
    return {each.page: each for each in notebook_page.course()}


def things(config: MkDocsConfig) -> list[things_to_try.Thing]:
    """Return what can be tried, made or not, as the configuration has it."""
    folder = repository.ROOT / config.extra["widget_pages"]
    return things_to_try.all_things(folder, with_live_pages=config.extra["with_live_pages"])


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Name in the navigation the pages that stand for `*`."""
    named = {page: each.short_title for page, each in notebooks().items()}
    pages = [*repository.pages(), *named, *reference.pages()]
    config.nav = links.expanded(config.nav, pages, titles=named | reference.pages())
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files of the repository, notebooks, reference and single pages to those of `website/pages`."""

    def add(name: str, **source: str) -> None:
        if files.get_file_from_path(name) is None:
            files.append(File.generated(config, name, **source))

    for name in [*repository.pages(), *repository.linked_files(), *(each.file for each in notebooks().values())]:
        add(name, abs_src_path=str(repository.ROOT / name))
    for name, place in (repository.assets() | things_to_try.figures()).items():
        add(name, abs_src_path=str(place))
    for name, notebook in notebooks().items():
        add(name, content=f"# {notebook.title}\n")
    for name, package in reference.pages().items():
        add(name, content=reference.page_text(package))
    for thing in things(config):
        if thing.is_made:
            add(thing.address, content=thing.html())
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links between files of the repository into links between pages, and fill in lists."""
    if page.parent is None:  # alone in its part of the navigation, which would be a list of one
        page.meta["hide"] = ["navigation"]
    if page.is_homepage:
        markdown = things_to_try.with_entrance(markdown)
    markdown = markdown.replace(PACKAGES, reference.overview())
    if TRY in markdown:
        markdown = markdown.replace(TRY, things_to_try.overview(things(config)))
    if NOTEBOOKS in markdown:
        markdown = markdown.replace(NOTEBOOKS, notebook_page.overview(list(notebooks().values())))
    return links.between_pages(markdown, page.file.src_uri)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Show a notebook on its page."""
    notebook = notebooks().get(page.file.src_uri)
    if notebook is None:
        return frame.with_reachable_tables(html)
    body, headings = notebook_page.body(notebook, things(config))
    page.toc = get_toc(headings)
    page.present_anchor_ids = notebook_page.anchors(body)
    return frame.with_reachable_tables(body)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Give names to what the theme leaves without."""
    return frame.with_names(output)

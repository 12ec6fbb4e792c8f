"""The docs lead somewhere: every link and picture is there, every page and picture is led to."""

import re
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
DOCS = REPO / "docs"
PAGES = sorted([*REPO.glob("*.md"), *DOCS.glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(page: Path) -> list[str]:
	"""Return what a page links to, on this machine."""
	return [link for link in LINK.findall(page.read_text()) if not link.startswith(("http", "mailto:"))]


def anchors(page: Path) -> set[str]:
	"""Return the names by which a page's headings are linked to."""
	heads = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
	return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
	for link in links(page):
		name, _, anchor = link.partition("#")
		target = (page.parent / name).resolve() if name else page
		assert target.exists(), f"{page.name} links to {link}, which is not there"
		assert not anchor or anchor in anchors(target), (
			f"{page.name} links to {link}, which has no such heading"
		)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Path) -> None:
	for name in re.findall(r"`((?:tests|benchmarks|scenarios|dev|docs)/[\w/.-]+)`", page.read_text()):
		assert (REPO / name).exists(), f"{page.name} names {name}, which is not there"


def test_every_page_is_in_the_index() -> None:
	listed = {link.partition("#")[0] for link in links(DOCS / "index.md")}
	missing = {page.name for page in DOCS.glob("*.md")} - listed - {"index.md"}
	assert not missing, f"list them in docs/index.md: {missing}"


def test_every_picture_is_shown() -> None:
	shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
	unused = [picture.name for picture in (DOCS / "images").iterdir() if picture not in shown]
	assert not unused, f"no page shows {unused}"

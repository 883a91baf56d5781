"""The pages are what they are said to be, and what is wrong with one is noticed."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from .children import MeasurementError
from .figures.page_checks import without_insertions
from .origin.pages import moved, page, page_of_links

PREFIX = "/jupyter/proxy/8501"
INSERTED = (
    b'<script data-porthole="{&#34;prefix&#34;:&#34;/jupyter/proxy/8501&#34;}">start()</script>',
    b'<script type="importmap">{"imports":{"/":"/jupyter/proxy/8501/"}}</script>',
)


class Addresses(HTMLParser):
    """Gathers the addresses that a page names in attributes, and how many tags it has."""

    def __init__(self, content: bytes) -> None:
        """Read a page."""
        super().__init__()
        self.found: list[str] = []
        self.tags = 0
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag's addresses."""
        self.tags += 1
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "action")]


@pytest.mark.parametrize("size", [8_000, 1_000_000, 5_000_000])
@pytest.mark.parametrize("make", [page, page_of_links])
def test_a_page_has_about_the_size_that_is_wanted(make: Callable[..., bytes], size: int) -> None:
    assert len(make(size)) == pytest.approx(size, rel=0.1)


@pytest.mark.parametrize("make", [page, page_of_links])
def test_a_page_is_the_same_in_each_run(make: Callable[..., bytes]) -> None:
    assert make(8_000) == make(8_000)


@pytest.mark.parametrize("make", [page, page_of_links])
def test_addresses_begin_as_is_wanted(make: Callable[..., bytes]) -> None:
    relative, rooted = Addresses(make(50_000)), Addresses(make(50_000, "/"))

    assert not [address for address in relative.found if address.startswith("/")]
    away = [address for address in rooted.found if not address.startswith("/")]
    assert away == ["https://docs.example.org/guide"]


def test_one_page_is_text_above_all_and_the_other_is_links() -> None:
    text, links = Addresses(page(100_000)), Addresses(page_of_links(100_000))

    assert 200 < len(text.found) < text.tags / 2
    assert len(links.found) > 3_000
    assert len(links.found) > 0.99 * links.tags


@pytest.mark.parametrize("make", [page, page_of_links])
def test_a_page_is_moved_with_all_its_addresses(make: Callable[..., bytes]) -> None:
    rooted = make(50_000, "/")
    below = moved(rooted, PREFIX)

    assert below.replace(f"{PREFIX}/".encode(), b"/") == rooted
    before = [address for address in Addresses(rooted).found if address.startswith("/")]
    after = [address for address in Addresses(below).found if address.startswith("/")]
    assert after == [PREFIX + address for address in before]
    assert below.count(PREFIX.encode()) == rooted.count(b'"/') + rooted.count(b", /")


def test_what_was_put_into_a_page_is_taken_out() -> None:
    original = page(8_000, "/")
    half = original.replace(b"<link", INSERTED[0] + b"<link", 1)
    whole = half.replace(b"<body", INSERTED[1] + b"<body", 1)

    assert without_insertions(whole) == original


def test_a_page_into_which_something_was_not_put_is_noticed() -> None:
    with pytest.raises(MeasurementError, match="not fixed"):
        without_insertions(INSERTED[0] + page(8_000, "/"))

"""Pages as apps have them, of any size; the same in each run."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

#: What is written again and again in a page that is larger, in bytes.
_MOST_UNLIKE = 1_000_000

_VOCABULARY = (
    "the a of and in to for with by from on at is are was has been model run data set value error "
    "rate loss batch train test sample mean median deviation layer weight input output result "
    "figure table column row index name time day week month report request response server page "
    "user session file folder cluster node job queue memory number of each other first last more "
    "less than before after between while where which that this these those it its"
)
_WORDS = _VOCABULARY.split()

_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Experiments and their results</title>
<link rel="icon" href="{base}static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{base}static/app.css?v=4f1c2a">
<style>
:root {{ --accent: #e8710a; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; }}
header {{ background: url("{base}static/header.svg") no-repeat right; }}
table {{ border-collapse: collapse; }} td, th {{ padding: 0.2rem 0.6rem; }}
</style>
<script src="{base}static/vendor.js?v=4f1c2a" defer></script>
<script type="module" src="{base}static/app.js?v=4f1c2a"></script>
</head>
<body class="page page-wide" data-theme="light">
<header>
<nav aria-label="Main">
<a class="nav-link active" href="{base}experiments">Experiments</a>
<a class="nav-link" href="{base}datasets">Data sets</a>
<a class="nav-link" href="{base}models?sort=date&amp;order=desc">Models</a>
<a class="nav-link" href="{base}settings#profile">Settings</a>
<a class="nav-link" href="https://docs.example.org/guide">Documentation</a>
</nav>
<form action="{base}search" method="get" role="search">
<input type="search" name="q" placeholder="Search all experiments"><button>Search</button>
</form>
</header>
<main id="content">
"""

_FOOT = """</main>
<footer><p>Made by <a href="{base}about" rel="author">the team</a>.</p></footer>
<script>
window.settings = {{ "locale": "en", "refresh": 30, "features": ["compare", "export"] }};
document.getElementById("content").dataset.ready = "true";
</script>
</body>
</html>
"""


def page(size: int, base: str = "") -> bytes:
    """Return a page of about so many bytes: text above all, with links, tables and pictures.

    :param base: how the addresses in it begin: nothing for relative ones, `/` for the root.
    """
    return _whole(size, base, _parts(random.Random(size), base))


def page_of_links(size: int, base: str = "") -> bytes:
    """Return a page of about so many bytes that holds links and nothing else."""
    links = (f'<a href="{base}runs/{number}">{number}</a>\n' for number in itertools.count(1000))
    return _whole(size, base, links)


def moved(content: bytes, prefix: str) -> bytes:
    """Return a page of these whose addresses begin at the root with all of them below a prefix."""
    # The second address of a `srcset`, and all others.
    for before in (b"1x, ", b'"'):
        content = content.replace(before + b"/", before + f"{prefix}/".encode())
    return content


def _whole(size: int, base: str, parts: Iterator[str]) -> bytes:
    head, foot = (text.format(base=base).encode() for text in (_HEAD, _FOOT))
    wanted = size - len(head) - len(foot)
    block = "".join(_at_most(min(wanted, _MOST_UNLIKE), parts)).encode()
    return head + block * round(wanted / len(block)) + foot


def _at_most(size: int, parts: Iterator[str]) -> Iterator[str]:
    """Return the first parts, as long as all of them are no more than so many bytes."""
    for part in parts:
        size -= len(part)
        if size < 0:
            return
        yield part


def _parts(source: random.Random, base: str) -> Iterator[str]:
    for number in itertools.count(1000):
        yield f'<h2><a href="{base}experiments/{number}">{_text(source, 5)}</a></h2>\n'
        yield from (_paragraph(source, base) for _ in range(4))
        yield _table(source, base, number)
        yield _paragraph(source, base)
        yield _picture(source, base, number)


def _paragraph(source: random.Random, base: str) -> str:
    link = f'<a href="{base}datasets/{source.randrange(10**6)}">{_text(source, 3)}</a>'
    begin, middle, end = (_text(source, source.randint(15, 40)) for _ in range(3))
    return f"<p>{begin} {link} {middle} <em>{_text(source, 2)}</em>, {end}.</p>\n"


def _table(source: random.Random, base: str, number: int) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in ("run", "loss", "rate", "score"))
    rows = "".join(_row(source, base, number, row) for row in range(6))
    return (
        f'<table class="results">\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table>\n"
    )


def _row(source: random.Random, base: str, number: int, row: int) -> str:
    cells = "".join(f'<td class="number">{source.random():.5f}</td>' for _ in range(3))
    link = f'<a href="{base}experiments/{number}/runs/{row}">run {row}</a>'
    return f"<tr><td>{link}</td>{cells}</tr>\n"


def _picture(source: random.Random, base: str, number: int) -> str:
    file = f"{base}plots/{number}"
    return (
        f'<figure><img src="{file}.png" srcset="{file}.png 1x, {file}@2x.png 2x" '
        f'alt="{_text(source, 4)}" width="640" height="360" loading="lazy">'
        f"<figcaption>{_text(source, 12)}</figcaption></figure>\n"
    )


def _text(source: random.Random, words: int) -> str:
    return " ".join(source.choices(_WORDS, k=words))

"""The command line of run.py."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

#: The ways to the app, in the order of the tables, with what a reader calls them.
WAYS = {
    "direct": "direct",
    "nginx": "nginx",
    "jsp": "jupyter-server-proxy",
    "chp": "configurable-http-proxy",
    "door": "ours, by the door",
    "relay": "ours, by the relay",
    "off": "Jupyter with ours off",
}

#: The figures, in the order in which they are measured. What a fresh process needs comes first.
FIGURES = {
    "memory-idle": "memory after the start and one request",
    "memory-websockets": "memory of idle WebSockets",
    "keep-alive-1": "small file, keep-alive, 1 client",
    "keep-alive-32": "small file, keep-alive, 32 clients",
    "one-connection": "small file, one connection per request, 16 clients",
    "download": "download of 90 MB",
    "upload": "upload of 90 MB",
    "websocket-1": "WebSocket echo of 64 B, 1 in flight",
    "websocket-64": "WebSocket echo of 64 B, 64 in flight",
    "websocket-1mb": "WebSocket echo of 1 MB",
    "api-rate": "Jupyter's /api beside 800 proxied requests/s",
    "api-download": "Jupyter's /api beside proxied downloads",
    "api-flat-out": "Jupyter's /api beside 32 proxied clients, flat out",
    "pages-8k": "page of 8 kB that needs no fix, 32 clients",
    "pages-8k-gzip": "the same, compressed",
    "pages-1mb": "page of 1 MB that needs no fix, 32 clients",
    "pages-fixed-8k": "page of 8 kB that is fixed, 32 clients",
    "pages-fixed-50mb": "page of 50 MB that is fixed",
    "pages-fixed-links": "page of 50 MB of links that is fixed",
    "pages-memory": "memory for the page of 50 MB",
    "pages-memory-links": "memory for the page of 50 MB of links",
    "transfer-down": "large download with SHA-256",
    "transfer-up": "large upload with SHA-256",
    "memory-after": "memory after all",
}

ROUNDS = 3


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    figures: tuple[str, ...]
    ways: tuple[str, ...]
    rounds: int
    quick: bool
    install: bool
    render_only: bool
    write: bool

    @property
    def is_whole(self) -> bool:
        """Whether all figures are measured in all ways."""
        return self.figures == tuple(FIGURES) and self.ways == tuple(WAYS)


def read_options(argv: Sequence[str] | None = None) -> Options:
    """Read the command line; exit with a message if it is wrong."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    return Options(
        figures=_chosen(parser, FIGURES, arguments.only),
        ways=_chosen(parser, WAYS, arguments.ways),
        rounds=arguments.rounds or (1 if arguments.quick else ROUNDS),
        quick=arguments.quick,
        install=arguments.install,
        render_only=arguments.render,
        write=arguments.write,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Measure jupyter-porthole beside other proxies, and write docs/performance.md.",
        epilog="A run of some figures or ways only prints them and doesn't touch the document.",
    )
    parser.add_argument("--quick", action="store_true", help="shorter, one round, 1 GB not 10")
    parser.add_argument(
        "--only",
        metavar="FIGURE[,FIGURE]",
        help="measure these only, or all whose names begin so: " + ", ".join(FIGURES),
    )
    parser.add_argument("--ways", metavar="WAY[,WAY]", help="these only: " + ", ".join(WAYS))
    parser.add_argument("--rounds", type=int, metavar="N", help=f"how often (default: {ROUNDS})")
    parser.add_argument(
        "--no-install",
        dest="install",
        action="store_false",
        help="measure what is installed in .test-venv; don't build and install the checkout",
    )
    parser.add_argument(
        "--no-write",
        dest="write",
        action="store_false",
        help="print the tables instead of writing docs/performance.md",
    )
    parser.add_argument(
        "--render", action="store_true", help="measure nothing; use the figures of the last run"
    )
    return parser


def _chosen(
    parser: argparse.ArgumentParser, names: dict[str, str], text: str | None
) -> tuple[str, ...]:
    """Return the names that a list chooses, by themselves or by their beginning."""
    if text is None:
        return tuple(names)
    wanted = text.split(",")
    for word in wanted:
        if not any(_fits(name, word) for name in names):
            parser.error(f"there is no {word!r}; there are {', '.join(names)}")
    return tuple(name for name in names if any(_fits(name, word) for word in wanted))


def _fits(name: str, word: str) -> bool:
    return name == word or name.startswith(f"{word}-")

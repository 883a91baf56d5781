"""The ways through a Jupyter."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
from support.jupyter import Jupyter, running

from ..origin.origin import Origin
from ..places import JSP_VENV
from .way import Way


@contextlib.contextmanager
def behind_jsp(folder: Path, origin: Origin) -> Iterator[Way]:
    """jupyter-server-proxy."""
    with _jupyter(folder, JSP_VENV / "bin" / "python") as jupyter:
        yield _way("jsp", jupyter, origin)


@contextlib.contextmanager
def by_door(folder: Path, origin: Origin) -> Iterator[Way]:
    """Ours, which passes sockets on."""
    with _jupyter(folder, Porthole={"handover": "auto"}) as jupyter:
        yield _way("door", jupyter, origin)


@contextlib.contextmanager
def by_relay(folder: Path, origin: Origin) -> Iterator[Way]:
    """Ours, which relays bytes."""
    with _jupyter(folder, Porthole={"handover": "relay"}) as jupyter:
        yield _way("relay", jupyter, origin)


@contextlib.contextmanager
def off(folder: Path, origin: Origin) -> Iterator[Way]:
    """Jupyter from the same environment as ours, without ours."""
    with _jupyter(folder, extensions={"jupyter_porthole": False}) as jupyter:
        yield Way("off", "", "", (psutil.Process(jupyter.process.pid),), jupyter)


@contextlib.contextmanager
def _jupyter(
    folder: Path,
    python: Path = Path(sys.executable),
    extensions: Mapping[str, bool] | None = None,
    **config: dict[str, Any],
) -> Iterator[Jupyter]:
    # jupyter_lsp starts programs of its own, and is there in one of the environments only.
    config["ServerApp"] = {"jpserver_extensions": {"jupyter_lsp": False} | dict(extensions or {})}
    # At the level at which it logs by default.
    with running(folder, python=python, arguments=(), config=config) as jupyter:
        yield jupyter


def _way(name: str, jupyter: Jupyter, origin: Origin) -> Way:
    base = f"{jupyter.host}{jupyter.base_url}proxy"
    process = psutil.Process(jupyter.process.pid)
    return Way(name, f"{base}/{origin.files}", f"{base}/{origin.app}", (process,), jupyter)

"""Apps of other people, for `tests/browser/real-apps`, in an environment of their own."""

from __future__ import annotations

import sys
from typing import TextIO

from .commands import execute
from .mark import Mark
from .places import OUTPUT, ROOT
from .virtual_environment import ensure_bare_environment

_REQUIREMENTS = ROOT / "tests" / "browser" / "real-apps" / "requirements"
_PLACE = OUTPUT / "real-apps"
_ENVIRONMENT = _PLACE / "venv"
_PROGRAMS = _ENVIRONMENT / "bin"


def install_apps(log: TextIO) -> None:
    """Install the apps that are tried in every run."""
    _install(log, "apps")


def install_more_apps(log: TextIO) -> None:
    """Install those as well that are tried only when somebody asks for it."""
    _install(log, "apps")
    _install(log, "more-apps")


def _install(log: TextIO, name: str) -> None:
    """Install what a file requires, unless just that has been done."""
    _PLACE.mkdir(parents=True, exist_ok=True)
    ensure_bare_environment(log, _ENVIRONMENT, _PROGRAMS)
    requirements = _REQUIREMENTS / f"{name}.txt"
    # Within the environment, so that it is gone with it.
    mark = Mark(
        _ENVIRONMENT / f"{name}-installed.txt",
        requirements.read_text(encoding="utf-8") + sys.version,
    )
    if mark.is_set:
        return
    execute(log, _PROGRAMS / "python", "-m", "pip", "install", "-r", requirements)
    mark.set()

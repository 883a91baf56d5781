"""The browser for the browser tests."""

from __future__ import annotations

import os
import shutil
from typing import TextIO

from .commands import StepFailedError
from .debian import install, may_install

_NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")


def ensure_chromium(log: TextIO) -> str:
    """Return the path of Chromium; on Debian, as root, install it where it is missing.

    Raises StepFailedError where there is none and this is not for us to change.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if shutil.which(named) is None:
            raise StepFailedError(f"CHROMIUM={named}: no such program")
        return named
    found = _find()
    if found is None and may_install():
        install(log, "chromium")
        found = _find()
    if found is None:
        raise StepFailedError(
            "no Chromium found: install it, or name it in the environment variable CHROMIUM"
        )
    return found


def _find() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name)) is not None), None)

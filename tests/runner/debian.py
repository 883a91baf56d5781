"""Debian's packages, which only root can install."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from .commands import StepFailedError, execute


def may_install() -> bool:
    """Tell whether this is Debian, and we are root."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def install(log: TextIO, *arguments: str) -> None:
    """Install packages.

    :param arguments: their names, and options of ``apt-get install``.
    """
    # By RUNLEVEL, packages are kept from starting their services.
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    execute(log, "apt-get", "update", env=quiet)
    execute(log, "apt-get", "install", "-y", *arguments, env=quiet)


def ensure_programs(log: TextIO, packages: Mapping[str, str]) -> None:
    """On Debian, as root, install the programs that are missing.

    Raises StepFailedError where one is missing and this is not for us to change.

    :param packages: the programs, each with the package that brings it.
    """
    missing = _missing(packages)
    if missing and may_install():
        install(log, "--no-install-recommends", *missing.values())
        missing = _missing(packages)
    if missing:
        raise StepFailedError(
            f"not found: {', '.join(missing)}; install them "
            f"(Debian's packages: {', '.join(missing.values())})"
        )


def _missing(packages: Mapping[str, str]) -> dict[str, str]:
    return {name: package for name, package in packages.items() if shutil.which(name) is None}

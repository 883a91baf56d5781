"""The programs that are no packages of Python or Node: nginx and wrk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TextIO

from runner.commands import StepFailedError, execute
from runner.debian import install, may_install

#: Each program with the package that brings it on Debian.
_PACKAGES = {"nginx": "nginx-light", "wrk": "wrk"}
#: Where Debian's nginx keeps the process id of the service.
_PID_FILE = Path("/run/nginx.pid")


def ensure_programs(log: TextIO) -> None:
    """On Debian, as root, install what is missing.

    Raises StepFailedError where something is missing and this is not for us to change.
    """
    missing = [name for name in _PACKAGES if not _is_there(name)]
    if missing and may_install():
        _install(log, missing)
        missing = [name for name in missing if not _is_there(name)]
    if missing:
        raise StepFailedError(f"not found: {', '.join(missing)}; please install")
    for name in _PACKAGES:
        print(f"{name}: {shutil.which(name, path=search_path())}", file=log)


def search_path() -> str:
    """Return where programs are looked for; nginx is not on everybody's path."""
    return os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


def _install(log: TextIO, names: list[str]) -> None:
    install(log, "--no-install-recommends", *(_PACKAGES[name] for name in names))
    if "nginx" in names and _PID_FILE.exists():
        # It was started all the same, and nobody has asked for that.
        execute(log, "service", "nginx", "stop")


def _is_there(name: str) -> bool:
    return shutil.which(name, path=search_path()) is not None

"""Which packages a running Python could import."""

from __future__ import annotations

from pathlib import Path

#: Where packages are installed, on all systems but Debian's own, and there.
FOLDERS = ("site-packages", "dist-packages")


def can_import(pid: int, package: str) -> bool:
    """Tell whether a process has libraries loaded from where a package is installed, too.

    Only Linux tells (`/proc/<pid>/maps`, see proc(5)).
    """
    try:
        maps = Path(f"/proc/{pid}/maps").read_text(errors="surrogateescape")
    except OSError:
        # It has just ended, or may not be looked at.
        return False
    folders = {folder for line in maps.splitlines() if (folder := _folder_in(line)) is not None}
    return any((folder / package).is_dir() for folder in folders)


def _folder_in(line: str) -> Path | None:
    start = line.find("/")
    path = Path(line[start:]) if start >= 0 else Path()
    return next((parent for parent in path.parents if parent.name in FOLDERS), None)

"""A copy of the checkout without anything that git ignores, so that builds start from sources."""

from __future__ import annotations

import shutil
from fnmatch import fnmatch
from pathlib import Path

from .places import ROOT


def copy_clean_tree(target: Path) -> None:
    """Copy the checkout to `target` (replaced if it exists)."""
    shutil.rmtree(target, ignore_errors=True)
    patterns = _ignored_patterns()

    def ignore(folder: str, names: list[str]) -> set[str]:
        place = Path(folder).relative_to(ROOT)
        return {name for name in names if _is_ignored(place / name, patterns)}

    shutil.copytree(ROOT, target, ignore=ignore, symlinks=True)


def _ignored_patterns() -> list[str]:
    """Return the lines of .gitignore: `name` and `/path`, with or without a slash at the end.

    Raises ValueError for any other kind of pattern.
    """
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    patterns = [line.rstrip("/") for line in lines if line and not line.startswith("#")]
    for pattern in patterns:
        if pattern.startswith("!") or ("/" in pattern[1:] and pattern[0] != "/"):
            raise ValueError(f".gitignore: a kind of pattern that this does not know: {pattern}")
    return [".git", *patterns]


def _is_ignored(place: Path, patterns: list[str]) -> bool:
    return any(
        f"/{place.as_posix()}" == pattern
        if pattern.startswith("/")
        else fnmatch(place.name, pattern)
        for pattern in patterns
    )

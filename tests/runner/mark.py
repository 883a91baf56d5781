"""Remembering what has been installed, so that it isn't installed again."""

from __future__ import annotations

from pathlib import Path


class Mark:
    """A file that tells that something has been installed. It is gone with its folder."""

    def __init__(self, file: Path, content: str) -> None:
        """Set nothing yet.

        :param content: what was installed.
        """
        self._file = file
        self._content = content

    @property
    def is_set(self) -> bool:
        """Whether just that has been installed."""
        return self._file.exists() and self._file.read_text(encoding="utf-8") == self._content

    def set(self) -> None:
        """Note that all is there."""
        self._file.write_text(self._content, encoding="utf-8")

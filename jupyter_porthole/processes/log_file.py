"""What apps print, kept in files."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timezone
from io import FileIO
from logging import Logger
from pathlib import Path

import psutil

#: How long a file gets, in bytes, before it is set aside; one older file is kept.
LARGEST_FILE = 5_000_000

#: How the folders are named in Jupyter's runtime folder: with Jupyter's pid behind.
FOLDER_PREFIX = "porthole-apps-"


def log_folder(runtime_dir: str, pid: int) -> Path:
    """Say where a Jupyter keeps its apps' logs."""
    return Path(runtime_dir, f"{FOLDER_PREFIX}{pid}")


def remove_stale_logs(runtime_dir: str, pid: int) -> None:
    """Remove the logs of Jupyters that run no more.

    :param pid: our own, whose logs of an earlier process with that number are removed, too.
    """
    for folder in Path(runtime_dir).glob(f"{FOLDER_PREFIX}*"):
        number = folder.name[len(FOLDER_PREFIX) :]
        if not re.fullmatch("[1-9][0-9]{0,9}", number) or folder.is_symlink():
            continue
        if int(number) == pid or not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


class LogFile:
    """An app's log. Whatever befalls it, the app is not concerned; the log says so once."""

    def __init__(self, folder: Path, name: str, log: Logger) -> None:
        """Make no file yet.

        :param folder: made on first use, for this user alone.
        """
        self.path = folder / f"{_safe(name)}.log"
        self._log = log
        self._file: FileIO | None = None
        self._size = 0
        self._has_warned = False

    def begin(self, program: str, pid: int) -> None:
        """Note that the app was started."""
        self._attempt(self._open)
        now = datetime.now(timezone.utc).astimezone().isoformat(timespec="seconds")
        self.write(f"--- {now} {program} was started, process {pid}\n".encode(errors="replace"))

    def write(self, data: bytes) -> None:
        """Append what the app has printed."""
        self._attempt(lambda: self._write(data))

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError as error:
            self.close()
            if not self._has_warned:
                self._has_warned = True
                self._log.warning("%s can't be written: %s", self.path, error.strerror)

    def _open(self) -> None:
        self.close()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = FileIO(os.open(self.path, flags, 0o600), "ab")
        self._size = os.fstat(self._file.fileno()).st_size

    def _write(self, data: bytes) -> None:
        if self._file is not None and self._size + len(data) > LARGEST_FILE:
            os.replace(self.path, f"{self.path}.1")
            self._open()
        rest = memoryview(data)
        # None after an error, until the next start.
        while rest and self._file is not None:
            # A disk that is full takes a part and refuses the next one.
            written = self._file.write(rest) or 0
            self._size += written
            rest = rest[written:]


def _safe(name: str) -> str:
    """Make a file's name of an app's, a different one for each."""
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:80]
    if safe == name:
        return name
    return f"{safe}-{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:8]}"

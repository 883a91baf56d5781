"""The demo's child processes: start, last output, end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .child import GRACE_SECONDS

KEPT_LINES = 200
_TOKEN = re.compile(r"(token=)[^&\s\"']+", re.IGNORECASE)


class Child:
    """A Python module that runs in a process of its own and ends when the demo does.

    `name` is how messages call it. Its output is kept in memory, the last lines of it.
    """

    def __init__(
        self, name: str, module: str, arguments: Sequence[str], cwd: Path, env: Mapping[str, str]
    ) -> None:
        self.name = name
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [sys.executable, "-m", "jupyter_porthole.demo.child", module, *arguments],
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C in the terminal is for the demo alone, which then ends its children.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def status(self) -> int | None:
        """The exit status (negative: the signal that ended it), None while it runs."""
        return self._process.poll()

    def last_lines(self, count: int = 20) -> list[str]:
        """Return the last lines of its output; tokens are blotted out (Jupyter logs its own)."""
        if self.status is not None:
            # The rest of the output may still be in the pipe, and something that the child has
            # started may hold that open.
            self._reader.join(timeout=1.0)
        return [_TOKEN.sub(r"\1…", line) for line in list(self._lines)[-count:]]

    def ask_to_end(self) -> None:
        """Let the child end by itself (see child.py); returns at once."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def wait_or_kill(self) -> None:
        """Wait until it has ended, at most as long as child.py gives it, then kill it."""
        try:
            self._process.wait(timeout=GRACE_SECONDS + 1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        if self._process.stdout is not None:
            with self._process.stdout as output:
                self._lines.extend(line.rstrip() for line in output)


def end_all(children: Iterable[Child]) -> None:
    """End the children side by side and wait for them."""
    children = list(children)
    for child in children:
        child.ask_to_end()
    for child in children:
        child.wait_or_kill()

"""Recognising apps, without what was learnt before."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jupyter_porthole.listening import Listening
from jupyter_porthole.recognition import Recognised, Recognition


def recognise(port: int) -> Recognised | None:
    """Recognise an app by one that knows nothing yet."""
    return asyncio.run(Recognition().recognise(port))


def title(found: Recognised | None) -> str | None:
    """Return what people see."""
    return found.title if found is not None else None


def told(argv: list[str], cwd: Path, port: int = 8501) -> Recognised | None:
    """Recognise a process."""
    return Recognition().of(Listening(port, 1, "127.0.0.1", 1, tuple(argv), str(cwd)))

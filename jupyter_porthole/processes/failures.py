"""What is told of an app that has failed."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable
from dataclasses import dataclass, field

#: What programs say of a port that they may not bind: errno 98 is Linux's, 48 macOS's.
ADDRESS_IN_USE = re.compile(
    r"EADDRINUSE|address (is )?(already )?in use|port\b.{0,40}\bin use|errno:? ?(98|48)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Failure:
    """Why an app doesn't run."""

    #: One sentence for people.
    message: str
    #: As :attr:`subprocess.Popen.returncode`; ``None`` if it was not its end that made it fail.
    exit_status: int | None = None
    #: The last lines of its output, to be shown (see `Output.tail_lines`).
    lines: list[str] = field(default_factory=list)


def describe_end(status: int) -> str:
    """Say how a process ended.

    :param status: as :attr:`subprocess.Popen.returncode`, a signal's number if negative.
    """
    if status >= 0:
        return f"It ended with exit status {status}."
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"It was ended by signal {name}."


def tell_of_address_in_use(lines: Iterable[str]) -> bool:
    """Tell whether a program's output has it that its address is in use."""
    return any(map(ADDRESS_IN_USE.search, lines))

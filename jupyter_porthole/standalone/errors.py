"""What keeps a standalone app from being served."""

from __future__ import annotations


class StandaloneError(Exception):
    """Ends the start; the text says why, for people."""

    #: The exit status.
    status = 1


class UsageError(StandaloneError):
    """A command line that makes no sense."""

    status = 2

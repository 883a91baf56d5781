"""A place that is kept free for one start of an app."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable

from .launch import LaunchError
from .options import ProcessOptions
from .places import Place, ReservedPort
from .readiness import is_taken


class Claim:
    """A place that is kept free until the app has taken it."""

    def __init__(self, place: Place, port: ReservedPort | None = None) -> None:
        """Keep a place.

        :param port: the reservation of its port, if it has one.
        """
        self.place = place
        self._port = port

    def release(self) -> None:
        """Keep it no longer; may be called again."""
        if self._port is not None:
            self._port.release()

    async def demand_free(self) -> None:
        """Make sure that nobody else listens there.

        :raises LaunchError: if somebody does. That program's answers would be taken for those
            of the app, which can't listen there.
        """
        if self._port is None:
            if await is_taken(self.place):
                raise LaunchError(f"Another program listens on {self.place}.")
            remove_socket(self.place)


def claim_place(options: ProcessOptions, new_socket_path: Callable[[], str]) -> Claim:
    """Choose where an app will listen.

    :raises OSError: if no port is free.
    """
    if options.leaves_port_to_us:
        port = ReservedPort()
        return Claim(Place(port=port.port), port)
    if options.unix_socket is None:
        return Claim(Place(port=options.port))
    return Claim(Place(unix_socket=options.unix_socket or new_socket_path()))


def remove_socket(place: Place) -> None:
    """Remove the file of a Unix socket, which would keep the next start from listening."""
    # A path that can't be one (ValueError) has no file either.
    with contextlib.suppress(OSError, ValueError):
        if place.unix_socket and stat.S_ISSOCK(os.lstat(place.unix_socket).st_mode):
            os.unlink(place.unix_socket)

"""Ports for servers that are told where to listen, and for nobody."""

from __future__ import annotations

import atexit

from jupyter_porthole.processes.places import CAN_SHARE, ReservedPort


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens yet.

    Whatever else runs on this machine, other tests as well, isn't given it as long as the tests
    run, where it can be held: else somebody could take it before its server is up.
    """
    held = ReservedPort()
    if CAN_SHARE:
        atexit.register(held.release)
    else:
        held.release()
    return held.port

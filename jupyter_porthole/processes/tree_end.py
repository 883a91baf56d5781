"""Ending the processes of apps while Jupyter goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from .tree import StillThereError, Tree, ending


async def end_trees(trees: Iterable[Tree], patience: float, limit: float) -> bool:
    """End all processes of some trees without blocking the event loop.

    It is apart from `tree` because the guardian shall start without asyncio.

    :param patience: see `ending`, as for the limit.
    :returns: whether they are gone.
    """
    steps = ending(trees, patience, limit)
    try:
        while (pause := await asyncio.to_thread(next, steps, None)) is not None:
            await asyncio.sleep(pause)
    except StillThereError:
        return False
    return True

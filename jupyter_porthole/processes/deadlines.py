"""Waiting no longer than one wants to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, coroutine: Coroutine[Any, Any, T]) -> T:
    """Await something, not for ever.

    `asyncio.wait_for` of Python before 3.12 can swallow a cancellation that comes together
    with the result. Here it always cancels both.

    :raises asyncio.TimeoutError: if it takes longer; it is cancelled then.
    """
    task = asyncio.ensure_future(coroutine)
    try:
        await asyncio.wait({task}, timeout=seconds)
        if task.done():
            return task.result()
    finally:
        drop(task)
    await asyncio.wait({task})
    raise asyncio.TimeoutError


def drop(task: asyncio.Future[Any]) -> None:
    """Cancel what nobody waits for any more, whatever comes of it."""
    task.cancel()
    task.add_done_callback(lambda task: task.cancelled() or task.exception())

"""The process that ends all apps when Jupyter was killed.

It knows of Jupyter's end by that of its standard input, on which it is told what to guard,
in lines of JSON: `{"guard": marker, "pid": pid}` (0 as long as it isn't started; the later
line counts) and `{"release": marker}`.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import time

from .tree import StillThereError, Tree, ending

#: How long apps have to end by themselves, and how long they are being killed, in seconds.
PATIENCE = 0.7
LIMIT = 10.0

#: How often it is looked whether Jupyter lives, in seconds: children that it has forked
#: may keep its end of the pipe open.
LOOK_INTERVAL = 0.5


def main(jupyter: int) -> None:
    """Guard until Jupyter is gone.

    :param jupyter: its pid. It may have gone already.
    """
    trees = _listen(jupyter)
    with contextlib.suppress(StillThereError):
        for pause in ending(trees.values(), PATIENCE, LIMIT):
            time.sleep(pause)


def _listen(jupyter: int) -> dict[str, Tree]:
    """Follow what is said, until Jupyter's end; return what is to be ended by then."""
    trees: dict[str, Tree] = {}
    unread = b""
    while True:
        is_readable, _, _ = select.select([0], [], [], LOOK_INTERVAL)
        if not is_readable:
            if os.getppid() != jupyter:
                return trees
            continue
        data = os.read(0, 64 * 1024)
        if not data:
            return trees
        *lines, unread = (unread + data).split(b"\n")
        for line in lines:
            _obey(json.loads(line), trees)


def _obey(message: dict[str, object], trees: dict[str, Tree]) -> None:
    marker = str(message.get("guard") or message.get("release"))
    if "release" in message:
        trees.pop(marker, None)
        return
    pid = message.get("pid")
    tree = Tree(marker)
    # Looked up now, so that later no other process is taken for it.
    trees[marker] = tree.grown(pid) if isinstance(pid, int) and pid else tree

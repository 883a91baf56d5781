"""Run a module as `python -m` would, and end with the process that started this one.

Usage: python -m jupyter_porthole.demo.child MODULE [ARGUMENT …]

The starter keeps the other end of our stdin open. When it closes it, or dies in whatever way
(SIGKILL included, on any system), the read below returns and this process ends.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

GRACE_SECONDS = 8.0


def main() -> None:
    """Run the module named by the command line until it or the starter ends."""
    lifeline = os.dup(sys.stdin.fileno())
    # Whatever this process starts must not hold the pipe, nor wait for input.
    with open(os.devnull, "rb") as null:
        os.dup2(null.fileno(), 0)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with(lifeline: int) -> None:
    while os.read(lifeline, 1):
        pass
    # SIGTERM first: Jupyter ends its kernels and its sidecar on the way out.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()

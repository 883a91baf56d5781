"""Stands in for a Jupyter that is killed: runs an app of the code and in the folder it is told.

It prints a line when the app is ready, and one for each later guardian that knows of the app.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from support.processes import bench, running


async def main(folder: Path, code: str, *, forks: bool) -> None:
    """Run an app until the end.

    :param forks: whether a child without a program of its own outlives this process, as
        those of `multiprocessing` may, with all its descriptors.
    """
    async with bench(folder) as apps:
        await running(apps.add(code))
        if forks and os.fork() == 0:
            os.closerange(1, 3)
            time.sleep(60)
        guardian = apps.processes.guardian
        known = guardian._process
        print(apps.id, flush=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            await asyncio.sleep(0.01)
            # It is told in the same turn.
            if guardian._process not in (None, known):
                known = guardian._process
                print(known.pid, flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], forks=sys.argv[3] == "forks"))

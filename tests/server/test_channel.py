"""The channel, with a sidecar that gets no further than its configuration."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from jupyter_porthole.channel import Channel, Message
from jupyter_porthole.node import find_node
from jupyter_porthole.sidecar import SCRIPT


async def _run(folder: Path) -> tuple[int, list[Message]]:
    """Start a sidecar that can't listen; return its exit status and what it has said."""
    ours, theirs = socket.socketpair()
    process = await asyncio.create_subprocess_exec(
        await find_node(""),
        str(SCRIPT),
        pass_fds=[theirs.fileno()],
        env={
            "NODE_CHANNEL_FD": str(theirs.fileno()),
            "NODE_CHANNEL_SERIALIZATION_MODE": "json",
        },
    )
    theirs.close()
    said: list[Message] = []
    channel = Channel(ours, said.append, lambda: None)
    channel.send({"type": "ping", "id": 7})
    channel.send(
        {
            "type": "configure",
            "baseUrl": "/",
            "listenPath": str(folder / "taken"),
            "jupyterPath": str(folder / "jupyter.sock"),
            "trustXheaders": False,
            "responseTimeoutMs": 0,
        }
    )
    status = await asyncio.wait_for(process.wait(), 30)
    channel.close()
    return status, said


def test_an_error_ends_the_sidecar_and_nothing_else(tmp_path: Path) -> None:
    """The sockets of Jupyter are for the next sidecar, which must find them."""
    (tmp_path / "taken").write_text("no socket")
    (tmp_path / "jupyter.sock").write_text("Jupyter's")
    status, said = asyncio.run(_run(tmp_path))
    assert status == 1
    assert said[0] == {"type": "pong", "id": 7}
    assert said[-1]["type"] == "log"
    assert "EADDRINUSE" in said[-1]["message"]
    assert (tmp_path / "jupyter.sock").exists()

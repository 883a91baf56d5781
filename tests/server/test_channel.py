"""The channel, with a sidecar that gets no further than its configuration."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from pathlib import Path

from jupyter_porthole.routes import Routes
from jupyter_porthole.sidecars.channel import Channel, Message, Passage
from jupyter_porthole.sidecars.node import find_node
from jupyter_porthole.sidecars.sidecar import SCRIPT


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
            "routes": Routes("/").as_message(),
            "listenPath": str(folder / "taken"),
            "jupyterPath": str(folder / "jupyter.sock"),
            "trustXheaders": False,
            "responseTimeoutMs": 0,
        }
    )
    try:
        return await asyncio.wait_for(process.wait(), 30), said
    finally:
        channel.close()
        if process.returncode is None:
            process.kill()
            await process.wait()


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


def test_a_socket_that_can_not_be_sent_takes_no_other_along() -> None:
    """Threat: Node gives the next socket to the line of this one, so to another client."""

    async def pass_two() -> tuple[list[Message], int, list[tuple[str, bool]]]:
        ours, theirs = socket.socketpair()
        channel = Channel(ours, lambda _: None, lambda: None)
        closed = socket.socket()
        closed.close()
        told: list[tuple[str, bool]] = []
        both_told = asyncio.Event()

        def tell(name: str, is_taken: bool) -> None:
            told.append((name, is_taken))
            if len(told) == 2:
                both_told.set()

        with socket.socket() as sound:
            for name, connection in (("closed", closed), ("sound", sound)):
                channel.send_socket(
                    Passage(connection, {"name": name}, lambda taken, name=name: tell(name, taken))
                )
            data, descriptors, *_ = socket.recv_fds(theirs, 65536, 4)
            theirs.sendall(b'{"cmd":"NODE_HANDLE_ACK"}\n')
            await asyncio.wait_for(both_told.wait(), 30)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.close()
        theirs.close()
        return [json.loads(line) for line in data.splitlines()], len(descriptors), told

    messages, count, told = asyncio.run(pass_two())
    assert [(message["cmd"], message["msg"]["name"]) for message in messages] == [
        ("cancelled", "closed"),
        ("NODE_HANDLE", "sound"),
    ]
    assert count == 1
    assert told == [("closed", False), ("sound", True)]


def test_sockets_on_their_way_are_given_back_when_the_other_end_goes() -> None:
    async def pass_many() -> list[bool]:
        ours, theirs = socket.socketpair()
        ended = asyncio.Event()
        told: list[bool] = []
        channel = Channel(ours, lambda _: None, ended.set)
        with socket.socket() as connection:
            # More than may be in flight.
            for _ in range(200):
                channel.send_socket(Passage(connection, {}, told.append))
            assert channel.load == 200
            theirs.close()
            await asyncio.wait_for(ended.wait(), 30)
            channel.send_socket(Passage(connection, {}, told.append))
        return told

    assert asyncio.run(pass_many()) == [False] * 201

"""How it is told that an app is up."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest
from support.app import serving
from support.ports import free_port
from support.processes import ask, bench, eventually, failing, running, time_out_when

from jupyter_porthole.processes import readiness

#: An answer with an error.
UNAVAILABLE = r"b'HTTP/1.1 503 Not yet\r\nContent-Length: 0\r\n\r\n'"
#: One whose body never ends, behind an interim answer.
ENDLESS = r"b'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc'"

#: Accepts connections, prints a line for each and says nothing to them.
SILENT = """
server, kept = listen(), []
while True:
    kept.append(server.accept())
    print("accepted", flush=True)
"""


@pytest.fixture
def port() -> int:
    """Return a port that nobody else is given, where it can be kept."""
    return free_port()


def test_any_answer_will_do(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add(f"serve(answers=[{UNAVAILABLE}])"))
            assert b"503" in await ask(app)

    asyncio.run(scenario())


def test_an_endless_answer_will_do(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = (
                "server, kept = listen(), []\n"
                "while True:\n"
                "    kept.append(server.accept()[0])\n"
                "    kept[-1].recv(9999)\n"
                f"    kept[-1].sendall({ENDLESS})"
            )
            await running(apps.add(code))

    asyncio.run(scenario())


def test_a_readiness_path_demands_success(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = (
                "server = listen()\n"
                f"for answer in [{UNAVAILABLE}, {UNAVAILABLE}, OK]:\n"
                "    connection, _ = server.accept()\n"
                "    print(connection.recv(65536).decode(), flush=True)\n"
                "    connection.sendall(answer)\n"
                "    connection.close()\n"
                "serve(server)"
            )
            app = await running(apps.add(code, path="/health?a b", demands_success=True))
            lines = app.output.tail_lines(100)
            assert lines.count("GET /health?a%20b HTTP/1.1") == 3
            assert app.place is not None
            assert f"Host: localhost:{app.place.port}" in lines

    asyncio.run(scenario())


def test_a_connection_is_enough_for_a_raw_socket(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            await running(apps.add(SILENT, connects_only=True))

    asyncio.run(scenario())


def test_an_app_that_says_nothing_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is asked."""
    monkeypatch.setattr(readiness, "SHORTEST_PROBE", 0.05)

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add(SILENT)
            was_asked = ["accepted"] * 3
            time_out_when(
                monkeypatch,
                lambda: app.output.tail_lines(3) == was_asked,
                "it was asked three times",
            )
            await failing(app)
            assert app.failure is not None
            assert app.failure.message == "It was not ready within 60 s."

    asyncio.run(scenario())


def test_the_exit_of_an_app_that_says_nothing_is_seen_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await failing(apps.add("server = listen(); server.accept(); sys.exit(4)"))
            assert app.failure is not None
            assert app.failure.exit_status == 4

    asyncio.run(scenario())


def test_an_app_on_ipv6_is_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            await running(apps.add("serve(listen('::1'))"))

    if socket.has_ipv6:
        asyncio.run(scenario())


def test_an_app_may_speak_https(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            code = (
                "import ssl\n"
                "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
                f"context.load_cert_chain({str(certificate[0])!r}, {str(certificate[1])!r})\n"
                "serve(context.wrap_socket(listen(), server_side=True))"
            )
            await running(apps.add(code, tls=True))

    asyncio.run(scenario())


def test_each_start_gets_a_socket_of_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add("serve()", unix_socket=""))
            assert app.place is not None
            assert app.place.port == 0
            first = app.place.unix_socket
            assert os.path.dirname(first) == str(tmp_path)
            assert (await ask(app)).endswith(b"ok")
            await app.restart()
            assert await app.wait_ready(30)
            assert app.place.unix_socket != first
            await app.stop()
            assert not list(tmp_path.glob("*.sock"))

    asyncio.run(scenario())


def test_a_socket_that_was_left_behind_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "named.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add("serve()", unix_socket=str(path)))
            assert (await ask(app)).endswith(b"ok")

    asyncio.run(scenario())


def test_a_file_that_is_no_socket_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("precious")

    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            await failing(apps.add("serve()", unix_socket=str(path)))
            assert path.read_text() == "precious"

    asyncio.run(scenario())


def test_a_fixed_port_is_used_again(tmp_path: Path, port: int) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = await running(apps.add("serve()", port=port))
            assert app.place is not None
            assert app.place.port == port
            await app.restart()
            assert await app.wait_ready(30)

    asyncio.run(scenario())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_that_is_taken_is_named(tmp_path: Path, host: str) -> None:
    """What answers there must not be taken for the app."""

    async def scenario() -> None:
        with serving(host) as other:
            async with bench(tmp_path) as apps:
                app = await failing(apps.add("serve()", port=other.port))
                assert app.failure is not None
                message = f"Another program listens on port {other.port}."
                assert app.failure.message == message
                assert app.pid is None

    asyncio.run(scenario())


def test_a_fixed_port_that_is_found_in_use_is_not_exchanged(tmp_path: Path, port: int) -> None:
    async def scenario() -> None:
        async with bench(tmp_path) as apps:
            app = apps.add("sys.exit('OSError: [Errno 98] Address already in use')", port=port)
            await failing(app)
            assert apps.starts["app"] == 1
            assert app.failure is not None
            assert "Address already in use" in app.failure.lines[-1]
            await eventually(lambda: not apps.members(), "it is gone")

    asyncio.run(scenario())

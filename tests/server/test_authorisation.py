"""Nothing reaches an app that Jupyter didn't grant, contract sections 2 and 5."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.app import App
from support.client import Client, fetch
from support.jupyter import BASE_URL, TOKEN, Jupyter, running
from support.named import NO_PAGES
from support.wait import wait_until

PREFIX = f"{BASE_URL}proxy"
UPGRADE = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]
#: The same credentials in a cookie's place: cookies are what other sites can use.
FOREIGN = "http://evil.example"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_strangers_are_sent_to_the_login(any_jupyter: Jupyter, app: App, method: str) -> None:
    response = fetch(any_jupyter, f"{PREFIX}/{app.port}/x?y=%20", method, authorised=False)
    assert response.status == 302
    location = response.value("Location")
    assert location == f"{BASE_URL}login?next=%2Fjupyter%2Fproxy%2F{app.port}%2Fx%3Fy%3D%2520"
    assert app.connections == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
def test_strangers_change_nothing(any_jupyter: Jupyter, app: App, method: str) -> None:
    response = fetch(any_jupyter, f"{PREFIX}/{app.port}/", method, body=b"x", authorised=False)
    assert response.status == 403
    assert app.connections == 0


def test_strangers_get_no_websocket(any_jupyter: Jupyter, app: App) -> None:
    response = fetch(any_jupyter, f"{PREFIX}/{app.port}/", fields=UPGRADE, authorised=False)
    assert response.status == 403
    assert app.connections == 0


def test_a_wrong_token_is_no_token(jupyter: Jupyter, app: App) -> None:
    for fields in ([("Authorization", "token wrong")], [("Cookie", "username-127-0-0-1=x")]):
        response = fetch(jupyter, f"{PREFIX}/{app.port}/", "POST", fields, authorised=False)
        assert response.status == 403
    assert app.connections == 0


def test_each_request_of_a_connection_is_judged_alone(any_jupyter: Jupyter, app: App) -> None:
    """Threat: what follows an authorised request on its connection rides along.

    A hub's proxy sends the requests of several users through one connection.
    """
    with Client(any_jupyter) as client:
        bytes_of = client.request
        client.socket.sendall(
            bytes_of(f"{PREFIX}/{app.port}/first")
            + bytes_of(f"{PREFIX}/{app.port}/second", authorised=False)
            + bytes_of(f"{BASE_URL}api/contents", authorised=False)
            + bytes_of(f"{BASE_URL}api/status")
            + bytes_of(f"{PREFIX}/1/")
            + bytes_of(f"{PREFIX}/{app.port}/last", fields=[("Connection", "close")])
        )
        received = client.receive_all()
    # A response's body needn't end in a line break before the next one.
    statuses = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"302", b"403", b"200", b"502", b"200"]
    assert [request.target for request in app.requests] == ["/first", "/last"]


def test_grants_are_kept_apart(jupyter: Jupyter, app: App) -> None:
    """Threat: one user's grant serves another's request."""
    assert fetch(jupyter, f"{PREFIX}/{app.port}/").status == 200
    for fields in (
        [],
        [("Authorization", f"token {TOKEN}x")],
        [("Cookie", "a=b")],
        [("X-Authorization", f"token {TOKEN}")],
    ):
        response = fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields, authorised=False)
        assert response.status == 302
    assert len(app.requests) == 1


def test_only_the_private_socket_answers_questions(any_jupyter: Jupyter, app: App) -> None:
    """Threat: a client asks Jupyter's question itself, or forges the answer."""
    question = [("Porthole-Question", json.dumps({"port": app.port, "upgrade": False}))]
    for target in (f"{BASE_URL}api", f"{BASE_URL}nothing", f"{PREFIX}/{app.port}/"):
        with Client(any_jupyter) as client:
            # The second one is carried to the private socket by the sidecar.
            client.send(f"{PREFIX}/{app.port}/")
            client.receive()
            for _ in range(2):
                client.send(target, fields=question)
                response = client.receive()
                assert response.values("Porthole-Grant") == []
                assert response.status != 204


def test_the_host_check_is_jupyters(jupyter: Jupyter, app: App) -> None:
    with Client(jupyter) as client:
        request = client.request(f"{PREFIX}/{app.port}/").replace(
            jupyter.host.encode(), b"rebound.example"
        )
        client.socket.sendall(request)
        assert client.receive().status == 403
    assert app.connections == 0


# What other sites start


@pytest.fixture
def cookie(jupyter: Jupyter) -> tuple[str, str]:
    """Return the field of a browser that has logged in."""
    response = fetch(
        jupyter, f"{BASE_URL}?token={TOKEN}", fields=[("Accept", "text/html")], authorised=False
    )
    pairs = [value.partition(";")[0] for value in response.values("Set-Cookie")]
    return "Cookie", "; ".join(pairs)


@pytest.mark.parametrize(
    "fields",
    [
        [("Origin", FOREIGN)],
        [("Origin", "null")],
        [("Referer", f"{FOREIGN}/page")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")],
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE", "PROPFIND", "upgrade"])
def test_other_sites_change_nothing(
    jupyter: Jupyter,
    app: App,
    cookie: tuple[str, str],
    fields: list[tuple[str, str]],
    method: str,
) -> None:
    target = f"{PREFIX}/{app.port}/"
    is_upgrade = method == "upgrade"
    # A grant of the same user for an own request must not serve it.
    own = [cookie, ("Origin", jupyter.origin)]
    if not is_upgrade:
        assert fetch(jupyter, target, method, own, authorised=False).status == 200
    seen = app.connections
    given = [cookie, *fields, *(UPGRADE if is_upgrade else [])]
    response = fetch(jupyter, target, "GET" if is_upgrade else method, given, authorised=False)
    assert response.status == 403
    assert response.value("Porthole-Answer") == "cross-site"
    assert "another site" in response.body.decode()
    assert app.connections == seen


@pytest.mark.parametrize(
    "fields",
    [
        [("Origin", FOREIGN)],
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")],
        [("Referer", f"{FOREIGN}/page")],
    ],
)
def test_links_on_other_sites_work(
    jupyter: Jupyter, app: App, cookie: tuple[str, str], fields: list[tuple[str, str]]
) -> None:
    response = fetch(jupyter, f"{PREFIX}/{app.port}/", fields=[cookie, *fields], authorised=False)
    assert response.status == 200


def test_own_pages_change_things(jupyter: Jupyter, app: App, cookie: tuple[str, str]) -> None:
    for fields in (
        [],
        [("Origin", jupyter.origin), ("Sec-Fetch-Site", "same-origin")],
        [("Referer", f"{jupyter.origin}/jupyter/lab")],
        [("Sec-Fetch-Site", "none")],
    ):
        given = [cookie, *fields]
        response = fetch(jupyter, f"{PREFIX}/{app.port}/", "POST", given, authorised=False)
        assert response.status == 200


def test_who_sends_the_token_means_it(jupyter: Jupyter, app: App) -> None:
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", "POST", [("Origin", FOREIGN)]).status == 200


@pytest.fixture(scope="module")
def open_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter without authentication that allows one foreign origin."""
    config = {
        "IdentityProvider": {"token": ""},
        "ServerApp": NO_PAGES["ServerApp"] | {"allow_origin": "https://friend.example"},
    }
    with running(tmp_path_factory.mktemp("open"), config=config) as server:
        yield server


def test_without_authentication_no_token_is_needed(open_jupyter: Jupyter, app: App) -> None:
    for method in ("GET", "POST"):
        response = fetch(open_jupyter, f"{PREFIX}/{app.port}/", method, authorised=False)
        assert response.status == 200


def test_allowed_origins_are_jupyters(open_jupyter: Jupyter, app: App) -> None:
    def post(origin: str) -> int:
        fields = [("Origin", origin), ("Sec-Fetch-Site", "cross-site")]
        target = f"{PREFIX}/{app.port}/"
        return fetch(open_jupyter, target, "POST", fields, authorised=False).status

    assert post("https://friend.example") == 200
    assert post("https://friend.example.evil") == 403
    assert post(FOREIGN) == 403


# Whose port


@pytest.fixture
def foreign_port(tmp_path: Path) -> Iterator[int]:
    """Return a port on which a program of another user listens."""
    script = (
        "import os, socket, sys\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "print(server.getsockname()[1], flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)


# Only root can start a program as somebody else; test_ports.py has the rest.
if os.geteuid() == 0 and sys.platform.startswith("linux"):

    def test_other_users_ports_are_refused(jupyter: Jupyter, foreign_port: int) -> None:
        page = fetch(jupyter, f"{PREFIX}/{foreign_port}/", fields=[("Accept", "text/html")])
        assert page.status == 403
        assert f"Port {foreign_port} belongs to another user" in page.body.decode()
        program = fetch(jupyter, f"{PREFIX}/{foreign_port}/")
        assert program.status == 403
        assert "another user" in json.loads(program.body)["message"]
        upgrade = fetch(jupyter, f"{PREFIX}/{foreign_port}/", fields=UPGRADE)
        assert upgrade.status == 403

    def test_other_users_ports_can_be_allowed(tmp_path: Path, foreign_port: int) -> None:
        config = NO_PAGES | {"Porthole": {"allow_ports_of_other_users": True}}
        with running(tmp_path / "jupyter", config=config) as allowing, Client(allowing) as client:
            client.send(f"{PREFIX}/{foreign_port}/")
            # The kernel has accepted it, nobody answers: refused it would be by now.
            client.socket.settimeout(1)
            with pytest.raises(socket.timeout):
                client.receive()


# How long grants are kept


def _questions(jupyter: Jupyter) -> int:
    return sum("204 GET /jupyter/proxy" in line for line in jupyter.log().splitlines())


@pytest.mark.parametrize(("ttl", "asked"), [(0, 3), (60, 1)])
def test_grants_are_kept_as_long_as_configured(
    tmp_path: Path, app: App, ttl: float, asked: int
) -> None:
    config = NO_PAGES | {"Porthole": {"grant_ttl": ttl}}
    with running(tmp_path / "jupyter", config=config) as server:
        for _ in range(3):
            assert fetch(server, f"{PREFIX}/{app.port}/").status == 200
        wait_until(lambda: _questions(server) >= asked, "the questions are logged")
        assert _questions(server) == asked


def test_logging_out_ends_access(tmp_path: Path, app: App) -> None:
    config = NO_PAGES | {"Porthole": {"grant_ttl": 0.2}}
    with running(tmp_path / "jupyter", config=config) as server:
        target = f"{PREFIX}/{app.port}/"
        assert fetch(server, target).status == 200
        # The same connection doesn't keep it either.
        with Client(server) as client:
            client.send(target)
            assert client.receive().status == 200
            client.send(target, authorised=False)
            assert client.receive().status == 302

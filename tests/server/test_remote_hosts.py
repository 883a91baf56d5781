"""Ports of other hosts, and of this one by its names."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.app import App, serving
from support.client import fetch
from support.handshake import HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, PAGE, configuration, message

PROXY = f"{BASE_URL}proxy"

BY_FUNCTION = """
def host_allowlist(handler, host):
    assert handler.request.path.startswith("/jupyter/proxy/")
    handler.log.info("Somebody asks for the host %s", host)
    if host == "raises.example":
        raise LookupError("no directory")
    return host != "refused.example" and "Refuse" not in handler.request.headers

c.ServerProxy.host_allowlist = host_allowlist
"""

BY_LIST = """
c.ServerProxy.host_allowlist = ["127.0.0.2", "Named.Example"]
"""

BY_OLD_NAME = """
c.ServerProxy.host_whitelist = ["127.0.0.2"]
"""


@pytest.fixture(scope="module")
def by_function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter that has a function judge hosts, at each request."""
    code = configuration(BY_FUNCTION + "c.Porthole.grant_ttl = 0\n")
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as jupyter:
        yield jupyter


@pytest.fixture(scope="module")
def by_list(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter that allows some hosts."""
    with running(tmp_path_factory.mktemp("jupyter"), code=BY_LIST, config=NO_PAGES) as jupyter:
        yield jupyter


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST", "LocalHost"])
def test_this_machine_is_allowed(jupyter: Jupyter, app: App, host: str) -> None:
    place = f"{host}:{app.port}"
    assert fetch(jupyter, f"{PROXY}/{place}/a?b").body == b"ok"
    assert app.last.target == "/a?b"
    assert app.last.value("Host") == place
    assert app.last.value("X-Forwarded-Prefix") == f"{PROXY}/{place}"
    assert fetch(jupyter, f"{PROXY}/absolute/{place}/a?b").body == b"ok"
    assert app.last.target == f"{PROXY}/absolute/{place}/a?b"


def test_a_missing_slash_is_added(jupyter: Jupyter, app: App) -> None:
    target = f"{PROXY}/localhost:{app.port}"
    response = fetch(jupyter, f"{target}?a=b")
    assert (response.status, response.value("Location")) == (302, f"{target}/?a=b")


def test_answers_stay_below_the_address(jupyter: Jupyter, app: App) -> None:
    prefix = f"{PROXY}/127.0.0.1:{app.port}"
    own = f"http://127.0.0.1:{app.port}"
    app.record(
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
        b"Set-Cookie: a=b; Path=/\r\nLocation: " + f"{own}/x".encode() + b"\r\n\r\n"
    )
    fields = [("Origin", jupyter.origin), ("Referer", f"{jupyter.origin}{prefix}/page")]
    response = fetch(jupyter, f"{prefix}/", fields=fields)
    assert response.value("Location") == f"{prefix}/x"
    assert response.value("Set-Cookie") == f"a=b; Path={prefix}"
    assert (app.last.value("Origin"), app.last.value("Referer")) == (own, f"{own}/page")


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "[::1]", "0.0.0.0", "example.org", "localhost.", "[::ffff:127.0.0.1]"]
)
def test_other_hosts_are_refused_and_not_asked(jupyter: Jupyter, host: str) -> None:
    with serving(host="::") as everywhere:
        for target in (f"{PROXY}/{host}:{everywhere.port}/", f"{PROXY}/absolute/{host}:1/"):
            response = fetch(jupyter, target)
            assert (response.status, response.value("Porthole-Answer")) == (403, "host-refused")
            assert f"of {host} is not on the list" in message(response)
            assert "ServerProxy.host_allowlist" in message(response)
            assert fetch(jupyter, target, fields=HANDSHAKE).status == 403
        page = fetch(jupyter, f"{PROXY}/{host}:{everywhere.port}/", fields=PAGE)
        assert page.status == 403
        assert "is not on the list of allowed hosts" in page.body.decode()
        assert everywhere.connections == 0
    assert f"The host '{host}' isn't allowed" in jupyter.log()


@pytest.mark.parametrize(
    "place",
    [
        "localhost:",
        ":{port}",
        "localhost:0",
        "localhost:65536",
        "localhost:0{port}",
        "localhost:{port}:{port}",
        "localhost:+{port}",
        "user@localhost:{port}",
        "localhost%3A{port}",
        "loc%61lhost:{port}",
        "local host:{port}",
        "localhost\\:{port}",
        "::1:{port}",
        "[::1:{port}",
        "[v1.x]:{port}",
        "http:localhost:{port}",
        "loc\xe4lhost:{port}",
    ],
)
def test_what_is_no_host_is_not_found(jupyter: Jupyter, app: App, place: str) -> None:
    text = place.format(port=app.port)
    assert fetch(jupyter, f"{PROXY}/{text}/").status in (400, 404)
    assert fetch(jupyter, f"{PROXY}/absolute/{text}/").status in (400, 404)
    assert app.connections == 0


def test_a_list_allows_hosts(by_list: Jupyter) -> None:
    with serving(host="127.0.0.2") as app:
        app.record()
        assert fetch(by_list, f"{PROXY}/127.0.0.2:{app.port}/x").body == b"ok"
        assert app.last.value("Host") == f"127.0.0.2:{app.port}"
        # It takes the place of the usual one.
        assert fetch(by_list, f"{PROXY}/localhost:{app.port}/").status == 403
        app.record(SWITCHING + b"\r\n")
        response = fetch(by_list, f"{PROXY}/127.0.0.2:{app.port}/ws", fields=HANDSHAKE)
        assert response.status == 101
    response = fetch(by_list, f"{PROXY}/127.0.0.2:{app.port}/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "not-listening")
    assert f"port {app.port} of 127.0.0.2" in message(response)


@pytest.mark.parametrize("host", ["named.example", "NAMED.EXAMPLE"])
def test_a_host_that_isnt_there(by_list: Jupyter, host: str) -> None:
    response = fetch(by_list, f"{PROXY}/{host}:80/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "no-such-host")
    assert f"The host of port 80 of {host} can" in message(response)
    page = fetch(by_list, f"{PROXY}/{host}:80/", fields=PAGE)
    assert page.status == 502
    assert "tries again" in page.body.decode()


def test_the_old_name_of_the_list_counts(tmp_path: Path) -> None:
    with (
        running(tmp_path / "jupyter", code=BY_OLD_NAME, config=NO_PAGES) as jupyter,
        serving(host="127.0.0.2") as app,
    ):
        assert fetch(jupyter, f"{PROXY}/127.0.0.2:{app.port}/").body == b"ok"
        assert fetch(jupyter, f"{PROXY}/localhost:{app.port}/").status == 403
        assert jupyter.log().count("host_whitelist is deprecated") == 1


def test_a_function_judges(by_function: Jupyter) -> None:
    with serving(host="127.0.0.3") as app:
        target = f"{PROXY}/127.0.0.3:{app.port}/"
        assert fetch(by_function, target).body == b"ok"
        assert fetch(by_function, target, fields=[("Refuse", "1")]).status == 403
        assert fetch(by_function, f"{PROXY}/refused.example:{app.port}/").status == 403
        # Nobody is asked about the address without a host.
        assert fetch(by_function, f"{PROXY}/{app.port}/", fields=[("Refuse", "1")]).status == 502
    assert "Somebody asks for the host 127.0.0.3" in by_function.log()


@pytest.mark.parametrize("host", ["a..b", ".", "a" * 64, f"{'a' * 64}.example"])
def test_what_can_be_no_name_is_not_found(by_function: Jupyter, host: str) -> None:
    response = fetch(by_function, f"{PROXY}/{host}:80/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "no-such-host")


def test_a_function_that_fails_allows_nothing(by_function: Jupyter) -> None:
    response = fetch(by_function, f"{PROXY}/raises.example:80/")
    assert (response.status, response.value("Porthole-Answer")) == (403, "host-refused")
    assert "LookupError: no directory" in by_function.log()


def test_an_ipv6_address_stands_in_brackets(by_function: Jupyter) -> None:
    with serving(host="::1") as app:
        app.record()
        assert fetch(by_function, f"{PROXY}/[::1]:{app.port}/x").body == b"ok"
        assert app.last.value("Host") == f"[::1]:{app.port}"


@contextlib.contextmanager
def _of_another_user() -> Iterator[int]:
    """Have `nobody` listen on all addresses; yield the port."""
    code = (
        "import os, socket\n"
        "os.setuid(65534)\n"
        "server = socket.create_server(('::', 0), family=socket.AF_INET6, dualstack_ipv6=True)\n"
        "print(server.getsockname()[1], flush=True)\n"
        "while True:\n"
        "    connection, _ = server.accept()\n"
        "    connection.recv(65536)\n"
        "    connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nevil')\n"
        "    connection.close()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.kill()


# Only root can start a program as somebody else.
if os.geteuid() == 0 and sys.platform.startswith("linux"):

    @pytest.mark.parametrize(
        "host",
        [
            "localhost",
            "127.0.0.1",
            "127.0.0.2",
            "127.1",
            "2130706433",
            "0.0.0.0",
            "0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:2]",
            pytest.param(socket.gethostname(), id="its name"),
        ],
    )
    def test_another_users_port_is_refused_by_every_name(by_function: Jupyter, host: str) -> None:
        """Threat: whoever listens here would run scripts in somebody else's Jupyter."""
        with _of_another_user() as port:
            response = fetch(by_function, f"{PROXY}/{host}:{port}/")
        assert response.status in (403, 502)
        assert response.value("Porthole-Answer") in (
            "foreign-port",
            "no-such-host",
            "not-listening",
        )

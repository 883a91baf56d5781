"""Apps that speak HTTPS, and whose certificates are checked."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
import trustme
from support.app import App, Connection, serving
from support.client import Client, fetch
from support.handshake import HANDSHAKE, SWITCHING
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, PAGE, REPORTER, configuration, header, message, opened, report

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)

CODE = """
from pathlib import Path

trusted = {"https": True, "certificate_authorities": AUTHORITY}
plain = [*REPORTER, "{port}", f"certificate={CERTIFICATE}"]
c.Porthole.apps = {
    "unknown": {"port": PORT, "https": True, "launcher_entry": {"title": "Secure Thing"}},
    "trusted": {"port": PORT, **trusted},
    "trusted_path": {"port": PORT, **trusted, "certificate_authorities": Path(AUTHORITY)},
    "unchecked": {"port": PORT, "https": True, "verify_certificate": False},
    "many_authorities": {"port": PORT, **trusted, "certificate_authorities": MANY},
    "nonsense": {"port": PORT, **trusted, "certificate_authorities": __file__},
    "other_authority": {"port": PORT, **trusted, "certificate_authorities": OTHER},
    "no_authority": {"port": PORT, **trusted, "certificate_authorities": AUTHORITY + ".no"},
    "other_name": {"port": OTHER_PORT, **trusted},
    "expired": {"port": EXPIRED_PORT, **trusted},
    "client": {"port": PORT, **trusted, "host": "client"},
    "started": {"command": plain, **trusted},
    "started_socket": {
        "command": [*REPORTER, "{unix_socket}", f"certificate={CERTIFICATE}"],
        "unix_socket": True,
        **trusted,
    },
    "not_https": {"port": PLAIN_PORT, **trusted},
    "https_unsaid": {"port": PORT},
    "rewritten": {
        "port": PORT,
        **trusted,
        "rewrite_response": lambda response: response.headers.add("X-Rewritten", "1"),
    },
}
"""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an authority that signs the apps' certificates."""
    return trustme.CA()


def _serving(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


def _refuse(connection: Connection) -> None:
    """Answer as servers of plain HTTP do to what is none."""
    connection.socket.recv(65536)
    connection.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture(scope="module")
def backend(authority: trustme.CA) -> Iterator[App]:
    """Return an app that speaks TLS."""
    with serving(tls=_serving(authority.issue_cert("localhost"))) as app:
        yield app


@pytest.fixture(scope="module")
def named(
    tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA, backend: App
) -> Iterator[Jupyter]:
    """Return a Jupyter with apps that speak TLS."""
    folder = tmp_path_factory.mktemp("certificates")
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    trustme.CA().cert_pem.write_to_path(str(folder / "other.pem"))
    # As long as the bundle of a system with some more is.
    many = b"".join(trustme.CA().cert_pem.bytes() for _ in range(2))
    (folder / "many.pem").write_bytes(many * 300 + authority.cert_pem.bytes())
    leaf = authority.issue_cert("localhost")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(folder / "certificate.pem"))
    expired = authority.issue_cert("localhost", not_after=LONG_AGO)
    with (
        serving(tls=_serving(authority.issue_cert("other.example"))) as other,
        serving(tls=_serving(expired)) as late,
        serving() as plain,
    ):
        plain.play = _refuse
        code = configuration(
            CODE,
            REPORTER=REPORTER,
            AUTHORITY=str(folder / "authority.pem"),
            OTHER=str(folder / "other.pem"),
            MANY=str(folder / "many.pem"),
            CERTIFICATE=str(folder / "certificate.pem"),
            PORT=backend.port,
            OTHER_PORT=other.port,
            EXPIRED_PORT=late.port,
            PLAIN_PORT=plain.port,
        )
        with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as jupyter:
            yield jupyter


@pytest.mark.parametrize("name", ["unknown", "other_authority", "other_name", "expired"])
@pytest.mark.parametrize("way", ["GET", "POST", "handshake"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    named: Jupyter, recorded: App, name: str, way: str
) -> None:
    fields = HANDSHAKE if way == "handshake" else []
    method, body = ("POST", b"secret") if way == "POST" else ("GET", b"")
    response = fetch(named, f"{BASE_URL}{name}/", method, fields, body)
    assert (response.status, response.value("Porthole-Answer")) == (502, "bad-certificate")
    assert "is not to be trusted" in message(response)
    assert recorded.requests == []


def test_its_page_says_what_to_do(named: Jupyter, recorded: App) -> None:
    page = fetch(named, f"{BASE_URL}unknown/", fields=PAGE)
    assert page.status == 502
    text = page.body.decode()
    assert "The certificate on Secure Thing" in text
    assert f"port {recorded.port} is not to be trusted." in text
    assert "certificate_authorities" in text
    assert "verify_certificate = False" in text


@pytest.mark.parametrize("name", ["trusted", "trusted_path", "many_authorities", "unchecked"])
def test_an_app_is_reached_by_https(named: Jupyter, recorded: App, name: str) -> None:
    page = f"{named.origin}{BASE_URL}{name}/page"
    fields = [("Origin", named.origin), ("Referer", page)]
    body = bytes(range(256)) * 10_000
    response = fetch(named, f"{BASE_URL}{name}/x?y", "POST", fields, body)
    assert response.body == b"ok"
    assert (recorded.last.target, recorded.last.body) == ("/x?y", body)
    own = f"https://localhost:{recorded.port}"
    assert recorded.last.value("Host") == f"localhost:{recorded.port}"
    assert recorded.last.value("Origin") == own
    assert recorded.last.value("Referer") == f"{own}/page"
    # How the client has come to Jupyter.
    assert recorded.last.value("X-Forwarded-Proto") == "http"


@pytest.mark.parametrize("name", ["trusted", "unchecked"])
def test_websockets_pass(named: Jupyter, recorded: App, name: str) -> None:
    recorded.record(SWITCHING + b"\r\nfrom the app")
    with Client(named) as client:
        client.send(f"{BASE_URL}{name}/ws", fields=HANDSHAKE)
        received = b""
        while not received.endswith(b"from the app"):
            received += client.socket.recv(65536)
    assert received.startswith(b"HTTP/1.1 101 ")
    assert recorded.last.target == "/ws"


@pytest.mark.parametrize("name", ["started", "started_socket"])
def test_an_app_is_started_and_asked_by_https(named: Jupyter, name: str) -> None:
    with Client(named) as client:
        connections = []
        for _ in range(3):
            client.send(f"{BASE_URL}{name}/x")
            told = report(client.receive())
            connections.append(told["connection"])
        # The handshake is made once.
        assert connections == [connections[0]] * 3
    assert (header(told, "Host") or "").startswith("localhost")
    with opened(named, f"{BASE_URL}{name}/ws") as connection:
        connection.recv(timeout=30)
        connection.send("x" * 100_000)
        assert connection.recv(timeout=30) == "x" * 100_000


def test_downloads_are_not_cut(named: Jupyter, recorded: App) -> None:
    body = bytes(range(256)) * 20_000
    recorded.record(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    assert fetch(named, f"{BASE_URL}trusted/").body == body


def test_redirects_stay_below_the_name(named: Jupyter, recorded: App) -> None:
    recorded.record(
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
        + f"https://localhost:{recorded.port}/x".encode()
        + b"\r\n\r\n"
    )
    response = fetch(named, f"{BASE_URL}trusted/")
    assert response.value("Location") == f"{BASE_URL}trusted/x"


def test_answers_are_rewritten(named: Jupyter, recorded: App) -> None:
    assert fetch(named, f"{BASE_URL}rewritten/").value("X-Rewritten") == "1"


def test_the_clients_host_may_be_kept(named: Jupyter, recorded: App) -> None:
    assert fetch(named, f"{BASE_URL}client/").status == 200
    assert recorded.last.value("Host") == named.host


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("not_https", "broke-off"),
        ("https_unsaid", "broke-off"),
        ("no_authority", "app-failed"),
        ("nonsense", "app-failed"),
    ],
)
def test_a_wrong_configuration_is_told_of(named: Jupyter, name: str, answer: str) -> None:
    response = fetch(named, f"{BASE_URL}{name}/")
    assert (response.status, response.value("Porthole-Answer")) == (502, answer)

"""What the client gets to see of a response, contract section 3."""

from __future__ import annotations

import pytest
from support.app import App
from support.client import Client, fetch
from support.jupyter import BASE_URL, Jupyter

PREFIX = f"{BASE_URL}proxy"


def _answering(app: App, *fields: str, status: str = "200 OK", body: bytes = b"") -> None:
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]
    app.record("\r\n".join(lines).encode("latin1") + body)


def test_fields_and_reason_keep_their_looks(any_jupyter: Jupyter, app: App) -> None:
    fields = ["x-lower: 1", "X-UPPER: 2", "X-Twice: a", "x-between: 3", "X-Twice: b"]
    _answering(app, *fields, "X-Latin: caf\xe9", status="299 Very Odd Indeed")
    response = fetch(any_jupyter, f"{PREFIX}/{app.port}/")
    assert (response.status, response.reason) == (299, "Very Odd Indeed")
    got = [f"{name}: {value}" for name, value in response.fields]
    assert got[:6] == [*fields, "X-Latin: caf\xe9"]
    # No field of ours but the one that frames the connection.
    assert [name for name, _ in response.fields[7:]] == ["Connection", "Keep-Alive"]


def test_many_cookies_and_long_fields_pass(jupyter: Jupyter, app: App) -> None:
    fields = [f"Set-Cookie: c{number}={'v' * 600}" for number in range(60)]
    _answering(app, *fields)
    response = fetch(jupyter, f"{PREFIX}/{app.port}/")
    assert [f"Set-Cookie: {value}" for value in response.values("Set-Cookie")] == fields


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_responses_without_a_body_have_none(jupyter: Jupyter, app: App, status: str) -> None:
    app.record(f"HTTP/1.1 {status}\r\nETag: x\r\n\r\n".encode())
    with Client(jupyter) as client:
        for _ in range(2):
            client.send(f"{PREFIX}/{app.port}/")
            response = client.receive()
            assert f"{response.status} {response.reason}" == status
            assert (response.body, response.value("ETag")) == (b"", "x")


def test_an_encoded_body_stays_as_it_is(jupyter: Jupyter, app: App) -> None:
    body = bytes(range(256)) * 10
    _answering(app, "Content-Encoding: gzip", body=body)
    response = fetch(jupyter, f"{PREFIX}/{app.port}/")
    assert (response.body, response.value("Content-Encoding")) == (body, "gzip")


def test_trailers_arrive(jupyter: Jupyter, app: App) -> None:
    app.record(
        b"HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n"
    )
    with Client(jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", fields=[("Connection", "close")])
        assert client.receive_all().endswith(b"0\r\nX-Sum: 42\r\n\r\n")


def test_early_hints_arrive_before_the_response(jupyter: Jupyter, app: App) -> None:
    app.record(
        b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    )
    with Client(jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", fields=[("Connection", "close")])
        hints, _, response = client.receive_all().partition(b"\r\n\r\n")
    assert hints.startswith(b"HTTP/1.1 103 ")
    assert b"</s.css>; rel=preload" in hints
    assert response.endswith(b"\r\n\r\nok")


@pytest.mark.parametrize("name", ["Location", "Content-Location"])
@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/x?y#z", "{prefix}/x?y#z"),
        ("/", "{prefix}/"),
        ("http://localhost:{port}/x", "{prefix}/x"),
        ("http://127.0.0.1:{port}", "{prefix}/"),
        ("http://[::1]:{port}/x", "{prefix}/x"),
        ("http://LOCALHOST:{port}?x", "{prefix}/?x"),
        ("{own}/x", "{prefix}/x"),
        ("{own}{prefix}/x", "{prefix}/x"),
        ("{prefix}/x", "{prefix}/x"),
        ("{prefix}", "{prefix}"),
        ("{prefix}0/x", "{prefix}{prefix}0/x"),
        ("x", "x"),
        ("../x", "../x"),
        ("?x", "?x"),
        ("//evil.example/x", "//evil.example/x"),
        ("https://evil.example/x", "https://evil.example/x"),
        ("http://localhost:1/x", "http://localhost:1/x"),
        ("http://localhost:{port}@evil.example/", "http://localhost:{port}@evil.example/"),
        ("mailto:a@b", "mailto:a@b"),
    ],
)
def test_links_come_to_lie_under_the_prefix_once(
    jupyter: Jupyter, app: App, name: str, link: str, expected: str
) -> None:
    names = {"prefix": f"{PREFIX}/{app.port}", "port": app.port, "own": jupyter.origin}
    _answering(app, f"{name}: {link.format(**names)}", status="302 Found")
    response = fetch(jupyter, f"{PREFIX}/{app.port}/")
    assert response.value(name) == expected.format(**names)


@pytest.mark.parametrize(
    ("refresh", "expected"),
    [
        ("5", "5"),
        ("0; url=/x", "0; url={prefix}/x"),
        ("0;URL='/x'", "0;URL='{prefix}/x'"),
        ("1; url=http://localhost:{port}/x", "1; url={prefix}/x"),
        ("1; url=https://evil.example/", "1; url=https://evil.example/"),
    ],
)
def test_refresh_too(jupyter: Jupyter, app: App, refresh: str, expected: str) -> None:
    names = {"prefix": f"{PREFIX}/{app.port}", "port": app.port}
    _answering(app, f"Refresh: {refresh.format(**names)}")
    response = fetch(jupyter, f"{PREFIX}/{app.port}/")
    assert response.value("Refresh") == expected.format(**names)


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("a=b", "a=b"),
        ("a=b; Path=/", "a=b; Path={prefix}"),
        ("a=b; path=/sub/; HttpOnly", "a=b; Path={prefix}/sub/; HttpOnly"),
        ("a=b; Path={prefix}/x; Secure", "a=b; Path={prefix}/x; Secure"),
        ("a=b; Domain=example.org; Path=/; SameSite=Lax", "a=b; Path={prefix}; SameSite=Lax"),
        ('a="x y"; Expires=Wed, 21 Oct 2065 07:28:00 GMT', None),
        ("_xsrf=own; Path=/", "_xsrf=own; Path={prefix}"),
    ],
)
def test_cookies_are_confined_to_the_app(
    jupyter: Jupyter, app: App, cookie: str, expected: str | None
) -> None:
    prefix = f"{PREFIX}/{app.port}"
    _answering(app, f"Set-Cookie: {cookie.format(prefix=prefix)}")
    response = fetch(jupyter, f"{prefix}/")
    assert response.value("Set-Cookie") == (expected or cookie).format(prefix=prefix)


def test_jupyters_cookies_can_not_be_set(jupyter: Jupyter, app: App) -> None:
    login = f"username-127-0-0-1-{jupyter.port}"
    _answering(
        app,
        f"Set-Cookie: {login}=forged; Path=/",
        "Set-Cookie: jupyterhub-session-id=forged",
        "Set-Cookie: own=1",
    )
    assert fetch(jupyter, f"{PREFIX}/{app.port}/").values("Set-Cookie") == ["own=1"]


def test_an_app_can_not_speak_for_jupyters_origin(jupyter: Jupyter, app: App) -> None:
    prefix = f"{PREFIX}/{app.port}"
    _answering(
        app,
        'Clear-Site-Data: "*"',
        'Alt-Svc: h3=":443"',
        "Strict-Transport-Security: max-age=1",
        "X-Accel-Redirect: /etc/passwd",
        "Service-Worker-Allowed: /",
        "Connection: keep-alive, X-Hop",
        "Keep-Alive: timeout=1",
        "X-Hop: 1",
        "X-Kept: 1",
    )
    response = fetch(jupyter, f"{prefix}/", fields=[("Connection", "close")])
    names = [name for name, _ in response.fields]
    assert names == ["X-Kept", "Content-Length", "Connection"]
    _answering(app, f"Service-Worker-Allowed: {prefix}/sub/")
    allowed = fetch(jupyter, f"{prefix}/").value("Service-Worker-Allowed")
    assert allowed == f"{prefix}/sub/"

"""What the app gets to see of a request, contract section 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.app import OK, App
from support.client import Client, fetch
from support.jupyter import BASE_URL, TOKEN, Jupyter, running
from support.message import PREFIX_FIELDS

PREFIX = f"{BASE_URL}proxy"


@pytest.fixture(scope="module")
def trusting_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Return a Jupyter behind a proxy whose word counts."""
    config = {"ServerApp": {"trust_xheaders": True, "allow_remote_access": True}}
    with running(tmp_path_factory.mktemp("trusting"), config=config) as server:
        yield server


def test_fields_keep_order_case_and_duplicates(any_jupyter: Jupyter, app: App) -> None:
    fields = [
        ("x-lower", "1"),
        ("X-UPPER", "2"),
        ("X-Twice", "a"),
        ("x-between", "3"),
        ("x-twice", "b"),
        ("X-Latin", "caf\xe9"),
    ]
    assert fetch(any_jupyter, f"{PREFIX}/{app.port}/", fields=fields).status == 200
    got = [entry for entry in app.last.fields if entry[0].lower() in dict(_lower(fields))]
    assert got == fields


def _lower(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in fields]


def test_many_and_long_fields_pass(jupyter: Jupyter, app: App) -> None:
    fields = [(f"X-Field-{number}", "v" * 200) for number in range(250)]
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields).status == 200
    assert [entry for entry in app.last.fields if entry[0].startswith("X-Field")] == fields


def test_hop_by_hop_fields_end_here(jupyter: Jupyter, app: App) -> None:
    fields = [
        ("Connection", "keep-alive, X-Nominated, X-Forwarded-For"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Authorization", "Basic x"),
        ("TE", "trailers"),
        ("Upgrade", "h2c"),
        ("X-Nominated", "1"),
    ]
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields).status == 200
    for name in ("Keep-Alive", "Proxy-Authorization", "TE", "Upgrade", "X-Nominated"):
        assert app.last.values(name) == []
    # Nominating ours doesn't remove it: it is added afterwards.
    assert app.last.value("X-Forwarded-For") == "127.0.0.1"


def test_host_origin_and_referer_name_the_app(any_jupyter: Jupyter, app: App) -> None:
    prefix = f"{PREFIX}/{app.port}"
    own = any_jupyter.origin
    fields = [("Origin", own), ("Referer", f"{own}{prefix}/page?x=1")]
    assert fetch(any_jupyter, f"{prefix}/", "POST", fields).status == 200
    assert app.last.value("Host") == f"localhost:{app.port}"
    assert app.last.value("Origin") == f"http://localhost:{app.port}"
    assert app.last.value("Referer") == f"http://localhost:{app.port}/page?x=1"


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        ("{own}/jupyter/lab/tree/secret.ipynb?token=" + TOKEN, "http://localhost:{port}/"),
        ("{own}/jupyter/proxy/{port}/p?token=" + TOKEN + "&y=1", "http://localhost:{port}/p?y=1"),
        ("https://elsewhere.example/page", "https://elsewhere.example/page"),
    ],
)
def test_a_referer_tells_nothing_about_jupyter(
    jupyter: Jupyter, app: App, referer: str, expected: str
) -> None:
    value = referer.format(own=jupyter.origin, port=app.port)
    fetch(jupyter, f"{PREFIX}/{app.port}/", fields=[("Referer", value)])
    assert app.last.value("Referer") == expected.format(port=app.port)


def test_an_absolute_app_gets_its_referer_whole(jupyter: Jupyter, app: App) -> None:
    path = f"{PREFIX}/absolute/{app.port}/page"
    fetch(jupyter, path, fields=[("Referer", jupyter.origin + path)])
    assert app.last.value("Referer") == f"http://localhost:{app.port}{path}"


def test_the_app_learns_where_it_is_seen(any_jupyter: Jupyter, app: App) -> None:
    fields = [
        ("X-Forwarded-For", "6.6.6.6"),
        ("X-Forwarded-Proto", "gopher"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Port", "666"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X-Forwarded-Context", "/evil"),
        ("X-ProxyContextPath", "/evil"),
        ("X-Script-Name", "/evil"),
        ("Forwarded", "for=6.6.6.6"),
    ]
    prefix = f"{PREFIX}/{app.port}"
    assert fetch(any_jupyter, f"{prefix}/", fields=fields).status == 200
    last = app.last
    on_tcp = any_jupyter.unix_socket is None
    assert last.values("X-Forwarded-For") == (["127.0.0.1"] if on_tcp else [])
    assert last.value("X-Forwarded-Proto") == ("https" if any_jupyter.tls else "http")
    assert last.value("X-Forwarded-Host") == any_jupyter.host
    assert last.value("X-Forwarded-Port") == (str(any_jupyter.port) if on_tcp else "80")
    for name in PREFIX_FIELDS:
        assert last.value(name) == prefix
    assert last.values("Forwarded") == []


def test_an_absolute_app_gets_no_prefix(jupyter: Jupyter, app: App) -> None:
    fields = [("X-Forwarded-Prefix", "/evil")]
    fetch(jupyter, f"{PREFIX}/absolute/{app.port}/", fields=fields)
    assert app.last.values("X-Forwarded-Prefix") == []
    assert app.last.value("X-Forwarded-Host") == jupyter.host


def test_a_trusted_proxy_is_believed(trusting_jupyter: Jupyter, app: App) -> None:
    fields = [
        ("X-Forwarded-For", "9.9.9.9"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "public.example:8443"),
    ]
    response = fetch(trusting_jupyter, f"{PREFIX}/{app.port}/", fields=fields)
    assert response.status == 200
    assert app.last.value("X-Forwarded-For") == "9.9.9.9"
    assert app.last.value("X-Forwarded-Proto") == "https"
    assert app.last.value("X-Forwarded-Host") == "public.example:8443"
    assert app.last.value("X-Forwarded-Port") == "8443"


# Credentials


def _login(jupyter: Jupyter) -> str:
    """Log in by the token and return the cookies that Jupyter has set."""
    response = fetch(
        jupyter,
        f"{BASE_URL}tree?token={TOKEN}",
        fields=[("Accept", "text/html")],
        authorised=False,
    )
    cookies = [value.partition(";")[0] for value in response.values("Set-Cookie")]
    assert any(cookie.startswith("username-") for cookie in cookies), cookies
    login = fetch(jupyter, f"{BASE_URL}login", authorised=False)
    cookies += [value.partition(";")[0] for value in login.values("Set-Cookie")]
    assert any(cookie.startswith("_xsrf=") for cookie in cookies), cookies
    return "; ".join(cookies)


def test_the_login_cookie_opens_the_app_and_stays_behind(jupyter: Jupyter, app: App) -> None:
    own = 'a=1; b="two; c=\xe9;d'
    fields = [("Cookie", f"{own}; {_login(jupyter)}; jupyterhub-session-id=x; z=%20")]
    response = fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields, authorised=False)
    assert response.status == 200
    assert app.last.value("Cookie") == f"{own}; z=%20"


def test_no_cookie_field_is_left_without_cookies(jupyter: Jupyter, app: App) -> None:
    fields = [("Cookie", _login(jupyter))]
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields, authorised=False).status == 200
    assert app.last.values("Cookie") == []


def test_cookies_of_other_jupyters_on_the_host_stay_behind(jupyter: Jupyter, app: App) -> None:
    fields = [("Cookie", "username-127-0-0-1-1=secret; username=own")]
    fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields)
    assert app.last.value("Cookie") == "username=own"


def test_an_app_keeps_its_own_xsrf_cookie(jupyter: Jupyter, app: App) -> None:
    jupyters = re.search(r"_xsrf=[^;]+", _login(jupyter))
    assert jupyters
    own = "2|01234567|89abcdef0123456789abcdef01234567|1700000000"
    set_cookie = f"HTTP/1.1 200 OK\r\nSet-Cookie: _xsrf={own}; Path=/\r\nContent-Length: 0\r\n\r\n"
    app.record(set_cookie.encode())
    fetch(jupyter, f"{PREFIX}/{app.port}/")
    app.record(OK)
    fields = [("Cookie", f"_xsrf={own}; {jupyters[0]}; x=1")]
    fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields)
    assert app.last.value("Cookie") == f"_xsrf={own}; x=1"
    fetch(jupyter, f"{PREFIX}/{app.port}/", fields=[("Cookie", "_xsrf=plain")])
    assert app.last.value("Cookie") == "_xsrf=plain"


@pytest.mark.parametrize("scheme", ["token", "Bearer"])
def test_jupyters_authorization_stays_behind(jupyter: Jupyter, app: App, scheme: str) -> None:
    fields = [("Authorization", f"{scheme} {TOKEN}")]
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields, authorised=False).status == 200
    assert app.last.values("Authorization") == []


@pytest.mark.parametrize("value", ["Bearer of-the-app", "Basic dTpw", "token of-the-app"])
def test_the_apps_authorization_passes(jupyter: Jupyter, app: App, value: str) -> None:
    fields = [("Cookie", _login(jupyter)), ("Authorization", value)]
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", fields=fields, authorised=False).status == 200
    assert app.last.value("Authorization") == value


def test_jupyters_token_stays_out_of_the_query(jupyter: Jupyter, app: App) -> None:
    target = f"{PREFIX}/{app.port}/x?a=1&token={TOKEN}&b=%20"
    assert fetch(jupyter, target, authorised=False).status == 200
    assert app.last.target == "/x?a=1&b=%20"


def test_an_apps_token_passes(jupyter: Jupyter, app: App) -> None:
    fields = [("Cookie", _login(jupyter))]
    target = f"{PREFIX}/{app.port}/?token=of-the-app"
    assert fetch(jupyter, target, fields=fields, authorised=False).status == 200
    assert app.last.target == "/?token=of-the-app"


@pytest.mark.parametrize(
    "fields",
    [
        [("Accept", "text/html")],
        [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")],
    ],
)
def test_a_page_opened_with_the_token_goes_on_without_it(
    jupyter: Jupyter, app: App, fields: list[tuple[str, str]]
) -> None:
    target = f"{PREFIX}/{app.port}/x?a=1&token={TOKEN}"
    response = fetch(jupyter, target, fields=fields, authorised=False)
    assert (response.status, response.value("Location")) == (302, f"{PREFIX}/{app.port}/x?a=1")
    assert app.connections == 0
    cookie = (response.value("Set-Cookie") or "").partition(";")[0]
    opened = fetch(
        jupyter, f"{PREFIX}/{app.port}/x?a=1", fields=[("Cookie", cookie)], authorised=False
    )
    assert opened.status == 200


def test_no_credentials_in_the_log(jupyter: Jupyter, app: App) -> None:
    before = len(jupyter.log())
    cookies = _login(jupyter)
    with Client(jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/?token={TOKEN}", fields=[("Cookie", cookies)])
        client.receive()
        client.send(f"{PREFIX}/1/?token={TOKEN}", fields=[("Cookie", cookies)])
        client.receive()
    # Before that Jupyter itself has logged its configuration.
    log = jupyter.log()[before:]
    assert TOKEN not in log
    for cookie in cookies.split("; "):
        assert cookie.partition("=")[2] not in log


def test_no_credentials_in_processes(jupyter: Jupyter, tmp_path: Path) -> None:
    sidecar = jupyter.sidecar()
    assert TOKEN not in " ".join(sidecar.cmdline())
    assert set(sidecar.environ()) == {
        "MALLOC_ARENA_MAX",
        "NODE_CHANNEL_FD",
        "NODE_CHANNEL_SERIALIZATION_MODE",
    }


# Bodies


def test_a_body_is_framed_as_it_was(any_jupyter: Jupyter, app: App) -> None:
    assert fetch(any_jupyter, f"{PREFIX}/{app.port}/", "POST", body=b"hello").status == 200
    assert (app.last.body, app.last.value("Content-Length")) == (b"hello", "5")
    chunked = [("Transfer-Encoding", "chunked")]
    with Client(any_jupyter) as client:
        client.send(f"{PREFIX}/{app.port}/", "POST", chunked)
        client.socket.sendall(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
        assert client.receive().status == 200
    assert (app.last.body, app.last.values("Content-Length")) == (b"abcde", [])


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "PROPFIND", "PATCH"])
def test_any_method_may_have_a_body(jupyter: Jupyter, app: App, method: str) -> None:
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", method, body=b"body").status == 200
    assert (app.last.line.split()[0], app.last.body) == (method, b"body")


def test_a_post_needs_no_body(jupyter: Jupyter, app: App) -> None:
    fields = [("Content-Length", "0")]
    assert fetch(jupyter, f"{PREFIX}/{app.port}/", "POST", fields).status == 200
    assert (app.last.body, app.last.value("Content-Length")) == (b"", "0")


@pytest.mark.parametrize(
    "fields",
    [
        [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
        [("Content-Length", "5"), ("Content-Length", "6")],
        [("Content-Length", "+5")],
        [("Transfer-Encoding", "identity, chunked, identity")],
        [("X-Folded", "a\r\n b")],
        [("X Space", "1")],
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(
    jupyter: Jupyter, app: App, fields: list[tuple[str, str]]
) -> None:
    """Threat: a second request, hidden in what we take for the first one's body."""
    hidden = b"0\r\n\r\nGET /jupyter/proxy/1/ HTTP/1.1\r\nHost: x\r\n\r\n"
    with Client(jupyter) as client:
        # At once: what comes after the answer would be met by a reset, which loses the answer.
        client.socket.sendall(client.request(f"{PREFIX}/{app.port}/", "POST", fields) + hidden)
        received = client.receive_all()
    assert received.startswith(b"HTTP/1.1 400") or received == b""
    assert all(b"proxy" not in request.body for request in app.requests)

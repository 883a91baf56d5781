"""Which requests reach which app, contract section 1 and 2."""

from __future__ import annotations

import pytest
from support.app import App, serving
from support.client import Client, fetch
from support.jupyter import BASE_URL, Jupyter

PROXY = f"{BASE_URL}proxy"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_any_way_reaches_the_app(any_jupyter: Jupyter, app: App, method: str) -> None:
    response = fetch(any_jupyter, f"{PROXY}/{app.port}/a/b?c=d", method)
    assert (response.status, response.body) == (200, b"ok")
    assert app.last.line == f"{method} /a/b?c=d HTTP/1.1"


@pytest.mark.parametrize(
    "method", ["PROPFIND", "QUERY", "REPORT", "PURGE", "MKCOL", "LOCK", "SEARCH", "TRACE"]
)
def test_rare_methods_pass(jupyter: Jupyter, app: App, method: str) -> None:
    assert fetch(jupyter, f"{PROXY}/{app.port}/x", method).status == 200
    assert app.last.line == f"{method} /x HTTP/1.1"


def test_head_keeps_the_length_of_a_body_that_does_not_come(jupyter: Jupyter, app: App) -> None:
    app.record(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
    response = fetch(jupyter, f"{PROXY}/{app.port}/", "HEAD")
    assert (response.value("Content-Length"), response.body) == ("1234", b"")


def test_connect_is_refused(jupyter: Jupyter, app: App) -> None:
    response = fetch(jupyter, f"{PROXY}/{app.port}/", "CONNECT")
    assert response.status == 405
    assert app.connections == 0


def test_absolute_keeps_the_whole_path(jupyter: Jupyter, app: App) -> None:
    target = f"{PROXY}/absolute/{app.port}/a?b"
    assert fetch(jupyter, target).status == 200
    assert app.last.target == target


@pytest.mark.parametrize(
    "rest",
    [
        "/%2F%2e%2E/x",
        "//double//slash",
        "/a/./b/../c",
        "/..;/9301/",
        "/;v=1;w",
        "/?",
        "/?a=%20+%C3%A9&b",
        "/%e4%bd%a0%E5%A5%BD",
        "/%23fragment",
        "/~!$&'()*+,;=:@-._",
    ],
)
def test_bytes_after_the_prefix_go_out_unchanged(jupyter: Jupyter, app: App, rest: str) -> None:
    assert fetch(jupyter, f"{PROXY}/{app.port}{rest}").status == 200
    assert app.last.target == rest


def test_a_fragment_is_cut(jupyter: Jupyter, app: App) -> None:
    assert fetch(jupyter, f"{PROXY}/{app.port}/a?b#c").status == 200
    assert app.last.target == "/a?b"


@pytest.mark.parametrize(
    "port",
    [
        "0",
        "65536",
        "99999999999999999999",
        "-1",
        "+{port}",
        "0{port}",
        " {port}",
        "{port}%20",
        "{port}@evil",
        "{port}:80@evil",
        "{port}%40x",
        "{hex}",
        "%3{port}",
        "{port}.0",
        "{port}e0",
        "",
        "absolute",
        "absolute/",
        "localhost:{port}@evil",
        "evil@localhost:{port}",
        "localhost:{port}:{port}",
        ":{port}",
        "\xef\xbc\x98\xef\xbc\x97",
    ],
)
def test_what_is_no_port_opens_nothing(jupyter: Jupyter, app: App, port: str) -> None:
    text = port.format(port=app.port, hex=hex(app.port))
    assert fetch(jupyter, f"{PROXY}/{text}/").status in (400, 404)
    assert fetch(jupyter, f"{PROXY}/absolute/{text}/").status in (400, 404)
    assert app.connections == 0


def test_addresses_may_be_long(jupyter: Jupyter, app: App) -> None:
    for path in ("/" + "a" * 42_000, "/" + "%01" * 14_000):
        assert fetch(jupyter, f"{PROXY}/{app.port}{path}").status == 200
        assert app.last.target == path


def test_dot_segments_reach_no_other_port(jupyter: Jupyter, app: App) -> None:
    with serving() as other:
        fetch(jupyter, f"{PROXY}/{app.port}/../{other.port}/x")
        fetch(jupyter, f"{PROXY}/{app.port}/..;/{other.port}/x")
        fetch(jupyter, f"{PROXY}/{app.port}/%2e%2e/{other.port}/x")
        assert other.connections == 0
    assert [request.target for request in app.requests] == [
        f"/../{other.port}/x",
        f"/..;/{other.port}/x",
        f"/%2e%2e/{other.port}/x",
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("query", "kept"), [("", ""), ("?a=b&c", "?a=b&c"), ("?", "?")])
def test_a_missing_slash_is_added(
    jupyter: Jupyter, app: App, method: str, query: str, kept: str
) -> None:
    fields = [("X-Forwarded-Host", "evil.example")]
    response = fetch(jupyter, f"{PROXY}/{app.port}{query}", method, fields)
    assert (response.status, response.value("Location")) == (302, f"{PROXY}/{app.port}/{kept}")
    assert app.connections == 0


def test_a_post_without_the_slash_goes_to_the_root(jupyter: Jupyter, app: App) -> None:
    assert fetch(jupyter, f"{PROXY}/{app.port}", "POST", body=b"x").status == 200
    assert app.last.line == "POST / HTTP/1.1"


def test_an_app_on_ipv6_is_found(jupyter: Jupyter) -> None:
    with serving(host="::1") as app:
        assert fetch(jupyter, f"{PROXY}/{app.port}/").body == b"ok"


def test_requests_of_one_connection_go_to_their_own_places(jupyter: Jupyter, app: App) -> None:
    with Client(jupyter) as client:
        for _ in range(2):
            client.send(f"{PROXY}/{app.port}/")
            assert client.receive().body == b"ok"
            client.send(f"{BASE_URL}api")
            assert b"version" in client.receive().body
            client.send(f"{BASE_URL}api/contents", authorised=False)
            assert client.receive().status == 403


def test_jupyter_can_be_used_before_the_app_on_a_connection(jupyter: Jupyter, app: App) -> None:
    with Client(jupyter) as client:
        client.send(f"{BASE_URL}api/contents")
        assert client.receive().status == 200
        client.send(f"{PROXY}/{app.port}/")
        assert client.receive().body == b"ok"


def test_bytes_beyond_ascii_are_escaped_as_browsers_do(jupyter: Jupyter, app: App) -> None:
    name = "远".encode().decode("latin1")
    assert fetch(jupyter, f"{PROXY}/{app.port}/greet?name={name}").status == 200
    assert app.last.target == "/greet?name=%E8%BF%9C"

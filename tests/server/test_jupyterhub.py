"""Behind a real JupyterHub and its proxy, contract sections 2 and 6.

Two kinds of servers that a hub starts: `jupyterhub-singleuser` with the extension, and
`jupyter porthole standalone`.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.cookies import get_cookie_header
from support.client import Response
from support.hub import Hub, Person, hub_with
from support.record import Record
from support.wait import wait_until
from websockets.sync.client import connect

#: Who uses what: Anna a Jupyter with two apps, Ben and Cleo an app each.
KINDS = ("anna", "ben")

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")

HANDSHAKE = [("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]

#: Requests that some would take for WebSocket handshakes, and some wouldn't.
UPGRADES = (
    ("GET", "HTTP/1.1", [("Connection", "Upgrade"), ("Upgrade", "websocket"), *HANDSHAKE]),
    ("GET", "HTTP/1.1", [("connection", "upgrade"), ("upgrade", "WebSocket"), *HANDSHAKE]),
    ("GET", "HTTP/1.1", [("Connection", "keep-alive, UPGRADE"), ("Upgrade", "WEBSOCKET")]),
    ("GET", "HTTP/1.1", [("Connection", "Upgrade"), ("Upgrade", "websocket")]),
    ("GET", "HTTP/1.1", [("Upgrade", "websocket"), *HANDSHAKE]),
    ("GET", "HTTP/1.1", [("Connection", "Upgrade"), *HANDSHAKE]),
    ("GET", "HTTP/1.1", [("Sec-Fetch-Mode", "websocket"), *HANDSHAKE]),
    ("GET", "HTTP/1.0", [("Connection", "Upgrade"), ("Upgrade", "websocket"), *HANDSHAKE]),
    ("GET", "HTTP/1.0", [("Upgrade", "websocket"), *HANDSHAKE]),
)

#: Those on which the hub's proxy hangs up.
MORE_UPGRADES = (
    ("POST", "HTTP/1.1", [("Connection", "Upgrade"), ("Upgrade", "websocket"), *HANDSHAKE]),
    ("GET", "HTTP/1.1", [("Connection", "Upgrade"), ("Upgrade", "h2c, websocket"), *HANDSHAKE]),
    ("GET", "HTTP/1.1", [("Connection", "Upgrade"), ("Upgrade", "tcp")]),
)


@dataclass
class Place:
    """An app of a person."""

    person: Person
    record: Record
    #: Its public path without the last slash.
    root: str


class Setting:
    """A hub and the apps behind it."""

    def __init__(self, folder: Path) -> None:
        """Make people and apps, and start nothing."""
        records = {name: Record(folder / name) for name in ("anna", "annas", "ben", "cleo")}
        anna = Person("anna", [sys.executable, "-m", "jupyterhub.singleuser", "--allow-root"])
        _configure(folder / "jupyter", records["anna"], records["annas"])
        anna.environment = {
            "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERHUB_ACTIVITY_INTERVAL": "1",
        }
        ben, cleo = (
            Person(
                name,
                [
                    *(sys.executable, "-m", "jupyter", "porthole", "standalone"),
                    *("--activity-interval=0.3", "--", *records[name].command()),
                ],
                {"JUPYTER_RUNTIME_DIR": str(folder / "runtime")},
            )
            for name in ("ben", "cleo")
        )
        self.people = [anna, ben, cleo]
        #: Apps that are used.
        self.open = {
            "anna": Place(anna, records["anna"], f"{anna.root}/demo"),
            "ben": Place(ben, records["ben"], ben.root),
        }
        #: The same that nobody uses, so that nothing may ever start them.
        self.closed = {
            "anna": Place(anna, records["annas"], f"{anna.root}/closed"),
            "ben": Place(cleo, records["cleo"], cleo.root),
        }
        self.hub: Hub


def _configure(folder: Path, opened: Record, closed: Record) -> None:
    folder.mkdir()
    extensions = ("jupyter_lsp", "jupyter_server_proxy", "jupyterlab", "notebook")
    traits = {
        "ServerApp": {"jpserver_extensions": dict.fromkeys(extensions, False)},
        "Porthole": {
            "apps": {
                "demo": {"command": opened.command(), "timeout": 30},
                "closed": {"command": closed.command(), "timeout": 30},
            }
        },
    }
    (folder / "jupyter_server_config.json").write_text(json.dumps(traits))


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """Return all of it, running."""
    folder = tmp_path_factory.mktemp("hub")
    made = Setting(folder)
    with hub_with(folder, made.people) as made.hub:
        yield made


@pytest.fixture(scope="module")
def browsers(setting: Setting) -> Iterator[dict[str, requests.Session]]:
    """Return the browsers of Anna and Ben, who have logged in and seen their apps."""
    with ExitStack() as stack:
        yield {
            kind: stack.enter_context(setting.hub.log_in(place.person, f"{place.root}/")[0])
            for kind, place in setting.open.items()
        }


@pytest.mark.parametrize("kind", KINDS)
def test_a_login_leads_back_to_the_page(setting: Setting, kind: str) -> None:
    place = setting.open[kind]
    target = f"{place.root}/a%20page?x=%2F&y"
    browser, response = setting.hub.log_in(place.person, target)
    browser.close()
    assert response.status_code == 200
    assert response.url == setting.hub.url + target
    seen = response.json()["target"]
    assert seen == target.removeprefix(place.root)


@pytest.mark.parametrize("kind", KINDS)
def test_forms_reach_the_app(
    setting: Setting, browsers: dict[str, requests.Session], kind: str
) -> None:
    place = setting.open[kind]
    url = f"{setting.hub.url}{place.root}/form"
    # What a browser sends to https, with a page's own idea of `_xsrf`.
    fields = {
        "Origin": setting.hub.url,
        "Referer": url,
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "same-origin",
    }
    response = browsers[kind].post(url, {"_xsrf": "own", "a": "1"}, headers=fields, timeout=30)
    assert response.status_code == 200
    assert response.json()["body"] == "_xsrf=own&a=1"
    fetched = browsers[kind].delete(
        url, headers={**fields, "Sec-Fetch-Mode": "cors", "X-XSRFToken": "own"}, timeout=30
    )
    assert fetched.json()["method"] == "DELETE"


@pytest.mark.parametrize("kind", KINDS)
def test_websockets_reach_the_app(
    setting: Setting, browsers: dict[str, requests.Session], kind: str
) -> None:
    place = setting.open[kind]
    url = f"{setting.hub.url}{place.root}/socket"
    cookies = get_cookie_header(browsers[kind].cookies, requests.Request("GET", url))
    with connect(
        url.replace("http", "ws", 1),
        additional_headers={"Cookie": cookies, "Origin": setting.hub.url},
    ) as client:
        for message in ("text", b"bytes" * 100_000):
            client.send(message)
            assert client.recv() == message


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_hub_reaches_the_app(
    setting: Setting, browsers: dict[str, requests.Session], kind: str
) -> None:
    place = setting.open[kind]
    url = f"{setting.hub.url}{place.root}/x"
    browser = browsers[kind]
    browser.cookies.set("own", "kept", path="/")
    browser.cookies.set(f"__Host-jupyterhub-user-{kind}", "x", path="/")
    browser.cookies.set(f"jupyterhub-user-{kind}-oauth-state", "x", path="/")
    assert f"jupyterhub-user-{kind}=" in get_cookie_header(
        browser.cookies, requests.Request("GET", url)
    )
    with_cookie = dict(browser.get(url, timeout=30).json()["fields"])
    names = {pair.split("=")[0].strip() for pair in with_cookie["Cookie"].split(";")}
    assert names == {"own"}
    token = setting.hub.token(place.person)
    for scheme in ("token", "Bearer"):
        response = requests.get(
            f"{url}?token=own", headers={"Authorization": f"{scheme} {token}"}, timeout=30
        )
        # The hub doesn't look at tokens in addresses, so this one is the app's.
        assert response.json()["target"] == "/x?token=own"
        assert token not in response.text
    notes = place.record.path.read_text()
    assert token not in notes
    for cookie in browser.cookies:
        assert cookie.name == "own" or cookie.value == "x" or cookie.value not in notes


def test_standing_alone_there_is_no_xsrf_cookie_of_the_hub(
    setting: Setting, browsers: dict[str, requests.Session]
) -> None:
    """Forms of an app whose own cookie has that name would send the wrong one."""
    ben = setting.open["ben"]
    url = f"{setting.hub.url}{ben.root}/x"
    assert "_xsrf" not in get_cookie_header(browsers["ben"].cookies, requests.Request("GET", url))
    cookies = [dict(seen["fields"]).get("Cookie", "") for seen in ben.record.events("request")]
    assert not any("_xsrf" in cookie for cookie in cookies)


@pytest.mark.parametrize("kind", KINDS)
def test_activity_is_reported_as_it_is(
    setting: Setting, browsers: dict[str, requests.Session], kind: str
) -> None:
    place, hub = setting.open[kind], setting.hub
    url = f"{hub.url}{place.root}/x"

    def settled() -> datetime | None:
        """Return what the hub knows, if two more reports change nothing about it."""
        known, count = hub.last_activity(place.person), hub.reports(place.person)
        wait_until(lambda: hub.reports(place.person) >= count + 2, "there are reports")
        return known if hub.last_activity(place.person) == known else None

    browsers[kind].get(url, timeout=30)
    idle = wait_until(settled, "nothing is reported while nothing happens")
    browsers[kind].get(url, timeout=30)
    wait_until(lambda: hub.last_activity(place.person) > idle, "the hub knows of it")


# Nobody else gets in


def receive(connection: socket.socket, method: str = "GET") -> Response:
    """Read a response."""
    with HTTPResponse(connection, method=method) as response:
        response.begin()
        return Response(response)


def answer(port: int, request: bytes) -> Response:
    """Send bytes and return the response that comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        return receive(connection, request.split(b" ")[0].decode())


def head(
    hub: Hub,
    target: str,
    method: str = "GET",
    version: str = "HTTP/1.1",
    fields: list[tuple[str, str]] | None = None,
) -> bytes:
    """Make the bytes of a request."""
    lines = [f"{method} {target} {version}", f"Host: {hub.host}"]
    lines += [f"{name}: {value}" for name, value in fields or []]
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture(scope="module")
def credentials(
    setting: Setting, browsers: dict[str, requests.Session]
) -> dict[str, list[list[tuple[str, str]]]]:
    """Return what nobody may enter with, by the kind of server that is to be entered."""
    given = {}
    for kind, other in (("anna", "ben"), ("ben", "anna")):
        victim, stranger = setting.closed[kind].person, setting.open[other].person
        login = next(
            cookie.value
            for cookie in browsers[other].cookies
            if cookie.name == f"jupyterhub-user-{stranger.name}"
        )
        session = browsers[other].cookies.get("jupyterhub-session-id")
        token = setting.hub.token(stranger)
        own = f"jupyterhub-user-{victim.name}"
        given[kind] = [
            [],
            [("Cookie", f"{own}=made-up")],
            [("Cookie", f'{own}="2|1:0|10:1700000000|{len(own)}:{own}|8:bWFkZQ==|00"')],
            # Another person's, as it is, and by the name that is asked for.
            [
                (
                    "Cookie",
                    f"jupyterhub-user-{stranger.name}={login}; jupyterhub-session-id={session}",
                )
            ],
            [("Cookie", f"{own}={login}; jupyterhub-session-id={session}")],
            [("Authorization", "token made-up")],
            [("Authorization", "Bearer made-up")],
            [("Authorization", f"token {token}")],
            [("Authorization", f"Bearer {token}")],
        ]
    return given


def assert_refused(response: Response, method: str) -> None:
    assert response.status in ((302, 403) if method in ("GET", "HEAD") else (403,))
    if response.status == 302:
        location = urlsplit(response.value("Location") or "")
        assert location.path == "/hub/api/oauth2/authorize"
        assert parse_qs(location.query)["state"]


@pytest.mark.parametrize("way", ["proxy", "direct"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_method_gets_in_without_a_login(
    setting: Setting,
    credentials: dict[str, list[list[tuple[str, str]]]],
    kind: str,
    way: str,
) -> None:
    place = setting.closed[kind]
    port = setting.hub.port if way == "proxy" else place.person.port
    for method in METHODS:
        for fields in credentials[kind]:
            for target in (f"{place.root}/x", f"{place.root}/x?token=made-up"):
                request = head(setting.hub, target, method, fields=fields)
                assert_refused(answer(port, request), method)
    assert not place.record.path.exists(), "The app was started."


@pytest.mark.parametrize("way", ["proxy", "direct"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_upgrade_gets_in_without_a_login(
    setting: Setting,
    credentials: dict[str, list[list[tuple[str, str]]]],
    kind: str,
    way: str,
) -> None:
    place = setting.closed[kind]
    port = setting.hub.port if way == "proxy" else place.person.port
    for method, version, upgrade in UPGRADES + (MORE_UPGRADES if way == "direct" else ()):
        for fields in credentials[kind]:
            target = f"{place.root}/socket?token=made-up"
            request = head(setting.hub, target, method, version, [*upgrade, *fields])
            assert_refused(answer(port, request), method)
    assert not place.record.path.exists(), "The app was started."


@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_of_a_path_gets_in(setting: Setting, kind: str) -> None:
    place = setting.closed[kind]
    base = place.person.root
    hub = setting.hub
    for target in (
        place.root,
        f"{place.root}?",
        f"{place.root}/oauth_callback",
        f"{base}/oauth_callback",
        f"{base}/oauth_callback?code=made-up&state=made-up",
        f"{base}/oauth_callback/../x",
        f"{base}/oauth_callback/x",
        f"{base}/%6fauth_callback?code=made-up&state=made-up",
        f"{base}/oauth_callback%2F..%2Fx",
        f"/{place.root}/x",
        f"{place.root}//x",
        f"{place.root}/static/../x",
        f"http://{hub.host}{place.root}/x",
        f"{place.root}/x#fragment",
    ):
        for fields in ([], [("Connection", "Upgrade"), ("Upgrade", "websocket"), *HANDSHAKE]):
            response = answer(place.person.port, head(hub, target, fields=fields))
            assert response.status in (302, 400, 403, 404), target
    assert not place.record.path.exists(), "The app was started."


@pytest.mark.parametrize("kind", KINDS)
def test_an_app_that_runs_is_no_more_open(
    setting: Setting,
    browsers: dict[str, requests.Session],
    credentials: dict[str, list[list[tuple[str, str]]]],
    kind: str,
) -> None:
    """Threat: what others may is remembered for strangers, or rides along on a connection."""
    place = setting.open[kind]
    url = f"{setting.hub.url}{place.root}/x"
    assert browsers[kind].get(url, timeout=30).status_code == 200
    seen = len(place.record.events("connection")), len(place.record.events("request"))
    cookies = get_cookie_header(browsers[kind].cookies, requests.Request("GET", url))
    ours = head(setting.hub, f"{place.root}/x", fields=[("Cookie", cookies)])
    for fields in credentials[kind]:
        theirs = head(setting.hub, f"{place.root}/x", "POST", fields=fields)
        assert_refused(answer(place.person.port, theirs), "POST")
    assert (
        len(place.record.events("connection")),
        len(place.record.events("request")),
    ) == seen
    with socket.create_connection(("127.0.0.1", place.person.port), timeout=30) as connection:
        for request, status in ((ours, 200), (head(setting.hub, f"{place.root}/x"), 302)):
            connection.sendall(request)
            assert receive(connection).status == status
    assert len(place.record.events("request")) == seen[1] + 1


@pytest.mark.parametrize("kind", KINDS)
def test_another_user_is_told_at_the_door(
    setting: Setting, browsers: dict[str, requests.Session], kind: str
) -> None:
    """By way of the hub, which knows who it is, and answers itself."""
    other = "ben" if kind == "anna" else "anna"
    place = setting.closed[kind]
    response = browsers[other].get(f"{setting.hub.url}{place.root}/x", timeout=30)
    assert response.status_code == 403
    assert not place.record.path.exists(), "The app was started."

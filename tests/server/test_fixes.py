"""What shows only later: which apps need the fix for sub-paths, and who tells Jupyter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.client import Client, Response, fetch
from support.jupyter import BASE_URL, TOKEN, Jupyter, free_port, running
from support.named import NO_PAGES, PAGE, configuration, message
from support.site import make_site, serving_site

from jupyter_porthole import learned_fixes
from jupyter_porthole.learned_fixes import MOST_LEARNED, LearnedFixes
from jupyter_porthole.listening import Listening

#: Grants that hold on: what is learned counts at once all the same.
HELD = {"Porthole": {"grant_ttl": 3600}, **NO_PAGES}

CODE = """
from jupyter_server.auth import Authorizer
from tornado.web import HTTPError

class Wary(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        if "Hide" in handler.request.headers:
            raise HTTPError(404)
        return handler.request.headers.get("Forbid") != action

c.ServerApp.authorizer_class = Wary
c.Porthole.apps = {
    name: {"port": PORT, "sub_path": mode}
    for name, mode in {"plain": "auto", "a/b": "auto", "strip": "strip",
                       "whole": "absolute", "fixed": "fix"}.items()
}
"""

#: What the fetch of a script asks for.
DATA = "/data.json"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of the site that all names lead to."""
    with serving_site(make_site(tmp_path_factory.mktemp("named") / "site")) as port:
        yield port


@pytest.fixture(scope="module", params=[BASE_URL, "/"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: int
) -> Iterator[Jupyter]:
    """Return a Jupyter below a base_url, and one at the root of its host."""
    config = {**HELD, "ServerApp": {**HELD["ServerApp"], "base_url": request.param}}
    code = configuration(CODE, PORT=site)
    with running(tmp_path_factory.mktemp("jupyter"), config=config, code=code) as jupyter:
        yield jupyter


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Return the port of a site of which nothing is known."""
    with serving_site(make_site(tmp_path / "site")) as port:
        yield port


def home(jupyter: Jupyter, place: int | str) -> str:
    """Return where a port's app is, or a named one."""
    way = "proxy/" if isinstance(place, int) else ""
    return f"{jupyter.base_url}{way}{place}"


def from_page(jupyter: Jupyter, place: int | str, page: str = "/page?x=1") -> tuple[str, str]:
    """Return the field by which a browser says which page has asked."""
    return "Referer", f"{jupyter.origin}{home(jupyter, place)}{page}"


def is_fixed(jupyter: Jupyter, prefix: str) -> bool:
    """Look at an app's page."""
    response = fetch(jupyter, f"{prefix}/", fields=PAGE)
    assert response.status == 200
    fixed = b"data-porthole" in response.body
    assert fixed == (response.value("Porthole-Fixed") == "1")
    return fixed


def tell(jupyter: Jupyter, body: Any, **options: Any) -> Response:
    """Say that an app needs the fix."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return fetch(jupyter, f"{jupyter.base_url}porthole/api/fixes", "POST", body=text, **options)


# What Jupyter answers with 404


@pytest.mark.parametrize("path", [DATA, "/static/app.js", "/api/items?x=1", "/", "/x/favicon"])
def test_a_request_that_goes_past_an_app_tells(server: Jupyter, port: int, path: str) -> None:
    if server.base_url == "/" and path == "/":
        path = "/files/no/such/file.csv"
    prefix = home(server, port)
    assert not is_fixed(server, prefix)
    assert fetch(server, path, fields=[from_page(server, port)]).status == 404
    assert is_fixed(server, prefix)
    assert f"A page of {prefix}/ asks for what is not there" in server.log()
    assert f"404 GET {path}" in server.log()


def test_a_named_app_is_known_by_its_name(server: Jupyter, site: int) -> None:
    assert not is_fixed(server, home(server, "a/b"))
    fetch(server, DATA, fields=[from_page(server, "a/b")])
    assert is_fixed(server, home(server, "a/b"))
    # The same process.
    assert not is_fixed(server, home(server, "plain"))
    assert not is_fixed(server, home(server, site))


def test_the_sidecar_may_have_the_connection(server: Jupyter, port: int) -> None:
    with Client(server) as client:
        client.send(f"{home(server, port)}/")
        client.receive()
        client.send(DATA, fields=[from_page(server, port)])
        assert client.receive().status == 404
    assert is_fixed(server, home(server, port))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST"])
def test_a_port_is_known_by_all_names_of_this_machine(
    server: Jupyter, port: int, host: str
) -> None:
    other = f"{server.base_url}proxy/{host}:{port}"
    if host == "LOCALHOST":
        assert not is_fixed(server, home(server, port))
        fetch(server, DATA, fields=[("Referer", f"{server.origin}{other}/")])
        assert is_fixed(server, home(server, port))
    else:
        assert not is_fixed(server, other)
        fetch(server, DATA, fields=[from_page(server, port)])
        assert is_fixed(server, other)


def test_strangers_teach_nothing(server: Jupyter, port: int) -> None:
    for accept in ([], PAGE):
        fields = [from_page(server, port), *accept]
        response = fetch(server, DATA, fields=fields, authorised=False)
        assert response.status == 404
        assert not is_fixed(server, home(server, port))


@pytest.mark.parametrize(
    "referer",
    [
        None,
        "",
        "http://[",
        "about:blank",
        "{origin}",
        "{origin}/",
        "{origin}{base_url}lab",
        "{origin}{base_url}notebooks/x.ipynb?y=proxy/{port}/",
        "{origin}{base_url}proxy/{port}",
        "{origin}{base_url}proxy/0{port}/",
        "{origin}{base_url}proxy/absolute/{port}/",
        "{origin}{base_url}proxy/absolute/localhost:{port}/",
        "{origin}{base_url}xproxy/{port}/",
        "{origin}/elsewhere/proxy/{port}/",
        "{base_url}proxy/{port}/",
        "http://evil.example{base_url}proxy/{port}/",
        "http://127.0.0.1{base_url}proxy/{port}/",
        "http://127.0.0.1:1{base_url}proxy/{port}/",
        "http://{host}@evil.example{base_url}proxy/{port}/",
        "http://evil.example/{origin}{base_url}proxy/{port}/",
        "ftp://{host}{base_url}proxy/{port}/",
    ],
)
def test_other_pages_teach_nothing(server: Jupyter, port: int, referer: str | None) -> None:
    """Threat: another site makes a browser ask for what isn't there."""
    fields = []
    if referer is not None:
        known = {"origin": server.origin, "host": server.host, "base_url": server.base_url}
        fields.append(("Referer", referer.format(port=port, **known)))
    assert fetch(server, DATA, fields=fields).status == 404
    assert fetch(server, DATA, fields=[*fields, *PAGE]).status == 404
    assert not is_fixed(server, home(server, port))


@pytest.mark.parametrize(
    "path",
    [
        "/favicon.ico",
        "/static/favicon-32x32.png",
        "/apple-touch-icon.png",
        "/apple-touch-icon-120x120-precomposed.png",
        "/robots.txt",
        "/.well-known/appspecific/com.chrome.devtools.json",
        "/static/app.js.map",
        "/site.webmanifest",
        "/manifest.json",
    ],
)
def test_what_browsers_want_for_themselves_teaches_nothing(
    server: Jupyter, port: int, path: str
) -> None:
    fetch(server, path, fields=[from_page(server, port)])
    assert not is_fixed(server, home(server, port))


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "DELETE"])
def test_other_methods_teach_nothing(server: Jupyter, port: int, method: str) -> None:
    assert fetch(server, DATA, method, [from_page(server, port)]).status >= 400
    assert not is_fixed(server, home(server, port))


def test_who_knows_where_jupyter_is_teaches_nothing(server: Jupyter, port: int) -> None:
    targets = [f"{server.base_url}{path}" for path in ("proxy/0/", "proxy/x/y", "proxy/absolute/")]
    if server.base_url != "/":
        targets += [f"{BASE_URL}{path}" for path in ("", "data.json", "api/contents/no.txt")]
        targets.append(BASE_URL.rstrip("/"))
    for target in targets:
        for accept in ([], PAGE):
            response = fetch(server, target, fields=[from_page(server, port), *accept])
            assert home(server, port) not in (response.value("Location") or "")
            assert not is_fixed(server, home(server, port)), target


def test_an_app_that_is_hidden_teaches_nothing(server: Jupyter, port: int) -> None:
    """Jupyter answers 404 to the question whether its page may be shown."""
    fields = [from_page(server, port), ("Hide", "1")]
    assert fetch(server, f"{home(server, port)}/about.html", fields=fields).status == 404
    assert not is_fixed(server, home(server, port))


def test_what_jupyter_has_teaches_nothing(server: Jupyter, port: int) -> None:
    target = f"{server.base_url}api"
    assert fetch(server, target, fields=[from_page(server, port)]).status == 200
    assert not is_fixed(server, home(server, port))


@pytest.mark.parametrize("name", ["strip", "whole"])
def test_the_configuration_counts_more(server: Jupyter, name: str) -> None:
    for accept in ([], PAGE):
        assert fetch(server, DATA, fields=[from_page(server, name), *accept]).status == 404
    response = fetch(server, f"{home(server, name)}/about.html", fields=PAGE)
    assert response.value("Porthole-Fixed") is None


def test_an_address_that_keeps_the_path_whole_counts_more(server: Jupyter, port: int) -> None:
    assert tell(server, {"port": port}).status == 204
    whole = f"{server.base_url}proxy/absolute/{port}"
    response = fetch(server, f"{whole}/", fields=PAGE)
    # The site has no such page, but has answered by one.
    assert (response.value("Content-Type") or "").startswith("text/html")
    assert response.value("Porthole-Fixed") is None


# Whose it is


def test_the_app_is_known_again_and_no_other_one(tmp_path: Path) -> None:
    one, other = make_site(tmp_path / "one"), make_site(tmp_path / "other")
    config = {**HELD, "Porthole": {"grant_ttl": 0}}
    port = free_port()
    with running(tmp_path / "jupyter", config=config) as jupyter:
        prefix = home(jupyter, port)
        with serving_site(one, port):
            assert tell(jupyter, {"port": port}).status == 204
            assert is_fixed(jupyter, prefix)
        with serving_site(other, port):
            assert not is_fixed(jupyter, prefix)
        with serving_site(one, port):
            assert is_fixed(jupyter, prefix)
        # One that is the same but for its port.
        with serving_site(one) as another:
            assert not is_fixed(jupyter, home(jupyter, another))


def test_an_unknown_process_is_told_by_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root's are, or those in another container."""
    inode = 1

    def find_listening(port: int) -> Listening:
        return Listening(port, inode, "127.0.0.1")

    monkeypatch.setattr(learned_fixes, "find_listening", find_listening)
    learned = LearnedFixes()
    place = {"port": 8501, "host": None}
    learned.learn(place)
    assert learned.needs_fix(place)
    inode = 2
    assert not learned.needs_fix(place)


def test_a_port_of_nobody_is_known_by_its_number() -> None:
    learned = LearnedFixes()
    learned.learn({"port": 1, "host": None})
    assert learned.needs_fix({"port": 1, "host": None})
    assert not learned.needs_fix({"port": 2, "host": None})


def test_ports_of_other_hosts_are_known_by_their_addresses() -> None:
    learned = LearnedFixes()
    learned.learn({"port": 8501, "host": "node7"})
    assert learned.needs_fix({"port": 8501, "host": "NODE7"})
    for other in ({"port": 8502, "host": "node7"}, {"port": 8501, "host": "node8"}):
        assert not learned.needs_fix(other)
    assert not learned.needs_fix({"port": 8501, "host": None})


def test_the_newest_are_remembered() -> None:
    learned = LearnedFixes()
    learned.learn({"app": "kept"})
    for number in range(MOST_LEARNED - 1):
        learned.learn({"app": str(number)})
    learned.learn({"app": "kept"})
    learned.learn({"app": "one more"})
    assert learned.needs_fix({"app": "kept"})
    assert learned.needs_fix({"app": "1"})
    assert not learned.needs_fix({"app": "0"})


# A person who follows a link


@pytest.mark.parametrize("fields", [PAGE, [("Sec-Fetch-Mode", "navigate")]])
@pytest.mark.parametrize("place", ["port", "fixed"])
def test_a_link_leads_back_into_the_app(
    server: Jupyter, port: int, place: str, fields: list[tuple[str, str]]
) -> None:
    prefix = home(server, port if place == "port" else place)
    referer = ("Referer", f"{server.origin}{prefix}/")
    response = fetch(server, "/about.html?x=%20", fields=[referer, *fields])
    assert (response.status, response.value("Location")) == (302, f"{prefix}/about.html?x=%20")
    followed = fetch(server, response.value("Location") or "", fields=PAGE)
    assert b"<title>About</title>" in followed.body
    assert followed.value("Porthole-Fixed") == "1"


def test_a_link_to_the_root_leads_to_the_app(server: Jupyter, port: int) -> None:
    response = fetch(server, "/", fields=[from_page(server, port), *PAGE])
    if server.base_url == "/":
        # There it leads to a page that Jupyter has.
        assert response.status == fetch(server, "/", fields=PAGE).status == 200
    else:
        assert (response.status, response.value("Location")) == (302, f"{home(server, port)}/")


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/https://evil.example"])
def test_a_link_never_leads_elsewhere(server: Jupyter, port: int, path: str) -> None:
    """Threat: a link to Jupyter that leads to another site."""
    response = fetch(server, path, fields=[from_page(server, port), *PAGE])
    assert response.status == 302
    assert (response.value("Location") or "").startswith(f"{home(server, port)}/")


@pytest.mark.parametrize("path", ["/../x", "/a/%2e%2E/x", "/a/..", "/a\\..\\x", "/./x"])
def test_a_link_does_not_climb_out_of_the_app(server: Jupyter, port: int, path: str) -> None:
    assert fetch(server, path, fields=[from_page(server, port), *PAGE]).status == 404


@pytest.mark.parametrize(
    "fields", [[], [("Sec-Fetch-Mode", "cors"), *PAGE], [("Accept", "application/json")]]
)
def test_what_is_no_page_is_led_nowhere(
    server: Jupyter, port: int, fields: list[tuple[str, str]]
) -> None:
    assert fetch(server, DATA, fields=[from_page(server, port), *fields]).status == 404


def test_a_form_that_is_sent_is_led_nowhere(server: Jupyter, port: int) -> None:
    fields = [from_page(server, port), *PAGE]
    response = fetch(server, "/about.html", "POST", fields, b"a=b")
    assert response.status in (403, 404, 405)
    assert response.value("Location") is None


def test_jupyters_own_pages_stay(server: Jupyter) -> None:
    target = "/no/such/page"
    without = fetch(server, target, fields=PAGE)
    for page in ("lab", "notebooks/x.ipynb"):
        referer = ("Referer", f"{server.origin}{server.base_url}{page}")
        response = fetch(server, target, fields=[referer, *PAGE])
        assert response.status == 404
        assert _without_nonces(response.body) == _without_nonces(without.body)


def _without_nonces(page: bytes) -> bytes:
    return re.sub(rb"\d+\|[0-9a-f|]+", b"", page)


# The tab in which an app is


def test_a_tab_tells(server: Jupyter, port: int, site: int) -> None:
    for place, body in ((port, {"port": port}), ("plain", {"app": "plain"})):
        assert not is_fixed(server, home(server, place))
        response = tell(server, body)
        assert (response.status, response.body) == (204, b"")
        assert is_fixed(server, home(server, place))
    assert not is_fixed(server, home(server, site))


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"{", 400, "Invalid JSON in body of request"),
        (b"", 400, 'The body must name either a "port" or an "app".'),
        ([], 400, 'The body must name either a "port" or an "app".'),
        ({}, 400, 'The body must name either a "port" or an "app".'),
        ({"port": 1, "app": "plain"}, 400, 'The body must name either a "port" or an "app".'),
        ({"port": "8501"}, 400, "The port must be a whole number from 1 to 65535."),
        ({"port": 0}, 400, "The port must be a whole number from 1 to 65535."),
        ({"port": 65536}, 400, "The port must be a whole number from 1 to 65535."),
        ({"port": 1.5}, 400, "The port must be a whole number from 1 to 65535."),
        ({"port": True}, 400, "The port must be a whole number from 1 to 65535."),
        ({"port": None}, 400, "The port must be a whole number from 1 to 65535."),
        ({"app": "nobody"}, 404, "There is no app of that name."),
        ({"app": ["plain"]}, 404, "There is no app of that name."),
        ({"app": "strip"}, 409, "The configuration says that this app's pages stay as they are."),
        ({"app": "whole"}, 409, "The configuration says that this app's pages stay as they are."),
    ],
)
def test_what_makes_no_sense_is_refused(
    server: Jupyter, body: Any, status: int, sentence: str
) -> None:
    response = tell(server, body)
    assert (response.status, message(response)) == (status, sentence)


def test_a_tab_is_believed_only_if_its_user_may_do_that(server: Jupyter, port: int) -> None:
    body = {"port": port}
    assert tell(server, body, authorised=False).status == 403
    assert tell(server, body, fields=[("Forbid", "write")]).status == 403
    assert fetch(server, f"{server.base_url}porthole/api/fixes").status == 405
    assert not is_fixed(server, home(server, port))


def test_another_site_can_not_tell(server: Jupyter, port: int) -> None:
    """Threat: a form of another site, with the cookie of the login."""
    login = fetch(server, f"{server.base_url}?token={TOKEN}", authorised=False)
    cookie = "; ".join(value.partition(";")[0] for value in login.values("Set-Cookie"))
    response = tell(server, {"port": port}, fields=[("Cookie", cookie)], authorised=False)
    assert response.status == 403
    assert "_xsrf" in message(response)
    assert not is_fixed(server, home(server, port))

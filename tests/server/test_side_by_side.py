"""With jupyter-server-proxy beside it, which may stay installed and take over again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.app import App, serving
from support.client import Response, fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES, REPORTER, configuration, describe, header, report

CODE = """
# Third parties build on these.
import jupyter_server_proxy.handlers
from jupyter_server_proxy.handlers import SuperviseAndProxyHandler

c.ServerProxy.servers = {
    "reports": {
        "command": [*REPORTER, "{port}", "{base_url}"],
        "environment": {"APP_PORT": "{port}"},
        "launcher_entry": {"title": "Reporter", "icon_path": ICON},
        "request_headers_override": {"X-Own": "{base_url}"},
    },
    "others": {"port": PORT, "mappath": {"/from": "/to"}},
}
"""

LOG_LINE = "jupyter-server-proxy is installed, too; jupyter-porthole serves its addresses."


@pytest.fixture(scope="module")
def backend() -> Iterator[App]:
    """Return an app that is run by somebody else."""
    with serving() as app:
        app.record()
        yield app


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory, backend: App) -> str:
    """Return a configuration that was written for jupyter-server-proxy."""
    icon = tmp_path_factory.mktemp("icons") / "icon.svg"
    icon.write_text("<svg/>")
    return configuration(CODE, REPORTER=REPORTER, PORT=backend.port, ICON=str(icon))


def _extensions(**enabled: bool) -> dict[str, dict[str, Any]]:
    extensions = NO_PAGES["ServerApp"]["jpserver_extensions"]
    return {"ServerApp": {"jpserver_extensions": {**extensions, **enabled}}}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, code: str) -> Iterator[Jupyter]:
    """Return a Jupyter with both extensions."""
    config = _extensions(jupyter_server_proxy=True)
    with running(tmp_path_factory.mktemp("both"), code=code, config=config) as jupyter:
        yield jupyter


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory, code: str) -> Iterator[Jupyter]:
    """Return a Jupyter where this one is switched off."""
    config = _extensions(jupyter_server_proxy=True, jupyter_porthole=False)
    with running(tmp_path_factory.mktemp("theirs"), code=code, config=config) as jupyter:
        yield jupyter


def _is_loaded(jupyter: Jupyter, extension: str) -> bool:
    return f"{extension} | extension was successfully loaded." in jupyter.log()


def test_the_addresses_are_ours(both: Jupyter, backend: App) -> None:
    assert _is_loaded(both, "jupyter_porthole")
    assert _is_loaded(both, "jupyter_server_proxy")
    redirected = fetch(both, f"{BASE_URL}others?x")
    assert redirected.value("Location") == f"{BASE_URL}others/?x"
    assert redirected.value("Server") is None
    assert fetch(both, f"{BASE_URL}others/%2Ffrom").status == 200
    assert backend.last.target == "/%2Ffrom"
    assert backend.last.value("Host") == f"localhost:{backend.port}"
    told = report(fetch(both, f"{BASE_URL}reports/"))
    assert told["pid"] == describe(both, "reports")["pid"]
    for path in ("proxy/1/", "proxy/absolute/1/", "proxy/localhost:1/"):
        assert fetch(both, f"{BASE_URL}{path}").value("Porthole-Answer") == "not-listening"
    unreachable = fetch(both, f"{BASE_URL}proxy/unknown.example:1/")
    assert unreachable.value("Porthole-Answer") == "host-refused"


def test_tiles_and_icons_are_ours(both: Jupyter) -> None:
    infos = json.loads(fetch(both, f"{BASE_URL}server-proxy/servers-info").body)
    assert [app["name"] for app in infos["server_processes"]] == ["reports", "others"]
    # The other one sends them to anybody.
    icon = f"{BASE_URL}server-proxy/icon/reports"
    assert fetch(both, icon, authorised=False).status == 302
    assert fetch(both, icon).value("X-Content-Type-Options") == "nosniff"


def test_one_line_in_the_log_says_so(both: Jupyter) -> None:
    assert both.log().count(LOG_LINE) == 1


def test_the_other_one_is_told_of_only_where_it_is(jupyter: Jupyter) -> None:
    assert fetch(jupyter, f"{BASE_URL}proxy/1/").status == 502
    assert LOG_LINE not in jupyter.log()


def _without_addresses(response: Response) -> dict[str, Any]:
    told = report(response)
    place = told["arguments"][0]
    return {
        "arguments": told["arguments"][1:],
        "environment": told["environment"]["APP_PORT"] == place,
        "target": told["target"],
        "body": told["body"],
        "own": header(told, "X-Own"),
        "prefixes": [
            header(told, name)
            for name in ("X-Forwarded-Prefix", "X-Forwarded-Context", "X-ProxyContextPath")
        ],
    }


def test_the_same_configuration_serves_both(both: Jupyter, theirs: Jupyter, backend: App) -> None:
    assert not _is_loaded(theirs, "jupyter_porthole")
    assert theirs.sidecars() == []
    targets = []
    for jupyter in (both, theirs):
        assert fetch(jupyter, f"{BASE_URL}others/from?x=1").body == b"ok"
        targets.append(backend.last.target)
    assert targets == ["/to?x=1"] * 2
    for method, body in (("GET", b""), ("POST", b"hello")):
        ours, other = (
            _without_addresses(fetch(jupyter, f"{BASE_URL}reports/a/b?c=d", method, body=body))
            for jupyter in (both, theirs)
        )
        assert ours == other
    infos = [
        json.loads(fetch(jupyter, f"{BASE_URL}server-proxy/servers-info").body)
        for jupyter in (both, theirs)
    ]
    assert infos[0] == infos[1]

"""From the first request of a named app to its answer, and the REST interface."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from support.app import App
from support.client import Client, fetch
from support.jupyter import BASE_URL, TOKEN, Jupyter, running
from support.named import (
    NO_PAGES,
    PAGE,
    REPORTER,
    REST,
    WARY,
    act,
    configuration,
    describe,
    message,
    opened,
    report,
)
from support.wait import wait_until

from jupyter_porthole.named_apps.options import AppOptions

CODE = """
plain = [*REPORTER, "{port}"]
c.Porthole.apps = {
    "held": {"command": [*plain, "print=loading <models>", f"wait={FIFO}.held"], "timeout": 60},
    "late": {"command": [*plain, f"wait={FIFO}.late"], "timeout": 60},
    "never": {"command": [*plain, "print=one moment", f"wait={FIFO}.never"], "timeout": 3},
    "status": {"command": [*plain, *(f"print=line {n}" for n in range(30)), "exit=3"]},
    "colours": {"command": [*plain, "print=\\x1b[31mred\\x1b[0m & <b>", "exit=1"]},
    "success": {"command": [*plain, "print=done", "exit=0"]},
    "missing": {"command": ["no-such-program", "{port}"]},
    "not_executable": {"command": [DATA]},
    "ready": {"command": [*plain, "unready=2"], "readiness_path": "/ready"},
    "crashes": {"command": plain, "launcher_entry": {"title": "Shaky Thing"}},
    "never_again": {"command": plain, "restart": "never"},
    "talks": {"command": [*plain, "print=hello"]},
    "rest": {"command": plain},
}
c.ServerProxy.servers = {"others": {"port": PORT}}
"""


@pytest.fixture(scope="module")
def fifo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return how the names of FIFOs begin that starting apps wait for."""
    path = tmp_path_factory.mktemp("fifos") / "fifo"
    for name in ("held", "late", "never"):
        os.mkfifo(f"{path}.{name}")
    return path


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, fifo: Path, backend: App) -> Iterator[Jupyter]:
    """Return a Jupyter with apps that start in many ways."""
    data = tmp_path_factory.mktemp("data") / "data.txt"
    data.write_text("no program")
    code = configuration(
        WARY + CODE, REPORTER=REPORTER, FIFO=str(fifo), DATA=str(data), PORT=backend.port
    )
    with running(tmp_path_factory.mktemp("jupyter"), code=code, config=NO_PAGES) as jupyter:
        yield jupyter


def release(fifo: Path, name: str) -> None:
    """Let an app that waits go on."""
    Path(f"{fifo}.{name}").open("wb").close()


def _log(jupyter: Jupyter, name: str) -> str:
    response = fetch(jupyter, f"{REST}/{name}/log")
    assert response.status == 200
    assert response.value("Content-Type") == "text/plain; charset=utf-8"
    return response.body.decode()


# Starting


def test_an_app_has_five_seconds() -> None:
    assert AppOptions().timeout == 5


def test_a_page_tells_of_the_start_and_others_wait_for_it(named: Jupyter, fifo: Path) -> None:
    target = f"{BASE_URL}held/x"
    with ThreadPoolExecutor() as pool:
        other = pool.submit(fetch, named, target)
        page = wait_until(lambda: _page_with(named, target, "loading"), "output is shown")
        assert (page.status, page.value("Porthole-Answer")) == (503, "starting")
        assert page.value("Retry-After") == "1"
        text = page.body.decode()
        assert "held is starting." in text
        assert "loading &#60;models&#62;" in text
        app = describe(named, "held")
        assert (app["state"], app["failure"]) == ("starting", None)
        assert app["pid"] is not None
        assert not other.done()
        release(fifo, "held")
        assert report(other.result(30))["target"] == "/x"
    assert describe(named, "held")["state"] == "running"


def _page_with(jupyter: Jupyter, target: str, text: str) -> Any:
    page = fetch(jupyter, target, fields=PAGE)
    return page if text in page.body.decode() else None


def test_a_websocket_and_a_body_wait_for_the_start(named: Jupyter, fifo: Path) -> None:
    with ThreadPoolExecutor() as pool:
        posted = pool.submit(fetch, named, f"{BASE_URL}late/x", "POST", body=b"all of it")
        wait_until(lambda: describe(named, "late")["state"] == "starting", "it starts")
        released = pool.submit(release, fifo, "late")
        with opened(named, f"{BASE_URL}late/ws") as connection:
            assert json.loads(connection.recv(timeout=30))["target"] == "/ws"
        released.result(30)
        assert report(posted.result(30))["body"] == "all of it"


def test_an_app_that_takes_too_long(named: Jupyter) -> None:
    response = fetch(named, f"{BASE_URL}never/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "app-failed")
    assert "not ready within 3 s" in message(response)
    assert json.loads(response.body)["output"] == ["one moment"]
    pid = re.findall(r"never: started \S+ \(process (\d+)\)", named.log())[-1]
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "it is ended")


def test_a_refusal_is_told_without_a_body_too(named: Jupyter) -> None:
    """As `curl -I` and what watches addresses ask."""
    response = fetch(named, f"{BASE_URL}status/", "HEAD")
    assert (response.status, response.value("Porthole-Answer")) == (502, "app-failed")
    assert response.body == b""


def test_an_app_that_ends_tells_its_status_and_last_lines(named: Jupyter) -> None:
    response = fetch(named, f"{BASE_URL}status/")
    assert (response.status, response.value("Porthole-Answer")) == (502, "app-failed")
    assert "exit status 3" in message(response)
    assert json.loads(response.body)["output"] == [f"line {number}" for number in range(10, 30)]
    app = describe(named, "status")
    assert (app["state"], app["exit_status"]) == ("failed", 3)
    assert "exit status 3" in app["failure"]


def test_output_is_escaped_on_pages(named: Jupyter) -> None:
    fetch(named, f"{BASE_URL}colours/")
    page = fetch(named, f"{BASE_URL}colours/", fields=PAGE).body.decode()
    assert "red &#38; &#60;b&#62;" in page
    assert "\x1b" not in page
    assert "\x1b[31mred" in _log(named, "colours")


def test_an_app_that_ends_well_before_it_was_ready(named: Jupyter) -> None:
    response = fetch(named, f"{BASE_URL}success/")
    assert response.status == 502
    assert "exit status 0 before it was ready" in message(response)
    assert json.loads(response.body)["output"] == ["done"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [("missing", "Command not found: no-such-program"), ("not_executable", "Not executable: ")],
)
def test_a_program_that_isnt_there(named: Jupyter, name: str, problem: str) -> None:
    response = fetch(named, f"{BASE_URL}{name}/")
    assert response.status == 502
    assert problem in message(response)
    page = unescape(fetch(named, f"{BASE_URL}{name}/", fields=PAGE).body.decode())
    assert problem in page


def test_an_app_may_say_itself_when_it_is_ready(named: Jupyter) -> None:
    told = report(fetch(named, f"{BASE_URL}ready/"))
    # Each question and the request came on a connection of their own.
    assert told["connection"] == 4


# Ending and starting again


@pytest.mark.parametrize("status", [0, 1])
def test_the_next_request_reaches_the_new_process(named: Jupyter, status: int) -> None:
    act(named, "crashes", "start")
    with Client(named) as client:
        client.send(f"{BASE_URL}crashes/")
        first = report(client.receive())
        client.send(f"{BASE_URL}crashes/?exit={status}")
        assert report(client.receive())["pid"] == first["pid"]
        wait_until(lambda: describe(named, "crashes")["pid"] != first["pid"], "it has ended")
        # After a failure there is a short pause, which the request waits for.
        client.send(f"{BASE_URL}crashes/")
        second = report(client.receive())
    assert second["pid"] != first["pid"]
    assert second["arguments"] != first["arguments"], "Nobody else may have got its port."


def test_a_killed_app_is_started_again_by_itself(named: Jupyter) -> None:
    act(named, "crashes", "start")
    first = report(fetch(named, f"{BASE_URL}crashes/"))["pid"]
    before = describe(named, "crashes")["restarts"]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: describe(named, "crashes")["restarts"] == before + 1, "it starts again")
    assert report(fetch(named, f"{BASE_URL}crashes/"))["pid"] != first
    act(named, "crashes", "restart")


def test_an_app_that_crashes_all_the_time_pauses(named: Jupyter) -> None:
    fetch(named, f"{BASE_URL}status/")
    fetch(named, f"{BASE_URL}status/")
    fetch(named, f"{BASE_URL}status/")
    starts = named.log().count("status: started ")
    page = fetch(named, f"{BASE_URL}status/", fields=PAGE)
    assert page.status == 502
    assert "exit status 3" in page.body.decode()
    assert starts <= 3


def test_an_app_may_be_left_ended(named: Jupyter) -> None:
    pid = report(fetch(named, f"{BASE_URL}never_again/?exit=5"))["pid"]
    wait_until(lambda: describe(named, "never_again")["state"] == "failed", "it has ended")
    app = describe(named, "never_again")
    assert (app["exit_status"], app["pid"], app["restarts"]) == (5, None, 0)
    assert not Path(f"/proc/{pid}").exists()


# The REST interface


def test_an_app_is_started_stopped_and_restarted(named: Jupyter) -> None:
    assert describe(named, "rest")["state"] == "stopped"
    assert act(named, "rest", "start")["state"] in ("starting", "running")
    wait_until(lambda: describe(named, "rest")["state"] == "running", "it runs")
    running_app = describe(named, "rest")
    told = report(fetch(named, f"{BASE_URL}rest/"))
    assert (running_app["pid"], running_app["port"]) == (told["pid"], int(told["arguments"][0]))
    assert act(named, "rest", "start")["pid"] == told["pid"]
    assert act(named, "rest", "restart")["state"] in ("starting", "running")
    other = report(fetch(named, f"{BASE_URL}rest/"))
    assert other["pid"] != told["pid"]
    stopped = act(named, "rest", "stop")
    assert (stopped["state"], stopped["pid"], stopped["port"]) == ("stopped", None, None)
    assert not Path(f"/proc/{other['pid']}").exists()
    assert report(fetch(named, f"{BASE_URL}rest/"))["pid"] not in (told["pid"], other["pid"])


def test_the_list_tells_of_all_apps(named: Jupyter) -> None:
    response = fetch(named, REST)
    assert response.value("Cache-Control") == "no-store"
    apps = {app["name"]: app for app in json.loads(response.body)["apps"]}
    assert apps["crashes"] == describe(named, "crashes")
    told = {**apps["crashes"], "pid": 0, "port": 0, "started": 0, "restarts": 0, "state": ""}
    assert {**told, "exit_status": None, "failure": None} == {
        "name": "crashes",
        "title": "Shaky Thing",
        "category": "Notebook",
        "icon_url": None,
        "path": "crashes/",
        "path_info": "crashes/",
        "enabled": True,
        "new_browser_tab": True,
        "source": "c.Porthole.apps",
        "state": "",
        "port": 0,
        "pid": 0,
        "started": 0,
        "restarts": 0,
        "exit_status": None,
        "failure": None,
    }


def test_the_log_is_kept_over_restarts(named: Jupyter) -> None:
    report(fetch(named, f"{BASE_URL}talks/?print=world"))
    act(named, "talks", "restart")
    report(fetch(named, f"{BASE_URL}talks/"))
    assert _log(named, "talks") == "hello\nworld\nhello\n"


def test_the_log_can_be_followed(named: Jupyter) -> None:
    report(fetch(named, f"{BASE_URL}talks/?print=before"))
    with Client(named) as follower:
        follower.send(f"{REST}/talks/log?follow=1")
        with follower.head() as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            received = b""
            while not received.endswith(b"before\n"):
                received += response.read1()
            for text in ("one", "two"):
                report(fetch(named, f"{BASE_URL}talks/?print={text}"))
                assert response.readline() == f"{text}\n".encode()
            # It goes on over an end and a start.
            act(named, "talks", "restart")
            assert response.readline() == b"hello\n"
            port = follower.socket.getsockname()[1]
            assert _is_connected(named, port)
    wait_until(lambda: not _is_connected(named, port), "a reader who left is let go")


def _is_connected(jupyter: Jupyter, port: int) -> bool:
    """Whether Jupyter has a connection to a port of a client."""
    connections = psutil.Process(jupyter.process.pid).net_connections("tcp")
    return port in [connection.raddr.port for connection in connections if connection.raddr]


@pytest.mark.parametrize("action", ["start", "stop", "restart"])
def test_what_somebody_else_runs_is_left_alone(named: Jupyter, action: str) -> None:
    response = fetch(named, f"{REST}/others/{action}", "POST")
    assert (response.status, message(response)) == (409, "Somebody else runs this app.")
    assert fetch(named, f"{REST}/others/log").status == 409


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/rest"),
        ("GET", "/rest/log"),
        ("GET", "/rest/log?follow=1"),
        ("POST", "/rest/start"),
        ("POST", "/rest/stop"),
        ("POST", "/rest/restart"),
    ],
)
def test_all_of_it_is_for_those_who_may(named: Jupyter, method: str, path: str) -> None:
    before = describe(named, "rest")
    assert fetch(named, f"{REST}{path}", method, authorised=False).status == 403
    action = "execute" if method == "POST" else "read"
    fields = [("Forbid", f"{action}:porthole")]
    assert fetch(named, f"{REST}{path}", method, fields).status == 403
    assert describe(named, "rest") == before


def test_the_app_itself_is_for_those_who_may(named: Jupyter) -> None:
    for method, action in (("GET", "read"), ("POST", "write")):
        fields = [("Forbid", f"{action}:porthole")]
        assert fetch(named, f"{BASE_URL}crashes/", method, fields).status == 403
    response = fetch(named, f"{BASE_URL}crashes/", authorised=False)
    assert response.status == 302
    assert "/login?next=" in (response.value("Location") or "")


def test_another_site_cant_act_by_the_login_cookie(named: Jupyter) -> None:
    origin = named.origin
    with requests.Session() as browser:
        page = browser.get(f"{origin}{BASE_URL}api/contents", params={"token": TOKEN}, timeout=30)
        assert page.status_code == 200
        browser.get(f"{origin}{BASE_URL}login", timeout=30)
        stop = f"{origin}{REST}/crashes/stop"
        assert browser.get(f"{origin}{REST}/crashes", timeout=30).status_code == 200
        assert browser.post(stop, timeout=30).status_code == 403
        headers = {"X-XSRFToken": browser.cookies["_xsrf"]}
        assert browser.post(stop, headers=headers, timeout=30).status_code == 200


@pytest.mark.parametrize("path", ["/nobody", "/nobody/log", "/nobody/start", "/rest/explode"])
def test_what_isnt_there_is_not_found(named: Jupyter, path: str) -> None:
    method = "POST" if path.endswith("start") else "GET"
    assert fetch(named, f"{REST}{path}", method).status == 404
    wrong = "GET" if path.endswith("start") else "DELETE"
    assert fetch(named, f"{REST}{path}", wrong).status == 405

"""One app without a Jupyter around it and without a login, contract section 6."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import trustme
from support.app import App, Connection, serving
from support.ports import free_port
from support.processes import find_by_variable
from support.record import Record
from support.standalone import Standalone, environment, run, standing_alone
from support.wait import wait_until
from websockets.sync.client import connect

#: Those of `jupyter standaloneproxy`, and some of our own.
OPTIONS = """
    address port server-port base-url activity-interval websocket-max-message-size
    no-authentication absolute-url raw-socket-proxy timeout unix-socket environment mappath
    request-headers-override exclude-last-activity-patterns debug log-level config
    cwd readiness-path host restart
""".split()  # noqa: SIM905 - a list of quoted words is no easier to read
#: A variable by which all processes of a test are found.
TREE = "PORTHOLE_TEST_TREE"
HUB = {
    "JUPYTERHUB_API_TOKEN": "a-token-of-the-hub",
    "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-ben",
}
FORM = [("Content-Type", "application/x-www-form-urlencoded")]


def mirrored(body: bytes) -> dict[str, str]:
    return json.loads(body)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Return the notes of the app of `server`."""
    return Record(tmp_path_factory.mktemp("record") / "notes")


@pytest.fixture(scope="module")
def server(record: Record, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    """Return one with many options; shared by all tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("standalone")
    place = folder / "place"
    place.mkdir()
    with standing_alone(
        folder,
        "--base-url=/some/where/",
        "--environment=PLACE={base_url}:{port}",
        "--environment=MORE=a=b",
        "--request-headers-override=X-Place={base_url}",
        "--mappath=/old=/new",
        "--mappath=/older=/new",
        f"--cwd={place}",
        "--readiness-path=/ready",
        "--websocket-max-message-size=10",
        "--",
        *record.command(),
        "--name={base_url}/",
    ) as running:
        yield running


def test_the_app_is_served_below_base_url(server: Standalone) -> None:
    response = server.fetch("/page%2F?x=1")
    assert response.status == 200
    assert mirrored(response.body)["target"] == "/page%2F?x=1"
    fields = dict(mirrored(response.body)["fields"])
    assert fields["X-Forwarded-Prefix"] == "/some/where"
    assert fields["X-Place"] == "/some/where"


def test_all_methods_and_bodies_reach_the_app(server: Standalone) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"):
        response = server.fetch("/x", method, FORM, b"_xsrf=own&a=1")
        assert response.status == 200
        assert mirrored(response.body)["method"] == method
        assert mirrored(response.body)["body"] == "_xsrf=own&a=1"


def test_a_missing_slash_is_added(server: Standalone) -> None:
    response = server.fetch("?x=1")
    assert response.status == 302
    assert response.value("Location") == "/some/where/?x=1"


def test_nothing_is_served_elsewhere(server: Standalone, record: Record) -> None:
    seen = len(record.events("request"))
    server.root, root = "", server.root
    try:
        statuses = [server.fetch(path).status for path in ("/", "/some/wherever", "/api/status")]
    finally:
        server.root = root
    assert statuses == [404, 404, 404]
    assert len(record.events("request")) == seen


def test_paths_are_mapped(server: Standalone) -> None:
    for path in ("/old", "/older"):
        assert mirrored(server.fetch(path).body)["target"] == "/new"


def test_the_command_is_filled_in(server: Standalone, record: Record) -> None:
    server.fetch("/")
    start = record.start
    _, port, name = start["arguments"]
    assert name == "--name=/some/where/"
    assert start["environment"]["PLACE"] == f"/some/where:{port}"
    assert start["environment"]["MORE"] == "a=b"
    assert start["cwd"] == str(server.folder / "place")
    assert {"/ready"} <= {request["target"] for request in record.events("request")}


def test_websockets_carry_messages_of_any_size(server: Standalone) -> None:
    address = server.address.replace("http", "ws", 1)
    with connect(f"{address}socket", max_size=None) as client:
        for message in ("text", b"bytes", "x" * 1_000_000):
            client.send(message)
            assert client.recv() == message


def test_what_other_sites_start_is_refused(server: Standalone, record: Record) -> None:
    seen = len(record.events("request"))
    assert server.fetch("/x", "POST", [("Origin", "http://evil.example")], b"x").status == 403
    upgrade = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Origin", "http://evil.example"),
    ]
    assert server.fetch("/socket", "GET", upgrade).status == 403
    assert len(record.events("request")) == seen


def test_names_that_lead_here_from_elsewhere_are_refused(
    server: Standalone, record: Record
) -> None:
    """Threat: a page lets its own name lead to 127.0.0.1, and is of one origin with the app then.

    The app can't tell: it gets its own address as `Host`.
    """
    seen = len(record.events("request"))
    server.host, host = "evil.example", server.host
    try:
        plain = server.fetch("/x")
        page = server.fetch("/x", "GET", [("Accept", "text/html")])
    finally:
        server.host = host
    assert (plain.status, page.status) == (403, 403)
    assert b"<h1>403 Forbidden</h1>" in page.body
    assert page.value("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'self'"
    assert len(record.events("request")) == seen


def test_cookies_of_a_hub_do_not_reach_the_app(server: Standalone) -> None:
    cookies = "a=1; jupyterhub-session-id=x; jupyterhub-user-ben=y; __Host-jupyterhub-user-ben=z"
    fields = dict(mirrored(server.fetch("/", "GET", [("Cookie", cookies)]).body)["fields"])
    assert fields["Cookie"] == "a=1"


def test_the_root_can_be_base_url(tmp_path: Path) -> None:
    record = Record(tmp_path / "notes")
    with standing_alone(tmp_path / "s", "--absolute-url", "--", *record.command()) as server:
        assert server.root == ""
        for path in ("/", "/?x", "/oauth_callback", "/proxy/1/"):
            response = server.fetch(path)
            assert mirrored(response.body)["target"] == path


def test_the_path_can_be_kept(tmp_path: Path) -> None:
    record = Record(tmp_path / "notes")
    with standing_alone(
        tmp_path / "s", "--base-url=/a b/é", "--absolute-url", "--", *record.command()
    ) as server:
        assert server.root == "/a%20b/%C3%A9"
        response = server.fetch("/x?y")
        assert mirrored(response.body)["target"] == "/a%20b/%C3%A9/x?y"


def test_the_app_can_listen_on_a_unix_socket(tmp_path: Path) -> None:
    record = Record(tmp_path / "notes")
    command = record.command("{unix_socket}")
    with standing_alone(tmp_path / "s", "--unix-socket=True", "--", *command) as server:
        assert mirrored(server.fetch("/x").body)["target"] == "/x"
        with connect(f"ws://{server.host}/socket") as client:
            client.send("text")
            assert client.recv() == "text"


def test_somebody_else_can_run_the_app(tmp_path: Path, app: App) -> None:
    with standing_alone(tmp_path, f"--server-port={app.port}") as server:
        assert server.fetch("/x").status == 200
    assert app.last.target == "/x"


def test_a_raw_socket_is_carried_by_websockets(tmp_path: Path) -> None:
    def echo(connection: Connection) -> None:
        while data := connection.socket.recv(65536):
            connection.send(data.upper())

    with (
        serving() as app,
        standing_alone(tmp_path, f"--server-port={app.port}", "--raw-socket-proxy") as server,
    ):
        app.play = echo
        assert server.fetch("/").status == 405
        with connect(f"ws://{server.host}/") as client:
            client.send(b"bytes")
            assert client.recv() == b"BYTES"


def test_a_hub_says_where_to_listen(tmp_path: Path, app: App) -> None:
    port = free_port()
    server = Standalone(
        tmp_path,
        "--no-authentication",
        f"--server-port={app.port}",
        JUPYTERHUB_SERVICE_URL=f"http://127.0.0.1:{port}/user/ben/",
        JUPYTERHUB_SERVICE_PREFIX="/user/ben/",
    )
    try:
        assert server.address == f"http://127.0.0.1:{port}/user/ben/"
        # The hub's proxy is in front, with its own name.
        server.host = "hub.example"
        forwarded = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.1")]
        assert server.fetch("/x", "GET", forwarded).status == 200
        assert app.last.value("X-Forwarded-Proto") == "https"
        assert app.last.value("X-Forwarded-Host") == "hub.example"
    finally:
        assert server.stop() == 0


def test_options_can_be_shown(tmp_path: Path) -> None:
    ended = run(tmp_path, "--address=::1", "--mappath=/a=/b", "--show-config-json", "--", "x")
    assert ended.returncode == 0
    shown = {"address": "::1", "mappath": {"/a": "/b"}}
    assert json.loads(ended.stdout) == {"StandaloneProxyServer": shown}


def test_files_of_configuration_count(tmp_path: Path) -> None:
    """As written for `jupyter standaloneproxy`, whose classes have these names."""
    record = Record(tmp_path / "notes")
    (tmp_path / "s" / "config").mkdir(parents=True)
    (tmp_path / "s" / "config" / "jupyter_standalone_proxy_config.py").write_text(
        "c.StandaloneProxyServer.base_url = '/from/file'\n"
        "c.ServerProcess.environment = lambda port: {'PLACE': f'at {port}'}\n"
        "def shout(response):\n"
        "    response.body = response.body.upper()\n"
        "c.ServerProcess.rewrite_response = shout\n"
        f"c.StandaloneProxyServer.command = {record.command()!r}\n"
    )
    with standing_alone(tmp_path / "s") as server:
        assert server.root == "/from/file"
        assert b'"TARGET": "/X"' in server.fetch("/x").body
    assert record.start["environment"]["PLACE"] == f"at {record.start['arguments'][1]}"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["no-such-program-at-all"], "Command not found: no-such-program-at-all"),
        ([sys.executable, "-c", "print('oh dear'); exit(3)"], "exit status 3"),
    ],
)
def test_a_command_that_fails_is_told(tmp_path: Path, command: list[str], why: str) -> None:
    with standing_alone(tmp_path, "--restart=never", "--", *command) as server:
        response = server.fetch("/")
        assert response.status == 502
        assert why in response.body.decode()
        if why == "exit status 3":
            assert "oh dear" in response.body.decode()


@pytest.mark.parametrize(
    ("arguments", "variables", "status", "why"),
    [
        ([], {}, 2, "say which app: a command after --"),
        (["--unix-socket=True"], {}, 2, "say which app: a command after --"),
        (["--port=65536", "--", "x"], {}, 1, "'port'"),
        (["--", "x"], {}, 1, "JUPYTERHUB_API_TOKEN and JUPYTERHUB_CLIENT_ID not set"),
        (["--", "x"], HUB, 1, "JUPYTERHUB_OAUTH_ACCESS_SCOPES not set"),
        (["--no-authentication", "--keyfile=x", "--", "x"], {}, 1, "without certfile"),
        (["--no-authentication", "--certfile=nowhere", "--", "x"], {}, 1, "certificate"),
    ],
)
def test_what_makes_no_sense_is_told(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], status: int, why: str
) -> None:
    ended = run(tmp_path, *arguments, **variables)
    assert ended.returncode == status
    assert why in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(tmp_path, "--no-authentication", f"--port={port}", "--", "x")
    assert ended.returncode == 1
    assert f"can't listen on 127.0.0.1:{port}" in ended.stderr
    assert list((tmp_path / "runtime").iterdir()) == []


def test_a_login_without_jupyterhub_installed_is_told(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        # As if it weren't there.
        "sys.modules['jupyterhub'] = None\n"
        "from jupyter_porthole.cli import main\n"
        "sys.exit(main(['standalone', *sys.argv[1:]]))\n"
    )
    command = [sys.executable, "-c", code, "--", "x"]
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=30,
        env=environment(tmp_path, **HUB),
        check=False,
    )
    assert ended.returncode == 1
    assert 'pip install "jupyter-porthole[standalone]"' in ended.stderr


def test_help_needs_no_hub(tmp_path: Path) -> None:
    ended = run(tmp_path, "--help")
    assert ended.returncode == 0
    for option in OPTIONS:
        assert f"--{option}" in ended.stdout
    code = (
        "import sys\n"
        "from jupyter_porthole.cli import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "finally:\n"
        "    assert not {'jupyterhub', 'tornado', 'jupyter_server'} & set(sys.modules)\n"
    )
    listing = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=30)
    assert "standalone" in listing


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_processes(tmp_path: Path, number: signal.Signals) -> None:
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "from http.server import HTTPServer, SimpleHTTPRequestHandler\n"
        "HTTPServer(('127.0.0.1', int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()\n"
    )
    command = [sys.executable, "-c", script, "{port}"]
    with standing_alone(tmp_path, "--", *command, **{TREE: str(tmp_path)}) as server:
        assert server.fetch("/").status == 200
        lines = [" ".join(member.cmdline()) for member in find_by_variable(TREE, str(tmp_path))]
        assert any("time.sleep(600)" in line for line in lines)
        assert server.stop(number) == 0
        assert find_by_variable(TREE, str(tmp_path)) == []
    assert [path.name for path in (tmp_path / "runtime").glob("porthole-*/*.sock")] == []
    assert "Traceback" not in server.log()


def test_a_hub_can_demand_certificates_of_clients(tmp_path: Path) -> None:
    authority, app = trustme.CA(), Record(tmp_path / "notes")
    files = {}
    for name in ("server", "client"):
        leaf = authority.issue_cert("127.0.0.1")
        files[name] = tmp_path / f"{name}.pem", tmp_path / f"{name}.key"
        leaf.cert_chain_pems[0].write_to_path(str(files[name][0]))
        leaf.private_key_pem.write_to_path(str(files[name][1]))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    context.load_cert_chain(*files["client"])
    context.check_hostname = False
    with standing_alone(
        tmp_path / "s",
        "--",
        *app.command(),
        context=context,
        JUPYTERHUB_SSL_CERTFILE=str(files["server"][0]),
        JUPYTERHUB_SSL_KEYFILE=str(files["server"][1]),
        JUPYTERHUB_SSL_CLIENT_CA=str(tmp_path / "ca.pem"),
    ) as server:
        assert server.address.startswith("https://")
        response = server.fetch("/x", "POST", FORM, b"x" * 300_000)
        assert len(mirrored(response.body)["body"]) == 300_000
        assert dict(mirrored(response.body)["fields"])["X-Forwarded-Proto"] == "https"
        stranger = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        stranger.check_hostname = False
        with (
            pytest.raises(ssl.SSLError),
            socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
            stranger.wrap_socket(plain) as connection,
        ):
            connection.recv(1)


def test_a_hub_is_asked_who_it_is(tmp_path: Path, app: App) -> None:
    """For a service, whose cookies the hub names otherwise than those of a user's server."""
    user = {"kind": "user", "name": "ben", "admin": False, "groups": []}
    answers = {
        "token of-ben": {**user, "scopes": ["access:services!service=demo"]},
        "token of-eve": {**user, "name": "eve", "scopes": ["access:servers!user=eve"]},
    }

    def play(connection: Connection) -> None:
        while (request := connection.read_request()) is not None:
            model = answers.get(request.value("Authorization") or "")
            body = json.dumps(model or {}).encode()
            status = "200 OK" if model else "503 Service Unavailable"
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.send(head.encode() + body)

    cookies = "a=1; service-demo=secret; service-demo-oauth-state-Xy=secret; service-other=2"
    with serving() as hub:
        hub.play = play
        server = Standalone(
            tmp_path,
            "--port=0",
            f"--server-port={app.port}",
            JUPYTERHUB_API_URL=f"http://127.0.0.1:{hub.port}/hub/api",
            JUPYTERHUB_API_TOKEN="a-token-of-the-hub",
            JUPYTERHUB_CLIENT_ID="service-demo",
            JUPYTERHUB_OAUTH_ACCESS_SCOPES='["access:services!service=demo"]',
            JUPYTERHUB_SERVICE_PREFIX="/services/demo/",
        )
        try:
            for token, status in (("of-eve", 403), ("unknown", 502), ("of-ben", 200)):
                fields = [("Authorization", f"token {token}"), ("Cookie", cookies)]
                response = server.fetch("/x", "POST", fields, b"x")
                assert response.status == status
                assert app.connections == (status == 200)
            assert app.last.value("Cookie") == "a=1; service-other=2"
            assert app.last.value("Authorization") is None
            assert server.fetch("/x").status == 302
        finally:
            assert server.stop() == 0
    log = server.log()
    assert not any(text in log for text in ("secret", "of-ben", "of-eve", "a-token-of-the-hub"))
    assert "nclosed" not in log


def reports(hub: App) -> list[datetime]:
    """Return the times that a hub was told."""
    told = [json.loads(request.body) for request in hub.requests]
    for report in told:
        assert report["servers"] == {"": {"last_activity": report["last_activity"]}}
    return [datetime.fromisoformat(report["last_activity"]) for report in told]


def test_activity_is_reported_as_it_is(tmp_path: Path, app: App) -> None:
    with (
        serving() as hub,
        standing_alone(
            tmp_path,
            f"--server-port={app.port}",
            "--activity-interval=0.3",
            "--exclude-last-activity-patterns=/poll",
            JUPYTERHUB_ACTIVITY_URL=f"http://127.0.0.1:{hub.port}/hub/api/users/ben/activity",
            JUPYTERHUB_API_TOKEN="a-token-of-the-hub",
        ) as server,
    ):
        hub.record()
        wait_until(lambda: len(hub.requests) >= 2, "there are reports")
        assert hub.last.target == "/hub/api/users/ben/activity"
        assert hub.last.value("Authorization") == "token a-token-of-the-hub"
        started = reports(hub)[0]
        assert server.fetch("/poll").status == 200
        count = len(hub.requests)
        # One may be on its way already.
        wait_until(lambda: len(hub.requests) >= count + 2, "there are more reports")
        assert set(reports(hub)) == {started}
        assert server.fetch("/x").status == 200
        used = wait_until(lambda: [time for time in reports(hub) if time > started], "it is told")

        def has_settled() -> bool:
            told = reports(hub)
            return len(told) > 5 and set(told[-5:]) == {told[-1]}

        wait_until(has_settled, "nothing is reported while nothing happens")
        assert reports(hub)[-1] >= used[0]


def test_what_a_hub_does_not_take_is_told_again(tmp_path: Path, app: App) -> None:
    with (
        serving() as hub,
        standing_alone(
            tmp_path,
            f"--server-port={app.port}",
            "--activity-interval=0.3",
            JUPYTERHUB_ACTIVITY_URL=f"http://127.0.0.1:{hub.port}/",
            JUPYTERHUB_API_TOKEN="a-token-of-the-hub",
        ) as server,
    ):
        hub.record(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        wait_until(lambda: len(hub.requests) >= 2, "it is tried again")
        wait_until(lambda: "can't be reported to the hub" in server.log(), "it is logged")
        hub.record()
        wait_until(lambda: len(hub.requests) >= 3, "it goes on")
    assert "a-token-of-the-hub" not in server.log()


def test_reports_can_be_switched_off(tmp_path: Path, app: App) -> None:
    with (
        serving() as hub,
        standing_alone(
            tmp_path,
            f"--server-port={app.port}",
            "--activity-interval=0",
            JUPYTERHUB_ACTIVITY_URL=f"http://127.0.0.1:{hub.port}/",
            JUPYTERHUB_API_TOKEN="a-token-of-the-hub",
        ) as server,
    ):
        assert server.fetch("/x").status == 200
    assert hub.connections == 0

"""`jupyter porthole demo`, as a person runs it: real processes, real signals."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
import pytest
from support.ports import free_port

from jupyter_porthole import cli
from jupyter_porthole.demo import ports, run

DEADLINE_SECONDS = 90.0
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/jupyter/lab\?token=\w+")


class Demo:
    """A running demo; `text` is what it has printed so far, errors included."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        for path in (self.home, self.temporary):
            path.mkdir()
        self.site_port, self.service_port = free_port(), free_port()
        self.text = ""
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_porthole.cli", "demo"),
                *("--site-port", str(self.site_port), "--service-port", str(self.service_port)),
                *options,
            ],
            cwd=folder,
            env={**os.environ, "HOME": str(self.home), "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, text: str) -> None:
        until(lambda: text in self.text or self.process.poll() is not None, self)
        assert text in self.text, self.text

    def child(self, word: str) -> psutil.Process:
        """The child whose command line has `word` as an argument."""
        children = psutil.Process(self.process.pid).children()
        [child] = [child for child in children if word in child.cmdline()]
        return child

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def listening_addresses(self) -> set[str]:
        found: set[str] = set()
        for process in self.descendants():
            # JupyterLab's extensions run short-lived tools.
            with contextlib.suppress(psutil.NoSuchProcess):
                connections = process.net_connections(kind="inet")
                found |= {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN}
        return found

    def command_lines(self) -> list[str]:
        found: list[str] = []
        for process in self.descendants():
            with contextlib.suppress(psutil.NoSuchProcess):
                found.append(" ".join(process.cmdline()))
        return found

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.wait_for_end()

    def wait_for_end(self) -> None:
        self.process.wait(DEADLINE_SECONDS)
        self._reader.join(DEADLINE_SECONDS)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.text += line


def until(condition: Callable[[], object], demo: Demo) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, demo.text
        pause.wait(0.05)


def get(port: int, path: str, token: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"token {token}"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo that has told its address."""
    one = Demo(tmp_path)
    try:
        one.wait_for("Stop with Ctrl-C.")
        yield one
    finally:
        one.close()


def test_shows_both_apps_and_ends_with_ctrl_c(demo: Demo) -> None:
    found = ADDRESS.search(demo.text)
    assert found is not None
    address = urlsplit(found.group())
    token = address.query.removeprefix("token=")
    assert address.port is not None
    through = "/jupyter/proxy"
    status, page = get(address.port, f"{through}/{demo.site_port}/", token)
    assert (status, "Hello from a static site" in page) == (200, True)
    greet = f"{through}/{demo.service_port}/api/v1/greet?name={quote('远程开发者')}"
    status, answer = get(address.port, greet, token)
    assert status == 200
    assert '"你好，远程开发者！"' in answer
    assert get(address.port, f"{through}/{demo.site_port}/")[0] in (302, 403)
    assert demo.listening_addresses() == {"127.0.0.1"}
    assert all(token not in line for line in demo.command_lines())
    demo.process.send_signal(signal.SIGINT)
    demo.wait_for_end()
    assert demo.process.returncode == 0
    assert "Traceback" not in demo.text


def test_sets_tiles_and_touches_nothing_of_the_user(demo: Demo) -> None:
    [folder] = demo.temporary.glob("jupyter-porthole-*")
    settings = folder / "settings/jupyter-porthole/launcher.jupyterlab-settings"
    tiles = json.loads(settings.read_text(encoding="utf-8"))["ports"]
    assert [tile["port"] for tile in tiles] == [demo.site_port, demo.service_port]
    notebook = json.loads((folder / "files/Welcome.ipynb").read_text(encoding="utf-8"))
    frame = f"IFrame(src='/jupyter/proxy/{demo.site_port}/'"
    assert any(frame in cell["source"] for cell in notebook["cells"])
    descendants = demo.descendants()
    demo.close()
    assert demo.process.returncode == 0
    # (Whatever tools JupyterLab's own extensions call may leave their caches.)
    assert {".jupyter", ".ipython", ".local"} & {path.name for path in demo.home.iterdir()} == set()
    assert not folder.exists()
    assert psutil.wait_procs(descendants, timeout=5)[1] == []


def test_children_end_when_the_demo_is_killed(demo: Demo) -> None:
    descendants = demo.descendants()
    assert len(descendants) >= 3
    demo.process.kill()
    demo.wait_for_end()
    assert psutil.wait_procs(descendants, timeout=20)[1] == []


def test_says_which_child_has_ended_and_its_last_output(demo: Demo) -> None:
    demo.child("uvicorn").kill()
    demo.wait_for_end()
    assert demo.process.returncode == 1
    assert "FastAPI service" in demo.text
    assert "has ended with exit status -9. Its last output:" in demo.text
    assert "Uvicorn running on" in demo.text


def test_shows_no_token_when_jupyter_has_ended(demo: Demo) -> None:
    demo.child("jupyterlab").kill()
    demo.wait_for_end()
    assert demo.process.returncode == 1
    assert "JupyterLab has ended" in demo.text
    assert len(re.findall(r"token=\w+", demo.text)) == 1


def test_stops_while_it_starts(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    try:
        demo.wait_for("Starting JupyterLab")
        demo.process.send_signal(signal.SIGTERM)
    finally:
        demo.close()
    assert demo.process.returncode == 0
    assert "Traceback" not in demo.text


@pytest.mark.parametrize(
    "port", ["0", "65536", "-1", "+80", "8_0", " 80", "\uff18\uff10", "080", "http"]
)
def test_refuses_what_is_no_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["demo", f"--site-port={port}"])
    assert stopped.value.code == 2
    assert "is not a port: a whole number from 1 to 65535" in capsys.readouterr().err


def test_refuses_a_named_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as stopped:
            cli.main(["demo", "--service-port", str(port)])
    assert stopped.value.code == 2
    assert f"argument --service-port: port {port} is in use" in capsys.readouterr().err


def test_refuses_one_port_for_two(capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with pytest.raises(SystemExit):
        cli.main(["demo", f"--port={port}", f"--site-port={port}"])
    assert "each needs a port of its own" in capsys.readouterr().err


def test_takes_a_free_port_where_the_usual_one_is_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        usual = taken.getsockname()[1]
        port = ports.port_for(None, usual, set())
        assert port != usual
        assert ports.port_is_free(port)


def test_names_the_extra_when_packages_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "find_spec", lambda name: None if name == "uvicorn" else object())
    assert cli.main(["demo"]) == 1
    assert 'uvicorn: install with pip install "jupyter-porthole[demo]"' in capsys.readouterr().err


def test_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.strip() != ""

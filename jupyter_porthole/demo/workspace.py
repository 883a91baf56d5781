"""The demo's temporary folders: what Jupyter reads and writes instead of the user's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .notebook import welcome_notebook

_LAUNCHER_SETTINGS = "jupyter-porthole/launcher.jupyterlab-settings"
_NOTICE_SETTINGS = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"

# Set outside for another Jupyter; they would decide over this one's token, port or start page.
_FOREIGN_VARIABLES = (
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_PORT",
    "JUPYTER_PORT_RETRIES",
    "JUPYTER_TOKEN",
    "JUPYTER_TOKEN_FILE",
    "JUPYTERLAB_DIR",
)


class Workspace:
    """Folders below `folder` (must exist), filled for the apps on the given ports."""

    def __init__(self, folder: Path, base_url: str, site_port: int, service_port: int) -> None:
        self._folder = folder
        self.root = folder / "files"
        self.runtime = folder / "runtime"
        self._settings = folder / "settings"
        for path in (self.root, self._settings):
            path.mkdir()
        self.runtime.mkdir(mode=0o700)
        _write_json(
            self.root / "Welcome.ipynb", welcome_notebook(base_url, site_port, service_port)
        )
        _write_json(self._settings / _LAUNCHER_SETTINGS, {"ports": _tiles(site_port, service_port)})
        _write_json(
            self._settings / _NOTICE_SETTINGS, {"checkForUpdates": False, "fetchNews": "false"}
        )

    def environment(self, outside: Mapping[str, str]) -> dict[str, str]:
        """Return `outside` with every folder that Jupyter or a kernel writes to moved here."""
        kept = {name: value for name, value in outside.items() if name not in _FOREIGN_VARIABLES}
        return {
            **kept,
            "IPYTHONDIR": str(self._folder / "ipython"),
            "JUPYTER_CONFIG_DIR": str(self._folder / "config"),
            "JUPYTER_DATA_DIR": str(self._folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(self._settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(self._folder / "workspaces"),
            # Last output lines must be there when a child dies, in an encoding we know.
            "PYTHONIOENCODING": "utf-8",
            "PYTHONUNBUFFERED": "1",
        }

    def server_info(self) -> dict[str, Any] | None:
        """Return what Jupyter says about itself (port, url, token …), None before it does."""
        for path in self.runtime.glob("jpserver-*.json"):
            try:
                info: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                # Seen between its creation and its last byte.
                continue
            return info
        return None

    def open_file(self) -> Path | None:
        """Return the page that Jupyter wrote to send a browser on, token included."""
        return next(self.runtime.glob("jpserver-*-open.html"), None)


def _tiles(site_port: int, service_port: int) -> list[dict[str, Any]]:
    return [
        {
            "title": "Static site",
            "port": site_port,
            "path": "/",
            "icon": "ui-components:html5",
            "category": "Web Apps",
            "openIn": "tab",
        },
        {
            "title": "FastAPI service",
            "port": service_port,
            "path": "/",
            "icon": "ui-components:json",
            "category": "Web Apps",
            "openIn": "tab",
        },
    ]


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

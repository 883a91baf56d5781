"""A way to the app."""

from __future__ import annotations

from dataclasses import dataclass

import psutil
from support.jupyter import Jupyter

from ..options import WAYS
from ..origin.origin import APP


@dataclass(frozen=True)
class Way:
    """One way to the app, ready to be used."""

    name: str
    #: The addresses of the origin's two programs, without a slash at the end. Empty if
    #: this leads nowhere.
    files: str
    app: str
    #: The processes between client and app; their children are looked up.
    roots: tuple[psutil.Process, ...] = ()
    jupyter: Jupyter | None = None

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return WAYS[self.name]

    def url(self, path: str, scheme: str = "http") -> str:
        """Return the address of what the app has at a path."""
        return f"{scheme}://{self.app if path.startswith(APP) else self.files}{path}"

    def processes(self) -> list[psutil.Process]:
        """Return all processes between client and app, as they are at this moment."""
        return [
            process for root in self.roots for process in (root, *root.children(recursive=True))
        ]

    @property
    def api(self) -> str:
        """The address of Jupyter's own API."""
        assert self.jupyter is not None
        return f"{self.jupyter.origin}{self.jupyter.base_url}api"

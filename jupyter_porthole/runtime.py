"""The folder that holds the private sockets of one Jupyter and its sidecar."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

#: The longest path of a Unix socket, in bytes: 108 on Linux, 104 on macOS and BSD,
#: a zero byte included (`sun_path` in unix(7)).
LONGEST_SOCKET_PATH = 103


class PrivateFolder:
    """A new folder that only this user can enter (mode 0700).

    It lies in Jupyter's runtime folder, or, where a socket's path would get too long
    there, in the system's folder for temporary files.
    """

    def __init__(self, runtime_dir: str) -> None:
        """Make the folder.

        :param runtime_dir: Jupyter's runtime folder; made if it is missing.
        :raises OSError: if neither place can be written to.
        """
        Path(runtime_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = Path(tempfile.mkdtemp(prefix="porthole-", dir=runtime_dir))
        if len(bytes(self.jupyter_socket)) > LONGEST_SOCKET_PATH:
            self.remove()
            self.path = Path(tempfile.mkdtemp(prefix="porthole-"))

    @property
    def jupyter_socket(self) -> Path:
        """Where Jupyter answers the sidecar."""
        return self.path / "jupyter.sock"

    def sidecar_socket(self, number: int, generation: int) -> Path:
        """Where a sidecar takes connections; each start gets a path of its own."""
        return self.path / f"{number}-{generation}.sock"

    def remove(self) -> None:
        """Remove the folder with all sockets in it; the sidecar may have been faster."""
        shutil.rmtree(self.path, ignore_errors=True)

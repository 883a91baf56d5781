"""Apps end with their Jupyter, in whatever way it ends."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from support.client import fetch
from support.jupyter import BASE_URL, Jupyter, running
from support.named import NO_PAGES
from support.wait import wait_until

#: Serves, with a child in a session of its own and a daemon that has cut its ties.
FAMILY = """
import http.server, os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"])
    os._exit(0)
os.wait()
handler = http.server.SimpleHTTPRequestHandler
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), handler).serve_forever()
"""


def _members(family: str) -> list[psutil.Process]:
    """Return the processes of an app, by a variable that its configuration sets."""
    found = []
    for process in psutil.process_iter():
        try:
            is_member = process.environ().get("FAMILY") == family
            if is_member and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            # It has just ended, or is not ours.
            continue
    return found


def _kill(jupyter: Jupyter) -> None:
    jupyter.process.kill()


def _terminate(jupyter: Jupyter) -> None:
    jupyter.process.terminate()


def _interrupt(jupyter: Jupyter) -> None:
    """Press Ctrl-C. Where there is no terminal to ask in, Jupyter ends at once."""
    jupyter.process.send_signal(signal.SIGINT)


def _shut_down(jupyter: Jupyter) -> None:
    assert fetch(jupyter, f"{BASE_URL}api/shutdown", "POST").status == 200


@pytest.mark.parametrize("end", [_kill, _terminate, _interrupt, _shut_down])
def test_all_processes_of_an_app_end_with_jupyter(
    tmp_path: Path, end: Callable[[Jupyter], None]
) -> None:
    family = uuid.uuid4().hex
    servers = {
        "family": {
            "command": [sys.executable, "-c", FAMILY, "{port}"],
            "environment": {"FAMILY": family},
            "timeout": 60,
        }
    }
    config = {**NO_PAGES, "ServerProxy": {"servers": servers}}
    with running(tmp_path / "jupyter", config=config) as jupyter:
        assert fetch(jupyter, f"{BASE_URL}family/").status == 200
        members = wait_until(
            lambda: len(found := _members(family)) == 3 and found, "all three are there"
        )
        assert os.getsid(members[0].pid) != os.getsid(jupyter.process.pid)
        end(jupyter)
        jupyter.process.wait(30)
        # How long that may take is shown where nobody else's load can be in the way
        # (test_process_trees.py).
        wait_until(lambda: not _members(family), "none is left")

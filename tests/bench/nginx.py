"""An nginx of our own, with nothing of the machine's configuration."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
from support.wait import wait_until

from .children import free_port, is_listening, program, running

#: Modules whose folders nginx creates at its start, unless it is built without them.
_WITH_FOLDERS = ("proxy", "fastcgi", "uwsgi", "scgi")


class _Template(string.Template):
    # `$` is for nginx's own variables.
    delimiter = "@"


@contextlib.contextmanager
def nginx(folder: Path, template: Path, **values: object) -> Iterator[tuple[int, psutil.Process]]:
    """Run an nginx in the foreground, on a free port; yield that and its main process.

    :param folder: gets its files; created.
    :param template: its configuration, with `@name` for each value.
    """
    folder.mkdir()
    port = free_port()
    text = _Template(template.read_text(encoding="utf-8")).substitute(
        values, port=port, main=_main_directives(), paths=_paths()
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(text, encoding="utf-8")
    command = [program("nginx"), "-p", folder, "-c", configuration]
    with running(command, folder / "nginx.log") as process:
        wait_until(lambda: is_listening(port), f"nginx listens; see {folder / 'nginx.log'}")
        yield port, psutil.Process(process.pid)


def _main_directives() -> str:
    # As root it would serve files as somebody who can't read them.
    user = pwd.getpwuid(os.geteuid()).pw_name
    group = grp.getgrgid(os.getegid()).gr_name
    return f"daemon off; error_log stderr error; pid nginx.pid; user {user} {group};"


def _paths() -> str:
    built_with = subprocess.run(
        [program("nginx"), "-V"], capture_output=True, encoding="utf-8", check=True
    ).stderr
    modules = [name for name in _WITH_FOLDERS if f"--without-http_{name}_module" not in built_with]
    return " ".join(f"{name}_temp_path {name};" for name in ("client_body", *modules))

"""Where it was measured, and with what."""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from .children import node, program
from .options import Options
from .places import CHP, JSP_VENV


def conditions(options: Options) -> dict[str, str]:
    """Return the machine, the date, and how it is measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "Memory": f"{memory / 2**30:.0f} GiB",
        "System": f"{platform.system()} {platform.release().split('-')[0]}, {_distribution()}",
        "Date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
        "Rounds": f"{options.rounds}{' (quick)' if options.quick else ''}",
    }


def versions() -> dict[str, str]:
    """Return the versions of all that takes part."""
    chp = json.loads(
        (CHP / "node_modules" / "configurable-http-proxy" / "package.json").read_text()
    )
    return {
        "jupyter-porthole": version("jupyter-porthole"),
        "jupyter-server-proxy": _version_in(JSP_VENV, "jupyter-server-proxy"),
        "configurable-http-proxy": chp["version"],
        "nginx": _first_number(program("nginx"), "-v"),
        "wrk": _first_number(program("wrk"), "--version"),
        "jupyter_server": version("jupyter_server"),
        "Tornado": version("tornado"),
        "Python": platform.python_version(),
        "Node": _first_number(str(node()), "--version"),
    }


def _processor() -> str:
    match = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1] if match else platform.machine()


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return "unknown distribution"


def _version_in(venv: Path, package: str) -> str:
    question = f"from importlib.metadata import version; print(version({package!r}))"
    return _output(str(venv / "bin" / "python"), "-c", question).strip()


def _first_number(*command: str) -> str:
    match = re.search(r"\d+(\.\d+)+", _output(*command))
    return match[0] if match else "unknown"


def _output(*command: str) -> str:
    # nginx writes its version to stderr, and wrk fails after it has printed its own.
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    ).stdout

"""Packages that must not be in `.test-venv`, each in a place of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TextIO

from runner.commands import StepFailedError, execute
from runner.places import VENV_BIN

from ..places import BENCH, CHART_VENV, CHP, JSP_VENV

JSP_VERSION = "4.6.0"
CHP_VERSION = "5.3.0"
_MATPLOTLIB = "matplotlib>=3.9,<4"

_PRINT_VERSIONS = """
from importlib.metadata import version
for name in ("jupyter_server", "tornado"):
    print(f"{name}=={version(name)}")
"""


def install_jsp(log: TextIO) -> None:
    """Install jupyter-server-proxy, with the Jupyter Server and Tornado of `.test-venv`."""
    versions = execute(log, VENV_BIN / "python", "-c", _PRINT_VERSIONS, capture=True).split()
    _ensure_venv(log, JSP_VENV, f"jupyter-server-proxy=={JSP_VERSION}", *versions)


def install_chart_packages(log: TextIO) -> None:
    """Install what draws the chart."""
    _ensure_venv(log, CHART_VENV, _MATPLOTLIB)


def install_chp(log: TextIO) -> None:
    """Install configurable-http-proxy."""
    package = f"configurable-http-proxy@{CHP_VERSION}"
    execute(log, "npm", "install", "--no-audit", "--no-fund", "--prefix", CHP, package)


def _ensure_venv(log: TextIO, folder: Path, *requirements: str) -> None:
    """Create a virtual environment unless it is there, and install the requirements."""
    python = folder / "bin" / "python"
    try:
        execute(log, python, "-c", "import pip")
    except StepFailedError:
        shutil.rmtree(folder, ignore_errors=True)
        _create_venv(log, folder)
    execute(log, python, "-m", "pip", "install", *requirements)


def _create_venv(log: TextIO, folder: Path) -> None:
    # Not `venv`, which needs ensurepip: Debian leaves it out.
    packages = BENCH / "virtualenv"
    python = VENV_BIN / "python"
    execute(log, python, "-m", "pip", "install", "--upgrade", "--target", packages, "virtualenv")
    execute(log, python, "-m", "virtualenv", folder, env={"PYTHONPATH": str(packages)})

"""Where things are in the checkout, and the environment that the steps' commands run in."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".test-venv"
VENV_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
OUTPUT = ROOT / ".test-output"
DIST = OUTPUT / "dist"
DIRECT_DIST = OUTPUT / "dist-from-tree"

# Decide over tools or over Jupyter from outside: the same run must do the same everywhere.
_DROPPED_PREFIXES = ("JUPYTER", "JPY_", "NODE_", "PYTEST_")
_DROPPED = ("FORCE_COLOR", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")


def environment() -> dict[str, str]:
    """Return the environment for all commands: the virtual environment's tools come first."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _DROPPED
        and (not name.startswith(_DROPPED_PREFIXES) or name == "NODE_EXTRA_CA_CERTS")
    }
    return {
        **kept,
        "CI": "true",
        "JUPYTER_CONFIG_DIR": str(OUTPUT / "jupyter-config"),
        "NO_COLOR": "1",
        "PATH": f"{VENV_BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONIOENCODING": "utf-8",
        # `python -m …` in the checkout must import the installed package, not the sources.
        "PYTHONSAFEPATH": "1",
        "VIRTUAL_ENV": str(VENV),
    }

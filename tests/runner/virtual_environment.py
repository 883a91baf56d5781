"""Virtual environments: `.test-venv`, with all that the tests need but the package itself."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO

from .commands import StepFailedError, execute
from .places import OUTPUT, VENV, VENV_BIN


def ensure_environment(log: TextIO) -> None:
    """Create `.test-venv` unless a usable one is there, and install the requirements."""
    ensure_bare_environment(log, VENV, VENV_BIN)
    # `build` brings a TOML reader where Python has none.
    execute(log, VENV_BIN / "python", "-m", "pip", "install", "build")
    script = Path(__file__).with_name("requirements.py")
    requirements = OUTPUT / "requirements.txt"
    requirements.write_text(
        execute(log, VENV_BIN / "python", script, capture=True), encoding="utf-8"
    )
    execute(log, VENV_BIN / "python", "-m", "pip", "install", "-r", requirements)


def ensure_bare_environment(log: TextIO, folder: Path, programs: Path) -> None:
    """Create a virtual environment unless a usable one is there.

    :param programs: where its programs are: its `bin`, on Windows its `Scripts`.
    """
    if not _usable(programs):
        shutil.rmtree(folder, ignore_errors=True)
        _create(log, folder)


def _usable(programs: Path) -> bool:
    """Tell whether the environment is there, has pip, and is of this Python's version."""
    question = "import pip, sys; print(sys.version)"
    try:
        answer = subprocess.run(
            [programs / "python", "-c", question], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.stdout.strip() == sys.version.strip()


def _create(log: TextIO, environment: Path) -> None:
    if importlib.util.find_spec("ensurepip") is not None:
        execute(log, sys.executable, "-m", "venv", environment)
        return
    # Debian leaves ensurepip out of its python3 package; pip may be there all the same.
    if importlib.util.find_spec("pip") is None:
        raise StepFailedError(
            "this Python has neither ensurepip nor pip; on Debian and Ubuntu: "
            "apt-get install python3-venv"
        )
    folder = OUTPUT / "virtualenv"
    execute(
        log, sys.executable, "-m", "pip", "install", "--upgrade", "--target", folder, "virtualenv"
    )
    execute(log, sys.executable, "-m", "virtualenv", environment, env={"PYTHONPATH": str(folder)})

"""Run a command with its output in a step's log."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TextIO

from .places import ROOT, environment

TIMEOUT_SECONDS = 1200.0


class StepFailedError(Exception):
    """A step can't go on; the text says why."""


def execute(
    log: TextIO,
    *command: str | Path,
    cwd: Path = ROOT,
    env: dict[str, str] | None = None,
    capture: bool = False,
) -> str:
    """Run `command`, with its output (except stdout, if `capture`: that is returned) in `log`.

    Raises StepFailedError when the command can't be found, fails, or takes too long.
    """
    variables = environment() | (env or {})
    name, *arguments = (str(part) for part in command)
    program = shutil.which(name, path=variables["PATH"])
    if program is None:
        raise StepFailedError(f"{name}: command not found")
    print(f"$ {shlex.join([name, *arguments])}", file=log, flush=True)
    with subprocess.Popen(
        [program, *arguments],
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else log,
        stderr=log if capture else subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=os.name == "posix",
    ) as process:
        output = _wait(process, name)
    if process.returncode != 0:
        raise StepFailedError(f"{shlex.join([name, *arguments])}: exit status {process.returncode}")
    return output


def _wait(process: subprocess.Popen[str], name: str) -> str:
    try:
        return process.communicate(timeout=TIMEOUT_SECONDS)[0] or ""
    except subprocess.TimeoutExpired:
        _kill(process)
        raise StepFailedError(f"{name}: not finished after {TIMEOUT_SECONDS:.0f} s") from None
    except BaseException:
        _kill(process)
        raise


def _kill(process: subprocess.Popen[str]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()

"""Packages that were written for jupyter-server-proxy, unmodified, for `tests/browser/packages`."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

from .commands import execute
from .debian import ensure_programs
from .mark import Mark
from .places import DIST, OUTPUT, ROOT, VENV_BIN
from .virtual_environment import ensure_bare_environment

_SOURCES = ROOT / "tests" / "browser" / "packages"
_REQUIREMENTS = _SOURCES / "requirements"
_PLACE = OUTPUT / "packages"

#: Where jupyter-server-proxy is installed and enabled, too: on top of `.test-venv`.
_BESIDE = _PLACE / "beside"
#: Where it isn't: an environment with Jupyter Server and us, and nothing else.
_WITHOUT = _PLACE / "without"
_CODE_SERVER = _PLACE / "code-server"

#: In a folder, tells that all of its content has been installed.
_INSTALLED = "installed.txt"

#: What the remote desktop consists of, with the packages that bring it on Debian.
_DESKTOP = {"vncserver": "tigervnc-standalone-server", "xterm": "xterm"}


def install_packages(log: TextIO) -> None:
    """Install the packages, and the programs that they start."""
    _PLACE.mkdir(parents=True, exist_ok=True)
    ensure_programs(log, _DESKTOP)
    _install_beside(log)
    _install_without(log)
    _install_code_server(log)


def _install_beside(log: TextIO) -> None:
    """Install what is to be on the PYTHONPATH; Jupyter and its like are in `.test-venv`."""
    requirements = _REQUIREMENTS / "beside.txt"
    content = requirements.read_text(encoding="utf-8") + sys.version
    mark = Mark(_BESIDE / _INSTALLED, content)
    if mark.is_set:
        return
    shutil.rmtree(_BESIDE, ignore_errors=True)
    pip = (VENV_BIN / "python", "-m", "pip", "install")
    # All of them are listed, so that nothing of `.test-venv` is installed a second time.
    execute(log, *pip, "--no-deps", "--target", _BESIDE, "-r", requirements)
    mark.set()


def _install_without(log: TextIO) -> None:
    programs = _WITHOUT / "bin"
    ensure_bare_environment(log, _WITHOUT, programs)
    pip = (programs / "python", "-m", "pip", "install")
    [wheel] = DIST.glob("*.whl")
    execute(log, *pip, wheel)
    # By force, since the version stays the same.
    execute(log, *pip, "--force-reinstall", "--no-deps", wheel)
    # Without what they require: that may be jupyter-server-proxy.
    execute(log, *pip, "--no-deps", "-r", _REQUIREMENTS / "without.txt")


def _install_code_server(log: TextIO) -> None:
    """Install VS Code's server without compiling anything: it needs no native module here."""
    manifest = _SOURCES / "code-server" / "package.json"
    mark = Mark(_CODE_SERVER / _INSTALLED, manifest.read_text(encoding="utf-8"))
    if mark.is_set:
        return
    shutil.rmtree(_CODE_SERVER, ignore_errors=True)
    _CODE_SERVER.mkdir()
    shutil.copy(manifest, _CODE_SERVER)
    npm = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund")
    execute(log, *npm, cwd=_CODE_SERVER)
    # Two more steps that the scripts of its package would do.
    code = _CODE_SERVER / "node_modules" / "code-server" / "lib" / "vscode"
    execute(log, *npm, "--omit=dev", cwd=code)
    (code / "node_modules.asar").symlink_to("node_modules")
    execute(log, *npm, "--omit=dev", cwd=code / "extensions")
    mark.set()

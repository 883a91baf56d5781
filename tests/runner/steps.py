"""The steps of tests/run.py, in their order."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TextIO

from .apps import install_apps, install_more_apps
from .chromium import ensure_chromium
from .clean_tree import copy_clean_tree
from .commands import execute
from .course import Step
from .packages import install_packages
from .places import DIRECT_DIST, DIST, VENV_BIN
from .virtual_environment import ensure_environment

_PYTHON = VENV_BIN / "python"


def _install_node_packages(log: TextIO) -> None:
    execute(log, "node", "--version")
    execute(log, "jlpm", "install", "--immutable")


def _lint(log: TextIO) -> None:
    execute(log, "ruff", "check", "jupyter_porthole", "tests")
    execute(log, "ruff", "format", "--check", "jupyter_porthole", "tests")
    execute(log, "jlpm", "lint")


def _types(log: TextIO) -> None:
    execute(log, "jlpm", "types")


def _jest(log: TextIO) -> None:
    execute(log, "jlpm", "test")


def _build(log: TextIO) -> None:
    """Build the sdist and, from nothing but it, the wheel that the tests install."""
    shutil.rmtree(DIST, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="porthole-build-") as folder:
        tree = Path(folder, "tree")
        copy_clean_tree(tree)
        execute(log, _PYTHON, "-m", "build", "--outdir", DIST, tree)


def _install(log: TextIO) -> None:
    [wheel] = DIST.glob("*.whl")
    # By force, since the version stays the same; its requirements are there already.
    execute(log, _PYTHON, "-m", "pip", "install", "--force-reinstall", "--no-deps", wheel)
    execute(log, _PYTHON, "-m", "pip", "check")


def _wheel(log: TextIO) -> None:
    """Build a second wheel from a tree with stale builds in it, and compare."""
    shutil.rmtree(DIRECT_DIST, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="porthole-build-") as folder:
        tree = Path(folder, "tree")
        copy_clean_tree(tree)
        for stale in ("lib/lab/stale.js", "jupyter_porthole/labextension/static/stale.js"):
            (tree / stale).parent.mkdir(parents=True, exist_ok=True)
            (tree / stale).write_text("stale\n")
        (tree / "jupyter_porthole/sidecar.cjs").write_text("stale\n")
        execute(log, _PYTHON, "-m", "pip", "wheel", "--no-deps", "-w", DIRECT_DIST, tree)
    execute(log, "pytest", "tests/wheel_check.py")


def _pytest(log: TextIO) -> None:
    # Two at a time, each file by one of them: Jupyters that all tests of a file share are few.
    execute(log, "pytest", "--numprocesses=2", "--dist=loadfile", "tests/server", "tests/bench")


def _browser(log: TextIO) -> None:
    execute(log, "jlpm", "test:browser", env={"CHROMIUM": ensure_chromium(log)})


def _packages(log: TextIO) -> None:
    install_packages(log)
    execute(log, "jlpm", "test:packages", env={"CHROMIUM": ensure_chromium(log)})


def _apps(log: TextIO) -> None:
    install_apps(log)
    execute(log, "jlpm", "test:apps", env={"CHROMIUM": ensure_chromium(log)})


def _more_apps(log: TextIO) -> None:
    install_more_apps(log)
    execute(log, "jlpm", "test:more-apps", env={"CHROMIUM": ensure_chromium(log)})


STEPS = (
    Step("environment", "Python packages in .test-venv", ensure_environment),
    Step("node", "Node packages", _install_node_packages, ("environment",)),
    Step("lint", "lint: ruff, eslint, prettier", _lint, ("node",)),
    Step("types", "types: tsc", _types, ("node",)),
    Step("build", "build: sdist, then the wheel from it", _build, ("environment",)),
    Step("install", "install that wheel", _install, ("build",)),
    Step("wheel", "wheel: contents, same from the tree", _wheel, ("build",), counts=True),
    Step("jest", "jest: tests of src", _jest, ("node",), counts=True),
    Step("pytest", "pytest: tests of the server extension", _pytest, ("install",), counts=True),
    Step("browser", "browser: JupyterLab in Chromium", _browser, ("node", "install"), counts=True),
    Step(
        "packages",
        "packages written for jupyter-server-proxy",
        _packages,
        ("node", "install"),
        counts=True,
    ),
    Step("apps", "apps as they are, in Chromium", _apps, ("node", "install"), counts=True),
    Step(
        "more-apps",
        "more apps as they are",
        _more_apps,
        ("node", "install"),
        counts=True,
        optional=True,
    ),
)

"""What the wheel holds, and that the sdist and the tree give the same one.

A build that packs too little works for its developer and fails for everybody else. tests/run.py
builds both wheels into .test-output: pytest tests/wheel_check.py then looks at them.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / ".test-output"
LAB = r"jupyter_porthole-[^/]+\.data/data/share/jupyter/labextensions/jupyter-porthole"
ETC = r"jupyter_porthole-[^/]+\.data/data/etc/jupyter"
DIST_INFO = r"jupyter_porthole-[^/]+\.dist-info"

REQUIRED = [
    r"jupyter_porthole/__init__\.py",
    r"jupyter_porthole/app\.py",
    r"jupyter_porthole/cli\.py",
    r"jupyter_porthole/sidecar\.cjs",
    r"jupyter_porthole/shim/page\.js",
    r"jupyter_porthole/shim/worker\.js",
    r"jupyter_porthole/demo/service\.py",
    r"jupyter_porthole/demo/service\.html",
    r"jupyter_porthole/demo/site/index\.html",
    rf"{LAB}/package\.json",
    rf"{LAB}/schemas/jupyter-porthole/launcher\.json",
    rf"{LAB}/static/remoteEntry\.[0-9a-f]+\.js",
    rf"{LAB}/static/style\.js",
    rf"{ETC}/jupyter_server_config\.d/jupyter_porthole\.json",
    rf"{DIST_INFO}/licenses/LICENSE",
]

ALLOWED = [
    r"jupyter_porthole/([a-z_]+/)*[a-z_]+\.py",
    r"jupyter_porthole/py\.typed",
    r"jupyter_porthole/sidecar\.cjs(\.LEGAL\.txt)?",
    r"jupyter_porthole/shim/(page|worker)\.js",
    r"jupyter_porthole/demo/([a-z]+/)*[a-z]+\.(html|css|svg)",
    rf"{LAB}/package\.json",
    rf"{LAB}/schemas/jupyter-porthole/[a-z-]+\.json",
    rf"{LAB}/schemas/jupyter-porthole/package\.json\.orig",
    rf"{LAB}/static/(remoteEntry|\d+)\.[0-9a-f]+\.js",
    rf"{LAB}/static/[a-zA-Z0-9_]+\.[0-9a-f]+\.js(\.LICENSE\.txt)?",
    rf"{LAB}/static/(style\.js|third-party-licenses\.json)",
    rf"{ETC}/jupyter_server_config\.d/jupyter_porthole\.json",
    rf"{DIST_INFO}/(METADATA|RECORD|WHEEL|entry_points\.txt|licenses/LICENSE)",
]


@pytest.fixture(scope="module")
def wheel() -> zipfile.ZipFile:
    """The wheel that was built from the sdist."""
    return _only_wheel("dist")


def test_holds_all_parts(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    missing = [part for part in REQUIRED if not any(re.fullmatch(part, name) for name in names)]
    assert missing == []


def test_holds_every_module_and_schema_of_the_tree(wheel: zipfile.ZipFile) -> None:
    package = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("jupyter_porthole/**/*.py")}
    assert package - set(wheel.namelist()) == set()
    packed = {Path(name).name for name in wheel.namelist() if "/schemas/" in name}
    assert {path.name for path in ROOT.glob("schema/*.json")} - packed == set()


def test_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert [n for n in names if not any(re.fullmatch(part, n) for part in ALLOWED)] == []


def test_names_no_folder_of_the_build_machine(wheel: zipfile.ZipFile) -> None:
    places = [
        str(ROOT),
        f"{tempfile.gettempdir()}/",
        sys.prefix,
        "node_modules/.",
        "build-via-sdist",
    ]
    home = str(Path.home())
    if len(home) > 1:
        places.append(f"{home}/")
    found = [
        (name, place)
        for name in wheel.namelist()
        for place in places
        if place.encode() in wheel.read(name)
    ]
    assert found == []


def test_sidecar_is_a_fresh_build(wheel: zipfile.ZipFile) -> None:
    assert wheel.getinfo("jupyter_porthole/sidecar.cjs").file_size > 10_000


def test_sdist_and_tree_give_the_same_wheel(wheel: zipfile.ZipFile) -> None:
    """The tree that the second wheel was built from also had stale builds in it."""
    assert _hashes(wheel) == _hashes(_only_wheel("dist-from-tree"))


def test_sdist_holds_sources_only() -> None:
    [path] = (OUTPUT / "dist").glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        names = [name.partition("/")[2] for name in sdist.getnames()]
    built = re.compile(r"lib/|node_modules|jupyter_porthole/(labextension|sidecar\.cjs)|\.test-")
    assert [name for name in names if built.match(name)] == []
    assert {"yarn.lock", "src/sidecar/main.ts", "src/lab/index.ts"} - set(names) == set()


def _only_wheel(folder: str) -> zipfile.ZipFile:
    [path] = (OUTPUT / folder).glob("*.whl")
    return zipfile.ZipFile(path)


def _hashes(wheel: zipfile.ZipFile) -> dict[str, str]:
    [record] = [name for name in wheel.namelist() if name.endswith(".dist-info/RECORD")]
    rows = csv.reader(io.StringIO(wheel.read(record).decode()))
    return {name: digest for name, digest, _size in rows}

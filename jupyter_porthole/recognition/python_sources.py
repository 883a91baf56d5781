"""What the source of a Python program tells without being run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: How much of a file is read, in bytes.
MOST_READ = 64 * 1024


@dataclass(frozen=True)
class Source:
    """What was read of a program."""

    text: str = ""
    #: The top-level packages that it imports, at its own top level.
    imports: frozenset[str] = frozenset()
    #: Whether it imports files of its own, which aren't read.
    has_parts: bool = False


def read_source(path: str) -> Source:
    """Read a script, or the package that stands in for it.

    :param path: ends with `.py`; need not exist.
    :returns: an empty one if it can't be read or isn't Python.
    """
    package = Path(path).with_suffix("")
    for candidate in (Path(path), package / "__init__.py", package / "__main__.py"):
        # Else it could be a pipe, which keeps its readers waiting.
        if candidate.is_file():
            return _read(candidate)
    return Source()


def _read(path: Path) -> Source:
    try:
        with path.open("rb") as file:
            data = _whole(file.read(MOST_READ))
        statements = ast.parse(data).body
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        # The last two for a file that is nested too deeply to be parsed.
        return Source()
    modules = list(_imported(statements))
    own = any(not name or _is_beside(path, name) for name in modules)
    return Source(data.decode(errors="replace"), frozenset(modules) - {""}, own)


def _whole(data: bytes) -> bytes:
    """Leave out what may be half a statement, behind the last empty line."""
    if len(data) < MOST_READ:
        return data
    gaps = [gap.start() for gap in re.finditer(rb"\n\r?\n(?=[\w@#])", data)]
    return data[: gaps[-1] + 1] if gaps else b""


def _imported(statements: list[ast.stmt]) -> Iterator[str]:
    """Yield the top-level package of each import; an empty text for a relative one."""
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield alias.name.partition(".")[0]
        elif isinstance(statement, ast.ImportFrom):
            yield "" if statement.level else (statement.module or "").partition(".")[0]


def _is_beside(path: Path, name: str) -> bool:
    return path.with_name(f"{name}.py").exists() or path.with_name(name).is_dir()

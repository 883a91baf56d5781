"""Downloads and uploads of the large file."""

from __future__ import annotations

from typing import Any

from ..accounting import cpu_time
from ..load.programs import run_load
from ..origin.origin import LARGE, LARGE_BYTES, UPLOAD
from ..ways.way import Way
from .figure import ALL_WAYS, ANYTHING, Figure, Setting, Values

_GRACE_SECONDS = 60.0
_GIGABYTE = 1e9


def _download(way: Way, setting: Setting) -> Values:
    result, values = _transfer(way, setting, "download", url=way.url(LARGE), accept=ANYTHING)
    return values | {
        "first_byte_ms": result["firstByteMs"],
        "slowest_first_byte_ms": result["slowestFirstByteMs"],
    }


def _upload(way: Way, setting: Setting) -> Values:
    return _transfer(way, setting, "upload", url=way.url(UPLOAD), bytes=LARGE_BYTES)[1]


def _transfer(
    way: Way, setting: Setting, program: str, **options: object
) -> tuple[dict[str, Any], Values]:
    seconds = setting.pace.repetition_seconds
    repetitions = setting.pace.repetitions
    with cpu_time(way) as cpu:
        result = run_load(
            program, seconds + _GRACE_SECONDS, repetitions=repetitions, seconds=seconds, **options
        )
    values = {"mb_per_s": result["megabytesPerSecond"]}
    if way.roots:
        values["cpu_s_per_gb"] = cpu.seconds / result["bytes"] * _GIGABYTE
    return result, values


_SHOWN = ("mb_per_s", "MB/s")

LARGE_FILE_FIGURES = (
    Figure("download", ALL_WAYS, _download, _SHOWN),
    Figure("upload", ALL_WAYS, _upload, _SHOWN),
)

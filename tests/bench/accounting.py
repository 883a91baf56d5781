"""What the processes of a way take: CPU time and memory."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psutil

from .children import MeasurementError
from .ways.way import Way

MEGABYTE = 1e6


@dataclass
class CpuTime:
    """CPU time of a way's processes, user and system; there after the measurement."""

    seconds: float = 0.0


@contextlib.contextmanager
def cpu_time(way: Way) -> Iterator[CpuTime]:
    """Measure what the way's processes take meanwhile."""
    before = _cpu_seconds(way)
    used = CpuTime()
    yield used
    used.seconds = _cpu_seconds(way) - before


def _cpu_seconds(way: Way) -> float:
    """Return what all processes have taken, those that have ended included."""
    times = [process.cpu_times() for process in way.processes()]
    return sum(
        time.user + time.system + time.children_user + time.children_system for time in times
    )


@dataclass(frozen=True)
class Memory:
    """Resident memory of a way's processes, in MB."""

    #: Of the process that was started: Jupyter, the proxy, or nginx's main process.
    main_mb: float
    #: Of all others: our sidecar, nginx's workers.
    others_mb: float

    @property
    def total_mb(self) -> float:
        """Of all processes, with what they share counted in each."""
        return self.main_mb + self.others_mb

    def __sub__(self, other: Memory) -> Memory:
        return Memory(self.main_mb - other.main_mb, self.others_mb - other.others_mb)


def memory_of(processes: Sequence[psutil.Process]) -> Memory:
    """Return what a way's processes take at this moment, the main process first."""
    main_mb, *others_mb = (process.memory_info().rss / MEGABYTE for process in processes)
    return Memory(main_mb, sum(others_mb))


@dataclass
class Peak:
    """The most that the processes took at a time; there after the measurement."""

    main_mb: float = 0.0
    others_mb: float = 0.0
    total_mb: float = 0.0
    errors: list[BaseException] = field(default_factory=list)

    def see(self, memory: Memory) -> None:
        """Raise each figure to what is taken now."""
        self.main_mb = max(self.main_mb, memory.main_mb)
        self.others_mb = max(self.others_mb, memory.others_mb)
        self.total_mb = max(self.total_mb, memory.total_mb)


@contextlib.contextmanager
def peak_memory(way: Way, interval_seconds: float) -> Iterator[Peak]:
    """Look at the memory of a way's processes all the time.

    Raises MeasurementError if one of them ends.
    """
    peak = Peak()
    processes = way.processes()
    if not processes:
        yield peak
        return
    over = threading.Event()

    def watch() -> None:
        try:
            while not over.wait(interval_seconds):
                peak.see(memory_of(processes))
        except psutil.NoSuchProcess as error:
            peak.errors.append(error)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()
    if peak.errors:
        raise MeasurementError(f"{way.title}: a process has ended")

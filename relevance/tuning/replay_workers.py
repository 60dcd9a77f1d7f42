"""Replay settings in several processes: `python -m relevance.tuning.replay_workers FD`."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.tuning.parameters import Setting
from relevance.tuning.recorded_queries import RecordedQueries, SettingScores
from shangsou.background import start_process
from shangsou.cpu import usable_cores
from shangsou.errors import ShangsouError

COMMAND = (sys.executable, "-m", "relevance.tuning.replay_workers")
# Further processes; each holds a part of the recordings, of which 256 queries have 22 MB.
_MAX_PROCESSES = 7
# Rankings in all that do not justify starting processes, which takes a second or two: one takes some 3 ms.
_MIN_RANKINGS = 10_000

Key = tuple[float, float]
"""k1 and b, which a recording depends on."""


class ReplayFailed(ShangsouError):
    """A process that replays settings ended."""


class _Process(NamedTuple):
    process: subprocess.Popen[bytes]
    connection: Connection


class ReplayWorkers:
    """Shares the queries out to one process for each core, this one included. Used as a context manager.

    The processes start once there was enough to do, and end with this one, also when it is killed.
    """

    def __init__(self, cores: int | None = None, command: Sequence[str] = COMMAND) -> None:
        self._count = min((cores or usable_cores()) - 1, _MAX_PROCESSES)
        self._command = command
        self._recorded: dict[Key, RecordedQueries] = {}
        self._sent: set[Key] = set()
        self._processes: list[_Process] = []
        self._ranked = 0

    def __enter__(self) -> "ReplayWorkers":
        return self

    def __exit__(self, *exc: object) -> None:
        for one in self._processes:
            one.process.kill()
            one.process.wait()
            one.connection.close()

    def __contains__(self, key: Key) -> bool:
        return key in self._recorded

    def add(self, key: Key, recorded: RecordedQueries) -> None:
        """Keep the recordings with a k1 and b."""
        self._recorded[key] = recorded

    def recorded(self, key: Key) -> RecordedQueries:
        """Return the recordings with a k1 and b."""
        return self._recorded[key]

    def scores(self, key: Key, settings: Sequence[Setting]) -> list[SettingScores]:
        """Return the scores of settings with this k1 and b; raises `ReplayFailed` if a process ends."""
        recorded = self._recorded[key]
        self._ranked += len(settings) * len(recorded.replays)
        if self._count < 1 or self._ranked < _MIN_RANKINGS:
            return [recorded.scores(setting) for setting in settings]
        parts = 1 + self._count
        try:
            self._send(key, recorded, settings)
            own = _part_scores(recorded.part(0, parts), settings)
            received = [own, *(one.connection.recv() for one in self._processes)]
        except (EOFError, OSError):
            raise ReplayFailed(
                "a process that replays settings ended; if the memory ran out, make some free, and tune again"
            ) from None
        joined = np.empty((len(settings), 2, len(recorded.replays)))
        for number, values in enumerate(received):
            joined[:, :, number::parts] = values
        return [SettingScores(measure, facts) for measure, facts in joined]

    def _send(self, key: Key, recorded: RecordedQueries, settings: Sequence[Setting]) -> None:
        if not self._processes:
            self._processes = [_Process(*start_process(self._command)) for _ in range(self._count)]
        for number, one in enumerate(self._processes, start=1):
            if key not in self._sent:
                one.connection.send((key, recorded.part(number, 1 + self._count)))
            one.connection.send((key, tuple(settings)))
        self._sent.add(key)


def _part_scores(recorded: RecordedQueries, settings: Sequence[Setting]) -> NDArray[np.float64]:
    """Return the scores of some queries, shape (settings, 2, queries)."""
    return np.array([recorded.scores(setting) for setting in settings])


def serve_replays(connection: Connection) -> None:
    """Keep the recordings that are received, and answer settings with scores, until the other end closes."""
    # A signal to the whole process group is handled by the parent process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kept: dict[Key, RecordedQueries] = {}
    try:
        while True:
            key, message = connection.recv()
            if isinstance(message, RecordedQueries):
                kept[key] = message
            else:
                connection.send(_part_scores(kept[key], message))
    except (EOFError, OSError):
        return


if __name__ == "__main__":
    serve_replays(Connection(int(sys.argv[1])))

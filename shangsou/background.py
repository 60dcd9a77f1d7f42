"""Run tasks on an object in a background process: `python -m shangsou.background FD`."""

import gc
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Concatenate, Generic, NamedTuple, ParamSpec, TypeVar

from shangsou.cpu import usable_cores
from shangsou.errors import IndexingFailed

COMMAND = (sys.executable, "-m", "shangsou.background")
# Tasks that do not justify starting a process, which takes .4 s: as long as two batches of a catalog.
_MAX_INLINE_TASKS = 2
# Tasks queued in the other process while it works on one, so that neither process waits for the other.
_QUEUE_SIZE = 2

Target = TypeVar("Target")
Params = ParamSpec("Params")


class Task(NamedTuple):
    """A function, and its arguments after the target."""

    function: Callable[..., object]
    args: tuple[object, ...]
    kwargs: dict[str, object]

    def run(self, target: object) -> None:
        """Call the function on the target."""
        self.function(target, *self.args, **self.kwargs)


class BackgroundWorker(Generic[Target]):
    """Runs tasks on an object one after the other, in a process of its own as soon as that pays off.

    The object is created there and stays there. A few tasks are run here, and all of them where there is
    only one core. The process ends with this one, also when this one is killed.
    """

    def __init__(self, factory: Callable[[], Target], command: Sequence[str] = COMMAND) -> None:
        self._factory, self._command = factory, command
        self._target: Target | None = None
        self._pending: list[Task] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> "BackgroundWorker[Target]":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, dropping the tasks that are still queued."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._connection is not None:
            self._connection.close()

    def submit(
        self,
        function: Callable[Concatenate[Target, Params], object],
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> None:
        """Run `function(target, *args, **kwargs)` after the tasks before it; `join` reports errors."""
        task = Task(function, args, kwargs)
        if self._connection is not None:
            self._send(task)
            return
        self._pending.append(task)
        if len(self._pending) > _MAX_INLINE_TASKS:
            if usable_cores() > 1:
                self._start_process()
            else:
                self._run_inline()

    def join(self) -> None:
        """Wait until all tasks are done.

        Raises
        ------
        IndexingFailed
            The process ended.
        Exception
            What the first task that failed raised. The tasks after it were not run.
        """
        if self._connection is None:
            self._run_inline()
            return
        self._send(None)
        try:
            problem: Exception | None = self._connection.recv()
        except (EOFError, OSError):
            raise self._process_ended() from None
        if problem is not None:
            raise problem

    def _run_inline(self) -> None:
        if self._target is None:
            self._target = self._factory()
        for task in self._pending:
            task.run(self._target)
        self._pending = []

    def _start_process(self) -> None:
        self._process, self._connection = start_process(self._command)
        self._send(self._factory)
        for task in self._pending:
            self._send(task)
        self._pending = []

    def _send(self, message: object) -> None:
        assert self._connection is not None
        try:
            self._connection.send(message)
        except OSError:
            raise self._process_ended() from None

    def _process_ended(self) -> IndexingFailed:
        assert self._process is not None
        code = self._process.wait()
        return IndexingFailed(
            f"a process that works beside this one ended with {code}; if the memory ran out, make some free, "
            "and run it again"
        )


def start_process(command: Sequence[str]) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start one of our programs with the descriptor of its end of a connection, and return our end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [*command, str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
        return process, Connection(ours.detach())


def serve_tasks(connection: Connection) -> None:
    """Create the target that is received first and run all tasks on it until the other end is closed."""
    # A signal to the whole process group is handled by the parent process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As in the indexing process: millions of terms, and no reference cycles.
    gc.disable()
    try:
        factory = connection.recv()
    except (EOFError, OSError):
        return  # the other process ended while it started this one
    target = factory()
    tasks: queue.Queue[Task | None] = queue.Queue(_QUEUE_SIZE)
    threading.Thread(target=_receive_tasks, args=(connection, tasks), daemon=True).start()
    problem: Exception | None = None
    while True:
        task = tasks.get()
        if task is None:
            connection.send(problem)
        elif problem is None:
            problem = _run_task(target, task)


def _receive_tasks(connection: Connection, tasks: "queue.Queue[Task | None]") -> None:
    """Receive tasks, and end this process at once when the other one ends, or sends what cannot be read."""
    try:
        with suppress(EOFError, OSError):
            while True:
                tasks.put(connection.recv())
        os._exit(0)
    except Exception:
        # Else the other process would wait forever for this one to take more.
        traceback.print_exc()
        os._exit(1)


def _run_task(target: object, task: Task) -> Exception | None:
    try:
        task.run(target)
    except Exception as problem:
        # A process boundary: the error is raised in the other process.
        problem.add_note(traceback.format_exc())
        return problem
    return None


if __name__ == "__main__":
    serve_tasks(Connection(int(sys.argv[1])))

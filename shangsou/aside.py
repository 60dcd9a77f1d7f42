"""Work on an object beside this process, in one of its own: `python -m shangsou.aside FD`."""

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

from shangsou.cores import usable_cores
from shangsou.errors import IndexingFailed

COMMAND = (sys.executable, "-m", "shangsou.aside")
# Pieces of work that do not make a process worth its start of .4 s: two batches of a catalog take that.
_AT_HAND = 2
# Pieces that wait in the other process while it works on one, so that neither waits for the other.
_WAITING = 2

Object = TypeVar("Object")
Given = ParamSpec("Given")


class Piece(NamedTuple):
    """A function, and what it is given after the object."""

    work: Callable[..., object]
    given: tuple[object, ...]
    named: dict[str, object]

    def do(self, made: object) -> None:
        """Do it on the object."""
        self.work(made, *self.given, **self.named)


class Aside(Generic[Object]):
    """Does work on an object one piece after the other, in a process of its own as soon as that pays.

    The object is made there, and stays there. Little work is done here, and all of it where there is but one
    core. The process ends with this one, also when this one is killed.
    """

    def __init__(self, make: Callable[[], Object], command: Sequence[str] = COMMAND) -> None:
        self._make, self._command = make, command
        self._made: Object | None = None
        self._at_hand: list[Piece] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> "Aside[Object]":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; what it has not done yet is left undone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._connection is not None:
            self._connection.close()

    def do(
        self, work: Callable[Concatenate[Object, Given], object], *given: Given.args, **named: Given.kwargs
    ) -> None:
        """Have `work(object, *given, **named)` done after what came before; `finish` says how it went."""
        piece = Piece(work, given, named)
        if self._connection is not None:
            self._send(piece)
            return
        self._at_hand.append(piece)
        if len(self._at_hand) > _AT_HAND:
            if usable_cores() > 1:
                self._start()
            else:
                self._do_here()

    def finish(self) -> None:
        """Wait until everything is done.

        Raises
        ------
        IndexingFailed
            The process ended.
        Exception
            What the first piece of work that failed raised. What came after it was not done.
        """
        if self._connection is None:
            self._do_here()
            return
        self._send(None)
        try:
            problem: Exception | None = self._connection.recv()
        except (EOFError, OSError):
            raise self._ended() from None
        if problem is not None:
            raise problem

    def _do_here(self) -> None:
        if self._made is None:
            self._made = self._make()
        for piece in self._at_hand:
            piece.do(self._made)
        self._at_hand = []

    def _start(self) -> None:
        self._process, self._connection = start(self._command)
        self._send(self._make)
        for piece in self._at_hand:
            self._send(piece)
        self._at_hand = []

    def _send(self, what: object) -> None:
        assert self._connection is not None
        try:
            self._connection.send(what)
        except OSError:
            raise self._ended() from None

    def _ended(self) -> IndexingFailed:
        assert self._process is not None
        code = self._process.wait()
        return IndexingFailed(
            f"a process that works beside this one ended with {code}; if the memory ran out, make some free, "
            "and run it again"
        )


def start(command: Sequence[str]) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start a program of ours that is told the number of its end of a connection, and return our end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [*command, str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
        return process, Connection(ours.detach())


def work(connection: Connection) -> None:
    """Make the object that comes first and do all work on it, until the other end is gone."""
    # A signal to the whole group is for the other process to act upon.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As in the process that indexes: millions of terms, and no cycle.
    gc.disable()
    made = connection.recv()()
    pieces: queue.Queue[Piece | None] = queue.Queue(_WAITING)
    threading.Thread(target=_receive, args=(connection, pieces), daemon=True).start()
    problem: Exception | None = None
    while True:
        piece = pieces.get()
        if piece is None:
            connection.send(problem)
        elif problem is None:
            problem = _problem_of(made, piece)


def _receive(connection: Connection, pieces: "queue.Queue[Piece | None]") -> None:
    """Take in work, and end this process with the other one, in the middle of what it does."""
    with suppress(EOFError, OSError):
        while True:
            pieces.put(connection.recv())
    os._exit(0)


def _problem_of(made: object, piece: Piece) -> Exception | None:
    try:
        piece.do(made)
    except Exception as problem:
        # The edge of a process: it is raised in the other one.
        problem.add_note(traceback.format_exc())
        return problem
    return None


if __name__ == "__main__":
    work(Connection(int(sys.argv[1])))

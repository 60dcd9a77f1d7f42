"""Start the server again where a fault of the machine ends it, as a disk that fails under a memory map."""

import os
import signal
import threading
from collections.abc import Collection
from contextlib import suppress

import click

# As long as a start takes: where each start fails, half a core goes into it.
RESTART_DELAY_S = 1.0
_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def supervise() -> int:
    """Return in a process of its own, and again in another when a signal has ended that one.

    The calling process never returns: it hands signals on, and exits as the last of them does. It must have
    no threads yet. Whoever connects meanwhile waits, where the socket was bound before.

    Returns
    -------
    int
        How many processes have ended.
    """
    # What is ignored, as SIGHUP under nohup, stays so: it would be seen here while it is blocked.
    stopping = [number for number in _STOPPING if signal.getsignal(number) is not signal.SIG_IGN]
    # Taken one after another where they are waited for. A handler would run anywhere: where the process that
    # it hands on to has ended already, or in that process, which inherits it.
    awaited = (*stopping, signal.SIGCHLD)
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    ended = 0
    while True:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(writer)
            # A terminal signals all of a group: they are handed on, and would come twice.
            os.setpgid(0, 0)
            threading.Thread(target=_end_with, args=(reader,), name="supervisor", daemon=True).start()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited)
            return ended
        os.close(reader)
        code, is_stopped = _wait(child, awaited)
        os.close(writer)
        if code >= 0 or is_stopped or -code in _STOPPING:
            # What is open here is the child's, which has closed it.
            os._exit(code if code >= 0 else 1)
        # What is written to may be full, or closed.
        with suppress(OSError):
            name = signal.Signals(-code).name
            click.echo(f"the server was ended by {name}; it is started again", err=True)
        ended += 1
        if signal.sigtimedwait(stopping, RESTART_DELAY_S):
            # Nothing is in flight.
            os._exit(0)


def _wait(child: int, awaited: Collection[int]) -> tuple[int, bool]:
    """Return the exit code of a process, negative for a signal, and whether it was to stop.

    Signals to this process, which has the awaited ones blocked, are handed on to it.
    """
    is_stopped = False
    while True:
        number = signal.sigwait(awaited)
        if number != signal.SIGCHLD:
            is_stopped = True
            os.kill(child, number)
            continue
        # In a container this is the first process: what others leave behind ends here too. One signal may
        # stand for several that have ended.
        ended, status = os.waitpid(-1, os.WNOHANG)
        while ended:
            if ended == child:
                return os.waitstatus_to_exitcode(status), is_stopped
            ended, status = os.waitpid(-1, os.WNOHANG)


def _end_with(connection: int) -> None:
    """End this process at once when the one that supervises it is gone, as by kill -9."""
    os.read(connection, 1)
    os._exit(1)

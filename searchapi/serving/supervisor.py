"""Start the server again where a fault of the machine ends it, as a disk that fails under a memory map."""

import os
import signal
import threading
import time
from types import FrameType

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
    ended = 0
    while True:
        # Until they can be handed on, and until the new process has handlers of its own.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(writer)
            # A terminal signals all of a group: they are handed on, and would come twice.
            os.setpgid(0, 0)
            threading.Thread(target=_end_with, args=(reader,), name="supervisor", daemon=True).start()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
            return ended
        os.close(reader)
        code = _wait(child)
        os.close(writer)
        if code >= 0 or -code in _STOPPING:
            # What is open here is the child's, which has closed it.
            os._exit(code if code >= 0 else 1)
        name = signal.Signals(-code).name
        click.echo(f"the server was ended by {name}; it is started again", err=True)
        ended += 1
        time.sleep(RESTART_DELAY_S)


def _wait(child: int) -> int:
    """Return the exit code of a process, negative for a signal; signals to this one are handed on to it."""

    def hand_on(number: int, _frame: FrameType | None) -> None:
        os.kill(child, number)

    for number in _STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, hand_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    while True:
        # In a container this is the first process: what others leave behind ends here too.
        ended, status = os.wait()
        if ended == child:
            return os.waitstatus_to_exitcode(status)


def _end_with(connection: int) -> None:
    """End this process at once when the one that supervises it is gone, as by kill -9."""
    os.read(connection, 1)
    os._exit(1)

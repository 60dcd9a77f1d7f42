"""One Elasticsearch for several test processes, started on the first request."""

import traceback
from contextlib import ExitStack, suppress
from multiprocessing.connection import Client, Listener
from threading import Thread
from typing import NamedTuple

from tests.servers.elasticsearch import NoServer, running_elasticsearch

_STOP = "stop"


class _Answer(NamedTuple):
    """What who asks is told: plain texts, since not every exception can be sent."""

    url: str = ""
    none_since: str = ""
    failed: str = ""


class ElasticsearchOnRequest:
    """Starts the server for whoever asks first, tells all who ask its URL, and stops it with `stop`.

    It belongs to the process that outlives the others, so that neither one that ends early nor one that
    is killed takes the server from the rest.
    """

    def __init__(self) -> None:
        self._listener = Listener()
        # The path of the socket, which `shared_elasticsearch` is given.
        self.address = str(self._listener.address)
        # A daemon: whoever interrupts a second time does not wait for a server that is starting. The
        # server is this thread's, and ends with it.
        self._thread = Thread(target=self._answer, name="elasticsearch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the server, if anybody asked for it, and remove what it wrote."""
        with suppress(OSError), Client(self.address) as connection:
            connection.send(_STOP)
        self._thread.join()

    def _answer(self) -> None:
        # Closed however this ends: who asks later is refused instead of left to wait.
        with self._listener, ExitStack() as stack:
            answer = _Answer()
            while True:
                # One that is killed while it asks is no reason to leave the others alone.
                with self._listener.accept() as asking, suppress(EOFError, OSError):
                    if asking.recv() == _STOP:
                        return
                    if not any(answer):
                        answer = _start(stack)
                    asking.send(answer)


def shared_elasticsearch(address: str) -> str:
    """Return the URL of the server of an `ElasticsearchOnRequest`.

    Raises `NoServer` where this machine cannot have one, RuntimeError where one did not start.
    """
    with Client(address) as asking:
        asking.send("url")
        answer: _Answer = asking.recv()
    if answer.none_since:
        raise NoServer(answer.none_since)
    if answer.failed:
        raise RuntimeError(answer.failed)
    return answer.url


def _start(stack: ExitStack) -> _Answer:
    """Return the URL of a server that lives as long as the stack, or why there is none."""
    try:
        return _Answer(url=stack.enter_context(running_elasticsearch(for_tests=True)).url)
    except NoServer as reason:
        return _Answer(none_since=str(reason))
    except Exception:  # whatever it is, it belongs to those who asked
        return _Answer(failed=traceback.format_exc())

"""One Elasticsearch for several test processes, started when the first of them asks for it."""

from contextlib import ExitStack, suppress
from multiprocessing.connection import Client, Listener
from threading import Thread

from tests.servers.elasticsearch import running_elasticsearch

_STOP = "stop"


class ElasticsearchOnRequest:
    """Starts the server for whoever asks first, tells all who ask its URL, and stops it with `stop`.

    It belongs to the process that outlives the others, so that neither one that ends early nor one that
    is killed takes the server from the rest.
    """

    def __init__(self) -> None:
        self._listener = Listener()
        # A daemon: whoever interrupts a second time does not wait for a server that is starting. The
        # server is this thread's, and ends with it.
        self._thread = Thread(target=self._answer, name="elasticsearch", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What the other processes give to `shared_elasticsearch`."""
        return str(self._listener.address)

    def stop(self) -> None:
        """Stop the server, if anybody asked for it, and remove what it wrote."""
        with Client(self.address) as telling:
            telling.send(_STOP)
        self._thread.join()
        self._listener.close()

    def _answer(self) -> None:
        with ExitStack() as stack:
            answer: str | Exception = ""
            while True:
                # One that is killed while it asks is no reason to leave the others alone.
                with self._listener.accept() as asking, suppress(EOFError, OSError):
                    if asking.recv() == _STOP:
                        return
                    answer = answer or _start(stack)
                    asking.send(answer)


def shared_elasticsearch(address: str) -> str:
    """Return the URL of the server of an `ElasticsearchOnRequest`, or raise what went wrong with it."""
    with Client(address) as asking:
        asking.send("url")
        answer = asking.recv()
    if isinstance(answer, Exception):
        raise answer
    return str(answer)


def _start(stack: ExitStack) -> str | Exception:
    """Return the URL of a server that lives as long as the stack, or why there is none."""
    try:
        return stack.enter_context(running_elasticsearch(for_tests=True)).url
    except Exception as problem:  # whatever it is, it belongs to those who asked
        return problem

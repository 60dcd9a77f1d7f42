"""The threads that answer requests: those of operators have their own."""

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher

# More than cores, since searches through Elasticsearch wait on the network; not many more, since
# those of the embedded engine share the interpreter.
THREADS = 8
# A scrape of the metrics and a question about health at once; none of them waits for anything.
_OPERATION_THREADS = 2
OPERATION_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""What must be answered while all searches wait: routes that read nothing but what is in memory."""


class TaskDispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Threads for requests, with some that answer nothing but operators."""

    def __init__(self) -> None:
        super().__init__()
        self._operation = ThreadedTaskDispatcher()
        self.set_thread_count(THREADS)
        self._operation.set_thread_count(_OPERATION_THREADS)

    def add_task(self, task: HTTPChannel) -> None:
        """Have the next request of a connection answered."""
        # One whose head cannot be read has no path.
        if getattr(task.requests[0], "path", "") in OPERATION_PATHS:
            self._operation.add_task(task)
        else:
            super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Stop the threads, and return whether all tasks were cancelled."""
        self._operation.shutdown(cancel_pending, timeout)
        return bool(super().shutdown(cancel_pending, timeout))

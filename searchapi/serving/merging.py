"""Merge the changes of products in the background, in a process of its own."""

import logging
import subprocess
import threading
from collections.abc import Callable

from shangsou.cli import PROGRAM

# How often it looks, and how long it waits after a merge that failed.
_INTERVAL_S, _AFTER_FAILURE_S = 60.0, 3_600.0
# From this share of the rows of a generation on searches would take longer: measured in docs/benchmarks.md.
MERGED_FROM = 0.02
# A merge is an indexing: for a few rows it is not worth it, whatever share they are.
_MIN_ROWS = 500
# Searches come first.
_COMMAND = ("nice", "-n", "10", *PROGRAM, "merge")

log = logging.getLogger(__name__)


class BackgroundMerger:
    """Looks now and then whether many rows are superfluous, and then runs `shangsou merge`.

    Parameters
    ----------
    superfluous
        Returns how many rows a merge would save, and how many rows there are.
    """

    def __init__(self, superfluous: Callable[[], tuple[int, int]]) -> None:
        self._superfluous = superfluous
        self._closing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="merge", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking; a merge that runs is ended, and has changed nothing."""
        self._closing.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        self._thread.join()

    def _watch(self) -> None:
        wait_s = _INTERVAL_S
        while not self._closing.wait(wait_s):
            wait_s = _INTERVAL_S
            rows, all_rows = self._superfluous()
            if rows < max(_MIN_ROWS, MERGED_FROM * all_rows):
                continue
            log.info("merging the changes of products: %d of %d rows are superfluous", rows, all_rows)
            self._process = subprocess.Popen(_COMMAND, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
            if self._process.wait() != 0 and not self._closing.is_set():
                log.warning("the changes could not be merged; they are searched as they are")
                wait_s = _AFTER_FAILURE_S

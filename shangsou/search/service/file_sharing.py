"""Share the files of a home with other servers, beside searching."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from shangsou.errors import ShangsouError
from shangsou.search.service.home_sync import HomeSync
from shangsou.settings import Settings

log = logging.getLogger(__name__)
# A file is handed on once it was the same at two looks, and is to be live everywhere within 2 s.
_POLL_S = 0.5


class FileSharing:
    """Looks twice a second, in a thread of its own: a file of megabytes holds nothing else up."""

    def __init__(self, settings: Settings) -> None:
        self._home = HomeSync(settings)
        self.problem = ""
        """Why files are not shared, in general words; empty where they are."""
        self._logged = ""
        self._closed = Event()
        self._thread = Thread(target=self._watch, name="file-sharing", daemon=True)

    def begin(self) -> None:
        """Share what there is, at once."""
        self._note(self._home.synchronise)

    def start(self) -> None:
        """Go on looking."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()
        self._home.close()

    def _watch(self) -> None:
        while not self._closed.wait(_POLL_S):
            try:
                self._note(self._home.look)
            except Exception:
                # The edge of a thread: it lives on whatever a damaged file makes the libraries raise.
                log.exception("files could not be shared")

    def _note(self, share: Callable[[], None]) -> None:
        try:
            share()
        except ShangsouError as problem:
            self.problem, message = f"shared files: {problem.public}", str(problem)
        else:
            self.problem = message = ""
        if message and message != self._logged:
            log.warning("shared files: %s", message)
        self._logged = message

"""A searcher that opens while the server already listens."""

import logging
import threading
from collections.abc import Callable, Sequence

from searchapi.state import SearchService
from shangsou.engines.engine import Generation
from shangsou.engines.query import Filters
from shangsou.errors import EngineUnavailable, ShangsouError
from shangsou.product import Product
from shangsou.recommend.shelf import RecommendRequest, Shelf
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.response import SearchResponse
from shangsou.search.suggest import Suggestions
from shangsou.updates.decision import Outcome
from shangsou.updates.operation import Operation

# The interval between attempts to open a searcher: a new index is served within 2 seconds, also here.
RETRY_DELAY_S = 2.0

log = logging.getLogger(__name__)


class NotOpenYet(EngineUnavailable):
    """There is no searcher yet; the message is for everybody."""

    public_text = ""


class LazySearcher:
    """Opens a searcher in a thread, retries until that works, then delegates to it."""

    def __init__(self, open_searcher: Callable[[], SearchService]) -> None:
        self._open_searcher = open_searcher
        self._searcher: SearchService | None = None
        self._reason: ShangsouError = NotOpenYet("the index and the weights are being opened")
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._open, name="open-searcher", daemon=True)
        self._thread.start()

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a search; raises the reason why it cannot be answered yet."""
        return self._require_searcher().search(request)

    def suggest(self, request: SuggestRequest) -> Suggestions:
        """Return suggestions; raises the reason why there can be none yet."""
        return self._require_searcher().suggest(request)

    def recommend(self, request: RecommendRequest) -> Shelf | None:
        """Return a shelf; raises the reason why there can be none yet."""
        return self._require_searcher().recommend(request)

    def product(self, product_id: str, within: Filters | None = None) -> Product | None:
        """Return a product; raises the reason why it cannot be looked up yet."""
        return self._require_searcher().product(product_id, within)

    def variants(self, product_id: str, within: Filters | None = None) -> list[Product]:
        """Return the variants of a product; raises the reason why they cannot be looked up yet."""
        return self._require_searcher().variants(product_id, within)

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return products as the catalog has them; raises the reason why they cannot be looked up yet."""
        return self._require_searcher().stored(product_ids)

    def update(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Do operations on products; raises the reason why they cannot be done yet."""
        return self._require_searcher().update(operations)

    def known(self, product_ids: Sequence[str], within: Filters | None = None) -> set[str]:
        """Return which of these are ids of products on sale; raises the reason why that is unknown yet."""
        return self._require_searcher().known(product_ids, within)

    def missing(self) -> list[str]:
        """Return what is missing: the reason why there is no searcher yet, or the searcher's own answer."""
        searcher = self._searcher
        return [self._reason.public] if searcher is None else searcher.missing()

    def warnings(self) -> list[str]:
        """Return the searcher's warnings, none before there is one."""
        searcher = self._searcher
        return [] if searcher is None else searcher.warnings()

    def generation(self) -> Generation | None:
        """Return the searched generation, None before there is one."""
        searcher = self._searcher
        return None if searcher is None else searcher.generation()

    def ranking(self) -> RankingRecipe | None:
        """Return the ranking recipe that is live, None before there is a searcher."""
        searcher = self._searcher
        return None if searcher is None else searcher.ranking()

    def close(self) -> None:
        """Stop trying and close the searcher."""
        self._closing.set()
        self._thread.join()
        if self._searcher is not None:
            self._searcher.close()

    def _require_searcher(self) -> SearchService:
        if self._searcher is None:
            raise self._reason
        return self._searcher

    def _open(self) -> None:
        while not self._closing.is_set():
            try:
                self._searcher = self._open_searcher()
                return
            except ShangsouError as reason:
                if str(reason) != str(self._reason):
                    log.warning("not ready: %s", reason)
                self._reason = reason
            except Exception:
                # The end of a thread: the error would be lost otherwise.
                log.exception("the searcher cannot be opened")
                self._reason = NotOpenYet("the searcher cannot be opened; see the server's log")
            self._closing.wait(RETRY_DELAY_S)

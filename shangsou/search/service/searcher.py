"""The search service of one process: the open index, its encoder and the ranking recipe."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Event, Lock, Thread
from time import monotonic

from shangsou.behaviour.history import Histories, History
from shangsou.behaviour.stores import open_event_store
from shangsou.degradation import Degradation
from shangsou.engines.engine import Engine, Generation, GenerationStore
from shangsou.engines.query import Filters
from shangsou.engines.stores import open_store
from shangsou.errors import DamagedLexicon, EventsUnavailable, NoIndex, ShangsouError
from shangsou.lexicon.dictionary_file import describe_changed_dictionary
from shangsou.lexicon.fact_tables import describe_changed_facts
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.process_memory import give_back_unused
from shangsou.product import Product
from shangsou.recommend.recommender import Recommender
from shangsou.recommend.shelf import RecommendRequest, Shelf
from shangsou.search.context import SearchContext
from shangsou.search.ranking.recipe import RankingRecipe, default_ranking, needs_reindex, read_ranking
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.response import SearchResponse
from shangsou.search.search import search
from shangsou.search.service.file_sharing import FileSharing
from shangsou.search.service.live_index import LiveIndex
from shangsou.search.service.personalization_models import PersonalizationModels
from shangsou.search.service.readiness import ReadinessCheck
from shangsou.search.suggest import NO_LEXICON, Suggestions, suggest
from shangsou.search.understanding.understand import understand
from shangsou.search.understood import Understood
from shangsou.settings import Settings
from shangsou.updates.decision import Outcome
from shangsou.updates.journals import open_journal
from shangsou.updates.operation import Operation

log = logging.getLogger(__name__)
# More variants of one product than any shop has.
_MAX_GROUP = 10_000
# How often switches and a changed ranking recipe are looked for. They are to be live within 2 s.
_POLL_S = 0.5
_NOT_FOLLOWED = "which index is current cannot be told; the one before is searched, and the log says why"
_WRONG_RANKING = (
    "the ranking recipe or a dictionary cannot be used; the one before counts, and the log says why"
)
# How often a lexicon that is missing is asked for again.
_LEXICON_RETRY_S = 5.0
# How often changes of products are. They are to be found within 1 s by every process.
_CHANGES_POLL_S = 0.1


class Searcher:
    """Searches the current generation and follows it as it is switched. Safe for many threads.

    Parameters
    ----------
    settings, store
        Where the index is.
    logs_pending
        Whether it logs what counts only from the next index on: one of several processes is enough.
    """

    def __init__(self, settings: Settings, store: GenerationStore, *, logs_pending: bool = True) -> None:
        self._settings = settings
        self._journal = open_journal(settings)
        self._index = LiveIndex(settings, store, self._journal)
        self._lexicons = LexiconStore(settings)
        self._lexicon: Lexicon | None = None
        self._lexicon_key: tuple[Generation, str] | None = None
        self._lexicon_retry_at = 0.0
        self._lexicon_problem: DamagedLexicon | None = None
        self._queries_problem: DamagedLexicon | None = None
        self._ranking_problem = ""
        self._sharing = FileSharing(settings) if settings.engine == "elastic" else None
        self._events = open_event_store(settings)
        self._histories = Histories(self._events)
        self._personalization = PersonalizationModels(settings.home, self._events)
        self._recommender = Recommender(settings.home, self._histories)
        self._problem: ShangsouError | None = None
        self._ranking = default_ranking()
        self._last_logged = ""
        self._logs_pending = logs_pending
        self._pending_recipe = ""
        self._changes: tuple[str, ...] = ()
        self._refresh_lock = Lock()
        self._closed = Event()
        self._readiness = ReadinessCheck(self._engine)
        self._watcher = Thread(target=self._watch, name="generation-watcher", daemon=True)

    def open(self) -> "Searcher":
        """Open the current generation, if there is one, and begin to follow it."""
        self.refresh()
        self._log_pending_reindex_once()
        self._watcher.start()
        self._readiness.start()
        if self._sharing is not None:
            self._sharing.start()
        return self

    def search(self, request: SearchRequest, ranking: RankingRecipe | None = None) -> SearchResponse:
        """Answer a search; raises NoIndex, RecipeMismatch or EngineUnavailable where none can be answered.

        With `ranking`, a recipe on trial orders the results instead of the live one.
        """
        context = self.context(request.within)
        history, degraded = self._history(request)
        degraded = (*degraded, *self._degraded_lexicon())
        response = search(request, replace(context, recipe=ranking or context.recipe, history=history))
        return replace(response, degraded=response.degraded + degraded) if degraded else response

    def context(self, within: Filters | None = None) -> SearchContext:
        """Return what the search of a stranger, of what filters let through, would use now.

        Raises as `search` does.
        """
        index = self._index.require()
        part = index.part(within)
        personalizer = self._personalization.personalizer(part.traits)
        return SearchContext(
            part.engine, index.encoder, self._ranking, self._lexicon, personalizer=personalizer
        )

    def suggest(self, request: SuggestRequest) -> Suggestions:
        """Return what a shopper may be about to type; raises as `search` does."""
        suggestions = suggest(request, self._index.require().engine, self._lexicon, self._ranking)
        degraded = self._degraded_lexicon()
        return replace(suggestions, degraded=degraded) if degraded else suggestions

    def understand(self, text: str) -> Understood:
        """Return what a query is read as, without a search of it; raises as `search` does."""
        context = self.context()
        read = understand(text, context.recipe, context.lexicon, context.segmenter, correct=False)
        return read.understood

    def warm_up(self) -> None:
        """Read what shelves are made of beside the searching, so that the first need not wait for it."""
        self._recommender.warm_up()

    def recommend(self, request: RecommendRequest) -> Shelf | None:
        """Return a shelf, None where the product it is to stand beside does not exist; raises as `search`."""
        return self._recommender.recommend(request, self._engine_of(request.within))

    def product(self, product_id: str, within: Filters | None = None) -> Product | None:
        """Return a product that is on sale and passes filters, None where there is none with this id."""
        return next(iter(self._engine_of(within).products([product_id])), None)

    def variants(self, product_id: str, within: Filters | None = None) -> list[Product]:
        """Return what is on sale of the group of a product, itself included; empty without others."""
        return self._engine_of(within).variants([product_id], _MAX_GROUP).get(product_id, [])

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that are on sale, in the order asked for."""
        return self._index.require().engine.products(product_ids)

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return the products with these ids that exist, on sale or not, as the catalog has them."""
        return self._index.require().engine.stored(product_ids)

    def update(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Do operations on products; raises as `search`, and `UpdatesUnavailable`, having changed nothing."""
        return self._index.update(operations)

    def superfluous_rows(self) -> tuple[int, int]:
        """Return how many rows of the index a merge of the changes would save, and how many there are."""
        index = self._index.current
        return (0, 0) if index is None else index.engine.superfluous_rows

    def query_counts(self, texts: Sequence[str]) -> list[int] | None:
        """Return how often shoppers searched for each normalized text; None where nobody has said."""
        queries = self._lexicon.queries if self._lexicon else None
        return None if queries is None else queries.counts(texts)

    def known(self, product_ids: Sequence[str], within: Filters | None = None) -> set[str]:
        """Return which of these are ids of products that are on sale, and pass filters."""
        return self._engine_of(within).passing(product_ids, Filters())

    def generation(self) -> Generation | None:
        """Return the generation being searched."""
        index = self._index.current
        return None if index is None else index.engine.generation

    def ranking(self) -> RankingRecipe:
        """Return the ranking recipe that is live."""
        return self._ranking

    def lexicon(self) -> Lexicon | None:
        """Return what can be said in the shop, None where no lexicon was built with the index."""
        return self._lexicon

    def missing(self) -> list[str]:
        """Return what keeps searches from being answered in full, in words for everybody; empty when ready.

        It asks nobody, so that it is answered while all searches wait.
        """
        index, problem = self._index.current, self._problem
        if index is None:
            return [NoIndex.public_text if problem is None else problem.public]
        if problem_of_searches := self._readiness.problem():
            return [problem_of_searches]
        missing = [self._sharing.problem] if self._sharing and self._sharing.problem else []
        if index.encoder is None:
            missing.append(f"encoder: {index.encoder_problem}")
        if self._lacks_lexicon:
            missing.append(str(NO_LEXICON))
        return missing

    def warnings(self) -> list[str]:
        """Return what somebody should see to though searches are answered, in words for everybody."""
        if self._index.current is None:
            return []
        warnings = (
            # Whether searches are answered is known from one that is tried.
            _NOT_FOLLOWED if self._problem else self._index.warning,
            *map(str, self._damaged_lexicon()),
            _WRONG_RANKING if self._ranking_problem else "",
        )
        return [warning for warning in warnings if warning]

    @property
    def _lacks_lexicon(self) -> bool:
        """Whether the lexicon of a generation that another server may have built is not here."""
        return self._lexicon is None and self._sharing is not None and self._lexicon_problem is None

    def _degraded_lexicon(self) -> tuple[Degradation, ...]:
        return self._damaged_lexicon() or ((NO_LEXICON,) if self._lacks_lexicon else ())

    def _damaged_lexicon(self) -> tuple[Degradation, ...]:
        problem, of_queries = self._lexicon_problem, self._queries_problem
        if problem is not None:
            return (Degradation("lexicon", problem.public),)
        if of_queries is not None:
            message = f"the known queries are damaged and left out: {of_queries.damage}"
            return (Degradation("lexicon", message),)
        return ()

    def refresh(self) -> None:
        """Look once for what changed on other servers or here; keep what was before on failure."""
        if self._sharing is not None:
            self._sharing.begin()
        self._follow()

    def _follow(self) -> None:
        """Look once for a changed ranking recipe and a switched generation; keep the old ones on failure."""
        with self._refresh_lock:
            try:
                ranking = read_ranking(self._settings.home)
                if ranking != self._ranking:
                    # One that is the same stays, with its hash.
                    self._ranking = ranking
                self._ranking_problem = ""
            except ShangsouError as problem:
                if str(problem) != self._ranking_problem:
                    log.warning("%s", problem)
                self._ranking_problem = str(problem)
            try:
                self._index.follow()
                engine = self._index.require().engine
                self._follow_lexicon(engine.generation)
                self._personalization.refresh_ranker(engine.generation.recipe.model_hash)
                self._recommender.refresh(engine)
                self._problem = None
            except ShangsouError as problem:
                self._problem = problem

    def close(self) -> None:
        """Stop following the index."""
        self._closed.set()
        if self._watcher.is_alive():
            self._watcher.join()
        self._readiness.close()
        if self._sharing is not None:
            self._sharing.close()
        self._index.close()
        self._lexicons.close()
        self._journal.close()
        self._events.close()

    def _engine_of(self, within: Filters | None) -> Engine:
        """Return what may be searched of the open index; raises why nothing is open."""
        return self._index.require().part(within).engine

    def _engine(self) -> Engine | None:
        index = self._index.current
        return None if index is None else index.engine

    def _history(self, request: SearchRequest) -> tuple[History, tuple[Degradation, ...]]:
        """Return what the shopper did; where that cannot be known, nothing, and a line for `degraded`."""
        if not request.personalize:
            return History(), ()
        pinned_by = request.query_id if request.page > 1 else ""
        try:
            return self._histories.of(request.user_id, request.session_id, pinned_by), ()
        except EventsUnavailable as problem:
            log.warning("%s", problem)
            message = "the events cannot be read; the same order for everyone"
            return History(), (Degradation("personalize", message),)

    def _log_problem_once(self) -> None:
        """Log once what keeps the index from being followed.

        By the thread that follows it: a command that searches once raises it, and is over.
        """
        previous, self._last_logged = self._last_logged, str(self._problem or "")
        if self._last_logged and self._last_logged != previous:
            log.warning("%s", self._last_logged)

    def _log_pending_reindex_once(self) -> None:
        """Log once what of the ranking recipe and of the shop's files only another index brings in."""
        generation = self.generation()
        if generation is None or not self._logs_pending:
            return
        home, facts = self._settings.home, self._lexicon.facts if self._lexicon else None
        changes = (
            describe_changed_facts(home, facts.table, generation.name) if facts else "",
            describe_changed_dictionary(home, generation),
        )
        for change in changes:
            if change and change not in self._changes:
                log.warning("%s", change)
        self._changes = changes
        pending = needs_reindex(self._ranking, generation.recipe)
        if pending and pending != self._pending_recipe:
            log.warning(
                'the ranking recipe has %s; %s serves on with its own, run "shangsou index" to bring them in',
                pending,
                generation.name,
            )
        self._pending_recipe = pending

    def _follow_lexicon(self, generation: Generation) -> None:
        """Open the lexicon of the generation, and again when the known queries are replaced."""
        key = generation, self._lexicons.current_queries()
        if key != self._lexicon_key or (monotonic() > self._lexicon_retry_at and self._may_be_whole_now()):
            previous = self._lexicon_problem or self._queries_problem
            try:
                self._lexicon = self._lexicons.open(generation)
                # Only now: until here other threads answer with the lexicon, and the problem, of before.
                self._lexicon_problem, self._queries_problem = None, self._lexicons.queries_problem
            except DamagedLexicon as problem:
                self._lexicon, self._lexicon_problem, self._queries_problem = None, problem, None
            found = self._lexicon_problem or self._queries_problem
            if found is not None and str(found) != str(previous or ""):
                log.warning("%s", found)
            # One that is not there yet, or damaged, may come.
            self._lexicon_key, self._lexicon_retry_at = key, monotonic() + _LEXICON_RETRY_S

    def _may_be_whole_now(self) -> bool:
        """Return whether to open the lexicon again though neither it nor the known queries were replaced."""
        if self._lexicon is None:
            return True
        return self._queries_problem is not None and not self._lexicons.find_queries_damage()

    def _watch(self) -> None:
        looked_at, searched = monotonic(), self.generation()
        while not self._closed.wait(_CHANGES_POLL_S):
            try:
                # What keeps changes from being read is said by `refresh`.
                with suppress(ShangsouError):
                    self._index.follow_changes()
                if monotonic() - looked_at < _POLL_S:
                    continue
                looked_at = monotonic()
                self._follow()
                self._log_problem_once()
                self._log_pending_reindex_once()
                index = self._index.current
                if index is not None:
                    self._personalization.refresh_popularity(index.engine)
                previous, searched = searched, self.generation()
                if previous is not None and searched != previous:
                    give_back_unused()
            except Exception:
                # The edge of a thread: it lives on whatever a damaged file makes the libraries raise.
                log.exception("the index could not be followed")


def open_searcher(settings: Settings, *, logs_pending: bool = True) -> Searcher:
    """Return a searcher over the index that the settings name, following it."""
    return Searcher(settings, open_store(settings), logs_pending=logs_pending).open()

"""A search service in one process: the live index, the encoder that fits it, the ranking recipe."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread

from shangsou.behaviour.history import Histories, History
from shangsou.behaviour.stores import open_event_store
from shangsou.encoding.encoder import Encoder
from shangsou.encoding.encoders import open_encoder
from shangsou.engines.engine import Engine, Generation, GenerationStore
from shangsou.engines.recipe import ANALYSER_VERSION
from shangsou.engines.stores import open_store
from shangsou.errors import (
    EngineUnavailable,
    EventsUnavailable,
    NoIndex,
    RecipeMismatch,
    ShangsouError,
    UnusableInput,
    WeightsUnavailable,
)
from shangsou.lexicon.lexicon import Lexicon, LexiconStore
from shangsou.product import Product
from shangsou.recommend.recommender import Recommender
from shangsou.recommend.shelf import RecommendRequest, Shelf
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.rankers import current_ranker, open_ranker
from shangsou.search.personal.rerank import Personaliser
from shangsou.search.personal.traits import TraitReader
from shangsou.search.ranking import RankingRecipe, awaits_index, default_ranking, read_ranking
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.response import SearchResponse
from shangsou.search.search import search
from shangsou.search.suggest import Suggestions, suggestions
from shangsou.settings import Settings

log = logging.getLogger(__name__)
# How often switches and a changed ranking recipe are looked for. They are to be live within 2 s.
_POLL_S = 0.5
# How often a generation that was refused, or weights that were missing, are tried again.
_RETRY_S = 10.0
# How often popularity is counted anew, over how long: 140,000 events take some two seconds beside searches.
_RECOUNT_S = 3600.0
_COUNTED = timedelta(days=90)
_NO_INDEX = 'no index yet; run "shangsou index FILE" or "shangsou demo"'


@dataclass(frozen=True, slots=True)
class _Live:
    """What one search works with, replaced as a whole."""

    engine: Engine
    encoder: Encoder | None
    encoder_missing: str
    """Why there is no encoder; empty when there is one."""
    traits: TraitReader


@dataclass(frozen=True, slots=True)
class SearchParts:
    """What a search works with, for who measures or trains a part of it."""

    engine: Engine
    encoder: Encoder | None
    recipe: RankingRecipe
    lexicon: Lexicon | None
    personaliser: Personaliser


class Searcher:
    """Searches the current generation and follows it as it is switched. Safe for many threads."""

    def __init__(self, settings: Settings, store: GenerationStore) -> None:
        self._settings = settings
        self._store = store
        self._lexicons = LexiconStore(settings)
        self._lexicon: Lexicon | None = None
        self._lexicon_name = ""
        self._events = open_event_store(settings)
        self._histories = Histories(self._events)
        self._recommender = Recommender(settings.home, self._histories)
        self._live: _Live | None = None
        self._problem: ShangsouError | None = NoIndex(_NO_INDEX)
        self._tried = ""
        self._retry_at = 0.0
        self._ranking = default_ranking()
        self._awaited = ""
        self._ranker = default_ranker()
        self._ranker_name = ("", "")
        self._popularity = Popularity()
        self._recount_at = 0.0
        self._opening = Lock()
        self._closed = Event()
        self._watcher = Thread(target=self._watch, name="generation-watcher", daemon=True)

    def open(self) -> "Searcher":
        """Open the current generation, if there is one, and begin to follow it."""
        self.refresh()
        self._tell_awaited()
        self._watcher.start()
        return self

    def search(self, request: SearchRequest, ranking: RankingRecipe | None = None) -> SearchResponse:
        """Answer a search; raises NoIndex, RecipeMismatch or EngineUnavailable where none can be answered.

        With `ranking`, a recipe on trial orders the results instead of the live one.
        """
        parts = self.parts()
        history, degraded = self._history(request)
        answer = search(
            request,
            parts.engine,
            parts.encoder,
            ranking or parts.recipe,
            parts.lexicon,
            history=history,
            personaliser=parts.personaliser,
        )
        return replace(answer, degraded=answer.degraded + degraded) if degraded else answer

    def parts(self) -> SearchParts:
        """Return what a search would work with now; raises as `search` does."""
        live = self._open_live()
        personaliser = Personaliser(self._ranker, self._popularity, live.traits)
        return SearchParts(live.engine, live.encoder, self._ranking, self._lexicon, personaliser)

    def suggest(self, request: SuggestRequest) -> Suggestions:
        """Return what a shopper may be about to type; raises as `search` does."""
        return suggestions(request, self._open_live().engine, self._lexicon, self._ranking)

    def recommend(self, request: RecommendRequest) -> Shelf | None:
        """Return a shelf, None where the product it is to stand beside does not exist; raises as `search`."""
        live = self._open_live()
        return self._recommender.recommend(request, live.engine, live.encoder)

    def product(self, product_id: str) -> Product | None:
        """Return a product that is on sale, None where there is none with this id."""
        return next(iter(self._open_live().engine.products([product_id])), None)

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that are on sale, in the order asked for."""
        return self._open_live().engine.products(product_ids)

    def query_counts(self, texts: Sequence[str]) -> list[int] | None:
        """Return how often shoppers searched for each normalised text; None where nobody has said."""
        known = self._lexicon.queries if self._lexicon else None
        return None if known is None else known.counts(texts)

    def known(self, product_ids: Sequence[str]) -> set[str]:
        """Return which of these are ids of products that are on sale."""
        return {product.product_id for product in self._open_live().engine.products(product_ids)}

    def generation(self) -> Generation | None:
        """Return the generation being searched."""
        return None if self._live is None else self._live.engine.generation

    def ranking(self) -> RankingRecipe:
        """Return the ranking recipe that is live."""
        return self._ranking

    def lexicon(self) -> Lexicon | None:
        """Return what can be said in the shop, None where no lexicon was built with the index."""
        return self._lexicon

    def missing(self) -> list[str]:
        """Return what keeps searches from being answered in full, in words; empty when ready."""
        live = self._live
        if live is None or isinstance(self._problem, EngineUnavailable):
            return [str(self._problem)]
        return [f"encoder: {live.encoder_missing}"] if live.encoder is None else []

    def refresh(self) -> None:
        """Look once for a changed ranking recipe and a switched generation; keep the old ones on failure."""
        with self._opening:
            try:
                self._ranking = read_ranking(self._settings.home)
            except ShangsouError as problem:
                # Said each time: a wrong recipe is a mistake that somebody is just making.
                log.warning("%s", problem)
            try:
                self._follow()
                self._follow_lexicon()
                self._follow_ranker()
                self._recommender.follow(self._open_live().engine)
                self._problem = None
            except ShangsouError as problem:
                if str(problem) != str(self._problem):
                    log.warning("%s", problem)
                self._problem = problem

    def close(self) -> None:
        """Stop following the index."""
        self._closed.set()
        if self._watcher.is_alive():
            self._watcher.join()
        if self._live is not None:
            self._live.engine.close()
        self._events.close()

    def _history(self, request: SearchRequest) -> tuple[History, tuple[str, ...]]:
        """Return what the shopper did; where that cannot be known, nothing, and a line for `degraded`."""
        if not request.personalize:
            return History(), ()
        pinned_by = request.query_id if request.page > 1 else ""
        try:
            return self._histories.of(request.user_id, request.session_id, pinned_by), ()
        except EventsUnavailable as problem:
            log.warning("%s", problem)
            return History(), ("personalise: the events cannot be read; the same order for everyone",)

    def _follow(self) -> None:
        """Open the current generation where it is not open yet, or not in full."""
        name = self._store.current()
        if name is None:
            raise NoIndex(_NO_INDEX)
        live = self._live
        if live is not None and live.encoder is not None and live.engine.generation.name == name:
            return
        if name == self._tried and time.monotonic() < self._retry_at:
            if isinstance(self._problem, RecipeMismatch):
                raise self._problem
            return
        self._tried, self._retry_at = name, time.monotonic() + _RETRY_S
        self._live = self._open(name)
        log.info("serving generation %s", name)

    def _tell_awaited(self) -> None:
        """Say once what of the ranking recipe only another index brings in; all the rest of it counts."""
        generation = self.generation()
        awaited = "" if generation is None else awaits_index(self._ranking, generation.recipe)
        if generation is not None and awaited and awaited != self._awaited:
            log.warning(
                'the ranking recipe has %s; %s serves on with its own, run "shangsou index" to bring them in',
                awaited,
                generation.name,
            )
        self._awaited = awaited

    def _follow_lexicon(self) -> None:
        """Open the lexicon of the generation, and again when the known queries are replaced."""
        generation = self._open_live().engine.generation
        name = f"{generation.name} {self._lexicons.current_queries()}"
        if name != self._lexicon_name:
            self._lexicon = self._lexicons.open(generation)
            self._lexicon_name = name

    def _follow_ranker(self) -> None:
        """Open the ranker that was trained last; the default serves where it cannot."""
        model_hash = self._open_live().engine.generation.recipe.model_hash
        name = (current_ranker(self._settings.home), model_hash)
        if name == self._ranker_name:
            return
        self._ranker_name = name
        try:
            self._ranker = open_ranker(self._settings.home, model_hash)
        except (RecipeMismatch, UnusableInput) as problem:
            log.warning("%s; the default ranker serves", problem)
            self._ranker = default_ranker()

    def _count(self) -> None:
        """Count what shoppers made of the products, now and then; what cannot be read stays as it was."""
        if time.monotonic() < self._recount_at:
            return
        self._recount_at = time.monotonic() + _RECOUNT_S
        try:
            self._popularity = Popularity(self._events.scan(datetime.now(UTC) - _COUNTED))
        except EventsUnavailable as problem:
            log.warning("popularity was not counted: %s", problem)

    def _open(self, name: str) -> _Live:
        engine = self._store.open(name)
        recipe = engine.generation.recipe
        if recipe.analyser != ANALYSER_VERSION:
            raise RecipeMismatch(
                f"index {name} was built with analyser version {recipe.analyser} but this process has "
                f'{ANALYSER_VERSION}; run "shangsou index" again'
            )
        wanted = self._settings.model or recipe.model
        previous = self._live.encoder if self._live else None
        if previous is not None and (previous.stamp.model, previous.stamp.model_hash) == (
            wanted,
            recipe.model_hash,
        ):
            encoder = previous
        else:
            try:
                encoder = open_encoder(self._settings, wanted, threads=1)
            except WeightsUnavailable as problem:
                return _Live(engine, None, str(problem), TraitReader(engine))
        stamp = encoder.stamp
        if (stamp.model_hash, stamp.dimensions) != (recipe.model_hash, recipe.dimensions):
            raise RecipeMismatch(
                f"index {name} was built with {recipe.model} ({recipe.dimensions} dims, {recipe.model_hash}) "
                f"but this process uses {stamp.model} ({stamp.dimensions} dims, {stamp.model_hash}); "
                'run "shangsou index" or set SHANGSOU_MODEL'
            )
        return _Live(engine, encoder, "", TraitReader(engine))

    def _open_live(self) -> _Live:
        live = self._live
        if live is None:
            raise self._problem or NoIndex(_NO_INDEX)
        return live

    def _watch(self) -> None:
        while not self._closed.wait(_POLL_S):
            try:
                self.refresh()
                self._tell_awaited()
                self._count()
            except Exception:
                # The edge of a thread: it lives on whatever a damaged file makes the libraries raise.
                log.exception("the index could not be followed")


def open_searcher(settings: Settings) -> Searcher:
    """Return a searcher over the index that the settings name, following it."""
    return Searcher(settings, open_store(settings)).open()

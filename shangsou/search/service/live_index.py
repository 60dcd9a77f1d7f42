"""The open index: the generation being searched and what changed since, with its encoder."""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from threading import RLock

from shangsou.encoding.cache import CachedEncoder
from shangsou.encoding.encoder import Encoder
from shangsou.encoding.encoders import open_encoder
from shangsou.encoding.registry import is_name_of
from shangsou.engines.changes import SearchedTexts
from shangsou.engines.engine import Generation, GenerationStore, LiveEngine
from shangsou.engines.generations import open_before
from shangsou.engines.query import Filters
from shangsou.engines.recipe import ANALYSER_VERSION
from shangsou.errors import (
    DamagedIndex,
    DamagedLexicon,
    EngineUnavailable,
    NoIndex,
    RecipeMismatch,
    ShangsouError,
    UpdatesUnavailable,
    WeightsUnavailable,
)
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.service.restricted_parts import IndexPart, RestrictedParts
from shangsou.settings import Settings
from shangsou.updates.decision import Outcome, decide
from shangsou.updates.journal import ChangeJournal
from shangsou.updates.operation import Operation
from shangsou.updates.replay import changed_products, replay
from shangsou.updates.texts import TextLearner

log = logging.getLogger(__name__)
# How often a generation that was refused, or weights that were missing, are tried again.
_RETRY_S = 10.0
# How often changes that cannot be taken over are tried again.
_BEHIND_RETRY_S = 1.0
_BEHIND = "changes of products are not searched yet, since they cannot be read or written; the log says why"
_NONE_CURRENT = (
    'no index is current; "shangsou rollback --to {name}" lets that one serve, '
    '"shangsou index FILE" a new one'
)
_NO_INDEX = 'no index yet; run "shangsou index FILE" or "shangsou demo"'


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An open generation with what searches of it need, replaced as a whole."""

    engine: LiveEngine
    encoder: Encoder | None
    encoder_problem: str
    """Why there is no encoder; empty when there is one."""
    traits: TraitReader
    parts: RestrictedParts

    def part(self, within: Filters | None) -> IndexPart:
        """Return what of it passes filters; without filters all of it."""
        return IndexPart(self.engine, self.traits) if within is None else self.parts.of(within)


class LiveIndex:
    """Opens the current generation with the changes since, and again when it is switched.

    Any thread may follow, update and read.

    Parameters
    ----------
    settings, store, journal
        Where the index and its changes are.
    for_searches
        Whether it opens what searches need besides; otherwise the encoder is opened when a text changes.
    """

    def __init__(
        self,
        settings: Settings,
        store: GenerationStore,
        journal: ChangeJournal,
        *,
        for_searches: bool = True,
    ) -> None:
        self._settings = settings
        self._for_searches = for_searches
        self._store = store
        self._journal = journal
        self._lexicons = LexiconStore(settings)
        self._learner: tuple[Generation, TextLearner] | None = None
        self._lock = RLock()
        self._current: OpenIndex | None = None
        self._problem: ShangsouError = NoIndex(_NO_INDEX)
        self._refused: DamagedIndex | RecipeMismatch | None = None
        # Whether what is open was found to be damaged, and nothing else can be opened.
        self._serves_damaged = False
        self._behind: ShangsouError | None = None
        self._behind_retry_at = 0.0
        self._open_key = self._attempted_key = self._fetched_key = ""
        self._retry_at = 0.0

    @property
    def current(self) -> OpenIndex | None:
        """Return what is open, None where nothing is yet."""
        return self._current

    def require(self) -> OpenIndex:
        """Return what is open; raises why nothing is."""
        current = self._current
        if current is None:
            raise self._problem
        return current

    @property
    def warning(self) -> str:
        """Return what of the current generation and its changes is not searched; empty where all is."""
        current, refused, behind = self._current, self._refused, self._behind
        if current is None:
            return ""
        if refused is not None:
            name = current.engine.generation.name
            if not self._serves_damaged:
                return f"{refused.public}; {name} serves"
            if isinstance(refused, DamagedIndex) and refused.generation == name:
                return f"{name} is damaged and serves on, since no other can be searched: {refused.damage}"
            return f"{refused.public}; {name} is damaged too and serves on, since no other can be searched"
        return _BEHIND if behind is not None else ""

    def follow(self) -> None:
        """Open the current generation where it is not open yet, or not in full; keep the old one on failure.

        Raises NoIndex, RecipeMismatch, EngineUnavailable or UpdatesUnavailable.
        """
        try:
            key = self._store.current_key()
            self._fetch_lexicon(key)
            with self._lock:
                self._follow(key)
        except ShangsouError as problem:
            self._problem = problem
            raise
        self.follow_changes()

    def follow_changes(self) -> None:
        """Take over the changes that were accepted since; cheap where there are none.

        Where they cannot be read, or not be written where processes share a storage, what is open is searched
        without them, `warning` says so, and it is tried again.
        """
        with self._lock:
            if self._behind is not None and time.monotonic() < self._behind_retry_at:
                return
            try:
                self._follow_changes()
                self._behind = None
            except (EngineUnavailable, UpdatesUnavailable) as problem:
                self._note_behind(problem)

    def update(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Do operations on products, one behind the other, and return what came of each.

        What is returned as done is durable, and found by searches of this process, or as soon as
        Elasticsearch takes it. Raises NoIndex, EngineUnavailable or UpdatesUnavailable; nothing has changed
        then.
        """
        with self._lock:
            with self._journal.writing() as journal:
                # Nobody else changes a product until these changes are written.
                self._follow_changes(nullcontext(True))
                index = self.require()
                decision = decide(operations, index.engine.stored([one.product_id for one in operations]))
                if not decision.accepted:
                    return decision.outcomes
                changed = changed_products(decision.before, decision.after, self._learn(index))
                sequence = journal.append(decision.accepted, index.engine.sequence)
                try:
                    engine = index.engine.changed(changed, sequence)
                except EngineUnavailable as problem:
                    # They are durable, and written as soon as that can be done.
                    self._note_behind(problem)
                    return decision.outcomes
            self._current = _with_engine(index, engine, decision.after)
        return decision.outcomes

    def close(self) -> None:
        """Close the generation; to be called when no search is under way."""
        if self._current is not None:
            self._current.engine.close()
        self._lexicons.close()

    def _follow(self, key: str | None) -> None:
        if key is None:
            there_is = next(iter(self._store.generations()), None)
            raise NoIndex(_NO_INDEX if there_is is None else _NONE_CURRENT.format(name=there_is.name))
        current = self._current
        if current is not None and self._store.is_marked(current.engine.generation.name):
            # It may be another than the current one, whose key does not tell it.
            key = f"{key} {current.engine.generation.name} is marked"
        is_complete = current is not None and (current.encoder is not None or not self._for_searches)
        if is_complete and key == self._open_key:
            return
        if key == self._attempted_key and time.monotonic() < self._retry_at:
            return
        self._attempted_key, self._retry_at = key, time.monotonic() + _RETRY_S
        try:
            opened = self._open(self._store.open())
            self._open_key, self._refused, self._serves_damaged = key, None, False
        except (DamagedIndex, RecipeMismatch) as problem:
            before = self._open_instead(problem)
            if before is None:
                return
            # Without its key: the damaged one is tried again, and may be whole then.
            opened, self._open_key = before, ""
        try:
            self._current, self._behind = self._with_changes(opened), None
        except (EngineUnavailable, UpdatesUnavailable) as problem:
            self._current = opened
            self._note_behind(problem)
        self._problem = NoIndex(_NO_INDEX)
        log.info("serving generation %s", self._current.engine.generation.name)

    def _open_instead(self, problem: DamagedIndex | RecipeMismatch) -> OpenIndex | None:
        """Open another generation in place of the current one; None where what is open serves on.

        It serves on unless it was found to be damaged and another is whole. Raises `problem` where nothing is
        open and nothing can be opened.
        """
        is_new = str(problem) != str(self._refused or "")
        if is_new:
            log.warning("%s", problem)
        current, self._refused = self._current, problem
        if current is None:
            if not isinstance(problem, DamagedIndex):
                raise problem
            return self._open(open_before(self._store, problem, logs=is_new))
        name = current.engine.generation.name
        if name != _damaged_generation(problem) and not self._store.is_marked(name):
            self._serves_damaged = False
            return None
        logs = is_new or not self._serves_damaged
        try:
            opened = self._open(open_before(self._store, DamagedIndex(name, "", ""), logs=logs))
        except (DamagedIndex, RecipeMismatch):
            self._serves_damaged = True
            if logs:
                log.warning("%s", self.warning)
            return None
        self._serves_damaged = False
        return opened

    def _fetch_lexicon(self, key: str | None) -> None:
        """Copy the lexicon of a generation that is new from where servers share it.

        Before it serves: until then searches go on with the generation before and its lexicon. And without
        the lock: changes of products need not wait for it.
        """
        if self._settings.engine != "elastic" or key is None or key in (self._open_key, self._fetched_key):
            return
        generations = self._store.generations()
        current = next((one for one in generations if one.current), None)
        if current is not None:
            try:
                self._lexicons.fetch(current)
                self._lexicons.remove_others(generations)
            except EngineUnavailable as problem:
                # It serves without, and says so.
                log.warning("%s", problem)
        self._fetched_key = key

    def _note_behind(self, problem: ShangsouError) -> None:
        """Keep, and log once, why changes that are durable are not searched yet."""
        if str(problem) != str(self._behind or ""):
            log.warning("changes of products wait: %s", problem)
        self._behind, self._behind_retry_at = problem, time.monotonic() + _BEHIND_RETRY_S

    def _follow_changes(self, held: AbstractContextManager[bool] | None = None) -> None:
        current = self._current
        if current is not None and self._journal.last_sequence() > current.engine.sequence:
            self._current = self._with_changes(current, held)

    def _with_changes(self, index: OpenIndex, held: AbstractContextManager[bool] | None = None) -> OpenIndex:
        """Return an index with the changes that it does not hold yet.

        Where processes share a storage whoever accepts changes writes them, and the next one if that process
        ended before. `held` is that this one holds the journal already.
        """
        changes = self._journal.after(index.engine.sequence)
        if not changes:
            return index
        changed_ids = {change.operation.product_id for change in changes}
        engine = index.engine.refreshed(changed_ids)
        if engine.sequence < changes[-1].sequence:
            with held or self._journal.applying() as is_held:
                if is_held:
                    engine = engine.refreshed(changed_ids)
                    missing = [change for change in changes if change.sequence > engine.sequence]
                    engine = replay(engine, missing, self._learn(index))
        return _with_engine(index, engine, changed_ids)

    def _learn(self, index: OpenIndex) -> Callable[[Sequence[Product]], list[SearchedTexts]]:
        """Return what learns of texts as the generation was learned; opened when the first text changes."""

        def learn(products: Sequence[Product]) -> list[SearchedTexts]:
            generation = index.engine.generation
            if products and (self._learner is None or self._learner[0] != generation):
                lexicon = self._open_lexicon(generation)
                learner = TextLearner(self._text_encoder(index), lexicon)
                if lexicon is None:
                    # It may come later.
                    return learner.learn(products)
                self._learner = generation, learner
            return self._learner[1].learn(products) if products and self._learner else []

        return learn

    def _open_lexicon(self, generation: Generation) -> Lexicon | None:
        try:
            return self._lexicons.open(generation)
        except DamagedLexicon as problem:
            log.warning("changed products get neither types nor facts: %s", problem)
            return None

    def _text_encoder(self, index: OpenIndex) -> Encoder | None:
        """Return an encoder that caches, so that all processes learn the same; None: there are no weights."""
        encoder = index.encoder
        if encoder is None and not self._for_searches:
            try:
                encoder = self._encoder(index.engine.generation)
            except WeightsUnavailable as problem:
                log.warning("changed products are found by words alone: %s", problem)
        return CachedEncoder(encoder, self._settings.home / "vectors") if encoder else None

    def _open(self, engine: LiveEngine) -> OpenIndex:
        recipe = engine.generation.recipe
        if recipe.analyser != ANALYSER_VERSION:
            raise RecipeMismatch(
                f"index {engine.generation.name} was built with analyser version {recipe.analyser} but this "
                f'process has {ANALYSER_VERSION}; run "shangsou index" again'
            )
        traits = TraitReader(engine, recipe.segmenter, recipe.cosines)
        parts = RestrictedParts(engine)
        if not self._for_searches:
            return OpenIndex(engine, None, "not opened", traits, parts)
        recipe.segmenter.load()
        try:
            encoder = self._encoder(engine.generation)
        except WeightsUnavailable as problem:
            if self._current is None or self._current.encoder_problem != problem.public:
                log.warning("found by words alone: %s", problem)
            return OpenIndex(engine, None, problem.public, traits, parts)
        return OpenIndex(engine, encoder, "", traits, parts)

    def _encoder(self, generation: Generation) -> Encoder:
        """Return the encoder for a generation: the one that is open, where it fits.

        Raises `RecipeMismatch` for one of another model.
        """
        recipe = generation.recipe
        model, is_trained = self._settings.model, False
        if model is None or is_name_of(self._settings.home, model, recipe.model):
            model, is_trained = recipe.model, recipe.is_trained
        previous = self._current.encoder if self._current else None
        if previous is not None and (previous.stamp.model, previous.stamp.model_hash) == (
            model,
            recipe.model_hash,
        ):
            return previous
        encoder = open_encoder(self._settings, model, threads=1, is_trained=is_trained)
        stamp = encoder.stamp
        if (stamp.model_hash, stamp.dimensions) != (recipe.model_hash, recipe.dimensions):
            advice = (
                'run "shangsou index" or set SHANGSOU_MODEL'
                if self._settings.model is None
                else 'unset SHANGSOU_MODEL, which wins over the model of an index, or run "shangsou index"'
            )
            raise RecipeMismatch(
                f"index {generation.name} was built with {recipe.model} ({recipe.dimensions} dims, "
                f"{recipe.model_hash}) but this process uses {stamp.model} ({stamp.dimensions} dims, "
                f"{stamp.model_hash}); {advice}"
            )
        return encoder


def _damaged_generation(problem: ShangsouError) -> str:
    """Return the name of the generation that is damaged, empty where none is."""
    return problem.generation if isinstance(problem, DamagedIndex) else ""


def _with_engine(index: OpenIndex, engine: LiveEngine, changed_ids: Collection[str]) -> OpenIndex:
    index.traits.follow(engine, changed_ids)
    return replace(index, engine=engine, parts=index.parts.follow(engine, changed_ids))

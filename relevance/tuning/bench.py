"""What judged queries are worth under a setting: replayed to choose, searched for real to report."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np

from relevance.commands.searching import ByRecipe
from relevance.errors import DegradedSearches
from relevance.evaluate import evaluate
from relevance.judgements import Qrels, Query
from relevance.metrics import GATED, measure, parse_measure
from relevance.report import degraded_message
from relevance.tuning.parameters import Parameter, Setting, setting_of, with_setting
from relevance.tuning.recording import RecordingStore, record
from relevance.tuning.replay import Replay
from relevance.tuning.selection import Scores
from shangsou.engines.embedded.trial import TrialIndexes
from shangsou.engines.engine import GenerationStore
from shangsou.engines.stores import open_store
from shangsou.errors import WeightsUnavailable
from shangsou.search.ranking import RankingRecipe, awaits_index
from shangsou.search.searcher import Searcher
from shangsou.settings import Settings

Watch = Callable[[Sequence[Query], str], Iterable[Query]]
"""Goes through queries while somebody sees how far it is; the text says what is done."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Judged queries, and what is to become better on them."""

    queries: Sequence[Query]
    """Each has a relevant product."""
    qrels: Qrels
    measure: str = GATED
    """By its name in `relevance.metrics`."""
    graded: bool = False
    """nDCG counts grades as gains."""

    def value(self, ranking: Sequence[str], query: Query) -> float:
        """Return the measure of a ranking."""
        wanted = parse_measure(self.measure)
        return measure(ranking, self.qrels[query.qid], [wanted], graded=self.graded)[wanted.name]


class Bench:
    """Measures settings on judged queries over one generation. Used as a context manager."""

    def __init__(
        self,
        settings: Settings,
        judged: Judged,
        parameters: Sequence[Parameter],
        live: RankingRecipe,
        watch: Watch = lambda queries, _: queries,
    ) -> None:
        self.judged, self.parameters = judged, parameters
        self._settings = settings
        self._live = live
        self._measure = parse_measure(judged.measure)
        self._watch = watch
        self._replays: dict[tuple[float, float], list[Replay]] = {}
        self._replayed: dict[Setting, Scores] = {}
        self._searched: dict[Setting, Scores] = {}
        self._opened = ExitStack()
        self._trials: TrialIndexes | None = None

    def __enter__(self) -> "Bench":
        self._store = open_store(self._settings)
        generation = self._store.open().generation
        self.generation = generation
        # What serves is what the index was built with, whatever the recipe asks for.
        self._base = _with_bm25(self._live, generation.recipe.k1, generation.recipe.b)
        self.start: Setting = setting_of(self._base, self.parameters)
        return self

    def __exit__(self, *exc: object) -> None:
        self._opened.close()

    @property
    def awaited(self) -> str:
        """What of the live recipe the index does not have, in words; empty where it has all."""
        return awaits_index(self._live, self.generation.recipe)

    @property
    def tried(self) -> int:
        """How many settings were replayed."""
        return len(self._replayed)

    def recipe(self, setting: Setting) -> RankingRecipe:
        """Return the recipe of a setting."""
        return with_setting(self._base, self.parameters, setting)

    def replayed(self, setting: Setting) -> Scores:
        """Return the measure of each query under a setting, by what was recorded. Quick."""
        if setting not in self._replayed:
            recipe = self.recipe(setting)
            self._replayed[setting] = np.array(
                [
                    self.judged.value(replay.ranking(recipe, self._measure.k), query)
                    for replay, query in zip(self._recorded(recipe), self.judged.queries, strict=True)
                ]
            )
        return self._replayed[setting]

    def searched(self, setting: Setting) -> Scores:
        """Return the measure of each query under a setting, by real searches."""
        if setting not in self._searched:
            recipe = self.recipe(setting)
            with self._searcher(recipe) as (searcher, _):
                queries = self._watch(self.judged.queries, "searching")
                found = evaluate(
                    ByRecipe(searcher, recipe),
                    queries,
                    self.judged.qrels,
                    measures=[self._measure],
                    graded=self.judged.graded,
                )
            if found.degraded:
                raise DegradedSearches(degraded_message(found))
            self._searched[setting] = np.array(
                [found.scores.queries[query.qid][self.judged.measure] for query in self.judged.queries]
            )
        return self._searched[setting]

    def _recorded(self, recipe: RankingRecipe) -> list[Replay]:
        """Return the recordings of all queries with this recipe's k1 and b."""
        key = (recipe.k1, recipe.b)
        if key not in self._replays:
            base = _with_bm25(self._base, *key)
            with self._searcher(base) as (searcher, store):
                self._replays[key] = [
                    Replay(record(query, searcher, store, base))
                    for query in self._watch(
                        self.judged.queries, f"recording k1 {recipe.k1:g}, b {recipe.b:g}"
                    )
                ]
        return self._replays[key]

    @contextmanager
    def _searcher(self, recipe: RankingRecipe) -> Iterator[tuple[Searcher, RecordingStore]]:
        """Open the generation as it is with this recipe's k1 and b."""
        store = RecordingStore(self._store_with(recipe), self.generation.name)
        # Not followed: all is measured on the generation that was current at the beginning.
        searcher = Searcher(self._settings, store)
        try:
            searcher.refresh()
            if missing := searcher.missing():
                raise WeightsUnavailable(f"{'; '.join(missing)}; mend this and tune again")
            yield searcher, store
        finally:
            searcher.close()

    def _store_with(self, recipe: RankingRecipe) -> GenerationStore:
        built = self.generation.recipe
        if (recipe.k1, recipe.b) == (built.k1, built.b):
            return self._store
        if self._trials is None:
            home = self._settings.home
            self._trials = self._opened.enter_context(
                TrialIndexes(home / "index", self.generation.name, home / "trial")
            )
        return self._trials.open_store(recipe.k1, recipe.b)


def _with_bm25(recipe: RankingRecipe, k1: float, b: float) -> RankingRecipe:
    return replace(recipe, k1=k1, b=b)

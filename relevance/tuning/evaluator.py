"""Scores of judged queries under a setting: by replay for tuning, by real searches for the report."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np

from relevance.errors import DegradedSearches
from relevance.evaluation import evaluate
from relevance.groups import products_to_judge, read_groups
from relevance.metrics import parse_measure
from relevance.reports.scores import degraded_message
from relevance.searchers import RecipeSearcher
from relevance.tuning.exact_facts import FIRST_PAGE, FactShares, fact_share
from relevance.tuning.parameters import Parameter, Setting, setting_of, with_setting
from relevance.tuning.recorded_queries import QueryScores, RecordedQueries, SettingScores
from relevance.tuning.recording import PinnedStore, record
from relevance.tuning.replay import Replay
from relevance.tuning.replay_workers import Key, ReplayWorkers
from relevance.tuning.target import TuningTarget
from shangsou.engines.embedded.trial import TrialIndexes
from shangsou.engines.engine import GenerationStore
from shangsou.engines.stores import open_store
from shangsou.errors import WeightsUnavailable
from shangsou.search.ranking.recipe import RankingRecipe, needs_reindex
from shangsou.search.service.searcher import Searcher
from shangsou.settings import Settings

T = TypeVar("T")
# Settings replayed between two moves of a progress bar: some seconds of 256 queries.
_CHUNK = 16


class ProgressWrapper(Protocol):
    """Iterates over items with a progress bar, labelled with a text."""

    def __call__(self, items: Sequence[T], what: str, /) -> Iterable[T]:
        """Yield the items."""
        ...


def _without_progress(items: Sequence[T], _: str) -> Iterable[T]:
    return items


class SettingEvaluator:
    """Evaluates settings on judged queries over one generation. Used as a context manager."""

    def __init__(
        self,
        settings: Settings,
        target: TuningTarget,
        parameters: Sequence[Parameter],
        live: RankingRecipe,
        with_progress: ProgressWrapper = _without_progress,
    ) -> None:
        self.target, self.parameters = target, parameters
        self._settings = settings
        self._live = live
        self._measure = parse_measure(target.measure)
        self._with_progress = with_progress
        self._workers = ReplayWorkers()
        self._replay_scores: dict[Setting, SettingScores] = {}
        self._searches: dict[Setting, tuple[QueryScores, list[list[str]]]] = {}
        self._exit_stack = ExitStack()
        self._trials: TrialIndexes | None = None

    def __enter__(self) -> "SettingEvaluator":
        self._exit_stack.enter_context(self._workers)
        self._store = open_store(self._settings)
        generation = self._store.open().generation
        self.generation = generation
        # The live values are those the index was built with, whatever the recipe says.
        self._base = _with_bm25(self._live, generation.recipe.k1, generation.recipe.b)
        self.start: Setting = setting_of(self._base, self.parameters)
        return self

    def __exit__(self, *exc: object) -> None:
        self._exit_stack.close()

    @property
    def unindexed_changes(self) -> str:
        """The values of the live recipe that the index was not built with, as text, if any."""
        return needs_reindex(self._live, self.generation.recipe)

    @property
    def replay_count(self) -> int:
        """The number of settings replayed."""
        return len(self._replay_scores)

    def recipe(self, setting: Setting) -> RankingRecipe:
        """Return the recipe of a setting."""
        return with_setting(self._base, self.parameters, setting)

    def replay_scores(self, setting: Setting) -> QueryScores:
        """Return the measure of each query under a setting, from recordings. Fast."""
        return self.replay([setting])[0].measure

    def replay(self, settings: Sequence[Setting]) -> list[SettingScores]:
        """Return what settings are worth, from recordings, on all cores."""
        missing: dict[Key, list[Setting]] = {}
        for setting in dict.fromkeys(settings):
            if setting not in self._replay_scores:
                recipe = self.recipe(setting)
                missing.setdefault((recipe.k1, recipe.b), []).append(setting)
        for key, group in missing.items():
            self._recorded(key)
            chunks = [group[start : start + _CHUNK] for start in range(0, len(group), _CHUNK)]
            for chunk in self._with_progress(chunks, "replaying") if len(chunks) > 1 else chunks:
                self._replay_scores |= zip(chunk, self._workers.scores(key, chunk), strict=True)
        return [self._replay_scores[setting] for setting in settings]

    def search_scores(self, setting: Setting) -> QueryScores:
        """Return the measure of each query under a setting, by real searches."""
        return self._search(setting)[0]

    def search_facts(self, setting: Setting) -> FactShares:
        """Return how much of what each query states its first page holds, by the same searches."""
        recipe = self.recipe(setting)
        replays = self._recorded((recipe.k1, recipe.b)).replays
        first_pages = self._search(setting)[1]
        return np.array(
            [fact_share(page, replay.fact_holders) for page, replay in zip(first_pages, replays, strict=True)]
        )

    def _search(self, setting: Setting) -> tuple[QueryScores, list[list[str]]]:
        """Return the measure of each query, and its first page."""
        if setting not in self._searches:
            recipe = self.recipe(setting)
            with self.searcher(recipe) as searcher:
                queries = self._with_progress(self.target.queries, "searching")
                evaluation = evaluate(
                    RecipeSearcher(searcher, recipe),
                    queries,
                    self.target.qrels,
                    measures=[self._measure],
                    graded=self.target.graded,
                )
            if evaluation.degraded:
                raise DegradedSearches(degraded_message(evaluation))
            qids = [query.qid for query in self.target.queries]
            self._searches[setting] = (
                np.array([evaluation.scores.queries[qid][self.target.measure] for qid in qids]),
                [[hit.product_id for hit in evaluation.run[qid][:FIRST_PAGE]] for qid in qids],
            )
        return self._searches[setting]

    def _recorded(self, key: Key) -> RecordedQueries:
        if key not in self._workers:
            self._workers.add(key, self._record(key))
        return self._workers.recorded(key)

    def _record(self, key: Key) -> RecordedQueries:
        """Record all queries with this k1 and b."""
        base = _with_bm25(self._base, *key)
        with self.searcher(base) as searcher:
            context = replace(searcher.context(), recipe=base)
            what = f"recording k1 {key[0]:g}, b {key[1]:g}"
            queries = self._with_progress(self.target.queries, what)
            recordings = [record(query, context) for query in queries]
            found = {
                query.qid: recording.product_ids
                for query, recording in zip(self.target.queries, recordings, strict=True)
            }
            groups = read_groups(searcher, products_to_judge(self.target.qrels, found))
        replays = list(map(Replay, recordings))
        return RecordedQueries(self.target, replays, groups, self._base, self.parameters)

    @contextmanager
    def searcher(self, recipe: RankingRecipe) -> Iterator[Searcher]:
        """Open the generation with this recipe's k1 and b."""
        # Not followed: everything is measured on the generation that was current at the beginning.
        searcher = Searcher(self._settings, PinnedStore(self._store_with(recipe), self.generation.name))
        try:
            searcher.refresh()
            if missing := searcher.missing():
                raise WeightsUnavailable(f"{'; '.join(missing)}; fix this and tune again")
            yield searcher
        finally:
            searcher.close()

    def _store_with(self, recipe: RankingRecipe) -> GenerationStore:
        index_recipe = self.generation.recipe
        if (recipe.k1, recipe.b) == (index_recipe.k1, index_recipe.b):
            return self._store
        if self._trials is None:
            home = self._settings.home
            self._trials = self._exit_stack.enter_context(
                TrialIndexes(home / "index", self.generation.name, home / "trial")
            )
        return self._trials.open_store(recipe.k1, recipe.b)


def _with_bm25(recipe: RankingRecipe, k1: float, b: float) -> RankingRecipe:
    return replace(recipe, k1=k1, b=b)

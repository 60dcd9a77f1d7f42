"""Scores of judged queries under a setting: by replay for tuning, by real searches for the report."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from relevance.errors import DegradedSearches
from relevance.evaluation import evaluate
from relevance.groups import UNGROUPED, ProductGroups, products_to_judge, read_groups
from relevance.judgements import Qrels, Query
from relevance.metrics import GATED_MEASURE, measure, parse_measure
from relevance.reports.scores import degraded_message
from relevance.searchers import RecipeSearcher
from relevance.tuning.parameters import Parameter, Setting, setting_of, with_setting
from relevance.tuning.recording import PinnedStore, record
from relevance.tuning.replay import Replay
from relevance.tuning.selection import QueryScores
from shangsou.engines.embedded.trial import TrialIndexes
from shangsou.engines.engine import GenerationStore
from shangsou.engines.stores import open_store
from shangsou.errors import WeightsUnavailable
from shangsou.search.ranking.recipe import RankingRecipe, needs_reindex
from shangsou.search.service.searcher import Searcher
from shangsou.settings import Settings

ProgressWrapper = Callable[[Sequence[Query], str], Iterable[Query]]
"""Iterates over queries with a progress bar, labelled with the text."""


@dataclass(frozen=True, slots=True)
class TuningTarget:
    """Judged queries and the measure to improve on them."""

    queries: Sequence[Query]
    """Each has a relevant product."""
    qrels: Qrels
    measure: str = GATED_MEASURE
    """The name of a measure in `relevance.metrics`."""
    graded: bool = False
    """Whether nDCG takes grades as gains."""

    def value(self, ranking: Sequence[str], query: Query, groups: ProductGroups = UNGROUPED) -> float:
        """Return the measure of a ranking; judgements count by group."""
        target_measure = parse_measure(self.measure)
        grades = groups.grades(self.qrels[query.qid])
        return measure(groups.distinct(ranking), grades, [target_measure], graded=self.graded)[
            target_measure.name
        ]


class _Recorded(NamedTuple):
    """The recordings of all queries, and the groups of what they hold and what was judged."""

    replays: Sequence[Replay]
    groups: ProductGroups


class SettingEvaluator:
    """Evaluates settings on judged queries over one generation. Used as a context manager."""

    def __init__(
        self,
        settings: Settings,
        target: TuningTarget,
        parameters: Sequence[Parameter],
        live: RankingRecipe,
        with_progress: ProgressWrapper = lambda queries, _: queries,
    ) -> None:
        self.target, self.parameters = target, parameters
        self._settings = settings
        self._live = live
        self._measure = parse_measure(target.measure)
        self._with_progress = with_progress
        self._recorded: dict[tuple[float, float], _Recorded] = {}
        self._replay_scores: dict[Setting, QueryScores] = {}
        self._search_scores: dict[Setting, QueryScores] = {}
        self._exit_stack = ExitStack()
        self._trials: TrialIndexes | None = None

    def __enter__(self) -> "SettingEvaluator":
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
        if setting not in self._replay_scores:
            recipe = self.recipe(setting)
            recorded = self._recordings(recipe)
            self._replay_scores[setting] = np.array(
                [
                    self.target.value(replay.ranking(recipe, self._measure.k), query, recorded.groups)
                    for replay, query in zip(recorded.replays, self.target.queries, strict=True)
                ]
            )
        return self._replay_scores[setting]

    def search_scores(self, setting: Setting) -> QueryScores:
        """Return the measure of each query under a setting, by real searches."""
        if setting not in self._search_scores:
            recipe = self.recipe(setting)
            with self._searcher(recipe) as searcher:
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
            self._search_scores[setting] = np.array(
                [evaluation.scores.queries[query.qid][self.target.measure] for query in self.target.queries]
            )
        return self._search_scores[setting]

    def _recordings(self, recipe: RankingRecipe) -> _Recorded:
        """Return the recordings of all queries with this recipe's k1 and b."""
        key = (recipe.k1, recipe.b)
        if key not in self._recorded:
            base = _with_bm25(self._base, *key)
            with self._searcher(base) as searcher:
                context = replace(searcher.context(), recipe=base)
                recordings = {
                    query.qid: record(query, context)
                    for query in self._with_progress(
                        self.target.queries, f"recording k1 {recipe.k1:g}, b {recipe.b:g}"
                    )
                }
                found = {qid: recording.product_ids for qid, recording in recordings.items()}
                groups = read_groups(searcher, products_to_judge(self.target.qrels, found))
            self._recorded[key] = _Recorded([Replay(one) for one in recordings.values()], groups)
        return self._recorded[key]

    @contextmanager
    def _searcher(self, recipe: RankingRecipe) -> Iterator[Searcher]:
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

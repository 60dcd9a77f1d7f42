"""Recorded queries: their scores under any setting, without a search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relevance.groups import ProductGroups
from relevance.metrics import parse_measure
from relevance.tuning.exact_facts import FIRST_PAGE, FactShares, fact_share
from relevance.tuning.parameters import Parameter, Setting, with_setting
from relevance.tuning.replay import Replay
from relevance.tuning.target import TuningTarget
from shangsou.search.ranking.recipe import RankingRecipe

QueryScores = NDArray[np.float64]
"""The measure of each query, shape (queries,)."""


class SettingScores(NamedTuple):
    """What a setting is worth."""

    measure: QueryScores
    facts: FactShares


@dataclass(frozen=True, slots=True, eq=False)
class RecordedQueries:
    """The recordings of queries with one k1 and b, and the groups of what they hold and what was judged."""

    target: TuningTarget
    replays: Sequence[Replay]
    """Of the queries of the target, in their order."""
    groups: ProductGroups
    recipe: RankingRecipe
    """What a setting changes."""
    parameters: Sequence[Parameter]

    def scores(self, setting: Setting) -> SettingScores:
        """Return the scores of all queries under a setting."""
        recipe = with_setting(self.recipe, self.parameters, setting)
        depth = max(parse_measure(self.target.measure).k, FIRST_PAGE)
        pairs = [
            (self.target.value(ranking, query, self.groups), fact_share(ranking, replay.fact_holders))
            for query, replay in zip(self.target.queries, self.replays, strict=True)
            for ranking in [replay.ranking(recipe, depth)]
        ]
        return SettingScores(*np.array(pairs, np.float64).reshape(len(pairs), 2).T)

    def part(self, number: int, count: int) -> "RecordedQueries":
        """Return every `count`-th query from that with this number on."""
        target = replace(self.target, queries=self.target.queries[number::count])
        return replace(self, target=target, replays=self.replays[number::count])

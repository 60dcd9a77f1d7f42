"""The stage between fusion and the page: the found products in the order of a shopper's taste."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shangsou.behaviour.history import History
from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters
from shangsou.search.fuse import Candidate
from shangsou.search.personal.rerank import (
    Examined,
    Personaliser,
    examine,
    look_at,
    rank,
    retrieve_pool,
)
from shangsou.search.personal.traits import TraitReader
from shangsou.search.personal.why import reasons
from shangsou.search.ranking import RankingRecipe
from shangsou.search.retrieve import Probe

# What log(1 + clicks + 3 x purchases) for the same query weighs beside a fused score of 0 to 1, for
# newcomers. MRR@10 on 574 training searches of SIMULATED shoppers, taken as newcomers: .0383 without it,
# .0449, .0476 and .0511 with .1, .2 and .3 (docs/personal.md). The middle, since real shoppers differ.
_POPULAR = 0.2


class Fused(NamedTuple):
    """What a search has at hand when its legs are fused."""

    probe: Probe
    query_text: str
    filters: Filters
    candidates: Sequence[Candidate]
    """Best first."""


@dataclass(frozen=True, slots=True)
class Personalised:
    """The order for one shopper."""

    product_ids: tuple[str, ...]
    """The first of what was found, best first; behind them all stays as it was."""
    ranker: str
    reader: TraitReader = field(repr=False)
    examined: Examined | None = field(default=None, repr=False)
    """None where the order is one for all newcomers."""

    def why(self, shown: Sequence[str]) -> Mapping[str, str]:
        """Return why products of a page moved up, for those where it can be said in words."""
        if self.examined is None:
            return {}
        return reasons(self.examined, self.product_ids, tuple(shown), self.reader)


def personalise(
    fused: Fused, engine: Engine, recipe: RankingRecipe, history: History, personaliser: Personaliser
) -> Personalised | None:
    """Return the found products in the order for a shopper; None leaves the plain order as it is.

    That is so with an impact of 0, for strangers and who has opted out, and where nothing was found.
    Newcomers see what others chose for the same query a little higher. Raises `EngineUnavailable` as the
    engine does.
    """
    if not recipe.personal_impact or not fused.query_text:
        return None
    if not history.events:
        return _for_newcomers(fused, recipe, personaliser) if history.newcomer else None
    probe = fused.probe
    pool = retrieve_pool(probe, fused.filters, fused.candidates, engine, recipe.personal_candidates)
    offer = look_at(pool, fused.query_text, personaliser.reader)
    if offer is None:
        return None
    past = personaliser.recollection.of(history, personaliser.reader)
    examined = examine(offer, probe.vector, past, personaliser)
    order = rank(examined, personaliser.ranker, recipe.personal_impact)
    return Personalised(order, personaliser.ranker.name, personaliser.reader, examined)


def _for_newcomers(fused: Fused, recipe: RankingRecipe, personaliser: Personaliser) -> Personalised | None:
    """Return the fused candidates by score and popularity; None where nobody chose any for this query."""
    ids = [candidate.product_id for candidate in fused.candidates]
    popular = personaliser.popularity.within(fused.query_text, ids)
    if not popular.any():
        return None
    order = by_popularity([one.score for one in fused.candidates], popular, recipe.personal_impact)
    return Personalised(tuple(ids[place] for place in order), "popularity", personaliser.reader)


def by_popularity(scores: ArrayLike, popular: NDArray[np.float64], impact: float) -> list[int]:
    """Return the places of candidates, best first, for who has no history.

    Parameters
    ----------
    scores
        Fused.
    popular
        Of the same candidates, as `Popularity.within`.
    impact
        From 0, the plain order, to 1.
    """
    order: list[int] = np.argsort(-(np.asarray(scores) + impact * _POPULAR * popular), kind="stable").tolist()
    return order

"""The stage between fusion and the page: the found products in the order of a shopper's taste."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shangsou.behaviour.history import History
from shangsou.engines.query import Hit, Vector
from shangsou.search.fuse import Candidate
from shangsou.search.personal.newcomers import newcomers_order
from shangsou.search.personal.rerank import (
    Examined,
    Personaliser,
    examine,
    look_at,
    make_pool,
    rank,
)
from shangsou.search.personal.traits import TraitReader
from shangsou.search.personal.why import reasons
from shangsou.search.ranking import RankingRecipe


class Fused(NamedTuple):
    """What a search has at hand when its legs are fused."""

    query_text: str
    vector: Vector | None
    """Of the query; None where there is none."""
    candidates: Sequence[Candidate]
    """Best first."""
    strict: Sequence[Hit]
    """The first `pool_depth` of what matches strictly, best first."""


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


def pool_depth(recipe: RankingRecipe, history: History) -> int:
    """Return how many products are re-ranked for a shopper; 0 where there is no history to go by."""
    return recipe.personal_candidates if recipe.personal_impact and history.events else 0


def personalise(
    fused: Fused, recipe: RankingRecipe, history: History, personaliser: Personaliser
) -> Personalised | None:
    """Return the found products in the order for a shopper; None leaves the plain order as it is.

    That is so with an impact of 0, for strangers and who has opted out, and where nothing was found.
    Newcomers see higher what shoppers with the same query chose, and what is like it. Raises
    `EngineUnavailable` as the engine does.
    """
    if not recipe.personal_impact or not fused.query_text:
        return None
    if not history.events:
        return _for_newcomers(fused, recipe, personaliser) if history.newcomer else None
    pool = make_pool(fused.candidates, fused.strict, recipe.personal_candidates)
    offer = look_at(pool, fused.query_text, personaliser.reader)
    if offer is None:
        return None
    past = personaliser.recollection.of(history, personaliser.reader)
    examined = examine(offer, fused.vector, past, personaliser)
    order = rank(examined, personaliser.ranker, recipe.personal_impact)
    return Personalised(order, personaliser.ranker.name, personaliser.reader, examined)


def _for_newcomers(fused: Fused, recipe: RankingRecipe, personaliser: Personaliser) -> Personalised | None:
    """Return the fused candidates as their segment has it; None where nobody has searched for the same."""
    pool = make_pool(fused.candidates, (), len(fused.candidates))
    offer = look_at(pool, fused.query_text, personaliser.reader)
    order = newcomers_order(offer, personaliser, recipe.personal_impact) if offer is not None else None
    if offer is None or order is None:
        return None
    ids = offer.pool.product_ids
    return Personalised(tuple(ids[place] for place in order), "segment", personaliser.reader)

"""The stage between fusion and the page: the found products in the order of a shopper's taste."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shangsou.behaviour.history import History
from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters
from shangsou.search.fuse import Candidate
from shangsou.search.personal.past import past_products
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
    """The first of what was found, best first."""
    ranker: str
    examined: Examined = field(repr=False)
    reader: TraitReader = field(repr=False)

    def why(self, shown: Sequence[str]) -> Mapping[str, str]:
        """Return why products of a page moved up, for those where it can be said in words."""
        return reasons(self.examined, self.product_ids, tuple(shown), self.reader)


def personalise(
    fused: Fused, engine: Engine, recipe: RankingRecipe, history: History, personaliser: Personaliser
) -> Personalised | None:
    """Return the found products in the order for a shopper; None leaves the plain order as it is.

    That is so with an impact of 0, for shoppers of whom nothing is known, and where nothing was found.
    Raises `EngineUnavailable` as the engine does.
    """
    if not recipe.personal_impact or not history.events or not fused.query_text:
        return None
    probe, candidates = fused.probe, fused.candidates
    pool = retrieve_pool(probe, fused.filters, candidates, engine, recipe.personal_candidates)
    offer = look_at(pool, fused.query_text, personaliser.reader)
    if offer is None:
        return None
    past = past_products(history.events, history.session_id)
    examined = examine(offer, probe.vector, past, personaliser)
    order = rank(examined, personaliser.ranker, recipe.personal_impact)
    # Behind the pool go the fused candidates that are not in it: it may be the shorter list.
    ranked = set(order)
    rest = [one.product_id for one in candidates if one.product_id not in ranked]
    return Personalised((*order, *rest), personaliser.ranker.name, examined, personaliser.reader)

"""The interpretation of a search: its query understood, with vector, product types and facts."""

import logging
from dataclasses import dataclass, replace

from shangsou.degradation import Degradation
from shangsou.encoding.encoder import Encoder
from shangsou.engines.engine import Engine
from shangsou.engines.query import CandidateSet, Exclusion, Filters, Vector
from shangsou.errors import EncoderUnavailable
from shangsou.search.context import SearchContext
from shangsou.search.filter_spellings import add_spellings
from shangsou.search.ranking.price_levels import PriceRange, find_price_quarter
from shangsou.search.request import SearchRequest
from shangsou.search.understanding.constraints import has_price
from shangsou.search.understanding.excluded_facts import exclude_fact
from shangsou.search.understanding.facts import NO_FACTS, NO_SYNONYMS, AskedFacts, find_facts
from shangsou.search.understanding.lexical_query import require_only
from shangsou.search.understanding.product_types import AskedTypes, find_product_types
from shangsou.search.understanding.understand import ParsedQuery, drop_order, drop_prices, understand

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a search asks for."""

    query: ParsedQuery
    filters: Filters
    """Those of the request and those in its words: limits, and that hard facts are not contradicted."""
    vector: Vector | None
    """None where there is none: in a lexical search, and when the encoder failed."""
    types: AskedTypes
    facts: AskedFacts
    is_browsing: bool
    """Whether it says nothing to look for: then everything within the filters is found."""
    preferred_prices: PriceRange | None = None
    """Prices that come first, as those of the cheapest quarter for `便宜的手机`."""
    degraded: tuple[Degradation, ...] = ()

    @property
    def matches_all(self) -> bool:
        """Whether everything within the filters matches.

        Also where a query of no known type says facts alone, as `耐克 42码`, or a code that products have.
        """
        says_enough = self.facts.is_all or any(
            asked.fact.kind == "code" and asked.must_hold and asked.fact.held_by for asked in self.facts.facts
        )
        return self.is_browsing or (says_enough and self.types.condition is None)


def interpret(request: SearchRequest, context: SearchContext) -> Interpretation:
    """Return what a search asks for.

    Raises
    ------
    EngineUnavailable
        When the engine cannot be asked what its products state.
    """
    query = understand(
        request.query, context.recipe, context.lexicon, context.segmenter, correct=request.correct
    )
    if has_price(request.filters):
        query = drop_prices(query)
    if request.sort != "relevance":
        query = drop_order(query)
    # Other spellings would be those of all products.
    spelled = request.filters if request.within else add_spellings(request.filters, context.lexicon)
    filters = spelled.intersect(query.filters)
    # Limits alone, as `100元以下`, say nothing to look for.
    is_browsing = not query.text and (query.filters != Filters() or not request.query.strip())
    vector, degraded = _encode(request, query, context.encoder)
    query, types = find_product_types(query, vector, context.recipe, context.lexicon)
    facts = _find_facts(request, query, types, context)
    if facts.code_is_of_other_type:
        # Who types a code means that product, whatever else he calls it.
        types = types._replace(condition=None)
    understood = replace(query.understood, facts=tuple(asked.fact for asked in facts.facts))
    lexical = query.lexical if types.condition else require_only(query.lexical, facts.rest, context.segmenter)
    asked = Interpretation(
        query=replace(query, lexical=lexical, understood=understood),
        filters=replace(
            filters, facts=facts.conditions, exclusions=_find_exclusions(filters, types, context)
        ),
        vector=vector,
        types=types,
        facts=facts,
        is_browsing=is_browsing,
        degraded=degraded,
    )
    return replace(asked, preferred_prices=_find_preferred_prices(asked, context.engine))


def _find_facts(
    request: SearchRequest, query: ParsedQuery, types: AskedTypes, context: SearchContext
) -> AskedFacts:
    vocabulary = context.lexicon.facts if context.lexicon else None
    if vocabulary is None or "facts" not in context.recipe.understanding or not query.text:
        return NO_FACTS
    names = [prediction.name for prediction in query.understood.product_types]
    # Few queries hold a phrase that has synonyms.
    synonyms = context.recipe.synonym_dictionary if query.rewordings else NO_SYNONYMS
    return find_facts(query.text, names, types, vocabulary, context.engine, request.ignore, synonyms)


def _find_exclusions(filters: Filters, types: AskedTypes, context: SearchContext) -> tuple[Exclusion, ...]:
    """Return the exclusions, by facts where the shop knows them as such."""
    vocabulary = context.lexicon.facts if context.lexicon else None
    if vocabulary is None or "facts" not in context.recipe.understanding:
        return filters.exclusions
    return tuple(
        exclude_fact(exclusion, types.condition, vocabulary, context.engine)
        for exclusion in filters.exclusions
    )


def _find_preferred_prices(asked: Interpretation, engine: Engine) -> PriceRange | None:
    level = asked.query.price_level
    if level is None:
        return None
    # Of what is of the types, or else holds the words.
    matches = CandidateSet(
        asked.filters,
        asked.query.lexical,
        types=asked.types.condition,
        match_all=asked.matches_all,
        collapse=False,
    )
    return find_price_quarter(level, matches, engine)


def _encode(
    request: SearchRequest, query: ParsedQuery, encoder: Encoder | None
) -> tuple[Vector | None, tuple[Degradation, ...]]:
    # An emoji alone has no meaning for the encoder: it would be near anything.
    if request.mode == "lexical" or not any(map(str.isalnum, query.text)):
        return None, ()
    if encoder is None:
        return None, (Degradation("encoder", "not available; found by words alone"),)
    try:
        return encoder.encode([query.meaning])[0], ()
    except EncoderUnavailable as reason:
        # The message may name folders, so it goes to the log only.
        log.warning("found by words alone: %s", reason)
        return None, (Degradation("encoder", reason.public),)

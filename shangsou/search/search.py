"""One search: understand, retrieve, fuse, collect, respond."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from shangsou.behaviour.history import NO_HISTORY, History, new_query_id
from shangsou.encoding.encoder import Encoder
from shangsou.engines.engine import Engine
from shangsou.engines.query import Collected, Filters, Page, Sort, Vector
from shangsou.errors import EncoderUnavailable
from shangsou.lexicon.lexicon import Lexicon
from shangsou.product import Product
from shangsou.search.constraints import has_price, narrowed
from shangsou.search.facets import facet_requests, shape_facets
from shangsou.search.finding import Finding, collect, find, widened
from shangsou.search.fuse import Candidate
from shangsou.search.highlight import highlighter
from shangsou.search.personal.personalise import Fused, Personalised, personalise, pool_depth
from shangsou.search.personal.rerank import Personaliser
from shangsou.search.ranking import RankingRecipe
from shangsou.search.relax import shorten
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchHit, SearchResponse, filters_to_json
from shangsou.search.understand import Query, relaxed, understand, without_prices


class _Parts(NamedTuple):
    """What a search works with."""

    engine: Engine
    encoder: Encoder | None
    recipe: RankingRecipe
    lexicon: Lexicon | None
    history: History
    personaliser: Personaliser | None


class _Outcome(NamedTuple):
    """What a search found, and where it comes from."""

    query: Query
    finding: Finding
    collected: Collected
    personal: Personalised | None = None


def search(  # noqa: PLR0913 - what a search needs, and what it may have
    request: SearchRequest,
    engine: Engine,
    encoder: Encoder | None,
    recipe: RankingRecipe,
    lexicon: Lexicon | None = None,
    *,
    history: History = NO_HISTORY,
    personaliser: Personaliser | None = None,
) -> SearchResponse:
    """Return what a search found.

    Parameters
    ----------
    request
        Validated.
    engine
        One generation; both round trips of the search go to it.
    encoder
        None where it could not be opened: the search goes on without vectors and says so.
    recipe
        The ranking recipe of this search.
    lexicon
        None where none was built with the index: what needs one to understand a query is left out.
    history
        What the shopper did; empty for a stranger.
    personaliser
        Re-ranks by the history; None leaves the order as it is.

    Raises
    ------
    EngineUnavailable
        When the engine cannot be reached.
    """
    started = time.perf_counter()
    parts = _Parts(engine, encoder, recipe, lexicon, history, personaliser)
    response = _search(request, parts)
    if response.total == 0 and response.correction is not None and response.correction.applied:
        as_typed = _search(replace(request, correct=False), parts)
        response = as_typed if as_typed.total else response
    return replace(response, took_ms=round(1000 * (time.perf_counter() - started), 2))


def _search(request: SearchRequest, parts: _Parts) -> SearchResponse:
    query = understand(request.query, parts.recipe, parts.lexicon, correct=request.correct)
    if has_price(request.filters):
        query = without_prices(query)
    request = replace(request, filters=narrowed(request.filters, query.filters))
    # Limits alone, as `100元以下`, say nothing to look for: everything within them is found.
    browsing = not query.text and (query.filters != Filters() or not request.query.strip())
    vector, degraded = _encode(request, query, parts.encoder)
    page = Page(_sort(request, browsing), (request.page - 1) * request.size, request.size)
    # Sorted by price, sales or date, nothing is re-ranked.
    personaliser = parts.personaliser if page.sort == "relevance" else None
    finding = find(
        request,
        query,
        vector,
        parts.engine,
        parts.recipe,
        browsing=browsing,
        strict_depth=pool_depth(parts.recipe, parts.history) if personaliser is not None else 0,
    )
    personal = None
    if personaliser is not None:
        fused = Fused(query.text, vector, finding.candidates[request.filters], finding.strict)
        personal = personalise(fused, parts.recipe, parts.history, personaliser)
    order = None if personal is None else personal.product_ids
    outcome = _Outcome(query, finding, collect(request, finding, page, parts.engine, order), personal)
    if query.text and "relaxation" in parts.recipe.understanding:
        outcome = _relaxed(request, page, outcome, parts)
    query, finding, collected, personal = outcome
    return SearchResponse(
        query_id=request.query_id or new_query_id(),
        total=collected.total,
        hits=_hits(request, outcome, parts.engine),
        facets=shape_facets(dict(zip(facet_requests(request), collected.facets, strict=True))),
        understood=query.understood,
        applied=_applied(request, page.sort, parts)
        | ({"ranker": personal.ranker} if personal is not None else {}),
        degraded=degraded,
        took_ms=0.0,
        correction=query.correction,
    )


def _relaxed(request: SearchRequest, page: Page, outcome: _Outcome, parts: _Parts) -> _Outcome:
    """Return a search that found too little, without the words that keep it from finding more.

    One that finds no more without them stays as it is. Filters stay in any case, those in words too: what
    is dearer than asked for is nothing that was asked for.
    """
    query, finding, collected, _ = outcome
    recipe, lexicon = parts.recipe, parts.lexicon
    if collected.total >= recipe.relax_below:
        return outcome
    everything = Page("relevance", 0, collected.total)
    first = parts.engine.collect(finding.found(request.filters), everything, []).products
    for shorter in shorten(query.text, query.understood.words, query.understood.entities, lexicon):
        rest = understand(shorter.text, recipe, lexicon, correct=False)
        vector, _ = _encode(request, rest, parts.encoder)
        further = find(request, rest, vector, parts.engine, recipe)
        wider = widened(finding, further, [product.product_id for product in first], request.filters)
        wider_collected = collect(request, wider, page, parts.engine)
        if wider_collected.total > outcome.collected.total:
            outcome = _Outcome(relaxed(query, shorter.dropped, rest.text), wider, wider_collected)
        if outcome.collected.total >= recipe.relax_below:
            break
    return outcome


def _encode(
    request: SearchRequest, query: Query, encoder: Encoder | None
) -> tuple[Vector | None, tuple[str, ...]]:
    # An emoji alone has no meaning for the encoder: it would be near anything.
    if request.mode == "lexical" or not any(map(str.isalnum, query.text)):
        return None, ()
    if encoder is None:
        return None, ("encoder: not available; found by words alone",)
    try:
        return encoder.encode([query.text])[0], ()
    except EncoderUnavailable as reason:
        return None, (f"encoder: {reason}",)


def _hits(request: SearchRequest, outcome: _Outcome, engine: Engine) -> tuple[SearchHit, ...]:
    query, finding, collected, personal = outcome
    products = collected.products
    by_id = {candidate.product_id: candidate for candidate in finding.candidates[request.filters]}
    fields = _field_scores(query, products, engine) if request.explain and query.text else {}
    why = {} if personal is None else personal.why([product.product_id for product in products])
    mark = highlighter(query)
    return tuple(
        SearchHit(
            product=product,
            score=by_id[product.product_id].score if product.product_id in by_id else 0.0,
            highlight=mark(product),
            explain=_explain(by_id.get(product.product_id), fields.get(product.product_id, {}))
            if request.explain
            else None,
            why=why.get(product.product_id, ""),
        )
        for product in products
    )


def _field_scores(
    query: Query, products: Sequence[Product], engine: Engine
) -> dict[str, Mapping[str, float]]:
    """Return the scores of the fields, for each product by the way to say the query that suits it best."""
    best: dict[str, Mapping[str, float]] = {}
    for variant in query.lexical.variants:
        for product_id, scores in engine.lexical_parts(variant, [p.product_id for p in products]).items():
            if product_id not in best or sum(scores.values()) > sum(best[product_id].values()):
                best[product_id] = scores
    return best


def _explain(candidate: Candidate | None, fields: Mapping[str, float]) -> dict[str, object]:
    """Return every part of a score. A product that matched outside the candidates scores 0."""
    explanation: dict[str, object] = {}
    if candidate is not None:
        for leg, part in (("lexical", candidate.lexical), ("semantic", candidate.semantic)):
            if part is not None:
                explanation[leg] = part._asdict() | {"contribution": part.contribution}
        if candidate.damping != 1:
            explanation["filed elsewhere"] = {"factor": candidate.damping}
    return explanation | {"fields": dict(fields)}


def _sort(request: SearchRequest, browsing: bool) -> Sort:
    """Return the order asked for; browsing has no relevance and goes by sales."""
    return "sales" if browsing and request.sort == "relevance" else request.sort


def _applied(request: SearchRequest, sort: Sort, parts: _Parts) -> dict[str, object]:
    return {
        "mode": request.mode,
        "sort": sort,
        "page": request.page,
        "size": request.size,
        "filters": filters_to_json(request.filters),
        "generation": parts.engine.generation.name,
        "ranking": parts.recipe.version,
        "history": len(parts.history.events),
    }

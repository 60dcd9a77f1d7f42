"""One search: understand, retrieve, fuse, collect, respond."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shangsou.behaviour.history import NO_HISTORY, History, new_query_id
from shangsou.encoding.encoder import Encoder
from shangsou.engines.engine import Engine
from shangsou.engines.query import FacetRequest, Filters, Found, Page, Sort, Vector
from shangsou.errors import EncoderUnavailable
from shangsou.product import Product
from shangsou.search.constraints import has_price, narrowed
from shangsou.search.facets import facet_requests, shape_facets
from shangsou.search.fuse import Candidate
from shangsou.search.highlight import highlighter
from shangsou.search.personal.personalise import Fused, personalise
from shangsou.search.personal.rerank import Personaliser
from shangsou.search.ranking import RankingRecipe
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchHit, SearchResponse, filters_to_json
from shangsou.search.retrieve import Probe, retrieve
from shangsou.search.understand import Query, understand, without_prices


def search(  # noqa: PLR0913 - the shopper's two come beside what every search needs
    request: SearchRequest,
    engine: Engine,
    encoder: Encoder | None,
    recipe: RankingRecipe,
    history: History = NO_HISTORY,
    *,
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
    query = understand(request.query, recipe)
    if has_price(request.filters):
        query = without_prices(query)
    request = replace(request, filters=narrowed(request.filters, query.filters))
    # Limits alone, as `100元以下`, say nothing to look for: everything within them is found.
    browsing = not query.text and (query.filters != Filters() or not request.query.strip())
    vector, degraded = _encode(request, query, encoder)
    # Without a vector a semantic search, too, goes by words.
    by_words = bool(query.text) and (request.mode != "semantic" or vector is None)
    probe = Probe(query.lexical if by_words else None, vector)
    facets = facet_requests(request)
    candidates = retrieve(probe, [request.filters, *facets.values()], engine, recipe)

    found = {
        filters: Found(
            filters,
            probe.lexical,
            tuple(candidate.product_id for candidate in within),
            everything=browsing,
        )
        for filters, within in candidates.items()
    }
    personal = None
    if personaliser is not None and _sort(request, browsing) == "relevance":
        fused = Fused(probe, query.text, request.filters, candidates[request.filters])
        personal = personalise(fused, engine, recipe, history, personaliser)
    if personal is not None:
        # What was found stays as it is: these are among it already, only in another order.
        own = found[request.filters]
        found[request.filters] = replace(own, candidates=personal.product_ids)
    collected = engine.collect(
        found[request.filters],
        Page(_sort(request, browsing), (request.page - 1) * request.size, request.size),
        [FacetRequest(name, found[filters]) for name, filters in facets.items()],
    )
    hits = _hits(request, query, collected.products, candidates[request.filters], engine)
    if personal is not None:
        why = personal.why([hit.product.product_id for hit in hits])
        hits = tuple(hit._replace(why=why.get(hit.product.product_id, "")) for hit in hits)
    return SearchResponse(
        query_id=request.query_id or new_query_id(),
        total=collected.total,
        hits=hits,
        facets=shape_facets(dict(zip(facets, collected.facets, strict=True))),
        understood=query.understood,
        applied=_applied(request, _sort(request, browsing), engine, recipe)
        | {"history": len(history.events)}
        | ({"ranker": personal.ranker} if personal is not None else {}),
        degraded=degraded,
        took_ms=round(1000 * (time.perf_counter() - started), 2),
    )


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


def _hits(
    request: SearchRequest,
    query: Query,
    products: Sequence[Product],
    candidates: Sequence[Candidate],
    engine: Engine,
) -> tuple[SearchHit, ...]:
    by_id = {candidate.product_id: candidate for candidate in candidates}
    fields = _field_scores(query, products, engine) if request.explain and query.text else {}
    mark = highlighter(query)
    return tuple(
        SearchHit(
            product=product,
            score=by_id[product.product_id].score if product.product_id in by_id else 0.0,
            highlight=mark(product),
            explain=_explain(by_id.get(product.product_id), fields.get(product.product_id, {}))
            if request.explain
            else None,
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
    return explanation | {"fields": dict(fields)}


def _sort(request: SearchRequest, browsing: bool) -> Sort:
    """Return the order asked for; browsing has no relevance and goes by sales."""
    return "sales" if browsing and request.sort == "relevance" else request.sort


def _applied(request: SearchRequest, sort: Sort, engine: Engine, recipe: RankingRecipe) -> dict[str, object]:
    return {
        "mode": request.mode,
        "sort": sort,
        "page": request.page,
        "size": request.size,
        "filters": filters_to_json(request.filters),
        "generation": engine.generation.name,
        "ranking": recipe.version,
    }

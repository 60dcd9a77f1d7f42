"""One search: understand, retrieve, match, order, respond."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from shangsou.behaviour.history import new_query_id
from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, Page, ResultPage, Sort
from shangsou.product import Product
from shangsou.search.context import SearchContext
from shangsou.search.facets import shape_facets
from shangsou.search.highlight import make_highlighter, make_synonym_finder
from shangsou.search.interpretation import Interpretation, interpret
from shangsou.search.lack import Lack, MatchCheck
from shangsou.search.personal.personalize import FusionResult, PersonalizedRanking, personalize
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.related import explain_facts, fetch_related
from shangsou.search.request import SearchRequest
from shangsou.search.response import MAX_VARIANTS, RelatedHit, SearchHit, SearchResponse, filters_to_json
from shangsou.search.result_set import ResultSet, collect_candidates, fetch_page
from shangsou.search.understanding.understand import ParsedQuery
from shangsou.search.understood import Understood
from shangsou.search.why_not import check_match


class _SearchResult(NamedTuple):
    """A result page, and the query and result set that it comes from."""

    query: ParsedQuery
    result_set: ResultSet
    page: ResultPage
    personal: PersonalizedRanking | None = None


def search(request: SearchRequest, context: SearchContext) -> SearchResponse:
    """Return what a search found.

    Parameters
    ----------
    request
        Validated.
    context
        Its engine is one generation; both round trips of the search go to it.

    Raises
    ------
    EngineUnavailable
        When the engine cannot be reached.
    """
    started = time.perf_counter()
    response = _search(request, context)
    if response.total == 0 and response.correction is not None and response.correction.applied:
        as_typed = _search(replace(request, correct=False), context)
        response = as_typed if as_typed.total else response
    return replace(response, took_ms=round(1000 * (time.perf_counter() - started), 2))


def _search(request: SearchRequest, context: SearchContext) -> SearchResponse:
    asked = interpret(request, context)
    query = asked.query
    request = replace(request, filters=asked.filters)
    page = Page(
        _effective_sort(request, asked),
        (request.page - 1) * request.size,
        request.size,
        demoted=asked.facts.preferences,
        sold_out_last=context.recipe.sold_out_last,
    )
    method = context.rerank_method(query.text, page.sort)
    depth = context.recipe.personal_candidates if method == "history" else 0
    result_set = collect_candidates(request, asked, context, depth=depth)
    personal = None
    if method is not None and context.personalizer is not None:
        fused = FusionResult(
            query.text,
            [prediction.name for prediction in query.understood.product_types],
            asked.vector,
            result_set.matches,
            result_set.further_hits,
        )
        personal = personalize(fused, method, context.recipe, context.history, context.personalizer)
    order = None if personal is None else personal.product_ids
    result = _SearchResult(query, result_set, fetch_page(result_set, page, context.engine, order), personal)
    return SearchResponse(
        query_id=request.query_id or new_query_id(),
        total=result.page.total,
        hits=_make_hits(request, result, context),
        related=_make_related(request, result, context),
        facets=shape_facets(
            dict(zip(result_set.facet_filters, result.page.facets, strict=True)),
            asked.facts.asks_for_attribute,
            context.fact_table,
        ),
        understood=_seen_understanding(result.query.understood, request.within),
        applied=_applied_options(request, page.sort, result, context),
        degraded=asked.degraded,
        took_ms=0.0,
        correction=result.query.correction,
        match_check=_check_match(request, result, context) if request.explain_id else None,
    )


def _make_hits(
    request: SearchRequest, result: _SearchResult, context: SearchContext
) -> tuple[SearchHit, ...]:
    query, result_set, page, personal = result
    engine, table = context.engine, context.fact_table
    products = page.products
    by_id = {candidate.product_id: candidate for candidate in (*result_set.matches, *result_set.sold_out)}
    variants = _find_variants(request, products, engine)
    fields = _field_scores(query, products, engine) if request.explain and query.text else {}
    asked = result_set.retrieval_query.facts
    facts = explain_facts(products, asked, engine, table) if request.explain else {}
    why = {} if personal is None else personal.explain([product.product_id for product in products])
    highlight = make_highlighter(query, table)
    reached_by = make_synonym_finder(query)
    return tuple(
        SearchHit(
            product=product,
            score=by_id[product.product_id].score if product.product_id in by_id else 0.0,
            highlight=highlight(product),
            explain=_explain(by_id.get(product.product_id), fields.get(product.product_id, {}))
            | {"facts": facts.get(product.product_id, [])}
            if request.explain
            else None,
            reached_by=reached_by(product),
            why=why.get(product.product_id, ""),
            variants=variants.get(product.product_id, ()),
        )
        for product in products
    )


def _find_variants(
    request: SearchRequest, products: Sequence[Product], engine: Engine
) -> Mapping[str, Sequence[Product]]:
    grouped = [product.product_id for product in products if product.group_id]
    return engine.variants(grouped, MAX_VARIANTS) if request.collapse and grouped else {}


def _check_match(request: SearchRequest, result: _SearchResult, context: SearchContext) -> MatchCheck:
    query = result.query
    check = check_match(
        request.explain_id, result.result_set, query.understood, context.engine, context.fact_table
    )
    return replace(check, lacks=_seen_lacks(check.lacks, query, request.within))


def _make_related(
    request: SearchRequest, result: _SearchResult, context: SearchContext
) -> tuple[RelatedHit, ...]:
    """Return what comes near, where the matches do not fill the first page."""
    query, result_set, page, _ = result
    if request.page > 1 or page.total >= request.size or not query.text:
        return ()
    highlight = make_highlighter(query, context.fact_table)
    # What holds all words in texts that weigh nothing matches, but no leg says so. All matches are here.
    found = {product.product_id for product in page.products}
    near = [candidate for candidate in result_set.related if candidate.product_id not in found]
    return tuple(
        RelatedHit(
            SearchHit(
                related.product,
                related.candidate.score,
                highlight(related.product),
                _explain(related.candidate, {}) if request.explain else None,
            ),
            _seen_lacks(related.lacks, query, request.within),
        )
        for related in fetch_related(
            near[: request.size - page.total],
            query.understood,
            result_set.retrieval_query.facts,
            context.engine,
            context.fact_table,
        )
    )


def _field_scores(
    query: ParsedQuery, products: Sequence[Product], engine: Engine
) -> dict[str, Mapping[str, float]]:
    """Return the scores of the fields, for each product by the way to say the query that suits it best."""
    best: dict[str, Mapping[str, float]] = {}
    for wording in query.lexical.wordings:
        for product_id, scores in engine.lexical_field_scores(
            wording, [p.product_id for p in products]
        ).items():
            if product_id not in best or sum(scores.values()) > sum(best[product_id].values()):
                best[product_id] = scores
    return best


def _explain(candidate: Candidate | None, fields: Mapping[str, float]) -> dict[str, object]:
    """Return every part of a score. A product that matched outside the candidates scores 0."""
    explanation: dict[str, object] = {}
    if candidate is not None:
        for leg, score_part in (("lexical", candidate.lexical), ("semantic", candidate.semantic)):
            if score_part is not None:
                explanation[leg] = score_part._asdict() | {"contribution": score_part.contribution}
        if candidate.fact_bonus:
            explanation["facts_held"] = {"contribution": candidate.fact_bonus}
        if candidate.type_bonus:
            explanation["product_type"] = {"contribution": candidate.type_bonus}
        if candidate.popularity_bonus:
            explanation["popularity"] = {"contribution": candidate.popularity_bonus}
        if candidate.price_bonus:
            explanation["price_level"] = {"contribution": candidate.price_bonus}
    return explanation | {"fields": dict(fields)}


def _seen_understanding(understood: Understood, within: Filters | None) -> Understood:
    """Return what of the interpretation tells nothing of products that the caller does not see.

    Kinds, categories and types are learnt from all products; facts are of those that hold them.
    """
    if within is None:
        return understood
    held = tuple(fact for fact in understood.facts if fact.held_by)
    return replace(understood, entities=(), categories=(), product_types=(), facts=held)


def _seen_lacks(lacks: tuple[Lack, ...], query: ParsedQuery, within: Filters | None) -> tuple[Lack, ...]:
    """Return what keeps a product from matching, without what names kinds of things of other shops."""
    if within is None or all(lack.kind == "product" or lack.kind.startswith("filter:") for lack in lacks):
        return lacks
    return (Lack("words", query.understood.normalized, None),)


def _effective_sort(request: SearchRequest, asked: Interpretation) -> Sort:
    """Return the order asked for, by the request or in words; browsing goes by sales, not by relevance."""
    if asked.query.sort is not None:
        return asked.query.sort
    return "sales" if asked.is_browsing and request.sort == "relevance" else request.sort


def _applied_options(
    request: SearchRequest, sort: Sort, result: _SearchResult, context: SearchContext
) -> dict[str, object]:
    applied: dict[str, object] = {
        "mode": request.mode,
        "sort": sort,
        "page": request.page,
        "size": request.size,
        "filters": filters_to_json(request.filters),
        "generation": context.engine.generation.name,
        "ranking": context.recipe.name,
        # How much somebody did is not for who sees a part of it.
        "history": 0 if request.within else len(context.history.events),
    }
    return applied if result.personal is None else applied | {"ranker": result.personal.ranker}

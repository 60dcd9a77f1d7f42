"""Why a product is no match of a search, for merchants and QA."""

from dataclasses import fields, replace

from shangsou.engines.engine import Engine
from shangsou.engines.query import Filters, LexicalLeg
from shangsou.search.lack import Lack, MatchCheck
from shangsou.search.related import find_lacks
from shangsou.search.response import filters_to_json
from shangsou.search.result_set import ResultSet
from shangsou.search.understood import Understood
from shangsou.text.facts import FactTable


def check_match(
    product_id: str, result_set: ResultSet, understood: Understood, engine: Engine, table: FactTable
) -> MatchCheck:
    """Return whether a product matches, and if not, the first reason why."""
    if not engine.passing([product_id], Filters()):
        return MatchCheck(product_id, False, (Lack("product", product_id, None),))
    chosen = replace(result_set.filters, facts=())
    if not engine.passing([product_id], chosen):
        return MatchCheck(product_id, False, _failed_filters(product_id, chosen, engine))
    passes = bool(engine.passing([product_id], result_set.filters))
    if passes and (result_set.match_all or _is_match(product_id, result_set, engine)):
        return MatchCheck(product_id, True, ())
    facts = result_set.retrieval_query.facts
    lacks = find_lacks(engine.products([product_id]), understood, facts, engine, table)
    return MatchCheck(product_id, False, lacks[product_id])


def _is_match(product_id: str, result_set: ResultSet, engine: Engine) -> bool:
    query = result_set.retrieval_query
    if any(candidate.product_id == product_id for candidate in result_set.matches):
        return True
    if query.types is not None:
        return bool(engine.passing([product_id], replace(result_set.filters, types=query.types)))
    if query.lexical is None:
        return False
    [hits] = engine.retrieve(
        [LexicalLeg(query.lexical, result_set.filters, 1, strict=True, ids=(product_id,))]
    )
    return bool(hits)


def _failed_filters(product_id: str, filters: Filters, engine: Engine) -> tuple[Lack, ...]:
    """Return the filters that a product does not pass, each by its own."""
    nothing = Filters()
    lacks = []
    for field in fields(Filters):
        value = getattr(filters, field.name)
        if value == getattr(nothing, field.name):
            continue
        alone = replace(nothing, **{field.name: value})
        if not engine.passing([product_id], alone):
            [(name, asked)] = filters_to_json(alone).items()
            lacks.append(Lack(f"filter:{name}", str(asked), None))
    return tuple(lacks)

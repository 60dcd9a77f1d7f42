"""The bodies that count a candidate set and facets over it: products, or groups by their documents."""

from collections.abc import Mapping, Sequence

from shangsou.engines.elastic.bodies import Body
from shangsou.engines.elastic.conditions import VARIANTS, Conditions
from shangsou.engines.elastic.facets import VARIANTS_KEYS, facet_aggregation, group_facet_aggregation
from shangsou.engines.query import CandidateSet


def count_body(
    candidate_set: CandidateSet, facets: Sequence[str], conditions: Conditions, groups: Mapping[str, str]
) -> Body:
    """Return the body that counts a candidate set and the facets with these names.

    Aggregations are named by position: names of facets may contain characters that theirs may not. `groups`
    are those of the candidates and the unranked, by product id.
    """
    if candidate_set.collapse and conditions.layout.has_variants:
        conditions = conditions.of_variants()
        passing = conditions.members(candidate_set, groups)
        query = {"nested": {"path": VARIANTS, "query": passing}}
        aggregations = _group_aggregations(facets, passing, conditions)
    else:
        query = conditions.members(candidate_set, groups)
        aggregations = {str(index): facet_aggregation(name, conditions) for index, name in enumerate(facets)}
    body: Body = {"size": 0, "track_total_hits": True, "query": query}
    return {**body, "aggs": aggregations} if aggregations else body


def _group_aggregations(facets: Sequence[str], passing: Body, conditions: Conditions) -> Body:
    """Return the aggregations over documents of groups.

    What all variants share is counted by the documents themselves. The rest is counted by the variants that
    pass, and from there by their groups.
    """
    shared, by_variant = {}, {}
    for index, name in enumerate(facets):
        if name in conditions.layout.shared_facets:
            shared[str(index)] = facet_aggregation(name, conditions)
        else:
            by_variant[str(index)] = group_facet_aggregation(name, conditions)
    if not by_variant:
        return shared
    variants, filtered = VARIANTS_KEYS
    passing_variants = {filtered: {"filter": passing, "aggs": by_variant}}
    return {**shared, variants: {"nested": {"path": VARIANTS}, "aggs": passing_variants}}

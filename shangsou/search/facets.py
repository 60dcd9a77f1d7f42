"""Facets of a search: which ones to count, each without its own filter, and their display form."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from shangsou.engines.query import ATTRIBUTE_SEPARATOR, FacetValue, Filters
from shangsou.search.amount_order import in_ascending_order
from shangsou.search.request import SearchRequest
from shangsou.text.facts import FactTable

# What the facet `attributes` opens into: the names that most of the found products carry, and of
# each the commonest values; as much as a page shows beside its results.
_ATTRIBUTE_NAMES = 8
_ATTRIBUTE_VALUES = 20
_OF_ATTRIBUTE = "attributes."


def facet_requests(request: SearchRequest) -> dict[str, Filters]:
    """Return each facet to count with the filters under which it is counted."""
    requests = {name: request.filters.without(name) for name in request.facets if name != "attributes"}
    if "attributes" in request.facets:
        requests["attributes"] = request.filters
        for name, _ in request.filters.attributes:
            requests[f"attributes.{name}"] = request.filters.without(f"attributes.{name}")
    return requests


def shape_facets(
    counted: Mapping[str, Sequence[FacetValue]], is_asked: Callable[[str], bool], table: FactTable
) -> dict[str, tuple[FacetValue, ...]]:
    """Return the facets as the response shows them: `attributes` opened into one facet for each name.

    Names that the query asks for come first, then those that most of the found products carry. Of each the
    commonest values are shown; those that are amounts as `table` reads them, the smallest first.
    """
    shaped = {name: tuple(values) for name, values in counted.items() if name != "attributes"}
    for name, values in _split_by_name(counted.get("attributes", ()), is_asked).items():
        shaped.setdefault(name, values)
    return {
        name: in_ascending_order(name.removeprefix(_OF_ATTRIBUTE), values, table)
        if name.startswith(_OF_ATTRIBUTE)
        else values
        for name, values in shaped.items()
    }


def _split_by_name(
    pairs: Sequence[FacetValue], is_asked: Callable[[str], bool]
) -> dict[str, tuple[FacetValue, ...]]:
    values_of: dict[str, list[tuple[str, int]]] = {}
    for pair in pairs:
        name, _, value = pair.value.partition(ATTRIBUTE_SEPARATOR)
        values_of.setdefault(name, []).append((value, pair.count))
    coverage = Counter({name: sum(count for _, count in values) for name, values in values_of.items()})
    return {
        f"attributes.{name}": tuple(FacetValue(*value) for value in values_of[name][:_ATTRIBUTE_VALUES])
        for name in sorted(coverage, key=lambda name: (not is_asked(name), -coverage[name]))[
            :_ATTRIBUTE_NAMES
        ]
    }

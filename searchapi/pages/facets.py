"""The filters beside the results, in an order that helps; `static/facets.js` shows the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from searchapi.pages.attribute_names import FIRST_NAMES, facet_names
from searchapi.pages.shop_state import ShopState, price_range
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.search.response_json import FacetValueJson

_SHOWN = 8
# Above the results: one line that a phone scrolls.
_QUICK_NAMES = 3
_QUICK_VALUES = 4
_ATTRIBUTE = "attributes."


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value of a facet: its address puts it into the filter or takes it out."""

    name: str
    count: int | None
    is_current: bool
    state: ShopState
    level: int = 0


class FacetGroup(NamedTuple):
    """The values of a facet."""

    title: str
    links: Sequence[FacetLink]


def facet_groups(state: ShopState, facets: Mapping[str, Sequence[FacetValueJson]]) -> list[FacetGroup]:
    """Return the groups of filters that have something to choose from."""
    names = facet_names(facets)
    names += [name for name in state.attributes if name not in names]
    groups = [
        FacetGroup("分类", _category_links(state, facets.get("category", ()))),
        FacetGroup("价格", _price_links(state, facets.get("price", ()))),
        FacetGroup("品牌", _choice_links(state, "brand", facets.get("brand", ()), state.brands)),
        *(
            FacetGroup(
                name,
                _choice_links(state, name, facets.get(_ATTRIBUTE + name, ()), state.attributes.get(name, ())),
            )
            for name in names
        ),
    ]
    return [group for group in groups if group.links]


def quick_groups(state: ShopState, facets: Mapping[str, Sequence[FacetValueJson]]) -> list[FacetGroup]:
    """Return the attributes that help most to narrow, with their commonest values in the facet's order."""
    names = [
        name for name in facet_names(facets) if name in FIRST_NAMES and len(facets[_ATTRIBUTE + name]) > 1
    ]
    return [
        FacetGroup(name, _quick_links(state, name, facets[_ATTRIBUTE + name]))
        for name in names[:_QUICK_NAMES]
    ]


def _quick_links(state: ShopState, name: str, values: Sequence[FacetValueJson]) -> list[FacetLink]:
    chosen = state.attributes.get(name, ())
    commonest = sorted(values, key=lambda value: -value["count"])[:_QUICK_VALUES]
    return [
        FacetLink(
            value["value"], value["count"], value["value"] in chosen, state.toggled(name, value["value"])
        )
        for value in values
        if value in commonest or value["value"] in chosen
    ]


def _category_links(state: ShopState, values: Sequence[FacetValueJson]) -> list[FacetLink]:
    """Return the top of the tree, and below it what lies under a chosen category."""
    roots = [value for value in values if CATEGORY_SEPARATOR not in value["value"]]
    is_open = set(state.categories) | ({roots[0]["value"]} if len(roots) == 1 else set())
    links = []
    for value in values:
        path = value["value"]
        parent = path.rpartition(CATEGORY_SEPARATOR)[0]
        if parent and not any(f"{chosen}>".startswith(f"{parent}>") for chosen in is_open):
            continue
        is_current = path in state.categories
        chosen = tuple(other for other in state.categories if other != path) if is_current else (path,)
        links.append(
            FacetLink(
                path.rpartition(CATEGORY_SEPARATOR)[2],
                value["count"],
                is_current,
                replace(state, categories=chosen, page=1),
                path.count(CATEGORY_SEPARATOR),
            )
        )
    return links


def _price_links(state: ShopState, values: Sequence[FacetValueJson]) -> list[FacetLink]:
    links = []
    for value in values:
        # A range ends before `to`, a filter with it.
        to_yuan = None if value["to"] is None else round(value["to"] * 100 - 1) / 100
        is_current = (state.price_from, state.price_to) == (value["from"], to_yuan)
        chosen = (None, None) if is_current else (value["from"], to_yuan)
        links.append(
            FacetLink(
                price_range(value["from"], value["to"]),
                value["count"],
                is_current,
                replace(state, price_from=chosen[0], price_to=chosen[1], page=1),
            )
        )
    return links


def _choice_links(
    state: ShopState, facet: str, values: Sequence[FacetValueJson], chosen: Sequence[str]
) -> list[FacetLink]:
    known = {value["value"] for value in values}
    missing = [
        FacetLink(value, None, True, state.toggled(facet, value)) for value in chosen if value not in known
    ]
    links = [
        FacetLink(
            value["value"], value["count"], value["value"] in chosen, state.toggled(facet, value["value"])
        )
        for value in values
    ]
    return [*missing, *(link for position, link in enumerate(links) if position < _SHOWN or link.is_current)]

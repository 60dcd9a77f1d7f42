"""The state of a search, as the address of the shop page holds it.

`static/state.js` reads and writes the same. The address uses the parameter names of `GET /v1/search`; what
makes no sense in it is left out.
"""

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple, get_args
from urllib.parse import quote_plus

from werkzeug.datastructures import MultiDict

from shangsou.engines.query import Sort
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.search.request import MAX_DEPTH

PAGE_SIZE = 24
"""Full rows in two, three and four columns."""
MAX_PAGE = MAX_DEPTH // PAGE_SIZE
FACETS = ("category", "brand", "price", "attributes")
# Above the API's 256, so that its answer can say that it cut the query.
_MAX_QUERY_LENGTH = 300
_ATTRIBUTE = "attr."
_PRICE = re.compile(r"\d{1,12}(\.\d{1,12})?")
_SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True, slots=True)
class ShopState:
    """What the address of the shop page asks for."""

    query: str = ""
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    price_from: float | None = None
    """In yuan, as `price_to`."""
    price_to: float | None = None
    in_stock: bool = False
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    correct: bool = True
    ignored: tuple[str, ...] = ()
    page: int = 1
    debug: bool = False
    """Whether the page shows what is no news to a shopper: times, and other words that were searched for."""

    def without_filters(self) -> "ShopState":
        """Return the state without filters; query and sort stay."""
        return replace(
            self,
            categories=(),
            brands=(),
            price_from=None,
            price_to=None,
            in_stock=False,
            attributes={},
            page=1,
        )

    def toggled(self, facet: str, value: str) -> "ShopState":
        """Return the state with a value put into a filter, `brand` or an attribute, or taken out."""
        if facet == "brand":
            return replace(self, brands=_flip(self.brands, value), page=1)
        values = _flip(self.attributes.get(facet, ()), value)
        attributes = {**self.attributes, facet: values}
        return replace(
            self, attributes={name: values for name, values in attributes.items() if values}, page=1
        )

    @property
    def is_browsing(self) -> bool:
        """Whether neither a query nor a filter is set."""
        return not self.query and not active_filters(self)


class ActiveFilter(NamedTuple):
    """A filter in use, with the state without it."""

    name: str
    value: str
    without: ShopState


def read_state(arguments: MultiDict[str, str]) -> ShopState:
    """Return the state that an address describes."""
    attributes: dict[str, tuple[str, ...]] = {}
    for name, values in arguments.lists():
        attribute = name.removeprefix(_ATTRIBUTE) if name.startswith(_ATTRIBUTE) else ""
        if attribute and any(values):
            attributes[attribute] = _distinct(values)
    price_from, price_to = _read_price(arguments.get("price_gte")), _read_price(arguments.get("price_lte"))
    if price_from is not None and price_to is not None and price_from > price_to:
        price_from, price_to = price_to, price_from
    sort = arguments.get("sort", "")
    page = arguments.get("page", "")
    return ShopState(
        query=arguments.get("q", "").strip()[:_MAX_QUERY_LENGTH],
        categories=_distinct(arguments.getlist("category")),
        brands=_distinct(arguments.getlist("brand")),
        price_from=price_from,
        price_to=price_to,
        in_stock=arguments.get("in_stock") == "true",
        attributes=attributes,
        sort=sort if sort in _SORTS else "relevance",
        correct=arguments.get("correct") != "false",
        ignored=_distinct(arguments.getlist("ignore")),
        page=min(max(int(page), 1), MAX_PAGE) if re.fullmatch(r"[0-9]{1,9}", page) else 1,
        debug="debug" in arguments,
    )


def address(state: ShopState) -> str:
    """Return the address of a state."""
    prices = (("price_gte", state.price_from), ("price_lte", state.price_to))
    pairs = [
        *([("q", state.query)] if state.query else []),
        *(("category", category) for category in state.categories),
        *(("brand", brand) for brand in state.brands),
        *((name, yuan_text(yuan)) for name, yuan in prices if yuan is not None),
        *([("in_stock", "true")] if state.in_stock else []),
        *((_ATTRIBUTE + name, value) for name, values in state.attributes.items() for value in values),
        *([("sort", state.sort)] if state.sort != "relevance" else []),
        *([] if state.correct else [("correct", "false")]),
        *(("ignore", fact) for fact in state.ignored),
        *([("page", str(state.page))] if state.page > 1 else []),
        *([("debug", "")] if state.debug else []),
    ]
    return "/?" + "&".join(f"{_encode(name)}={_encode(value)}" for name, value in pairs) if pairs else "/"


def to_payload(state: ShopState) -> dict[str, object]:
    """Return the body of `POST /v1/search` for a state."""
    prices = {"gte": state.price_from, "lte": state.price_to}
    filters: dict[str, object] = {
        "category": list(state.categories),
        "brand": list(state.brands),
        "price": {name: yuan for name, yuan in prices.items() if yuan is not None},
        "in_stock": state.in_stock,
        "attributes": {name: list(values) for name, values in state.attributes.items()},
    }
    return {
        "query": state.query,
        "filters": {name: value for name, value in filters.items() if value},
        "facets": list(FACETS),
        "sort": state.sort,
        "page": state.page,
        "size": PAGE_SIZE,
        "correct": state.correct,
        "ignore": list(state.ignored),
    }


def active_filters(state: ShopState) -> list[ActiveFilter]:
    """Return the filters in use, in the order of the facets."""
    active = [
        ActiveFilter(
            "分类",
            path.split(CATEGORY_SEPARATOR)[-1],
            replace(state, categories=tuple(other for other in state.categories if other != path), page=1),
        )
        for path in state.categories
    ]
    if state.price_from is not None or state.price_to is not None:
        without = replace(state, price_from=None, price_to=None, page=1)
        active.append(ActiveFilter("价格", price_range(state.price_from, state.price_to), without))
    active += [ActiveFilter("品牌", brand, state.toggled("brand", brand)) for brand in state.brands]
    for name, values in state.attributes.items():
        active += [ActiveFilter(name, value, state.toggled(name, value)) for value in values]
    if state.in_stock:
        active.append(ActiveFilter("库存", "仅看有货", replace(state, in_stock=False, page=1)))
    return active


def price_range(from_yuan: float | None, to_yuan: float | None) -> str:
    """Return a price range in words; None is an open end."""
    if to_yuan is None:
        return f"¥{yuan_text(from_yuan or 0)} 以上"
    return f"¥{yuan_text(from_yuan)} – {yuan_text(to_yuan)}" if from_yuan else f"¥{yuan_text(to_yuan)} 以下"


def yuan_text(yuan: float) -> str:
    """Return a number as JavaScript writes it: `50` for 50.0."""
    return str(int(yuan)) if yuan == int(yuan) else str(yuan)


def _encode(text: str) -> str:
    # As URLSearchParams does, so that both write one address for one state.
    return quote_plus(text, safe="*", errors="replace").replace("~", "%7E")


def _read_price(text: str | None) -> float | None:
    found = _PRICE.fullmatch((text or "").strip())
    return round(float(found[0]), 2) if found else None


def _flip(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(other for other in values if other != value) if value in values else (*values, value)


def _distinct(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))

"""Expectations of the cases of a suite: conditions on products, counts, and facts of the query."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shangsou.product import Product
from shangsou.search.filter_values import MAX_PRICE_YUAN, parse_category_path, parse_price_limits
from shangsou.search.request import MAX_PAGE_SIZE
from shangsou.search.response import MAX_VARIANTS
from shangsou.search.understood import FactKind, QueryFact, fact_to_json
from shangsou.text.normalize import normalize


def as_list(value: object) -> object:
    """Wrap a single value in a list, so that a suite may omit the brackets."""
    return value if isinstance(value, list | tuple) else [value]


Texts = Annotated[tuple[str, ...], BeforeValidator(as_list), Field(min_length=1)]
_Yuan = Annotated[float, Field(ge=0, le=MAX_PRICE_YUAN)]


class StrictModel(BaseModel):
    """A part of a suite, of which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PriceRange(StrictModel):
    """A price range in yuan, both ends included."""

    gte: _Yuan | None = None
    lte: _Yuan | None = None

    @model_validator(mode="after")
    def _has_limit(self) -> "PriceRange":
        if self.gte is None and self.lte is None:
            raise ValueError("neither gte nor lte is given")
        if self.gte is not None and self.lte is not None and self.gte > self.lte:
            raise ValueError(f"gte {self.gte:g} is over lte {self.lte:g}")
        return self


# What suites of version 0.1 call the limits.
_FORMER_LIMITS = {"at_least": "gte", "at_most": "lte"}


class CountRange(StrictModel):
    """How many there must be, both limits included; written as a number where it is exact."""

    gte: Annotated[int, Field(ge=0)] = 0
    lte: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _accept_number(cls, value: object) -> object:
        if isinstance(value, dict):
            return {_FORMER_LIMITS.get(name, name): limit for name, limit in value.items()}
        # A YAML scalar is read as text.
        if re.fullmatch(r"[0-9]{1,9}", str(value)):
            return {"gte": value, "lte": value}
        raise ValueError("give a number, as 12, or limits, as {gte: 5, lte: 20}")

    @model_validator(mode="after")
    def _has_limit(self) -> "CountRange":
        if not self.model_fields_set:
            raise ValueError("neither gte nor lte is given")
        if self.lte is not None and self.gte > self.lte:
            raise ValueError(f"gte {self.gte} is over lte {self.lte}")
        return self

    def holds(self, count: int) -> bool:
        """Return whether a count lies between the limits."""
        return self.gte <= count and (self.lte is None or count <= self.lte)


class ProductCondition(StrictModel):
    """Conditions on a product: all must hold, each with any of its values."""

    id: Texts | None = None
    title: Texts | None = None
    """A text that the title contains, ignoring case, width and script."""
    brand: Texts | None = None
    """A text that the brand contains, ignoring the same."""
    category: Texts | None = None
    """A path from the root, such as `女装>裙装`, or the name of any level."""
    price: PriceRange | None = None
    in_stock: bool | None = None
    """True: in stock or unknown, as for the filter."""
    attributes: Mapping[str, Texts] = Field(default_factory=dict)
    variants: CountRange | None = None
    """How many variants of it are on sale, itself included: 1 for a single product. A hit shows up to 20."""
    at_least: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = 1
    """The minimum number of such products in the top; only below `find` and `related`."""

    @model_validator(mode="before")
    @classmethod
    def _accept_bare_id(cls, value: object) -> object:
        return {"id": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _has_condition(self) -> "ProductCondition":
        if not self.model_fields_set - {"at_least"}:
            raise ValueError("no condition is given; give one of id, title, brand, category, price, …")
        if self.variants is not None and self.variants.gte > MAX_VARIANTS:
            raise ValueError(f"no hit shows more than {MAX_VARIANTS} variants; give at most so many")
        return self

    def matches(self, product: Product, variants: int = 1) -> bool:
        """Return whether a product of so many variants meets all conditions."""
        return (
            (self.id is None or product.product_id in self.id)
            and _contains_any(product.title, self.title)
            and _contains_any(product.brand, self.brand)
            and (self.category is None or any(_is_in_category(product, path) for path in self.category))
            and (self.price is None or _is_in_price_range(product, self.price))
            and (self.in_stock is None or (product.stock != 0) == self.in_stock)
            and (self.variants is None or self.variants.holds(variants))
            and all(
                set(values) & set(product.attributes.get(name, ()))
                for name, values in self.attributes.items()
            )
        )

    def __str__(self) -> str:
        """Return the conditions as written in the suite, in a line."""
        conditions = self.model_dump(exclude_unset=True)
        return ", ".join(f"{name}: {_format_value(value)}" for name, value in conditions.items())

    @property
    def chinese(self) -> str:
        """The conditions in Chinese, for the page."""
        conditions = self.model_dump(exclude_unset=True, exclude={"at_least"})
        return "，".join(_chinese_condition(name, value) for name, value in conditions.items())


def _chinese_condition(name: str, value: Any) -> str:
    write = _CHINESE.get(name)
    return write(value) if write else f"{name} {_format_value(value)}"


def _chinese_price(limits: Mapping[str, float | None]) -> str:
    words = {"gte": "不低于", "lte": "不超过"}
    parts = [f"{words[name]} {limit:g} 元" for name, limit in limits.items() if limit is not None]
    return f"价格{'、'.join(parts)}"


def _quoted(values: Sequence[str]) -> str:
    return "或".join(f"“{value}”" for value in values)


_CHINESE: Mapping[str, Callable[[Any], str]] = {
    "id": lambda ids: f"商品 {' 或 '.join(ids)}",
    "title": lambda texts: f"标题含{_quoted(texts)}",
    "brand": lambda texts: f"品牌含{_quoted(texts)}",
    "category": lambda paths: f"类目{_quoted(paths)}",
    "price": _chinese_price,
    "in_stock": lambda is_wanted: "有货" if is_wanted else "缺货",
    "attributes": lambda attributes: "，".join(
        f"{name}为{_quoted(values)}" for name, values in attributes.items()
    ),
    "variants": lambda limits: f"规格数 {_format_value(limits)}",
}


class ExpectedFact(StrictModel):
    """A fact that a query is to be read as, by any of the keys that it has in the response."""

    id: str | None = None
    kind: FactKind | None = None
    value: str | None = None
    text: str | None = None
    hard: bool | None = None
    held_by: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _has_key(self) -> "ExpectedFact":
        if not self.model_fields_set:
            raise ValueError(
                f"nothing of the fact is given; give one of {', '.join(type(self).model_fields)}"
            )
        return self

    def matches(self, fact: QueryFact) -> bool:
        """Return whether a fact has all that is given."""
        shown = dict(fact_to_json(fact))
        return all(shown[key] == value for key, value in self._given().items())

    def __str__(self) -> str:
        """Return what is given as written in the suite, in a line."""
        return ", ".join(f"{key}: {_format_value(value)}" for key, value in self._given().items())

    def _given(self) -> dict[str, object]:
        return self.model_dump(exclude_unset=True)


def _contains_any(text: str, fragments: tuple[str, ...] | None) -> bool:
    return fragments is None or any(normalize(fragment) in normalize(text) for fragment in fragments)


def _is_in_category(product: Product, path: str) -> bool:
    levels = parse_category_path(path)
    return product.category[: len(levels)] == levels or (len(levels) == 1 and levels[0] in product.category)


def _is_in_price_range(product: Product, price: PriceRange) -> bool:
    from_fen, to_fen = parse_price_limits(price.gte, price.lte)
    fen = product.price_fen
    return fen is not None and (from_fen is None or fen >= from_fen) and (to_fen is None or fen <= to_fen)


def _format_value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_format_value(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return " | ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

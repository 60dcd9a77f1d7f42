"""Suites: expected and forbidden products for queries that a shop cares about, one YAML file each."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from relevance.suites.yaml_loader import StrictLoader
from shangsou.engines.query import Filters, Sort
from shangsou.errors import UnusableInput
from shangsou.product import Product
from shangsou.search.filter_values import MAX_PRICE_YUAN, parse_category_path, parse_price_limits
from shangsou.search.request import MAX_PAGE_SIZE, Mode, SearchRequest
from shangsou.text.normalize import normalize

# What a shopper sees without much scrolling, and the depth of the gated measure.
DEFAULT_TOP = 10


def _as_list(value: object) -> object:
    """Wrap a single value in a list, so that a suite may omit the brackets."""
    return value if isinstance(value, list | tuple) else [value]


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
_Yuan = Annotated[float, Field(ge=0, le=MAX_PRICE_YUAN)]


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PriceRange(_StrictModel):
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


class ProductCondition(_StrictModel):
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
        return self

    def matches(self, product: Product) -> bool:
        """Return whether a product meets all conditions."""
        return (
            (self.id is None or product.product_id in self.id)
            and _contains_any(product.title, self.title)
            and _contains_any(product.brand, self.brand)
            and (self.category is None or any(_is_in_category(product, path) for path in self.category))
            and (self.price is None or _is_in_price_range(product, self.price))
            and (self.in_stock is None or (product.stock != 0) == self.in_stock)
            and all(
                set(values) & set(product.attributes.get(name, ()))
                for name, values in self.attributes.items()
            )
        )

    def __str__(self) -> str:
        """Return the conditions as written in the suite, in a line."""
        conditions = self.model_dump(exclude_unset=True)
        return ", ".join(f"{name}: {_format_value(value)}" for name, value in conditions.items())


# What suites of version 0.1 call the limits of a total.
_FORMER_LIMITS = {"at_least": "gte", "at_most": "lte"}


class ExpectedTotal(_StrictModel):
    """How many products must match, both limits included; written as a number where it is exact."""

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
    def _has_limit(self) -> "ExpectedTotal":
        if not self.model_fields_set:
            raise ValueError("neither gte nor lte is given")
        if self.lte is not None and self.gte > self.lte:
            raise ValueError(f"gte {self.gte} is over lte {self.lte}")
        return self


class CaseFilters(_StrictModel):
    """The filters of a search, as over HTTP."""

    category: Texts | None = None
    brand: Texts | None = None
    price: PriceRange | None = None
    in_stock: bool | None = None
    attributes: Mapping[str, Texts] = Field(default_factory=dict)
    contains: Texts | None = None
    excludes: Texts | None = None

    def filters(self) -> Filters:
        """Return the filters of a search."""
        price = self.price or PriceRange.model_construct(gte=None, lte=None)
        from_fen, to_fen = parse_price_limits(price.gte, price.lte)
        return Filters(
            categories=tuple(parse_category_path(path) for path in self.category or ()),
            brands=self.brand or (),
            price_from_fen=from_fen,
            price_to_fen=to_fen,
            in_stock=self.in_stock,
            attributes=tuple(self.attributes.items()),
            contains=tuple(map(normalize, self.contains or ())),
            excludes=tuple(map(normalize, self.excludes or ())),
        )

    @model_validator(mode="after")
    def _check_filters(self) -> "CaseFilters":
        self.filters()  # raises ValueError for a path with an empty level
        return self


class CaseUser(_StrictModel):
    """The shopper that a search is personalized for."""

    user_id: str = ""
    session_id: str = ""

    @model_validator(mode="after")
    def _has_id(self) -> "CaseUser":
        if not (self.user_id or self.session_id):
            raise ValueError("neither user_id nor session_id is given")
        return self


_RelatedConditions = Annotated[tuple[ProductCondition, ...], BeforeValidator(_as_list), Field(min_length=1)]
_EXPECTATIONS = ("find", "first", "only", "avoid", "related", "not_related", "total", "steps")


class SuiteCase(_StrictModel):
    """One query with its expectations."""

    query: str
    description: str = ""
    tags: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    must: bool = True
    """False: a failure is reported, and does not fail the suite."""
    known_failure: str = ""
    """The reason why this case fails for now. Once it passes, it fails the suite until this is removed."""
    top: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = DEFAULT_TOP
    """The number of products checked, from the first."""
    find: Annotated[tuple[ProductCondition, ...], BeforeValidator(_as_list)] = ()
    """Each of these must be in the top."""
    first: ProductCondition | None = None
    """The first product must be one of these."""
    only: ProductCondition | None = None
    """Every product in the top must be one of these, and there must be at least one."""
    avoid: Annotated[tuple[ProductCondition, ...], BeforeValidator(_as_list)] = ()
    """None of these may be in the top."""
    related: _RelatedConditions = ()
    """Each of these must only come near; a search whose matches fill its top shows nothing that does."""
    not_related: _RelatedConditions = ()
    """None of these may be there."""
    total: ExpectedTotal | None = None
    """The number of matches, those beyond the top too."""
    steps: Mapping[str, str] = Field(default_factory=dict)
    """Steps of query understanding, by name, each with a text that its result must contain."""
    filters: CaseFilters = CaseFilters()
    user: CaseUser | None = None
    """Without a user the search is not personalized."""
    sort: Sort = "relevance"
    mode: Mode = "hybrid"

    @model_validator(mode="after")
    def _has_expectation(self) -> "SuiteCase":
        if not any(getattr(self, name) for name in _EXPECTATIONS):
            raise ValueError(f"nothing is expected; give one of {', '.join(_EXPECTATIONS)}")
        return self

    def request(self) -> SearchRequest:
        """Return the search of this case."""
        return SearchRequest(
            self.query,
            filters=self.filters.filters(),
            sort=self.sort,
            mode=self.mode,
            size=self.top,
            personalize=self.user is not None,
            user_id=self.user.user_id if self.user else "",
            session_id=self.user.session_id if self.user else "",
        )


class Suite(_StrictModel):
    """A named list of cases."""

    name: str
    cases: Annotated[tuple[SuiteCase, ...], Field(min_length=1)]


def read_suite(path: Path) -> Suite:
    """Read a suite from a YAML file.

    Raises `UnusableInput` that names the file and the line or the case: invalid YAML, a duplicate key, an
    unknown field, an invalid value.
    """
    try:
        # Every scalar is read as text: product 00123 is not a number, and `no` is not false.
        payload = yaml.load(path.read_text("utf-8-sig"), Loader=StrictLoader)  # noqa: S506 - builds texts alone
    except UnicodeDecodeError:
        raise UnusableInput(f"{path} is no text in UTF-8; save it as UTF-8") from None
    except OSError as problem:
        raise UnusableInput(f"{path} cannot be read ({problem.strerror}); check the path") from None
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise UnusableInput(f"{path}:{line}: {problem.problem or problem.context}; fix the YAML") from None
    except yaml.YAMLError as problem:
        raise UnusableInput(f"{path}: {problem}") from None
    if not isinstance(payload, dict):
        raise UnusableInput(f"{path} is no suite; wanted are a name and a list of cases")
    try:
        return Suite.model_validate(payload)
    except ValidationError as problem:
        raise UnusableInput(
            "\n".join(_error_message(path, payload, error) for error in problem.errors())
        ) from None


def _error_message(path: Path, payload: dict[Any, Any], error: Any) -> str:
    location = list(error["loc"])
    where = f"{path}"
    if location[:1] == ["cases"] and len(location) > 1:
        case = payload["cases"][location[1]]
        query = f" ({case['query']})" if isinstance(case, dict) and "query" in case else ""
        where, location = f"{path}: case {location[1] + 1}{query}", location[2:]
    field = ".".join(map(str, location))
    message = error["msg"].removeprefix("Value error, ")
    shown_input = f" is {str(error['input'])[:80]!r}" if isinstance(error["input"], str | int | float) else ""
    return f"{where}: {field}{shown_input}: {message}" if field else f"{where}: {message}"


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
    if isinstance(value, float):
        return f"{value:g}"
    return " | ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

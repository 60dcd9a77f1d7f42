"""Suites: expected and forbidden products for queries that a shop cares about, one YAML file each."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, model_validator

from relevance.suites.expectations import (
    CountRange,
    ExpectedFact,
    PriceRange,
    ProductCondition,
    StrictModel,
    Texts,
    as_list,
)
from relevance.suites.yaml_loader import StrictLoader
from shangsou.engines.query import Exclusion, Filters, Sort
from shangsou.errors import UnusableInput
from shangsou.search.filter_values import parse_category_path, parse_price_limits
from shangsou.search.request import MAX_PAGE_SIZE, Mode, SearchRequest
from shangsou.text.normalize import normalize
from shangsou.validation_messages import explain_invalid

# What a shopper sees without much scrolling, and the depth of the gated measure.
DEFAULT_TOP = 10


class CaseFilters(StrictModel):
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
            exclusions=tuple(Exclusion(normalize(text)) for text in self.excludes or ()),
        )

    @model_validator(mode="after")
    def _check_filters(self) -> "CaseFilters":
        self.filters()  # raises ValueError for a path with an empty level
        return self


class CaseUser(StrictModel):
    """The shopper that a search is personalized for."""

    user_id: str = ""
    session_id: str = ""

    @model_validator(mode="after")
    def _has_id(self) -> "CaseUser":
        if not (self.user_id or self.session_id):
            raise ValueError("neither user_id nor session_id is given")
        return self


def _without_variants(conditions: tuple[ProductCondition, ...]) -> tuple[ProductCondition, ...]:
    if any(condition.variants is not None for condition in conditions):
        raise ValueError(
            "variants: only what matches shows its variants; expect them below find, first or only"
        )
    return conditions


_RelatedConditions = Annotated[
    tuple[ProductCondition, ...],
    BeforeValidator(as_list),
    Field(min_length=1),
    AfterValidator(_without_variants),
]
_EXPECTATIONS = (
    "find", "first", "only", "avoid", "distinct", "related", "not_related", "total", "steps", "facts",
)  # fmt: skip


class SuiteCase(StrictModel):
    """One query with its expectations."""

    query: str
    description: str = ""
    tags: Annotated[tuple[str, ...], BeforeValidator(as_list)] = ()
    must: bool = True
    """False: a failure is reported, and does not fail the suite."""
    known_failure: str = ""
    """The reason why this case fails for now. Once it passes, it fails the suite until this is removed."""
    top: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)] = DEFAULT_TOP
    """The number of products checked, from the first."""
    find: Annotated[tuple[ProductCondition, ...], BeforeValidator(as_list)] = ()
    """Each of these must be in the top."""
    first: ProductCondition | None = None
    """The first product must be one of these."""
    only: ProductCondition | None = None
    """Every product in the top must be one of these, and there must be at least one."""
    avoid: Annotated[tuple[ProductCondition, ...], BeforeValidator(as_list)] = ()
    """None of these may be in the top."""
    distinct: bool = False
    """No two products in the top may be variants of one."""
    related: _RelatedConditions = ()
    """Each of these must only come near; a search whose matches fill its top shows nothing that does."""
    not_related: _RelatedConditions = ()
    """None of these may be there."""
    total: CountRange | None = None
    """The number of matches, those beyond the top too."""
    steps: Mapping[str, str] = Field(default_factory=dict)
    """Steps of query understanding, by name, each with a text that its result must contain."""
    facts: Annotated[tuple[ExpectedFact, ...], BeforeValidator(as_list)] = ()
    """Each of these must be understood; none may be where it is given and empty."""
    filters: CaseFilters = CaseFilters()
    user: CaseUser | None = None
    """Without a user the search is not personalized."""
    sort: Sort = "relevance"
    mode: Mode = "hybrid"

    @model_validator(mode="after")
    def _has_expectation(self) -> "SuiteCase":
        if not (self.expects_facts or any(getattr(self, name) for name in _EXPECTATIONS)):
            raise ValueError(f"nothing is expected; give one of {', '.join(_EXPECTATIONS)}")
        return self

    @property
    def expects_facts(self) -> bool:
        """Whether anything is expected of the facts: also that there is none."""
        return "facts" in self.model_fields_set

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


class Suite(StrictModel):
    """A named list of cases."""

    name: str
    cases: Annotated[tuple[SuiteCase, ...], Field(min_length=1)]


def choose_cases(suite: Suite, tags: Collection[str], texts: Collection[str]) -> Suite:
    """Return a suite with the cases that have one of the tags and one of the texts; without either, all."""
    cases = [
        case
        for case in suite.cases
        if (not tags or set(tags) & set(case.tags))
        and (not texts or any(text in f"{case.query} {case.description}" for text in texts))
    ]
    return suite.model_copy(update={"cases": tuple(cases)})


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
            "\n".join(
                _error_message(path, payload, error)
                for error in problem.errors()
                # pydantic counts the valid ones alone, and the others have their own line.
                if not (error["type"] == "too_short" and error["input"])
            )
        ) from None


def _error_message(path: Path, payload: dict[Any, Any], error: Any) -> str:
    location = list(error["loc"])
    where = f"{path}"
    if location[:1] == ["cases"] and len(location) > 1:
        case = payload["cases"][location[1]]
        query = f" ({case['query']})" if isinstance(case, dict) and "query" in case else ""
        where, location = f"{path}: case {location[1] + 1}{query}", location[2:]
    field = ".".join(map(str, location))
    message = explain_invalid(error, _keys_beside(error["loc"]))
    if error["type"] == "missing":
        return f"{where}: {field} {message}"
    shown_input = f" is {str(error['input'])[:80]!r}" if isinstance(error["input"], str | int | float) else ""
    return f"{where}: {field}{shown_input}: {message}" if field else f"{where}: {message}"


def _keys_beside(location: Sequence[str | int]) -> list[str]:
    """Return the keys that there are where a key of a suite stands."""
    model: type[BaseModel] = Suite
    for step in location[:-1]:
        if isinstance(step, str) and step in model.model_fields:
            model = next(_models_in(model.model_fields[step].annotation), model)
    return list(model.model_fields)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation such as `tuple[SuiteCase, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)

"""Values in suites that the index does not hold: a case that names them checks nothing any more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from relevance.suites.expectations import ProductCondition
from relevance.suites.suite import Suite, SuiteCase
from shangsou.engines.query import Filters
from shangsou.errors import UnusableInput
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.search.filter_values import parse_category_path
from shangsou.text.normalize import normalize

if TYPE_CHECKING:
    from shangsou.lexicon.table import PhraseTable
    from shangsou.search.service.searcher import Searcher

# Ids asked for at once; Elasticsearch answers no more than 10,000 in one go.
_BATCH_SIZE = 1_000
_MAX_NAMED = 3
# Lines of values that the index lacks; of more, the index is another than the one meant.
_MAX_LINES = 20
# Of two characters one: brands are short.
_MIN_ALIKE = 0.5


class _Value(NamedTuple):
    """A value that a case names."""

    kind: str
    """`id`, `brand`, `category` or `attributes.NAME`."""
    text: str
    is_part: bool = False
    """Whether it may be a part of a brand, or one level of a category."""


def refuse_unknown(suites: Mapping[str, Suite], searcher: "Searcher", advice: str) -> None:
    """Raise `UnusableInput` that lists the values of suites, by file, that no product has, and the advice."""
    if searcher.generation() is None:
        # The first search says so.
        return
    lines = find_unknown(suites, searcher)
    if lines:
        more = [f"… and {len(lines) - _MAX_LINES} more"] if len(lines) > _MAX_LINES else []
        raise UnusableInput("\n".join([*lines[:_MAX_LINES], *more, advice]))


def find_unknown(suites: Mapping[str, Suite], searcher: "Searcher") -> list[str]:
    """Return a line for each value that no product has, with what may have been meant.

    Parameters
    ----------
    suites
        By file.
    searcher
        Over the index that is asked.
    """
    named = [
        (f"{file}: case {number} ({case.query})", value)
        for file, suite in suites.items()
        for number, case in enumerate(suite.cases, start=1)
        for value in dict.fromkeys(_values(case))
    ]
    unknown = _unknown(list(dict.fromkeys(value for _, value in named)), searcher)
    return [
        f"{where}: {value.kind} {value.text!r} is not in the index{unknown[value]}"
        for where, value in named
        if value in unknown
    ]


def _values(case: SuiteCase) -> Iterator[_Value]:
    for condition in _conditions(case):
        yield from (_Value("id", product_id) for product_id in condition.id or ())
        yield from (_Value("brand", brand, is_part=True) for brand in condition.brand or ())
        for path in condition.category or ():
            yield _Value("category", path, is_part=CATEGORY_SEPARATOR not in path)
        yield from _attribute_values(condition.attributes)
    yield from (_Value("brand", brand) for brand in case.filters.brand or ())
    yield from (_Value("category", path) for path in case.filters.category or ())
    yield from _attribute_values(case.filters.attributes)


def _conditions(case: SuiteCase) -> Iterable[ProductCondition]:
    alone = [condition for condition in (case.first, case.only) if condition is not None]
    return (*alone, *case.find, *case.avoid, *case.related, *case.not_related)


def _attribute_values(attributes: Mapping[str, Sequence[str]]) -> Iterator[_Value]:
    for name, values in attributes.items():
        yield from (_Value(f"attributes.{name}", value) for value in values)


def _unknown(values: Sequence[_Value], searcher: "Searcher") -> dict[_Value, str]:
    """Return the values that no product has, each with a hint that follows it."""
    ids = [value.text for value in values if value.kind == "id"]
    batches = (ids[start : start + _BATCH_SIZE] for start in range(0, len(ids), _BATCH_SIZE))
    stored = {product_id for batch in batches for product_id in searcher.stored(batch)}
    others = [value for value in values if value.kind != "id"]
    counts = dict(zip(others, searcher.context().engine.count(list(map(_filters, others))), strict=True))
    lexicon = searcher.lexicon()
    brands = _texts(lexicon.brands) if lexicon else []
    categories = _texts(lexicon.categories) if lexicon else []
    unknown = {}
    for value in values:
        if value.kind == "id":
            is_known, candidates = value.text in stored, []
        elif value.kind == "brand":
            is_part = value.is_part and any(normalize(value.text) in normalize(brand) for brand in brands)
            is_known, candidates = is_part or counts[value] > 0, brands
        elif value.kind == "category":
            levels = [level for path in categories for level in path.split(CATEGORY_SEPARATOR)]
            is_known = (value.is_part and value.text.strip() in levels) or counts[value] > 0
            candidates = [*categories, *levels] if value.is_part else categories
        else:
            is_known, candidates = counts[value] > 0, []
        if not is_known:
            unknown[value] = _hint(value.text, candidates)
    return unknown


def _filters(value: _Value) -> Filters:
    if value.kind == "brand":
        return Filters(brands=(value.text,))
    if value.kind == "category":
        return Filters(categories=(parse_category_path(value.text),))
    return Filters(attributes=((value.kind.removeprefix("attributes."), (value.text,)),))


def _texts(table: "PhraseTable") -> list[str]:
    return [table.phrase(row).text for row in range(len(table))]


def _hint(text: str, candidates: Sequence[str]) -> str:
    near = get_close_matches(text, list(dict.fromkeys(candidates)), _MAX_NAMED, _MIN_ALIKE)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""

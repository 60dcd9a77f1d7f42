"""Suites against a searcher: what each case asked for and did not get."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from relevance.evaluate import Searches
from relevance.suite import Case
from shangsou.product import Product
from shangsou.search.response import SearchResponse

Outcome = Literal["passed", "failed", "known failure", "fixed", "degraded"]
"""`fixed` is a known failure that passes."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case."""

    case: Case
    outcome: Outcome
    problems: tuple[str, ...]
    """What was expected and not so, a line each."""
    top: tuple[Product, ...]
    total: int
    took_ms: float

    @property
    def fails(self) -> bool:
        """Whether the suite fails by this."""
        return self.outcome in ("fixed", "degraded") or (self.outcome == "failed" and self.case.must)


def run_case(case: Case, searcher: Searches) -> Result:
    """Return what came of a case."""
    response = searcher.search(case.request())
    problems = tuple(_problems(case, response))
    outcome, problems = _judge(case, problems, response)
    return Result(
        case,
        outcome,
        problems,
        tuple(hit.product for hit in response.hits),
        response.total,
        response.took_ms,
    )


def _judge(
    case: Case, problems: tuple[str, ...], response: SearchResponse
) -> tuple[Outcome, tuple[str, ...]]:
    # Whatever else it shows, it does not show what the whole ranking does.
    if response.degraded:
        return "degraded", (*(f"degraded: {line}" for line in response.degraded), *problems)
    if not case.known_failure:
        return ("failed" if problems else "passed"), problems
    if problems:
        return "known failure", problems
    return "fixed", (f"passes now, take out its known_failure: {case.known_failure}",)


def _problems(case: Case, response: SearchResponse) -> Iterator[str]:
    top = [hit.product for hit in response.hits]
    yield from _missing(case, top)
    yield from _unwanted(case, top)
    if case.total is not None:
        least, most = case.total.at_least, case.total.at_most
        if response.total < least:
            yield f"{response.total:,} found, at least {least:,} should be"
        if most is not None and response.total > most:
            yield f"{response.total:,} found, at most {most:,} should be"
    made = {step.name: step.after for step in response.understood.steps}
    for name, text in case.steps.items():
        if text not in made.get(name, ""):
            yield f"step {name} made {made.get(name, 'nothing')!r}, should hold {text!r}"


def _missing(case: Case, top: Sequence[Product]) -> Iterator[str]:
    for wanted in case.find:
        count = sum(wanted.fits(product) for product in top)
        if count < wanted.at_least:
            yield f"{count} of the first {case.top} fit, {wanted.at_least} should: {wanted}"
    if case.first is not None and not (top and case.first.fits(top[0])):
        yield f"the first is {_name(top[:1])}, should be: {case.first}"


def _unwanted(case: Case, top: Sequence[Product]) -> Iterator[str]:
    if case.only is not None:
        others = [product for product in top if not case.only.fits(product)]
        if others or not top:
            yield f"{_name(others)} among the first {case.top}, where only these should be: {case.only}"
    for unwanted in case.avoid:
        found = [product for product in top if unwanted.fits(product)]
        if found:
            yield f"{_name(found)} among the first {case.top}, where none should be: {unwanted}"


def _name(products: Sequence[Product]) -> str:
    if not products:
        return "nothing"
    more = f" and {len(products) - 1} more" if len(products) > 1 else ""
    return f"{products[0].product_id} {products[0].title}{more}"

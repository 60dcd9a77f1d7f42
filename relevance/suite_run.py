"""Suites against a searcher: what each case asked for and did not get."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from relevance.evaluate import Searches
from relevance.suite import Case
from shangsou.product import Product
from shangsou.search.response import SearchResponse

Outcome = Literal["passed", "failed", "known failure", "fixed", "degraded"]
"""`fixed` is a known failure that passes."""


class Problem(NamedTuple):
    """What was expected and is not so."""

    text: str
    chinese: str
    """The same for readers of a page."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case."""

    case: Case
    outcome: Outcome
    problems: tuple[Problem, ...]
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
    case: Case, problems: tuple[Problem, ...], response: SearchResponse
) -> tuple[Outcome, tuple[Problem, ...]]:
    # Whatever else it shows, it does not show what the whole ranking does.
    if response.degraded:
        degraded = (Problem(f"degraded: {line}", f"搜索降级：{line}") for line in response.degraded)
        return "degraded", (*degraded, *problems)
    if not case.known_failure:
        return ("failed" if problems else "passed"), problems
    if problems:
        return "known failure", problems
    fixed = Problem(
        f"passes now, take out its known_failure: {case.known_failure}",
        f"现在通过了，请删去 known_failure：{case.known_failure}",
    )
    return "fixed", (fixed,)


def _problems(case: Case, response: SearchResponse) -> Iterator[Problem]:
    top = [hit.product for hit in response.hits]
    yield from _missing(case, top)
    yield from _unwanted(case, top)
    if case.total is not None:
        least, most = case.total.at_least, case.total.at_most
        found = response.total
        if found < least:
            yield Problem(
                f"{found:,} found, at least {least:,} should be", f"共 {found} 件，应至少 {least} 件"
            )
        if most is not None and found > most:
            yield Problem(f"{found:,} found, at most {most:,} should be", f"共 {found} 件，应至多 {most} 件")
    made = {step.name: step.after for step in response.understood.steps}
    for name, text in case.steps.items():
        if text not in made.get(name, ""):
            yield Problem(
                f"step {name} made {made.get(name, 'nothing')!r}, should hold {text!r}",
                f"查询理解步骤 {name} 得到“{made.get(name, '')}”，应含“{text}”",
            )


def _missing(case: Case, top: Sequence[Product]) -> Iterator[Problem]:
    for wanted in case.find:
        count = sum(wanted.fits(product) for product in top)
        if count < wanted.at_least:
            yield Problem(
                f"{count} of the first {case.top} fit, {wanted.at_least} should: {wanted}",
                f"前 {case.top} 位中有 {count} 件符合，应有 {wanted.at_least} 件：{wanted}",
            )
    if case.first is not None and not (top and case.first.fits(top[0])):
        yield Problem(
            f"the first is {_name(top[:1])}, should be: {case.first}",
            f"第一位应是 {case.first}；实际是 {_chinese_name(top[:1])}",
        )


def _unwanted(case: Case, top: Sequence[Product]) -> Iterator[Problem]:
    if case.only is not None:
        others = [product for product in top if not case.only.fits(product)]
        if others or not top:
            yield Problem(
                f"{_name(others)} among the first {case.top}, where only these should be: {case.only}",
                f"前 {case.top} 位应全是 {case.only}；实际有 {_chinese_name(others)}",
            )
    for unwanted in case.avoid:
        found = [product for product in top if unwanted.fits(product)]
        if found:
            yield Problem(
                f"{_name(found)} among the first {case.top}, where none should be: {unwanted}",
                f"前 {case.top} 位不应有 {unwanted}；却有 {_chinese_name(found)}",
            )


def _name(products: Sequence[Product]) -> str:
    if not products:
        return "nothing"
    more = f" and {len(products) - 1} more" if len(products) > 1 else ""
    return f"{products[0].product_id} {products[0].title}{more}"


def _chinese_name(products: Sequence[Product]) -> str:
    if not products:
        return "空结果"
    more = f" 等 {len(products)} 件" if len(products) > 1 else ""
    return f"{products[0].product_id} {products[0].title}{more}"

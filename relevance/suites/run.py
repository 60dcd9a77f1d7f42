"""Run suites against a searcher, and list the failed expectations of each case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from relevance.evaluation import SearchProvider
from relevance.reason import Reason
from relevance.suites.expectations import ProductCondition
from relevance.suites.suite import SuiteCase
from shangsou.product import Product
from shangsou.search.response import SearchHit, SearchResponse
from shangsou.search.understood import QueryFact

CaseOutcome = Literal["passed", "failed", "known failure", "fixed", "degraded"]
"""`fixed` is a known failure that passes."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of a case."""

    case: SuiteCase
    outcome: CaseOutcome
    problems: tuple[Reason, ...]
    top: tuple[Product, ...]
    total: int
    took_ms: float
    related: tuple[Product, ...] = ()
    """What only comes near, best first."""

    @property
    def fails(self) -> bool:
        """Whether this result fails the suite."""
        return self.outcome in ("fixed", "degraded") or (self.outcome == "failed" and self.case.must)


def run_case(case: SuiteCase, searcher: SearchProvider) -> CaseResult:
    """Run a case."""
    response = searcher.search(case.request())
    problems = tuple(_problems(case, response))
    outcome, problems = _classify(case, problems, response)
    return CaseResult(
        case,
        outcome,
        problems,
        tuple(hit.product for hit in response.hits),
        response.total,
        response.took_ms,
        tuple(related.hit.product for related in response.related),
    )


def _classify(
    case: SuiteCase, problems: tuple[Reason, ...], response: SearchResponse
) -> tuple[CaseOutcome, tuple[Reason, ...]]:
    # A degraded search does not show what the full ranking does.
    if response.degraded:
        degraded = (Reason(f"degraded: {part}", f"搜索降级：{part}") for part in response.degraded)
        return "degraded", (*degraded, *problems)
    if not case.known_failure:
        return ("failed" if problems else "passed"), problems
    if problems:
        return "known failure", problems
    fixed = Reason(
        f"passes now, take out its known_failure: {case.known_failure}",
        f"现在通过了，请删去 known_failure：{case.known_failure}",
    )
    return "fixed", (fixed,)


def _problems(case: SuiteCase, response: SearchResponse) -> Iterator[Reason]:
    top = response.hits
    yield from _missing_products(case, top)
    yield from _unexpected_products(case, top)
    if case.distinct:
        yield from _repeated_groups(case, top)
    yield from _wrong_related(case, [related.hit for related in response.related])
    yield from _wrong_total(case, response.total)
    yield from _wrong_facts(case, response.understood.facts)
    step_outputs = {step.name: step.after for step in response.understood.steps}
    for name, text in case.steps.items():
        if text not in step_outputs.get(name, ""):
            yield Reason(
                f"step {name} made {step_outputs.get(name, 'nothing')!r}, should hold {text!r}",
                f"查询理解步骤 {name} 得到“{step_outputs.get(name, '')}”，应含“{text}”",
            )


def _missing_products(case: SuiteCase, top: Sequence[SearchHit]) -> Iterator[Reason]:
    for condition in case.find:
        count = sum(_fits(condition, hit) for hit in top)
        if count < condition.at_least:
            yield Reason(
                f"{count} of the first {case.top} fit, {condition.at_least} should: {condition}",
                f"前 {case.top} 位中有 {count} 件符合，应有 {condition.at_least} 件：{condition.chinese}",
            )
    if case.first is not None and not (top and _fits(case.first, top[0])):
        yield Reason(
            f"the first is {_name(top[:1], top)}, should be: {case.first}",
            f"第一位应是{case.first.chinese}；实际是{_chinese_name(top[:1], top)}",
        )


def _unexpected_products(case: SuiteCase, top: Sequence[SearchHit]) -> Iterator[Reason]:
    if case.only is not None:
        others = [hit for hit in top if not _fits(case.only, hit)]
        if others or not top:
            yield Reason(
                f"{_name(others, top)} among the first {case.top}, where only these should be: {case.only}",
                f"前 {case.top} 位应全是{case.only.chinese}；实际有{_chinese_name(others, top)}",
            )
    for condition in case.avoid:
        matching = [hit for hit in top if _fits(condition, hit)]
        if matching:
            yield Reason(
                f"{_name(matching, top)} among the first {case.top}, where none should be: {condition}",
                f"前 {case.top} 位不应有{condition.chinese}；却有{_chinese_name(matching, top)}",
            )


def _repeated_groups(case: SuiteCase, top: Sequence[SearchHit]) -> Iterator[Reason]:
    by_group: dict[str, list[SearchHit]] = {}
    for hit in top:
        if hit.product.group_id:
            by_group.setdefault(hit.product.group_id, []).append(hit)
    for group, hits in by_group.items():
        if len(hits) > 1:
            yield Reason(
                f"{_name(hits, top)} among the first {case.top} are variants of one product, {group}",
                f"前 {case.top} 位中{_chinese_name(hits, top)}是同一商品 {group} 的不同规格",
            )


def _wrong_related(case: SuiteCase, related: Sequence[SearchHit]) -> Iterator[Reason]:
    for condition in case.related:
        count = sum(_fits(condition, hit) for hit in related)
        if count < condition.at_least:
            yield Reason(
                f"{count} of the {len(related)} related fit, {condition.at_least} should: {condition}",
                f"{len(related)} 件相关商品中有 {count} 件符合，应有 {condition.at_least} 件："
                f"{condition.chinese}",
            )
    for condition in case.not_related:
        matching = [hit for hit in related if _fits(condition, hit)]
        if matching:
            yield Reason(
                f"{_name(matching, related)} among the related, where none should be: {condition}",
                f"相关商品中不应有{condition.chinese}；却有{_chinese_name(matching, related)}",
            )


def _wrong_total(case: SuiteCase, total: int) -> Iterator[Reason]:
    if case.total is None:
        return
    minimum, maximum = case.total.gte, case.total.lte
    if minimum == maximum != total:
        yield Reason(f"{total:,} found, exactly {minimum:,} should be", f"共 {total} 件，应正好 {minimum} 件")
    elif total < minimum:
        yield Reason(
            f"{total:,} found, at least {minimum:,} should be", f"共 {total} 件，应至少 {minimum} 件"
        )
    elif maximum is not None and total > maximum:
        yield Reason(f"{total:,} found, at most {maximum:,} should be", f"共 {total} 件，应至多 {maximum} 件")


def _wrong_facts(case: SuiteCase, facts: Sequence[QueryFact]) -> Iterator[Reason]:
    understood = ", ".join(f"{fact.kind} {fact.value}" for fact in facts)
    for expected in case.facts:
        if not any(map(expected.matches, facts)):
            yield Reason(
                f"facts understood: {understood or 'none'}; one should be: {expected}",
                f"识别出的条件：{understood or '无'}；应有 {expected}",
            )
    if case.expects_facts and not case.facts and facts:
        yield Reason(
            f"facts understood: {understood}; there should be none", f"不应识别出条件；却有 {understood}"
        )


def _fits(condition: ProductCondition, hit: SearchHit) -> bool:
    return condition.matches(hit.product, max(1, len(hit.variants)))


def _name(hits: Sequence[SearchHit], shown: Sequence[SearchHit]) -> str:
    """Return the first of some hits with its place among those shown, and how many more there are."""
    if not hits:
        return "nothing"
    more = f" and {len(hits) - 1} more" if len(hits) > 1 else ""
    place = list(shown).index(hits[0]) + 1
    return f"{hits[0].product.product_id} {hits[0].product.title} (at {place}){more}"


def _chinese_name(hits: Sequence[SearchHit], shown: Sequence[SearchHit]) -> str:
    if not hits:
        return "空结果"
    more = f"等 {len(hits)} 件" if len(hits) > 1 else ""
    place = list(shown).index(hits[0]) + 1
    return f"第 {place} 位的 {hits[0].product.product_id} {hits[0].product.title}{more}"

"""Results of suites as JSON, for a terminal and for CI."""

from collections import Counter
from collections.abc import Mapping, Sequence

from relevance.history import Entry, latency
from relevance.provenance import Provenance
from relevance.reason import Reason
from relevance.reports.junit import JunitCase, junit_xml_of_suites
from relevance.reports.markdown import code, table
from relevance.suites.run import CaseOutcome, CaseResult
from shangsou.product import Product
from shangsou.text.plurals import quantity

# Hits shown for a failed case.
SHOWN_HITS = 5
Results = Mapping[str, Sequence[CaseResult]]
"""By the name of the suite."""

_SIGNS: Mapping[CaseOutcome, str] = {
    "passed": "✓",
    "failed": "✗",
    "known failure": "~",
    "fixed": "!",
    "degraded": "✗",
}


# Those that fail without anything wrong in what was found.
_OUTCOMES_IN_CHINESE = {"fixed": "已知问题已修复，请改用例", "degraded": "搜索有部分失效"}


def counts(results: Results) -> dict[str, int]:
    """Return the number of cases by outcome, with those that fail the suite as `failing`."""
    all_results = [result for suite in results.values() for result in suite]
    outcome_counts = Counter(result.outcome.replace(" ", "_") for result in all_results)
    return {
        "cases": len(all_results),
        "failing": sum(result.fails for result in all_results),
        **{outcome.replace(" ", "_"): outcome_counts[outcome.replace(" ", "_")] for outcome in _SIGNS},
    }


def suites_to_json(results: Results) -> dict[str, object]:
    """Return all results as plain JSON values."""
    return {
        **counts(results),
        "suites": [
            {"name": name, "cases": [_to_json(result) for result in suite]} for name, suite in results.items()
        ],
    }


def suites_text(results: Results) -> str:
    """Return the cases that did not pass, each with its hits, and a last line with the counts."""
    lines = []
    for name, suite in results.items():
        lines.append(name)
        for result in suite:
            if result.outcome == "passed":
                continue
            note = "" if result.case.must else "  (need not pass)"
            lines.append(f"  {_SIGNS[result.outcome]} {result.case.query}  {result.outcome}{note}")
            lines += [f"      {line}" for line in (*_reason(result), *_texts(result))]
            if result.outcome == "failed":
                lines += [f"      {rank}. {title}" for rank, title in enumerate(_titles(result), start=1)]
    return "\n".join([*lines, _summary(results)])


def suites_junit(results: Results) -> str:
    """Return JUnit XML: known failures and failing cases that need not pass are skipped."""
    return junit_xml_of_suites(
        [(name, [_junit(result) for result in suite]) for name, suite in results.items()]
    )


def suites_markdown(results: Results) -> str:
    """Return Markdown for a comment in CI."""
    rows = [
        [_SIGNS[result.outcome], code(name), code(result.case.query), "<br>".join(map(code, _texts(result)))]
        for name, suite in results.items()
        for result in suite
        if result.outcome not in ("passed", "known failure")
    ]
    parts = [f"### Suites: {_summary(results)}"]
    if rows:
        parts.append(table(["", "suite", "query", "what is wrong"], rows))
    return "\n\n".join(parts) + "\n"


def history_entry(results: Results, provenance: Provenance) -> Entry:
    """Return what a history keeps of suites: the share of cases that do not fail, of each."""
    every = [result for suite in results.values() for result in suite]
    shares = {
        name: {"passed": 1 - sum(result.fails for result in suite) / len(suite)}
        for name, suite in results.items()
        if suite
    }
    empty = sum(result.total == 0 for result in every) / len(every) if every else None
    failing = tuple(_failure(result) for result in every if result.fails)
    return Entry("suite", provenance, shares, empty, *latency([one.took_ms for one in every]), failing)


def _summary(results: Results) -> str:
    outcome_counts = counts(results)
    count_texts = [
        f"{outcome_counts[name.replace(' ', '_')]} {name}"
        for name in _SIGNS
        if outcome_counts[name.replace(" ", "_")]
    ]
    return f"{quantity(outcome_counts['cases'], 'case')}: {', '.join(count_texts)}"


def _junit(result: CaseResult) -> JunitCase:
    case = result.case
    name = f"{case.query} ({case.description})" if case.description else case.query
    problem_text = "\n".join(_texts(result))
    return JunitCase(
        name,
        seconds=result.took_ms / 1000,
        failure=problem_text if result.fails else "",
        skipped=(case.known_failure or f"need not pass: {problem_text}")
        if problem_text and not result.fails
        else "",
    )


def _reason(result: CaseResult) -> list[str]:
    return [f"known: {result.case.known_failure}"] if result.outcome == "known failure" else []


def _failure(result: CaseResult) -> Reason:
    """Return the query of a case that fails, and the first of what is wrong."""
    query = result.case.query
    if not result.problems:
        return Reason(
            f"{query}: {result.outcome}",
            f"{query}：{_OUTCOMES_IN_CHINESE.get(result.outcome, result.outcome)}",
        )
    return Reason(f"{query}: {result.problems[0].text}", f"{query}：{result.problems[0].chinese}")


def _texts(result: CaseResult) -> list[str]:
    return [problem.text for problem in result.problems]


def _titles(result: CaseResult) -> list[str]:
    return [f"{product.product_id} {product.title}" for product in result.top[:SHOWN_HITS]]


def _to_json(result: CaseResult) -> dict[str, object]:
    return {
        "query": result.case.query,
        "description": result.case.description,
        "tags": list(result.case.tags),
        "must": result.case.must,
        "known_failure": result.case.known_failure,
        "outcome": result.outcome,
        "fails": result.fails,
        "problems": _texts(result),
        "total": result.total,
        "top": [_product_to_json(product) for product in result.top],
        "related": [_product_to_json(product) for product in result.related],
        "took_ms": result.took_ms,
    }


def _product_to_json(product: Product) -> dict[str, str]:
    return {"product_id": product.product_id, "title": product.title}

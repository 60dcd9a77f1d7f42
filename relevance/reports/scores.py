"""Evaluation scores as JSON and as a table, with notes on what they leave out."""

from collections import Counter
from collections.abc import Mapping, Sequence

from relevance.errors import DegradedSearches, JudgementsOutdated
from relevance.evaluation import Evaluation, Scores, SetScores
from relevance.groups import ProductGroups
from relevance.judgements import Qrels, Query, has_relevant
from relevance.reason import Reason
from shangsou.text.plurals import listing, quantity
from shangsou.text.terminal import display_width

# Decimals in JSON: finer than any difference between two runs of 10,000 queries.
_JSON_DIGITS = 6
# Ids and reasons that a message lists before it just counts the rest.
_MAX_NAMED = 3


def scores_to_json(evaluation: Evaluation) -> dict[str, object]:
    """Return the scores as plain JSON values: `sets` by name, their `mean`, and `tags` if there are any.

    `left_out` counts the queries of a set without a relevant product, `degraded` the degraded searches; both
    are left out if 0.
    """
    scores = evaluation.scores
    payload: dict[str, object] = {
        "sets": {name: _set_to_json(set_scores) for name, set_scores in scores.sets.items()},
        "mean": _rounded(scores.mean),
    }
    if scores.tags:
        payload["tags"] = {name: _set_to_json(set_scores) for name, set_scores in scores.tags.items()}
    if evaluation.degraded:
        payload["degraded"] = len(evaluation.degraded)
    return payload


def queries_to_tsv(evaluation: Evaluation, queries: Sequence[Query]) -> str:
    """Return the values of each measured query as TSV with a header."""
    names = [measure.name for measure in evaluation.scores.measures]
    lines = ["\t".join(["qid", "query", "set", "tags", *names])]
    for query in queries:
        values = evaluation.scores.queries.get(query.qid)
        if values is not None:
            # Empty where a query does not have the measure.
            cells = [f"{values[name]:.{_JSON_DIGITS}f}" if name in values else "" for name in names]
            lines.append("\t".join([query.qid, query.text, query.set, ",".join(query.tags), *cells]))
    return "".join(f"{line}\n" for line in lines)


def scores_table(scores: Scores) -> str:
    """Return a table for a terminal: a line for each set, the mean if there are several, then each tag."""
    titles = ["set", "queries", *(measure.title for measure in scores.measures)]
    rows = [_row(name, row, scores) for name, row in scores.sets.items()]
    measured = sum(1 for row in scores.sets.values() if row.values)
    means = [[f"mean of {measured} sets", str(len(scores.queries)), *_cells(scores.mean, scores)]]
    parts = [
        rows,
        means if len(rows) > 1 else [],
        [_row(name, row, scores) for name, row in scores.tags.items()],
    ]
    cells = [titles, *(row for part in parts for row in part)]
    widths = [max(display_width(cell) for cell in column) for column in zip(*cells, strict=True)]
    header = _line(titles, widths)
    rule = "─" * display_width(header)
    lines = [header]
    for part in filter(None, parts):
        lines += [rule, *(_line(row, widths) for row in part)]
    return "\n".join(lines)


def remarks(evaluation: Evaluation, queries: Sequence[Query], qrels: Qrels) -> list[str]:
    """Return remarks for the reader of the figures, one line each."""
    known = {query.qid for query in queries}
    left_out = [query.qid for query in queries if not has_relevant(qrels, query.qid)]
    not_asked = [qid for qid in qrels if qid not in known]
    lines = []
    if left_out:
        lines.append(f"left out, since no product is relevant: {_list_names(left_out, 'query')}")
    if not_asked:
        lines.append(f"judged, but not among the queries: {_list_names(not_asked, 'qid')}")
    lines += [remark.text for remark in absent_remark(evaluation.groups, qrels)]
    lines += _partly_measured(evaluation.scores)
    if not any(_found_relevant(evaluation, qid, grades) for qid, grades in qrels.items()):
        lines.append(
            "no relevant product was found at all: is this the index of the catalog that was judged?"
        )
    return lines


def absent_remark(groups: ProductGroups, qrels: Qrels) -> list[Reason]:
    """Return how many judged products are not on sale in the index, a remark where there are any."""
    absent, judged = _absent_products(groups, qrels)
    if not absent:
        return []
    return [
        Reason(
            f"{_absent_text(absent, judged)}, or off sale",
            f"{judged:,} 件评过的商品里有 {absent:,} 件不在索引中或已下架",
        )
    ]


def check_absent(groups: ProductGroups, qrels: Qrels, max_absent_percent: float) -> None:
    """Raise `JudgementsOutdated` where the index lacks more of what was judged."""
    absent, judged = _absent_products(groups, qrels)
    if 100 * absent > max_absent_percent * judged:
        raise JudgementsOutdated(
            f"{_absent_text(absent, judged)}, more than {max_absent_percent:g} percent: the figures say "
            "little of this catalog; judge what it holds, or raise --max-absent"
        )


def check_degraded(evaluation: Evaluation) -> None:
    """Raise `DegradedSearches` where figures are not those of the full ranking."""
    if evaluation.degraded:
        raise DegradedSearches(degraded_message(evaluation))


def _absent_text(absent: int, judged: int) -> str:
    products = quantity(judged, "judged product")
    return f"{absent:,} of {products} {'is' if absent == 1 else 'are'} not in the index"


def _absent_products(groups: ProductGroups, qrels: Qrels) -> tuple[int, int]:
    """Return how many judged products are not on sale in the index, and how many were judged."""
    judged = {product_id for grades in qrels.values() for product_id in grades}
    return len(judged - groups.on_sale), len(judged)


def degraded_message(evaluation: Evaluation) -> str:
    """Return a message with the number of degraded searches and the reasons."""
    counts = Counter(str(reason) for reasons in evaluation.degraded.values() for reason in reasons)
    reason_text = "; ".join(f"{reason} ({count})" for reason, count in counts.most_common(_MAX_NAMED))
    return (
        f"{len(evaluation.degraded)} of {len(evaluation.run)} searches were degraded: {reason_text}. "
        "The figures are not those of the full ranking; fix this and evaluate again"
    )


def _found_relevant(evaluation: Evaluation, qid: str, grades: Mapping[str, int]) -> bool:
    groups = evaluation.groups
    relevant = {groups.name(product_id) for product_id, grade in grades.items() if grade > 0}
    return any(groups.name(hit.product_id) in relevant for hit in evaluation.run.get(qid, ()))


def _partly_measured(scores: Scores) -> list[str]:
    """Return how many queries have the measures that not all of them have."""
    names = [measure.name for measure in scores.measures if measure.needs_exact]
    count = sum(any(name in values for name in names) for values in scores.queries.values())
    if not names or count == len(scores.queries):
        return []
    return [
        f"{', '.join(names)}: of {count} of {len(scores.queries)} queries, those with a product of grade 3"
    ]


def _list_names(names: Sequence[str], noun: str) -> str:
    return f"{quantity(len(names), noun)} ({listing(names, _MAX_NAMED)})"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    blanks = [" " * (width - display_width(cell)) for cell, width in zip(cells, widths, strict=True)]
    numbers = [blank + cell for cell, blank in zip(cells[1:], blanks[1:], strict=True)]
    return "  ".join([cells[0] + blanks[0], *numbers])


def _row(name: str, row: SetScores, scores: Scores) -> list[str]:
    return [name, str(row.queries), *_cells(row.values, scores)]


def _cells(values: Mapping[str, float], scores: Scores) -> list[str]:
    return [f"{values[measure.name]:.3f}" if measure.name in values else "-" for measure in scores.measures]


def _set_to_json(scores: SetScores) -> dict[str, object]:
    left_out = {"left_out": scores.left_out} if scores.left_out else {}
    return {"queries": scores.queries, **_rounded(scores.values), **left_out}


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, _JSON_DIGITS) for name, value in values.items()}

"""The parts that a gate looks at: each leg on each set, slice and tag, and on the whole of its sets."""

from collections.abc import Iterable, Mapping, Sequence

from relevance.evaluation import qids_by_set, qids_by_tag, score
from relevance.groups import ProductGroups
from relevance.judgements import Qrels, Query
from relevance.model_gate import PAIRS_MEASURE, WHOLE, Leg, Part, Row, make_part
from relevance.offline.personal import Target
from relevance.runs import Run
from shangsou.text.normalize import normalize
from training.gate.answers import JUDGED_MEASURES, Answers
from training.gate.judged_sets import JudgedSets
from training.gate.pair_outcomes import JudgedPairs, PairOutcomes
from training.gate.seen import NEW_PRODUCTS, UNKNOWN_QUERIES, Seen

SHOPPERS, TEST_PAIRS = "shoppers", "test pairs"
"""The names of the sets of personal searches and of pairs."""


def judged_parts(  # noqa: PLR0913 - what was answered, and how to measure it
    before: Answers, after: Answers, judged: JudgedSets, groups: ProductGroups, seen: Seen, *, graded: bool
) -> list[Part]:
    """Return the parts of judged searches: for each leg the sets, their mean, the slices and the tags."""
    if not judged.queries:
        return []
    new = {
        qid: {
            product_id: grade for product_id, grade in grades.items() if grade <= 0 or seen.is_new(product_id)
        }
        for qid, grades in judged.grades.items()
    }
    parts: list[Part] = []
    for leg, run in before.runs.items():
        runs = run, after.runs[leg]
        rows = _rows(runs, judged.queries, judged.grades, groups, graded=graded)
        sets = [
            (name, [rows[qid] for qid in qids if qid in rows])
            for name, qids in qids_by_set(judged.queries).items()
        ]
        measured = {name: of_set for name, of_set in sets if of_set}
        if not measured:
            # No query has a relevant product.
            continue
        parts += [make_part(leg, name, [of_set]) for name, of_set in measured.items()]
        parts.append(make_part(leg, WHOLE, list(measured.values()), is_tested=len(measured) > 1))
        slices = {
            UNKNOWN_QUERIES: [
                rows[query.qid]
                for query in judged.queries
                if query.qid in rows and seen.is_unknown(query.text)
            ],
            **{
                f"#{tag}": [rows[qid] for qid in qids if qid in rows]
                for tag, qids in qids_by_tag(judged.queries).items()
            },
        }
        parts += _slices(leg, slices, len(rows))
        without_old = [_without_old(run, judged.grades, groups, seen) for run in runs]
        of_new = _rows((without_old[0], without_old[1]), judged.queries, new, groups, graded=graded)
        if _is_some(judged.grades, new):
            parts += _slices(leg, {NEW_PRODUCTS: list(of_new.values())})
    return parts


def personal_parts(before: Answers, after: Answers, seen: Seen) -> list[Part]:
    """Return the parts of personal searches; a query that many shoppers typed counts as one."""
    rows = [
        (target, Row(normalize(target.query), *values))
        for target, *values in zip(before.targets, before.personal, after.personal, strict=True)
    ]
    if not rows:
        return []
    everything = [row for _, row in rows]
    slices = {
        NEW_PRODUCTS: [row for target, row in rows if seen.is_new(target.product_id)],
        UNKNOWN_QUERIES: [row for target, row in rows if seen.is_unknown(target.query)],
    }
    return [
        make_part("personal", SHOPPERS, [everything]),
        make_part("personal", WHOLE, [everything], is_tested=False),
        *_slices("personal", slices, len(rows)),
    ]


def pair_parts(pairs: JudgedPairs, before: PairOutcomes, after: PairOutcomes) -> list[Part]:
    """Return the parts of pairs, by how many of them are told right; pairs of a query count as one."""
    rows = [
        Row(query, {PAIRS_MEASURE: float(first)}, {PAIRS_MEASURE: float(second)})
        for query, first, second in zip(pairs.queries, before.is_right, after.is_right, strict=True)
    ]
    return [make_part("pairs", TEST_PAIRS, [rows]), make_part("pairs", WHOLE, [rows], is_tested=False)]


def same_targets(before: Sequence[Target], after: Sequence[Target]) -> bool:
    """Return whether the same searches were measured, which a product changed meanwhile may prevent."""
    return list(before) == list(after)


def _rows(
    runs: tuple[Run, Run], queries: Sequence[Query], qrels: Qrels, groups: ProductGroups, *, graded: bool
) -> dict[str, Row]:
    """Return what was measured of each query with a relevant product, by its id."""
    first, second = (
        score(run, queries, qrels, measures=JUDGED_MEASURES, graded=graded, groups=groups).queries
        for run in runs
    )
    return {
        query.qid: Row(normalize(query.text), first[query.qid], second[query.qid])
        for query in queries
        if query.qid in first
    }


def _slices(leg: Leg, slices: Mapping[str, Sequence[Row]], everything: int = 0) -> list[Part]:
    """Return the parts of slices; one that holds all rows is no slice."""
    return [make_part(leg, name, [rows]) for name, rows in slices.items() if rows and len(rows) != everything]


def _without_old(run: Run, qrels: Qrels, groups: ProductGroups, seen: Seen) -> Run:
    """Return a run without the relevant products that are not new: a new one is not wrong behind these.

    After Chang, Cirillo and Razon (1971), who call what is left the residual collection.
    """

    def old(grades: Mapping[str, int]) -> set[str]:
        return {groups.name(one) for one, grade in grades.items() if grade > 0 and not seen.is_new(one)}

    return {
        qid: [hit for hit in hits if groups.name(hit.product_id) not in left_out]
        for qid, hits in run.items()
        for left_out in [old(qrels.get(qid, {}))]
    }


def _is_some(qrels: Qrels, new: Qrels) -> bool:
    """Return whether some of the relevant products are new, and not all: these would be the sets again."""
    count, of_new = _count_relevant(qrels.values()), _count_relevant(new.values())
    return 0 < of_new < count


def _count_relevant(judgements: Iterable[Mapping[str, int]]) -> int:
    return sum(grade > 0 for grades in judgements for grade in grades.values())

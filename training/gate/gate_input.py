"""The input of a gate: files, options, and whether they are enough to judge by."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from relevance.gate import Limits
from relevance.judgements import has_relevant
from relevance.model_gate import FIGURES, Leg
from relevance.offline.personal import Target
from relevance.reason import Reason
from shangsou.behaviour.event import Event
from shangsou.encoding.registry import RegisteredModel
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity
from training.gate.judged_sets import JudgedSets
from training.gate.pair_outcomes import JudgedPairs, judged_pairs
from training.gate.seen import TrainedPairs
from training.pairs.pair import Pair


@dataclass(frozen=True, slots=True)
class GateInput:
    """What a model is measured on, and what it has to gain."""

    figure: str
    """The one that has to rise, named before."""
    judged: JudgedSets = field(default_factory=JudgedSets)
    pairs: Sequence[Pair] = ()
    pairs_hash: str = ""
    """SHA-256 of their file."""
    events: Sequence[Event] = ()
    """In time order."""
    targets: Sequence[Target] | None = None
    """Personal searches that are in no event; None: those of the last fifth of the events."""
    graded: bool = False
    auto_tags: bool = False
    max_absent_percent: float = 100.0
    limits: Limits = field(default_factory=Limits)
    figures_named: int = 1
    """How many different figures were named for this model so far, this one among them."""


def remarks_on(model: RegisteredModel, wanted: GateInput, trained: TrainedPairs | None) -> list[Reason]:
    """Return what is known of a model that limits its figures."""
    remarks: list[Reason] = []
    trained_on = model.card.pairs_hash
    if trained is not None and trained_on and wanted.pairs_hash != trained_on:
        remarks.append(
            Reason(
                f"--pairs is not the file that {model.name} was trained on, which may have held more",
                f"--pairs 不是训练 {model.name} 所用的文件，那个文件里可能有更多商品对",
            )
        )
    if trained is None and trained_on:
        remarks.append(
            Reason(
                f"without the --pairs that {model.name} was trained on, nothing tells which queries it has "
                "seen",
                f"没有给出训练 {model.name} 所用的 --pairs，无法知道它见过哪些查询",
            )
        )
    if model.erased_since:
        remarks.append(
            Reason(
                f"a shopper was erased at {model.erased_since}, since it was trained: train it again",
                f"训练之后有顾客在 {model.erased_since} 要求删除数据，请重新训练",
            )
        )
    return remarks


def without_leaked(judged: JudgedSets, trained: TrainedPairs | None) -> tuple[JudgedSets, list[Reason]]:
    """Return the queries of which training saw no relevant product as their answer, and what was left out."""
    if trained is None:
        return judged, []
    leaked = {
        query.qid
        for query in judged.queries
        if any(
            grade > 0 and trained.knows(query.text, one) for one, grade in judged.grades[query.qid].items()
        )
    }
    if not leaked:
        return judged, []
    kept = [query for query in judged.queries if query.qid not in leaked]
    remark = Reason(
        f"left out, since training saw their answers: {quantity(len(leaked), 'judged query')}; make pairs "
        "with --exclude-queries and --exclude-products",
        f"有 {len(leaked)} 条评测查询的答案参与过训练，没有计入；生成商品对时请用 --exclude-queries 和 "
        "--exclude-products 排除",
    )
    return JudgedSets(kept, {query.qid: judged.grades[query.qid] for query in kept}), [remark]


def judging_splits(pairs: Sequence[Pair]) -> tuple[JudgedPairs, JudgedPairs] | None:
    """Return the pairs that a cosine is chosen on, and those that judge it; None where no pairs are given."""
    if not pairs:
        return None
    validation, test = judged_pairs(pairs, "validation"), judged_pairs(pairs, "test")
    if not validation.queries or not test.queries:
        empty = "test" if validation.queries else "validation"
        raise UnusableInput(
            f'no pair of --pairs is of the split "{empty}", so they judge nothing; make pairs anew with '
            '"shangsou train pairs" and another --seed, or from a longer log'
        )
    return validation, test


def check_measurable(
    wanted: GateInput, judged: JudgedSets, splits: tuple[JudgedPairs, JudgedPairs] | None
) -> None:
    """Raise `UnusableInput` that says what is missing, and how to get it."""
    has_judged = any(has_relevant(judged.grades, query.qid) for query in judged.queries)
    if not has_judged and splits is None:
        raise UnusableInput(
            "there is nothing to measure on: give judged queries (--queries with --qrels, or --judgements; "
            '"shangsou judgements" makes them of clicks, or with /judge of what people say) or --pairs FILE '
            'of "shangsou train pairs", whose split "test" judges'
        )
    needs: dict[Leg, tuple[bool, str]] = {
        "encoder": (has_judged, "judged queries: --queries with --qrels, or --judgements"),
        "hybrid": (has_judged, "judged queries: --queries with --qrels, or --judgements"),
        "personal": (bool(wanted.events), "--events"),
        "pairs": (splits is not None, "--pairs"),
    }
    is_there, missing = needs[FIGURES[wanted.figure][0]]
    if not is_there:
        raise UnusableInput(f"--figure {wanted.figure} needs {missing}; give that, or name another figure")

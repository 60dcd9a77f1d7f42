"""Answers of one generation: judged searches by the encoder alone and as they are, and personal ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relevance.evaluation import evaluate
from relevance.metrics import Measure, parse_measures
from relevance.offline.candidates import CandidateCache
from relevance.offline.personal import PersonalEvaluation, Target, evaluate_personal
from relevance.reports.scores import check_degraded
from relevance.runs import Run
from relevance.searchers import with_progress
from shangsou.behaviour.event import Event
from shangsou.search.request import Mode
from training.gate.judged_sets import JudgedSets

if TYPE_CHECKING:
    from relevance.model_gate import Leg
    from shangsou.search.service.searcher import Searcher

MEASURES: tuple[Measure, ...] = parse_measures("ndcg@10,mrr@10,recall@100")
JUDGED_MEASURES: tuple[Measure, ...] = (*MEASURES, *parse_measures("judged@10"))
"""Judgements know the first hits of the systems that were judged: where a new one has fewer judged hits, the
other figures understate it."""
_MODES: "Mapping[Leg, Mode]" = {"encoder": "semantic", "hybrid": "hybrid"}
# Of the deepest measure.
_DEPTH = max(measure.k for measure in MEASURES)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one generation."""

    runs: "Mapping[Leg, Run]"
    """Of `encoder` and `hybrid`; none where nothing is judged."""
    targets: Sequence[Target]
    """The personal searches that were measured."""
    personal: Sequence[Mapping[str, float]]
    """`MEASURES` of each of them."""
    ranker: str = ""


def answer(
    searcher: "Searcher", judged: JudgedSets, events: Sequence[Event], targets: Sequence[Target]
) -> Answers:
    """Search what is judged, each query in each way.

    Parameters
    ----------
    searcher
        Of the generation.
    events, targets
        In time order. A search of a target sees the events before it.

    Raises
    ------
    DegradedSearches
        The figures would not be those of the encoder.
    """
    runs: dict[Leg, Run] = {}
    for leg, mode in _MODES.items() if judged.queries else ():
        evaluation = evaluate(
            searcher, with_progress(judged.queries, "query"), judged.grades, mode, measures=MEASURES
        )
        check_degraded(evaluation)
        runs[leg] = evaluation.run
    if not targets:
        return Answers(runs, (), ())
    personal = _search_personally(searcher, events, targets)
    return Answers(runs, personal.targets, personal.values["all"]["personal"], personal.ranker)


def _search_personally(
    searcher: "Searcher", events: Sequence[Event], targets: Sequence[Target]
) -> PersonalEvaluation:
    # Popularity weighs nothing in the personal order, which is measured alone.
    return evaluate_personal(
        events,
        with_progress(targets, "search"),
        CandidateCache(searcher.context()),
        weight=0.0,
        measures=MEASURES,
        depth=_DEPTH,
    )

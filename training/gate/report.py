"""Reports of a gate: as JSON, for a terminal, and as a page in Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isnan
from pathlib import Path

from relevance.comparison import SIGNIFICANCE_LEVEL
from relevance.judgements import Query
from relevance.model_gate import LEG_NAMES, Part
from relevance.significance import p_text
from shangsou.report_pages.environment import page_environment
from shangsou.text.plurals import listing, quantity
from shangsou.text.terminal import display_width, fit
from training.gate.gate import GateResult
from training.gate.pair_outcomes import PairOutcomes

_MEASURE_TITLES = {
    "ndcg@10": "nDCG@10",
    "mrr@10": "MRR@10",
    "recall@100": "recall@100",
    "judged@10": "judged@10",
}
_DIGITS = 6
_MAX_NAMED = 5


def result_to_json(result: GateResult, *, live: bool, dry_run: bool) -> dict[str, object]:
    """Return what was found as plain JSON values; `live` is whether the model serves now."""
    verdict = result.verdict
    return {
        "model": result.model.name,
        "model_hash": result.model.model_hash,
        "generation": result.after.name,
        "built": result.built,
        "against": {
            "model": result.before.recipe.model,
            "model_hash": result.before.recipe.model_hash,
            "generation": result.before.name,
        },
        "passed": not verdict.reasons,
        "live": live,
        "dry_run": dry_run,
        "reasons": [reason.text for reason in verdict.reasons],
        "figure": asdict(verdict.rise) | {"visible": _known(verdict.rise.visible)},
        "parts": [_part_to_json(part, result) for part in result.parts],
        "pairs": None
        if result.pairs is None
        else dict(zip(("before", "after"), map(_pairs_to_json, result.pairs), strict=True)),
        "emptied": [query.text for query in result.broken.emptied],
        "lost": [query.text for query in result.broken.lost],
        "remarks": [remark.text for remark in result.remarks],
        "to_judge": len(result.to_judge),
        "took_s": result.took_s,
    }


def result_to_text(result: GateResult) -> str:
    """Return what was found as tables for a terminal."""
    width = max(display_width(part.title) for part in result.parts)
    names = [f"{one.recipe.model} ({one.name})" for one in (result.after, result.before)]
    lines = [" against ".join(names)]
    lines += [
        _line(part, measure, width, result)
        for part in result.parts
        if _is_own(part)
        for measure in part.before
    ]
    for name, outcomes in zip(("before", "after"), result.pairs or (), strict=False):
        figures = outcomes.figures
        lines.append(
            f"pairs {name}: from cosine {outcomes.threshold:.3f} on accuracy {figures.accuracy:.3f}, "
            f"precision {figures.precision:.3f}, recall {figures.recall:.3f}, F1 {figures.f1:.3f}"
        )
    if result.verdict.untestable:
        untestable = listing(result.verdict.untestable, _MAX_NAMED)
        lines.append(f"too few queries changed for a fall to be seen: {untestable}")
    lines.append(
        f"emptied: {_named(result.broken.emptied)}; lost their best answers: {_named(result.broken.lost)}"
    )
    return "\n".join(lines)


def result_page(result: GateResult, *, live: bool, dry_run: bool) -> str:
    """Return what was found as an HTML document."""
    environment = page_environment(Path(__file__).parent)
    environment.filters["figure"] = lambda value: f"{value:.3f}"
    environment.filters["signed"] = lambda value: f"{value:+.3f}".replace("-", "−")
    legs = {
        name: parts
        for leg, name in LEG_NAMES.items()
        if (parts := [part for part in result.parts if part.leg == leg and _is_own(part)])
    }
    return environment.get_template("gate_page.html").render(
        result=result,
        verdict=result.verdict,
        rise=result.verdict.rise,
        legs=legs,
        measures=_MEASURE_TITLES | {"accuracy": "准确率", "judged@10": "已评占比@10"},
        level=SIGNIFICANCE_LEVEL,
        live=live,
        dry_run=dry_run,
        untestable=[part.chinese_title for part in result.parts if part.title in result.verdict.untestable],
        known=lambda value: not isnan(value),
        p_text=lambda p: p_text(p).removeprefix("= "),
        stages={"build": "建索引", "pairs": "商品对"},
    )


def _is_own(part: Part) -> bool:
    """Return whether a part is more than the whole of one set, which has the figures of the set."""
    return part.is_tested


def _part_to_json(part: Part, result: GateResult) -> dict[str, object]:
    verdict = result.verdict
    return {
        "leg": part.leg,
        "name": part.name,
        "queries": part.queries,
        "before": _rounded(part.before),
        "after": _rounded(part.after),
        "tested": part.is_tested and part.title in verdict.adjusted_p,
        "p": verdict.adjusted_p.get(part.title),
        "visible_drop": _known(verdict.visible_drop.get(part.title, float("nan"))),
    }


def _pairs_to_json(outcomes: PairOutcomes) -> dict[str, object]:
    return {"threshold": round(outcomes.threshold, _DIGITS), **_rounded(asdict(outcomes.figures))}


def _line(part: Part, measure: str, width: int, result: GateResult) -> str:
    before, after = part.before[measure], part.after[measure]
    line = (
        f"{fit(part.title, width)}  {part.queries:>5}  {fit(_MEASURE_TITLES.get(measure, measure), 10)}  "
        f"{before:.3f} → {after:.3f}  {after - before:+.3f}"
    )
    p = result.verdict.adjusted_p.get(part.title)
    if measure != part.gated or p is None:
        return line
    drop = result.verdict.visible_drop[part.title]
    seen = "unknown" if isnan(drop) else f"{drop:.3f}"
    return f"{line}  p of a fall {p_text(p)}, visible {seen}"


def _named(queries: Sequence[Query]) -> str:
    count = quantity(len(queries), "query")
    return f"{count} ({listing([query.text for query in queries], _MAX_NAMED)})" if queries else count


def _known(value: float) -> float | None:
    return None if isnan(value) else round(value, _DIGITS)


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, _DIGITS) for name, value in values.items()}

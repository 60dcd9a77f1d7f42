"""The tuning result, as a table for people and as JSON."""

from collections.abc import Sequence

from relevance.tuning.parameters import Value
from relevance.tuning.result import Change, Gain, TuningResult
from shangsou.text.terminal import display_width, fit

_JSON_DIGITS = 6
# Choices of the folds to show; the rest is counted.
_MAX_CHOICES = 3
# Vetoed changes, and reasons of one, to show.
_MAX_VETOED = 5
_MAX_REASONS = 3
NEEDS_REINDEX = (
    'k1 and b are built into an index: run "shangsou index" on your catalog to bring them in; until then '
    "the index's own serve on, and the gain above is not there in full"
)


def tuning_to_json(result: TuningResult) -> dict[str, object]:
    """Return the outcome as plain JSON values."""
    return {
        "measure": result.measure,
        "queries": result.queries,
        "generation": result.generation,
        "changes": _changes_to_json(result.changes),
        "before": _round(result.before),
        "after": _round(result.after),
        "gain": _gain_to_json(result.gain),
        "held_out": _gain_to_json(result.held_out)
        | {"spread": [_round(result.spread[0]), _round(result.spread[1])]},
        "sets": {
            name: {
                "queries": set_gain.queries,
                "before": _round(set_gain.before),
                "after": _round(set_gain.after),
                "held_out": _round(set_gain.held_out),
                "fell": set_gain.regressed,
            }
            for name, set_gain in result.sets.items()
        },
        "chosen": [
            {"changes": _changes_to_json(changes), "times": times} for changes, times in result.chosen
        ],
        "sure": result.is_significant,
        "needs_index": result.needs_reindex,
        "vetoed": [
            {
                "changes": _changes_to_json(vetoed.changes),
                "gain": _round(vetoed.gain),
                "reasons": list(vetoed.reasons),
            }
            for vetoed in result.vetoed
        ],
        "guards": {
            "cases": result.guards.cases,
            "fact_queries": result.guards.fact_queries,
            "facts@10": [_round(result.guards.facts_before), _round(result.guards.facts_after)],
        },
        "pairs_tried": result.pairs_tried,
        "replayed_after": _round(result.replayed_after),
        "tried": result.replay_count,
        "searched": result.search_count,
    }


def tuning_text(result: TuningResult) -> str:
    """Return the outcome for a terminal."""
    if not result.changes:
        return "\n".join([_no_change_text(result), *_guard_lines(result), *_choice_lines(result)])
    width = max(display_width(str(change.parameter)) for change in result.changes)
    name_width = max(map(display_width, [*result.sets, "set"]))
    lines = [
        f"{fit(str(change.parameter), width)}  {_value(change.before)} → {_value(change.after)}"
        for change in result.changes
    ]
    title = f"{result.measure} before → after"
    gained = "held-out gain"
    lines += ["", f"{fit('set', name_width)}  queries  {title}  {gained}"]
    for name, set_gain in result.sets.items():
        change = f"{set_gain.before:.3f} → {set_gain.after:.3f}"
        lines.append(
            f"{fit(name, name_width)}  {set_gain.queries:7}  {change:>{len(title)}}  "
            f"{set_gain.held_out:>+{len(gained)}.3f}{'  regressed' if set_gain.regressed else ''}"
        )
    lines += [
        "",
        f"{result.measure} {result.before:.3f} → {result.after:.3f}",
        f"gain on the queries it was chosen on  {_gain(result.gain)}",
        (
            f"gain on queries held out              {_gain(result.held_out)}, by shuffle "
            f"{result.spread[0]:+.3f} to {result.spread[1]:+.3f}; expect this one"
        ),
        *_guard_lines(result),
        *_choice_lines(result),
    ]
    if result.needs_reindex:
        lines.append(NEEDS_REINDEX)
    return "\n".join(lines)


def changes_text(changes: Sequence[Change]) -> str:
    """Return changes in one line."""
    return ", ".join(
        f"{change.parameter} {_value(change.before)} → {_value(change.after)}" for change in changes
    )


def _no_change_text(result: TuningResult) -> str:
    if result.vetoed:
        return (
            f"Nothing is to be changed: what gains more than chance on {result.queries} queries was vetoed "
            f"({result.measure} is {result.before:.3f})"
        )
    return (
        f"Nothing is worth changing: on {result.queries} queries no change gains more than the best of "
        f"as many would by luck ({result.measure} is {result.before:.3f})"
    )


def _guard_lines(result: TuningResult) -> list[str]:
    guards, lines = result.guards, []
    if guards.fact_queries:
        lines.append(
            f"facts@10 {guards.facts_before:.3f} → {guards.facts_after:.3f}: how much of "
            f"what queries state exactly their first pages hold ({guards.fact_queries} of {result.queries})"
        )
    if guards.cases:
        lines.append(f"cases of suites that pass now, and still do: {guards.cases}")
    for vetoed in result.vetoed[:_MAX_VETOED]:
        lines.append(f"vetoed: {changes_text(vetoed.changes)} ({vetoed.gain:+.3f})")
        lines += [f"  {reason}" for reason in vetoed.reasons[:_MAX_REASONS]]
        if len(vetoed.reasons) > _MAX_REASONS:
            lines.append(f"  and {len(vetoed.reasons) - _MAX_REASONS} more")
    if len(result.vetoed) > _MAX_VETOED:
        lines.append(f"vetoed as well: {len(result.vetoed) - _MAX_VETOED} others; --json lists them")
    return lines


def _choice_lines(result: TuningResult) -> list[str]:
    total = sum(times for _, times in result.chosen)
    lines = [f"chosen without a part of the queries, of {total} times:"]
    lines += [
        f"  {times:3}  {changes_text(changes) or 'nothing'}"
        for changes, times in result.chosen[:_MAX_CHOICES]
    ]
    others = sum(times for _, times in result.chosen[_MAX_CHOICES:])
    return [*lines, *([f"  {others:3}  something else"] if others else [])]


def _changes_to_json(changes: Sequence[Change]) -> list[dict[str, Value]]:
    return [
        {"parameter": str(change.parameter), "before": change.before, "after": change.after}
        for change in changes
    ]


def _gain_to_json(gain: Gain) -> dict[str, object]:
    return {"mean": _round(gain.mean), "low": _round(gain.low), "high": _round(gain.high)}


def _gain(gain: Gain) -> str:
    return f"{gain.mean:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"


def _value(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _round(value: float) -> float:
    return round(value, _JSON_DIGITS)

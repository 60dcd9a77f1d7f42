"""The outcome of tuning, as a table for people and as JSON."""

from collections.abc import Sequence

from relevance.tuning.parameters import Value
from relevance.tuning.tune import Change, Gain, Tuned
from shangsou.text.terminal import columns, fit

_JSON_DIGITS = 6
# Choices of the folds that are shown; the rest is counted.
_SHOWN = 3
NEEDS_INDEX = (
    'k1 and b are built into an index: run "shangsou index" on your catalog to bring them in; until then '
    "the index's own serve on, and the gain above is not there in full"
)


def tuned_to_json(tuned: Tuned) -> dict[str, object]:
    """Return the outcome as plain JSON values."""
    return {
        "measure": tuned.measure,
        "queries": tuned.queries,
        "generation": tuned.generation,
        "changes": _changes_to_json(tuned.changes),
        "before": _round(tuned.before),
        "after": _round(tuned.after),
        "gain": _gain_to_json(tuned.gain),
        "held_out": _gain_to_json(tuned.held_out)
        | {"spread": [_round(tuned.spread[0]), _round(tuned.spread[1])]},
        "sets": {
            name: {
                "queries": one.queries,
                "before": _round(one.before),
                "after": _round(one.after),
                "held_out": _round(one.held_out),
                "fell": one.fell,
            }
            for name, one in tuned.sets.items()
        },
        "chosen": [{"changes": _changes_to_json(changes), "times": times} for changes, times in tuned.chosen],
        "sure": tuned.is_sure,
        "needs_index": tuned.needs_index,
        "replayed_after": _round(tuned.replayed_after),
        "tried": tuned.tried,
        "searched": tuned.searched,
    }


def tuned_text(tuned: Tuned) -> str:
    """Return the outcome for a terminal."""
    if not tuned.changes:
        return "\n".join([_nothing(tuned), *_chosen(tuned)])
    width = max(columns(str(change.parameter)) for change in tuned.changes)
    name_width = max(map(columns, [*tuned.sets, "set"]))
    lines = [
        f"{fit(str(change.parameter), width)}  {_value(change.before)} → {_value(change.after)}"
        for change in tuned.changes
    ]
    title = f"{tuned.measure} before → after"
    gained = "held-out gain"
    lines += ["", f"{fit('set', name_width)}  queries  {title}  {gained}"]
    for name, one in tuned.sets.items():
        change = f"{one.before:.3f} → {one.after:.3f}"
        lines.append(
            f"{fit(name, name_width)}  {one.queries:7}  {change:>{len(title)}}  "
            f"{one.held_out:>+{len(gained)}.3f}{'  fell' if one.fell else ''}"
        )
    lines += [
        "",
        f"{tuned.measure} {tuned.before:.3f} → {tuned.after:.3f}",
        f"gain on the queries it was chosen on  {_gain(tuned.gain)}",
        (
            f"gain on queries held out              {_gain(tuned.held_out)}, by shuffle "
            f"{tuned.spread[0]:+.3f} to {tuned.spread[1]:+.3f}; expect this one"
        ),
        *_chosen(tuned),
    ]
    if tuned.needs_index:
        lines.append(NEEDS_INDEX)
    return "\n".join(lines)


def changes_text(changes: Sequence[Change]) -> str:
    """Return changes in one line."""
    return ", ".join(
        f"{change.parameter} {_value(change.before)} → {_value(change.after)}" for change in changes
    )


def _nothing(tuned: Tuned) -> str:
    return (
        f"Nothing is worth changing: on {tuned.queries} queries no change gains more than the best of "
        f"as many would by luck ({tuned.measure} is {tuned.before:.3f})"
    )


def _chosen(tuned: Tuned) -> list[str]:
    total = sum(times for _, times in tuned.chosen)
    lines = [f"chosen without a part of the queries, of {total} times:"]
    lines += [
        f"  {times:3}  {changes_text(changes) or 'nothing'}" for changes, times in tuned.chosen[:_SHOWN]
    ]
    others = sum(times for _, times in tuned.chosen[_SHOWN:])
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

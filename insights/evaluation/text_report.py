"""Tables of an evaluation for a terminal."""

import math
from collections.abc import Mapping, Sequence

from insights.evaluation.backtest import MODEL, Backtest
from insights.evaluation.measures import Scores
from insights.evaluation.summary import MethodScores, Summary
from shangsou.text.plurals import quantity

_COLUMNS = ("WAPE", "bias", "wQL .1", "wQL .5", "wQL .9", "< q10", "> q90")


def evaluation_text(backtest: Backtest, summary: Summary) -> str:
    """Return the measures as tables: all methods over all item days, then the model and the best baseline."""
    model, best = summary.total[MODEL], summary.difference.baseline
    origins = backtest.origins
    lines = [
        (
            f"{quantity(len(origins), 'origin')} from {origins[0].origin} to {origins[-1].origin}, "
            f"{quantity(backtest.horizon, 'day')} each: {quantity(model.item_days, 'item day')}, "
            f"{summary.unobserved:,} more left out as not observed"
        ),
        "",
        *table_lines("", _COLUMNS, {name: _cells(scores) for name, scores in summary.total.items()}),
        "",
        difference_text(summary),
    ]
    groups: Sequence[tuple[str, Mapping[str, MethodScores]]] = (
        ("class", summary.by_class),
        ("week", {str(week): scores for week, scores in summary.by_week.items()}),
        ("origin", summary.by_origin),
    )
    columns = ("item days", "WAPE", "bias", "< q10", "> q90", f"WAPE of {best}")
    for title, by_group in groups:
        rows = {name: _group_cells(scores, best) for name, scores in by_group.items()}
        lines += ["", *table_lines(title, columns, rows)]
    return "\n".join(lines)


def difference_text(summary: Summary) -> str:
    """Return in a sentence how the model compares with the best baseline."""
    difference = summary.difference
    text = (
        f"WAPE of {MODEL} less that of {difference.baseline}, the best baseline: {_signed(difference.mean)}"
    )
    if math.isnan(difference.mean):
        return f"nothing was sold: {MODEL} cannot be compared"
    if difference.interval is None:
        return f"{text} (too few origins for an interval)"
    low, high = difference.interval
    return f"{text} (95 % over origins: {low:+.3f} to {high:+.3f})"


def _cells(scores: Scores) -> list[str]:
    return [
        _figure(scores.wape),
        _signed(scores.bias),
        *(_figure(loss) for loss in scores.quantile_loss),
        _figure(scores.below_q10),
        _figure(scores.above_q90),
    ]


def _group_cells(scores: MethodScores, best: str) -> list[str]:
    model = scores[MODEL]
    return [
        f"{model.item_days:,}",
        _figure(model.wape),
        _signed(model.bias),
        _figure(model.below_q10),
        _figure(model.above_q90),
        _figure(scores[best].wape),
    ]


def table_lines(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a table with names at the left and cells aligned at the right; the title is above the names."""
    name_width = max(len(name) for name in (title, *rows))
    widths = [
        max(len(column), *(len(cells[position]) for cells in rows.values()))
        for position, column in enumerate(columns)
    ]
    return [
        "  ".join(
            [name.ljust(name_width), *(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))]
        )
        for name, cells in {title: columns, **rows}.items()
    ]


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _signed(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:+.3f}"

"""Agreement between judges as lines for a terminal."""

from relevance.judging.agreement import Agreement, KappaWeights
from shangsou.text.terminal import display_width, fit

_KAPPA_TITLES: dict[KappaWeights, str] = {
    "none": "kappa, any difference",
    "linear": "kappa, linear weights",
    "quadratic": "kappa, quadratic weights",
}


def agreement_lines(agreement: Agreement, max_shown: int) -> list[str]:
    """Return the agreement of two judges as lines: figures, table, the `max_shown` largest differences."""
    first, second = agreement.judges
    lines = [
        f"{first} and {second}: {agreement.pairs:,} pairs judged by both",
        f"{'same grade':26}{agreement.raw:.3f}",
    ]
    for weights, name in _KAPPA_TITLES.items():
        value = agreement.kappa[weights]
        figure = "undefined: both gave one and the same grade to all" if value is None else f"{value:.3f}"
        if weights == "quadratic" and agreement.interval is not None:
            figure += f"  [{agreement.interval[0]:.3f}, {agreement.interval[1]:.3f}] 95 %"
        lines.append(f"{name:26}{figure}")
    lines += ["", f"rows: {first}, columns: {second}"]
    lines.append("     " + "".join(f"{grade:>7}" for grade in agreement.grades))
    for grade, row in zip(agreement.grades, agreement.table, strict=True):
        lines.append(f"{grade:>5}" + "".join(f"{count:>7}" for count in row))
    if agreement.disagreements:
        listed = agreement.disagreements[:max_shown]
        lines += ["", f"furthest apart ({len(listed)} of {len(agreement.disagreements)})"]
        width = max(display_width(pair.qid) for pair in listed)
        lines += [
            f"  {fit(pair.qid, width)}  {pair.grades[0]} | {pair.grades[1]}  {pair.doc_id}" for pair in listed
        ]
    return lines

"""Agreement between judges as lines for a terminal."""

from relevance.judging.agreement import Agreement, Weights
from shangsou.text.terminal import columns, fit

_NAMES: dict[Weights, str] = {
    "none": "kappa, any difference",
    "linear": "kappa, linear weights",
    "quadratic": "kappa, quadratic weights",
}


def agreement_lines(found: Agreement, shown: int) -> list[str]:
    """Return the agreement of two judges: figures, table, and the `shown` pairs furthest apart."""
    first, second = found.judges
    lines = [
        f"{first} and {second}: {found.pairs:,} pairs judged by both",
        f"{'same grade':26}{found.raw:.3f}",
    ]
    for weights, name in _NAMES.items():
        value = found.kappa[weights]
        told = "undefined: both gave one and the same grade to all" if value is None else f"{value:.3f}"
        if weights == "quadratic" and found.interval is not None:
            told += f"  [{found.interval[0]:.3f}, {found.interval[1]:.3f}] 95 %"
        lines.append(f"{name:26}{told}")
    lines += ["", f"rows: {first}, columns: {second}"]
    lines.append("     " + "".join(f"{grade:>7}" for grade in found.grades))
    for grade, row in zip(found.grades, found.table, strict=True):
        lines.append(f"{grade:>5}" + "".join(f"{count:>7}" for count in row))
    if found.disagreements:
        most = found.disagreements[:shown]
        lines += ["", f"furthest apart ({len(most)} of {len(found.disagreements)})"]
        width = max(columns(one.qid) for one in most)
        lines += [f"  {fit(one.qid, width)}  {one.grades[0]} | {one.grades[1]}  {one.doc_id}" for one in most]
    return lines

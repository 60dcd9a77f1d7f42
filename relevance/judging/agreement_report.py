"""Agreement between judges as lines for a terminal, and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict

from relevance.judging.agreement import Agreement, KappaWeights
from shangsou.text.terminal import display_width, fit

_KAPPA_TITLES: dict[KappaWeights, str] = {
    "none": "kappa, any difference",
    "linear": "kappa, linear weights",
    "quadratic": "kappa, quadratic weights",
}
# Columns for qid and query, so that grades stand in a line on a terminal of usual width.
_MAX_LABEL_WIDTH = 40


def agreement_lines(
    agreement: Agreement,
    max_shown: int,
    queries: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
) -> list[str]:
    """Return the agreement of two judges as lines: figures, table, the `max_shown` largest differences.

    `queries` are the texts by qid, `titles` those of products by id, as far as they are known.
    """
    first, second = agreement.judges
    lines = [
        f"{first} and {second}: {agreement.pairs:,} pairs judged by both",
        f"{'same grade':26}{agreement.raw:.3f}",
        *(kappa_text(agreement, weights) for weights in _KAPPA_TITLES),
        "",
        *table_lines(agreement),
    ]
    if agreement.disagreements:
        listed = agreement.disagreements[:max_shown]
        lines += ["", f"furthest apart ({len(listed)} of {len(agreement.disagreements)})"]
        labels = [" ".join([pair.qid, (queries or {}).get(pair.qid, "")]).rstrip() for pair in listed]
        width = min(_MAX_LABEL_WIDTH, max(map(display_width, labels)))
        lines += [
            f"  {fit(label, width)}  {pair.grades[0]} | {pair.grades[1]}  "
            + " ".join([pair.doc_id, (titles or {}).get(pair.doc_id, "")]).rstrip()
            for label, pair in zip(labels, listed, strict=True)
        ]
    return lines


def agreement_to_json(
    agreement: Agreement, queries: Mapping[str, str], titles: Mapping[str, str]
) -> dict[str, object]:
    """Return the agreement as plain JSON values; a text that is not known is null."""
    texts = [
        {"query": queries.get(pair.qid), "title": titles.get(pair.doc_id)} for pair in agreement.disagreements
    ]
    plain = asdict(agreement)
    plain["disagreements"] = [pair | text for pair, text in zip(plain["disagreements"], texts, strict=True)]
    return plain


def kappa_text(agreement: Agreement, weights: KappaWeights) -> str:
    """Return a kappa as a line, the quadratic one with its interval."""
    value = agreement.kappa[weights]
    figure = "undefined: both gave one and the same grade to all" if value is None else f"{value:.3f}"
    if weights == "quadratic" and agreement.interval is not None:
        figure += f"  [{agreement.interval[0]:.3f}, {agreement.interval[1]:.3f}] 95 %"
    return f"{_KAPPA_TITLES[weights]:26}{figure}"


def table_lines(agreement: Agreement) -> list[str]:
    """Return the table of grades as lines, the first judge's in rows."""
    first, second = agreement.judges
    return [
        f"rows: {first}, columns: {second}",
        "     " + "".join(f"{grade:>7}" for grade in agreement.grades),
        *(
            f"{grade:>5}" + "".join(f"{count:>7}" for count in row)
            for grade, row in zip(agreement.grades, agreement.table, strict=True)
        ),
    ]

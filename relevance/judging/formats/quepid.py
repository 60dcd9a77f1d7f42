"""Write Quepid's basic CSV, `query,docid,rating`, which its import reads."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from relevance.judgements import DEFAULT_SET
from relevance.judging.formats.judgement_set import JudgementSet, triples
from shangsou.errors import UnusableInput

# A spreadsheet takes a cell with this beginning for a formula; a blank is put before it, which every reader
# strips.
_FORMULA = ("=", "+", "-", "@")


def quepid_text(judgement_set: JudgementSet, path: Path) -> tuple[str, list[str]]:
    """Return judgements as Quepid's basic CSV, and what it does not hold.

    Raises `UnusableInput` for a judged qid without a text, or one text with two grades of a product.
    """
    texts = query_texts(judgement_set, path, "Quepid")
    by_text: dict[str, dict[str, int]] = {text: {} for text in texts.values()}
    for qid, doc_id, grade in triples(judgement_set.qrels):
        before = by_text[texts[qid]].setdefault(doc_id, grade)
        if before != grade:
            raise UnusableInput(
                f"{path}: {texts[qid]!r} is the text of two qids, with the grades {before} and {grade} for "
                f"{doc_id!r}; Quepid holds one: convert the sets into files of their own"
            )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("query", "docid", "rating"))
    for text, grades in by_text.items():
        # As in Quepid's own export, a query without a rating has a row of its own.
        rows = [(_harmless(text), _harmless(doc_id), grade) for doc_id, grade in grades.items()]
        writer.writerows(rows or [(_harmless(text),)])
    return out.getvalue(), _losses(judgement_set, by_text)


def _harmless(cell: str) -> str:
    return f" {cell}" if cell.startswith(_FORMULA) else cell


def query_texts(judgement_set: JudgementSet, path: Path, tool: str) -> dict[str, str]:
    """Return the text of each query by qid; raises `UnusableInput` for a judged query without one."""
    texts = {query.qid: " ".join(query.text.split()) for query in judgement_set.queries}
    unknown = [qid for qid in judgement_set.qrels if qid not in texts]
    if unknown:
        raise UnusableInput(
            f"{path}: {tool} names a query by its text, and {len(unknown)} judged qids have none "
            f"(first {unknown[0]!r}); give the file that holds them with --queries"
        )
    return texts


def _losses(judgement_set: JudgementSet, by_text: Mapping[str, Mapping[str, int]]) -> list[str]:
    lost = [f"the qids: each of the {len(by_text)} queries goes by its text"]
    sets = {query.set for query in judgement_set.queries}
    if sets - {DEFAULT_SET}:
        lost.append(f"the sets: {', '.join(sorted(sets))}")
    if len(by_text) < len(judgement_set.queries):
        lost.append(f"{len(judgement_set.queries) - len(by_text)} queries whose text another query has too")
    formulas = {doc_id for grades in by_text.values() for doc_id in grades if doc_id.startswith(_FORMULA)}
    if formulas:
        lost.append(
            f"{len(formulas)} ids as they are (first {min(formulas)!r}): a spreadsheet would take them for "
            "formulas, so a blank stands before each"
        )
    return lost

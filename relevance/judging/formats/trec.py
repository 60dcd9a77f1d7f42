"""TREC qrels, `qid 0 doc_id grade`, and the learning-to-rank lines of Quepid and SVM-rank."""

import re
from pathlib import Path

from relevance.judging.formats.judgement_set import JudgementSet, triples
from relevance.judging.formats.rated_rows import RatedRow, ReadOptions, Rows
from relevance.judging.formats.text_lines import text_lines
from shangsou.errors import UnusableInput

# A grade, the query id, features (SVM-rank, Joachims, 2006), and as a comment the product; Quepid adds the
# text.
_LTR_LINE = re.compile(r"(?P<rating>\S+)\s+qid:(?P<qid>\S+)[^#]*#\s*(?P<doc_id>\S+)\s*(?P<query>.*)")


def is_ltr(line: str) -> bool:
    """Return whether a line begins like one of learning to rank."""
    return re.match(r"\S+\s+qid:\S", line) is not None


def is_trec(line: str) -> bool:
    """Return whether a line is one of qrels: four fields, the last of them a number."""
    fields = line.split()
    return len(fields) == 4 and re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]+)?", fields[3]) is not None


def read_trec(path: Path, options: ReadOptions) -> Rows:
    """Yield the judgements of TREC qrels; raises `UnusableInput` for a line that has not four fields."""
    for where, line in text_lines(path, options.encoding):
        fields = line.split()
        if len(fields) != 4:
            raise UnusableInput(
                f"{where}: {line[:80]!r} has {len(fields)} fields; TREC lines have four: qid 0 doc_id grade"
            )
        yield RatedRow(where, "", fields[0], fields[2], fields[3])


def read_ltr(path: Path, options: ReadOptions) -> Rows:
    """Yield the judgements of learning-to-rank lines; raises `UnusableInput` for a line that is none."""
    for where, line in text_lines(path, options.encoding):
        if line.lstrip().startswith("#"):
            continue
        match = _LTR_LINE.match(line.strip())
        if match is None:
            raise UnusableInput(
                f"{where}: {line[:80]!r} is no line of learning to rank with its product; wanted is "
                "3 qid:1 # doc_id query"
            )
        yield RatedRow(where, match["query"].strip(), match["qid"], match["doc_id"], match["rating"])


def trec_text(judgement_set: JudgementSet, path: Path) -> tuple[str, list[str]]:
    """Return judgements as TREC qrels, and what these do not hold.

    Raises `UnusableInput` for an id with white space.
    """
    for name in {name for qid, doc_id, _ in triples(judgement_set.qrels) for name in (qid, doc_id)}:
        if len(name.split()) != 1:
            raise UnusableInput(f"{path}: id {name!r} holds white space, which TREC qrels cannot; use tsv")
    return "".join(f"{qid} 0 {doc_id} {grade}\n" for qid, doc_id, grade in triples(judgement_set.qrels)), []

"""The formats of judgements: one table of what can be read and written, and how to tell them apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from relevance.judgements import Query
from relevance.judging.formats.beir import find_beir_queries, read_beir_queries
from relevance.judging.formats.columns import normalize_name
from relevance.judging.formats.json_values import read_json
from relevance.judging.formats.judgement_set import JudgementSet, build_judgement_set
from relevance.judging.formats.opensearch import is_judgement_list, read_judgement_list
from relevance.judging.formats.quepid import quepid_text
from relevance.judging.formats.rank_eval import (
    DEFAULT_TEMPLATE,
    is_rank_eval,
    rank_eval_text,
    read_rank_eval,
)
from relevance.judging.formats.rated_rows import ReadOptions, Rows
from relevance.judging.formats.rre import is_rre, read_rre
from relevance.judging.formats.tables import (
    column_notes,
    is_book,
    open_judged_table,
    read_book,
    read_rated_table,
)
from relevance.judging.formats.text_lines import text_lines
from relevance.judging.formats.trec import is_ltr, is_trec, read_ltr, read_trec, trec_text
from relevance.judging.formats.tsv import is_tsv, read_tsv, tsv_text
from shangsou.errors import UnusableInput
from shangsou.output_files import write_text
from shangsou.reading.files import inspect
from shangsou.reading.tables import is_workbook

ReadFormat = Literal[
    "tsv", "trec", "ltr", "quepid", "book", "rre", "opensearch", "rank_eval", "esci", "beir", "table"
]
WriteFormat = Literal["tsv", "trec", "quepid", "rank_eval"]

_READERS: Mapping[ReadFormat, Callable[[Path, ReadOptions], Rows]] = {
    "tsv": read_tsv,
    "trec": read_trec,
    "ltr": read_ltr,
    "quepid": read_rated_table,
    "book": read_book,
    "rre": read_rre,
    "opensearch": read_judgement_list,
    "rank_eval": read_rank_eval,
    "esci": read_rated_table,
    "beir": read_rated_table,
    "table": read_rated_table,
}
_TABLES: frozenset[ReadFormat] = frozenset({"quepid", "book", "esci", "beir", "table"})
# In this order: a case of Quepid has queries with ratings, which are none of RRE.
_JSON_FORMATS: Sequence[tuple[ReadFormat, Callable[[object], bool]]] = (
    ("rank_eval", is_rank_eval),
    ("opensearch", is_judgement_list),
    ("rre", is_rre),
)
_FORMAT_BY_SUFFIX: Mapping[str, WriteFormat] = {
    ".tsv": "tsv", ".csv": "quepid", ".trec": "trec", ".qrels": "trec", ".txt": "trec", ".json": "rank_eval",
}  # fmt: skip
# Names of ESCI's, BEIR's and Quepid's columns, normalized; the others of a table do not matter.
_HEADERS: Sequence[tuple[ReadFormat, frozenset[str]]] = (
    ("esci", frozenset({"query", "productid", "escilabel"})),
    ("beir", frozenset({"queryid", "corpusid", "score"})),
    ("quepid", frozenset({"query", "docid", "rating"})),
    ("quepid", frozenset({"querytext", "docid", "rating"})),
)


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What `rank_eval` needs beside the judgements."""

    index: str = ""
    template: Mapping[str, object] | None = None
    """The search body; None: a match of the title."""


def format_of(path: Path) -> WriteFormat:
    """Return the format of a file to write by its name, without `.gz`; raises `UnusableInput`."""
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if suffix not in _FORMAT_BY_SUFFIX:
        raise UnusableInput(
            f"{path}: its name does not tell the format; say --to: tsv, trec, quepid or rank_eval"
        )
    return _FORMAT_BY_SUFFIX[suffix]


def detect_format(path: Path, options: ReadOptions | None = None) -> ReadFormat:
    """Return the format of a file to read, by its content; raises `UnusableInput` if it cannot be read."""
    options = options or ReadOptions()
    if options.columns or _is_binary(path, options.encoding):
        return _table_format(path, options)
    first = next((line for _, line in text_lines(path, options.encoding)), "")
    if first.lstrip("\ufeff \t").startswith(("{", "[")):
        document = read_json(path, options.encoding)
        for kind, matches in _JSON_FORMATS:
            if matches(document):
                return kind
        raise UnusableInput(
            f"{path}: is JSON of another kind; read are requests with ratings (_rank_eval), judgmentRatings "
            "(OpenSearch) and query_groups with relevant_documents (RRE)"
        )
    if is_tsv(first):
        return "tsv"
    if is_ltr(first):
        return "ltr"
    if is_trec(first) or Path(path.name.removesuffix(".gz")).suffix.lower() in (".trec", ".qrels"):
        return "trec"
    return _table_format(path, options)


def read_judgement_set(
    path: Path,
    kind: ReadFormat | None = None,
    queries: Sequence[Query] = (),
    options: ReadOptions | None = None,
) -> JudgementSet:
    """Return the judgements of a file.

    Parameters
    ----------
    kind
        Its format; None: by its content.
    queries
        The queries, if known; see `build_judgement_set`.
    options
        What the file cannot tell.

    Raises
    ------
    UnusableInput
        Names the place: see the reader of the format and `build_judgement_set`.
    """
    options = options or ReadOptions()
    kind = kind or detect_format(path, options)
    notes: list[str] = []
    if kind == "beir" and not queries and (found := find_beir_queries(path)):
        queries = read_beir_queries(found)
        notes.append(f"the queries are those of {found}")
    if kind in _TABLES:
        notes += column_notes(path, options)
    judgement_set = build_judgement_set(_READERS[kind](path, options), path, queries, options)
    return replace(judgement_set, notes=[*notes, *judgement_set.notes])


def write_judgement_set(
    judgement_set: JudgementSet, path: Path, kind: WriteFormat, options: WriteOptions | None = None
) -> list[str]:
    """Write judgements in a format, and return messages about what it cannot hold.

    Raises
    ------
    UnusableInput
        If a judgement itself would be lost: an id with white space in TREC or a tab in TSV; in Quepid and
        `_rank_eval` a judged qid without a text; in Quepid one text with two grades of a product.
    """
    options = options or WriteOptions()
    if kind == "rank_eval":
        text, lost = rank_eval_text(judgement_set, path, options.index, options.template or DEFAULT_TEMPLATE)
    else:
        text, lost = {"tsv": tsv_text, "trec": trec_text, "quepid": quepid_text}[kind](judgement_set, path)
    write_text(path, text)
    return lost


def _table_format(path: Path, options: ReadOptions) -> ReadFormat:
    table = open_judged_table(path, options)
    names = {normalize_name(name) for name in table.header}
    if options.columns:
        return "table"
    if is_book(table, options):
        return "book"
    return next((kind for kind, columns in _HEADERS if columns <= names), "table")


def _is_binary(path: Path, encoding: str | None) -> bool:
    """Return whether a file is a workbook or Parquet."""
    return is_workbook(path) or not inspect(path, str(path), encoding).encoding

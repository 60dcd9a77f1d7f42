"""Read a log of shoppers' queries into the known queries."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.csv_rows import Dialect, split_line
from shangsou.errors import UnusableInput
from shangsou.lexicon.entities import MIN_QUERY_END_SHARE, head_nouns
from shangsou.lexicon.phrases import MAX_POPULAR_QUERIES, KnownQueries, Phrase, PhraseCounter
from shangsou.limits import MAX_QUERY_LENGTH
from shangsou.reading.files import Lines, LongLine, inspect
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.terms import characters

# Column names in the query logs of shops and their tools, normalized.
_QUERY_COLUMNS = (
    "query",
    "user_query",
    "q",
    "keyword",
    "search_term",
    "查询",
    "查询词",
    "搜索词",
    "关键词",
    "搜索关键词",
)
_COUNT_COLUMNS = ("count", "searches", "times", "次数", "搜索次数", "搜索量")
# Private data typed by mistake: numbers of phones, cards and orders, addresses.
_PRIVATE = re.compile(r"\d{9,}|@|://|www\.")
_DELIMITERS = ("\t", ",")
# No shop has a trillion searches.
_COUNT_DIGITS = 12


@dataclass(slots=True)
class QueriesReport:
    """The outcomes of the lines of a file."""

    read: int = 0
    kept: int = 0
    """Lines whose query was imported."""
    empty: int = 0
    """Lines without a searchable text, or with one that is too long."""
    private: int = 0
    """Lines left out because they contain a long number, or an email or web address."""
    uncounted: int = 0
    """Lines whose count is not a positive whole number: imported with a count of one."""


def read_queries(path: Path, segmenter: Segmenter = PACKAGED) -> tuple[KnownQueries, QueriesReport]:
    """Return the queries of a file with their counts.

    One query a line; or TSV or CSV with a header that names the column of queries and, if there is one, of
    counts. A word also counts as part of a longer query, since a log of distinct queries does not show
    which of them are popular.

    Raises
    ------
    UnusableInput
        The file is missing or is not text.
    """
    report = QueriesReport()
    counts: Counter[str] = Counter()
    for typed, count in _lines(path, report):
        report.read += 1
        query = normalize(typed) if len(typed) <= MAX_QUERY_LENGTH else ""
        if not characters(query):
            report.empty += 1
        elif _PRIVATE.search(query):
            report.private += 1
        else:
            report.kept += 1
            counts[query] += count
    if not counts:
        raise UnusableInput(f"{path}: holds no query; give one a line, or TSV or CSV with a column `query`")
    return known_queries(counts, segmenter), report


def known_queries(counts: Mapping[str, int], segmenter: Segmenter = PACKAGED) -> KnownQueries:
    """Return the normalized queries with their counts, and the words in them."""
    words, texts, counts_by_phrase = PhraseCounter(segmenter), list(counts), Counter(counts)
    for query in texts:
        words.add_text(query)
    query_nouns = sorted(head_nouns(words.position_counts(), MIN_QUERY_END_SHARE, segmenter))
    popular = [query for query, count in counts_by_phrase.most_common(MAX_POPULAR_QUERIES) if count > 1]
    for phrase in words.phrases().words:
        counts_by_phrase[phrase.normalized] += phrase.count
    phrases = [Phrase(query, query, count) for query, count in counts_by_phrase.items()]
    return KnownQueries(phrases, popular, head_nouns=query_nouns, texts=texts)


def _lines(path: Path, report: QueriesReport) -> Iterator[tuple[str, int]]:
    file = inspect(path, path.name)
    with file.text() as stream:
        lines = (line for _, line in Lines(stream) if not isinstance(line, LongLine) and line.strip())
        first = next(lines, "")
        delimiter = next((candidate for candidate in _DELIMITERS if candidate in first), "\t")
        columns = [normalize(cell) for cell in _split_cells(first, delimiter)]
        query_column = _find_column(columns, _QUERY_COLUMNS)
        count_column = _find_column(columns, _COUNT_COLUMNS)
        if query_column is None:
            yield first, 1
            yield from ((line, 1) for line in lines)
            return
        for line in lines:
            cells = line.split("\t") if delimiter == "\t" else _split_cells(line, delimiter)
            query = cells[query_column] if query_column < len(cells) else ""
            yield query, 1 if count_column is None else _count(cells, count_column, report)


def _split_cells(line: str, delimiter: str) -> list[str]:
    return split_line(line, Dialect(delimiter)) or [line]


def _count(cells: list[str], position: int, report: QueriesReport) -> int:
    text = cells[position].strip().replace(",", "") if position < len(cells) else ""
    if text.isascii() and text.isdigit() and len(text) <= _COUNT_DIGITS and int(text):
        return int(text)
    report.uncounted += 1
    return 1


def _find_column(columns: list[str], names: tuple[str, ...]) -> int | None:
    return next((position for position, column in enumerate(columns) if column in names), None)

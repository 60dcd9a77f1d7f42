"""Read a log of shoppers' queries into the known queries."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shangsou.behaviour.query_logs import PERSONAL, read_query_log
from shangsou.errors import UnusableInput
from shangsou.lexicon.entities import MIN_QUERY_END_SHARE, head_nouns
from shangsou.lexicon.phrases import MAX_POPULAR_QUERIES, KnownQueries, Phrase, PhraseCounter
from shangsou.limits import MAX_QUERY_LENGTH
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.terms import characters


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

    The file is one that `read_query_log` reads. A word also counts as part of a longer query, since a log of
    distinct queries does not show which of them are popular.

    Raises
    ------
    UnusableInput
        The file is missing or is not text, or holds no query.
    """
    report = QueriesReport()
    counts: Counter[str] = Counter()
    for typed, searches, *_ in read_query_log(path):
        report.read += 1
        report.uncounted += searches is None
        query = normalize(typed) if len(typed) <= MAX_QUERY_LENGTH else ""
        if not characters(query):
            report.empty += 1
        elif PERSONAL.search(query):
            report.private += 1
        else:
            report.kept += 1
            counts[query] += searches or 1
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

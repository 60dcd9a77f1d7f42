"""The lexical query of a text: its terms, as many as the engines can score."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil

from shangsou.engines.fields import TEXTS
from shangsou.engines.query import LexicalQuery
from shangsou.text.segmenter import Segmenter
from shangsou.text.terms import bigrams, characters, grams, words

# Share of a query's bigrams that a strict match holds: with the nearest by vectors .556 mean nDCG@10
# on the development judgements, a plain OR .559 but 4,811 of 74,362 products "found" for 连衣裙.
_REQUIRED_SHARE = 2 / 3
# Of a long query these are scored: 2 x 60 - 1 grams and 64 words in five fields each, and 60 characters in
# one, make 975 clauses, and Elasticsearch takes no more than 1,024 where it has many cores and little
# memory. Real queries have up to 60 characters.
_MAX_SCORED_CHARACTERS = 60
_MAX_SCORED_WORDS = 64
# Of all ways to say a query together; the rest is for filters and strict matches.
_MAX_CLAUSES = 980


def make_lexical_query(text: str, field_weights: Mapping[str, float], segmenter: Segmenter) -> LexicalQuery:
    """Return the lexical query of a normalized text."""
    runs = characters(text)
    required = dict.fromkeys(bigrams(runs))
    required_count = ceil(_REQUIRED_SHARE * len(required))
    if not required:
        required = dict.fromkeys("".join(runs))
        required_count = len(required)
    return LexicalQuery(
        words=distinct_words(text, segmenter)[:_MAX_SCORED_WORDS],
        grams=tuple(dict.fromkeys(grams(text[:_MAX_SCORED_CHARACTERS]))),
        required_grams=tuple(required),
        required_count=required_count,
        weights=field_weights,
    )


def with_alternatives(
    query: LexicalQuery, texts: Sequence[str], field_weights: Mapping[str, float], segmenter: Segmenter
) -> LexicalQuery:
    """Return a query with further ways to say it, as many as the engines can score."""
    alternatives = list(query.alternatives)
    clauses = sum(map(_count_clauses, query.wordings))
    for text in texts:
        alternative = make_lexical_query(text, field_weights, segmenter)
        clauses += _count_clauses(alternative)
        if clauses > _MAX_CLAUSES:
            break
        alternatives.append(alternative)
    return replace(query, alternatives=tuple(alternatives)) if alternatives else query


def require_only(query: LexicalQuery, text: str, segmenter: Segmenter) -> LexicalQuery:
    """Return a query that products match strictly which hold what it says in a part of its text.

    The rest has been read as facts: `16g u盘` is matched by what says u盘 and does not contradict 16 GB, and
    not by all that says 16g.
    """
    part = make_lexical_query(text, query.weights, segmenter)
    if not part.required_grams:
        return query
    read = set(query.required_grams).difference(part.required_grams)

    def without_read(of: LexicalQuery) -> LexicalQuery:
        required = tuple(gram for gram in of.required_grams if gram not in read)
        return replace(of, required_grams=required, required_count=ceil(_REQUIRED_SHARE * len(required)))

    return replace(
        without_read(query),
        alternatives=tuple(without_read(alternative) for alternative in query.alternatives),
    )


def distinct_words(text: str, segmenter: Segmenter) -> tuple[str, ...]:
    """Return the words of a normalized text, each once, in its order."""
    return tuple(dict.fromkeys(words(text, segmenter)))


def _count_clauses(query: LexicalQuery) -> int:
    return len(TEXTS) * (len(query.words) + len(query.grams)) + len(query.characters)

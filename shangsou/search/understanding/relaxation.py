"""Query relaxation: drop the least informative words where too few products match all of them."""

from collections.abc import Sequence
from typing import NamedTuple

from shangsou.lexicon.lexicon import Lexicon
from shangsou.text.entities import Entity, EntityKind
from shangsou.text.terms import characters

# What may go before what: how a thing is comes before what it is made of, that before which one it is, and
# the thing itself stays to the end; words that are no entity stand between. A guess at what a shopper would
# rather do without: no judged query needs it.
_DROP_ORDER: tuple[EntityKind | None, ...] = (
    "quantity",
    "season",
    "audience",
    "size",
    "colour",
    "attribute",
    "material",
    None,
    "model",
    "brand",
    "product",
)
# Most words that one search does without; each costs a search more.
MAX_DROPPED = 3


class RelaxedQuery(NamedTuple):
    """A query without some of its words."""

    dropped: tuple[str, ...]
    """In the order in which they went."""
    text: str
    """Normalized."""


class _Term(NamedTuple):
    start: int
    end: int
    kind: EntityKind | None


def relaxed_queries(
    text: str, words: Sequence[str], entities: Sequence[Entity], lexicon: Lexicon | None
) -> list[RelaxedQuery]:
    """Return a normalized query without its least informative word, without the two least, and so on.

    A word that no title holds goes first, since it is why nothing is found. Of one kind, the most frequent
    goes first. The last word stays.

    Parameters
    ----------
    text, words, entities
        The query and what was found in it; words in its order, those inside others among them.
    lexicon
        Tells how common words are; without one, of a kind the first word goes first.
    """
    terms = _terms(text, words, entities)
    texts = [text[term.start : term.end] for term in terms]
    counts = lexicon.words.counts(texts) if lexicon else [1] * len(terms)
    ranked = sorted(
        zip(terms, counts, strict=True),
        key=lambda pair: (pair[1] > 0 or pair[0].kind is not None, _DROP_ORDER.index(pair[0].kind), -pair[1]),
    )
    order = [term for term, _ in ranked][: min(MAX_DROPPED, len(terms) - 1)]
    return [_drop_terms(text, order[: number + 1]) for number in range(len(order))]


def _terms(text: str, words: Sequence[str], entities: Sequence[Entity]) -> list[_Term]:
    """Return the entities of a query, and the words that are in none, in order."""
    terms = [_Term(entity.start, entity.end, entity.kind) for entity in entities]
    # The longest first: a word inside another is none of its own.
    for word in sorted(words, key=len, reverse=True):
        start = text.find(word)
        if start >= 0 and all(start >= term.end or start + len(word) <= term.start for term in terms):
            terms.append(_Term(start, start + len(word), None))
    return sorted(terms)


def _drop_terms(text: str, dropped: Sequence[_Term]) -> RelaxedQuery:
    chars = list(text)
    for term in dropped:
        chars[term.start : term.end] = [" "] * (term.end - term.start)
    remaining = "".join(chars)
    return RelaxedQuery(
        tuple(text[term.start : term.end] for term in dropped),
        " ".join(part for part in remaining.split() if characters(part)),
    )

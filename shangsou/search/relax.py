"""Doing without words of a query that too few products hold all of: the least telling goes first."""

from collections.abc import Sequence
from typing import NamedTuple

from shangsou.lexicon.lexicon import Lexicon
from shangsou.text.entities import Entity, Kind
from shangsou.text.terms import characters

# What may go before what: how a thing is comes before what it is made of, that before which one it is, and
# the thing itself stays to the end; words that are no entity stand between. A guess at what a shopper would
# rather do without: no judged query needs it.
_ORDER: tuple[Kind | None, ...] = (
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
MOST_DROPPED = 3


class Shorter(NamedTuple):
    """A query without some of its words."""

    dropped: tuple[str, ...]
    """In the order in which they went."""
    text: str
    """Normalised."""


class _Term(NamedTuple):
    start: int
    end: int
    kind: Kind | None


def shorten(
    text: str, words: Sequence[str], entities: Sequence[Entity], lexicon: Lexicon | None
) -> list[Shorter]:
    """Return a normalised query without its least telling word, without the two least telling, and so on.

    A word that no title holds goes first: it is what nothing is found for. Of a kind, what is said most
    goes first. The last word stays.

    Parameters
    ----------
    text, words, entities
        The query and what was found in it; words in its order, those inside others among them.
    lexicon
        Tells how common words are; without one, of a kind the first word goes first.
    """
    terms = _terms(text, words, entities)
    said = [text[one.start : one.end] for one in terms]
    counts = lexicon.words.counts(said) if lexicon else [1] * len(terms)
    telling = sorted(
        zip(terms, counts, strict=True),
        key=lambda one: (one[1] > 0 or one[0].kind is not None, _ORDER.index(one[0].kind), -one[1]),
    )
    order = [term for term, _ in telling][: min(MOST_DROPPED, len(terms) - 1)]
    return [_without(text, order[: number + 1]) for number in range(len(order))]


def _terms(text: str, words: Sequence[str], entities: Sequence[Entity]) -> list[_Term]:
    """Return the entities of a query, and the words that are in none, in order."""
    terms = [_Term(one.start, one.end, one.kind) for one in entities]
    # The longest first: a word inside another is none of its own.
    for word in sorted(words, key=len, reverse=True):
        start = text.find(word)
        if start >= 0 and all(start >= one.end or start + len(word) <= one.start for one in terms):
            terms.append(_Term(start, start + len(word), None))
    return sorted(terms)


def _without(text: str, dropped: Sequence[_Term]) -> Shorter:
    kept = list(text)
    for term in dropped:
        kept[term.start : term.end] = [" "] * (term.end - term.start)
    rest = "".join(kept)
    return Shorter(
        tuple(text[term.start : term.end] for term in dropped),
        " ".join(part for part in rest.split() if characters(part)),
    )

"""Synonyms: reading a file of them, and saying a query in other words by them."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

import rjieba

from shangsou.errors import UnusableInput
from shangsou.text.normalise import normalise

# A phrase to what may stand in its place, all normalised.
Synonyms = Mapping[str, tuple[str, ...]]
# A comment stands alone or after a space, so that `c#` is a phrase.
_COMMENT = re.compile(r"(^|\s)#.*")
# Words that one phrase spans at most; more would be looked up at every word of a query.
_LONGEST_WORDS = 6
# Ways to say a query besides its own: each is scored as a query of its own.
_MOST_REWORDINGS = 8


class Rewording(NamedTuple):
    """A query said in other words."""

    text: str
    replaced: tuple[tuple[str, str], ...]
    """Pairs of what stood there and what stands there now."""


def parse_synonyms(*files: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the synonyms that files hold, read one after the other.

    `耐克, nike` stand for each other; `手提电脑 => 笔记本电脑` goes one way; `鞋 =>` takes away what
    lines before it gave; `#` begins a comment. Full-width commas and `、` separate too.

    Parameters
    ----------
    files
        Of each its name, for complaints, and its text.

    Raises
    ------
    UnusableInput
        Naming the line that is no such thing.
    """
    found: dict[str, dict[str, None]] = {}
    for place, content in content_lines(files):
        left, arrow, right = content.partition("=>")
        phrases, others = _phrases(left), _phrases(right if arrow else left)
        if not phrases or "=>" in right or (not arrow and len(phrases) < 2):
            raise UnusableInput(
                f'{place}: "{content[:80]}" are no synonyms; write "耐克, nike" or "手提电脑 => 笔记本电脑"'
            )
        for phrase in phrases:
            if not others:
                found.pop(phrase, None)
                continue
            known = found.setdefault(phrase, {})
            known.update((other, None) for other in others if other != phrase)
    return {phrase: tuple(others) for phrase, others in found.items() if others}


def reword(text: str, synonyms: Synonyms) -> list[Rewording]:
    """Return the other ways to say a normalised query, those with the fewest replacements first.

    A phrase is replaced where it is made of whole words: `耐克` in `耐克鞋`, but not `裙` in `连衣裙`.
    `cut_phrases` says which of those that overlap.
    """
    if not synonyms:
        return []
    pieces = list(cut_phrases(text, synonyms))
    choices = [(piece, *synonyms.get(piece, ())) if known else (piece,) for piece, known in pieces]
    if all(len(choice) == 1 for choice in choices):
        return []
    said = [
        Rewording(
            "".join(chosen),
            tuple((piece, other) for (piece, _), other in zip(pieces, chosen, strict=True) if other != piece),
        )
        # The first is the query itself. A long query could be said in thousands of ways.
        for chosen in islice(product(*choices), 1, 1 + _MOST_REWORDINGS**2)
    ]
    return sorted(said, key=lambda one: len(one.replaced))[:_MOST_REWORDINGS]


def content_lines(files: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the place and the content of each line that says something, without its comment."""
    for source, text in files:
        for number, line in enumerate(text.splitlines(), start=1):
            content = _COMMENT.sub("", line).strip()
            if content:
                yield f"{source}:{number}", content


def cut_phrases(text: str, known: Container[str]) -> Iterator[tuple[str, bool]]:
    """Yield a normalised text cut into known phrases and all the rest, and which of both a piece is.

    A phrase is made of whole words. Of phrases that overlap those count that together cover most of the
    text, of these the fewest, and of these the first and longest: `华为手机壳` is `华为` and `手机壳` where
    `华为手机`, too, is known.
    """
    ends = _word_ends(text)
    # Of what begins at each place: characters covered, phrases it takes (the fewer, the greater).
    best = [(0, 0)] * (len(text) + 1)
    chosen = [0] * len(text)
    for place in reversed(range(len(text))):
        best[place] = best[place + 1]
        for end in sorted(_phrase_ends(place, ends)):
            covered, phrases = best[end]
            with_it = (covered + end - place, phrases - 1)
            if with_it >= best[place] and text[place:end] in known:
                best[place], chosen[place] = with_it, end
    place = rest = 0
    while place < len(text):
        end = chosen[place]
        if not end:
            place += 1
            continue
        if rest < place:
            yield text[rest:place], False
        yield text[place:end], True
        place = rest = end
    if rest < place:
        yield text[rest:], False


def _phrases(text: str) -> list[str]:
    for separator in "，、":
        text = text.replace(separator, ",")
    return [phrase for phrase in map(normalise, text.split(",")) if phrase]


# A search cuts its query twice: into synonyms and into entities.
@lru_cache(1024)
def _word_ends(text: str) -> Mapping[int, set[int]]:
    """Return where the words that begin at a place end: those of the text and those inside long ones."""
    ends: defaultdict[int, set[int]] = defaultdict(set)
    start = 0
    for word in rjieba.cut(text):
        for inner in rjieba.cut_for_search(word):
            place = start + word.index(inner)
            ends[place].add(place + len(inner))
        start += len(word)
    return ends


def _phrase_ends(place: int, ends: Mapping[int, set[int]]) -> set[int]:
    """Return where phrases of whole words that begin at a place may end."""
    reached, last = set[int](), {place}
    for _ in range(_LONGEST_WORDS):
        last = {end for start in last for end in ends.get(start, ())}
        reached |= last
    return reached

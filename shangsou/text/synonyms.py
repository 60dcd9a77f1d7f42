"""Synonyms: read a file of them, and reword a query with them."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import islice, product
from typing import NamedTuple

from shangsou.errors import UnusableInput
from shangsou.text.latin_names import name_key
from shangsou.text.latin_synonyms import LatinSynonyms, collect_latin
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import Segmenter

# Replacements by phrase, all normalized.
Synonyms = Mapping[str, tuple[str, ...]]
# A comment is on its own line or after a space, so that `c#` is a phrase.
_COMMENT = re.compile(r"(^|\s)#.*")
# Maximum number of words in a phrase: that many lookups are made at every word of a query.
_MAX_PHRASE_WORDS = 6
# Shorter ones are parts of too many words. Of longer ones than the second, jieba finds the words.
_MIN_LONG_PHRASE, _MAX_CHINESE_PHRASE = 3, 7
_CHINESE = re.compile("[\u4e00-\u9fff]+")
# A hundred words that all stand for each other; a list of brands pasted by mistake would take a gigabyte.
_MAX_PAIRS_PER_LINE = 10_000
# Maximum number of rewordings of a query: each is scored as a query of its own.
_MAX_REWORDINGS = 8


class SynonymDictionary(dict[str, tuple[str, ...]]):
    """Replacements by phrase, with what of them is Latin. Not changed once it is made."""

    @cached_property
    def latin(self) -> LatinSynonyms:
        """The Latin phrases."""
        return collect_latin(self)

    def is_name(self, phrase: str) -> bool:
        """Return whether a phrase is a name in two scripts, or another word for one: `阿迪` for `adidas`."""
        names = self.latin.names
        return any(name_key(one) in names for one in (phrase, *self.get(phrase, ())))


class Rewording(NamedTuple):
    """A rewording of a query."""

    text: str
    replacements: tuple[tuple[str, str], ...]
    """Pairs of an original text and its replacement."""


def parse_synonyms(*files: tuple[str, str]) -> SynonymDictionary:
    """Parse files of synonyms, in order.

    `耐克, nike` are equivalent; `手提电脑 => 笔记本电脑` is one-way; `鞋 =>` removes the synonyms from
    earlier lines; `#` begins a comment. Full-width commas and `、` separate too.

    Parameters
    ----------
    files
        The name of each, for error messages, and its text.

    Raises
    ------
    UnusableInput
        Names the line that is invalid.
    """
    synonyms: dict[str, dict[str, None]] = {}
    for line, content in iter_content_lines(files):
        left, arrow, right = content.partition("=>")
        phrases, replacements = _split_phrases(left), _split_phrases(right if arrow else left)
        if not phrases or "=>" in right or (not arrow and len(phrases) < 2):
            raise UnusableInput(
                f'{line}: "{content[:80]}" are no synonyms; write "耐克, nike" or "手提电脑 => 笔记本电脑"'
            )
        if len(phrases) * len(replacements) > _MAX_PAIRS_PER_LINE:
            raise UnusableInput(
                f"{line}: {len(phrases):,} phrases for {len(replacements):,} are too many: a line may have "
                f"{_MAX_PAIRS_PER_LINE:,} pairs; write several lines"
            )
        for phrase in phrases:
            if not replacements:
                synonyms.pop(phrase, None)
                continue
            targets = synonyms.setdefault(phrase, {})
            targets.update((replacement, None) for replacement in replacements if replacement != phrase)
    return SynonymDictionary(
        (phrase, tuple(replacements)) for phrase, replacements in synonyms.items() if replacements
    )


def reword(text: str, synonyms: Synonyms, segmenter: Segmenter) -> list[Rewording]:
    """Return the rewordings of a normalized query, those with the fewest replacements first.

    A phrase is replaced where it consists of whole words: `耐克` in `耐克鞋`, but not `裙` in `连衣裙`; one
    of three Chinese characters wherever it stands. `cut_phrases` chooses among overlapping ones.
    """
    if not synonyms:
        return []
    pieces = list(cut_phrases(text, synonyms, segmenter, long_anywhere=True))
    choices = [(piece, *synonyms.get(piece, ())) if is_known else (piece,) for piece, is_known in pieces]
    if all(len(choice) == 1 for choice in choices):
        return []
    rewordings = [
        Rewording(
            "".join(chosen),
            tuple(
                (piece, replacement)
                for (piece, _), replacement in zip(pieces, chosen, strict=True)
                if replacement != piece
            ),
        )
        # The first is the query itself. A long query could have thousands of rewordings.
        for chosen in islice(product(*choices), 1, 1 + _MAX_REWORDINGS**2)
    ]
    return sorted(rewordings, key=lambda rewording: len(rewording.replacements))[:_MAX_REWORDINGS]


def iter_content_lines(files: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the file and number, and the content without comment, of each line that has content."""
    for source, text in files:
        for number, line in enumerate(text.splitlines(), start=1):
            content = _COMMENT.sub("", line).strip()
            if content:
                yield f"{source}:{number}", content


def cut_phrases(
    text: str, known_phrases: Container[str], segmenter: Segmenter, *, long_anywhere: bool = False
) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a normalized text, each a known phrase or the rest in between, and which it is.

    A phrase consists of whole words. Among overlapping phrases, those are chosen that together cover most of
    the text, of these the fewest, and of these the first and longest: `华为手机壳` is `华为` and `手机壳`
    even if `华为手机` is known, too. With `long_anywhere`, phrases of three Chinese characters may also begin
    and end inside what jieba takes for words: it cuts `平角裤女` into `平角` and `裤女`.
    """
    ends = _find_word_ends(text, segmenter)
    # Best choice from each position on: characters covered, and number of phrases (fewer is greater).
    best = [(0, 0)] * (len(text) + 1)
    chosen = [0] * len(text)
    for position in reversed(range(len(text))):
        best[position] = best[position + 1]
        phrase_ends = _find_phrase_ends(position, ends)
        if long_anywhere:
            phrase_ends = phrase_ends.union(_find_chinese_ends(text, position))
        for end in sorted(phrase_ends):
            covered, phrases = best[end]
            candidate = (covered + end - position, phrases - 1)
            if candidate >= best[position] and text[position:end] in known_phrases:
                best[position], chosen[position] = candidate, end
    position = gap_start = 0
    while position < len(text):
        end = chosen[position]
        if not end:
            position += 1
            continue
        if gap_start < position:
            yield text[gap_start:position], False
        yield text[position:end], True
        position = gap_start = end
    if gap_start < position:
        yield text[gap_start:], False


def _split_phrases(text: str) -> list[str]:
    for separator in "，、":
        text = text.replace(separator, ",")
    return [phrase for phrase in dict.fromkeys(map(normalize, text.split(","))) if phrase]


# A search cuts its query twice: for synonyms and for entities.
@lru_cache(1024)
def _find_word_ends(text: str, segmenter: Segmenter) -> Mapping[int, set[int]]:
    """Return the ends of the words that begin at a position: those of the text and those inside long ones."""
    ends: defaultdict[int, set[int]] = defaultdict(set)
    start = 0
    for word in segmenter.cut(text):
        for inner in segmenter.cut_for_search(word):
            position = start + word.index(inner)
            ends[position].add(position + len(inner))
        start += len(word)
    return ends


def _find_chinese_ends(text: str, position: int) -> range:
    """Return the possible ends of long Chinese phrases that begin at a position, whatever the words."""
    run = _CHINESE.match(text, position, position + _MAX_CHINESE_PHRASE)
    return range(position + _MIN_LONG_PHRASE, run.end() + 1 if run else 0)


def _find_phrase_ends(position: int, ends: Mapping[int, set[int]]) -> set[int]:
    """Return the possible ends of phrases of whole words that begin at a position."""
    reached, last = set[int](), {position}
    for _ in range(_MAX_PHRASE_WORDS):
        last = {end for start in last for end in ends.get(start, ())}
        reached |= last
    return reached

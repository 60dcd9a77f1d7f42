"""The terms of what titles and subtitles state: codes, colours, audiences, amounts, numbers.

The texts of many products are read at once, since a pattern that is searched for in each takes twice as long.
Each function reads them by a table of facts, and yields the numbers of texts with terms.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from shangsou.lexicon.fact_terms import WRITTEN, audience_terms, colour_terms, reading_terms, term
from shangsou.text.amounts import Amount, letter_sizes
from shangsou.text.audiences import find_audience_words, read_audience_words
from shangsou.text.codes import Stretch, find_stretches, stretch_codes, written_codes
from shangsou.text.colours import colour_family, find_colours
from shangsou.text.facts import FactTable
from shangsou.text.joined_texts import SEPARATOR, JoinedTexts

RowTerms = Iterator[tuple[int, Sequence[str]]]

# Titles end in the variant that is sold, as in `12寸16寸 … 14寸粉色`: what stands in the last characters
# counts, and not what the keywords before it say. As in the measurement on 74,362 titles that found it.
_VARIANT_LENGTH = 16
# Amounts this close are a list of which each is sold.
_LIST_GAP = 2
# Generations of networks are no amounts: 移动联通4G, 4G手机.
_NETWORK = re.compile(r"(?<=[动通信双网])[2-5]g|[2-5]g(?=手机|全?网|双|智能|[2-5]g)")
_BARE_NUMBER = re.compile(r"(?<![a-z0-9.])\d{3,6}(?![a-z0-9.])")
# Words of a list of colours: 正白/浅嫩绿.
_BORDER = rf"\s/,，、()（）{SEPARATOR}"
_WORDS = re.compile(rf"(?<![^{_BORDER}])[\u4e00-\u9fff]{{1,5}}(?![^{_BORDER}])")


def find_code_terms(table: FactTable, texts: JoinedTexts, amounts: Sequence[Amount]) -> RowTerms:
    """Yield the terms of codes; amounts are none."""
    for row, stretches in texts.by_row(list(find_stretches(texts.text, table, amounts))).items():
        for stretch in stretches:
            yield row, _stretch_terms(stretch.text, stretch.amounts)


def find_colour_terms(table: FactTable, titles: JoinedTexts, without: Collection[int]) -> RowTerms:
    """Yield the terms of the colours that each title but those of some rows states last."""
    colours = titles.by_row(find_colours(titles.text, table))
    words = _last_colour_words(titles, table)
    for row in (colours.keys() | words.keys()).difference(without):
        of_title = colours.get(row, [])
        variant_start = titles.ends[row] - _VARIANT_LENGTH
        last = [name for name, _, end in of_title if end > variant_start] + words.get(row, [])
        for name in last or [name for name, _, _ in of_title]:
            yield row, colour_terms(name, table)


def find_audience_terms(table: FactTable, texts: JoinedTexts, without: Collection[int]) -> RowTerms:
    """Yield the terms of the audiences that each text but those of some rows names."""
    for row, words in texts.by_row(find_audience_words(texts.text, table)).items():
        if row not in without:
            audiences = read_audience_words([word.word for word in words], texts.texts[row], table)
            yield row, audience_terms(dict.fromkeys(audience for named in audiences for audience in named))


def find_amount_terms(
    table: FactTable,
    titles: JoinedTexts,
    subtitles: JoinedTexts,
    title_amounts: Sequence[Amount],
    subtitle_amounts: Sequence[Amount],
) -> RowTerms:
    """Yield the terms of amounts; where a title ends in amounts of a dimension, of these alone."""
    networks = {match.start() for match in _NETWORK.finditer(titles.text)}
    in_titles = titles.by_row(
        [
            amount
            for amount in (*title_amounts, *letter_sizes(titles.text, table))
            if amount.start not in networks
        ]
    )
    in_subtitles = subtitles.by_row([*subtitle_amounts, *letter_sizes(subtitles.text, table)])
    for row in in_titles.keys() | in_subtitles.keys():
        amounts = in_titles.get(row, [])
        of_variant = _variant_starts(amounts, titles.ends[row])
        variant = [amount for amount in amounts if amount.start >= of_variant[amount.readings[0].dimension]]
        decided = {reading.dimension for amount in variant for reading in amount.readings}
        for amount in variant:
            for reading in amount.readings:
                yield row, reading_terms(reading)
        for amount in (*amounts, *in_subtitles.get(row, ())):
            for reading in amount.readings:
                if reading.dimension not in decided:
                    yield row, reading_terms(reading)


def find_number_terms(titles: JoinedTexts) -> RowTerms:
    """Yield the terms of bare numbers: as in 充电宝20000, they state nothing, but are mostly meant."""
    matches = list(_BARE_NUMBER.finditer(titles.text))
    rows = titles.rows([match.start() for match in matches]).tolist()
    for row, match in zip(rows, matches, strict=True):
        yield row, [term("text", "", match[0])]


@lru_cache(1 << 14)
def _stretch_terms(text: str, amounts: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    """Return the terms of the codes in a stretch; many are in many titles, as 500ml, which has none."""
    codes = stretch_codes(Stretch(text, 0, amounts))
    return (
        *(term("code", "", code) for code in codes),
        *(term("code", WRITTEN, code) for code in written_codes(text)),
    )


def _last_colour_words(titles: JoinedTexts, table: FactTable) -> dict[int, list[str]]:
    """Return by title the words in its last characters that are names of colours."""
    endings = JoinedTexts([title[-_VARIANT_LENGTH:] for title in titles.texts])
    matches = [match for match in _WORDS.finditer(endings.text) if _is_colour(match[0], table)]
    words: dict[int, list[str]] = {}
    for row, match in zip(endings.rows([match.start() for match in matches]).tolist(), matches, strict=True):
        words.setdefault(row, []).append(match[0])
    return words


@lru_cache(1 << 14)
def _is_colour(word: str, table: FactTable) -> bool:
    return colour_family(word, table) is not None


def _variant_starts(amounts: Sequence[Amount], title_end: int) -> dict[str, int]:
    """Return for each dimension where the amounts of the variant begin: with the first of `30ml/50ml`."""
    starts: dict[str, int] = {}
    for amount in reversed(amounts):
        dimension = amount.readings[0].dimension
        start = starts.get(dimension, title_end)
        is_listed = dimension in starts and start - amount.end <= _LIST_GAP
        if amount.end > title_end - _VARIANT_LENGTH or is_listed:
            starts[dimension] = min(start, amount.start)
        else:
            starts.setdefault(dimension, title_end)
    return starts

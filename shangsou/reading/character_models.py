"""Score how likely a decoded text is, by the characters of the languages that shops write."""

import math
from collections import Counter
from collections.abc import Mapping
from functools import cache

# Shares of characters by kind, beside those of ASCII. Set by hand: what decides is not a share, but that the
# characters of a wrong decoding are a hundred times rarer.
_ASCII = math.log(1 / 60)
# A control character, private use or a character that is in no table below: what a wrong decoding is full of.
_UNKNOWN = math.log(1e-7)
_BROKEN = math.log(1e-9)
_PUNCTUATION = "，。！？、；：“”‘’（）【】《》·—…￥¥×～°①②③④⑤＋％／－"

# Frequent syllables of Korean, chosen by hand: all of EUC-KR lies on frequent characters of GB2312, so that
# any syllables would not tell Korean from Chinese.
_FREQUENT_SYLLABLES = (
    "이다는에가을의로고하지한도사기리인어나대자시스아서그정상용제품명번호원수일과장보성부전해소구라주조여마은연선세"
    "오블랙화이트빨간색피드면티셔츠바운동가방신발세트무선방남성성형"
)


def log_likelihood(text: str, language: str) -> float:
    """Return the log of how likely a text is in a language: a name of `LANGUAGES`."""
    table = _log_shares(language)
    return sum(count * _log_share(char, table) for char, count in Counter(text).items())


def share_of_common(text: str, language: str) -> float:
    """Return the share of characters beyond ASCII that are common in a language; 1 without any."""
    table = _log_shares(language)
    counts = Counter(char for char in text if char > "\x7f")
    total = sum(counts.values())
    return (
        sum(count for char, count in counts.items() if table.get(char, -99) > -14) / total if total else 1.0
    )


LANGUAGES = ("simplified", "traditional", "japanese", "korean", "western")


def _log_share(char: str, table: Mapping[str, float]) -> float:
    if char in table:
        return table[char]
    if " " <= char <= "~" or char in "\n\r\t":
        return _ASCII
    if char == "\ufffd":
        return _BROKEN
    # A rare character, of the 20,000 that any Chinese or Japanese text may hold once.
    return math.log(1e-3 / 20_000) if "\u4e00" <= char <= "\u9fff" else _UNKNOWN


@cache
def _log_shares(language: str) -> Mapping[str, float]:
    kinds: dict[str, list[tuple[float, str]]] = {
        "simplified": [
            (0.02, _double_byte("gb2312", range(0xD8, 0xF8))),
            (0.84, _double_byte("gb2312", range(0xB0, 0xD8))),
            (0.08, _PUNCTUATION),
        ],
        "traditional": [
            (0.02, _double_byte("big5", range(0xC9, 0xFA))),
            (0.84, _double_byte("big5", range(0xA4, 0xC7))),
            (0.08, _PUNCTUATION),
        ],
        "japanese": [
            (0.01, _characters(0xFF66, 0xFF9E)),
            (0.30, _double_byte("cp932", range(0x88, 0x99))),
            (0.30, _characters(0x3041, 0x3094)),
            (0.30, _characters(0x30A1, 0x30FD)),
            (0.08, _PUNCTUATION),
        ],
        "korean": [
            (0.005, _double_byte("euc_kr", range(0xCA, 0xFE))),
            (0.40, _double_byte("euc_kr", range(0xB0, 0xC9))),
            (0.50, _FREQUENT_SYLLABLES),
            (0.05, _PUNCTUATION),
        ],
        "western": [(0.5, "éèêëàâäáãåçñôöóòõøùûüúîïíìßæœÉÈÀÂÄÇÑÖÜÅØ"), (0.05, "°®™©€£–—’‘“”…«»·½²³")],
    }
    return {
        char: math.log(share / len(characters))
        for share, characters in kinds[language]
        for char in characters
    }


def _double_byte(encoding: str, lead_bytes: range) -> str:
    pairs = (bytes((lead, trail)) for lead in lead_bytes for trail in range(0x40, 0xFF))
    texts = dict.fromkeys(pair.decode(encoding, "replace") for pair in pairs)
    return "".join(text for text in texts if len(text) == 1 and text > "\x7f" and text != "\ufffd")


def _characters(first: int, end: int) -> str:
    return "".join(map(chr, range(first, end)))

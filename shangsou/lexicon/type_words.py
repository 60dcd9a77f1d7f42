"""Type words in titles and queries: which of them name what is sold, and which what it goes with.

Chinese is head-final: what is joined behind a word makes the word a modifier (`手机|壳`, `电脑|桌`), and what
stands before it may say that the product only goes with it (`适用|手机`, `送|鼠标垫`).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.text.joined_texts import JoinedTexts
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.word_trie import WordPlaces, WordTrie

# Last characters of words for things; written down by reading leaves of category trees and titles. A word of
# a title that ends in none of them has to be a noun for jieba, and to end titles.
HEAD_CHARACTERS = frozenset(
    "裤衫衣裙鞋靴包袋箱帽巾袜套垫枕被毯帘床桌椅凳柜架灯锅壶杯碗盘碟筷刀叉勺瓶罐盒桶盆机器仪表镜笔本纸册夹卡书画车胎锁铃链泵座把盔霜露液乳水油粉蜜"
    "膜皂剂精茶酒米面豆果仁干肉饼糕线壳贴恤服裳褂袄饰环坠戒镯串花树球拍杆伞扇炉灶煲刷梳剪钳锤钻锯钉板条带绳网布绒棉针扣钩片块管阀轮轴件具品械琴鼓"
    "笛炮枪剑模熊娃偶票券币石玉砂屏脑鼠键响耳麦源宝电池框棒棍梯筒缸篮筐篓盖塞嘴头柄子儿凉席巢屋笼粮窝药膏丸胶囊素奶酪酱醋盐椒菜鱼虾蟹蛋饭粥汤冻脯"
)
# Characters that, joined behind the word for a thing, name what goes with it: accessories, parts, refills,
# services.
_ACCESSORIES = frozenset(
    "壳套膜贴罩垫架座柜桌包袋盒箱线绳链带扣夹挂锁灯刷头卡芯券费弦盖桶勺布板纸轮针塞嘴枕杆棒圈环笔瓶杯碗盆筐篮机器仪膏粉液水"
)
_ACCESSORY_PREFIX = re.compile(
    r"保护|支架|底座|配件|零件|附件|电池|充电|遥控|清洗|清洁|维修|安装|回收|租赁|伴侣|收纳|置物|周边|模型|玩具|图案|印花|面料|布料|替换|散热|开关|电机|马达|轴承|脚架|"
    r"键盘|贴纸|钢化|镜头|服务|用品|工具|耗材|专用|通用|配套|挂件|吊牌|外壳|后盖|皮套|屏幕|主板|排线|滤芯|滤网|墨水|墨盒|摆件|装饰|饰品"
)
# Last characters of words of several for parts and accessories: 吉他|琴弦, 手机|挂绳; but not 羽绒服|外套.
_PARTS = frozenset("弦膜芯盖架座绳扣壳罩垫刷轮塞嘴券")
# Characters that end words for things, but do not turn the word before them into a modifier: 裤|子, 女|装.
_NEUTRAL = frozenset("子正头素新装件具品机")
# Single characters that do.
_JOINED = _ACCESSORIES | (HEAD_CHARACTERS - _NEUTRAL)
# The word before them is a colour or a taste: 咖啡|色, 草莓|味.
_LIKENESS = frozenset("色味")
# What follows is what the product goes with, as far as the next mark or six characters. Every alternative
# begins with a certain character: then a search skips all others, and takes a quarter of the time.
_FITS_WORD = re.compile(r"适用于?|适配|通用|兼容|专用|搭配|可放|送|赠送?|配|for|仿|类似|像|支持|不含")
_FITS = re.compile(rf"(?:{_FITS_WORD.pattern})[^ ,，/、]{{0,6}}$")
_FITS_LENGTH = 10
# What follows a word is cut from this many characters.
_FOLLOWING_LENGTH = 5
# Bundles and packages: the thing inside is what is sold.
_BUNDLE = re.compile(r"(?:套装|套盒|礼盒|组合|礼包|件套|正品|新品|礼品|.装)$")
_NO_BUNDLE = re.compile(r"(?:[女男童服泳西时工]装|[四三六]件套)$")
# What a thing has, as 带盖 and 无线; but 带鱼 is one.
_QUALITIES = re.compile(r"[带有无](?![鱼子]).")
_COLOURS = re.compile(r"[黑白红蓝绿灰黄紫粉棕银金橙米杏]+|.*色")
# jieba's tags of nouns, names, idioms and words that it does not know.
_NOUN_TAGS = frozenset({"n", "ng", "nz", "nr", "nrt", "x", "l"})
MAX_TYPE_LENGTH = 7
# The type, beside its own, of what only goes with the thing that its title names; no query holds it.
ACCESSORY = "(accessory)"
# Titles of accessories and parts, of refills, and of services.
_GOES_WITH = re.compile(
    r"适用|适配|兼容|专用于|配件专|可替换|替换[装芯头]|替芯|补充[装液]|上门|维修服务|安装服务|回收|租赁"
)


# Texts that are scanned together; more do not take less time.
_BATCH_TEXTS = 1_024


class Mention(NamedTuple):
    """A type word in a text."""

    word: str
    start: int
    end: int
    is_head: bool
    """Whether it names what is sold, not what that goes with."""


class TypeWordScanner:
    """Finds the words of a vocabulary in texts. Safe for many threads."""

    def __init__(self, vocabulary: Collection[str], segmenter: Segmenter = PACKAGED) -> None:
        self._segmenter = segmenter
        self._is_word: dict[str, bool] = {}
        """The beginnings of words, of two characters and more, and whether each is a word itself."""
        for word in vocabulary:
            for end in range(2, len(word)):
                self._is_word.setdefault(word[:end], False)
            if len(word) > 1:
                self._is_word[word] = True

    def mentions(self, text: str) -> list[Mention]:
        """Return the type words of a normalized text, in order, without those inside longer ones."""
        fits = _FITS_WORD.search(text) is not None
        return [
            Mention(text[start:end], start, end, _is_head(text, start, end, fits, self._segmenter))
            for start, end in self._spans(text)
        ]

    def heads(self, text: str) -> list[str]:
        """Return the type words that name what is sold, each once."""
        return _heads(text, self._spans(text), self._segmenter)

    def heads_of(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """Yield the heads of each of many normalized texts; positions where no word begins cost nothing."""
        words = {word: word for word, is_word in self._is_word.items() if is_word}
        trie = WordTrie(list(words))
        for first in range(0, len(texts), _BATCH_TEXTS):
            joined = JoinedTexts(texts[first : first + _BATCH_TEXTS])
            starts, ends = _outermost(trie.find(joined.text))
            rows = joined.rows(starts)
            text_starts = np.array(joined.starts, np.int64)[rows]
            spans = list(zip((starts - text_starts).tolist(), (ends - text_starts).tolist(), strict=True))
            bounds = np.searchsorted(rows, np.arange(len(joined.texts) + 1)).tolist()
            for text, (begin, end) in zip(joined.texts, pairwise(bounds), strict=True):
                # One string a word, not one a text: of 500,000 titles 100 MB less.
                yield [words[head] for head in _heads(text, spans[begin:end], self._segmenter)]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the longest word at each position stands, without those inside others."""
        covered = 0
        for start in range(len(text)):
            end, longest = start + 2, 0
            while (is_word := self._is_word.get(text[start:end])) is not None:
                if is_word:
                    longest = end
                if end == len(text):
                    break
                end += 1
            if longest > covered:
                covered = longest
                yield start, longest


def _outermost(places: WordPlaces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the words begin and end that are not inside others, in order."""
    longest_first = np.lexsort((-places.ends, places.starts))
    starts, ends = places.starts[longest_first], places.ends[longest_first]
    is_outside = np.diff(np.maximum.accumulate(ends), prepend=0) > 0
    return starts[is_outside], ends[is_outside]


def _heads(text: str, spans: Iterable[tuple[int, int]], segmenter: Segmenter) -> list[str]:
    fits = _FITS_WORD.search(text) is not None
    return list(
        dict.fromkeys(text[start:end] for start, end in spans if _is_head(text, start, end, fits, segmenter))
    )


def _is_head(text: str, start: int, end: int, fits: bool, segmenter: Segmenter) -> bool:
    following = text[end : end + _FOLLOWING_LENGTH]
    if following and is_chinese(following[0]) and _makes_modifier(following, segmenter):
        return False
    return not (fits and _FITS.search(text, max(0, start - _FITS_LENGTH), start))


def _makes_modifier(following: str, segmenter: Segmenter) -> bool:
    """Return whether what follows begins with a word that turns the one before it into a modifier."""
    if following[0] in _LIKENESS or _ACCESSORY_PREFIX.match(following):
        return True
    # Most hold none of these characters, and need not be cut, which is slow.
    could_be_joined = following[0] in _JOINED or not _PARTS.isdisjoint(following)
    return could_be_joined and _is_joined(following, segmenter)


@lru_cache(1 << 14)
def _is_joined(following: str, segmenter: Segmenter) -> bool:
    """Return whether what follows begins with a word that is joined to the one before it."""
    alone = len(following) == 1 or not is_chinese(following[1])
    word = following[0] if alone else segmenter.cut(following)[0]
    return word in _JOINED if len(word) == 1 else word[-1] in _PARTS and is_noun(word, segmenter)


def has_accessory_behind(text: str, end: int) -> bool:
    """Return whether the word for an accessory begins at a position of a normalized text: `自行车|灯`."""
    return text[end : end + 1] in _ACCESSORIES or _ACCESSORY_PREFIX.match(text, end) is not None


def goes_with(text: str) -> bool:
    """Return whether a normalized title or query says that it is about what only goes with a thing."""
    return _GOES_WITH.search(text) is not None


def is_chinese(character: str) -> bool:
    """Return whether a character is a Chinese one."""
    return "\u4e00" <= character <= "\u9fff"


def is_type_like(word: str) -> bool:
    """Return whether a word or a pair of words could name a thing that is sold."""
    return (
        1 < len(word) <= MAX_TYPE_LENGTH
        and is_chinese(word[0])
        and not _COLOURS.fullmatch(word)
        and not _QUALITIES.fullmatch(word)
        and (not _BUNDLE.search(word) or _NO_BUNDLE.search(word) is not None)
    )


def ends_like_type(word: str) -> bool:
    """Return whether a word ends in a character for things."""
    return word[-1] in HEAD_CHARACTERS


@lru_cache(1 << 16)
def is_noun(word: str, segmenter: Segmenter) -> bool:
    """Return whether jieba has the last part of a word for a noun, a name, or does not know it."""
    return segmenter.tag(word)[-1][1] in _NOUN_TAGS


@lru_cache(1 << 14)
def word_suffixes(word: str, segmenter: Segmenter) -> tuple[str, ...]:
    """Return what is left of a word behind each border inside it: `液晶电视` ends in `电视`."""
    parts = segmenter.cut(word)
    starts = [sum(map(len, parts[:count])) for count in range(1, len(parts))]
    return tuple(word[start:] for start in starts if len(word) - start > 1)

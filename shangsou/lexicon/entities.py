"""The entities of a shop, learned from its own catalog: brands, products, attributes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from shangsou.lexicon.phrases import PositionCounts, brand_spellings
from shangsou.product import Product
from shangsou.text.entities import EntityKind
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.terms import characters

# Chinese is head-final: a title or query mostly ends with the product word. Of 74,362 titles' words
# and pairs that end at least a tenth of the titles with them, .98 are product words, among those that
# taobao_terms knows; of a query log's at least .3, .99 (docs/relevance.md).
_MIN_TITLE_END_SHARE = 0.1
MIN_QUERY_END_SHARE = 0.3
_MIN_END_TEXTS = 5
# Titles begin with their brand: of words that begin at least half of their titles, and that are neither
# places, times nor common nouns, .92 are brands, among those that taobao_terms knows.
_MIN_TITLE_START_SHARE = 0.5
_MIN_START_TEXTS = 5
# jieba's parts of speech of title-initial words that are not names: places, times, numbers,
# nouns, verbs, adjectives, adverbs, directions.
_COMMON_WORD_TAGS = frozenset(
    {"ns", "t", "m", "n", "v", "vn", "vg", "a", "ag", "ad", "d", "s", "f", "p", "q", "r", "l", "i"}
)
# A brand that occurs in titles comes first in some of them; one that never does is a common word in the
# brand column (`箱包`, `食品`).
_MIN_BRAND_START_SHARE = 0.1
_FREQUENT = 5
# Part of speech of the last word of a product word: noun, name, or unknown to jieba.
_PRODUCT_NOUN_TAGS = frozenset({"n", "ng", "nz", "nr", "nrt", "nrfg", "vn", "x", "j", "l", "k"})
# Values that stand for no value in catalogs.
_NO_NAME = re.compile(r"其[他它(]|无品牌|未知|描述|详情|\bother\b|^n/?a$|^无$|^no brand$")
_LEAF_PARTS = re.compile(r"[/、,，()（）\s]+")
# Attribute names by the kind of entity that they hold. Others are just attributes.
_ATTRIBUTE_KINDS: tuple[tuple[str, EntityKind], ...] = (
    ("颜色|色系|colou?r", "colour"),
    ("尺码|尺寸|码数|size", "size"),
    ("材质|面料|成分|材料|material", "material"),
    ("季节|season", "season"),
    ("人群|性别|适用对象|gender", "audience"),
    ("型号|货号|model", "model"),
    ("容量|净含量|重量|规格|数量", "quantity"),
)
# A value must occur in two products and be short enough to be typed.
_MIN_VALUE_PRODUCTS = 2
_MAX_VALUE_LENGTH = 8
_NOT_A_VALUE = re.compile(rf"[\d|,/%+&()]|{_NO_NAME.pattern}")


class EntityLearner:
    """Learns the entities of a catalog from its products."""

    def __init__(self, segmenter: Segmenter = PACKAGED) -> None:
        self._segmenter = segmenter
        self._brands: Counter[str] = Counter()
        self._leaves: Counter[str] = Counter()
        self._values: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, products: Iterable[Product]) -> None:
        """Add the brands, categories and attributes of products. Those off sale are left out."""
        for product in products:
            if product.status == "off":
                continue
            self._brands[product.brand] += 1
            self._leaves.update(product.category[-1:])
            for name, values in product.attributes.items():
                self._values[name].update(values)

    def extract(self, titles: PositionCounts) -> dict[str, EntityKind]:
        """Return the kind of each phrase; the most certain of several kinds wins.

        Parameters
        ----------
        titles
            The words and pairs of words in the titles of the same products.
        """
        products = head_nouns(titles, _MIN_TITLE_END_SHARE, self._segmenter)
        leaves = {
            part for leaf in self._leaves for part in _LEAF_PARTS.split(normalize(leaf)) if _is_phrase(part)
        }
        kinds: dict[str, EntityKind] = dict.fromkeys(products | leaves, "product")
        for name, counts in self._values.items():
            kind = _kind_of_attribute(normalize(name))
            for value, count in counts.items():
                normalized = normalize(value)
                if count >= _MIN_VALUE_PRODUCTS and normalized not in kinds and _is_value(normalized):
                    kinds[normalized] = kind
        for brand in self._column_brands(titles, leaves) | _title_brands(titles, self._segmenter):
            if brand not in products:
                kinds[brand] = "brand"
        return kinds

    def _column_brands(self, titles: PositionCounts, leaves: set[str]) -> set[str]:
        """Return the brands of the brand column, in each of their spellings: `华为（HUAWEI）` has two."""
        parts = {
            part
            for brand in self._brands
            if not _NO_NAME.search(normalize(brand))
            for part in brand_spellings(brand)
        }
        return {
            part
            for part in parts
            if _is_phrase(part)
            and part not in leaves
            and not _is_place(part, self._segmenter)
            and (
                titles.total.get(part, 0) < _FREQUENT
                or titles.first.get(part, 0) >= _MIN_BRAND_START_SHARE * titles.total[part]
            )
        }


def head_nouns(texts: PositionCounts, min_share: float, segmenter: Segmenter) -> set[str]:
    """Return the words and pairs of words that end texts often enough to be their head nouns."""
    return {
        phrase
        for phrase, last in texts.last.items()
        if last >= 2
        and texts.total.get(phrase, 0) >= _MIN_END_TEXTS
        and last >= min_share * texts.total[phrase]
        and _is_phrase(phrase)
        and not phrase.isascii()
        and segmenter.tag(phrase)[-1][1] in _PRODUCT_NOUN_TAGS
    }


def _title_brands(titles: PositionCounts, segmenter: Segmenter) -> set[str]:
    return {
        phrase
        for phrase, first in titles.first.items()
        if first >= _MIN_START_TEXTS
        and first >= _MIN_TITLE_START_SHARE * titles.total.get(phrase, first)
        and _is_phrase(phrase)
        and _is_name(phrase, segmenter)
    }


def _is_phrase(phrase: str) -> bool:
    """Return whether a phrase is more than one character, and not just numbers or punctuation."""
    return len(phrase) > 1 and any(map(str.isalpha, phrase)) and bool(characters(phrase))


def _is_value(text: str) -> bool:
    """Return whether a shopper would type an attribute's value. Values with numbers are found by patterns."""
    return _is_phrase(text) and len(text) <= _MAX_VALUE_LENGTH and not _NOT_A_VALUE.search(text)


def _is_name(phrase: str, segmenter: Segmenter) -> bool:
    """Return whether a phrase is one word that jieba does not know as a place or a common word."""
    tagged = segmenter.tag(phrase)
    return len(tagged) == 1 and tagged[0][1] not in _COMMON_WORD_TAGS


def _is_place(phrase: str, segmenter: Segmenter) -> bool:
    tagged = segmenter.tag(phrase)
    return len(tagged) == 1 and tagged[0][1] == "ns"


def _kind_of_attribute(name: str) -> EntityKind:
    return next((kind for pattern, kind in _ATTRIBUTE_KINDS if re.search(pattern, name)), "attribute")

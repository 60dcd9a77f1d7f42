"""Pairs of a phrase of the catalog and products that hold it: `连衣裙`, `真丝连衣裙`, `欧时力连衣裙`."""

import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from shangsou.lexicon.fact_terms import StatedValue, is_audience_name, is_quality, says_nothing
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.lexicon.phrases import brand_spellings
from shangsou.lexicon.type_vocabulary import leaf_words
from shangsou.lexicon.type_words import is_chinese
from shangsou.lexicon.value_scanner import ValueScanner
from shangsou.text.facts import FactTable
from training.pairs.pair import Pair
from training.pairs.shop_products import ShopProduct
from training.pairs.text_elements import typed_values

# A phrase is held by many products, and none of them is meant more than others: a quarter of a click. By
# judgement, untested.
_WEIGHT = 0.25
# Phrases of the more general kind come first where not all can have a pair: there are fewer of them.
_TYPE, _OF_BRAND, _OF_VALUE = range(3)
# A value of another attribute that fewer queries hold stands there by chance: 涂层, 食物.
_MIN_QUERIES = 5
# Where it comes from: 中国大陆 says nothing, and nobody asks for 苏州市书桌.
_PLACE_NAME = re.compile(r"产地|省份|城市|地市|地区|区域")


@dataclass(slots=True)
class _Holders:
    """A random sample of the products that hold a phrase (reservoir sampling, Vitter 1985)."""

    rank: int
    rows: list[int] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, most: int, source: random.Random) -> None:
        self.count += 1
        if len(self.rows) < most:
            self.rows.append(row)
        elif (place := source.randrange(self.count)) < most:
            self.rows[place] = row


def phrase_pairs(  # noqa: PLR0913 - products, what is known of them, and how many are wanted
    products: Sequence[ShopProduct],
    groups: Sequence[int],
    type_words: Sequence[str],
    vocabulary: FactVocabulary,
    queries: Sequence[str] = (),
    *,
    per_phrase: int = 4,
    most: int = 50_000,
    seed: int,
) -> Iterator[Pair]:
    """Yield pairs of source `phrase`, evenly: each phrase has one product before one has a second.

    Phrases are the leaves of the category tree and the words for products, a brand with such a word, and the
    value of an attribute with one. Of attributes those count that say what a thing is like or for whom it is,
    as material and style, and values that queries hold; those that say where it comes from do not.

    Parameters
    ----------
    products, groups, type_words
        The products of a shop, the number of each from `number_groups`, and its word from `find_type_words`.
    vocabulary
        The facts of the live index: the brands of which phrases are made, and what tells values from amounts.
    queries
        The query log of the shop, normalized; without it values of fewer attributes count.
    per_phrase, most
        At most so many products of a phrase, and pairs in all.
    seed
        Another one draws others.
    """
    source = random.Random(seed)
    asked_values = _find_asked(products, vocabulary.table, queries)
    phrases: dict[str, _Holders] = {}
    for row, (product, name) in enumerate(zip(products, type_words, strict=True)):
        for rank, phrase in _phrases(product, name, asked_values, vocabulary):
            phrases.setdefault(phrase, _Holders(rank)).add(row, per_phrase, source)
    shuffled = source.sample(list(phrases.items()), len(phrases))
    in_order = sorted(shuffled, key=lambda item: item[1].rank)
    evenly = (
        (phrase, holders.rows[place])
        for place in range(per_phrase)
        for phrase, holders in in_order
        if place < len(holders.rows)
    )
    for phrase, row in islice(evenly, most):
        product = products[row]
        yield Pair(phrase, product.product_id, product.title, _WEIGHT, "phrase", groups[row])


def _find_asked(
    products: Sequence[ShopProduct], table: FactTable, queries: Sequence[str]
) -> frozenset[StatedValue]:
    """Return the values of attributes that phrases are made of."""
    stated = {value for product in products for value in typed_values(product, table)}
    in_queries: Counter[str] = Counter()
    for found in ValueScanner(sorted({value.value for value in stated})).find_all(queries).values():
        in_queries.update(found)
    return frozenset(
        value
        for value in stated
        if not _PLACE_NAME.search(value.name)
        and (
            is_quality((value.name,))
            or is_audience_name(value.name)
            or in_queries[value.value] >= _MIN_QUERIES
        )
    )


def _phrases(
    product: ShopProduct, name: str, asked_values: Collection[StatedValue], vocabulary: FactVocabulary
) -> Iterator[tuple[int, str]]:
    """Yield the phrases that a product holds, each once, with their rank."""
    leaves = (word for word in leaf_words(product.category) if not says_nothing(word))
    phrases = dict.fromkeys((*leaves, *([name] if name else ())), _TYPE)
    if name:
        # No column of brands is free of 其他品牌, nor every list of brands of other.
        brands = [
            brand
            for brand in brand_spellings(product.brand)
            if brand in vocabulary.brands and not says_nothing(brand)
        ]
        phrases |= {_join(brand, name): _OF_BRAND for brand in brands if not _overlap(brand, name)}
        values = [
            stated.value
            for stated in typed_values(product, vocabulary.table)
            if stated in asked_values and not _overlap(stated.value, name)
        ]
        phrases |= dict.fromkeys((_join(value, name) for value in values), _OF_VALUE)
    return ((rank, phrase) for phrase, rank in phrases.items())


def _overlap(one: str, other: str) -> bool:
    return one in other or other in one


def _join(modifier: str, name: str) -> str:
    return modifier + name if is_chinese(modifier[-1]) else f"{modifier} {name}"

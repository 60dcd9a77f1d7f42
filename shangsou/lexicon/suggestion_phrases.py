"""Suggestions that a catalog makes without a query log: product words, alone and with a value or a brand.

Each is counted by the types, facts and titles that a search of it goes by, so that it leads to matches.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from shangsou.engines.product_terms import ProductTerms
from shangsou.lexicon.fact_terms import term
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.lexicon.phrases import Phrase
from shangsou.lexicon.product_types import ProductTypes
from shangsou.lexicon.type_vocabulary import min_titles
from shangsou.lexicon.type_words import ends_like_type, is_chinese
from shangsou.text.joined_texts import JoinedTexts
from shangsou.text.latin_names import name_key
from shangsou.text.word_trie import WordTrie

# More of the places of a word stand behind one and the same character, if it is a fragment: 衣裙 of 连衣裙,
# 步鞋 of 跑步鞋. Set by reading the words of two catalogs.
_FRAGMENT_SHARE = 0.7
# Next words of a product word, and product words of a brand: more than any page shows.
_MAX_VALUES, _MAX_WORDS_OF_BRAND = 12, 8
# A value is a word that shoppers add: longer ones are phrases of a merchant.
_MAX_VALUE_LENGTH = 5
_BATCH_TEXTS = 1_024
_CODE_POINTS = 1 << 21


def compose_suggestions(  # noqa: PLR0913, PLR0917 - what a catalog knows of its products
    titles: Sequence[str],
    types: ProductTypes,
    types_of_products: Sequence[Sequence[str]],
    facts: ProductTerms,
    vocabulary: FactVocabulary,
    product_entities: Collection[str],
) -> list[Phrase]:
    """Return what a shop can suggest: `连衣裙`, `夏季连衣裙`, `连衣裙 夏季`, `岚野帐篷`.

    Parameters
    ----------
    titles
        Normalized, of all products, as `types_of_products` and `facts`.
    product_entities
        The phrases that end titles or queries as product words do.
    """
    main_types = Counter(names[0] for names in types_of_products if names)
    words = find_product_words(titles, types, main_types, product_entities)
    words_of_products = [list(_own_words(names, words, main_types)) for names in types_of_products]
    counts = Counter(word for names in words_of_products for word in names)
    least = max(2, min_titles(len(titles)))
    phrases = {word: count for word, count in counts.items() if count >= least or word in types.leaves}
    of_values = _count_values(titles, words_of_products, vocabulary, types)
    of_brands = _count_brands(words_of_products, facts, vocabulary)
    composed: dict[str, tuple[str, int]] = {}
    for word, values in of_values.items():
        for value, count in _most_common(values, least, _MAX_VALUES):
            if value[-1] != word[-1]:
                composed[value + word] = word, count
            if value + word not in types:
                composed[f"{word} {value}"] = word, count
    for brand, named in of_brands.items():
        for word, count in _most_common(named, 2, _MAX_WORDS_OF_BRAND):
            composed[brand + word if is_chinese(brand[-1]) else f"{brand} {word}"] = word, count
    heads = types.scanner.heads_of(list(composed))
    phrases |= {
        phrase: count
        for (phrase, (word, count)), named in zip(composed.items(), heads, strict=True)
        if any(name.endswith(word) for name in named) and phrase not in phrases
    }
    return [Phrase(text, text, count) for text, count in phrases.items()]


def find_product_words(
    titles: Sequence[str],
    types: ProductTypes,
    main_types: Collection[str],
    product_entities: Collection[str],
) -> set[str]:
    """Return the product types that titles call products by: no fragments, and no names of departments."""
    names = [
        name
        for name in types.names
        if (name in product_entities and ends_like_type(name))
        or (name in types.leaves and (name in main_types or name in product_entities or ends_like_type(name)))
    ]
    places: Counter[str] = Counter()
    behind_one: Counter[str] = Counter()
    for (name, before), count in _count_places(names, titles).items():
        places[name] += count
        if is_chinese(before):
            behind_one[name] = max(behind_one[name], count)
    least = min_titles(len(titles))
    return {
        name
        for name in names
        if places[name] >= least
        and (name in types.leaves or behind_one[name] < _FRAGMENT_SHARE * places[name])
    }


def _own_words(names: Sequence[str], words: Collection[str], main_types: Collection[str]) -> Iterator[str]:
    """Yield the product words of a product, without those of which others are: a mouse is no `笔记本`."""
    for name in names:
        is_kind = names[0].endswith(name)
        if name in words and (is_kind or name not in main_types):
            yield name


def _count_places(names: Sequence[str], titles: Sequence[str]) -> Counter[tuple[str, str]]:
    """Count the places of names in titles by the character before them."""
    counts: Counter[tuple[str, str]] = Counter()
    if not names:
        return counts
    trie = WordTrie(names)
    for first in range(0, len(titles), _BATCH_TEXTS):
        text = " " + JoinedTexts(titles[first : first + _BATCH_TEXTS]).text
        found = trie.find(text)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
        keys, of_keys = np.unique(
            found.words * _CODE_POINTS + codes[np.maximum(found.starts - 1, 0)], return_counts=True
        )
        for key, count in zip(keys.tolist(), of_keys.tolist(), strict=True):
            counts[names[key // _CODE_POINTS], chr(key % _CODE_POINTS)] += count
    return counts


def _count_values(
    titles: Sequence[str],
    words_of_products: Sequence[Sequence[str]],
    vocabulary: FactVocabulary,
    types: ProductTypes,
) -> Mapping[str, Counter[str]]:
    """Count for each product word the values that titles with it say."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, values in vocabulary.value_scanner.find_all(titles).items():
        added = [
            value
            for value in values
            if 1 < len(value) <= _MAX_VALUE_LENGTH
            and all(map(is_chinese, value))
            and value not in types
            and value not in vocabulary.brands
        ]
        for word in words_of_products[row]:
            if word in titles[row]:
                counts[word].update(value for value in added if value not in word and word not in value)
    return counts


def _count_brands(
    words_of_products: Sequence[Sequence[str]], facts: ProductTerms, vocabulary: FactVocabulary
) -> Mapping[str, Counter[str]]:
    """Count for each brand the product words of its products."""
    stated = term("brand", "")
    spelling_of = {name_key(brand): brand for brand in vocabulary.brands}
    brand_of_code = {
        code: spelling_of.get(key, key)
        for code, name in enumerate(facts.names)
        if name.startswith(stated) and (key := name.removeprefix(stated))
    }
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    positions = np.flatnonzero(np.isin(facts.codes, list(brand_of_code)))
    rows = np.searchsorted(facts.starts, positions, side="right") - 1
    for row, code in zip(rows.tolist(), facts.codes[positions].tolist(), strict=True):
        brand = brand_of_code[code]
        counts[brand].update(word for word in words_of_products[row] if brand not in word)
    return counts


def _most_common(counts: Counter[str], least: int, most: int) -> Iterator[tuple[str, int]]:
    # In the order of counting where they are equal, so that the same catalog suggests the same.
    ranked: Iterable[tuple[str, int]] = counts.most_common(most)
    return ((name, count) for name, count in ranked if count >= least)

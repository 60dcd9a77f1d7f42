"""The word for each product that a query would ask for it by."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate

from shangsou.lexicon.fact_terms import is_quality
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.type_words import ends_like_type
from training.pairs.shop_products import ShopProduct
from training.pairs.text_elements import find_elements

# Queries that end in a word for it to be one that shoppers ask by; and, where it does not look like a word
# for a thing, as 咖啡. Set by reading the words for 74,362 titles with 198,926 queries.
_MIN_QUERIES, _MIN_QUERIES_UNLIKE = 2, 10
# Values of attributes are none of these: catalogs repeat the type there.
_NO_TYPES = frozenset({"audience", "brand", "colour"})
# Words for no thing, though the last character is one of things; by reading the same words.
_NO_THINGS = (
    "补水",
    "保湿",
    "控油",
    "防水",
    "速干",
    "全棉",
    "尖头",
    "圆头",
    "黑头",
    "套餐",
    "单罐",
    "出版社",
)


def find_type_words(
    products: Sequence[ShopProduct], lexicon: Lexicon, queries: Collection[str] = ()
) -> list[str]:
    """Return for each product the word that a query asks for it by, empty where none is certain.

    Its main type or what that ends in, if the title says it: `连衣裙` of `领连衣裙`. Where the title does not
    say the main type, as that of a department, the only word for a thing that it names: `手机` of `手机通讯`.

    Parameters
    ----------
    products
        Of one shop.
    lexicon
        Of the live index.
    queries
        The query log of the shop, normalized. Words that it ends in are known to be asked by; without it,
        those that the lexicon knows as product words.
    """
    types, vocabulary = lexicon.product_types, lexicon.facts
    if types is None or vocabulary is None:
        return [""] * len(products)
    asked = _asked_words(types.names, lexicon, vocabulary, queries)
    found = []
    for product, heads in zip(
        products, types.scanner.heads_of([product.title for product in products]), strict=True
    ):
        borders = {0, *accumulate(map(len, vocabulary.segmenter.cut(product.title)))}
        endings = (product.product_type[start:] for start in range(len(product.product_type) - 1))
        word = next((one for one in endings if one in asked and _is_word(one, product.title, borders)), "")
        if not word and product.product_type not in product.title:
            named = [head for head in heads if head in asked]
            word = named[0] if len(named) == 1 and _is_word(named[0], product.title, borders) else ""
        found.append(word)
    return found


def _is_word(word: str, title: str, borders: Collection[int]) -> bool:
    """Return whether a title says a word, and not as a part of others: 水器 is none in 注水器."""
    start = title.rfind(word)
    return start >= 0 and start in borders and start + len(word) in borders


def _asked_words(
    names: Sequence[str], lexicon: Lexicon, vocabulary: FactVocabulary, queries: Collection[str]
) -> frozenset[str]:
    """Return the types that queries ask by: words for things, which are no facts themselves, as 男子."""
    known = frozenset(names)
    ended: Counter[str] = Counter()
    for query in queries:
        ended.update(query[start:] for start in range(len(query) - 1) if query[start:] in known)
    return frozenset(
        name
        for name in names
        if _is_asked(name, ended[name], lexicon.entities.get(name) == "product")
        and not _is_fact(name, vocabulary)
    )


def _is_asked(name: str, queries: int, is_product_word: bool) -> bool:
    if ends_like_type(name):
        return is_product_word or queries >= _MIN_QUERIES
    return is_product_word and queries >= _MIN_QUERIES_UNLIKE


def _is_fact(name: str, vocabulary: FactVocabulary) -> bool:
    """Return whether a word says what a thing is like, for whom it is or who makes it."""
    # 手机 is in attributes as well: catalogs repeat there what a product is.
    is_value = is_quality(vocabulary.names_of_values.get(name, ("",)))
    is_ending = any(name.endswith(ending) for ending in _NO_THINGS)
    kinds = {element.kind for element in find_elements(name, "", vocabulary) if element.text == name}
    return is_value or is_ending or not kinds.isdisjoint(_NO_TYPES)

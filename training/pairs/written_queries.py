"""Write queries from products: the type and one to three facts, in the forms of a shop's queries."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from shangsou.lexicon.fact_terms import says_nothing
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.lexicon.phrases import brand_spellings
from training.pairs.pair import Pair
from training.pairs.query_forms import MAX_FACTS, QueryForm, QueryForms, form_kinds, join_elements
from training.pairs.shop_products import ShopProduct
from training.pairs.text_elements import find_elements, kind_of_value, named_audiences, typed_values

# A query that nobody typed, for a product that has all it asks for: half of one that somebody typed. By
# judgement, untested.
_WEIGHT = 0.5
# Facts that say the same, or more than a query holds, are drawn again so often.
_TRIES = 8


def written_pairs(  # noqa: PLR0913 - products, what is known of them, and how many are wanted
    products: Sequence[ShopProduct],
    groups: Sequence[int],
    type_words: Sequence[str],
    vocabulary: FactVocabulary,
    forms: QueryForms,
    *,
    per_product: int = 1,
    seed: int,
) -> Iterator[Pair]:
    """Yield pairs of source `written`: different queries of each product that has a word for what it is.

    A form is drawn by how often queries have it, among those for which the product states enough; then the
    facts that fill it. A product makes the same queries whatever others there are.

    Parameters
    ----------
    products, groups, type_words
        The products of a shop, the number of each from `number_groups`, and its word from `find_type_words`.
    vocabulary
        The facts of the live index, by which titles are read.
    forms
        From `learn_forms`.
    per_product
        At most so many queries of each.
    seed
        Another one draws others.
    """
    usable_forms = _UsableForms(forms)
    for product, group, type_word in zip(products, groups, type_words, strict=True):
        facts = _facts(product, type_word, vocabulary) if type_word else {}
        usable, counts = usable_forms.of_facts(facts)
        if not usable:
            continue
        source = random.Random(f"{seed}:{product.product_id}")
        queries: dict[str, None] = {}
        for form in source.choices(usable, counts, k=_TRIES * per_product):
            query = _write(form, type_word, facts, forms, vocabulary, source)
            if query and query != product.title:
                queries[query] = None
            if len(queries) == per_product:
                break
        for query in queries:
            yield Pair(query, product.product_id, product.title, _WEIGHT, "written", group)


class _UsableForms:
    """The forms for which a product states enough."""

    def __init__(self, forms: QueryForms) -> None:
        self._forms = [(form, Counter(form_kinds(form)), count) for form, count in forms.counts.items()]
        self._by_kinds: dict[frozenset[tuple[str, int]], tuple[list[QueryForm], list[int]]] = {}

    def of_facts(self, facts: Mapping[str, Sequence[str]]) -> tuple[list[QueryForm], list[int]]:
        """Return the forms that these facts can fill, and how often queries have each."""
        stated = {"type": 1} | {kind: min(len(texts), MAX_FACTS) for kind, texts in facts.items()}
        key = frozenset(stated.items())
        if key not in self._by_kinds:
            usable = [(form, count) for form, needed, count in self._forms if needed <= Counter(stated)]
            self._by_kinds[key] = [form for form, _ in usable], [count for _, count in usable]
        return self._by_kinds[key]


def _facts(product: ShopProduct, type_word: str, vocabulary: FactVocabulary) -> dict[str, list[str]]:
    """Return the facts that title, brand and attributes of a product state, by kind, as they are written."""
    facts: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for element in find_elements(product.title, type_word, vocabulary):
        facts[element.kind][element.text] = None
    for spelling in brand_spellings(product.brand):
        if spelling in vocabulary.brands and not says_nothing(spelling):
            facts["brand"][spelling] = None
    for name, value in typed_values(product, vocabulary.table):
        if value in vocabulary.names_of_values:
            facts[kind_of_value((name,))][value] = None
    facts.pop("type", None)
    return {kind: list(texts) for kind, texts in facts.items()}


def _write(  # noqa: PLR0913, PLR0917 - a form, and what fills it
    form: QueryForm,
    type_word: str,
    facts: Mapping[str, Sequence[str]],
    forms: QueryForms,
    vocabulary: FactVocabulary,
    source: random.Random,
) -> str:
    """Return a query, empty where the facts that were drawn for it do not fit together."""
    kinds = form_kinds(form)
    drawn = {kind: source.sample(facts[kind], kinds.count(kind)) for kind in set(kinds) - {"type"}}
    texts: list[str] = []
    for kind in kinds:
        text = type_word if kind == "type" else drawn[kind].pop()
        if kind == "audience":
            text = _audience_word(text, type_word not in texts, forms, vocabulary, source)
        texts.append(text)
    is_repeated = any(one in other for one, other in permutations(texts, 2))
    query = join_elements(form, texts)
    return "" if is_repeated or len(query) > forms.max_length else query


def _audience_word(
    word: str, is_before: bool, forms: QueryForms, vocabulary: FactVocabulary, source: random.Random
) -> str:
    """Return a word of queries for the audience that a title calls by another one: 女 for 女士.

    Only among words that name it by its own characters: 孕妇 is for women, but not another word for 女.
    """
    audiences = named_audiences(word, vocabulary.table)
    words = {
        other: count
        for other, count in forms.audience_words.get((audiences, is_before), {}).items()
        if all(audience[-1] in other and audience[-1] in word for audience in audiences)
    }
    return source.choices(list(words), list(words.values()))[0] if words else word

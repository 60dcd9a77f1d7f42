"""The product types that a query asks for, with the shop's own corrections."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from shangsou.engines.query import TypeCondition, Vector
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.product_types import ProductTypes, TypePrediction
from shangsou.lexicon.type_words import goes_with, is_type_like
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.ranking.type_overrides import TypeOverride
from shangsou.search.understanding.latin_words import title_words
from shangsou.search.understanding.understand import ParsedQuery
from shangsou.text.normalize import normalize
from shangsou.text.synonyms import Rewording


class AskedTypes(NamedTuple):
    """What a query asks for."""

    condition: TypeCondition | None
    """None where it asks for no type that the shop knows."""
    is_bare: bool
    """Whether it says nothing else."""
    wants_accessory: bool
    """Whether it asks for what only goes with a thing."""
    is_accessory: bool = False
    """Whether all its types are words for what goes with a thing, as `手机壳`."""
    needs_all_words: bool = False
    """Whether only what holds all words matches: it names a brand, or an accessory of no known type."""


def find_product_types(
    query: ParsedQuery, vector: Vector | None, recipe: RankingRecipe, lexicon: Lexicon | None
) -> tuple[ParsedQuery, AskedTypes]:
    """Return a query with the product types that it asks for, and the condition that they make.

    Synonyms of what it says, and what merchants call products in `product_types.tsv`, ask for types as well.
    """
    types = lexicon.product_types if lexicon else None
    nothing = AskedTypes(None, is_bare=False, wants_accessory=types is None or goes_with(query.text))
    if "types" not in recipe.understanding or not query.text:
        return query, nothing
    overrides = recipe.type_overrides
    needs_all_words = False
    named = [override.type for override in overrides if override.type in query.text]
    if named:
        asked = max(named, key=len)
        predictions, is_bare = [TypePrediction(asked, 1.0)], asked == query.text
    elif types is not None:
        values = [] if lexicon is None or lexicon.facts is None else lexicon.facts.find_modifiers(query.text)
        found = types.of_query(query.text, vector, values)
        rewordings = _without_names(query.rewordings, recipe)
        if found.predictions:
            synonyms = _find_synonyms(rewordings, types)
            predictions = _with_synonyms(found.predictions, synonyms, types)
            is_bare = found.is_bare or query.text in synonyms
        else:
            predictions, is_bare = _find_in_rewordings(rewordings, types)
        # What only means something like a brand is another brand.
        is_brand = recipe.synonym_dictionary.is_name(query.text)
        needs_all_words = (found.asks_accessory or is_brand) and not predictions
    else:
        predictions, is_bare = [], False
    if not predictions:
        return query, nothing._replace(needs_all_words=needs_all_words)
    understood = replace(query.understood, product_types=tuple(predictions))
    names = [prediction.name for prediction in predictions]
    wants_accessory = nothing.wants_accessory or (
        types is not None and not types.accessories.isdisjoint(names)
    )
    is_accessory = types is not None and all(map(types.is_accessory, names))
    condition = _condition(names, overrides, _find_other_words(query, names, types))
    asked_types = AskedTypes(condition, is_bare, wants_accessory, is_accessory)
    return replace(query, understood=understood), asked_types


def _without_names(rewordings: Iterable[Rewording], recipe: RankingRecipe) -> list[Rewording]:
    """Return the rewordings that say more than another name of a brand: `阿迪` for `adidas` is no type."""
    is_name = recipe.synonym_dictionary.is_name
    return [one for one in rewordings if not all(is_name(word) for word, _ in one.replacements)]


def _find_other_words(
    query: ParsedQuery, names: Sequence[str], types: ProductTypes | None
) -> tuple[str, ...]:
    """Return words that products of these types are called by, and that are no types themselves.

    What was typed, in English (`mouse` may be in a name as well) or as they say elsewhere (`印表機`); and of
    synonyms those that no type can be, as `u盘`.
    """
    words = dict.fromkeys(title_words(query.translations, names))
    for rewording in query.rewordings:
        for word, other in rewording.replacements:
            if types is None or not (other in names or any(map(word.endswith, names))):
                continue
            if word not in types:
                words[word] = None
            if not is_type_like(other):
                words[other] = None
    return tuple(words)


def _find_synonyms(rewordings: Iterable[Rewording], types: ProductTypes) -> dict[str, list[str]]:
    """Return for the words of a query the types that are another word for them."""
    synonyms: dict[str, list[str]] = {}
    for rewording in rewordings:
        for word, other in rewording.replacements:
            if other in types and other not in synonyms.get(word, ()):
                synonyms.setdefault(word, []).append(other)
    return synonyms


def _find_in_rewordings(
    rewordings: Iterable[Rewording], types: ProductTypes
) -> tuple[list[TypePrediction], bool]:
    """Return the types that a query asks for in other words alone, and whether it says nothing else.

    `無線滑鼠` asks for `鼠标`.
    """
    found = [types.of_query(rewording.text, None) for rewording in rewordings]
    names = dict.fromkeys(name for one in found for name in one.names)
    return [TypePrediction(name, 1.0) for name in names], any(one.is_bare for one in found)


def _with_synonyms(
    found: Sequence[TypePrediction], synonyms: Mapping[str, Sequence[str]], types: ProductTypes
) -> list[TypePrediction]:
    """Return types with those that are another word for them; a rare one without synonyms becomes wider.

    What a longer word for a thing ends in is not asked for: `移动电源` asks for `充电宝`, not for `电源`.
    """
    predictions: dict[str, float] = {}
    for name, probability in found:
        longer = [word for word in synonyms if word.endswith(name)]
        names = [other for word in longer for other in synonyms[word]]
        if name in longer or not longer:
            names.insert(0, name if names else types.widened(name))
        for other in names:
            predictions.setdefault(other, probability)
    return [TypePrediction(name, probability) for name, probability in predictions.items()]


def _condition(
    names: Sequence[str], overrides: Iterable[TypeOverride], other_words: Iterable[str]
) -> TypeCondition:
    """Return the condition for products of these types, and for those that have one of the other words."""
    asked = set(names)
    ids: dict[bool, list[str]] = {True: [], False: []}
    texts: dict[bool, list[str]] = {True: list(other_words), False: []}
    for override in overrides:
        is_asked = override.type in asked
        ids[is_asked].append(override.product)
        text = normalize(override.product)
        if text:
            texts[is_asked].append(text)
    return TypeCondition(
        tuple(names), tuple(ids[True]), tuple(ids[False]), tuple(texts[True]), tuple(texts[False])
    )

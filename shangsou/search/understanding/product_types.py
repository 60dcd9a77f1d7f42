"""The product types that a query asks for, with the shop's own corrections."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from shangsou.engines.query import TypeCondition, Vector
from shangsou.lexicon.lexicon import Lexicon
from shangsou.lexicon.product_types import ProductTypes, TypePrediction
from shangsou.lexicon.type_words import goes_with
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.ranking.type_overrides import TypeOverride
from shangsou.search.understanding.understand import ParsedQuery
from shangsou.text.normalize import normalize
from shangsou.text.synonyms import reword


class AskedTypes(NamedTuple):
    """What a query asks for."""

    condition: TypeCondition | None
    """None where it asks for no type that the shop knows."""
    is_bare: bool
    """Whether it says nothing else."""
    wants_accessory: bool
    """Whether it asks for what only goes with a thing."""


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
    named = [override.type for override in overrides if override.type in query.text]
    if named:
        asked = max(named, key=len)
        predictions, is_bare = [TypePrediction(asked, 1.0)], asked == query.text
    elif types is not None:
        found = types.of_query(query.text, vector)
        predictions, is_bare = _with_synonyms(query.text, found.predictions, types, recipe), found.is_bare
    else:
        predictions, is_bare = [], False
    if not predictions:
        return query, nothing
    understood = replace(query.understood, product_types=tuple(predictions))
    names = [prediction.name for prediction in predictions]
    wants_accessory = nothing.wants_accessory or (
        types is not None and not types.accessories.isdisjoint(names)
    )
    asked_types = AskedTypes(_condition(names, overrides), is_bare, wants_accessory)
    return replace(query, understood=understood), asked_types


def _with_synonyms(
    text: str, found: Sequence[TypePrediction], types: ProductTypes, recipe: RankingRecipe
) -> list[TypePrediction]:
    """Return types with those that are another word for them; a rare one without synonyms becomes wider."""
    replacements = [pair for rewording in reword(text, recipe.synonyms) for pair in rewording.replacements]
    predictions: dict[str, float] = {}
    for name, probability in found:
        synonyms = [other for word, other in replacements if word == name and other in types]
        for other in (name, *synonyms) if synonyms else (types.widened(name),):
            predictions.setdefault(other, probability)
    if not found:
        # The shop knows the thing by another word alone.
        predictions = {other: 1.0 for word, other in replacements if word == text and other in types}
    return [TypePrediction(name, probability) for name, probability in predictions.items()]


def _condition(names: Sequence[str], overrides: Iterable[TypeOverride]) -> TypeCondition:
    """Return the condition for products of these types."""
    asked = set(names)
    ids: dict[bool, list[str]] = {True: [], False: []}
    texts: dict[bool, list[str]] = {True: [], False: []}
    for override in overrides:
        is_asked = override.type in asked
        ids[is_asked].append(override.product)
        text = normalize(override.product)
        if text:
            texts[is_asked].append(text)
    return TypeCondition(
        tuple(names), tuple(ids[True]), tuple(ids[False]), tuple(texts[True]), tuple(texts[False])
    )

"""Which candidates match a query, and which only come near."""

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.recipe import RankingRecipe

# Over the cut-off of the vectors, which is .45. In the sample shop grain for 狗粮 lies at .55, a pram for 童车 at
# .58; but toys for 沙发 at .49, perfume for asdfqwer at .45; without a word in common shirts for lorem at .59.
_NEAR, _NEAR_WITHOUT_WORDS = 0.05, 0.15


class MatchEvidence(NamedTuple):
    """What is known of the candidates besides their scores."""

    cosines: Mapping[str, float]
    """By product id; of the better of title and description."""
    typed_ids: Collection[str]
    """Those of a type that was asked for."""
    strict_ids: Collection[str]
    """Those that match strictly."""
    loose_ids: Collection[str]
    """Those that hold some of the words."""
    accessory_ids: Collection[str] = ()
    """Those that only go with a thing, where the thing is asked for."""


class MatchRule(NamedTuple):
    """How it is decided whether a product matches."""

    by_type: bool
    """The query asks for product types."""
    is_bare: bool
    """And says nothing else: then a product of another type never matches."""
    has_vector: bool
    uses_words: bool = True


def decide_matches(
    candidates: Sequence[Candidate], evidence: MatchEvidence, rule: MatchRule, recipe: RankingRecipe
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the candidates that match, and those that only come near, both best first.

    With types, what is of one of them matches; of the rest what comes near the best candidate in score and
    meaning, unless the query is a bare type. Without types, what holds the words; some of the words and the
    meaning; or the meaning alone, if it is very near. In the order, `type_weight` is added for the type, and
    `accessory_weight` taken from what only goes with the thing.
    """
    best = max((candidate.score for candidate in candidates), default=0.0)
    matches: list[Candidate] = []
    related: list[Candidate] = []
    for candidate in candidates:
        product_id = candidate.product_id
        cosine = evidence.cosines.get(product_id, 0.0)
        if rule.by_type:
            is_match = product_id in evidence.typed_ids or (
                not rule.is_bare
                and candidate.score >= recipe.match_score * best
                and (cosine >= recipe.match_cosine_with_words or not rule.has_vector)
            )
        else:
            is_match = (
                product_id in evidence.strict_ids
                or (product_id in evidence.loose_ids and cosine >= recipe.match_cosine_with_words)
                or cosine >= recipe.match_cosine
            )
        bonus = recipe.type_weight * (rule.by_type and product_id in evidence.typed_ids)
        bonus -= recipe.accessory_weight * (product_id in evidence.accessory_ids)
        if bonus:
            candidate = candidate.with_type_bonus(bonus)  # noqa: PLW2901
        if is_match:
            matches.append(candidate)
        elif _is_near(candidate, cosine, rule, recipe):
            related.append(candidate)
    # Stable: ties keep the order of the fusion.
    return sorted(matches, key=attrgetter("score"), reverse=True), related


def _is_near(candidate: Candidate, cosine: float, rule: MatchRule, recipe: RankingRecipe) -> bool:
    """Return whether a product that does not match has anything to do with the query.

    A character in common alone (大米 for 大闸蟹), or a vector of what nobody says (龘龘龘), is near something for
    any query.
    """
    if not rule.has_vector:
        return candidate.lexical is not None
    if not rule.uses_words or candidate.lexical is not None:
        return cosine >= recipe.semantic_cutoff + _NEAR
    return cosine >= recipe.semantic_cutoff + _NEAR_WITHOUT_WORDS

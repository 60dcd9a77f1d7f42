"""Which candidates match a query, and which only come near."""

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.recipe import RankingRecipe


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
        candidate = candidate.with_type_bonus(bonus)  # noqa: PLW2901
        (matches if is_match else related).append(candidate)
    # Stable: ties keep the order of the fusion.
    return sorted(matches, key=attrgetter("score"), reverse=True), related

"""Division of the candidates into those that match and those that only come near."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.recipe import RankingRecipe

# Over the cut-off of the vectors, which is .45: of what has no word in common with a query, shirts lie at .59
# of lorem, perfume at .45 of asdfqwer. To ask for .05 of what has a word in common cost .004 of nDCG@10.
_NEAR_WITHOUT_WORDS = 0.15


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
    contradicting_ids: Collection[str] = ()
    """Those that contradict a hard fact, which no match does."""
    admitted_ids: Collection[str] | None = None
    """Those that match, whatever the filters, by score or meaning; None: to be decided."""


class MatchRule(NamedTuple):
    """How it is decided whether a product matches."""

    by_type: bool
    """The query asks for product types."""
    is_bare: bool
    """And says nothing else: then a product of another type never matches."""
    has_vector: bool
    needs_all_words: bool = False
    """Without types, only strict matches match."""
    uses_words: bool = True
    is_facts: bool = False
    """And beside its types says facts alone, which things of other types have as well."""
    matches_all: bool = False
    """Everything within the filters matches."""


def decide_matches(
    candidates: Sequence[Candidate], evidence: MatchEvidence, rule: MatchRule, recipe: RankingRecipe
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the candidates that match, and those that only come near, both best first.

    With types, what is of one of them matches; of the rest what comes near the best candidate in score and
    meaning, unless the query is a bare type. Without types, what holds the words; some of the words and the
    meaning; or the meaning alone, if it is very near.
    """
    best = max((candidate.plain_score for candidate in candidates), default=0.0)
    matches: list[Candidate] = []
    related: list[Candidate] = []
    for candidate in candidates:
        product_id = candidate.product_id
        cosine = evidence.cosines.get(product_id, 0.0)
        certain_ids = evidence.typed_ids if rule.by_type else evidence.strict_ids
        if product_id in evidence.contradicting_ids:
            is_match = False
        elif rule.matches_all or product_id in certain_ids:
            is_match = True
        elif evidence.admitted_ids is not None:
            is_match = product_id in evidence.admitted_ids
        else:
            is_match = _is_admitted(candidate, cosine, best, evidence, rule, recipe)
        if is_match:
            matches.append(candidate)
        elif _is_near(candidate, cosine, rule, recipe):
            related.append(candidate)
    return matches, related


def _is_admitted(  # noqa: PLR0913, PLR0917 - a candidate, what is known of it, and how it is decided
    candidate: Candidate,
    cosine: float,
    best: float,
    evidence: MatchEvidence,
    rule: MatchRule,
    recipe: RankingRecipe,
) -> bool:
    """Return whether a product matches by score or meaning that does not match in any case."""
    if rule.by_type:
        return (
            not rule.is_bare
            and candidate.plain_score >= recipe.match_score * best
            and (
                cosine >= (recipe.match_cosine if rule.is_facts else recipe.match_cosine_with_words)
                or not rule.has_vector
            )
        )
    if rule.needs_all_words:
        return False
    is_held = candidate.product_id in evidence.loose_ids
    return cosine >= (recipe.match_cosine_with_words if is_held else recipe.match_cosine)


def _is_near(candidate: Candidate, cosine: float, rule: MatchRule, recipe: RankingRecipe) -> bool:
    """Return whether a product that does not match has anything to do with the query.

    A character in common alone (大米 for 大闸蟹), or a vector of what nobody says (龘龘龘), is near something
    for any query.
    """
    if not rule.has_vector:
        return candidate.lexical is not None
    if not rule.uses_words or candidate.lexical is not None:
        return cosine >= recipe.semantic_cutoff
    return cosine >= recipe.semantic_cutoff + _NEAR_WITHOUT_WORDS

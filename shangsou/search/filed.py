"""Candidates that are filed elsewhere than what the query asks for count for less."""

from collections.abc import Sequence
from operator import attrgetter

from shangsou.engines.engine import Engine
from shangsou.lexicon.categories import Prediction
from shangsou.search.fuse import Candidate
from shangsou.search.ranking import RankingRecipe


def damp_filed_elsewhere(
    candidates: Sequence[Candidate], predicted: Sequence[Prediction], engine: Engine, recipe: RankingRecipe
) -> list[Candidate]:
    """Return candidates by their damped scores, best first.

    Only where a category is likely enough, and only products that have a category at all: one that is
    filed nowhere, or above a predicted category, is as good as one that is filed there.
    """
    likely = recipe.category_damping < 1 and any(
        one.probability >= recipe.category_certainty for one in predicted
    )
    if not likely or not candidates:
        return list(candidates)
    filed = engine.categories([candidate.product_id for candidate in candidates])
    wanted = [one.path for one in predicted]
    damped = [
        candidate
        if _fits(filed.get(candidate.product_id, ()), wanted)
        else candidate._replace(
            score=candidate.score * recipe.category_damping, damping=recipe.category_damping
        )
        for candidate in candidates
    ]
    return sorted(damped, key=attrgetter("score"), reverse=True)


def _fits(path: tuple[str, ...], wanted: Sequence[tuple[str, ...]]) -> bool:
    return any(path[: len(one)] == one[: len(path)] for one in wanted)

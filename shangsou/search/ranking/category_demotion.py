"""Demotion of candidates in other categories than those that the query asks for."""

from collections.abc import Sequence
from operator import attrgetter

from shangsou.engines.engine import Engine
from shangsou.lexicon.categories import Prediction
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.ranking.recipe import RankingRecipe


def demote_other_categories(
    candidates: Sequence[Candidate], predicted: Sequence[Prediction], engine: Engine, recipe: RankingRecipe
) -> list[Candidate]:
    """Return candidates by their damped scores, best first.

    Only where a category is likely enough, and only products that have a category at all: one that is
    filed nowhere, or above a predicted category, is as good as one that is filed there.
    """
    likely = recipe.category_damping < 1 and any(
        prediction.probability >= recipe.category_certainty for prediction in predicted
    )
    if not likely or not candidates:
        return list(candidates)
    path_by_id = engine.categories([candidate.product_id for candidate in candidates])
    predicted_paths = [prediction.path for prediction in predicted]
    demoted = [
        candidate
        if _is_in_any(path_by_id.get(candidate.product_id, ()), predicted_paths)
        else candidate._replace(
            score=candidate.score * recipe.category_damping, damping=recipe.category_damping
        )
        for candidate in candidates
    ]
    return sorted(demoted, key=attrgetter("score"), reverse=True)


def _is_in_any(path: tuple[str, ...], predicted_paths: Sequence[tuple[str, ...]]) -> bool:
    return any(
        path[: len(predicted_path)] == predicted_path[: len(path)] for predicted_path in predicted_paths
    )

"""Blending of trained weights with those of the base (LM-Cocktail, Xiao et al. 2023)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from training.encoder.validation import Score

# Of the trained weights. The paper's default is a half; between fifths validation of some hundred queries can
# hardly tell.
_SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Blend:
    """The share of the trained weights in the result."""

    share: float
    mrr: float
    """On validation."""
    tried: Mapping[float, float]
    """Shares with their MRR; 0 is the base."""


def blend(base: Mapping[str, Any], trained: Mapping[str, Any], share: float) -> dict[str, Any]:
    """Return the weighted mean of the weights; what are no floating-point numbers stay as trained."""
    return {
        name: tensor
        if not tensor.is_floating_point()
        else share * tensor + (1 - share) * base[name].to(tensor.device)
        for name, tensor in trained.items()
    }


def choose_blend(
    base: Mapping[str, Any],
    trained: Mapping[str, Any],
    evaluate: Callable[[Mapping[str, Any]], Score],
    of_base: Score,
    *,
    only: float = 0.0,
) -> Blend:
    """Return the blend with the largest share that validation does not tell from the best.

    Parameters
    ----------
    evaluate
        The score of weights.
    only
        A share to take without a choice; 0 to choose among fifths and the base.
    """
    scores = {0.0: of_base}
    for share in (only,) if only else _SHARES:
        scores[share] = evaluate(blend(base, trained, share))
    lowest_equal = max(score.lowest_equal for score in scores.values())
    chosen = only or max(share for share, score in scores.items() if score.mrr >= lowest_equal)
    return Blend(chosen, scores[chosen].mrr, {one: score.mrr for one, score in scores.items()})

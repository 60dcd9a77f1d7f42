"""Blending of trained weights with those of the base (LM-Cocktail, Xiao et al. 2023)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
    evaluate: Callable[[Mapping[str, Any]], float],
    base_mrr: float,
    *,
    only: float = 0.0,
) -> Blend:
    """Return the blend that does best on validation; of equals the one nearer to the base.

    Parameters
    ----------
    evaluate
        The MRR of weights.
    only
        A share to take without a choice; 0 to choose among fifths and the base.
    """
    tried = {0.0: base_mrr}
    for share in (only,) if only else _SHARES:
        tried[share] = evaluate(blend(base, trained, share))
    share = only or max(tried, key=lambda one: (tried[one], -one))
    return Blend(share, tried[share], tried)

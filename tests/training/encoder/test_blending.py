"""Blending with the base's weights."""

from importlib.util import find_spec

import pytest

from training.encoder.blending import Blend, blend, choose_blend
from training.encoder.validation import Score

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")


def tensors(value: float, count: int = 3) -> dict:
    import torch

    return {"weight": torch.tensor([value]), "count": torch.tensor(count)}


def test_weights_are_averaged_by_their_share_and_whole_numbers_stay():
    blended = blend(tensors(1.0), tensors(5.0, count=7), 0.25)
    # 1 + a quarter of 4
    assert (blended["weight"].item(), blended["count"].item()) == (2.0, 7)


def scorer(best: float, *, error: float = 0.0):
    """Return what scores tensors by how near ten times their share is to the best."""
    return lambda weights: Score(1 - abs(weights["weight"].item() - best) / 10, error)


def chosen_by(evaluate, **options) -> Blend:
    base, trained = tensors(0.0), tensors(10.0)
    return choose_blend(base, trained, evaluate, evaluate(base), **options)


def test_the_share_that_does_best_on_validation_is_chosen():
    chosen = chosen_by(scorer(6))
    assert (chosen.share, chosen.mrr) == (0.6, pytest.approx(1))
    assert chosen.tried == pytest.approx({0.0: 0.4, 0.2: 0.6, 0.4: 0.8, 0.6: 1, 0.8: 0.8, 1.0: 0.6})


def test_within_the_standard_error_of_the_best_the_largest_share_is_chosen():
    # .8 lies .2 below the best, 1 lies .4 below.
    chosen = chosen_by(scorer(6, error=0.25))
    assert (chosen.share, chosen.mrr) == (0.8, pytest.approx(0.8))


def test_where_each_share_is_worse_than_the_base_none_is_chosen():
    chosen = chosen_by(scorer(0, error=0.1))
    assert (chosen.share, chosen.mrr) == (0, 1)


def test_a_share_that_was_asked_for_is_taken_without_a_choice():
    chosen = chosen_by(scorer(0), only=0.7)
    assert (chosen.share, chosen.mrr) == (0.7, pytest.approx(0.3))
    assert set(chosen.tried) == {0.0, 0.7}

"""Blending with the base's weights."""

from importlib.util import find_spec

import pytest

from training.encoder.blending import blend, choose_blend

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="training needs the extra [torch]")


def tensors(value: float, count: int = 3) -> dict:
    import torch

    return {"weight": torch.tensor([value]), "count": torch.tensor(count)}


def test_weights_are_averaged_by_their_share_and_whole_numbers_stay():
    blended = blend(tensors(1.0), tensors(5.0, count=7), 0.25)
    # 1 + a quarter of 4
    assert (blended["weight"].item(), blended["count"].item()) == (2.0, 7)


def test_the_share_that_does_best_on_validation_is_chosen():
    # The weight is 10 times the share; best at 6.
    chosen = choose_blend(
        tensors(0.0), tensors(10.0), lambda weights: 1 - abs(weights["weight"].item() - 6) / 10, 0.1
    )
    assert (chosen.share, chosen.mrr) == (0.6, pytest.approx(1))
    assert chosen.tried == pytest.approx({0.0: 0.1, 0.2: 0.6, 0.4: 0.8, 0.6: 1, 0.8: 0.8, 1.0: 0.6})


def test_of_equals_the_one_nearer_to_the_base_is_chosen():
    assert choose_blend(tensors(0.0), tensors(1.0), lambda _: 0.5, 0.4).share == 0.2
    assert choose_blend(tensors(0.0), tensors(1.0), lambda _: 0.5, 0.5).share == 0


def test_a_share_that_was_asked_for_is_taken_without_a_choice():
    chosen = choose_blend(tensors(0.0), tensors(1.0), lambda _: 0.3, 0.5, only=0.7)
    assert (chosen.share, chosen.mrr) == (0.7, 0.3)

"""Batches of texts of about one length."""

import numpy as np

from training.pretraining.batches import plan_batches


def test_each_text_comes_once_an_epoch():
    batches = plan_batches([5, 9, 3, 7, 4, 8, 6], batch_size=2, epochs=2, seed=1)
    assert [len(batch) for batch in batches] != []
    assert sorted(np.concatenate(batches[:4]).tolist()) == list(range(7))
    assert sorted(np.concatenate(batches[4:]).tolist()) == list(range(7))


def test_the_texts_of_a_batch_are_about_equally_long():
    lengths = np.random.default_rng(0).integers(3, 60, 640).tolist()
    spreads = [
        np.ptp(np.array(lengths)[batch]) for batch in plan_batches(lengths, batch_size=8, epochs=1, seed=0)
    ]
    # 400 texts are sorted together: 8 neighbours of them span about one of 57 lengths.
    assert np.mean(spreads) < 4


def test_the_order_follows_from_the_seed_alone():
    def order(seed: int) -> list[list[int]]:
        return [batch.tolist() for batch in plan_batches([4] * 30, batch_size=4, epochs=2, seed=seed)]

    assert order(1) == order(1)
    assert order(1) != order(2)

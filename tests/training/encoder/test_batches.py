"""Batches hold no false negatives, follow the weights, and are the same after a restart."""

import numpy as np
import pytest

from shangsou.errors import UnusableInput
from training.encoder.batches import Example, _draw, plan_batches


def example(query: str, title: str, group: int, **more) -> Example:
    return Example(query, title, group, more.pop("weight", 1.0), **more)


def batches_of(examples: list[Example], *, batch_size: int = 8, epochs: int = 3, seed: int = 1):
    plan = plan_batches(examples, batch_size=batch_size, epochs=epochs, seed=seed)
    return [[examples[row] for row in batch] for batch in plan.batches]


def test_no_batch_has_a_product_a_query_or_a_text_twice():
    # Ten products in six variants, of one group each; 15 queries; every title is the query of another pair.
    examples = [
        example(f"查询{number % 15}", f"商品{number % 10}款{number // 10}", number % 10)
        for number in range(60)
    ] + [example(f"商品{number}款0", f"商品{number}款1", number) for number in range(10)]
    batches = batches_of(examples, batch_size=4)
    assert len(batches) > 30
    for batch in batches:
        texts = [text for one in batch for text in (one.query, one.title)]
        assert len(set(texts)) == len(texts)
        assert len({one.group for one in batch}) == len(batch)


def test_no_batch_has_a_product_that_another_of_its_queries_is_paired_with():
    # 伞 is paired with products 1 and 2, 杯 with 2 and 3: only 伞-1 beside 杯-3 teaches nothing wrong.
    examples = [
        example("伞", "甲", 1),
        example("伞", "乙", 2),
        example("杯", "乙", 2),
        example("杯", "丙", 3),
    ]
    pairs = {
        frozenset((one.query, one.group) for one in batch)
        for batch in batches_of(examples, batch_size=2, epochs=20)
    }
    assert pairs == {frozenset({("伞", 1), ("杯", 3)})}


def test_a_hard_negative_is_no_product_of_another_query_in_its_batch():
    # Of two batches of two each of the first two negatives would be the other's product.
    examples = [
        example("伞", "甲", 1, negative="乙", negative_group=2),
        example("杯", "乙", 2, negative="甲", negative_group=1),
        example("鞋", "丙", 3, negative="丁", negative_group=4),
    ]
    together = {
        frozenset(one.query for one in batch) for batch in batches_of(examples, batch_size=2, epochs=20)
    }
    assert together == {frozenset({"伞", "鞋"}), frozenset({"杯", "鞋"})}


def test_a_pair_is_drawn_as_often_as_its_weight_says():
    # Of four pairs with weights 3, 1, 1 and 1 the first is drawn 4 * 3 / 6 = 2 times, the others 2/3 times.
    drawn = [_draw(np.array([3.0, 1, 1, 1]), np.random.default_rng(seed)) for seed in range(300)]
    counts = np.array([np.bincount(rows, minlength=4) for rows in drawn])
    assert (counts[:, 0] == 2).all()
    assert counts[:, 1:].mean(axis=0) == pytest.approx([2 / 3] * 3, abs=0.1)


def test_equal_weights_draw_each_pair_once():
    assert sorted(_draw(np.full(1000, 0.3), np.random.default_rng(1)).tolist()) == list(range(1000))


def test_the_same_seed_gives_the_same_batches_and_another_one_others():
    examples = [example(f"查询{number}", f"商品{number}", number) for number in range(40)]
    assert batches_of(examples) == batches_of(examples)
    assert batches_of(examples) != batches_of(examples, seed=2)


def test_each_epoch_has_another_order_and_a_last_batch_of_what_is_left():
    examples = [example(f"查询{number}", f"商品{number}", number) for number in range(20)]
    batches = batches_of(examples, batch_size=8, epochs=2)
    # 4 pairs of 8 are half a batch.
    assert [len(batch) for batch in batches] == [8, 8, 4, 8, 8, 4]
    assert batches[:3] != batches[3:]


def test_pairs_without_a_batch_are_counted():
    # 19 products and 3: the last 3 of an epoch are less than half a batch.
    examples = [example(f"查询{number}", f"商品{number}", number) for number in range(19)]
    plan = plan_batches(examples, batch_size=8, epochs=2, seed=1)
    assert (plan.drawn, plan.left_out) == (38, 6)


@pytest.mark.parametrize(
    ("examples", "words"),
    [
        ([], "no pair of the split"),
        (
            [example(f"查询{number}", "雨伞", 1) for number in range(200_000)],
            "200,000 pairs have the same product, '雨伞'",
        ),
        # identical titles that were taken for different products
        ([example(f"查询{number}", "雨伞", number) for number in range(200_000)], "the same product, '雨伞'"),
        ([example("伞", f"雨伞{number}", number) for number in range(5)], "--batch-size 2 or less"),
        # one query, paired with everything
        ([example("伞", f"雨伞{number}", number) for number in range(50)], "smaller --batch-size"),
    ],
    ids=["none", "one product", "identical titles", "few products", "one query"],
)
def test_pairs_that_teach_nothing_are_refused(examples: list[Example], words: str):
    with pytest.raises(UnusableInput) as refused:
        plan_batches(examples, batch_size=8, epochs=1, seed=1)
    assert words in str(refused.value)

"""Hold-outs drawn by hash."""

from hashlib import sha256

import numpy as np
import pytest

from insights.winback.hold_out import hashes, hold_out_of, hold_out_size

MANY = tuple(f"c{number}" for number in range(6000))


def held_out(customers, campaign):
    is_held_out = hold_out_of(hashes(customers, campaign)).is_held_out
    return {one for one, held in zip(customers, is_held_out, strict=True) if held}


@pytest.mark.parametrize(
    ("customers", "size"),
    [(0, 0), (1, 0), (3, 1), (999, 499), (1000, 500), (5000, 500), (5001, 501), (100_000, 10_000)],
)
def test_a_tenth_is_held_out_but_at_least_500_and_at_most_half(customers, size):
    assert hold_out_size(customers) == size


def test_the_same_campaign_draws_the_same_customers_in_any_order():
    assert held_out(MANY, "spring") == held_out(MANY[::-1], "spring")
    assert len(held_out(MANY, "spring")) == 600


def test_one_more_customer_moves_one_other_at_most():
    before, after = held_out(MANY[:5999], "spring"), held_out(MANY, "spring")
    assert len(before) == len(after) == 600
    assert len(before - after) <= 1


def test_another_campaign_draws_independently():
    # Of 600 each a tenth is in both: 60, with a standard deviation of 7.
    assert 30 < len(held_out(MANY, "spring") & held_out(MANY, "summer")) < 90


def test_no_pair_of_name_and_id_is_another():
    assert hashes(("bc",), "a").tolist() != hashes(("c",), "ab").tolist()
    digest = sha256("2:春节u1".encode()).digest()
    assert hashes(("u1",), "春节").tolist() == [int.from_bytes(digest[:8], "big")]


def test_a_small_hold_out_is_pointed_out():
    assert hold_out_of(hashes(MANY[:999], "a")).is_small
    assert not hold_out_of(hashes(MANY[:1000], "a")).is_small


def test_nobody_leaves_nobody():
    assert hold_out_of(hashes((), "a")).is_held_out.tolist() == np.zeros(0).tolist()

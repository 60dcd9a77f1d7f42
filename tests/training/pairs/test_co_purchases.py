"""Pairs of products that were bought for one query."""

from collections import Counter

from training.pairs.co_purchases import MAX_PRODUCTS, Purchase, co_purchase_pairs
from training.pairs.pair import Pair
from training.pairs.shop_products import ShopProduct

PRODUCTS = {name: ShopProduct(name, f"title of {name}") for name in map(str, range(60))}
GROUPS = {name: number for number, name in enumerate(PRODUCTS)}


def _pairs(*purchases: Purchase, groups: dict[str, int] | None = None, seed: int = 1) -> list[Pair]:
    return co_purchase_pairs(purchases, PRODUCTS, groups or GROUPS, seed=seed).pairs


def test_two_products_bought_for_one_query_by_two_shoppers_are_a_pair() -> None:
    (pair,) = _pairs(Purchase(7, "1", 1), Purchase(7, "2", 2))
    first, second = ("1", "2") if pair.product_id == "2" else ("2", "1")
    assert pair == Pair(
        f"title of {first}", second, f"title of {second}", 1.0, "co-purchase", int(second), int(first)
    )


def test_purchases_for_two_queries_of_one_shopper_or_of_one_group_are_none() -> None:
    assert _pairs(Purchase(7, "1", 1), Purchase(8, "2", 2)) == []
    assert _pairs(Purchase(7, "1", 1), Purchase(7, "2", 1)) == []
    assert _pairs(Purchase(7, "1", 1), Purchase(7, "2", 2), groups={"1": 5, "2": 5}) == []


def test_two_products_bought_for_two_queries_are_one_pair() -> None:
    purchases = [Purchase(query, name, int(name)) for query in (7, 8) for name in ("1", "2")]
    assert len(_pairs(*purchases)) == 1


def test_each_product_of_a_query_is_the_query_of_one_pair_and_the_product_of_another() -> None:
    pairs = _pairs(*(Purchase(7, str(number), number) for number in range(6)))
    assert Counter(pair.product_id for pair in pairs) == dict.fromkeys(map(str, range(6)), 1)
    assert Counter(pair.query for pair in pairs) == {f"title of {number}": 1 for number in range(6)}


def test_a_popular_query_makes_no_more_pairs_than_the_cap_and_says_what_it_left_out() -> None:
    found = co_purchase_pairs(
        [Purchase(7, name, int(name)) for name in PRODUCTS] + [Purchase(8, "1", 1), Purchase(8, "2", 2)],
        PRODUCTS,
        GROUPS,
        seed=1,
    )
    assert MAX_PRODUCTS <= len(found.pairs) <= MAX_PRODUCTS + 1
    assert found.over_cap == 60 - MAX_PRODUCTS


def test_the_draw_depends_on_the_seed_and_not_on_the_order_of_purchases() -> None:
    purchases = [Purchase(7, name, int(name)) for name in PRODUCTS]
    assert _pairs(*purchases) == _pairs(*reversed(purchases))
    assert _pairs(*purchases) != _pairs(*purchases, seed=2)

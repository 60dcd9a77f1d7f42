"""Pairs of two titles of one product."""

from shangsou.text.facts import load_facts
from training.pairs.pair import Pair
from training.pairs.shop_products import ShopProduct
from training.pairs.variant_pairs import variant_pairs


def pairs_of(*products: ShopProduct, groups: list[int], **options: int) -> list[Pair]:
    return list(variant_pairs(products, groups, load_facts(), seed=1, **options))


def test_two_titles_of_a_group_are_a_pair():
    red, blue = ShopProduct("p1", "连衣裙 红色"), ShopProduct("p2", "连衣裙 蓝色")
    [pair] = pairs_of(red, blue, ShopProduct("p3", "雨伞"), groups=[7, 7, 9])
    assert {pair.query, pair.title} == {"连衣裙 红色", "连衣裙 蓝色"}
    assert (pair.source, pair.group, pair.shopper_hash) == ("variant", 7, "")
    assert pair.title == {"p1": red, "p2": blue}[pair.product_id].title


def test_identical_titles_make_no_pair():
    assert pairs_of(ShopProduct("p1", "连衣裙(红)"), ShopProduct("p2", "连衣裙 红"), groups=[7, 7]) == []


def test_a_large_group_makes_no_more_pairs_than_allowed():
    products = [ShopProduct(f"p{number}", f"连衣裙 第{number}款") for number in range(50)]
    assert len(pairs_of(*products, groups=[7] * 50, per_group=3)) == 3


def test_titles_that_name_different_models_are_a_pair_only_where_the_catalog_has_them_as_variants():
    one, other = "大显e189 老人手机", "大显v998 老人手机"
    assert pairs_of(ShopProduct("p1", one), ShopProduct("p2", other), groups=[7, 7]) == []
    assert len(pairs_of(ShopProduct("p1", one, "g"), ShopProduct("p2", other, "g"), groups=[7, 7])) == 1


def test_the_order_of_products_changes_nothing():
    products = [ShopProduct(f"p{number}", f"连衣裙 第{number}款") for number in range(9)]
    assert pairs_of(*products, groups=[7] * 9) == pairs_of(*reversed(products), groups=[7] * 9)

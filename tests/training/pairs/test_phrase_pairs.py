"""Pairs of a phrase of the catalog and products that hold it."""

from collections import Counter
from dataclasses import replace

from tests.training.pairs.shop import VOCABULARY
from training.pairs.pair import Pair
from training.pairs.phrase_pairs import phrase_pairs
from training.pairs.shop_products import ShopProduct


def pairs_of(
    *products: ShopProduct, words: list[str], queries: tuple[str, ...] = (), **options: int
) -> list[Pair]:
    groups = list(range(len(products)))
    return list(phrase_pairs(products, groups, words, VOCABULARY, queries, seed=1, **options))


def test_a_product_holds_its_leaf_its_word_and_its_brand_and_values_with_the_word():
    shoe = ShopProduct(
        "p1", "nike 跑鞋", brand="耐克（nike）", category=("鞋", "运动鞋"), attributes={"风格": ("法式",)}
    )
    assert {pair.query for pair in pairs_of(shoe, words=["跑鞋"])} == {
        "运动鞋",
        "跑鞋",
        "耐克跑鞋",
        "nike 跑鞋",
        "法式跑鞋",
    }


def test_a_product_without_a_word_holds_its_leaf_alone():
    shoe = ShopProduct("p1", "nike 跑鞋", brand="nike", category=("鞋", "运动鞋"))
    assert [pair.query for pair in pairs_of(shoe, words=[""])] == ["运动鞋"]


def test_brands_that_are_none_and_places_make_no_phrase():
    desk = ShopProduct("p1", "实木书桌", brand="其他品牌", attributes={"产地": ("苏州市",)})
    assert [pair.query for pair in pairs_of(desk, words=["书桌"])] == ["书桌"]


def test_what_says_nothing_makes_no_phrase():
    vocabulary = replace(VOCABULARY, brands=VOCABULARY.brands | {"other": ()})
    desk = ShopProduct(
        "p1", "实木书桌", brand="other", category=("家具", "其他"), attributes={"风格": ("其他",)}
    )
    found = phrase_pairs([desk], [0], ["书桌"], vocabulary, seed=1)
    assert [pair.query for pair in found] == ["书桌"]


def test_a_value_of_any_other_attribute_makes_a_phrase_where_queries_hold_it():
    bag = ShopProduct(
        "p1", "手提包", attributes={"闭合方式": ("拉链",), "箱包硬度": ("软",), "内部结构": ("夹层",)}
    )
    found = pairs_of(bag, words=["手提包"], queries=("拉链包",) * 5 + ("夹层包",) * 4)
    assert {pair.query for pair in found} == {"手提包", "拉链手提包"}


def test_each_phrase_has_one_product_before_one_has_a_second():
    dresses = [ShopProduct(f"d{number}", f"连衣裙 {number}") for number in range(100)]
    umbrella = ShopProduct("u", "雨伞")
    found = pairs_of(*dresses, umbrella, words=["连衣裙"] * 100 + ["雨伞"], per_phrase=3)
    assert {pair.query for pair in found[:2]} == {"连衣裙", "雨伞"}
    assert Counter(pair.query for pair in found) == {"连衣裙": 3, "雨伞": 1}
    assert len({pair.product_id for pair in found}) == 4


def test_no_more_pairs_are_made_than_allowed():
    dresses = [ShopProduct(f"d{number}", f"连衣裙 {number}") for number in range(9)]
    assert len(pairs_of(*dresses, words=["连衣裙"] * 9, per_phrase=9, most=5)) == 5

"""The texts that are learned from: what judges, and what looks private, is none of them."""

from training.distillation.texts import learned_queries, learned_titles
from training.pairs.pair import Pair
from training.pairs.shop_products import ShopProduct


def pair(query, split="train", **values):
    return Pair(query, "1", "红色雨伞", 1.0, "click", 0, split=split, **values)


def test_titles_of_excluded_products_and_of_their_variants_are_not_learned_from():
    products = [
        ShopProduct("1", "红色连衣裙", group_id="a"),
        ShopProduct("2", "超大号折叠雨伞", group_id="a"),
        ShopProduct("3", "手机壳"),
    ]
    assert learned_titles(products, {"1"}) == ["手机壳"]


def test_a_title_of_several_products_counts_once():
    assert learned_titles([ShopProduct("1", "雨伞"), ShopProduct("2", "雨伞")], ()) == ["雨伞"]


def test_queries_of_pairs_to_train_join_those_of_the_log():
    assert learned_queries(["雨伞"], [pair("连衣裙")], ()) == ["连衣裙", "雨伞"]


def test_queries_that_judge_are_left_out_of_the_log_too():
    pairs = [pair("连衣裙", "validation"), pair("手机壳", "test")]
    assert learned_queries(["雨伞", "连衣裙", "手机壳", "耳机"], pairs, {"耳机"}) == ["雨伞"]


def test_the_words_of_a_judging_query_in_another_order_are_left_out_too():
    log = ["女 连衣裙", "连衣裙女", "连衣裙", "壳 手机"]
    assert learned_queries(log, [pair("手机壳", "test")], {"连衣裙 女"}) == ["连衣裙"]


def test_titles_in_the_place_of_queries_are_no_queries():
    assert learned_queries([], [pair("红色连衣裙", query_group=3)], ()) == []


def test_a_phone_number_is_not_learned_from():
    assert learned_queries(["13800138000", "雨伞"], [], ()) == ["雨伞"]

"""Texts that are learned from, and titles that are held out."""

import pytest

from shangsou.errors import UnusableInput
from shangsou.text.segmenter import PACKAGED
from training.pairs.shop_products import ShopProduct
from training.pretraining.texts import ProductText, ShopTexts, hold_out, read_product_texts


def shop(count: int, queries: tuple[str, ...] = ()) -> ShopTexts:
    products = [
        ProductText(f"商品{number} {colour}", f"描述{number}", number)
        for number in range(count)
        for colour in ("红", "蓝")
    ]
    return ShopTexts(products, queries, PACKAGED)


def test_nothing_is_learned_of_a_product_whose_title_is_held_out():
    texts = hold_out(shop(30), seed=1)
    assert len(texts.held_out) == 3
    numbers = {title.split()[0].removeprefix("商品") for title in texts.held_out}
    assert not numbers & {title.split()[0].removeprefix("商品") for title in texts.titles}
    assert not numbers & {text.removeprefix("描述") for text in texts.descriptions}
    assert (len(texts.titles), len(texts.descriptions)) == (54, 27)


def test_a_query_that_is_a_title_held_out_is_not_learned():
    held_out = hold_out(shop(20), seed=0).held_out
    texts = hold_out(shop(20, (held_out[0], "红色鞋子")), seed=0)
    assert texts.queries == ["红色鞋子"]


def test_a_text_of_two_kinds_is_learned_once():
    products = [ProductText(f"商品{number}", f"商品{number}", number) for number in range(20)]
    texts = hold_out(ShopTexts(products, ["商品5", "鞋"], PACKAGED), seed=0)
    assert len(texts.learned) == len(set(texts.learned)) == 19


def test_the_hash_tells_texts_and_kinds_apart():
    hashes = {
        hold_out(shop(20), seed=0).hash,
        hold_out(shop(20), seed=1).hash,
        hold_out(shop(21), seed=0).hash,
        hold_out(shop(20, ("鞋",)), seed=0).hash,
    }
    assert len(hashes) == 4


def test_too_few_products_are_refused():
    with pytest.raises(UnusableInput, match="9 different products to learn from, and 10 are the least"):
        hold_out(shop(9), seed=0)
    assert len(hold_out(shop(10), seed=0).held_out) == 1


def test_judged_products_are_left_out_with_their_variants():
    products = [
        ShopProduct("a", "法式连衣裙 红色", "g", description="显瘦"),
        ShopProduct("b", "法式连衣裙 蓝色", "g"),
        ShopProduct("c", "不锈钢保温杯"),
    ]
    assert [text.title for text in read_product_texts(products, {"a"})] == ["不锈钢保温杯"]
    assert [text.description for text in read_product_texts(products, ())] == ["显瘦", "", ""]

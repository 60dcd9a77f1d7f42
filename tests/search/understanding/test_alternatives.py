"""Alternatives in queries."""

import pytest

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.understanding.alternatives import join_alternatives
from shangsou.search.understanding.shop_words import ShopWords


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("黑色或者白色毛衣", "黑色、白色毛衣"),
        ("黑色 或 白色 毛衣", "黑色、白色 毛衣"),
        ("黑色还是白色", "黑色、白色"),
        ("黑色或白色或灰色毛衣", "黑色、白色、灰色毛衣"),
        ("茶或咖啡", "茶、咖啡"),
    ],
)
def test_the_word_between_alternatives_is_none_that_products_hold(
    text: str, joined: str, fact_lexicon: Lexicon
):
    assert join_alternatives(text, ShopWords(fact_lexicon)) == joined


@pytest.mark.parametrize("text", ["不可或缺", "或许", "或者", "这个还是算了", "毛衣", ""])
def test_other_words_stay(text: str, fact_lexicon: Lexicon):
    assert join_alternatives(text, ShopWords(fact_lexicon)) == text

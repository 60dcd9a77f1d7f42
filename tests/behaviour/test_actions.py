"""Names that other systems have for the actions of shoppers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.behaviour.actions import KINDS, action_kind, read_action_options
from shangsou.errors import UnusableInput


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        # Google Analytics 4
        ("view_item", "view"),
        ("view_item_list", "impression"),
        ("select_item", "click"),
        ("add_to_wishlist", "favorite"),
        # UBI and its collectors
        ("item_click", "click"),
        ("click_through", "click"),
        ("on_search", "search"),
        # Taobao
        ("pv", "view"),
        ("fav", "favorite"),
        ("cart", "add_to_cart"),
        ("buy", "purchase"),
        # Chinese
        ("浏览", "view"),
        ("点击", "click"),
        ("收藏", "favorite"),
        ("加购", "add_to_cart"),
        ("加入购物车", "add_to_cart"),
        ("下单", "purchase"),
        ("购买", "purchase"),
        ("支付", "purchase"),
        # others
        ("order", "purchase"),
        ("unconfirmed_purchase", "unconfirmed_purchase"),
    ],
)
def test_a_name_of_another_system_stands_for_one_of_our_actions(name: str, kind: str) -> None:
    assert action_kind(name) == kind


@pytest.mark.parametrize(
    "name", ["Add To Cart", "add-to-cart", "ADD_TO_CART", "addToCart", " ａｄｄ　ｔｏ　ｃａｒｔ "]
)
def test_case_width_blanks_and_hyphens_make_no_difference(name: str) -> None:
    assert action_kind(name) == "add_to_cart"


@pytest.mark.parametrize("name", ["remove_from_cart", "refund", "取消收藏", "退款", "share", "1", ""])
def test_what_undoes_an_action_or_is_another_is_not_known(name: str) -> None:
    assert action_kind(name) is None


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_actions_are_known(kind: str) -> None:
    assert action_kind(kind) == kind


def test_names_that_the_user_gives_come_first() -> None:
    own_names = read_action_options(["Share=view", "下单=none", "a=b=加购"])
    assert own_names == {"share": "view", "下单": "none", "a=b": "add_to_cart"}
    assert action_kind("SHARE", own_names) == "view"
    assert action_kind("下单", own_names) == "none"
    assert action_kind("支付", own_names) == "purchase"


@pytest.mark.parametrize("pair", ["share", "share=", "=view", "share=forward", "share=unconfirmed_purchase"])
def test_an_option_without_a_name_or_with_another_kind_is_refused_with_the_kinds(pair: str) -> None:
    with pytest.raises(UnusableInput, match=r"NAME=KIND, as share=view; KIND is one of search, impression"):
        read_action_options([pair])


@given(st.text())
def test_any_text_is_one_of_our_actions_or_not_known(name: str) -> None:
    assert action_kind(name) in {*KINDS, "unconfirmed_purchase", None}

"""Names that other systems have for the actions of shoppers."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from shangsou.behaviour.event import (
    ADD_TO_CART,
    CLICK,
    FAVORITE,
    IMPRESSION,
    PURCHASE,
    SEARCH,
    VIEW,
)
from shangsou.errors import UnusableInput
from shangsou.reading.issue import excerpt

KINDS: Final = (SEARCH, IMPRESSION, CLICK, VIEW, FAVORITE, ADD_TO_CART, PURCHASE)
"""The actions that count for something, from the first that a shopper does to the last."""
ACTIONS_ADVICE: Final = (
    f"known are {', '.join(KINDS)} and other names for them, as 加购 or view_item; say what another name "
    "stands for with --action, as --action share=view"
)
"""What to do about names that are not known."""
LEFT_OUT: Final = "none"
"""In place of a kind: rows with this name are left out on purpose."""
_SEPARATORS = re.compile(r"[\s_\-·./]+")
# Names by kind. Case, blanks, hyphens and underscores make no difference, so `Add to Cart` is listed as
# `add_to_cart`. What undoes an action (`remove_from_cart`, `refund`, 取消收藏) is none of them.
_NAMES_BY_SOURCE: Mapping[str, Mapping[str, Sequence[str]]] = {
    # https://github.com/o19s/ubi, schema/1.3.0/event.schema.json; on_search of OpenSearch's documentation
    # (docs.opensearch.org, "Example UBI query DSL queries").
    "ubi": {
        SEARCH: ("search", "on_search"),
        IMPRESSION: ("impression",),
        CLICK: ("click", "click_through"),
        VIEW: ("view", "watch"),
        FAVORITE: ("favorite", "favourite"),
        ADD_TO_CART: ("add_to_cart",),
        PURCHASE: ("purchase",),
    },
    # Google Analytics 4, "Recommended events" (developers.google.com/analytics/devguides/collection/ga4).
    "ga4": {
        SEARCH: ("view_search_results",),
        IMPRESSION: ("view_item_list",),
        CLICK: ("select_item",),
        VIEW: ("view_item",),
        FAVORITE: ("add_to_wishlist",),
    },
    # Taobao's public logs (tianchi.aliyun.com/dataset/649: pv, fav, cart, buy; 113649: clk, fav, cart, pay);
    # the behaviour table of Alibaba Cloud's AIRec for shops (help.aliyun.com/document_detail/176706.html).
    "alibaba": {
        IMPRESSION: ("expose", "exposure"),
        CLICK: ("clk",),
        VIEW: ("pv",),
        FAVORITE: ("fav", "collect"),
        ADD_TO_CART: ("cart",),
        PURCHASE: ("buy", "pay"),
    },
    # What shops call them in their own logs, collectors of UBI among them.
    "shops": {
        SEARCH: ("query",),
        IMPRESSION: ("show",),
        CLICK: ("item_click", "product_click", "result_click"),
        VIEW: ("page_view", "product_view", "view_product", "detail", "browse"),
        FAVORITE: ("add_to_favorites", "wishlist"),
        ADD_TO_CART: ("add_cart", "cart_add", "add_to_basket"),
        PURCHASE: ("order", "place_order", "product_purchase", "paid", "payment"),
    },
    "chinese": {
        SEARCH: ("搜索", "查询", "检索"),
        IMPRESSION: ("曝光", "展示", "展现", "商品曝光"),
        CLICK: ("点击", "商品点击", "点击商品"),
        VIEW: ("浏览", "查看", "访问", "浏览商品", "商品浏览", "查看商品", "商品详情"),
        FAVORITE: ("收藏", "收藏商品", "商品收藏", "加收藏"),
        ADD_TO_CART: ("加购", "加购物车", "加入购物车", "添加购物车", "放入购物车", "购物车"),
        PURCHASE: ("购买", "下单", "提交订单", "支付", "付款", "成交", "支付成功", "下单支付"),
    },
    # Of our own server: a purchase that nobody vouches for stays what it is.
    "own": {"unconfirmed_purchase": ("unconfirmed_purchase",)},
}


@lru_cache(4_096)
def action_key(name: str) -> str:
    """Return a name without what makes no difference: case, width, blanks, hyphens and underscores."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name).casefold())


_KINDS_BY_KEY: Final[Mapping[str, str]] = {
    action_key(name): kind
    for names_by_kind in _NAMES_BY_SOURCE.values()
    for kind, names in names_by_kind.items()
    for name in names
}


def action_kind(name: str, own_names: Mapping[str, str] | None = None) -> str | None:
    """Return the kind of action that a name stands for, None where it is not known.

    Parameters
    ----------
    name
        As another system writes it.
    own_names
        What `read_action_options` returned: these come first.
    """
    key = action_key(name)
    return (own_names or {}).get(key) or _KINDS_BY_KEY.get(key)


def read_action_options(pairs: Sequence[str]) -> dict[str, str]:
    """Return the kinds by key of names that the user gave as `share=view`.

    Raises
    ------
    UnusableInput
        One has no name, or its kind is neither one of `KINDS` nor `none`.
    """
    kinds: dict[str, str] = {}
    for pair in pairs:
        name, _, written = pair.rpartition("=")
        kind = action_kind(written) if written.strip().lower() != LEFT_OUT else LEFT_OUT
        if not action_key(name) or kind not in (*KINDS, LEFT_OUT):
            raise UnusableInput(
                f"--action {excerpt(pair)}: wanted is NAME=KIND, as share=view; KIND is one of "
                f"{', '.join(KINDS)}, or {LEFT_OUT} to leave its rows out"
            )
        kinds[action_key(name)] = kind
    return kinds

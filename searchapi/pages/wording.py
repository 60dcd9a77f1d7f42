"""Products and searches in the words of Chinese shops; `static/format.js` and its like say the same."""

from collections.abc import Mapping, Sequence
from html import unescape
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from shangsou.price_text import fen_text, offer_text
from shangsou.product import ProductJson
from shangsou.search.response import MAX_VARIANTS
from shangsou.search.response_json import LackJson, VariantJson

_SCHEMES = ("http", "https")


class PriceParts(NamedTuple):
    """A price as it is printed: `¥` small, the yuan large, the decimals small."""

    whole: str
    decimals: str
    list_price: str
    """The list price where it is higher, else empty."""
    offer: str
    """`5.1 折` or `直降 ¥610`, empty where nothing is off."""


def price_parts(product: ProductJson) -> PriceParts | None:
    """Return the price of a product, or None where it has none."""
    price_fen, list_fen = product.get("price_fen"), product.get("list_price_fen")
    if price_fen is None:
        return None
    whole, _, decimals = fen_text(price_fen).partition(".")
    is_reduced = list_fen is not None and list_fen > price_fen
    list_price = fen_text(list_fen) if is_reduced and list_fen is not None else ""
    return PriceParts(whole, decimals, list_price, offer_text(price_fen, list_fen))


def short_number(number: int) -> str:
    """Return 12000 as `1.2万`, 120000000 as `1.2亿`; rounded down, as shops do."""
    if number < 10_000:
        return str(number)
    unit, name = (10_000, "万") if number < 100_000_000 else (100_000_000, "亿")
    tenths = number * 10 // unit
    return f"{tenths // 10}.{tenths % 10}{name}" if tenths % 10 else f"{tenths // 10}{name}"


def choice_text(variants: Sequence[VariantJson]) -> str:
    """Return how many variants there are, and from which price on where they differ; empty for one."""
    if len(variants) < 2:
        return ""
    many = f"{MAX_VARIANTS} 款以上" if len(variants) >= MAX_VARIANTS else f"共 {len(variants)} 款"
    prices = [round(variant["price"] * 100) for variant in variants if "price" in variant]
    return f"{many} · ¥{fen_text(min(prices))} 起" if prices and min(prices) < max(prices) else many


def lack_text(lack: LackJson) -> str:
    """Return what the query asks for and a product is not; empty where no more is known than that."""
    asked, says = lack["asked"], lack["says"]
    if says == asked or (says is None and lack["kind"] == "words"):
        return ""
    return f"不是“{asked}”" if says is None else f"是“{says}”，不是“{asked}”"


def highlighted(html: str) -> Markup:
    """Return a highlighted text in which nothing but `<em>` is markup, whatever it holds."""
    text = Markup("")
    for position, part in enumerate(html.split("<em>")):
        inside, end, outside = part.partition("</em>")
        if position and end:
            text += Markup("<em>{}</em>{}").format(unescape(inside), unescape(outside))
        else:
            text += escape(unescape(part))
    return text


def is_allowed_picture(url: str | None) -> bool:
    """Return whether the content security policy lets a picture through."""
    try:
        scheme = urlsplit(url or "").scheme.lower()
    except ValueError:
        return False
    return bool(url) and (scheme in ("", *_SCHEMES) or (url or "").startswith("data:image/"))


def product_address(product_id: str) -> str:
    """Return the address of a product's page; as `encodeURIComponent` writes it."""
    return "/products/" + quote(product_id, safe="!'()*", errors="replace")


def swatches(variants: Sequence[VariantJson], product_id: str) -> list[VariantJson]:
    """Return variants whose pictures differ, of equals the product; none where there is one picture."""
    by_picture: dict[str, VariantJson] = {}
    for variant in sorted(variants, key=lambda variant: variant["product_id"] != product_id):
        if is_allowed_picture(variant.get("image_url")):
            by_picture.setdefault(variant["image_url"], variant)
    shown = {variant["product_id"] for variant in by_picture.values()}
    return [variant for variant in variants if variant["product_id"] in shown] if len(shown) > 1 else []


def variant_label(attributes: Mapping[str, Sequence[str]], names: Sequence[str]) -> str:
    """Return the values of a variant in the attributes that tell it from the others."""
    return " ".join("、".join(attributes[name]) for name in names if attributes.get(name))

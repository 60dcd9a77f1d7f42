"""The description and the JSON-LD of a product, for crawlers and share previews."""

from typing import Any
from urllib.parse import urljoin

from markupsafe import Markup

from searchapi.json_text import dump_json
from searchapi.pages.wording import is_allowed_picture
from shangsou.price_text import fen_text
from shangsou.product import ProductJson

# What search engines show below a title.
_DESCRIPTION_LENGTH = 120


def description(product: ProductJson) -> str:
    """Return a product in one line."""
    price = f"¥{fen_text(product['price_fen'])}" if "price_fen" in product else ""
    parts = (price, product.get("brand"), product.get("subtitle"), product.get("description"))
    text = " · ".join(" ".join(part.split()) for part in parts if part) or product["title"]
    return text if len(text) <= _DESCRIPTION_LENGTH else text[: _DESCRIPTION_LENGTH - 1] + "…"


def product_data(product: ProductJson, page_url: str) -> dict[str, Any]:
    """Return the JSON-LD of a product (https://schema.org/Product), without what the catalog does not say."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product["title"],
        "sku": product["product_id"],
        "url": page_url,
        "description": description(product),
    }
    if picture := picture_url(product, page_url):
        data["image"] = picture
    if brand := product.get("brand"):
        data["brand"] = {"@type": "Brand", "name": brand}
    if category := product.get("category"):
        data["category"] = category.replace(">", " > ")
    if "price_fen" in product:
        data["offers"] = _offer(product, page_url)
    if "rating" in product and product.get("reviews"):
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": product["rating"],
            "reviewCount": product["reviews"],
        }
    return data


def picture_url(product: ProductJson, page_url: str) -> str:
    """Return the absolute address of a product's picture, empty where it has none that others can fetch."""
    url = product.get("image_url", "")
    return urljoin(page_url, url) if is_allowed_picture(url) and not url.startswith("data:") else ""


def json_for_script(payload: object) -> Markup:
    """Return JSON that ends no script element, whatever it holds."""
    text = dump_json(payload).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # Every character that could end the element is escaped above.
    return Markup(text)  # noqa: S704


def _offer(product: ProductJson, page_url: str) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": page_url,
        "price": f"{product['price_fen'] / 100:.2f}",
        "priceCurrency": "CNY",
    }
    if "stock" in product:
        state = "InStock" if product["stock"] > 0 else "OutOfStock"
        offer["availability"] = f"https://schema.org/{state}"
    return offer

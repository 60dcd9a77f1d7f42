"""The product record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, Literal, NotRequired, cast

from typing_extensions import TypedDict

CATEGORY_SEPARATOR = ">"
# Of the ids of groups of variants that no column names.
DERIVED_GROUP_PREFIX = "derived-"


# Not frozen but final, which only types check: a frozen one takes ten times as long to make, and an indexer
# makes millions.
@dataclass(slots=True)
class Product:
    """One product of a catalog, cleaned.

    Empty text, an empty tuple and None all mean that the catalog has no value.
    """

    product_id: Final[str]
    title: Final[str]
    subtitle: Final[str] = ""
    description: Final[str] = ""
    brand: Final[str] = ""
    category: Final[tuple[str, ...]] = ()
    """The path from the root of the category tree, at most as deep as the catalog's."""
    price_fen: Final[int | None] = None
    list_price_fen: Final[int | None] = None
    offer_from: Final[datetime | None] = None
    offer_until: Final[datetime | None] = None
    stock: Final[int | None] = None
    """Pieces in stock. None is unknown and counts as in stock."""
    status: Final[Literal["on", "off"]] = "on"
    group_id: Final[str] = ""
    attributes: Final[Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    image_url: Final[str] = ""
    shop: Final[str] = ""
    tags: Final[tuple[str, ...]] = ()
    sales: Final[int] = 0
    rating: Final[float | None] = None
    """From 0 to 5, by those who bought it."""
    reviews: Final[int] = 0
    """How many rated it."""
    created_at: Final[datetime | None] = None
    codes: Final[tuple[str, ...]] = ()
    """Barcodes, article and model numbers."""
    product_type: Final[str] = ""
    """As the catalog declares it; most catalogs leave it to the indexer."""

    def current(self, moment: datetime) -> "Product":
        """Return the product with the price that holds at a moment.

        Outside the time of its offer, which includes both ends, the list price is the price, and there is no
        offer. A product without a list price or without such times is returned as it is.
        """
        has_ended = self.offer_until is not None and self.offer_until < moment
        has_not_begun = self.offer_from is not None and moment < self.offer_from
        if self.list_price_fen is None or not (has_ended or has_not_begun):
            return self
        return replace(
            self, price_fen=self.list_price_fen, list_price_fen=None, offer_from=None, offer_until=None
        )

    def in_group(self, group_id: str) -> "Product":
        """Return the product as a variant of a group."""
        return self.with_fields({"group_id": group_id})

    def with_fields(self, changed: Mapping[str, object]) -> "Product":
        """Return the product with other values of some fields, faster than `dataclasses.replace` does."""
        values = list(_field_values(self))
        for name, value in changed.items():
            values[_POSITIONS[name]] = value
        return Product(*values)

    def __reduce__(self) -> tuple[type["Product"], tuple[object, ...]]:
        # Products are sent between processes, and the pickling of slotted dataclasses is four times as slow.
        return Product, _field_values(self)


_field_values = attrgetter(*(product_field.name for product_field in fields(Product)))
_POSITIONS = {product_field.name: position for position, product_field in enumerate(fields(Product))}


class ProductJson(TypedDict):
    """A product; fields of which the catalog says nothing are left out. Prices in yuan and in fen."""

    product_id: str
    title: str
    subtitle: NotRequired[str]
    description: NotRequired[str]
    brand: NotRequired[str]
    category: NotRequired[str]
    """The path from the root, as `女装>连衣裙`."""
    price: NotRequired[float]
    price_fen: NotRequired[int]
    list_price: NotRequired[float]
    list_price_fen: NotRequired[int]
    offer_from: NotRequired[str]
    offer_until: NotRequired[str]
    stock: NotRequired[int]
    status: Literal["on", "off"]
    group_id: NotRequired[str]
    attributes: NotRequired[dict[str, list[str]]]
    image_url: NotRequired[str]
    shop: NotRequired[str]
    tags: NotRequired[list[str]]
    sales: NotRequired[int]
    rating: NotRequired[float]
    """From 0 to 5."""
    reviews: NotRequired[int]
    """How many rated it."""
    created_at: NotRequired[str]
    codes: NotRequired[list[str]]
    product_type: NotRequired[str]


def product_to_json(product: Product) -> ProductJson:
    """Return a product as JSON values, as stored and as in the HTTP API.

    Empty fields are left out; `category` is the path joined by `>`, times are ISO 8601,
    `price` and `list_price` repeat the fen fields in yuan for display.
    """
    payload: dict[str, object] = {
        "product_id": product.product_id,
        "title": product.title,
        "subtitle": product.subtitle,
        "description": product.description,
        "brand": product.brand,
        "category": CATEGORY_SEPARATOR.join(product.category),
        "price": _yuan(product.price_fen),
        "price_fen": product.price_fen,
        "list_price": _yuan(product.list_price_fen),
        "list_price_fen": product.list_price_fen,
        "offer_from": _iso(product.offer_from),
        "offer_until": _iso(product.offer_until),
        "stock": product.stock,
        "status": product.status,
        "group_id": product.group_id,
        "attributes": {name: list(values) for name, values in product.attributes.items()},
        "image_url": product.image_url,
        "shop": product.shop,
        "tags": list(product.tags),
        "sales": product.sales,
        "rating": product.rating,
        # 0 is unknown.
        "reviews": product.reviews or None,
        "created_at": _iso(product.created_at),
        "codes": list(product.codes),
        "product_type": product.product_type,
    }
    # Zeros are values. One comparison for most fields: this runs for every product of a catalog.
    set_fields = {name: value for name, value in payload.items() if value or value == 0}
    return cast("ProductJson", set_fields)


def product_from_json(payload: Mapping[str, object]) -> Product:
    """Return the product that `product_to_json` wrote."""
    arguments = {
        name: field_from_json(name, value)
        for name, value in payload.items()
        if name not in ("price", "list_price")
    }
    return Product(**arguments)  # type: ignore[arg-type]


def field_to_json(name: str, value: Any) -> Any:
    """Return the value of a field of a product as `product_to_json` writes it."""
    match name:
        case "category":
            return CATEGORY_SEPARATOR.join(value)
        case "tags" | "codes":
            return list(value)
        case "attributes":
            return {key: list(values) for key, values in value.items()}
        case "offer_from" | "offer_until" | "created_at":
            return _iso(value)
    return value


def field_from_json(name: str, value: object) -> object:
    """Return the value of a field of a product as `product_to_json` wrote it."""
    match name:
        case "category":
            return tuple(str(value).split(CATEGORY_SEPARATOR))
        case "tags" | "codes":
            return tuple(value)  # type: ignore[arg-type]
        case "attributes":
            return {key: tuple(values) for key, values in value.items()}  # type: ignore[attr-defined]
        case "offer_from" | "offer_until" | "created_at":
            return datetime.fromisoformat(str(value))
    return value


def _yuan(fen: int | None) -> float | None:
    return None if fen is None else fen / 100


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()

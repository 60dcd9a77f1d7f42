"""A shop of variants, and what is to be found in it, counted product by product."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from random import Random

from shangsou.engines.query import PRICE_STEPS_FEN, FacetValue, Filters, attribute_pair, price_range_label
from shangsou.product import CATEGORY_SEPARATOR, Product

NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)
BEFORE, LATER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
COLOURS, SIZES = ("red", "blue", "green", "black"), ("38", "39", "40", "41")


def _shoe(group: str, number: int, **fields: object) -> Product:
    """Return a variant: one of 16 colours and sizes."""
    colour, size = COLOURS[number // 4], SIZES[number % 4]
    return Product(
        f"{group}-{number}",
        f"{group} shoe {colour}",
        brand=group.title(),
        category=("shoes", "runners"),
        attributes={"colour": (colour,), "size": (size,)},
        group_id=group,
        **{"price_fen": 10_000 + 100 * number, **fields},  # type: ignore[arg-type]
    )


# 48 variants of three products.
RUNNERS = [_shoe(group, number) for group in ("ava", "bea", "cleo") for number in range(16)]
# One variant on either side of 200 yuan, the cheap one sold out, the dear one in another category.
SPLIT = [
    Product(
        "split-cheap", "split shoe", price_fen=5_000, stock=0, group_id="split", category=("shoes",),
        attributes={"colour": ("red",)}, sales=900,
    ),
    Product(
        "split-dear", "split shoe", price_fen=30_000, stock=2, group_id="split", category=("shoes", "boots"),
        attributes={"colour": ("blue",)}, rating=4.9, reviews=100,
    ),
]  # fmt: skip
# The cheapest variant is off sale.
HALF_OFF = [
    Product("half-on", "half shoe", price_fen=9_000, group_id="half", attributes={"colour": ("red",)}),
    Product(
        "half-off",
        "half shoe",
        price_fen=100,
        group_id="half",
        status="off",
        attributes={"colour": ("pink",)},
    ),
]
# Single products, one with the id that a group has.
SINGLES = [
    Product("ava", "single shoe", price_fen=12_000, stock=0, brand="Ava", sales=5),
    Product("single", "single shoe", rating=5.0, reviews=1),
    # Its offer runs; that of the next has ended, and that of the last not begun.
    Product(
        "offer", "offer shoe", price_fen=100, list_price_fen=50_000, offer_from=BEFORE, offer_until=LATER
    ),
    Product("ended", "offer shoe", price_fen=200, list_price_fen=60_000, offer_until=BEFORE),
    Product("early", "offer shoe", price_fen=300, list_price_fen=70_000, offer_from=LATER),
]
MANY = [
    Product(
        f"many-{number}",
        "many sock",
        price_fen=1_000 + number,
        stock=number % 3,
        group_id="many",
        attributes={"colour": (COLOURS[number % 4],), "number": (str(number),)},
    )
    for number in range(2_000)
]


def shop() -> list[Product]:
    """Return all products, the variants of a group not side by side."""
    products = [*RUNNERS, *SPLIT, *HALF_OFF, *SINGLES, *MANY]
    Random(7).shuffle(products)
    return products


def random_filters(count: int) -> list[Filters]:
    """Return sets of filters, some of which nothing passes."""
    rng = Random(11)
    drawn = []
    for _ in range(count):
        price_from = rng.choice([None, None, 0, 1_500, 10_500, 20_000, 55_000])
        price_to = rng.choice([None, None, 1_200, 10_700, 20_000, 65_000])
        attributes = []
        if rng.random() < 0.5:
            attributes.append(("colour", tuple(rng.sample(COLOURS, rng.choice([1, 2])))))
        if rng.random() < 0.4:
            attributes.append(("size", (rng.choice(SIZES),)))
        drawn.append(
            Filters(
                categories=rng.choice([(), (), (("shoes",),), (("shoes", "boots"), ("shoes", "runners"))]),
                brands=rng.choice([(), (), (), ("Ava",), ("Ava", "Bea")]),
                price_from_fen=price_from,
                price_to_fen=price_to,
                in_stock=rng.choice([None, None, True, False]),
                attributes=tuple(attributes),
            )
        )
    return drawn


def passes(product: Product, filters: Filters) -> bool:
    """Return whether a product is on sale and passes."""
    price = product.current(NOW).price_fen
    limits = (filters.price_from_fen, filters.price_to_fen)
    paths = [CATEGORY_SEPARATOR.join(path) for path in filters.categories]
    return (
        product.status == "on"
        and (not paths or any(path in _levels(product) for path in paths))
        and (not filters.brands or product.brand in filters.brands)
        and (limits == (None, None) or price is not None)
        and (limits[0] is None or (price or 0) >= limits[0])
        and (limits[1] is None or (price or 0) <= limits[1])
        and filters.in_stock in (None, _in_stock(product))
        and all(set(values) & set(product.attributes.get(name, ())) for name, values in filters.attributes)
    )


def group_of(product: Product) -> tuple[str, str]:
    """Return what the variants of a product have in common."""
    return ("group", product.group_id) if product.group_id else ("product", product.product_id)


def count_values(facet: str, found: Iterable[Product], *, by_group: bool) -> dict[str, int]:
    """Return how many products, or groups, have each value of a facet."""
    pairs = {
        (group_of(product) if by_group else product.product_id, value)
        for product in found
        for value in _values(facet, product)
    }
    return dict(Counter(value for _, value in pairs))


def as_counts(values: Sequence[FacetValue]) -> dict[str, int]:
    """Return the counts of a facet by value."""
    return {value.value: value.count for value in values}


def _values(facet: str, product: Product) -> list[str]:
    match facet:
        case "brand":
            return [product.brand] if product.brand else []
        case "category":
            return _levels(product)
        case "price":
            price = product.current(NOW).price_fen
            return [] if price is None else [_price_range(price)]
        case "attributes":
            return [
                attribute_pair(name, value) for name, values in product.attributes.items() for value in values
            ]
        case _:
            return list(product.attributes.get(facet.removeprefix("attributes."), ()))


def _levels(product: Product) -> list[str]:
    path = product.category
    return [CATEGORY_SEPARATOR.join(path[:depth]) for depth in range(1, len(path) + 1)]


def _price_range(price_fen: int) -> str:
    steps = [*PRICE_STEPS_FEN, None]
    return next(
        price_range_label(start, end)
        for start, end in zip(PRICE_STEPS_FEN, steps[1:], strict=True)
        if start <= price_fen and (end is None or price_fen < end)
    )


def _in_stock(product: Product) -> bool:
    return product.stock is None or product.stock > 0

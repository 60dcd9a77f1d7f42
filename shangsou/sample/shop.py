"""The products of the sample shop: always the same, made from the word lists with a fixed seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from shangsou.product import Product
from shangsou.sample.figures import (
    TODAY,
    draw_created_at,
    draw_offer,
    draw_price_yuan,
    draw_sales,
    draw_stock,
    price_fen,
)
from shangsou.sample.pictures import VARIATIONS
from shangsou.sample.titles import applicable_templates, contradicts, fill, is_well_formed, resolve_options
from shangsou.sample.vocabulary import Brand, ProductKind, read_brands, read_colours, read_kinds
from shangsou.sample.wording import draw_slots

# Prefix of the seeds. Each kind has its own seed, so that a word added to one kind does not affect others.
SEED = "shangsou-sample-1"
# Numbers of variants of a product, with their weights.
GROUP_SIZES, GROUP_WEIGHTS = (1, 2, 3, 4), (70, 13, 12, 5)
# Attempts before a kind has too few words for another well-formed title.
MAX_ATTEMPTS = 1000
NO_COLOUR = "8fa3b5"
SIZES = "尺码"


@dataclass(frozen=True, slots=True)
class SharedTitle:
    """The title shared by the variants of one product, with a slot where they differ."""

    brand: Brand
    created_at: datetime
    attributes: Mapping[str, str]
    slots: Mapping[str, str]
    title: str
    selling: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedDetails:
    """The other details shared by the variants of one product."""

    kind: ProductKind
    shared_title: SharedTitle
    subtitle: str
    description: str
    price_yuan: float
    offer: tuple[float, datetime | None, datetime | None]
    shop: str
    picture: int


def sample_products() -> list[Product]:
    """Return all products of the sample shop, the same on every call, in catalog order."""
    brands = read_brands()
    titles: set[str] = set()
    products: list[Product] = []
    for kind in read_kinds():
        rng = Random(f"{SEED}/{kind.code}/{kind.name}")
        brands_of_kind = [
            brand for brand in brands if any(kind.code.startswith(code) for code in brand.sells)
        ]
        made: list[Product] = []
        while len(made) < kind.count:
            made += _draw_group(kind, brands_of_kind, len(made), titles, rng)
        products += made
    return products


def _draw_group(
    kind: ProductKind, brands: Sequence[Brand], number: int, titles: set[str], rng: Random
) -> list[Product]:
    """Draw a product or several variants of it; their titles are not in `titles` yet and are added to it."""
    values = kind.attributes.get(kind.vary, ())
    size = min(rng.choices(GROUP_SIZES, GROUP_WEIGHTS)[0], kind.count - number, max(1, len(values)))
    # In the order of the word list, so that capacities are ascending.
    chosen = sorted(rng.sample(values, size), key=values.index) if size > 1 else [""]
    for _ in range(MAX_ATTEMPTS):
        shared_title = _draw_shared_title(kind, rng.choice(brands), size > 1, rng)
        variants = [_attributes(kind, shared_title, value) for value in chosen]
        written = [
            fill(shared_title.title, {**shared_title.slots, **variant}, shared_title.selling)
            for variant in variants
        ]
        if all(
            title not in titles and is_well_formed(title) and not contradicts(title, variant, kind.attributes)
            for title, variant in zip(written, variants, strict=True)
        ):
            break
    else:
        raise ValueError(
            f"sample kind {kind.code} {kind.name}: too few words for {kind.count} titles; add some"
        )
    titles.update(written)
    shared_details = _draw_shared_details(kind, shared_title, rng)
    group_id = f"G{kind.code}{number:03d}" if size > 1 else ""
    return [
        _product(shared_details, variant, title, (f"{kind.code}{number + position:03d}", group_id), rng)
        for position, (variant, title) in enumerate(zip(variants, written, strict=True))
    ]


def _draw_shared_title(kind: ProductKind, brand: Brand, varies: bool, rng: Random) -> SharedTitle:
    attributes = {name: rng.choice(values) for name, values in kind.attributes.items()}
    created_at = draw_created_at(rng)
    slots = draw_slots(kind, brand, attributes, created_at.year, rng)
    values = {**attributes, **slots}
    title = resolve_options(rng.choice(applicable_templates(kind.titles, values)), values, rng)
    if varies and f"{{{kind.vary}}}" not in title:
        title += f" {{{kind.vary}}}"
    selling = tuple(rng.sample(kind.sells, len(kind.sells)))
    return SharedTitle(brand, created_at, attributes, slots, title, selling)


def _draw_shared_details(kind: ProductKind, shared_title: SharedTitle, rng: Random) -> SharedDetails:
    slots = {**shared_title.attributes, **shared_title.slots}
    return SharedDetails(
        kind=kind,
        shared_title=shared_title,
        subtitle=rng.choice(applicable_templates(kind.subtitles, slots)) if rng.random() < 0.4 else "",
        description=_draw_sentences(kind, slots, rng),
        price_yuan=draw_price_yuan(*kind.price_yuan, shared_title.brand.tier, rng),
        offer=draw_offer(rng),
        shop=_draw_shop(kind, shared_title.brand, rng),
        picture=rng.randrange(VARIATIONS),
    )


def _draw_sentences(kind: ProductKind, slots: Mapping[str, str], rng: Random) -> str:
    """Draw two to four sentences: what it is, one or two details, and a closing one."""
    details = applicable_templates(kind.detail, slots)
    sentences = [
        rng.choice(applicable_templates(kind.about, slots)),
        *rng.sample(details, min(len(details), rng.choice((1, 2, 2)))),
        rng.choice(applicable_templates(kind.closings, slots)),
    ]
    return "".join(sentences)


def _draw_shop(kind: ProductKind, brand: Brand, rng: Random) -> str:
    if rng.random() < 0.25 * brand.tier:
        return (brand.chinese or brand.latin) + rng.choice(("旗舰店", "官方旗舰店", "专卖店"))
    return rng.choice(kind.shops)


def _attributes(kind: ProductKind, shared_title: SharedTitle, value: str) -> dict[str, str]:
    """Return the attributes of the variant with `value`; without one, of the only variant."""
    attributes = {**shared_title.attributes, **({kind.vary: value} if value else {})}
    for own_value in tuple(attributes.values()):
        attributes |= kind.follows.get(own_value, {})
    if "型号" in shared_title.slots:
        attributes["型号"] = shared_title.slots["型号"]
    return attributes


def _product(
    shared_details: SharedDetails,
    attributes: Mapping[str, str],
    title: str,
    ids: tuple[str, str],
    rng: Random,
) -> Product:
    kind, shared_title = shared_details.kind, shared_details.shared_title
    slots = {**shared_title.slots, **attributes}
    yuan = shared_details.price_yuan
    for value in attributes.values():
        yuan *= kind.factors.get(value, 1)
    # A separate generator, so that variants at one price end in the same digits.
    price = price_fen(yuan, Random(f"{SEED}/{shared_title.title}"))
    list_price_factor, offer_from, offer_until = shared_details.offer
    list_price = (
        None
        if list_price_factor == 1
        else price_fen(price / 100 * list_price_factor, Random(f"{SEED}/{shared_title.title}"))
    )
    sales = draw_sales(yuan, shared_title.created_at, rng)
    return Product(
        product_id=ids[0],
        title=title,
        subtitle=fill(shared_details.subtitle, slots, shared_title.selling),
        description=fill(shared_details.description, slots),
        brand=shared_title.brand.name,
        category=kind.path,
        price_fen=price,
        list_price_fen=list_price,
        offer_from=offer_from,
        offer_until=offer_until,
        stock=draw_stock(rng),
        status="off" if rng.random() < 0.01 else "on",
        group_id=ids[1],
        attributes={
            name: tuple(value.split("/")) if name == SIZES else (value,) for name, value in attributes.items()
        },
        image_url=f"/sample/{kind.shape}-{_colour(kind, attributes)}-{shared_details.picture}.svg",
        shop=shared_details.shop,
        tags=_tags(price, list_price, sales, shared_title.created_at),
        sales=sales,
        created_at=shared_title.created_at,
    )


def _colour(kind: ProductKind, attributes: Mapping[str, str]) -> str:
    return read_colours().get(attributes.get("颜色", ""), kind.colour or NO_COLOUR)


def _tags(price: int, list_price: int | None, sales: int, created_at: datetime) -> tuple[str, ...]:
    tags = {
        "新品": TODAY - created_at < timedelta(days=60),
        "特价": list_price is not None,
        "热卖": sales >= 1500,
        "包邮": price >= 3900,
    }
    return tuple(tag for tag, holds in tags.items() if holds)

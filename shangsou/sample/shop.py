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
from shangsou.sample.titles import contradicts, fill, fitting, reads_well, settle_options
from shangsou.sample.vocabulary import Brand, Kind, read_brands, read_colours, read_kinds
from shangsou.sample.wording import draw_slots

# A prefix of the seeds, of which each kind has its own: a word added to one kind leaves all others.
SEED = "shangsou-sample-1"
# How many variants a product has, and how often.
GROUP_SIZES, GROUP_WEIGHTS = (1, 2, 3, 4), (70, 13, 12, 5)
# Drawings until a kind's words are found too few for another title that reads well.
MAX_ATTEMPTS = 1000
PICTURE_VARIATIONS = 4
NO_COLOUR = "8fa3b5"
SIZES = "尺码"


@dataclass(frozen=True, slots=True)
class Naming:
    """The title that the variants of one product share, with a slot where they differ."""

    brand: Brand
    created_at: datetime
    attributes: Mapping[str, str]
    slots: Mapping[str, str]
    title: str
    selling: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """What else the variants of one product share."""

    kind: Kind
    naming: Naming
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
    kind: Kind, brands: Sequence[Brand], number: int, titles: set[str], rng: Random
) -> list[Product]:
    """Return one product, or some variants of it; their titles are new to `titles` and added there."""
    values = kind.attributes.get(kind.vary, ())
    size = min(rng.choices(GROUP_SIZES, GROUP_WEIGHTS)[0], kind.count - number, max(1, len(values)))
    # In the order of the word list, so that capacities ascend.
    chosen = sorted(rng.sample(values, size), key=values.index) if size > 1 else [""]
    for _ in range(MAX_ATTEMPTS):
        naming = _draw_naming(kind, rng.choice(brands), size > 1, rng)
        variants = [_attributes(kind, naming, value) for value in chosen]
        written = [fill(naming.title, {**naming.slots, **variant}, naming.selling) for variant in variants]
        if all(
            title not in titles and reads_well(title) and not contradicts(title, variant, kind.attributes)
            for title, variant in zip(written, variants, strict=True)
        ):
            break
    else:
        raise ValueError(
            f"sample kind {kind.code} {kind.name}: too few words for {kind.count} titles; add some"
        )
    titles.update(written)
    style = _draw_style(kind, naming, rng)
    group_id = f"G{kind.code}{number:03d}" if size > 1 else ""
    return [
        _product(style, variant, title, (f"{kind.code}{number + place:03d}", group_id), rng)
        for place, (variant, title) in enumerate(zip(variants, written, strict=True))
    ]


def _draw_naming(kind: Kind, brand: Brand, varies: bool, rng: Random) -> Naming:
    attributes = {name: rng.choice(values) for name, values in kind.attributes.items()}
    created_at = draw_created_at(rng)
    slots = draw_slots(kind, brand, attributes, created_at.year, rng)
    values = {**attributes, **slots}
    title = settle_options(rng.choice(fitting(kind.titles, values)), values, rng)
    if varies and f"{{{kind.vary}}}" not in title:
        title += f" {{{kind.vary}}}"
    selling = tuple(rng.sample(kind.sells, len(kind.sells)))
    return Naming(brand, created_at, attributes, slots, title, selling)


def _draw_style(kind: Kind, naming: Naming, rng: Random) -> Style:
    slots = {**naming.attributes, **naming.slots}
    return Style(
        kind=kind,
        naming=naming,
        subtitle=rng.choice(fitting(kind.subtitles, slots)) if rng.random() < 0.4 else "",
        description=_draw_sentences(kind, slots, rng),
        price_yuan=draw_price_yuan(*kind.price_yuan, naming.brand.tier, rng),
        offer=draw_offer(rng),
        shop=_draw_shop(kind, naming.brand, rng),
        picture=rng.randrange(PICTURE_VARIATIONS),
    )


def _draw_sentences(kind: Kind, slots: Mapping[str, str], rng: Random) -> str:
    """Return two to four sentences: what it is, one or two details, and how the shop closes."""
    details = fitting(kind.detail, slots)
    sentences = [
        rng.choice(fitting(kind.about, slots)),
        *rng.sample(details, min(len(details), rng.choice((1, 2, 2)))),
        rng.choice(fitting(kind.closings, slots)),
    ]
    return "".join(sentences)


def _draw_shop(kind: Kind, brand: Brand, rng: Random) -> str:
    if rng.random() < 0.25 * brand.tier:
        return (brand.chinese or brand.latin) + rng.choice(("旗舰店", "官方旗舰店", "专卖店"))
    return rng.choice(kind.shops)


def _attributes(kind: Kind, naming: Naming, value: str) -> dict[str, str]:
    """Return the attributes of the variant that has `value`; without one, of the only variant."""
    attributes = {**naming.attributes, **({kind.vary: value} if value else {})}
    for each in tuple(attributes.values()):
        attributes |= kind.follows.get(each, {})
    if "型号" in naming.slots:
        attributes["型号"] = naming.slots["型号"]
    return attributes


def _product(
    style: Style, attributes: Mapping[str, str], title: str, ids: tuple[str, str], rng: Random
) -> Product:
    kind, naming = style.kind, style.naming
    slots = {**naming.slots, **attributes}
    yuan = style.price_yuan
    for value in attributes.values():
        yuan *= kind.factors.get(value, 1)
    # Its own generator, so that variants at one price end alike.
    price = price_fen(yuan, Random(f"{SEED}/{naming.title}"))
    above, offer_from, offer_until = style.offer
    list_price = None if above == 1 else price_fen(price / 100 * above, Random(f"{SEED}/{naming.title}"))
    sales = draw_sales(yuan, naming.created_at, rng)
    return Product(
        product_id=ids[0],
        title=title,
        subtitle=fill(style.subtitle, slots, naming.selling),
        description=fill(style.description, slots),
        brand=naming.brand.name,
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
        image_url=f"/sample/{kind.shape}-{_colour(kind, attributes)}-{style.picture}.svg",
        shop=style.shop,
        tags=_tags(price, list_price, sales, naming.created_at),
        sales=sales,
        created_at=naming.created_at,
    )


def _colour(kind: Kind, attributes: Mapping[str, str]) -> str:
    return read_colours().get(attributes.get("颜色", ""), kind.colour or NO_COLOUR)


def _tags(price: int, list_price: int | None, sales: int, created_at: datetime) -> tuple[str, ...]:
    tags = {
        "新品": TODAY - created_at < timedelta(days=60),
        "特价": list_price is not None,
        "热卖": sales >= 1500,
        "包邮": price >= 3900,
    }
    return tuple(tag for tag, holds in tags.items() if holds)

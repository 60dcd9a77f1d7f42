"""Wording of a product's title: how it names the brand, the season and the people it is for."""

from collections.abc import Mapping
from random import Random

from shangsou.sample.vocabulary import Brand, ProductKind

# Names of seasons in titles, with and without the year.
SEASONS = {
    "春季": ("春季", "春装"),
    "夏季": ("夏季", "夏天"),
    "秋季": ("秋季",),
    "冬季": ("冬季", "冬天"),
    "春秋": ("春秋", "春秋季"),
    "秋冬": ("秋冬", "秋冬季"),
    "四季": ("四季",),
}
# Names in titles for the people that an attribute names.
PEOPLE = {
    "女士": ("女", "女士", "女款"),
    "男士": ("男", "男士", "男款"),
    "通用": ("男女", "男女通用", "男女同款"),
    "学生": ("学生", "男女学生"),
    "儿童": ("男孩", "女孩", "男女孩"),
    "中老年": ("中老年", "爸爸妈妈"),
}


def draw_slots(
    kind: ProductKind, brand: Brand, attributes: Mapping[str, str], year: int, rng: Random
) -> dict[str, str]:
    """Draw the value of every slot that templates of this kind may use besides the attributes."""
    slots = {
        "品牌": rng.choice(_spellings(brand)),
        "词": rng.choice(kind.words),
        "年季": f"{rng.choice((year, year, ''))}{_season(attributes, rng)}新款",
    }
    if kind.also:
        slots["别名"] = rng.choice(kind.also)
    if "适用季节" in attributes:
        slots["季"] = rng.choice(SEASONS[attributes["适用季节"]])
    people = PEOPLE.get(attributes.get("适用人群", ""), kind.people)
    if people:
        slots["人群"] = rng.choice(people)
    if kind.models:
        slots["型号"] = "".join(
            str(rng.randrange(1, 10)) if char == "#" else char for char in rng.choice(kind.models)
        )
    return slots


def _spellings(brand: Brand) -> tuple[str, ...]:
    if not brand.chinese:
        return (brand.latin,)
    if not brand.latin:
        return (brand.chinese,)
    return brand.chinese, brand.chinese, f"{brand.chinese}{brand.latin}", f"{brand.latin} {brand.chinese}"


def _season(attributes: Mapping[str, str], rng: Random) -> str:
    season = attributes.get("适用季节", "四季")
    if season == "四季":
        return ""
    return rng.choice(("春季", "秋季", "春秋")) if season == "春秋" else season

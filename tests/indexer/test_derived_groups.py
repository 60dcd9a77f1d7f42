"""Groups of variants derived from titles and attributes."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from indexer.derived_groups import DerivedGroupCounts, GroupDeriver, VariantExample
from shangsou.product import Product


def kettle(product_id: str = "1", title: str = "电热水壶不锈钢", **attributes: str) -> Product:
    """Return a kettle whose brand and shop are known."""
    return Product(
        product_id,
        title,
        brand="炊小寅",
        shop="炊小寅专卖店",
        category=("家用电器", "电热水壶"),
        price_fen=9900,
        attributes={name: (value,) for name, value in attributes.items()},
    )


def groups(products: Iterable[Product]) -> list[str]:
    """Return the group of each product as a letter, in the order of their first products; `-` for none."""
    deriver = GroupDeriver()
    ids = [deriver.assign(product).product.group_id for product in products]
    letters = {
        group_id: chr(ord("a") + number) for number, group_id in enumerate(dict.fromkeys(filter(None, ids)))
    }
    return [letters.get(group_id, "-") for group_id in ids]


RED = kettle("1", "电热水壶不锈钢 1L 红色", 颜色="红色", 容量="1L")
BLUE = kettle("2", "电热水壶不锈钢 2L 蓝色", 颜色="蓝色", 容量="2L")


def test_titles_that_differ_only_in_values_are_variants() -> None:
    assert groups([RED, BLUE]) == ["a", "a"]


def test_the_same_title_with_other_values_is_a_variant() -> None:
    assert groups([kettle("1", 颜色="红色"), kettle("2", 颜色="蓝色")]) == ["a", "a"]


def test_the_same_values_again_are_a_second_listing_and_no_variant() -> None:
    again = replace(RED, product_id="3", title="红色 电热水壶不锈钢 1L")
    shorter = replace(
        RED, product_id="4", title="电热水壶不锈钢 1L 红", attributes={"颜色": ("红",), "容量": ("1L",)}
    )
    assert groups([RED, again, shorter, BLUE]) == ["a", "-", "-", "a"]


@pytest.mark.parametrize(
    "other",
    [
        replace(BLUE, shop="二号店"),
        replace(BLUE, brand="山舍"),
        replace(BLUE, category=("家用电器", "养生壶")),
        replace(BLUE, title="电热水壶玻璃 2L 蓝色"),
        replace(BLUE, attributes={**BLUE.attributes, "型号": ("KE-12",)}),
        replace(BLUE, attributes={**BLUE.attributes, "货号": ("12",)}),
        replace(BLUE, attributes={**BLUE.attributes, "品牌": ("山舍",)}),
        # It states no size.
        replace(BLUE, title="电热水壶不锈钢 蓝色", attributes={"颜色": ("蓝色",)}),
    ],
    ids=["shop", "brand", "category", "title", "model", "article number", "brand as attribute", "no size"],
)
def test_whatever_else_differs_makes_another_product(other: Product) -> None:
    assert groups([RED, other]) == ["a", "b"]


def test_a_product_without_values_that_vary_has_no_group() -> None:
    silent = [kettle("1"), kettle("2", 材质="不锈钢"), kettle("3", 型号="KE-12"), kettle("4", 颜色="其他")]
    assert groups(silent) == ["-", "-", "-", "-"]


def test_the_names_of_models_make_other_products() -> None:
    pro = kettle("1", "星岚15 Pro 手机 黑色", 版本="Pro", 颜色="黑色")
    plus = kettle("2", "星岚15 Plus 手机 黑色", 版本="Plus", 颜色="黑色")
    assert groups([pro, plus]) == ["a", "b"]


def test_glasses_for_red_wine_and_for_spirits_are_two_products() -> None:
    assert groups([kettle("1", "红酒杯水晶", 颜色="红"), kettle("2", "白酒杯水晶", 颜色="白")]) == ["a", "b"]


def test_a_group_that_a_column_names_stays() -> None:
    named = replace(BLUE, group_id="G1")
    deriver = GroupDeriver()
    assert deriver.assign(named) == (named, False)
    assert deriver.counts == DerivedGroupCounts()


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([9900, 99000], ["a", "a"]),
        ([9900, 99001], ["a", "-"]),
        ([99001, 9900], ["a", "-"]),
        # Each is compared with the cheapest and the dearest so far.
        ([9900, 50000, 4900, 99000], ["a", "a", "-", "a"]),
        ([None, 9900, 99001, 0, 99000], ["a", "a", "-", "a", "a"]),
    ],
)
def test_a_price_out_of_proportion_makes_no_variant(prices: list[int | None], expected: list[str]) -> None:
    products = [
        replace(kettle(str(number), 颜色=colour), price_fen=price)
        for number, (price, colour) in enumerate(zip(prices, ("红色", "蓝色", "绿色", "白色", "黑色")))  # noqa: B905
    ]
    assert groups(products) == expected


def test_short_titles_need_a_shop_or_a_brand() -> None:
    def shirt(product_id: str, colour: str, title: str = "纯棉短袖", **fields: str) -> Product:
        return Product(product_id, f"{title} {colour}", attributes={"颜色": (colour,)}, **fields)  # type: ignore[arg-type]

    assert groups([shirt("1", "红色"), shirt("2", "蓝色")]) == ["-", "-"]
    assert groups([shirt("1", "红色", title="纯棉短袖圆领"), shirt("2", "蓝色", title="纯棉短袖圆领")]) == [
        "a",
        "a",
    ]
    assert groups([shirt("1", "红色", shop="店"), shirt("2", "蓝色", shop="店")]) == ["a", "a"]
    assert groups([shirt("1", "红色", brand="云"), shirt("2", "蓝色", brand="云")]) == ["a", "a"]


def test_a_title_that_is_nothing_but_values_has_no_group() -> None:
    assert groups([kettle("1", "红色", 颜色="红色"), kettle("2", "蓝色", 颜色="蓝色")]) == ["-", "-"]


def test_the_id_of_a_group_follows_from_the_product_alone() -> None:
    alone = GroupDeriver().assign(BLUE)
    deriver = GroupDeriver()
    first, second = deriver.assign(RED), deriver.assign(BLUE)
    assert (first.is_variant, second.is_variant) == (False, True)
    assert first.product.group_id == second.product.group_id == alone.product.group_id
    # From `b2sum -l 64` of shop, brand, category, 电热水壶不锈钢, 容量 and 颜色, the byte 1f between them.
    assert alone.product == replace(BLUE, group_id="derived-2ff697abab1b482d")


def test_groups_of_two_or_more_are_counted_with_three_examples() -> None:
    colours = ("红色", "蓝色", "绿色")
    products = [
        kettle(f"{number}{colour}", f"电热水壶{number}号 {colour}", 颜色=colour, 容量="1L")
        for number in range(5)
        for colour in colours[: number + 1]
    ]
    deriver = GroupDeriver()
    for product in products:
        deriver.assign(product)
    # Of one, two, three, three and three kettles.
    assert (deriver.counts.groups, deriver.counts.products) == (4, 11)
    assert deriver.counts.examples == [
        VariantExample((f"电热水壶{number}号 红色", f"电热水壶{number}号 蓝色"), {"颜色": ("红色", "蓝色")})
        for number in (1, 2, 3)
    ]


def test_no_more_than_the_last_thousand_first_variants_are_kept_for_examples() -> None:
    deriver = GroupDeriver()
    deriver.assign(RED)
    for number in range(1_000):
        deriver.assign(kettle(str(number), f"电热水壶{number}号", 颜色="红色"))
    deriver.assign(BLUE)
    assert (deriver.counts.groups, deriver.counts.examples) == (1, [])

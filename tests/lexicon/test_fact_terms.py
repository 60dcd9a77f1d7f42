"""The facts that a product states of itself, in its columns and in its texts."""

import pytest

from shangsou.lexicon.fact_terms import (
    SHARED,
    WRITTEN,
    StatedValue,
    amount_term,
    canonical_value,
    is_quality,
    is_typed_value,
    read_amount_term,
    stated_values,
    term,
)
from shangsou.lexicon.own_terms import own_terms
from shangsou.product import Product
from shangsou.text.amounts import LETTER_SIZE, ONE_SIZE, Reading
from shangsou.text.facts import FactTable, load_facts
from shangsou.text.normalize import normalize
from shangsou.text.own_facts import add_own_facts

MAN, WOMAN = "男", "女"


def terms(title: str = "", table: FactTable | None = None, **fields: object) -> set[str]:
    product = Product("p1", title, **fields)  # type: ignore[arg-type]
    values = stated_values(product)
    texts = [normalize(product.title)], [normalize(product.subtitle)]
    (stated,) = own_terms(table or load_facts(), [product], [values], *texts)
    assert len(stated) == len(set(stated))
    return set(stated)


def columns(**attributes: str) -> dict[str, tuple[str, ...]]:
    return {name: (value,) for name, value in attributes.items()}


def amounts(title: str = "", **fields: object) -> set[tuple[str, float]]:
    """Return the dimension and number of each amount that a product states."""
    readings = map(read_amount_term, terms(title, **fields))
    return {(reading.dimension, reading.low) for reading in readings if reading is not None}


def values_of(kind: str, stated: set[str]) -> set[tuple[str, str]]:
    """Return name and value of the terms of a kind, without that of everything that states something."""
    split = [one.split("\x1f") for one in stated]
    return {(name, value) for of_kind, name, value in split if of_kind == kind and value}


def colours(title: str = "", **fields: object) -> set[str]:
    return {value for _, value in values_of("colour", terms(title, **fields))}


def codes(title: str = "", **fields: object) -> set[str]:
    found = values_of("code", terms(title, **fields))
    return {value for name, value in found if name != WRITTEN and value != "p1"}


def test_an_amount_is_read_back_from_its_term() -> None:
    for reading in (
        Reading("mass", 2500, 5000),
        Reading("carat", 4.55, 4.55),
        Reading("age", 36, float("inf")),
    ):
        assert read_amount_term(amount_term(reading)) == reading
    assert read_amount_term(term("amount", "mass")) is None
    assert read_amount_term(term("colour", "", "红")) is None


@pytest.mark.parametrize(
    ("value", "canonical"),
    [("黑色", "黑"), ("黑", "黑"), ("冬季", "冬"), ("常规款", "常规"), ("色", "色"), ("色丁", "色丁")],
)
def test_values_are_compared_without_what_names_their_kind(value: str, canonical: str) -> None:
    assert canonical_value(value) == canonical


def test_a_list_in_a_column_is_as_many_values() -> None:
    attributes = {"材质": ("棉、涤纶", "氨纶 / 其他"), "颜色": ("Ｒｅｄ",)}
    assert stated_values(Product("p1", "", attributes=attributes)) == [
        ("材质", "棉"),
        ("材质", "涤纶"),
        ("材质", "氨纶"),
        ("颜色", "red"),
    ]


@pytest.mark.parametrize("filling", ["其他", "other", "无", "是", "见描述", "不详", "N/A", "3"])
def test_what_catalogs_fill_in_for_nothing_is_no_value(filling: str) -> None:
    assert stated_values(Product("p1", "", attributes=columns(材质=filling))) == []


def test_sentences_are_no_values_and_long_names_no_attributes() -> None:
    product = Product("p1", "", attributes={"材质": ("棉" * 17,), "面" * 11: ("棉",), "面料": ("棉" * 16,)})
    assert stated_values(product) == [StatedValue("面料", "棉" * 16)]


def test_a_column_states_its_value_and_that_it_states_one() -> None:
    assert values_of("attribute", terms(attributes=columns(面料="雪纺"))) == {("面料", "雪纺")}
    assert term("attribute", "面料") in terms(attributes=columns(面料="雪纺"))
    assert term("attribute", "面料") not in terms("雪纺连衣裙")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("东北大米5kg", {("mass", 5000)}),
        ("东北大米10斤", {("mass", 5000)}),
        # What is sold stands last; the keywords before it tell of others.
        ("行李箱12寸16寸20寸24寸万向轮学生拉杆箱男女 14寸粉色", {("inch", 14)}),
        # One that stands only before is meant.
        ("500ml大容量保温杯不锈钢户外运动便携水杯学生", {("volume", 500)}),
        ("500ml大容量保温杯不锈钢户外运动便携水杯学生 12寸", {("volume", 500), ("inch", 12)}),
        # A list at the end is of variants, each of which is sold.
        ("护手霜保湿滋润补水香氛女士专用 30ml/50ml", {("volume", 30), ("volume", 50)}),
        # It may begin before the last sixteen characters.
        ("护手霜保湿滋润 30ml/50ml/100ml/150ml/200ml", {("volume", ml) for ml in (30, 50, 100, 150, 200)}),
        ("4.55克拉钻戒", {("carat", 4.55)}),
        ("运动鞋男 42码", {("shoe size", 42)}),
    ],
)
def test_of_the_amounts_in_a_title_those_at_its_end_count(
    title: str, expected: set[tuple[str, float]]
) -> None:
    assert amounts(title) == expected


@pytest.mark.parametrize("title", ["移动4G手机老人机", "移动联通4g", "全网通5G手机", "4g全网通"])
def test_a_generation_of_networks_is_no_amount(title: str) -> None:
    assert amounts(title) == set()


def test_a_storage_or_mass_is_both_until_somebody_asks() -> None:
    assert amounts("内存卡64g") == {("mass", 64), ("storage", 64)}


def test_a_subtitle_adds_amounts_that_no_variant_in_the_title_decides() -> None:
    assert amounts("大米5kg", subtitle="另有10kg 1.5升") == {("mass", 5000), ("volume", 1500)}
    assert amounts("东北大米", subtitle="10kg装") == {("mass", 10_000)}


def test_sizes_in_columns_are_amounts() -> None:
    stated = amounts("连衣裙", attributes={"尺码": ("XL", "均码")})
    # l is 1, xl 2.
    assert stated == {(LETTER_SIZE, 2), (LETTER_SIZE, ONE_SIZE)}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("酒红色连衣裙", {"酒红"}),
        ("黑色", {"黑"}),
        # Of a long title, what is sold stands last.
        ("黑色白色灰色连衣裙女法式收腰显瘦气质长裙新款 酒红色", {"酒红"}),
        # Where nothing stands last, all count.
        ("黑色白色连衣裙女法式收腰显瘦气质长裙新款女装", {"黑", "白"}),
        # Words of a list are colours also where no word list has them.
        ("连衣裙女法式收腰显瘦气质 正白/浅灰", {"正白", "浅灰"}),
        ("口红奶粉", set()),
    ],
)
def test_a_title_states_the_colour_of_its_end(title: str, expected: set[str]) -> None:
    assert colours(title) == expected


def test_a_column_for_colours_beats_the_title() -> None:
    stated = terms("红色外套", attributes=columns(颜色="黑色"))
    assert values_of("colour", stated) == {("", "黑")}
    assert values_of("colour family", stated) == {("", "黑")}


def test_a_colour_is_of_its_family() -> None:
    assert values_of("colour family", terms("酒红色连衣裙")) == {("", "红")}
    assert values_of("colour family", terms("裙", attributes=columns(颜色="碎花"))) == set()


def test_audiences_in_a_title_that_names_one() -> None:
    assert values_of("audience", terms("跑步鞋男")) == {("", MAN)}
    assert term("audience", "") in terms("跑步鞋男")
    assert term("audience", "") not in terms("跑步鞋")


@pytest.mark.parametrize("title", ["跑步鞋男女", "情侣跑步鞋", "男士跑步鞋 女士跑步鞋"])
def test_audiences_of_a_title_that_names_several_share_the_product(title: str) -> None:
    assert values_of("audience", terms(title)) == {(SHARED, MAN), (SHARED, WOMAN)}


def test_a_column_for_audiences_beats_the_title() -> None:
    assert values_of("audience", terms("跑步鞋男女", attributes=columns(适用性别="女"))) == {("", WOMAN)}
    shared = terms("跑步鞋男", attributes=columns(适用性别="通用"))
    assert values_of("audience", shared) == {(SHARED, MAN), (SHARED, WOMAN)}


def test_a_brand_has_each_spelling_of_its_column() -> None:
    assert values_of("brand", terms(brand="华为（HUAWEI）")) == {("", "华为"), ("", "huawei")}
    in_attributes = terms(attributes=columns(品牌="唐为(TANGWEI)"))
    assert values_of("brand", in_attributes) == {("", "唐为"), ("", "tangwei")}
    # It is a brand, and no attribute besides.
    assert values_of("attribute", in_attributes) == set()


def test_codes_stand_in_ids_titles_and_columns() -> None:
    assert codes("电动牙刷HX6857/20") == {"hx6857", "hx685720"}
    assert codes("电动牙刷", subtitle="型号 HX6857") == {"hx6857"}
    assert codes("电动牙刷", group_id="SPU-88") == {"spu88"}
    assert codes("电动牙刷", group_id="derived-2ff697abab1b482d") == set()
    # Four digits are a code in a column for them only.
    assert codes("凉鞋", attributes=columns(货号="8061")) == {"8061"}
    assert codes("凉鞋8061", attributes=columns(容量="8061")) == set()


def test_the_product_id_is_a_code() -> None:
    assert values_of("code", terms("电动牙刷")) == {("", "p1")}


def test_a_code_is_also_stated_as_it_is_written() -> None:
    assert values_of("code", terms("牙刷HX6857/20")) >= {(WRITTEN, "hx6857/20"), (WRITTEN, "hx6857")}
    assert {value for name, value in values_of("code", terms("iPhone 15")) if name == WRITTEN} == set()


def test_a_number_without_a_unit_is_text_of_the_title() -> None:
    assert values_of("text", terms("充电宝20000 快充")) == {("", "20000")}
    assert values_of("text", terms("充电宝20000mah a20000 12")) == set()


@pytest.mark.parametrize(
    ("name", "value", "typed"),
    [
        ("面料", "雪纺", True),
        ("材质", "棉", True),
        ("图案", "花", False),  # a part of words, unless it is a material
        ("材质", "a", False),
        ("鞋码", "35", True),
        ("dpi", "1600", True),
        ("鞋码", "5", False),
        ("数量", "123456", False),
        ("货号", "8061", False),
        ("型号", "雅致", False),
        ("品牌", "耐克", False),
        ("品牌名称", "耐克", False),
        ("品牌类型", "国货", True),
        ("净含量", "500ml", False),
        ("尺码", "xl", False),
        ("风格", "new york", False),
        ("风格", "&&", False),
        ("风格", "简" * 12, True),
        ("风格", "简" * 13, False),
    ],
)
def test_which_values_a_query_may_ask_for_by_words(name: str, value: str, typed: bool) -> None:
    assert is_typed_value(name, value, load_facts()) == typed


def test_a_value_is_a_quality_if_all_its_attributes_are() -> None:
    assert is_quality(["材质", "口味"])
    assert not is_quality(["材质", "适用范围"])


def test_a_product_is_read_by_the_table_of_its_shop() -> None:
    own = add_own_facts(
        "[units.measures]\nmass = { '磅' = 453.6 }\n[colours.names]\n'红' = ['车厘子']\n"
        "[audiences.words]\n'宠物' = ['狗狗']",
        "facts.toml",
    )
    shown = {
        term("amount", "mass", "2268..2268"),
        term("colour family", "", "红"),
        term("audience", "", "宠物"),
    }
    # In turns, since what was read by one table is kept.
    for table, found in ((load_facts(), set()), (own, shown), (load_facts(), set())):
        assert shown & terms("狗狗背包5磅车厘子", table) == found
        stated = columns(适用对象="狗狗", 重量="5磅", 颜色="车厘子")
        assert shown & terms("背包", table, attributes=stated) == found

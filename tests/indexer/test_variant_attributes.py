"""The table of attributes by which variants differ."""

import tomllib
from importlib.resources import files

from indexer.variant_attributes import load_variant_attributes, variant_values
from shangsou.product import Product


def values_of(**attributes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {value.name: value.values for value in variant_values(Product("1", "水壶", attributes=attributes))}


def test_every_entry_says_why_it_is_there_and_no_name_stands_twice() -> None:
    table = tomllib.loads(files("indexer").joinpath("variant_attributes.toml").read_text("utf-8"))
    entries = table["varying"] + table["identifying"]
    assert [entry["names"] for entry in entries if not entry["why"]] == []
    names = [name for entry in entries for name in entry["names"]]
    assert sorted(names) == sorted(set(names))


def test_only_values_of_the_table_count_in_the_order_of_their_names() -> None:
    values = values_of(颜色=("红",), 材质=("棉",), 型号=("A1",), 尺码=("M",))
    assert list(values.items()) == sorted({"颜色": ("红",), "型号": ("a1",), "尺码": ("m",)}.items())


def test_names_and_values_are_normalized() -> None:
    assert values_of(顏色=("藍色",), Color=("Ｒｅｄ",)) == {"颜色": ("蓝色",), "color": ("red",)}


def test_what_says_nothing_is_no_value() -> None:
    assert values_of(颜色=("其他",), 规格=("见描述", "500g")) == {"规格": ("500g",)}


def test_designs_and_names_of_models_are_left_in_titles() -> None:
    product = Product(
        "1", "手机", attributes={"版本": ("Pro Max",), "款式": ("直板",), "颜色": ("黑色",), "型号": ("X1",)}
    )
    title_values = {value.name: value.title_values for value in variant_values(product)}
    assert title_values == {"版本": (), "款式": (), "颜色": ("黑色",), "型号": ()}


def test_black_is_compared_as_the_colour_black() -> None:
    short, long = (
        variant_values(Product("1", "水壶", attributes={"颜色": (name,)})) for name in ("黑", "黑色")
    )
    assert short[0].key == long[0].key


def test_attributes_that_tell_products_apart_do_not_vary() -> None:
    table = load_variant_attributes()
    assert table.identifying.isdisjoint(table.varying)
    assert {"型号", "货号"} <= table.identifying

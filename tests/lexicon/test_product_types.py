"""The product types that a query asks for, worked by hand with vectors along the axes."""

from dataclasses import replace
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from shangsou.lexicon.product_types import (
    ProductTypes,
    QueryTypes,
    TypePrediction,
    TypeSpace,
    open_product_types,
    write_product_types,
)
from shangsou.text.segmenter import PACKAGED

NAMES = ("手机", "手机壳", "支架", "妈妈")
NO_TYPES = QueryTypes((), is_bare=False)
PLAIN = TypeSpace(np.eye(5, dtype=np.float32), np.zeros(5, np.float32))


def types(
    *,
    leaves: tuple[str, ...] = (),
    counts: tuple[int, ...] = (100, 50, 20, 5),
    wider: dict[str, str] | None = None,
    products: int = 900,
    accessories: tuple[str, ...] = (),
    names: tuple[str, ...] = NAMES,
) -> ProductTypes:
    """Return types each of which lies along an axis of its own; along the last of five lies none."""
    return ProductTypes(
        names=names,
        counts=np.array(counts, np.int32),
        leaves=frozenset(leaves),
        wider=wider or {},
        products=products,
        accessories=frozenset(accessories),
        space=PLAIN,
        centroids=np.eye(5, dtype=np.float32)[: len(names)],
    )


def vector(*closeness: float) -> np.ndarray:
    """Return the vector that is so close to the types, of length 1."""
    last = sqrt(max(0.0, 1 - sum(cosine**2 for cosine in closeness)))
    return np.array([*closeness, *[0.0] * (4 - len(closeness)), last], np.float32)


def asked(text: str, near: np.ndarray | None, **options: object) -> QueryTypes:
    return types(**options).of_query(text, near)  # type: ignore[arg-type]


def test_a_type_that_a_query_names_is_asked_for() -> None:
    found = asked("红色手机壳", vector(0.5, 0.6))
    # 手机壳 begins where 手机 does and is longer; 手机 is not named, however near it is.
    assert found == QueryTypes((TypePrediction("手机壳", 1.0),), is_bare=False)
    assert found.names == ("手机壳",)


@pytest.mark.parametrize("text", ["手机壳", "手机壳!", " 手机壳 ", "手机壳 手机壳"])
def test_a_query_of_its_type_alone_is_bare(text: str) -> None:
    assert asked(text, vector(0, 0.6)).is_bare


@pytest.mark.parametrize("text", ["红色手机壳", "手机壳2", "手机壳 手机"])
def test_a_query_that_says_more_is_not_bare(text: str) -> None:
    # 手机 is named too, but not asked for: its closeness is too far below.
    assert not asked(text, vector(0, 0.6)).is_bare


def test_of_several_that_it_names_the_nearest_is_likeliest() -> None:
    # .08 apart: e to 1, shares of .731 and .269.
    found = asked("手机 手机壳", vector(0.52, 0.6))
    assert found.names == ("手机壳", "手机")
    assert [prediction.probability for prediction in found.predictions] == pytest.approx(
        [0.731, 0.269], abs=1e-3
    )
    assert found.is_bare


def test_one_that_is_far_less_likely_is_not_asked_for() -> None:
    # .16 apart: e² to 1, shares of .881 and .119, below .2.
    found = asked("手机 手机壳", vector(0.44, 0.6))
    assert found.predictions == (TypePrediction("手机壳", pytest.approx(0.881, abs=1e-3)),)


def test_what_a_query_names_but_does_not_mean_is_not_asked_for() -> None:
    # .24 is below .25, however near another type is.
    assert asked("手机 放在桌上", vector(0.24, 0, 0.9)) == NO_TYPES
    assert asked("手机 放在桌上", vector(0.26, 0, 0.9)).names == ("手机",)


def test_a_leaf_that_is_typed_is_asked_for_whatever_its_vector_says() -> None:
    assert asked("手机", vector(), leaves=("手机",)) == QueryTypes(
        (TypePrediction("手机", 1.0),), is_bare=True
    )
    assert asked("手机", vector()) == NO_TYPES
    assert asked("红手机", vector(), leaves=("手机",)) == NO_TYPES


def test_a_quality_is_a_type_only_where_no_thing_is_named() -> None:
    # 妈妈 ends in no character for things.
    assert asked("妈妈手机", vector(0.5, 0, 0, 0.6)).names == ("手机",)
    assert asked("送礼 妈妈", vector(0.5, 0, 0, 0.6)).names == ("妈妈",)
    # What is a leaf is a thing; of things that follow each other at once the last is asked for.
    assert asked("妈妈 手机", vector(0.5, 0, 0, 0.6), leaves=("妈妈",)).names == ("妈妈", "手机")
    assert asked("妈妈手机", vector(0.5, 0, 0, 0.6), leaves=("妈妈",)).names == ("手机",)


def test_a_query_that_names_no_type_asks_for_none_however_near_it_is() -> None:
    assert asked("打电话用的", vector(0.9)) == NO_TYPES


def test_what_a_product_goes_with_is_not_asked_for() -> None:
    # 手机 before 支架 says what the stand is for.
    assert asked("手机支架", vector(0.6, 0, 0.6)) == QueryTypes((TypePrediction("支架", 1.0),), is_bare=False)


THINGS = ("苹果", "手机", "雨伞")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("苹果手机", ("手机",)),
        ("手机苹果", ("苹果",)),
        ("苹果手机雨伞", ("雨伞",)),
        ("红苹果手机 大", ("手机",)),
        # What stands between them keeps them apart.
        ("苹果 手机", ("手机", "苹果")),
        ("苹果和手机", ("手机", "苹果")),
        ("苹果手机 雨伞", ("手机", "雨伞")),
        ("雨伞 苹果手机", ("手机", "雨伞")),
    ],
)
@pytest.mark.parametrize("closeness", [(0.5, 0.52, 0.51), (0.51, 0.53, 0.51)])
def test_of_things_that_follow_each_other_at_once_only_the_last_is_asked_for(
    text: str, named: tuple[str, ...], closeness: tuple[float, ...]
) -> None:
    found = asked(text, vector(*closeness), names=THINGS, counts=(100, 100, 100))
    assert set(found.names) == set(named)


def test_the_first_of_a_run_is_not_asked_for_though_its_vector_is_nearer() -> None:
    # 苹果 lies at .9, 手机 at .3; at .24, which is below .25, nothing is meant.
    assert asked("苹果手机", vector(0.9, 0.3), names=THINGS, counts=(9, 9, 9)).names == ("手机",)
    assert asked("苹果手机", vector(0.9, 0.24), names=THINGS, counts=(9, 9, 9)) == NO_TYPES


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        # Joined behind it, 灯 and 壳 name what goes with the thing before them.
        ("自行车灯", True),
        ("自行车壳", True),
        # Nothing is joined behind it: 送女朋友的礼物 asks for 礼物, whatever 送 means in titles.
        ("适用自行车", False),
        # 场 is no accessory: whoever asks for it may mean anything.
        ("自行车场", False),
        ("自行车", False),
        ("山地自行车", False),
        # 手机 is asked for itself.
        ("自行车灯 手机", False),
        ("灯", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("near", [None, vector(0.6, 0.6)])
def test_a_query_asks_for_an_accessory_where_it_names_types_only_as_what_that_goes_with(
    text: str, asks: bool, near: np.ndarray | None
) -> None:
    found = asked(text, near, names=("自行车", "手机"), counts=(9, 9))
    assert found.asks_accessory == asks
    assert not (asks and found.predictions)


def test_without_a_vector_the_last_one_named_is_asked_for() -> None:
    assert asked("手机 手机壳", None) == QueryTypes((TypePrediction("手机壳", 1.0),), is_bare=False)
    assert asked("手机", None) == QueryTypes((TypePrediction("手机", 1.0),), is_bare=True)
    assert asked("打电话用的", None) == NO_TYPES


@pytest.mark.parametrize(
    ("count", "products", "expected"),
    [
        # Of 900 products 900 / 300 = 3; at least 3, and at most 12.
        (2, 900, "手机"),
        (3, 900, "翻盖手机"),
        (2, 10, "手机"),
        (3, 10, "翻盖手机"),
        (11, 1_000_000, "手机"),
        (12, 1_000_000, "翻盖手机"),
        (6, 2_100, "手机"),
        (7, 2_100, "翻盖手机"),
    ],
)
def test_a_rare_kind_stands_for_the_wider_type(count: int, products: int, expected: str) -> None:
    shop = types(
        names=("手机", "翻盖手机"), counts=(100, count), wider={"翻盖手机": "手机"}, products=products
    )
    assert shop.widened("翻盖手机") == expected
    assert shop.widened("手机") == "手机"


def test_widening_goes_on_as_far_as_it_has_to_but_never_beyond_a_leaf() -> None:
    names = ("手机", "翻盖手机", "老人翻盖手机")
    wider = {"老人翻盖手机": "翻盖手机", "翻盖手机": "手机"}
    assert types(names=names, counts=(9, 1, 1), wider=wider).widened("老人翻盖手机") == "手机"
    kept = types(names=names, counts=(9, 1, 1), wider=wider, leaves=("翻盖手机",))
    assert kept.widened("老人翻盖手机") == "翻盖手机"


def test_a_space_projects_to_length_1_around_its_mean() -> None:
    space = TypeSpace(np.diag([2, 1]).astype(np.float32), np.array([1, 0], np.float32))
    # (2, 1) becomes (4, 1) - (1, 0) = (3, 1); (.5, 0) is the mean itself and stays without a direction.
    projected = space.project(np.array([[2, 1], [0.5, 0]], np.float32))
    assert projected[0].tolist() == pytest.approx([3 / sqrt(10), 1 / sqrt(10)])
    assert projected[1].tolist() == [0, 0]


def test_types_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = types(leaves=("手机",), wider={"手机壳": "支架"}, products=1234, accessories=("手机壳",))
    write_product_types(tmp_path, written)
    opened = open_product_types(tmp_path, PACKAGED)
    assert opened is not None
    assert list(opened.names) == list(written.names)
    assert (opened.leaves, opened.wider, opened.products) == (written.leaves, written.wider, 1234)
    assert opened.accessories == {"手机壳"}
    assert opened.counts.tolist() == [100, 50, 20, 5]
    for text, near in [("红色手机壳", vector(0.5, 0.6)), ("打电话用的", vector(0.54)), ("手机", None)]:
        before, after = written.of_query(text, near), opened.of_query(text, near)
        assert after.names == before.names
        assert after.is_bare == before.is_bare
    assert "手机壳" in opened
    assert "伞" not in opened


def test_a_folder_without_types_has_none(tmp_path: Path) -> None:
    assert open_product_types(tmp_path, PACKAGED) is None


def test_a_brand_and_a_thing_become_the_thing_even_where_the_shop_has_a_category_for_both() -> None:
    wider = {"小米手机": "手机"}
    shop = types(names=("手机", "小米手机"), counts=(900, 500), wider=wider, leaves=frozenset(["小米手机"]))
    assert shop.widened("小米手机") == "小米手机"
    assert replace(shop, branded=frozenset(["小米手机"])).widened("小米手机") == "手机"


def test_a_category_that_no_product_is_of_is_not_asked_for_but_what_its_name_ends_in() -> None:
    options = {"names": ("键盘", "机械键盘"), "leaves": ("机械键盘",)}
    assert asked("机械键盘", vector(0.5, 0.9), counts=(80, 3), **options).names == ("机械键盘",)
    assert asked("机械键盘", vector(0.5, 0.9), counts=(80, 0), **options).names == ("键盘",)

"""Groups of products: variants, and titles that are nearly the same."""

import pytest

from training.pairs.product_groups import distinct_title, number_groups
from training.pairs.shop_products import ShopProduct


def groups_of(*titles: str, group_ids: tuple[str, ...] = ()) -> list[int]:
    """Return the group of each of these titles, by the position of the first title of the group."""
    ids = group_ids or ("",) * len(titles)
    products = [
        ShopProduct(f"p{row:06}", title, group_id=group)
        for row, (title, group) in enumerate(zip(titles, ids, strict=True))
    ]
    numbers = number_groups(products)
    return [numbers.index(number) for number in numbers]


def test_titles_that_share_three_fifths_of_their_bigrams_are_one_product():
    # 真丝 丝衬 衬衫 衫女 and 真丝 丝衬 衬衫 衫男: three of five.
    assert groups_of("真丝衬衫女", "真丝衬衫男") == [0, 0]


def test_titles_that_share_half_of_their_bigrams_are_two_products():
    # 苹果 果1 13 3手 手机 机壳 and 苹果 果1 14 4手 手机 机壳: four of eight.
    assert groups_of("苹果13手机壳", "苹果14手机壳") == [0, 1]


def test_a_chain_of_titles_that_are_alike_is_one_product():
    # Each shares nine of eleven bigrams with the next, the first and the last seven of thirteen.
    text = "一二三四五六七八九十甲乙丙丁"
    assert groups_of(*(text[start : start + 11] for start in range(4))) == [0, 0, 0, 0]
    assert groups_of(text[:11], text[3:14]) == [0, 1]


def test_variants_of_one_group_are_one_product_however_they_are_called():
    assert groups_of("真丝衬衫", "男式皮带", "折叠雨伞", group_ids=("g", "", "g")) == [0, 1, 0]


def test_a_variant_joins_the_titles_that_are_like_it_to_its_group():
    assert groups_of("真丝衬衫", "男式皮带", "真丝 衬衫!", group_ids=("g", "g", "")) == [0, 0, 0]


def test_punctuation_and_spaces_make_no_other_product():
    assert groups_of("羽绒服【男】", "羽绒服 男", "羽绒服女款长") == [0, 0, 2]


@pytest.mark.parametrize("title", ["裙", "!!", "😀", "a"])
def test_titles_of_hardly_anything_are_one_product_if_they_are_equal(title: str):
    assert groups_of(title, "保温杯", title) == [0, 1, 0]


def test_many_identical_titles_are_one_product():
    assert set(groups_of(*["爆款连衣裙"] * 20_000)) == {0}


def test_a_number_stays_where_other_products_join_the_catalog():
    shirt, belt = ShopProduct("p1", "真丝衬衫女"), ShopProduct("p2", "男式皮带")
    alone = number_groups([shirt, belt])
    later = number_groups([ShopProduct("p3", "折叠雨伞"), belt, ShopProduct("p4", "真丝衬衫女 新"), shirt])
    assert [later[3], later[1]] == alone
    assert later[2] == later[3]


def test_no_products_have_no_groups():
    assert number_groups([]) == []


def test_a_title_of_punctuation_alone_is_compared_as_it_is():
    assert distinct_title("!!") == "!!"

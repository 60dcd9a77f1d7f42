"""Rows cleaned into products, with the repairs that are reported."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.clean import clean_row
from indexer.column_names import column_names
from shangsou.product import Product, product_from_json, product_to_json


def cleaned(**values: object) -> Product:
    """Return the product of a row that needs no repair."""
    product, issues = clean_row({"product_id": "1", "title": "连衣裙", **values})
    assert product is not None
    assert issues == []
    return product


def repaired(**values: object) -> tuple[Product, list[str]]:
    """Return the product of a row and what the report says of it."""
    product, issues = clean_row({"product_id": "1", "title": "连衣裙", **values})
    assert product is not None
    return product, [f"{issue.problem}; {issue.resolution}" for issue in issues]


def test_a_full_row_becomes_a_product() -> None:
    product = cleaned(
        subtitle="新款",
        description="收腰\n透气",
        brand="云上衣舍",
        cat1="女装",
        cat2="连衣裙",
        price="199",
        list_price="299.5",
        offer_from="2026-11-01",
        offer_until="2026-11-11",
        stock="12",
        status="上架",
        group_id="g1",
        attributes='{"颜色": ["红", "蓝"], "尺码": "M", "空": ""}',
        image_url="https://img.example/1.jpg",
        shop="一号店",
        tags="新品，热卖,新品",
        sales="320",
        rating="4.8",
        reviews="56",
        created_at="2026-03-01 08:00",
    )
    assert product == Product(
        product_id="1",
        title="连衣裙",
        subtitle="新款",
        description="收腰 透气",
        brand="云上衣舍",
        category=("女装", "连衣裙"),
        price_fen=19900,
        list_price_fen=29950,
        # Chinese time is 8 hours ahead; an offer runs until the end of its last day.
        offer_from=datetime(2026, 10, 31, 16, tzinfo=UTC),
        offer_until=datetime(2026, 11, 11, 15, 59, 59, tzinfo=UTC),
        stock=12,
        status="on",
        group_id="g1",
        attributes={"颜色": ("红", "蓝"), "尺码": ("M",)},
        image_url="https://img.example/1.jpg",
        shop="一号店",
        tags=("新品", "热卖"),
        sales=320,
        rating=4.8,
        reviews=56,
        created_at=datetime(2026, 3, 1, 0, tzinfo=UTC),
    )


def test_a_stored_product_cleans_to_itself(products: list[Product]) -> None:
    for product in products:
        if "<" in product.title + product.brand:
            continue
        payload = product_to_json(product)
        values = {"attributes": {}, **payload, "price": None, "list_price": None}
        values = {field: value for field, value in values.items() if value is not None}
        assert clean_row(values) == (product_from_json(payload), [])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"title": "连衣裙"}, "id missing"),
        ({"product_id": "  ", "title": "连衣裙"}, "id missing"),
        ({"product_id": "1"}, "title missing"),
        ({"product_id": "1", "title": "<b> </b>"}, "title missing"),
        ({"product_id": "1", "title": "null"}, "title missing"),
        ({"product_id": "1", "title": [[], {"a": 1}]}, "title missing"),
        ({"product_id": "长" * 171, "title": "连衣裙"}, "id too long"),  # 513 bytes
    ],
)
def test_only_a_row_without_a_usable_id_or_title_is_rejected(values: dict[str, object], reason: str) -> None:
    product, issues = clean_row(values)
    assert product is None
    assert issues[-1].reason == reason


@pytest.mark.parametrize(
    ("values", "field", "value", "message"),
    [
        ({"price": "-5.00"}, "price_fen", None, 'price "-5.00" is negative; price left empty'),
        (
            {"price": "¥1,299.00"},
            "price_fen",
            129900,
            'price "¥1,299.00" is not written as a plain number; read as 1299.00',
        ),
        ({"price": "面议"}, "price_fen", None, 'price "面议" is no price; price left empty'),
        ({"stock": "-3"}, "stock", 0, 'stock "-3" is negative; read as 0'),
        ({"stock": "很多"}, "stock", None, 'stock "很多" is no number; stock left empty'),
        ({"sales": "-1"}, "sales", 0, 'sales "-1" is negative; sales left empty'),
        ({"rating": "4.8分"}, "rating", 4.8, 'rating "4.8分" is not written as a plain number; read as 4.8'),
        ({"rating": "96"}, "rating", None, 'rating "96" is above 5; rating left empty'),
        (
            {"rating_percent": "4.8"},
            "rating",
            None,
            'rating "4.8" may be a percentage or a rating of 5; rating left empty',
        ),
        (
            {"reviews": "1.2万+"},
            "reviews",
            12_000,
            'reviews "1.2万+" is not written as a plain number; read as 12000',
        ),
        ({"reviews": "很多"}, "reviews", 0, 'reviews "很多" is no number; reviews left empty'),
        ({"reviews": "-1"}, "reviews", 0, 'reviews "-1" is negative; reviews left empty'),
        ({"status": "奇怪"}, "status", "on", 'status "奇怪" is not known; product counts as on'),
        ({"brand": "other/其他"}, "brand", "", 'brand "other/其他" names none; brand left empty'),
        (
            {"image_url": "javascript:alert(1)"},
            "image_url",
            "",
            'image url "javascript:alert(1)" is neither http nor https nor a path; image url left empty',
        ),
        (
            {"image_url": "//img.example/1.jpg"},
            "image_url",
            "https://img.example/1.jpg",
            'image url "//img.example/1.jpg" has no scheme; https added',
        ),
        (
            {"attributes": "{颜色"},
            "attributes",
            {},
            'attributes "{颜色" cannot be read; attributes left empty',
        ),
        ({"created_at": "昨天"}, "created_at", None, 'created at "昨天" is no date; created at left empty'),
        (
            {"subtitle": "长" * 501},
            "subtitle",
            "长" * 500,
            f'subtitle "{"长" * 40}…" has more than 500 characters; cut there',
        ),
        (
            {"price": "100", "list_price": "90"},
            "list_price_fen",
            None,
            "list price 90.00 is below the price 100.00; list price left empty",
        ),
        (
            {"offer_from": "2026-11-11", "offer_until": "2026-11-10"},
            "offer_until",
            None,
            (
                "the offer ends at 2026-11-10 15:59 UTC, before it begins at 2026-11-10 16:00 UTC; "
                "both left empty"
            ),
        ),
    ],
)
def test_a_bad_value_is_repaired_or_dropped_and_the_product_stays(
    values: dict[str, object], field: str, value: object, message: str
) -> None:
    product, messages = repaired(**values)
    assert getattr(product, field) == value
    assert messages == [message]


def test_a_rating_comes_from_its_own_column_before_that_of_percentages() -> None:
    assert cleaned(rating_percent="96").rating == 4.8
    assert cleaned(rating_percent=0.96).rating == 4.8
    assert cleaned(rating_percent="96", rating="4.5").rating == 4.5
    assert cleaned(rating_percent="96", rating="null").rating == 4.8
    assert (cleaned(rating="null").rating, cleaned(rating="").reviews) == (None, 0)


def test_a_message_shows_no_invisible_characters_as_they_are() -> None:
    _, [message] = repaired(title="胸\u202e丰")
    assert message == 'title "胸\\u202e丰" holds control or broken characters; read as "胸丰"'


@pytest.mark.parametrize(
    "word",
    [
        "off",
        "0",
        "下架",
        "False",
        "已下架",
        "draft",
        0,
        False,
        "未通过",
        "不通过(违规)",
        "未审核",
        "不可售",
        "已锁定",
    ],
)
def test_a_product_that_is_off_is_kept_as_off(word: object) -> None:
    assert cleaned(status=word).status == "off"


@pytest.mark.parametrize("word", ["on", "1", "上架", "在售", True, "", "null", "未锁定", "未封存", "未下架"])
def test_a_product_is_on_unless_it_says_otherwise(word: object) -> None:
    assert cleaned(status=word).status == "on"


@pytest.mark.parametrize("text", ["null", "N/A", "nan", "-", "\\N", float("nan"), None])
def test_what_exports_write_for_nothing_is_nothing(text: object) -> None:
    assert cleaned(brand=text, price=text, stock=text, image_url=text) == Product("1", "连衣裙")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"category": "女装>连衣裙"}, ("女装", "连衣裙")),
        ({"category": " 女装 ＞ 连衣裙 "}, ("女装", "连衣裙")),
        ({"category": "女装->连衣裙|长裙"}, ("女装", "连衣裙", "长裙")),
        ({"category": ["女装", "连衣裙"]}, ("女装", "连衣裙")),
        ({"category": "牙膏/牙粉"}, ("牙膏/牙粉",)),
        ({"cat1": "手机", "cat3": "手机"}, ("手机",)),
        ({"cat1": "", "cat2": "", "cat3": "平板电视"}, ("平板电视",)),
        ({"category": "", "cat1": "女装"}, ("女装",)),
    ],
)
def test_a_category_is_a_path_however_it_is_given(values: dict[str, object], path: tuple[str, ...]) -> None:
    assert cleaned(**values).category == path


@pytest.mark.parametrize(
    ("values", "product_type", "category"),
    [
        ({"product_type": "跑步鞋"}, "跑步鞋", ()),
        ({"product_type": "Shoes > 跑步鞋"}, "跑步鞋", ("Shoes", "跑步鞋")),
        ({"product_type": "Shoes>Sport >跑步鞋"}, "跑步鞋", ("Shoes", "Sport", "跑步鞋")),
        ({"product_type": "Shoes > > 跑步鞋"}, "跑步鞋", ("Shoes", "跑步鞋")),
        ({"product_type": "Shoes > 跑步鞋", "category": "鞋靴>运动鞋"}, "跑步鞋", ("鞋靴", "运动鞋")),
        ({"category": "鞋靴>运动鞋", "product_type": "Shoes > 跑步鞋"}, "跑步鞋", ("鞋靴", "运动鞋")),
        ({"product_type": "Shoes > 跑步鞋", "cat1": "鞋靴"}, "跑步鞋", ("鞋靴",)),
        ({"product_type": "Shoes > 跑步鞋", "category": " "}, "跑步鞋", ("Shoes", "跑步鞋")),
        ({"category": "N/A", "product_type": "Shoes > 跑步鞋"}, "跑步鞋", ("Shoes", "跑步鞋")),
        ({"product_type": "鞋 > 跑步鞋 > 跑步鞋"}, "跑步鞋", ("鞋", "跑步鞋")),
        ({"product_type": "跑步鞋", "category": "鞋靴"}, "跑步鞋", ("鞋靴",)),
    ],
)
def test_of_a_path_as_product_type_the_last_level_is_the_type_and_all_are_the_category_without_another(
    values: dict[str, object], product_type: str, category: tuple[str, ...]
) -> None:
    product = cleaned(**values)
    assert (product.product_type, product.category) == (product_type, category)


@pytest.mark.parametrize(
    "attributes",
    [
        '{"颜色": ["红", "蓝"], "件数": 2}',
        {"颜色": ["红", "蓝"], "件数": 2.0},
        '[{"name": "颜色", "value": ["红", "蓝"]}, {"name": "件数", "value": 2}]',
        "颜色:红;颜色:蓝;件数:2",
        "颜色：红；颜色＝蓝；件数=2".replace("＝", "="),
    ],
)
def test_attributes_are_read_however_they_are_given(attributes: object) -> None:
    assert cleaned(attributes=attributes).attributes == {"颜色": ("红", "蓝"), "件数": ("2",)}


def test_a_column_can_be_an_attribute() -> None:
    product = cleaned(**{"attributes.颜色": "红", "attributes": "尺码:M"})
    assert product.attributes == {"尺码": ("M",), "颜色": ("红",)}


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.datetimes()
    | st.lists(st.text(max_size=5), max_size=3)
    | st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.lists(st.none() | st.text()), max_size=3)
    | st.sampled_from(
        ['{"a": {"b": 1}}', "[[[", '{"a": NaN}', "1-2万", "//x/", "http://[", "9" * 5000, "2026-02-30"]
    )
)


@given(st.dictionaries(st.sampled_from([*column_names(), "attributes.颜色"]), VALUES))
def test_no_row_makes_cleaning_fail(values: dict[str, object]) -> None:
    product, issues = clean_row({"product_id": "1", "title": "连衣裙", **values})
    assert product is not None or issues
    if product is not None:
        assert product_from_json(product_to_json(product)) == product


# Over what a count may be, but a price.
@example({"price": 21_474_837})
@given(st.dictionaries(st.sampled_from([*column_names(), "attributes.颜色"]), VALUES))
def test_a_clean_product_needs_no_more_cleaning(values: dict[str, object]) -> None:
    product, _ = clean_row({"product_id": "1", "title": "连衣裙", **values})
    if product is not None:
        again = {
            field: value
            for field, value in product_to_json(product).items()
            if field not in ("price", "list_price")
        }
        assert clean_row(again) == (product, [])

"""Products in the words of Chinese shops, worked by hand."""

import pytest

from searchapi.pages.attribute_names import facet_names, variant_names
from searchapi.pages.variant_choices import choice_rows
from searchapi.pages.wording import choice_text, highlighted, short_number, swatches
from shangsou.price_text import offer_text


@pytest.mark.parametrize(
    ("price_fen", "list_fen", "text"),
    [
        (5100, 10000, "5.1 折"),
        (5000, 10000, "5 折"),
        (5001, 10000, "5.1 折"),  # never less than it costs
        (9000, 10000, "9 折"),
        (9100, 10000, ""),  # hardly a discount
        (58900, 119900, "直降 ¥610"),
        (60000, 110000, "直降 ¥500"),
        (60001, 110000, "5.5 折"),  # a cent short of 500 yuan
        (10000, 10000, ""),
        (12000, 10000, ""),
        (0, 10000, ""),
        (5100, None, ""),
    ],
)
def test_what_is_off_is_worded_as_shops_word_it(price_fen: int, list_fen: int | None, text: str):
    assert offer_text(price_fen, list_fen) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(9999, "9999"), (10000, "1万"), (12999, "1.2万"), (99_999_999, "9999.9万"), (120_000_000, "1.2亿")],
)
def test_large_numbers_are_rounded_down(number: int, text: str):
    assert short_number(number) == text


def test_nothing_but_em_is_markup_in_a_highlight():
    html = "&lt;b&gt;<em>裙</em><i>x</i>"
    assert highlighted(html) == "&lt;b&gt;<em>裙</em>&lt;i&gt;x&lt;/i&gt;"


def variant(product_id: str, colour: str, size: str, **more):  # type: ignore[no-untyped-def]
    attributes = {"颜色": [colour], "尺码": [size], "材质": ["棉"]}
    return {"product_id": product_id, "title": product_id, "attributes": attributes, **more}


VARIANTS = [
    variant("red-s", "红", "S", price=99.0, image_url="/red.png"),
    variant("red-m", "红", "M", price=99.0, image_url="/red.png", stock=0),
    variant("blue-m", "蓝", "M", price=89.5, image_url="/blue.png"),
]


def test_variants_are_counted_with_the_lowest_price():
    assert choice_text(VARIANTS) == "共 3 款 · ¥89.50 起"
    assert choice_text(VARIANTS[:2]) == "共 2 款"
    assert choice_text(VARIANTS[:1]) == ""


def test_a_swatch_for_each_picture_and_of_equals_the_product_itself():
    assert [swatch["product_id"] for swatch in swatches(VARIANTS, "red-m")] == ["red-m", "blue-m"]
    assert swatches(VARIANTS[:2], "red-m") == []


def test_a_choice_for_each_attribute_leads_to_the_nearest_variant():
    colour, size = choice_rows("red-m", VARIANTS)
    assert colour.name == "颜色"
    assert [(option.label, option.product_id, option.is_current) for option in colour.options] == [
        ("红", "red-m", True),
        ("蓝", "blue-m", False),
    ]
    assert [option.price for option in colour.options] == ["", "89.50"]
    assert [option.picture for option in colour.options] == ["/red.png", "/blue.png"]
    assert [(option.label, option.product_id) for option in size.options] == [("S", "red-s"), ("M", "red-m")]
    assert [option.is_sold_out for option in size.options] == [False, True]


def test_an_article_number_is_no_choice_where_other_attributes_tell_variants_apart():
    def numbered(number: int, **attributes: str):  # type: ignore[no-untyped-def]
        named = {name: [value] for name, value in attributes.items()}
        return {
            "product_id": str(number),
            "title": "",
            "attributes": {"货号": [f"GC-{number}"], "detail": [str(number)], **named},
        }

    assert variant_names([numbered(1, 容量="1L", 颜色="红"), numbered(2, 容量="2L", 颜色="红")]) == ["容量"]
    assert variant_names([numbered(1, 颜色="红"), numbered(2, 颜色="红")]) == ["货号"]


def test_pictures_stand_beside_one_attribute_alone():
    variants = [
        variant("red-s", "红", "S", image_url="/red.png"),
        variant("blue-m", "蓝", "M", image_url="/blue.png"),
    ]
    colour, size = choice_rows("red-s", variants)
    assert [option.picture for option in (*colour.options, *size.options)] == [
        "/red.png",
        "/blue.png",
        "",
        "",
    ]


def test_a_product_alone_has_nothing_to_choose():
    assert choice_rows("red-s", VARIANTS[:1]) == []


def values(*counts: int) -> list[dict[str, object]]:
    return [{"value": str(number), "count": count} for number, count in enumerate(counts)]


def test_colour_and_size_come_first_and_names_that_say_nothing_are_left_out():
    facets = {
        "brand": values(3),
        "attributes.闭合方式": values(5, 3),
        "attributes.products": values(9, 9),
        "attributes.货号": values(1, 1, 1, 1, 1, 1, 1),
        "attributes.尺码": values(1, 1, 1, 1, 1, 1, 1),
        "attributes.颜色": values(2, 1),
    }
    assert facet_names(facets) == ["颜色", "尺码", "闭合方式"]

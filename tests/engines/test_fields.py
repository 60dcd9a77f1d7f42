"""The terms of a product that each field holds."""

from collections import Counter

import pytest

from shangsou.engines.fields import COVERAGE_FIELD, document_terms
from shangsou.product import Product
from shangsou.text.segmenter import PACKAGED


def held(product: Product) -> dict[str, int]:
    return dict(Counter(document_terms(product, PACKAGED)[COVERAGE_FIELD]))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        # Eight characters: two in each quarter.
        ("红色连衣裙女夏季", {"红": 4, "色": 4, "连": 3, "衣": 3, "裙": 2, "女": 2, "夏": 1, "季": 1}),
        # Where it first stands counts, not how often.
        ("裙红裙裙", {"裙": 4, "红": 3}),
        # Neither spaces nor punctuation take a place; letters do.
        ("红，a 裙b", {"红": 4, "a": 3, "裙": 2, "b": 1}),
        # In a title of two each stands for half of it.
        ("红裙", {"红": 4, "裙": 2}),
        ("裙", {"裙": 4}),
    ],
)
def test_a_character_is_held_the_oftener_the_earlier_the_title_has_it(
    title: str, expected: dict[str, int]
) -> None:
    assert held(Product("p", title)) == expected


def test_a_character_outside_the_title_is_held_once_and_adds_nothing_to_one_inside() -> None:
    product = Product("p", "红裙", subtitle="红红包邮", brand="云裳", attributes={"颜色": ("红",)})
    assert held(product) == {"红": 4, "裙": 2, "包": 1, "邮": 1, "云": 1, "裳": 1}


def test_without_a_character_in_the_title_the_others_are_held_once() -> None:
    assert held(Product("p", "!!!", subtitle="红")) == {"红": 1}
    assert COVERAGE_FIELD not in document_terms(Product("p", "!!!"), PACKAGED)

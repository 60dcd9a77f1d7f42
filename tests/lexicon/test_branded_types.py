"""Types that say a brand and a thing."""

from collections.abc import Sequence

import numpy as np

from shangsou.engines.product_terms import ProductTerms
from shangsou.lexicon.branded_types import find_branded_types
from shangsou.lexicon.fact_terms import term

WIDER = {"小米手机": "手机", "汽车轮胎": "轮胎", "李宁男鞋": "男鞋", "折叠车": "车"}
BRANDS = {"小米", "汽车", "李宁"}


def branded(products: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the branded types of products, each with its type and the brand that it states, if any."""
    names = [term("brand", "")] + [term("brand", "", brand) for brand in sorted(BRANDS | {"米其林"})]
    codes = [[0, names.index(term("brand", "", brand))] if brand else [] for _, brand in products]
    starts = np.cumsum([0, *map(len, codes)])
    facts = ProductTerms(names, starts, np.array([code for row in codes for code in row], np.int32))
    return find_branded_types(WIDER, [(kind,) for kind, _ in products], facts, BRANDS)


def test_a_type_is_branded_if_most_of_it_that_states_a_brand_states_that_one() -> None:
    phones = [("小米手机", "小米"), ("小米手机", "小米"), ("小米手机", "李宁"), ("小米手机", "")]
    assert branded(phones) == {"小米手机"}
    assert branded([*phones, ("小米手机", "米其林")]) == set()  # two of four


def test_what_begins_with_the_name_of_a_brand_by_chance_is_a_type_of_its_own() -> None:
    assert branded([("汽车轮胎", "米其林"), ("汽车轮胎", ""), ("手机", "汽车")]) == set()


def test_where_no_product_of_a_type_states_a_brand_it_stays_a_type() -> None:
    assert branded([("李宁男鞋", ""), ("小米手机", "小米")]) == {"小米手机"}

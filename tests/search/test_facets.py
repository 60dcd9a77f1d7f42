"""The display form of facets."""

from shangsou.engines.query import FacetValue, attribute_pair
from shangsou.search.facets import shape_facets
from shangsou.text.facts import load_facts


def test_the_attribute_that_a_query_asks_for_comes_first_and_then_what_most_products_carry():
    counted = {
        "brand": [FacetValue("墨衡", 9)],
        "attributes": [
            FacetValue(attribute_pair("材质", "羊毛"), 7),
            FacetValue(attribute_pair("版型", "修身"), 4),
            FacetValue(attribute_pair("颜色", "红色"), 2),
            FacetValue(attribute_pair("颜色", "黑色"), 1),
        ],
    }
    shaped = shape_facets(counted, lambda name: name == "颜色", load_facts())
    assert list(shaped) == ["brand", "attributes.颜色", "attributes.材质", "attributes.版型"]
    # Of values that are no amounts the commonest comes first.
    assert shaped["attributes.颜色"] == (FacetValue("红色", 2), FacetValue("黑色", 1))


def test_the_commonest_values_are_shown_and_amounts_of_them_in_ascending_order():
    # 25 sizes, the largest of which most products have.
    pairs = [FacetValue(attribute_pair("净含量", f"{size}g"), size) for size in range(25, 0, -1)]
    shaped = shape_facets({"attributes": pairs}, lambda _: False, load_facts())
    assert [value.value for value in shaped["attributes.净含量"]] == [f"{size}g" for size in range(6, 26)]


def test_a_facet_that_was_asked_for_by_its_name_ascends_as_well():
    counted = {
        "attributes.尺码": [FacetValue("M", 3), FacetValue("XXL", 2), FacetValue("S", 1)],
        "brand": [FacetValue("9", 2), FacetValue("3", 1)],
    }
    shaped = shape_facets(counted, lambda _: False, load_facts())
    assert [value.value for value in shaped["attributes.尺码"]] == ["S", "M", "XXL"]
    assert [value.value for value in shaped["brand"]] == ["9", "3"]

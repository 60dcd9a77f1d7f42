"""The display form of facets."""

from shangsou.engines.query import FacetValue, attribute_pair
from shangsou.search.facets import shape_facets


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
    shaped = shape_facets(counted, lambda name: name == "颜色")
    assert list(shaped) == ["brand", "attributes.颜色", "attributes.材质", "attributes.版型"]
    assert shaped["attributes.颜色"] == (FacetValue("红色", 2), FacetValue("黑色", 1))

"""A request model alone says what stands in its query string and in its description."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from searchapi.schema.openapi import describe_api
from searchapi.schema.parameters import QueryNames, query_parameters
from searchapi.schema.query_string import parse_query_string
from searchapi.schema.requests import (
    SearchBody,
    SearchFilters,
    parse_recommend_request,
    parse_search_request,
    parse_suggest_request,
)
from shangsou.recommend.shelf import RecommendRequest
from shangsou.search.request import SearchRequest, SuggestRequest


class Weight(BaseModel):
    """A model in a model in a model."""

    gte: float | None = None


class Choice(BaseModel):
    """A model whose fields are named without it."""

    weight: Weight | None = None
    colours: list[str] | None = None
    properties: Annotated[dict[str, list[int]] | None, QueryNames(prefix="prop.")] = None


class Wish(BaseModel):
    """A model with a field of each kind."""

    text: Annotated[str, QueryNames("t", alias="text")]
    order: Literal["up", "down"] = "up"
    count: int = 1
    exact: bool = False
    parts: Annotated[list[str], QueryNames("part", comma_alias="parts")] = []
    choice: Annotated[Choice | None, QueryNames(prefix="")] = None


def test_each_field_is_a_parameter_with_its_path_and_type():
    found = [
        (parameter.names, ".".join(parameter.path), parameter.value_type)
        for parameter in query_parameters(Wish)
    ]
    assert found == [
        (("t", "text"), "text", "text"),
        (("order",), "order", "text"),
        (("count",), "count", "integer"),
        (("exact",), "exact", "boolean"),
        (("part", "parts"), "parts", "text"),
        (("weight_gte",), "choice.weight.gte", "number"),
        (("colours",), "choice.colours", "text"),
        (("prop.",), "choice.properties", "integer"),
    ]
    assert [parameter.names[0] for parameter in query_parameters(Wish) if parameter.is_repeated] == [
        "part", "colours", "prop.",
    ]  # fmt: skip
    assert [parameter.names[0] for parameter in query_parameters(Wish) if parameter.is_required] == ["t"]


@pytest.mark.parametrize(
    ("arguments", "payload"),
    [
        # the second name of a field
        ([("text", "裙")], {"text": "裙"}),
        # a field left blank in a form
        ([("t", ""), ("count", "")], {}),
        # numbers and booleans, and what is none
        ([("count", "2"), ("exact", "True")], {"count": 2, "exact": True}),
        ([("count", "two"), ("exact", "maybe")], {"count": "two", "exact": "maybe"}),
        # twice where there can be one
        ([("order", "up"), ("order", "down")], {"order": ["up", "down"]}),
        # several values, under both names
        ([("part", "a,b"), ("parts", "c,,d"), ("part", "")], {"parts": ["a,b", "c", "d"]}),
        # nested
        ([("weight_gte", "1.5"), ("colours", "红")], {"choice": {"weight": {"gte": 1.5}, "colours": ["红"]}}),
        ([("prop.尺 码", "38"), ("prop.尺 码", "x")], {"choice": {"properties": {"尺 码": [38, "x"]}}}),
        # unknown ones are kept for the model to reject, also where a model has the name
        ([("nothing", "1"), ("nothing", "")], {"nothing": ["1", ""]}),
        ([("choice", "a"), ("colours", "红")], {"choice": ["a"]}),
    ],
    ids=repr,
)
def test_a_query_string_holds_what_a_body_would(arguments: list[tuple[str, str]], payload: object):
    assert parse_query_string(Wish, MultiDict(arguments)) == payload


def test_what_is_not_asked_is_as_the_domain_objects_have_it():
    assert parse_search_request({}) == SearchRequest()
    assert parse_suggest_request({}) == SuggestRequest()
    assert parse_recommend_request("trending", {}) == RecommendRequest("trending")


def test_all_that_is_asked_reaches_the_domain_object():
    request = parse_search_request(
        {
            "query": "裙", "filters": {"brand": ["云上衣舍"]}, "facets": ["brand", "brand"], "sort": "sales",
            "size": 5, "page": 2, "mode": "lexical", "explain": True, "correct": False, "personalize": False,
            "user_id": "u", "session_id": "s", "query_id": "q",
            "ignore": ["colour:黑色", "size:42码", "colour:黑色"],
        }
    )  # fmt: skip
    assert request.ignore == ("colour:黑色", "size:42码")
    assert (request.query, request.filters.brands, request.facets, request.sort) == (
        "裙", ("云上衣舍",), ("brand",), "sales",
    )  # fmt: skip
    assert (request.size, request.page, request.mode) == (5, 2, "lexical")
    assert (request.explain, request.correct, request.personalize) == (True, False, False)
    assert (request.user_id, request.session_id, request.query_id) == ("u", "s", "q")


def test_the_description_has_a_parameter_for_each_field_of_a_search():
    paths = describe_api()["paths"]
    assert isinstance(paths, dict)
    described = {parameter["name"] for parameter in paths["/v1/search"]["get"]["parameters"]}
    fields = set(SearchBody.model_fields) - {"query", "filters", "facets"} | {"q", "facet"}
    filters = set(SearchFilters.model_fields) - {"price"} | {"price_gte", "price_lte"}
    assert described == fields | filters

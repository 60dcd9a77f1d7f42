"""Suites of relevance cases, read and run."""

import pytest

from relevance.suites.expectations import ProductCondition
from relevance.suites.run import run_case
from relevance.suites.suite import SuiteCase, read_suite
from shangsou.degradation import Degradation
from shangsou.engines.query import Exclusion, Filters
from shangsou.errors import UnusableInput
from shangsou.product import Product
from shangsou.search.response import RelatedHit, SearchHit, SearchResponse
from shangsou.search.understood import QueryFact, Step, Understood

PHONE = Product(
    "P1", "新款手机 Pro", brand="科洵/KEXUNO", category=("数码", "手机"), price_fen=199900, stock=3
)
CASE = Product("P2", "手机壳 透明", brand="壳小喵", category=("数码", "配件", "手机壳"), price_fen=1990)
SOLD_OUT = Product(
    "P3", "手機支架", category=("数码", "配件"), stock=0, attributes={"颜色": ("黑色", "白色")}
)


RED_DRESS = Product("D1", "红色连衣裙", group_id="dress")
BLUE_DRESS = Product("D2", "蓝色连衣裙", group_id="dress")
RED = QueryFact("colour:红", "colour", "红", "红色", True, 7)
SILK = QueryFact("attribute:真丝", "attribute", "真丝", "真丝", False, 0)


class Shop:
    """Answers everything with the same products."""

    def __init__(self, *products, total=None, degraded=(), steps=(), related=(), facts=(), variants=None):
        self.products = products
        self.variants = variants or {}
        self.related = related
        self.total = len(products) if total is None else total
        self.degraded = degraded
        self.steps = steps
        self.facts = facts
        self.requests = []

    def search(self, request):
        self.requests.append(request)
        return SearchResponse(
            query_id="q",
            total=self.total,
            hits=tuple(
                SearchHit(product, 1.0, {}, variants=self.variants.get(product.product_id, ()))
                for product in self.products[: request.size]
            ),
            related=tuple(RelatedHit(SearchHit(product, 0.5, {}), ()) for product in self.related),
            facets={},
            understood=Understood(request.query, request.query, (), self.steps, facts=self.facts),
            applied={},
            degraded=self.degraded,
            took_ms=1.5,
        )


def outcome(shop, **case):
    result = run_case(SuiteCase.model_validate({"query": "手机", **case}), shop)
    return result.outcome, [problem.text for problem in result.problems]


@pytest.mark.parametrize(
    ("conditions", "fitting"),
    [
        pytest.param("P2", [CASE], id="an id alone"),
        pytest.param({"id": ["P1", "P3"]}, [PHONE, SOLD_OUT], id="any of the ids"),
        pytest.param({"title": "手机"}, [PHONE, CASE, SOLD_OUT], id="a text in either script"),
        pytest.param({"title": "ＰＲＯ"}, [PHONE], id="a text in any width and case"),
        pytest.param({"brand": "kexuno"}, [PHONE], id="a part of the brand"),
        pytest.param({"category": "数码>配件"}, [CASE, SOLD_OUT], id="below a path"),
        pytest.param({"category": "手机"}, [PHONE], id="a level by its name"),
        pytest.param({"price": {"lte": 19.9}}, [CASE], id="a price, the limit included"),
        pytest.param({"price": {"gte": 20, "lte": 1999}}, [PHONE], id="a price between"),
        pytest.param({"in_stock": True}, [PHONE, CASE], id="in stock, or unknown"),
        pytest.param({"in_stock": False}, [SOLD_OUT], id="sold out"),
        pytest.param({"attributes": {"颜色": ["红色", "白色"]}}, [SOLD_OUT], id="any value of an attribute"),
        pytest.param({"title": "手机", "brand": "壳小喵"}, [CASE], id="all conditions together"),
    ],
)
def test_a_condition_fits(conditions, fitting):
    wanted = ProductCondition.model_validate(conditions)
    assert [product for product in (PHONE, CASE, SOLD_OUT) if wanted.matches(product)] == fitting


def test_a_case_passes_when_all_it_asks_for_is_so():
    shop = Shop(PHONE, CASE, total=40, steps=(Step("synonyms", "手机", "移动电话"),))
    expected = {
        "find": ["P1", {"category": "手机壳"}],
        "first": "P1",
        "only": {"title": "手机"},
        "avoid": "P3",
        "total": {"gte": 2, "lte": 40},
        "steps": {"synonyms": "移动电话"},
    }
    assert outcome(shop, **expected) == ("passed", [])


def test_what_only_comes_near_is_expected_apart_from_what_matches():
    shop = Shop(PHONE, related=(CASE, SOLD_OUT))
    passed = {
        "find": "P1",
        "avoid": {"category": "配件"},
        "related": ["P3", {"category": "配件", "at_least": 2}],
        "not_related": ["P1", {"price": {"gte": 100}}],
        "total": 1,
    }
    assert outcome(shop, **passed) == ("passed", [])
    assert outcome(shop, find="P2") == ("failed", ["0 of the first 10 fit, 1 should: id: P2"])


def test_what_is_distinct_shows_no_two_variants_of_one_product_in_its_top():
    # Single products have no group in common.
    shop = Shop(RED_DRESS, PHONE, CASE, BLUE_DRESS, variants={"D1": (RED_DRESS, BLUE_DRESS)})
    assert outcome(shop, distinct="true", top=3) == ("passed", [])
    assert outcome(shop, distinct=True) == (
        "failed",
        ["D1 红色连衣裙 (at 1) and 1 more among the first 10 are variants of one product, dress"],
    )
    # What only comes near is no part of the top.
    assert outcome(Shop(RED_DRESS, related=(BLUE_DRESS,)), distinct=True) == ("passed", [])


@pytest.mark.parametrize(
    ("variants", "fitting"),
    [
        (2, ["D1"]),
        ({"gte": 2}, ["D1"]),
        ("1", ["P1"]),
        ({"lte": 1}, ["P1"]),
        ({"gte": 1, "lte": 2}, ["D1", "P1"]),
        ({"gte": 3}, []),
    ],
)
def test_a_condition_counts_the_variants_of_a_hit_and_a_single_product_has_one(variants, fitting):
    shop = Shop(RED_DRESS, PHONE, variants={"D1": (RED_DRESS, BLUE_DRESS)})
    for product_id in ("D1", "P1"):
        expected = "passed" if product_id in fitting else "failed"
        assert outcome(shop, find={"id": product_id, "variants": variants})[0] == expected
    assert outcome(shop, avoid={"variants": variants})[0] == ("failed" if fitting else "passed")
    assert outcome(shop, first={"variants": variants})[0] == ("passed" if "D1" in fitting else "failed")
    assert outcome(shop, only={"variants": variants})[0] == ("passed" if len(fitting) == 2 else "failed")


def test_a_problem_names_the_variants_as_they_are_written():
    assert outcome(Shop(PHONE), find={"title": "手机", "variants": {"gte": 3}}) == (
        "failed",
        ["0 of the first 10 fit, 1 should: title: 手机, variants: {gte: 3}"],
    )
    # A plain number is both limits.
    assert outcome(Shop(PHONE), first={"variants": "2"})[1] == [
        "the first is P1 新款手机 Pro (at 1), should be: variants: {gte: 2, lte: 2}"
    ]


def test_a_total_is_of_the_matches_and_its_limits_count_in():
    shop = Shop(PHONE, total=40, related=(CASE,))
    for total in (40, "40", {"gte": 40}, {"lte": 40}, {"gte": 40, "lte": 40}):
        assert outcome(shop, total=total) == ("passed", [])
    # What suites of version 0.1 say.
    assert outcome(shop, total={"at_least": 40, "at_most": 40}) == ("passed", [])
    assert outcome(Shop(), total=0) == ("passed", [])


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "colour", "value": "红"},
        [{"id": "attribute:真丝"}, {"text": "红色"}],
        [{"hard": "true", "held_by": "7"}, {"hard": "false", "held_by": "0", "kind": "attribute"}],
    ],
)
def test_a_fact_is_understood_if_one_has_all_that_is_given_of_it(facts):
    assert outcome(Shop(PHONE, facts=(RED, SILK)), facts=facts) == ("passed", [])


def test_an_empty_list_of_facts_expects_none():
    assert outcome(Shop(PHONE), facts=[]) == ("passed", [])
    assert outcome(Shop(PHONE, facts=(RED, SILK)), facts=[]) == (
        "failed",
        ["facts understood: colour 红, attribute 真丝; there should be none"],
    )


def test_each_fact_that_is_missing_is_reported():
    # One fact has to have all of it: the colour is hard, the silk is not.
    wanted = [{"kind": "attribute", "hard": True}, {"value": "红"}, {"kind": "size", "held_by": 0}]
    assert outcome(Shop(PHONE, facts=(RED, SILK)), facts=wanted)[1] == [
        "facts understood: colour 红, attribute 真丝; one should be: kind: attribute, hard: true",
        "facts understood: colour 红, attribute 真丝; one should be: kind: size, held_by: 0",
    ]
    assert outcome(Shop(PHONE), facts={"value": "红"})[1] == [
        "facts understood: none; one should be: value: 红"
    ]


@pytest.mark.parametrize(
    ("expected", "problem"),
    [
        pytest.param({"find": "P9"}, "0 of the first 10 fit, 1 should: id: P9", id="find"),
        pytest.param(
            {"find": {"title": "手机", "at_least": 3}},
            "2 of the first 10 fit, 3 should: title: 手机, at_least: 3",
            id="too few",
        ),
        pytest.param({"find": "P2", "top": 1}, "0 of the first 1 fit, 1 should: id: P2", id="too far down"),
        pytest.param({"first": "P2"}, "the first is P1 新款手机 Pro (at 1), should be: id: P2", id="first"),
        pytest.param(
            {"only": {"brand": "科洵"}},
            "P2 手机壳 透明 (at 2) among the first 10, where only these should be: brand: 科洵",
            id="only",
        ),
        pytest.param(
            {"avoid": {"title": "手机"}},
            "P1 新款手机 Pro (at 1) and 1 more among the first 10, where none should be: title: 手机",
            id="avoid",
        ),
        pytest.param({"total": {"lte": 1}}, "2 found, at most 1 should be", id="too many"),
        pytest.param({"total": {"gte": 9}}, "2 found, at least 9 should be", id="too few in all"),
        pytest.param({"total": 3}, "2 found, exactly 3 should be", id="another number"),
        pytest.param({"total": 0}, "2 found, exactly 0 should be", id="none expected"),
        pytest.param({"related": "P1"}, "0 of the 1 related fit, 1 should: id: P1", id="related"),
        pytest.param(
            {"related": {"title": "手机", "at_least": 2}},
            "1 of the 1 related fit, 2 should: title: 手机, at_least: 2",
            id="too few related",
        ),
        pytest.param(
            {"not_related": {"category": "配件"}},
            "P3 手機支架 (at 1) among the related, where none should be: category: 配件",
            id="not related",
        ),
        pytest.param(
            {"steps": {"correct": "手机"}}, "step correct made 'nothing', should hold '手机'", id="step"
        ),
    ],
)
def test_failed_expectations_are_reported(expected, problem):
    assert outcome(Shop(PHONE, CASE, related=(SOLD_OUT,)), **expected) == ("failed", [problem])


def test_nothing_found_is_not_only_what_was_wanted():
    assert outcome(Shop(), only={"title": "手机"})[0] == "failed"
    assert outcome(Shop(), first={"title": "手机"})[1] == ["the first is nothing, should be: title: 手机"]


def test_a_known_failure_does_not_fail_until_it_passes():
    failing = run_case(SuiteCase(query="手机", find=("P9",), known_failure="无货"), Shop(PHONE))
    assert (failing.outcome, failing.fails) == ("known failure", False)
    passing = run_case(SuiteCase(query="手机", find=("P1",), known_failure="无货"), Shop(PHONE))
    assert (passing.outcome, passing.fails) == ("fixed", True)
    assert [problem.text for problem in passing.problems] == ["passes now, take out its known_failure: 无货"]


def test_a_degraded_search_fails_whatever_it_found():
    result = run_case(
        SuiteCase(query="手机", find=("P1",), must=False),
        Shop(PHONE, degraded=(Degradation("encoder", "gone"),)),
    )
    assert (result.outcome, result.fails) == ("degraded", True)


def test_what_need_not_pass_fails_without_failing_the_suite():
    result = run_case(SuiteCase(query="手机", find=("P9",), must=False), Shop(PHONE))
    assert (result.outcome, result.fails) == ("failed", False)


def test_filters_user_sort_and_mode_reach_the_search():
    shop = Shop(PHONE)
    outcome(
        shop,
        find="P1",
        top=3,
        sort="price_asc",
        mode="lexical",
        user={"user_id": "u1"},
        filters={
            "category": "数码>手机",
            "brand": ["科洵"],
            "price": {"gte": "19.9"},
            "in_stock": "true",
            "attributes": {"颜色": "黑色"},
            "contains": "ＰＲＯ",
            "excludes": ["钢化膜"],
        },
    )
    [request] = shop.requests
    assert (request.size, request.sort, request.mode, request.user_id) == (3, "price_asc", "lexical", "u1")
    assert request.personalize
    assert request.filters == Filters(
        categories=(("数码", "手机"),),
        brands=("科洵",),
        price_from_fen=1990,
        in_stock=True,
        attributes=(("颜色", ("黑色",)),),
        contains=("pro",),
        exclusions=(Exclusion("钢化膜"),),
    )


def test_a_search_without_a_user_is_the_same_for_everyone():
    shop = Shop(PHONE)
    outcome(shop, find="P1")
    assert not shop.requests[0].personalize


def written(tmp_path, text):
    path = tmp_path / "shop.yaml"
    path.write_text(text, "utf-8")
    return path


def test_values_are_read_as_they_are_written(tmp_path):
    path = written(
        tmp_path, "name: 店\ncases:\n  - {query: no, find: [00123, 1e3]}\n  - {query: 501, find: x}\n"
    )
    suite = read_suite(path)
    assert [case.query for case in suite.cases] == ["no", "501"]
    assert [wanted.id for wanted in suite.cases[0].find] == [("00123",), ("1e3",)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("name: 店\ncases: [", "shop.yaml:2: ", id="no YAML"),
        pytest.param("name: 店\nname: 铺\n", "shop.yaml:2: 'name' stands twice", id="a key twice"),
        pytest.param("- 手机\n", "shop.yaml is no suite", id="a list"),
        pytest.param("", "shop.yaml is no suite", id="empty"),
        pytest.param("name: 店\ncases: []\n", "shop.yaml: cases: ", id="no case"),
        pytest.param(
            "name: 店\ncases:\n  - {query: 裙, find: P1}\n  - {query: 手机, fnid: P1}\n",
            "shop.yaml: case 2 (手机): fnid is 'P1': ",
            id="an unknown field",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机}\n", "case 1 (手机): nothing is expected", id="no expectation"
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, find: P1, filters: {price: {gte: 贵}}}\n",
            "case 1 (手机): filters.price.gte is '贵': ",
            id="no number",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, find: P1, filters: {price: {gte: 9, lte: 1}}}\n",
            "filters.price: gte 9 is over lte 1",
            id="an empty range",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, avoid: {at_least: 2}}\n",
            "no condition is given",
            id="no condition",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, find: P1, user: {user_id: ''}}\n",
            "user: neither user_id nor session_id is given",
            id="nobody",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {find: P1}\n", "case 1: query is missing; write it down", id="no query"
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, total: viele}\n",
            "case 1 (手机): total is 'viele': give a number, as 12, or limits, as {gte: 5, lte: 20}",
            id="a total that is no number",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, total: [1, 2]}\n",
            "case 1 (手机): total: give a number, as 12, or limits",
            id="a list of totals",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, total: -1}\n",
            "total is '-1': give a number",
            id="less than nothing",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, total: {gte: -1}}\n",
            "total.gte is '-1': ",
            id="a limit below nothing",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, total: {gte: 9, lte: 1}}\n",
            "total: gte 9 is over lte 1",
            id="no total between",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, total: {}}\n",
            "total: neither gte nor lte is given",
            id="no limit",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, total: {max: 1}}\n",
            "total.max is '1': ",
            id="an unknown limit",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, find: P1, related: []}\n",
            "case 1 (手机): related: ",
            id="nothing related",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, not_related: {colour: 黑}}\n",
            "case 1 (手机): not_related.0.colour is '黑': ",
            id="an unknown condition",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, facts: [{kind: colour}, {name: 红}]}\n",
            "case 1 (手机): facts.1.name is '红': ",
            id="an unknown key of a fact",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, facts: {kind: color}}\n",
            "case 1 (手机): facts.0.kind is 'color': ",
            id="an unknown kind of fact",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, facts: [{}]}\n",
            "case 1 (手机): facts.0: nothing of the fact is given; give one of id, kind, value,",
            id="nothing of a fact",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, facts: 红色}\n",
            "case 1 (手机): facts.0 is '红色': ",
            id="a fact that is a text",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, find: {variants: {gte: 21}}}\n",
            "case 1 (手机): find.0: no hit shows more than 20 variants; give at most so many",
            id="more variants than are shown",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, find: {variants: several}}\n",
            "case 1 (手机): find.0.variants is 'several': give a number, as 12, or limits",
            id="variants that are no number",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, related: {title: 壳, variants: 2}}\n",
            "case 1 (手机): related: variants: only what matches shows its variants",
            id="variants of what only comes near",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, distinct: false}\n",
            "case 1 (手机): nothing is expected",
            id="nothing but that variants may come twice",
        ),
        pytest.param(
            "name: 店\ncases:\n  - {query: 手机, find: P1, sort: cheap}\n",
            "case 1 (手机): sort is 'cheap': ",
            id="an unknown sort",
        ),
    ],
)
def test_a_suite_that_cannot_be_used_is_refused_with_its_place(tmp_path, text, message):
    with pytest.raises(UnusableInput) as refused:
        read_suite(written(tmp_path, text))
    assert message in str(refused.value)


def test_a_suite_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnusableInput, match="cannot be read"):
        read_suite(tmp_path / "none.yaml")

"""Swatches, ratings, recent searches, filters above the results, and searches to go on with."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.reading import BAGS, address, let_the_script_search, open_shop, wait_until_shown

pytestmark = pytest.mark.browser

RED, BLUE = "/static/icon.svg?red", "/static/icon.svg"


def give_variants(page: Page) -> None:
    """Let the first hit be sold in two colours, rated 4.8."""
    variants = [
        {"product_id": "mug", "title": "红", "attributes": {"颜色": ["红"]}, "price": 19.9, "image_url": RED},
        {
            "product_id": "umbrella",
            "title": "蓝",
            "attributes": {"颜色": ["蓝"]},
            "price": 9.9,
            "stock": 0,
            "image_url": BLUE,
        },
    ]

    def change(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        answer["hits"][0]["product_id"] = "mug"
        answer["hits"][0]["variants"] = variants
        answer["hits"][0]["product"] |= {"rating": 4.8, "reviews": 12345}
        route.fulfill(json=answer)

    let_the_script_search(page)
    page.route("**/v1/search", change)


def test_the_picture_and_the_link_of_a_card_follow_the_chosen_variant(page: Page):
    give_variants(page)
    open_shop(page, BAGS)
    card = page.locator(".card").first
    expect(card.locator(".choice-text")).to_have_text("共 2 款 · ¥9.90 起")
    expect(card.locator(".rating")).to_have_text("★评分 4.81.2万 条评价")
    expect(card.get_by_role("button", name="红", exact=True)).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="蓝", exact=True).click()
    expect(card.get_by_role("button", name="蓝", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(card.locator(".card-picture img")).to_have_attribute("src", BLUE)
    expect(card.locator(".card-title a")).to_have_attribute("href", "/products/umbrella")
    # A red title over a blue picture would be wrong.
    expect(card.locator(".card-title")).to_have_text("蓝")
    expect(card.locator(".price")).to_have_text("¥9.90")
    expect(card.locator(".tag")).to_have_text("缺货")
    assert address(page) == list(BAGS.items())


def test_the_filters_above_the_results_narrow(page: Page):
    open_shop(page, BAGS)
    quick = page.get_by_role("group", name="常用筛选")
    quick.get_by_role("link", name="红色").click()
    wait_until_shown(page)
    assert address(page) == [*BAGS.items(), ("attr.颜色", "红色")]
    expect(quick.get_by_role("link", name="红色")).to_have_attribute("aria-current", "true")


def test_recent_searches_are_removed_one_by_one(page: Page):
    open_shop(page, {"q": "半身裙"})
    open_shop(page, {"q": "折叠伞"})
    open_shop(page)
    page.locator("#query").click()
    recent = page.locator(".suggestion-row")
    expect(recent).to_have_count(2)
    page.locator("[data-forget-one=折叠伞]").click()
    expect(recent).to_have_count(1)
    expect(recent).to_contain_text("半身裙")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(recent).to_have_count(0)


def test_a_long_facet_has_a_search_box(page: Page):
    def lengthen(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        answer["facets"]["brand"] = [{"value": f"牌子{number}", "count": 60} for number in range(60)]
        route.fulfill(json=answer)

    let_the_script_search(page)
    page.route("**/v1/search", lengthen)
    open_shop(page, BAGS)
    brands = page.get_by_role("group", name="品牌")
    expect(brands.get_by_role("checkbox")).to_have_count(8)
    brands.get_by_role("searchbox", name="在品牌中搜索").fill("牌子5")
    expect(brands.get_by_role("checkbox")).to_have_count(11)  # 5 and 50 to 59


def test_related_searches_stand_below_the_results_of_a_search(page: Page):
    page.route(
        "**/v1/suggest*",
        lambda route: route.fulfill(
            json={"suggestions": [{"kind": "query", "text": "帆布包女", "value": "帆布包女"}]}
        ),
    )
    let_the_script_search(page)
    open_shop(page, {"q": "帆布包"})
    related = page.get_by_role("navigation", name="相关搜索")
    expect(related.get_by_role("link", name="帆布包女")).to_have_attribute(
        "href", "/?q=%E5%B8%86%E5%B8%83%E5%8C%85%E5%A5%B3"
    )

"""Text stays text: titles, brands, attribute names, queries, addresses."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.reading import let_the_script_search, open_shop

pytestmark = pytest.mark.browser

ATTACK = "<script>document.title='破'</script><img src=x onerror=\"document.title='破'\">"


def test_markup_in_a_catalog_is_shown_as_it_is_written(page: Page):
    open_shop(page, [("q", "怪味豆"), ("brand", "<b>怪</b>")])
    card = page.locator(".card").first
    expect(card.locator(".card-title")).to_have_text(f"{ATTACK}怪味豆")
    assert card.locator(".card-title em").all_inner_texts() == ["怪味豆"]
    expect(card).to_contain_text("<b>怪</b>")
    expect(card).to_contain_text("<s>店</s>")
    expect(page.get_by_role("group", name="<u>口味</u>")).to_contain_text("<em>辣</em>")
    expect(page.get_by_role("group", name="__proto__")).to_contain_text("甜")
    expect(page.get_by_role("link", name="去掉 品牌：<b>怪</b>")).to_be_visible()
    assert page.locator("#main img[src='x'], #main script, #main b, #facets u, #facets em").count() == 0
    assert page.title() == "怪味豆 - 商搜"


def test_markup_in_a_query_and_in_filters_of_the_address_is_shown_as_it_is_written(page: Page):
    open_shop(
        page,
        [("q", ATTACK), ("brand", ATTACK), ("category", ATTACK), (f"attr.{ATTACK}", ATTACK)],
    )
    expect(page.locator("h1")).to_have_text(ATTACK)
    expect(page.locator("#query")).to_have_value(ATTACK)
    expect(page.locator("#chips")).to_contain_text(f"品牌：{ATTACK}")
    assert page.locator("main script, main img[src='x']").count() == 0
    assert page.title() == f"{ATTACK} - 商搜"


def test_an_attribute_of_any_name_filters(page: Page):
    open_shop(page, {"brand": "<b>怪</b>"})
    page.get_by_role("group", name="__proto__").get_by_role("checkbox", name="甜").check()
    expect(page.get_by_role("link", name="去掉 __proto__：甜")).to_be_visible()
    expect(page.locator(".card")).to_have_count(1)


def test_a_products_page_shows_markup_as_it_is_written(page: Page):
    page.goto("/products/hostile")
    expect(page.locator("h1")).to_have_text(f"{ATTACK}怪味豆")
    expect(page.locator(".description")).to_contain_text("</p><script>")
    expect(page.locator(".attributes")).to_contain_text("<u>口味</u>")
    assert page.locator("#product script, #product img, #product u, #product q, #shelves script").count() == 0
    assert page.title() == f"{ATTACK}怪味豆 - 商搜"


def test_a_highlight_with_more_than_em_shows_the_rest_as_text(page: Page):
    def spoil(route):  # type: ignore[no-untyped-def]
        answer = route.fetch().json()
        answer["hits"][0]["highlight"] = {"title": "<em>红<b>色</b></em><script>x()</script><i>裙</i>"}
        route.fulfill(json=answer)

    let_the_script_search(page)
    page.route("**/v1/search", spoil)
    open_shop(page, {"q": "裙"})
    expect(page.locator(".card-title").first).to_have_text("红色<script>x()</script><i>裙</i>")


def test_a_picture_that_is_missing_or_not_allowed_leaves_a_placeholder(page: Page):
    open_shop(page, {"q": "怪味豆", "category": "零食"})
    expect(page.locator(".card")).to_have_count(2)
    expect(page.locator(".card .no-picture")).to_have_count(2)

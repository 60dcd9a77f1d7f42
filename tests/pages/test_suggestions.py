"""The list below the search box."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.pages.reading import address, open_shop, wait_until_shown

pytestmark = pytest.mark.browser


def type_slowly(page: Page, text: str) -> None:
    page.locator("#query").click()
    with page.expect_response(lambda answer: answer.url.endswith(f"?{urlencode({'q': text})}")):
        page.keyboard.type(text)
    expect(page.get_by_role("listbox", name="搜索建议")).to_be_visible()
    page.wait_for_function("document.querySelector('#query').getAttribute('aria-expanded') === 'true'")


def options(page: Page) -> list[str]:
    return page.get_by_role("option").locator(".suggestion-text").all_inner_texts()


def test_it_does_not_cover_the_shop_before_it_is_asked_for(page: Page):
    open_shop(page)
    expect(page.locator("#query")).to_be_focused()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_pinyin_is_enough_to_find_a_category(page: Page):
    open_shop(page)
    type_slowly(page, "xiangb")
    expect(page.get_by_role("option").first).to_contain_text("箱包")
    page.get_by_role("option").filter(has_text="分类").first.click()
    wait_until_shown(page)
    assert address(page) == [("category", "箱包")]
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_arrows_choose_and_enter_searches_for_the_chosen_one(page: Page):
    open_shop(page)
    type_slowly(page, "帆布")
    first = options(page)[0]
    page.keyboard.press("ArrowDown")
    expect(page.locator("#query")).to_have_value(first)
    expect(page.locator("#query")).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#query")).to_have_value("帆布")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(first)
    assert address(page) == [("q", first)]


def test_escape_closes_the_list_and_brings_back_what_was_typed(page: Page):
    open_shop(page)
    type_slowly(page, "帆布")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#query")).to_have_value("帆布")


def test_a_product_opens_its_page(page: Page):
    open_shop(page)
    type_slowly(page, "半身裙")
    page.get_by_role("option").filter(has_text="商品").first.click()
    expect(page.locator("h1")).to_have_text("高腰半身裙 A字裙")


def test_recent_searches_stand_there_until_they_are_cleared(page: Page):
    open_shop(page, {"q": "怪味豆"})
    page.get_by_role("button", name="清空搜索框").click()
    page.locator("#query").click()
    expect(page.get_by_role("option").first).to_have_text("怪味豆")
    page.get_by_role("button", name="清除", exact=True).click()
    expect(page.get_by_role("option").filter(has_text="怪味豆")).to_have_count(0)


def test_markup_in_what_is_suggested_stays_text(page: Page):
    open_shop(page)
    type_slowly(page, "<img")
    assert page.locator("#suggestions img").count() == 0


def test_on_a_phone_the_list_fits_the_screen(phone: Page):
    open_shop(phone)
    type_slowly(phone, "帆布")
    box = phone.get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    heights = phone.get_by_role("option").evaluate_all("options => options.map(o => o.offsetHeight)")
    assert min(heights) >= 44


def test_where_the_server_gives_none_searching_goes_on(page: Page):
    page.route("**/v1/suggest*", lambda route: route.abort())
    open_shop(page)
    page.locator("#query").click()
    page.keyboard.type("半身裙")
    page.keyboard.press("Enter")
    expect(page.locator(".card-title").first).to_have_text("高腰半身裙 A字裙")
    expect(page.get_by_role("listbox")).to_be_hidden()

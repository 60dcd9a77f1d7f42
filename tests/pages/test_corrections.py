"""Corrected queries on the shop page."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.reading import address, open_shop, wait_until_shown

pytestmark = pytest.mark.browser


def test_a_corrected_search_says_so_and_offers_the_way_back(page: Page):
    open_shop(page, {"q": "danjianbao"})
    note = page.locator("#notes .note").first
    expect(note).to_have_text("已显示“单肩包”的结果，仍搜索“danjianbao”")
    expect(page.locator("#summary")).to_contain_text("共 60 件商品")
    note.get_by_role("link", name="danjianbao").click()
    wait_until_shown(page)
    assert address(page) == [("q", "danjianbao"), ("correct", "false")]
    expect(page.locator("#notes")).to_be_empty()


def test_the_next_query_is_corrected_again(page: Page):
    open_shop(page, {"q": "danjianbao", "correct": "false"})
    page.locator("#query").fill("fanbubao")
    page.keyboard.press("Enter")
    wait_until_shown(page)
    assert address(page) == [("q", "fanbubao")]
    expect(page.locator("#notes .note").first).to_contain_text("帆布包")

"""The shop on a phone, 390 pixels wide."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.reading import BAGS, address, expect_total, open_shop

pytestmark = pytest.mark.browser

TOUCH_PX = 44


def test_facets_live_in_a_drawer_that_narrows_and_says_how_many_are_left(phone: Page):
    open_shop(phone, BAGS)
    expect(phone.get_by_role("group", name="品牌")).to_have_count(0)
    phone.get_by_role("button", name="筛选").tap()
    drawer = phone.get_by_role("dialog", name="筛选")
    expect(drawer).to_be_visible()
    drawer.get_by_text("包铺3").tap()
    done = drawer.get_by_role("button", name="查看 6 件商品")
    expect(done).to_be_visible()
    assert address(phone) == [("category", "箱包"), ("brand", "包铺3")]
    done.tap()
    expect(drawer).to_be_hidden()
    expect_total(phone, 6)
    expect(phone.locator("#filter-count")).to_have_text("2")


def test_escape_and_a_tap_beside_it_close_the_drawer(phone: Page):
    open_shop(phone, BAGS)
    drawer = phone.get_by_role("dialog", name="筛选")
    phone.get_by_role("button", name="筛选").tap()
    phone.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(phone.get_by_role("button", name="筛选")).to_be_focused()
    phone.get_by_role("button", name="筛选").tap()
    expect(drawer).to_be_visible()
    phone.touchscreen.tap(195, 20)
    expect(drawer).to_be_hidden()


def test_the_drawer_clears_filters_and_keeps_the_query(phone: Page):
    open_shop(phone, [("q", "帆布包"), ("category", "箱包"), ("brand", "包铺3")])
    phone.get_by_role("button", name="筛选").tap()
    phone.get_by_role("link", name="清除条件").tap()
    expect(phone.locator("#filter-count")).to_be_hidden()
    assert address(phone) == [("q", "帆布包")]
    expect(phone.get_by_role("dialog", name="筛选")).to_be_visible()


def test_back_closes_the_drawer(phone: Page):
    open_shop(phone, BAGS)
    phone.get_by_role("button", name="筛选").tap()
    phone.get_by_role("dialog").get_by_text("包铺3").tap()
    expect(phone.get_by_role("button", name="查看 6 件商品")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_role("dialog")).to_be_hidden()
    expect_total(phone, 60)


def test_turning_the_phone_moves_the_facets_beside_the_results(phone: Page):
    open_shop(phone, BAGS)
    phone.get_by_role("button", name="筛选").tap()
    phone.set_viewport_size({"width": 1000, "height": 500})
    expect(phone.get_by_role("dialog")).to_be_hidden()
    expect(
        phone.get_by_role("complementary", name="筛选条件").get_by_role("group", name="品牌")
    ).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?q=怪味豆",  # a title without a place to break, a brand and a shop that are too long
        "/?category=箱包&brand=包铺3&attr.颜色=红色&in_stock=true&price_gte=1&price_lte=9000&page=1",
        "/?q=" + "很长的搜索词" * 40,
        "/?q=帆布包&category=玩具&brand=" + "没有的品牌" * 30,
        "/products/long",
        "/products/hostile",
        "/products/none",
    ],
    ids=["browse", "long title", "many filters", "long query", "empty", "long product", "markup", "unknown"],
)
def test_nothing_scrolls_sideways(phone: Page, path: str):
    phone.goto(path)
    expect(phone.locator(".card-title, .detail h1, .empty").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_everything_to_tap_is_large_enough(phone: Page):
    open_shop(phone, [*BAGS.items(), ("brand", "包铺3"), ("brand", "包铺4"), ("q", "帆布包")])
    too_small = """(controls, least) => controls.filter(control => {
        const {width, height} = (control.closest("label") ?? control).getBoundingClientRect();
        // Rounded: the drawer is still rising.
        return control.checkVisibility() && Math.round(Math.min(width, height)) < least;
    }).map(control => control.outerHTML)"""
    # Titles of cards take taps on the whole card, the skip link is for keyboards, the search box
    # for taps on the form that is drawn around it.
    controls = ":is(a, button, input):not(.card-title a, .shelf-title a, .skip, #query)"
    assert phone.locator(f"body > :not(dialog) {controls}").evaluate_all(too_small, TOUCH_PX) == []
    phone.get_by_role("button", name="筛选").tap()
    assert phone.locator(f"dialog {controls}").evaluate_all(too_small, TOUCH_PX) == []

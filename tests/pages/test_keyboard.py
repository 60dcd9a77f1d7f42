"""The shop without a mouse."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.reading import BAGS, address, expect_total, open_shop, wait_until_shown

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.innerText"))


def test_typing_starts_in_the_search_box_and_enter_searches(page: Page):
    open_shop(page)
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type("半身裙")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("半身裙")
    expect(page.locator(".card-title").first).to_have_text("高腰半身裙 A字裙")


def test_slash_goes_to_the_search_box_from_anywhere_but_a_text_field(page: Page):
    open_shop(page, BAGS)
    page.locator("#sorts a").first.focus()
    page.keyboard.press("/")
    expect(page.locator("#query")).to_be_focused()
    page.keyboard.type("1/2")
    expect(page.locator("#query")).to_have_value("1/2")


def test_the_clear_button_empties_the_box_and_keeps_the_focus_in_it(page: Page):
    open_shop(page, {"q": "裙"})
    page.locator("#query").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="清空搜索框")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#query")).to_have_value("")
    expect(page.locator("#query")).to_be_focused()


def test_a_facet_is_reached_by_tab_and_keeps_the_focus_after_it_narrowed(page: Page):
    open_shop(page, BAGS)
    page.locator("#query").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.key") == "brand 包铺3":
            break
    page.keyboard.press("Space")
    expect_total(page, 6)
    expect(page.get_by_role("checkbox", name="包铺3")).to_be_focused()
    page.keyboard.press("Space")
    expect_total(page, 60)


def test_taking_a_chip_off_leaves_the_focus_on_the_next_one_or_the_heading(page: Page):
    open_shop(page, [("brand", "包铺3"), ("in_stock", "true")])
    page.locator("#chips a").first.focus()
    page.keyboard.press("Enter")
    wait_until_shown(page)
    assert focused(page) == "库存：仅看有货"
    page.keyboard.press("Enter")
    wait_until_shown(page)
    expect(page.locator("#heading")).to_be_focused()
    assert address(page) == []


def test_a_card_opens_by_enter(page: Page):
    open_shop(page, {"category": "玩具"})
    page.locator(".card-title a").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".detail h1")).to_have_text("礼物🎁盲盒")


def test_the_first_tab_stop_skips_to_the_results(page: Page):
    open_shop(page, BAGS)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到内容")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    expect_total(page, 60)


def test_every_control_has_a_name_and_every_region_a_landmark(page: Page):
    open_shop(page, BAGS)
    nameless = page.locator("a, button, input").evaluate_all(
        """controls => controls.filter(control => control.checkVisibility() && !(control.innerText.trim()
            || control.ariaLabel || control.labels?.length)).map(control => control.outerHTML)"""
    )
    assert nameless == []
    for role, name in [("complementary", "筛选条件"), ("navigation", "排序"), ("navigation", "分页")]:
        expect(page.get_by_role(role, name=name)).to_be_visible()  # type: ignore[arg-type]
    for role in ("banner", "search", "main"):
        expect(page.get_by_role(role)).to_be_visible()  # type: ignore[arg-type]
    expect(page.get_by_role("status").first).to_contain_text("共 60 件商品")


def test_focus_is_seen(page: Page):
    open_shop(page, BAGS)
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(
            """() => {
                const shown = document.activeElement.closest(".search") ?? document.activeElement;
                const style = getComputedStyle(shown);
                return style.outlineStyle !== "none" || style.boxShadow !== "none";
            }"""
        )
        assert style, focused(page)


def test_nothing_moves_for_those_who_asked_for_less_motion(page: Page):
    page.emulate_media(reduced_motion="reduce")
    open_shop(page, BAGS)
    moving = page.locator("body *").evaluate_all(
        """all => all.filter(one => {
            const style = getComputedStyle(one);
            return style.animationName !== "none" || style.transitionDuration !== "0s";
        }).length"""
    )
    assert moving == 0

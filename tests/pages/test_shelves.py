"""Rows of recommended products on the shop page and on a product's page."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.reading import give_shelves_time, let_the_script_search, open_shop, wait_until_shown

pytestmark = pytest.mark.browser


# Adds up how far what is on the screen moves (layout shifts).
WATCH_MOVES = """window.moved = 0; new PerformanceObserver(list => {
    for (const shift of list.getEntries()) window.moved += shift.value;
}).observe({type: "layout-shift", buffered: true});"""


def shelf(page: Page, title: str):
    return page.get_by_role("region", name=title)


def test_the_shop_shows_what_is_on_offer_with_reasons(page: Page):
    give_shelves_time(page)
    open_shop(page)
    offers = shelf(page, "限时优惠")
    expect(offers.get_by_role("listitem").first).to_be_visible()
    # Every bag costs two thirds of its list price: 66.7 of 100, rounded up.
    expect(offers.get_by_text("6.7 折").first).to_be_visible()
    offers.get_by_role("link", name="帆布包").first.click()
    expect(page).to_have_url(re.compile("/products/bag"))


def test_a_shelf_that_has_nothing_to_say_takes_no_room(page: Page):
    give_shelves_time(page)
    open_shop(page)
    expect(shelf(page, "限时优惠").get_by_role("listitem").first).to_be_visible()
    page.locator("#results").scroll_into_view_if_needed()
    for title in ("最近浏览", "为您推荐", "热卖趋势"):
        expect(shelf(page, title)).to_have_count(0)


@pytest.mark.parametrize("size", ["page", "phone"])
def test_nothing_moves_as_shelves_come_or_turn_out_empty(size: str, request: pytest.FixtureRequest):
    page: Page = request.getfixturevalue(size)
    give_shelves_time(page)
    held_routes: list[Route] = []

    def hold(route: Route) -> None:
        held_routes.append(route)

    let_the_script_search(page)
    page.route("**/v1/recommend/**", hold)
    page.add_init_script(WATCH_MOVES)
    page.goto("/")
    page.wait_for_function("document.querySelectorAll('.shelf .bone').length > 0")
    # Results wait for their place below the shelves.
    expect(page.locator("#heading")).to_be_hidden()
    for route in held_routes:
        route.continue_()
    expect(shelf(page, "限时优惠")).to_be_visible()
    wait_until_shown(page)
    expect(page.locator("#heading")).to_be_visible()
    # 0.1 is where Web Vitals ends "good".
    assert page.evaluate("window.moved") < 0.1


def test_a_shelf_that_does_not_answer_keeps_nobody_waiting(page: Page):
    let_the_script_search(page)
    page.route("**/v1/recommend/new*", lambda _: None)  # never
    open_shop(page)
    expect(page.locator(".grid .card").first).to_be_visible()
    expect(page.locator(".shelf .bone")).to_have_count(0)


def test_a_search_while_shelves_are_awaited_shows_its_results(page: Page):
    let_the_script_search(page)
    page.route("**/v1/recommend/**", lambda _: None)  # never
    page.goto("/")
    page.wait_for_function("document.querySelectorAll('.shelf .bone').length > 0")
    page.locator("#query").fill("半身裙")
    page.keyboard.press("Enter")
    expect(page.locator("#results .card-title").first).to_be_visible()
    expect(page.locator("#results .card-title").first).to_have_text("高腰半身裙 A字裙")


def test_shelves_are_of_the_shop_and_not_of_its_results(page: Page):
    give_shelves_time(page)
    open_shop(page)
    expect(shelf(page, "限时优惠")).to_be_visible()
    page.locator("#query").fill("帆布包")
    page.keyboard.press("Enter")
    wait_until_shown(page)
    expect(shelf(page, "限时优惠")).to_be_hidden()
    page.go_back()
    expect(shelf(page, "限时优惠")).to_be_visible()


def test_a_row_is_turned_by_keyboard(page: Page):
    give_shelves_time(page)
    open_shop(page)
    offers = shelf(page, "限时优惠")
    later, sooner = (offers.get_by_role("button", name=name) for name in ("下一组", "上一组"))
    expect(sooner).to_be_disabled()
    later.focus()
    page.keyboard.press("Enter")
    expect(sooner).to_be_enabled()


def test_beside_a_product_stand_its_like_and_not_itself(page: Page):
    give_shelves_time(page)
    page.goto("/products/bag%2F04")
    likes = shelf(page, "相似商品")
    expect(likes.get_by_role("listitem").first).to_be_visible()
    assert "/products/bag%2F04" not in [
        link.get_attribute("href") for link in likes.get_by_role("link").all()
    ]
    expect(shelf(page, "搭配购买")).to_have_count(0)


def test_shelves_that_fail_are_not_missed(page: Page):
    let_the_script_search(page)
    page.route("**/v1/recommend/**", lambda route: route.fulfill(status=503, body="{}"))
    open_shop(page)
    expect(page.locator(".shelf")).to_have_count(0)
    expect(page.locator(".grid .card").first).to_be_visible()

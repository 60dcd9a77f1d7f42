"""The shop page when the server or the network fails, and while it waits."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.reading import BAGS, expect_total, let_the_script_search, open_shop, titles

pytestmark = pytest.mark.browser

SEARCH = "**/v1/search"


def unavailable(route: Route) -> None:
    route.fulfill(
        status=503,
        headers={"Retry-After": "5"},
        content_type="application/problem+json",
        json={"title": "Service Unavailable", "status": 503, "detail": "no index yet"},
    )


def hold_searches(page: Page) -> list[Route]:
    held_routes: list[Route] = []

    def hold(route: Route) -> None:
        held_routes.append(route)

    page.route(SEARCH, hold)
    return held_routes


def test_a_server_without_an_index_says_so_and_trying_again_helps(page: Page):
    let_the_script_search(page)
    page.route(SEARCH, unavailable)
    open_shop(page, BAGS)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("搜索服务暂时不可用")
    expect(alert).to_contain_text("请在 5 秒后重试。")
    page.unroute(SEARCH)
    page.get_by_role("button", name="重试").click()
    expect_total(page, 60)
    expect(alert).to_have_count(0)


def test_a_lost_network_says_so_and_trying_again_helps(page: Page):
    open_shop(page, BAGS)
    page.route(SEARCH, lambda route: route.abort("connectionrefused"))
    page.get_by_role("checkbox", name="包铺3").check()
    expect(page.get_by_role("alert")).to_contain_text("网络连接不上")
    page.unroute(SEARCH)
    page.get_by_role("button", name="重试").click()
    expect_total(page, 6)


def test_an_answer_that_is_no_json_is_an_error_that_can_be_tried_again(page: Page):
    let_the_script_search(page)
    page.route(SEARCH, lambda route: route.fulfill(status=200, body="<html>"))
    open_shop(page)
    expect(page.get_by_role("alert")).to_contain_text("服务器的回答不完整")
    expect(page.get_by_role("button", name="重试")).to_be_visible()


def test_conditions_that_the_server_refuses_can_be_cleared(page: Page):
    open_shop(page, {"brand": "长" * 501})
    expect(page.get_by_role("alert")).to_contain_text("搜索条件有误")
    page.get_by_role("link", name="清除全部条件").click()
    expect(page.locator(".card").first).to_be_visible()


def test_a_search_without_the_encoder_says_gently_what_it_did_instead(page: Page):
    def degrade(route: Route) -> None:
        route.fulfill(
            json={**route.fetch().json(), "degraded": [{"part": "encoder", "message": "weights are missing"}]}
        )

    let_the_script_search(page)
    page.route(SEARCH, degrade)
    open_shop(page, BAGS)
    expect(page.locator("#notes")).to_have_text("语义检索暂不可用，已按关键词显示。")
    expect(page.locator(".card")).to_have_count(24)


def test_a_later_search_wins_over_one_that_answers_late(page: Page):
    open_shop(page)
    held_routes: list[Route] = []
    page.route(
        SEARCH,
        lambda route: held_routes.append(route) if "半身裙" in route.request.post_data else route.continue_(),
    )
    for query in ("半身裙", "折叠伞"):
        page.locator("#query").fill(query)
        page.keyboard.press("Enter")
    expect(page.locator(".card-title").first).to_have_text("晴雨两用折叠伞")
    assert [route.request.failure for route in held_routes] == ["net::ERR_ABORTED"]
    expect(page.locator("h1")).to_have_text("折叠伞")


def test_the_first_cards_take_the_place_of_their_skeletons(page: Page):
    let_the_script_search(page)
    held_routes = hold_searches(page)
    page.add_init_script(
        """window.moved = 0; new PerformanceObserver(list => {
            for (const shift of list.getEntries()) window.moved += shift.value;
        }).observe({type: "layout-shift", buffered: true});"""
    )
    with page.expect_request(SEARCH):
        page.goto("/?category=箱包")
    expect(page.locator("#results .bone").first).to_be_visible()
    held_routes[0].continue_()
    expect(page.locator(".card-title")).to_have_count(24)
    # 0.1 is where Web Vitals ends "good".
    assert page.evaluate("window.moved") < 0.1


def test_old_results_stay_while_new_ones_are_fetched(page: Page):
    open_shop(page, BAGS)
    held_routes = hold_searches(page)
    with page.expect_request(SEARCH):
        page.get_by_role("checkbox", name="包铺3").check()
    expect(page.locator("#main")).to_have_attribute("aria-busy", "true")
    expect(page.locator(".card")).to_have_count(24)
    held_routes[0].continue_()
    expect(page.locator(".card")).to_have_count(6)
    assert len(titles(page)) == 6

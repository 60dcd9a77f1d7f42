"""Events that the shop page sends, on good networks and bad."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.fixtures.browser import PHONE, WAIT_MS
from tests.pages.reading import BAGS, give_shelves_time, open_shop, wait_until_shown

pytestmark = pytest.mark.browser

SESSION = "JSON.parse(localStorage.getItem('shangsou.session'))"
QUEUE = "JSON.parse(localStorage.getItem('shangsou.events') ?? '[]')"


def kept(page: Page) -> list[dict[str, Any]]:
    """What the server keeps of this browser."""
    session = page.evaluate(SESSION)
    events: list[dict[str, Any]] = page.request.get(f"/v1/sessions/{session}/events").json()["events"]
    return events


def of(page: Page, action: str) -> list[tuple[str, int]]:
    """Products and positions of one action."""
    return [
        (
            event["event_attributes"]["object"]["object_id"],
            event["event_attributes"].get("position", {}).get("ordinal"),
        )
        for event in kept(page)
        if event["action_name"] == action
    ]


def wait_for(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait while the page lives on: `wait_until` alone would not let it."""
    for _ in range(WAIT_MS // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"not within {WAIT_MS} ms: {what}")


def without_shelves(page: Page) -> None:
    """Leave a product alone on its page, so that nothing but what is done to it is told."""
    page.route("**/v1/recommend/**", lambda route: route.abort())


def queue_is_empty(page: Page) -> bool:
    return bool(page.evaluate(f"{QUEUE}.length === 0"))


def test_cards_count_as_shown_when_they_are_seen_and_once(phone: Page):
    open_shop(phone, BAGS | {"sort": "price_asc"})
    wait_for(phone, lambda: len(of(phone, "impression")) >= 2, "the first cards are recorded")
    seen = of(phone, "impression")
    assert ("bag/01", 1) in seen
    assert len(seen) < 24
    phone.locator(".card").last.scroll_into_view_if_needed()
    # Every third bag is sold out, and comes behind: of those left the 24th is 35.
    wait_for(phone, lambda: ("bag/35", 24) in of(phone, "impression"), "the last card is recorded")
    phone.locator(".card").first.scroll_into_view_if_needed()
    phone.wait_for_timeout(1500)
    products = [product for product, _ in of(phone, "impression")]
    assert len(products) == len(set(products))
    (search,) = [event for event in kept(phone) if event["action_name"] == "search"]
    assert {event["query_id"] for event in kept(phone)} == {search["query_id"]}


def test_a_click_is_sent_with_its_position_though_it_leaves_the_page(page: Page):
    open_shop(page, BAGS | {"sort": "price_asc", "page": "2"})
    page.locator(".card-title a").nth(2).click()
    # Of the bags that are not sold out the 27th.
    expect(page.locator("h1")).to_contain_text("帆布包 40 号")
    wait_for(page, lambda: of(page, "click") == [("bag/40", 27)], "the click is recorded")
    wait_for(page, lambda: queue_is_empty(page), "the queue is empty")
    # The page of a product that was clicked in results is no second view.
    assert of(page, "view") == []


def test_cart_and_purchase_are_sent_with_the_search_that_led_there(page: Page):
    open_shop(page, {"q": "帆布包", "sort": "price_asc"})
    page.locator(".card-title a").first.click()
    page.get_by_role("button", name="加入购物车").click()
    expect(page.get_by_role("status").filter(has_text="已加入购物车")).to_be_visible()
    page.get_by_role("button", name="立即购买").click()
    wait_for(page, lambda: len(of(page, "purchase")) == 1, "the purchase is recorded")
    events = {event["action_name"]: event for event in kept(page)}
    for action in ("add_to_cart", "purchase"):
        assert events[action]["user_query"] == "帆布包"
        assert events[action]["query_id"] == events["search"]["query_id"]
        assert events[action]["event_attributes"]["price"] == 1.0
        assert events[action]["event_attributes"]["quantity"] == 1
    assert events["purchase"]["event_attributes"]["order_id"]


def test_events_on_a_shelf_are_attributed_to_that_shelf(page: Page):
    give_shelves_time(page)
    open_shop(page)
    offers = page.get_by_role("region", name="限时优惠")
    name = offers.get_by_role("link").nth(1).inner_text()
    offers.get_by_role("link").nth(1).click()
    expect(page.locator("h1")).to_have_text(name)
    wait_for(page, lambda: len(of(page, "click")) == 1, "the click is recorded")
    page.get_by_role("button", name="立即购买").click()
    wait_for(page, lambda: len(of(page, "purchase")) == 1, "the purchase is recorded")
    events = {event["action_name"]: event for event in kept(page)}
    shelf_id = events["click"]["query_id"]
    assert shelf_id.startswith("shelf-on-offer-")
    assert events["purchase"]["query_id"] == shelf_id
    assert events["click"]["event_attributes"]["position"] == {"ordinal": 2}
    # What was seen of the row, and in which place.
    seen = [
        event["event_attributes"]["position"]["ordinal"]
        for event in kept(page)
        if event["action_name"] == "impression" and event["query_id"] == shelf_id
    ]
    assert seen[:2] == [1, 2]
    assert of(page, "view") == []


def test_what_is_sold_out_cannot_be_bought(page: Page):
    page.goto("/products/dress-blue")
    expect(page.get_by_role("button", name="立即购买")).to_be_disabled()


def test_a_product_opened_from_elsewhere_is_viewed(page: Page):
    page.goto("/products/mug")
    wait_for(page, lambda: of(page, "view") == [("mug", None)], "the view is recorded")


def test_events_made_offline_are_sent_later_and_once(phone: Page):
    open_shop(phone, BAGS | {"sort": "price_asc"})
    wait_for(
        phone, lambda: queue_is_empty(phone) and len(of(phone, "impression")) > 0, "what was seen is recorded"
    )
    phone.locator(".card-title a").first.click()
    expect(phone.get_by_role("button", name="加入购物车")).to_be_visible()
    wait_for(phone, lambda: queue_is_empty(phone), "the click is recorded")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="加入购物车").click()
    phone.wait_for_timeout(1500)
    assert not queue_is_empty(phone)
    assert of(phone, "add_to_cart") == []
    phone.context.set_offline(False)
    wait_for(phone, lambda: queue_is_empty(phone), "the queue is empty")
    assert of(phone, "add_to_cart") == [("bag/01", 1)]


def test_a_network_that_comes_and_goes_loses_nothing_and_counts_nothing_twice(phone: Page):
    without_shelves(phone)
    phone.goto("/products/mug")
    cart = phone.get_by_role("button", name="加入购物车")
    expect(cart).to_be_visible()
    for number in range(6):
        phone.context.set_offline(number % 2 == 0)
        cart.click()
        # Less and more than the second that events wait for others.
        phone.wait_for_timeout(300 if number % 3 else 1300)
    phone.context.set_offline(False)
    wait_for(phone, lambda: queue_is_empty(phone), "the queue is empty")
    assert of(phone, "add_to_cart") == [("mug", None)] * 6


def test_an_answer_that_is_lost_on_the_way_makes_nothing_count_twice(page: Page):
    without_shelves(page)
    page.goto("/products/mug")
    wait_for(page, lambda: queue_is_empty(page), "the view is recorded")
    sent: list[str] = []

    def lose_answer(route: Route) -> None:
        sent.append(route.request.post_data or "")
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/v1/events", lose_answer)
    page.get_by_role("button", name="加入购物车").click()
    wait_for(page, lambda: queue_is_empty(page), "the queue is empty")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert of(page, "add_to_cart") == [("mug", None)]


def test_a_server_that_is_full_gets_the_events_when_it_has_room(page: Page):
    without_shelves(page)
    page.goto("/products/mug")
    wait_for(page, lambda: queue_is_empty(page), "the view is recorded")
    tries: list[int] = []

    def refuse(route: Route) -> None:
        tries.append(1)
        route.fulfill(status=503, json={"title": "full"}) if len(tries) == 1 else route.continue_()

    page.route("**/v1/events", refuse)
    page.get_by_role("button", name="立即购买").click()
    wait_for(page, lambda: queue_is_empty(page), "the queue is empty")
    assert of(page, "purchase") == [("mug", None)]


def test_what_a_closed_page_left_is_sent_by_the_next(page: Page):
    page.route("**/v1/events", lambda route: route.abort())
    page.goto("/products/mug")
    page.get_by_role("button", name="加入购物车").click()
    page.unroute("**/v1/events")
    open_shop(page)
    wait_for(page, lambda: of(page, "add_to_cart") == [("mug", None)], "the cart is recorded")
    wait_for(page, lambda: queue_is_empty(page), "the queue is empty")


def test_later_pages_name_the_search_of_the_first(page: Page):
    asked: list[dict[str, Any]] = []
    page.on(
        "request", lambda one: asked.append(one.post_data_json) if one.url.endswith("/v1/search") else None
    )
    open_shop(page, BAGS)
    rendered = page.evaluate("JSON.parse(document.getElementById('answer').textContent).query_id")
    page.locator("#paging a[rel=next]").click()
    expect(page.locator("#paging [aria-current]")).to_have_text("2")
    wait_until_shown(page)
    (second,) = asked
    assert second["query_id"] == rendered
    assert len(second["session_id"]) == 32


def test_forgetting_removes_what_is_kept_here_and_there(page: Page):
    without_shelves(page)
    page.goto("/products/mug")
    wait_for(page, lambda: of(page, "view") != [], "the view is recorded")
    session = page.evaluate(SESSION)
    page.get_by_role("button", name="清除我的浏览记录").click()
    expect(page.locator("#forgotten")).to_have_text("已清除 1 条记录。")
    assert page.request.get(f"/v1/sessions/{session}/events").json() == {"events": []}
    open_shop(page)
    assert page.evaluate(SESSION) not in ("", session)


def test_forgetting_without_a_network_says_that_it_did_not(page: Page):
    page.goto("/products/mug")
    wait_for(page, lambda: of(page, "view") != [], "the view is recorded")
    page.context.set_offline(True)
    page.get_by_role("button", name="清除我的浏览记录").click()
    expect(page.locator("#forgotten")).to_contain_text("还没有清除")
    page.context.set_offline(False)
    assert of(page, "view") != []


@pytest.fixture
def private_context(chromium: Browser, shop_url: str) -> Iterator[BrowserContext]:
    """A browser whose owner asks not to be tracked: what it says to pages and to servers."""
    context = chromium.new_context(base_url=shop_url, viewport=PHONE, extra_http_headers={"Sec-GPC": "1"})
    context.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
    )
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


def test_a_browser_that_asks_for_no_record_sends_and_stores_nothing(private_context: BrowserContext):
    page = private_context.new_page()
    asked: list[Any] = []
    page.on("request", lambda one: asked.append((one.url, one.post_data)) if "/v1/" in one.url else None)
    open_shop(page, BAGS | {"sort": "price_asc"})
    page.locator(".card-title a").first.click()
    page.get_by_role("button", name="加入购物车").click()
    page.wait_for_timeout(1500)
    assert not any("/v1/events" in url or "session_id" in (body or "") for url, body in asked)
    assert page.evaluate("localStorage.length") == 0
    expect(page.locator("#privacy-words")).to_contain_text("不记录您的浏览")
    expect(page.get_by_role("button", name="清除我的浏览记录")).to_be_hidden()

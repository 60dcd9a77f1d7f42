"""Explanations of a product's position on its card, in words for the shopper."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.reading import bag, let_the_script_search, open_shop

pytestmark = pytest.mark.browser

REASON = "您常看 包铺2"


def say_why_of_the_second(route: Route) -> None:
    """Answer as the server does, with a reason that only a shopper with a history would get."""
    response = route.fetch()
    answer = response.json()
    for place, hit in enumerate(answer["hits"]):
        hit["why"] = REASON if place == 1 else ""
    route.fulfill(response=response, json=answer)


@pytest.mark.parametrize("size", ["page", "phone"])
def test_a_card_says_why_it_moved_and_the_others_say_nothing(size: str, request: pytest.FixtureRequest):
    page: Page = request.getfixturevalue(size)
    let_the_script_search(page)
    page.route("**/v1/search*", say_why_of_the_second)
    open_shop(page, {"q": "帆布包", "sort": "price_asc"})
    expect(page.locator(".card-why")).to_have_count(1)
    card = page.locator(".grid .card").nth(1)
    expect(card.locator(".card-title")).to_have_text(bag(2))
    why = card.get_by_text(REASON)
    expect(why).to_be_visible()
    # It is read in full: nothing of it is cut off at the card's edge.
    assert why.evaluate("element => element.scrollWidth <= element.clientWidth")

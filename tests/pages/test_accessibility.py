"""axe-core finds nothing to object to on any page, on a desktop and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.pages.reading import wait_until_shown

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "results": "/?q=帆布包",
    "filters": "/?category=箱包&brand=包铺3&attr.颜色=红色&in_stock=true&sort=price_asc",
    "nothing": "/?q=！？。",
    "related": "/?q=帆布鞋",
    "markup": "/?q=怪味豆",
    "product": "/products/bag%2F01",
    "unknown": "/products/none",
    "judging": "/judge",
}


def violations(page: Page) -> list[str]:
    """Return a line for each rule that the page breaks, with the first element that does."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html'][:200]}" for rule in found]


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("size", ["page", "phone"])
def test_a_page_is_accessible(size: str, address: str, request: pytest.FixtureRequest):
    page: Page = request.getfixturevalue(size)
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)
    if address.startswith("/?") or address == "/":
        wait_until_shown(page)
    assert violations(page) == []


def test_the_drawer_is_accessible(phone: Page):
    phone.emulate_media(reduced_motion="reduce")
    phone.goto("/?category=箱包")
    wait_until_shown(phone)
    phone.get_by_role("button", name="筛选").tap()
    expect(phone.get_by_role("dialog", name="筛选")).to_be_visible()
    assert violations(phone) == []


def test_suggestions_are_accessible(page: Page):
    page.emulate_media(reduced_motion="reduce")
    page.goto("/?q=帆布包")
    wait_until_shown(page)
    page.goto("/")
    wait_until_shown(page)
    page.locator("#query").click()
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page) == []

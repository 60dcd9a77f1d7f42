"""Text that a shopper reads on the shop page."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from playwright.sync_api import Page, Route, expect

BAGS = {"category": "箱包"}


def open_shop(page: Page, parameters: Mapping[str, str] | list[tuple[str, str]] = ()) -> None:
    """Open the shop at an address with these parameters and wait until it shows an answer."""
    page.goto("/?" + urlencode(parameters) if parameters else "/")
    wait_until_shown(page)


def let_the_script_search(page: Page) -> None:
    """Take the answer and the shelves out of every rendered page, so that its script asks for them."""

    def strip(route: Route) -> None:
        if route.request.resource_type != "document":
            route.fallback()
            return
        response = route.fetch()
        html = re.sub(r'<script type="application/json" id="answer">.*?</script>', "", response.text())
        html = re.sub(
            r'(<div class="shelves" id="shelves") data-filled="true">.*?</section></div>',
            r"\1></div>",
            html,
            flags=re.DOTALL,
        )
        route.fulfill(response=response, body=html)

    page.route("**/*", strip)


def give_shelves_time(page: Page) -> None:
    """Let the page wait for late shelves a minute, not two seconds: a loaded machine is no fault of it."""
    page.add_init_script(
        """const wait = window.setTimeout;
        window.setTimeout = (act, ms = 0, ...rest) => wait(act, ms < 2000 ? ms : 30 * ms, ...rest);"""
    )


def wait_until_shown(page: Page) -> None:
    """Wait until no search is under way."""
    expect(page.locator("#main:not([aria-busy])")).to_be_attached()


def expect_total(page: Page, total: int) -> None:
    """Wait until so many products are announced as found."""
    expect(page.locator("#summary")).to_contain_text(f"共 {total} 件商品")


def titles(page: Page) -> list[str]:
    """Return the titles of the cards, once no search is under way."""
    wait_until_shown(page)
    return page.locator(".card-title").all_inner_texts()


def address(page: Page) -> list[tuple[str, str]]:
    """Return the parameters in the address bar."""
    return parse_qsl(urlsplit(page.url).query)


def chips(page: Page) -> list[str]:
    """Return the active filters as their chips name them."""
    return page.locator("#chips .chip").all_inner_texts()


def bag(number: int) -> str:
    """Return the title of bag N of the fixture's catalog."""
    return f"帆布包 {number:02} 号 大容量单肩包"

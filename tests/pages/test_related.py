"""Related products below the matches or in their place, and what each lacks."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.pages.reading import expect_total, let_the_script_search, open_shop, titles, wait_until_shown
from tests.pages.test_events import of, wait_for

pytestmark = pytest.mark.browser

Answer = dict[str, Any]


def change_answers(page: Page, change: Callable[[Answer], object]) -> None:
    """Let the page see answers of searches for words as `change` leaves them."""

    def answer(route: Route) -> None:
        body = route.fetch().json()
        if route.request.post_data_json["query"]:
            change(body)
        route.fulfill(json=body)

    let_the_script_search(page)
    page.route("**/v1/search", answer)


def nothing_but_near(answer: Answer) -> None:
    """Turn every hit into a product that only comes near: of grain, not for dogs."""
    lacks = [{"kind": "product_type", "asked": "狗粮", "says": "杂粮"}]
    related = [{**hit, "lacks": lacks} for hit in answer["hits"][:3]]
    answer.update(total=0, hits=[], related=related, facets={})


def one_match(answer: Answer) -> None:
    """Leave the first hit a match, and make two products that only come near of the next."""
    if not answer["hits"]:
        return
    lacks = [{"kind": "product_type", "asked": "帆布包", "says": "托特包"}]
    related = [{**hit, "lacks": lacks} for hit in answer["hits"][1:3]]
    answer.update(total=1, hits=answer["hits"][:1], related=related)


def near(page: Page) -> Locator:
    return page.get_by_role("region", name="相近的商品")


def headings(page: Page) -> list[tuple[str, str]]:
    """The level and text of every heading that is shown in the main part."""
    found: list[list[str]] = page.locator("main :is(h1, h2, h3):visible").evaluate_all(
        "all => all.map(one => [one.tagName, one.textContent])"
    )
    return [(level, text) for level, text in found]


def test_where_nothing_matches_the_page_says_so_and_shows_what_comes_near_with_what_it_lacks(page: Page):
    change_answers(page, nothing_but_near)
    open_shop(page, {"q": "连衣裙"})
    expect_total(page, 0)
    expect(page.get_by_role("heading", name="没有找到“连衣裙”")).to_be_visible()
    expect(page.locator("#results")).to_contain_text("检查有没有错别字")
    expect(page.locator("#results .card")).to_have_count(0)
    card = near(page).locator(".card").first
    expect(card.locator(".card-note")).to_have_text("是“杂粮”，不是“狗粮”")
    expect(page.locator("#paging")).to_be_hidden()
    # The categories stand there only where nothing comes near.
    expect(page.get_by_text("看看这些分类")).to_have_count(0)


def test_what_comes_near_stands_below_the_matches_and_is_no_part_of_their_count(page: Page):
    change_answers(page, one_match)
    open_shop(page, {"q": "帆布包"})
    expect_total(page, 1)
    expect(page.locator("#results .card")).to_have_count(1)
    expect(near(page).locator(".card")).to_have_count(2)
    expect(near(page).locator(".card-note")).to_have_text(["是“托特包”，不是“帆布包”"] * 2)
    expect(page.locator("#paging")).to_be_hidden()


def test_shoes_of_canvas_are_not_found_among_bags_of_canvas_which_only_come_near(page: Page):
    open_shop(page, {"q": "帆布鞋"})
    expect(near(page).locator(".card-title").first).to_contain_text("帆布包")
    expect(near(page).locator(".card-note").first).to_contain_text("不是“帆布鞋”")


def test_headings_go_down_level_by_level(page: Page):
    change_answers(page, one_match)
    open_shop(page, {"q": "帆布包"})
    expect(page.get_by_role("heading", name="相关搜索")).to_be_visible()  # asked for behind the results
    shown = headings(page)
    assert [level for level, _ in shown] == ["H1", "H2", "H2", "H3", "H3", "H2"]
    assert shown[0] == ("H1", "帆布包")
    assert shown[2] == ("H2", "相近的商品")


def test_the_query_is_named_as_it_was_typed_and_is_no_markup(page: Page):
    change_answers(page, nothing_but_near)
    open_shop(page, {"q": "<b>连衣裙</b>"})
    expect(page.get_by_role("heading", name="没有找到“<b>连衣裙</b>”")).to_be_visible()
    expect(page.locator("main b")).to_have_count(0)


def test_a_query_that_means_nothing_finds_nothing_and_offers_categories(page: Page):
    change_answers(page, lambda answer: answer.update(total=0, hits=[], related=[], facets={}))
    open_shop(page, {"q": "asdfqwer"})
    expect(page.get_by_role("heading", name="没有找到“asdfqwer”")).to_be_visible()
    expect(near(page)).to_have_count(0)
    page.locator("#results").get_by_role("link", name="箱包").click()
    expect_total(page, 60)


@pytest.mark.parametrize(
    ("lack", "text"),
    [
        ({"kind": "words", "asked": "狗粮", "says": "杂粮"}, ["是“杂粮”，不是“狗粮”"]),
        ({"kind": "product_type", "asked": "狗粮", "says": None}, ["不是“狗粮”"]),
        # Only that it does not match is known.
        ({"kind": "words", "asked": "狗粮", "says": None}, []),
        # It is called what was asked for and still does not match: there is nothing to say.
        ({"kind": "words", "asked": "狗粮", "says": "狗粮"}, []),
    ],
    ids=["another thing", "no such thing", "nothing known", "the same name"],
)
def test_a_card_says_of_a_product_what_is_known(page: Page, lack: Answer, text: list[str]):
    def change(answer: Answer) -> None:
        nothing_but_near(answer)
        answer["related"] = [{**answer["related"][0], "lacks": [lack]}]

    change_answers(page, change)
    open_shop(page, {"q": "连衣裙"})
    expect(near(page).locator(".card-note")).to_have_text(text)


def test_a_match_by_a_synonym_names_it_to_whoever_looks_into_the_search(page: Page):
    change_answers(page, lambda answer: answer["hits"][0].update(reached_by="太阳镜"))
    open_shop(page, {"q": "连衣裙", "debug": "1"})
    expect(page.locator("#results .card").first.locator(".card-note")).to_have_text("同义词“太阳镜”")
    expect(page.locator("#results .card").nth(1).locator(".card-note")).to_have_count(0)


def test_what_comes_near_is_gone_with_the_next_search(page: Page):
    change_answers(page, one_match)
    open_shop(page, {"q": "帆布包"})
    expect(near(page)).to_be_visible()
    page.locator("#query").fill("！？。")
    page.locator("#query").press("Enter")
    expect(page.get_by_role("heading", name="没有找到“！？。”")).to_be_visible()
    expect(near(page)).to_have_count(0)
    # The last search of the page, so that none is under way when the test ends.
    expect(page.get_by_role("heading", name="看看这些分类")).to_be_visible()


def test_an_error_leaves_nothing_that_comes_near_of_the_search_before(page: Page):
    change_answers(page, one_match)
    open_shop(page, {"q": "帆布包"})
    expect(near(page)).to_be_visible()
    page.route("**/v1/search", lambda route: route.fulfill(status=500, json={}))
    page.get_by_role("navigation", name="排序").get_by_text("销量").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(near(page)).to_have_count(0)


def test_a_click_on_what_comes_near_is_recorded_in_its_place_below_the_matches(page: Page):
    change_answers(page, one_match)
    open_shop(page, {"q": "帆布包"})
    near(page).locator(".card").last.scroll_into_view_if_needed()
    wait_for(page, lambda: len(of(page, "impression")) == 3, "all cards are recorded")
    assert sorted(position for _, position in of(page, "impression")) == [1, 2, 3]
    link = near(page).get_by_role("link").first
    name = link.inner_text()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)
    wait_for(page, lambda: len(of(page, "click")) == 1, "the click is recorded")
    assert of(page, "click")[0][1] == 2


def test_what_comes_near_fits_a_phone(phone: Page):
    change_answers(phone, nothing_but_near)
    open_shop(phone, {"q": "连衣裙" * 20})
    expect(near(phone).locator(".card").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_where_a_page_is_full_nothing_comes_near(page: Page):
    open_shop(page, {"q": "帆布包"})
    wait_until_shown(page)
    assert len(titles(page)) == 24
    expect(near(page)).to_have_count(0)

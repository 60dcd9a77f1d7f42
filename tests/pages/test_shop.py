"""Searching, narrowing, sorting and paging on the shop page, and its address."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.reading import (
    BAGS,
    address,
    bag,
    chips,
    expect_total,
    let_the_script_search,
    open_shop,
    titles,
    wait_until_shown,
)

pytestmark = pytest.mark.browser


def test_a_search_shows_cards_with_highlighted_titles(page: Page):
    open_shop(page)
    page.get_by_role("combobox", name="搜索商品").fill("碎花连衣裙")
    page.get_by_role("button", name="搜索", exact=True).click()
    expect(page.locator("h1")).to_have_text("碎花连衣裙")
    first = page.locator(".card").first
    expect(first.locator(".card-title")).to_have_text("蓝色碎花连衣裙长款")
    assert first.locator(".card-title em").all_inner_texts() == ["碎花连衣裙"]
    expect(first.locator(".price")).to_have_text("¥259")
    expect(first).to_contain_text("云上衣舍")
    expect(first).to_contain_text("已售 80")
    expect(first).to_contain_text("缺货")
    assert address(page) == [("q", "碎花连衣裙")]
    assert page.title() == "碎花连衣裙 - 商搜"


def test_an_empty_query_browses_by_sales_and_offers_categories(page: Page):
    open_shop(page)
    expect(page.locator(".card").first).to_contain_text("已售 1.2亿")
    page.get_by_role("navigation", name="热门分类").get_by_role("link", name="箱包").click()
    expect_total(page, 60)
    expect(page.locator("h1")).to_have_text("箱包")
    assert address(page) == [("category", "箱包")]


def test_another_query_starts_without_the_filters_of_the_one_before(page: Page):
    open_shop(page, [("q", "帆布包"), ("brand", "包铺3"), ("sort", "sales")])
    page.locator("#query").fill("折叠伞")
    page.locator("#query").press("Enter")
    expect(page.locator(".card-title").first).to_have_text("晴雨两用折叠伞")
    assert address(page) == [("q", "折叠伞")]


def test_a_brand_narrows_and_stands_in_the_address_and_back_restores(page: Page):
    open_shop(page, BAGS)
    expect_total(page, 60)
    page.get_by_role("checkbox", name="包铺3").check()
    expect_total(page, 6)
    assert address(page) == [("category", "箱包"), ("brand", "包铺3")]
    assert chips(page) == ["分类：箱包", "品牌：包铺3"]
    page.go_back()
    expect_total(page, 60)
    assert address(page) == [("category", "箱包")]
    expect(page.get_by_role("checkbox", name="包铺3")).not_to_be_checked()
    page.go_forward()
    expect_total(page, 6)


def test_two_values_of_a_filter_widen_it_and_two_filters_narrow(page: Page):
    # Bags of brand 3 and 13, 23, … are red, those of brand 4 blue.
    open_shop(page, BAGS)
    page.get_by_role("checkbox", name="包铺3").check()
    expect_total(page, 6)
    page.get_by_role("checkbox", name="包铺4").check()
    expect_total(page, 12)
    page.get_by_role("checkbox", name="红色").check()
    expect_total(page, 6)
    assert address(page) == [
        ("category", "箱包"),
        ("brand", "包铺3"),
        ("brand", "包铺4"),
        ("attr.颜色", "红色"),
    ]


def test_a_deep_link_opens_with_everything_in_place_and_reload_keeps_it(page: Page):
    parameters = [
        ("q", "帆布包"),
        ("category", "箱包"),
        ("brand", "包铺1"),
        ("price_gte", "10"),
        ("price_lte", "41"),
        ("attr.颜色", "红色"),
        ("in_stock", "true"),
        ("sort", "price_desc"),
    ]
    open_shop(page, parameters)
    for _ in range(2):
        # Brand 1: 1, 11, 21, …, 51; within the prices 11, 21, 31, 41, of which 21 is sold out.
        assert titles(page) == [bag(41), bag(31), bag(11)]
        expect(page.get_by_role("combobox", name="搜索商品")).to_have_value("帆布包")
        expect(page.get_by_role("spinbutton", name="最低价")).to_have_value("10")
        expect(page.get_by_role("switch", name="仅看有货")).to_be_checked()
        expect(page.locator("#sorts [aria-current]")).to_have_text("价格 ↓")
        assert address(page) == parameters
        page.reload()


def test_a_senseless_address_is_read_as_far_as_it_makes_sense(page: Page):
    open_shop(
        page,
        [
            ("category", "箱包"),
            ("price_gte", "20"),
            ("price_lte", "10"),
            ("page", "-3"),
            ("sort", "magic"),
            ("attr.", "x"),
        ],
    )
    expect_total(page, 11)  # prices the wrong way round: 10 to 20 yuan
    expect(page.locator("#sorts [aria-current]")).to_have_text("综合")


def test_chips_take_filters_off_one_by_one_or_all_at_once(page: Page):
    open_shop(page, [*BAGS.items(), ("brand", "包铺3"), ("in_stock", "true")])
    # 3, 13, 23, 33, 43, 53 less 3 and 33, which are sold out.
    expect_total(page, 4)
    page.get_by_role("link", name="去掉 库存：仅看有货").click()
    expect_total(page, 6)
    assert chips(page) == ["分类：箱包", "品牌：包铺3"]
    page.get_by_role("link", name="清除全部").click()
    expect(page.locator("#chips")).to_be_hidden()
    assert address(page) == []


def test_limits_written_into_the_query_are_chips_that_can_be_taken_off(page: Page):
    open_shop(page, [("q", "10元以下的帆布包 -托特包")])
    expect(page.locator("#chips .chip")).to_have_text(["价格：10 元以下", "不含：托特包"])
    # Bags 1, 3, 5, 7 and 9; those with even numbers are tote bags.
    expect(page.locator(".card-title").filter(has_text="帆布包")).to_have_count(5)
    page.get_by_role("link", name="去掉 不含：托特包").click()
    expect(page.locator(".card-title").filter(has_text="帆布包")).to_have_count(10)
    assert address(page) == [("q", "10元以下的帆布包")]
    page.get_by_role("link", name="去掉 价格：10 元以下").click()
    expect(page.locator("#chips")).to_be_hidden()
    assert address(page) == [("q", "帆布包")]


def test_the_stock_switch_leaves_out_what_is_sold_out(page: Page):
    open_shop(page, BAGS)
    page.get_by_role("switch", name="仅看有货").check()
    expect_total(page, 40)
    expect(page.locator(".sold-out")).to_have_count(0)


def test_the_category_tree_goes_down_and_up(page: Page):
    open_shop(page, BAGS)
    tree = page.get_by_role("group", name="分类")
    tree.get_by_role("link", name="帆布包").click()
    expect_total(page, 30)
    assert address(page) == [("category", "箱包>帆布包")]
    tree.get_by_role("link", name="箱包").click()
    expect_total(page, 60)
    tree.get_by_role("link", name="全部分类").click()
    wait_until_shown(page)
    assert address(page) == []


def test_price_ranges_count_what_they_then_show(page: Page):
    open_shop(page, BAGS)
    prices = page.get_by_role("group", name="价格", exact=True)
    expect(prices.get_by_role("link", name="¥20 – 50")).to_contain_text("30")
    prices.get_by_role("link", name="¥20 – 50").click()
    expect_total(page, 30)
    expect(prices.get_by_role("link", name="¥20 – 50")).to_have_attribute("aria-current", "true")
    prices.get_by_role("link", name="¥20 – 50").click()
    expect_total(page, 60)


def test_a_price_range_of_ones_own_takes_either_end_alone_and_both_in_any_order(page: Page):
    open_shop(page, BAGS)
    low, high = page.get_by_role("spinbutton", name="最低价"), page.get_by_role("spinbutton", name="最高价")
    low.fill("51")
    page.get_by_role("button", name="确定").click()
    expect_total(page, 10)
    high.fill("41")
    page.get_by_role("button", name="确定").click()
    expect_total(page, 11)
    assert address(page)[1:] == [("price_gte", "41"), ("price_lte", "51")]


@pytest.mark.parametrize(
    ("clicks", "sort", "first"),
    [
        (["销量"], "sales", [59, 58]),  # 60 is sold out
        (["价格"], "price_asc", [1, 2]),
        (["价格", "价格"], "price_desc", [59, 58]),
        (["新品"], "newest", [1, 2]),  # no bag says when it is from: by id
    ],
    ids=["sales", "price_asc", "price_desc", "newest"],
)
def test_sorting(page: Page, clicks: list[str], sort: str, first: list[int]):
    open_shop(page, BAGS)
    for name in clicks:
        page.get_by_role("navigation", name="排序").get_by_text(name).click()
        wait_until_shown(page)
    assert address(page) == [("category", "箱包"), ("sort", sort)]
    assert titles(page)[:2] == [bag(number) for number in first]


def test_paging_by_links_and_arrows_shows_every_product_once(page: Page):
    open_shop(page, [*BAGS.items(), ("sort", "price_asc")])
    seen = titles(page)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("#paging [aria-current=page]")).to_have_text("2")
    seen += titles(page)
    assert address(page)[-1] == ("page", "2")
    page.locator("#paging [aria-current=page]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#paging [aria-current=page]")).to_have_text("3")
    seen += titles(page)
    # Every third is sold out, and comes last.
    in_order = sorted(range(1, 61), key=lambda number: (number % 3 == 0, number))
    assert seen == [bag(number) for number in in_order]
    expect(page.locator("#paging a[rel=next]")).to_have_count(0)
    page.go_back()
    expect(page.locator(".card-title").first).to_have_text(bag(37))


def test_a_new_page_begins_at_its_top_and_back_returns_to_the_place_that_was_left(page: Page):
    open_shop(page, BAGS)
    page.get_by_role("link", name="下一页").scroll_into_view_if_needed()
    left_at = page.evaluate("scrollY")
    assert left_at > 0
    page.get_by_role("link", name="下一页").click()
    page.wait_for_function("() => scrollY === 0")
    page.go_back()
    page.wait_for_function("place => Math.abs(scrollY - place) < 2", arg=left_at)


def test_changing_a_filter_goes_back_to_the_first_page(page: Page):
    open_shop(page, [*BAGS.items(), ("page", "3")])
    page.get_by_role("checkbox", name="红色").check()
    expect_total(page, 30)
    assert address(page) == [("category", "箱包"), ("attr.颜色", "红色")]


def test_a_page_after_the_last_leads_back_to_the_first(page: Page):
    open_shop(page, [*BAGS.items(), ("page", "9")])
    expect(page.get_by_text("这一页没有商品")).to_be_visible()
    page.get_by_role("link", name="回到第一页").click()
    expect(page.locator(".card")).to_have_count(24)


def test_paging_ends_where_the_api_ends_and_says_so(page: Page):
    pages: list[int] = []

    def pretend(route: Route) -> None:
        body = route.request.post_data_json
        pages.append(body.pop("page"))
        answer = route.fetch(post_data={**body, "page": 1}).json()
        route.fulfill(json={**answer, "total": 20_000})

    let_the_script_search(page)
    page.route("**/v1/search", pretend)
    open_shop(page, [*BAGS.items(), ("page", "900")])
    # 416 pages of 24 are 9,984 products; one more would be over 10,000.
    expect(page.locator("#paging [aria-current=page]")).to_have_text("416")
    expect(page.locator("#paging")).to_contain_text("只能看到前 9,984 件")
    assert pages == [416]


def test_more_values_hide_behind_a_button_that_stays_open(page: Page):
    open_shop(page, BAGS)
    brands = page.get_by_role("group", name="品牌")
    expect(brands.get_by_role("checkbox")).to_have_count(8)
    brands.get_by_role("button", name="更多（2）").click()
    expect(brands.get_by_role("checkbox")).to_have_count(10)
    brands.get_by_role("checkbox").last.check()
    expect_total(page, 6)
    expect(brands.get_by_role("button", name="收起")).to_have_attribute("aria-expanded", "true")


def test_traditional_characters_are_understood_and_the_page_says_so(page: Page):
    open_shop(page, {"q": "碎花連衣裙"})
    expect(page.locator("#notes > *").first).to_have_text("已将“碎花連衣裙”识别为“碎花连衣裙”")
    expect(page.locator(".card-title").first).to_have_text("蓝色碎花连衣裙长款")


def test_letter_case_and_segmentation_are_no_news(page: Page):
    open_shop(page, {"q": "PRO手机壳"})
    expect(page.locator(".card-title").first).to_contain_text("iPhone 15 Pro")
    expect(page.locator("#notes")).not_to_contain_text("识别为")


@pytest.mark.parametrize(("debug", "notes"), [({}, ""), ({"debug": "1"}, "同时搜索了“乙裙”“丙裙”")])
def test_other_words_that_were_searched_for_are_for_whoever_looks_into_the_search(
    page: Page, debug: dict[str, str], notes: str
):
    def add_synonyms(route: Route) -> None:
        answer = route.fetch().json()
        steps = [{"name": "synonyms", "before": "甲裙", "after": "乙裙 / 丙裙"}]
        answer["understood"]["steps"] = steps
        answer["hits"][0]["reached_by"] = "乙"
        route.fulfill(json=answer)

    let_the_script_search(page)
    page.route("**/v1/search", add_synonyms)
    open_shop(page, BAGS | debug)
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator("#notes")).to_have_text(notes)
    expect(page.get_by_text("同义词“乙”")).to_have_count(len(debug))
    expect(page.get_by_text("毫秒")).to_have_count(len(debug))


def test_a_query_that_is_too_long_is_cut_and_the_page_says_so(page: Page):
    open_shop(page, {"q": "连衣裙" * 300})
    expect(page.locator("#notes")).to_contain_text("搜索词太长，只搜索了前 256 个字。")


def test_an_empty_result_helps_out(page: Page):
    open_shop(page, [("q", "帆布包"), ("category", "箱包"), ("brand", "包铺3"), ("price_gte", "5000")])
    expect(page.get_by_role("heading", name="没有找到符合条件的“帆布包”")).to_be_visible()
    expect(page.get_by_text("没有同时符合这些条件的商品")).to_be_visible()
    # Only without the price is there anything: six bags of brand 3.
    way_out = page.locator("#results").get_by_role("link", name="去掉“价格：¥5000 以上”")
    expect(way_out).to_contain_text("6 件")
    expect(page.locator("#results").get_by_role("link", name="去掉“品牌：包铺3”")).to_have_count(0)
    expect(page.locator("#results").get_by_role("link", name="女装")).to_be_visible()
    way_out.click()
    expect_total(page, 6)


def test_a_query_without_text_finds_nothing_and_offers_categories(page: Page):
    open_shop(page, {"q": "！？。"})
    expect(page.get_by_text("搜索词里没有可以搜索的文字")).to_be_visible()
    page.locator("#results").get_by_role("link", name="箱包").click()
    expect_total(page, 60)


def test_a_likely_category_is_a_shortcut_until_one_is_chosen(page: Page):
    open_shop(page, [("q", "帆布包")])
    page.get_by_role("link", name="在 箱包 › 帆布包 中查看").click()
    expect(page.get_by_role("navigation", name="相关分类")).to_be_hidden()
    assert address(page) == [("q", "帆布包"), ("category", "箱包>帆布包")]


def test_a_likely_category_that_holds_none_of_the_results_is_no_shortcut(page: Page):
    # Bags 10, 20, … 60 are of this brand, and even ones are 托特包.
    open_shop(page, [("q", "帆布包"), ("brand", "包铺0")])
    expect_total(page, 6)
    expect(page.get_by_role("link", name="在 箱包 › 帆布包 中查看")).to_have_count(0)

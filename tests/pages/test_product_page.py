"""The page of one product."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.reading import BAGS, address, bag, expect_total, open_shop

pytestmark = pytest.mark.browser


def test_a_product_shows_all_that_the_catalog_says(page: Page):
    page.goto("/products/dress-red")
    expect(page.locator("h1")).to_have_text("法式复古红色连衣裙女夏季新款")
    expect(page.locator(".detail .price")).to_have_text("¥199")  # the shelves below have prices too
    expect(page.get_by_role("table", name="商品参数")).to_contain_text("材质")
    rows = [row.inner_text().split("\t") for row in page.locator(".attributes tr").all()]
    assert rows == [["品牌", "云上衣舍"], ["颜色", "红色"], ["材质", "棉"]]
    expect(page.locator(".description")).to_contain_text("收腰的法式连衣裙")
    expect(page.locator(".detail")).to_contain_text("有货")
    assert page.title() == "法式复古红色连衣裙女夏季新款 - 商搜"


def test_an_id_with_a_slash_has_a_page_and_a_struck_list_price(page: Page):
    open_shop(page, [*BAGS.items(), ("sort", "price_asc")])
    page.get_by_role("link", name=bag(1), exact=True).click()
    expect(page.locator("h1")).to_have_text(bag(1))
    expect(page.locator(".detail .price del")).to_have_text("¥1.50")
    expect(page.locator(".detail")).to_contain_text("仅剩 1 件")
    expect(page.locator(".detail")).to_contain_text("帆布工坊旗舰店")


def test_the_categories_above_a_product_lead_to_their_products(page: Page):
    page.goto("/products/bag%2F01")
    page.get_by_role("navigation", name="分类").get_by_role("link", name="箱包").click()
    expect_total(page, 60)
    page.go_back()
    page.get_by_role("navigation", name="分类").get_by_role("link", name="帆布包").click()
    expect_total(page, 30)
    assert address(page) == [("category", "箱包>帆布包")]


@pytest.mark.parametrize("way", ["link", "browser"])
def test_back_returns_to_the_results_as_they_were_left(page: Page, way: str):
    open_shop(page, [*BAGS.items(), ("sort", "price_asc"), ("page", "2")])
    page.get_by_role("checkbox", name="红色").check()
    expect_total(page, 30)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".card")).to_have_count(6)  # 30 red bags less the 24 of page 1
    before = page.url
    page.locator(".card-title a").last.scroll_into_view_if_needed()
    left_at = page.evaluate("scrollY")
    # The last of those that are sold out.
    page.get_by_role("link", name=bag(57), exact=True).click()
    expect(page.locator("h1")).to_have_text(bag(57))
    if way == "link":
        page.get_by_role("link", name="返回搜索结果").click()
    else:
        page.go_back()
    expect(page.locator(".card")).to_have_count(6)
    assert page.url == before
    expect(page.get_by_role("checkbox", name="红色")).to_be_checked()
    page.wait_for_function("place => Math.abs(scrollY - place) < 2", arg=left_at)


def test_a_product_opened_from_elsewhere_leads_to_the_shop(page: Page):
    page.goto("/products/mug")
    page.get_by_role("link", name="返回商品列表").click()
    expect(page.locator(".card").first).to_be_visible()
    assert address(page) == []


def test_the_search_box_of_a_product_searches_the_shop(page: Page):
    page.goto("/products/mug")
    page.keyboard.press("/")
    page.keyboard.type("折叠伞")
    page.keyboard.press("Enter")
    expect(page.locator(".card-title").first).to_have_text("晴雨两用折叠伞")
    assert address(page) == [("q", "折叠伞")]


def test_an_unknown_product_says_so(page: Page):
    page.goto("/products/none")
    expect(page.get_by_role("heading", name="没有这件商品")).to_be_visible()
    page.get_by_role("link", name="去逛逛").click()
    expect(page.locator(".card").first).to_be_visible()

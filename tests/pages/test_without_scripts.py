"""The pages as the server renders them: without scripts, for crawlers, and taken over by their scripts."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from searchapi.pages import static_files
from shangsou.errors import EngineUnavailable
from shangsou.product import Product
from tests.fixtures.browser import DESKTOP
from tests.pages.reading import BAGS, bag, give_shelves_time, let_the_script_search, open_shop
from tests.searchapi.stub_searcher import StubSearcher

ATTACK = "</script><script>alert(1)</script>\"'>"


@pytest.fixture
def plain(chromium: Browser, shop_url: str) -> Iterator[Page]:
    """Return a page of a browser without scripts."""
    context = chromium.new_context(base_url=shop_url, viewport=DESKTOP, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_without_scripts_results_are_there_and_links_narrow_sort_and_turn_the_page(plain: Page):
    plain.goto("/?category=箱包")
    assert plain.locator("#results .card").count() == 24
    expect(plain.locator("#summary")).to_have_text("共 60 件商品")
    expect(plain.locator(".open-drawer")).to_be_hidden()
    plain.get_by_role("group", name="品牌").get_by_role("link", name="包铺3").click()
    expect(plain.locator("#summary")).to_have_text("共 6 件商品")
    plain.get_by_role("link", name="去掉 品牌：包铺3").click()
    plain.get_by_role("navigation", name="排序").get_by_role("link", name="价格").click()
    expect(plain.locator(".card-title").first).to_have_text(bag(1))
    plain.get_by_role("link", name="下一页").click()
    expect(plain.locator("#paging [aria-current=page]")).to_have_text("2")
    plain.locator(".card-title a").first.click()
    expect(plain.locator(".detail h1")).to_contain_text("帆布包")


@pytest.mark.browser
def test_without_scripts_the_search_box_searches(plain: Page):
    plain.goto("/")
    plain.locator("#query").fill("半身裙")
    plain.locator("#query").press("Enter")
    expect(plain.locator("h1")).to_have_text("半身裙")
    expect(plain.locator(".card-title").first).to_have_text("高腰半身裙 A字裙")
    expect(plain.locator("#query")).to_have_value("半身裙")


@pytest.mark.browser
def test_without_scripts_nothing_found_says_so(plain: Page):
    plain.goto("/?q=！？。")
    expect(plain.get_by_role("heading", name="没有找到“！？。”")).to_be_visible()


PARTS = ["#results", "#chips", "#sorts", "#quick", "#paging", "#notes", "#shortcuts", "#related-cards"]
# Elements and text, without the white space between elements.
SNAPSHOT = """selectors => selectors.map(selector => {
    const copy = document.querySelector(selector).cloneNode(true);
    const walk = node => {
        for (const child of [...node.childNodes]) {
            if (child.nodeType === 3 && !child.data.trim()) child.remove();
            else walk(child);
        }
        if (node.attributes) {
            const sorted = [...node.attributes].map(({name, value}) => [name, value]).sort();
            for (const [name] of sorted) node.removeAttribute(name);
            for (const [name, value] of sorted) node.setAttribute(name, value);
        }
    };
    walk(copy);
    copy.normalize();
    return copy.outerHTML;
})"""


@pytest.mark.browser
@pytest.mark.parametrize(
    "address",
    [
        "/?category=箱包&brand=包铺3&sort=price_desc&attr.颜色=红色",
        "/?q=10元以下的帆布包&page=1",
        "/?q=怪味豆",
        "/?category=箱包&page=2&price_gte=5",
        "/?q=帆布鞋",
        "/?q=花盆&brand=花间",
    ],
)
def test_the_server_and_the_script_draw_the_same(page: Page, shop_url: str, chromium: Browser, address: str):
    plain = chromium.new_context(base_url=shop_url, viewport=DESKTOP, java_script_enabled=False).new_page()
    plain.route("**/*.png", lambda route: route.abort())
    plain.goto(address, wait_until="domcontentloaded")
    rendered = plain.evaluate(SNAPSHOT, PARTS)
    plain.context.close()
    # Pictures that fail are replaced by the script alone.
    page.route("**/missing.png", lambda _: None)
    let_the_script_search(page)
    page.goto(address, wait_until="domcontentloaded")
    expect(page.locator("#main:not([aria-busy])")).to_be_attached()
    for part, server, script in zip(PARTS, rendered, page.evaluate(SNAPSHOT, PARTS), strict=True):
        assert server == script, part


@pytest.mark.browser
def test_a_card_offers_the_variants_that_differ_in_their_pictures(plain: Page):
    plain.goto("/?q=釉面花盆")
    card = plain.locator(".card").first
    assert [swatch.get_attribute("aria-label") for swatch in card.locator(".swatch").all()] == [
        "红色 大号",
        "蓝色 大号",
    ]
    expect(card.locator(".choice-text")).to_have_text("共 4 款 · ¥200 起")
    expect(card.locator(".rating")).to_have_text("★评分 4.81.2万 条评价")


@pytest.mark.browser
def test_the_server_and_the_script_draw_the_same_shelves(page: Page, shop_url: str, chromium: Browser):
    # Each answer of a shelf has an id of its own; buttons and pictures are wired by the script.
    cards = """() => [...document.querySelectorAll(".shelf")].map(shelf => [
        shelf.querySelector("h2").textContent,
        shelf.querySelector("ul").outerHTML.replaceAll(/>\\s+</g, "><"),
    ])"""
    plain = chromium.new_context(base_url=shop_url, viewport=DESKTOP, java_script_enabled=False).new_page()
    plain.goto("/", wait_until="domcontentloaded")
    rendered = plain.evaluate(cards)
    plain.context.close()
    let_the_script_search(page)
    give_shelves_time(page)
    page.goto("/", wait_until="domcontentloaded")
    expect(page.locator("#shelves .shelf:not([aria-hidden])").first).to_be_attached()
    assert page.evaluate(cards) == rendered
    assert [title for title, _ in rendered] == ["限时优惠"]


@pytest.mark.browser
def test_the_script_takes_the_page_over_without_asking_again(page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script("window.marked = new WeakSet()")
    open_shop(page, BAGS)
    assert [url for url in asked if "/v1/search" in url] == []
    page.get_by_role("checkbox", name="包铺3").check()
    expect(page.locator(".card")).to_have_count(6)
    assert len([url for url in asked if "/v1/search" in url]) == 1


def answer_of(html: str) -> dict[str, Any]:
    """Return the answer that a page holds for its script."""
    (text,) = re.findall(r'<script type="application/json" id="answer">(.*?)</script>', html)
    found: dict[str, Any] = json.loads(text)
    return found


def test_markup_in_a_title_and_a_query_is_text_in_every_part_of_a_page(
    client: FlaskClient, stub_searcher: StubSearcher
):
    stub_searcher.products = [Product("x", ATTACK, brand=ATTACK, shop=ATTACK, image_url=f"/{ATTACK}.png")]
    html = client.get("/", query_string={"q": ATTACK, "brand": ATTACK, f"attr.{ATTACK}": ATTACK}).text
    assert "<script>alert" not in html
    assert "\"'>" not in html
    assert answer_of(html)["hits"][0]["product"]["title"] == ATTACK
    html = client.get("/products/x").text
    assert "<script>alert" not in html


def test_a_product_is_described_for_crawlers_and_share_previews(
    client: FlaskClient, stub_searcher: StubSearcher
):
    stub_searcher.products = [
        Product(
            "a/b",
            "红色连衣裙",
            brand="云上衣舍",
            price_fen=19900,
            stock=0,
            rating=4.8,
            reviews=31,
            image_url="/p.png",
        )
    ]
    html = client.get("/products/a%2Fb").text
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    url = "http://localhost/products/a%2Fb"
    assert json.loads(text) == {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "红色连衣裙",
        "sku": "a/b",
        "url": url,
        "description": "¥199 · 云上衣舍",
        "image": "http://localhost/p.png",
        "brand": {"@type": "Brand", "name": "云上衣舍"},
        "offers": {
            "@type": "Offer",
            "url": url,
            "price": "199.00",
            "priceCurrency": "CNY",
            "availability": "https://schema.org/OutOfStock",
        },
        "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4.8, "reviewCount": 31},
    }
    assert f'<link rel="canonical" href="{url}">' in html
    assert '<meta property="og:title" content="红色连衣裙">' in html
    assert '<meta property="og:image" content="http://localhost/p.png">' in html
    assert '<meta name="description" content="¥199 · 云上衣舍">' in html


def test_one_canonical_address_for_every_order_of_a_search(client: FlaskClient):
    html = client.get("/?sort=sales&debug=1&q=裙&brand=甲&correct=false").text
    assert '<link rel="canonical" href="http://localhost/?q=%E8%A3%99&amp;brand=%E7%94%B2">' in html


def test_an_unknown_product_is_not_found(client: FlaskClient):
    response = client.get("/products/none")
    assert response.status_code == 404
    assert "没有这件商品" in response.text


def test_a_page_without_an_engine_says_so_and_when_to_come_back(
    client: FlaskClient, stub_searcher: StubSearcher
):
    stub_searcher.error = EngineUnavailable("host 10.1.2.3 does not answer")
    response = client.get("/?q=裙")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "搜索服务暂时不可用" in response.text
    assert "10.1.2.3" not in response.text


def test_a_page_is_in_the_order_of_its_shopper_and_kept_by_no_shared_cache(
    client: FlaskClient, stub_searcher: StubSearcher
):
    session_id = "0123456789abcdef" * 2
    client.set_cookie("shangsou_session", session_id)
    response = client.get("/?q=裙")
    assert stub_searcher.search_requests[0].session_id == session_id
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response.headers["Vary"]
    assert session_id not in response.text


@pytest.mark.parametrize("cookie", ["", "short", "<script>"])
def test_a_cookie_that_is_no_session_is_ignored(
    client: FlaskClient, stub_searcher: StubSearcher, cookie: str
):
    client.set_cookie("shangsou_session", cookie)
    client.get("/?q=裙")
    assert stub_searcher.search_requests[0].session_id == ""


def test_who_wants_no_record_gets_the_same_order_as_everyone(
    client: FlaskClient, stub_searcher: StubSearcher
):
    client.set_cookie("shangsou_session", "0123456789abcdef" * 2)
    client.get("/?q=裙", headers={"Sec-GPC": "1"})
    request = stub_searcher.search_requests[0]
    assert (request.session_id, request.personalize) == ("", False)


def test_files_of_todays_version_are_kept_for_ever_and_others_are_asked_for_again(client: FlaskClient):
    def cache_control(version: str) -> str:
        with client.get(f"/assets/{version}/shop.js") as response:
            return response.headers["Cache-Control"]

    assert cache_control(static_files.version()) == "public, max-age=31536000, immutable"
    assert cache_control("0" * 12) == "no-cache"


def test_every_module_of_a_page_is_fetched_at_once(client: FlaskClient):
    html = client.get("/").text
    preloaded = re.findall(r'<link rel="modulepreload" href="/assets/\w+/(\w+\.js)">', html)
    assert len(preloaded) == len(set(preloaded))
    pending, reached = ["shop.js", "privacy.js"], set()
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending += re.findall(r'"\./(\w+\.js)"', (static_files.FOLDER / name).read_text())
    assert set(preloaded) == reached


@pytest.mark.parametrize("path", ["/", "/products/dress-red", "/v1/search", "/assets/0/shop.js"])
def test_answers_are_compressed_for_who_takes_it(client: FlaskClient, path: str):
    with client.get(path, headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("has", "sorts"),
    [
        ({}, "relevance"),
        ({"sales": 3}, "relevance sales"),
        ({"price_fen": 100, "rating": 4.5}, "relevance price_asc rating"),
    ],
)
def test_only_orders_with_data_are_offered(
    app: Flask, stub_searcher: StubSearcher, has: dict[str, Any], sorts: str
):
    stub_searcher.products = [Product("a", "甲", **has)]
    assert f'data-sorts="{sorts}"' in app.test_client().get("/").text

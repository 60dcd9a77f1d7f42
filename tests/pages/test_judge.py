"""The judging page as judges use it: by key, by thumb, from elsewhere, on a network that fails."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from relevance.judgements import Query
from relevance.judging.book import Book, create_book
from relevance.judging.pool import Pair
from shangsou.settings import Settings

pytestmark = pytest.mark.browser

QUERY = Query("q1", "all", "连衣裙 夏", note="约会穿")
SHOWN = ["dress-red", "dress-blue", "skirt", "mug"]


@pytest.fixture
def book(shop_settings: Settings) -> Iterator[Book]:
    book = create_book(shop_settings.home, "春季")
    book.add([Pair(QUERY, product_id) for product_id in SHOWN])
    yield book
    book.path.unlink()


def begin(page: Page, judge: str = "小王", button: str = "开始评测") -> None:
    page.goto("/judge")
    page.get_by_label("您的名字").fill(judge)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("连衣裙 夏")


def press(page: Page, key: str, left: int) -> None:
    """Press a key and wait until so many are left."""
    page.keyboard.press(key)
    expect(page.locator("#progress-left")).to_have_text(f"还剩 {left} 件")
    expect(page.locator("#main:not([aria-busy])")).to_be_attached()


def title(page: Page) -> str:
    return page.locator(".pair-head h2").inner_text()


def grades_of(book: Book, judge: str = "小王") -> dict[str, int | None]:
    return {pair.doc_id: pair.grade for pair in book.pairs_for_judge(judge) if pair.done}


def test_one_key_grades_and_shows_the_next_until_all_are_done(page: Page, book: Book):
    begin(page)
    expect(page.locator(".pair-note")).to_contain_text("约会穿")
    ids = [pair.doc_id for pair in book.pairs_for_judge("小王")]
    for key, left in (("3", 3), ("0", 2), ("1", 1), ("2", 0)):
        press(page, key, left)
    expect(page.get_by_role("heading", level=1)).to_have_text("全部评完了，谢谢！")
    assert grades_of(book) == dict(zip(ids, (3, 0, 1, 2), strict=True))
    # No key counts any more.
    page.keyboard.press("3")
    assert grades_of(book) == dict(zip(ids, (3, 0, 1, 2), strict=True))


def test_neither_rank_nor_score_is_on_the_page_or_comes_to_it(page: Page, book: Book):
    with page.expect_response(re.compile("/pairs")) as answer:
        begin(page)
    assert set(answer.value.json()["pairs"][0]) == {
        "position", "qid", "query", "note", "product_id", "product", "grade", "done",
    }  # fmt: skip


def test_a_skip_an_undo_and_the_arrows(page: Page, book: Book):
    begin(page)
    first = title(page)
    press(page, "s", 3)
    expect(page.locator(".pair-head h2")).not_to_have_text(first)
    second = title(page)
    press(page, "2", 2)
    expect(page.locator(".pair-head h2")).not_to_have_text(second)
    press(page, "u", 3)
    expect(page.locator(".pair-head h2")).to_have_text(second)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".pair-head h2")).to_have_text(first)
    press(page, "1", 3)  # it was skipped, so as many are left
    ids = [pair.doc_id for pair in book.pairs_for_judge("小王")]
    expect(page.locator(".pair-head h2")).to_have_text(second)
    assert grades_of(book) == {ids[0]: 1}
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="沾边")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pair-head h2")).to_have_text(second)


def test_skipped_ones_can_be_looked_at_again(page: Page, book: Book):
    begin(page)
    for key, left in (("s", 3), ("0", 2), ("s", 1), ("0", 0)):
        press(page, key, left)
    page.get_by_role("button", name="重看跳过的").click()
    expect(page.locator("#progress-who")).to_contain_text("跳过 2")
    expect(page.locator(".pair")).to_be_visible()
    press(page, "3", 0)
    expect(page.locator("#progress-who")).to_contain_text("已评 3，跳过 1")
    press(page, "2", 0)
    expect(page.get_by_role("heading", level=1)).to_have_text("跳过的也看完了")
    ids = [pair.doc_id for pair in book.pairs_for_judge("小王")]
    assert grades_of(book) == dict(zip(ids, (3, 0, 2, 0), strict=True))


def test_one_goes_on_where_one_left_and_the_name_is_remembered(page: Page, book: Book):
    begin(page)
    press(page, "3", 3)
    ids = [pair.doc_id for pair in book.pairs_for_judge("小王")]
    page.reload()
    expect(page.get_by_label("您的名字")).to_have_value("小王")
    expect(page.locator(".book-judges")).to_contain_text("1 / 4")
    page.get_by_role("button", name="开始评测").click()
    expect(page.locator(".pair")).to_be_visible()
    press(page, "0", 2)
    assert grades_of(book) == {ids[0]: 3, ids[1]: 0}


def test_each_judge_has_judgements_of_their_own(page: Page, book: Book):
    begin(page)
    press(page, "3", 3)
    begin(page, "小李")
    press(page, "0", 3)
    assert {judge: len(qrels["q1"]) for judge, qrels in book.qrels().items()} == {"小李": 1, "小王": 1}


def test_a_key_held_down_or_with_a_modifier_grades_nothing(page: Page, book: Book):
    begin(page)
    page.keyboard.down("Control")
    page.keyboard.press("2")
    page.keyboard.up("Control")
    page.keyboard.down("1")
    page.keyboard.down("1")  # repeats
    page.keyboard.up("1")
    expect(page.locator("#progress-left")).to_have_text("还剩 3 件")
    assert list(grades_of(book).values()) == [1]


def test_a_name_is_asked_for(page: Page, book: Book):
    page.goto("/judge")
    page.get_by_role("button", name="开始评测").click()
    expect(page.get_by_label("您的名字")).to_be_focused()
    expect(page.locator(".pair")).to_have_count(0)


def test_a_grade_that_was_not_saved_says_so_stays_and_is_tried_again(page: Page, book: Book):
    begin(page)
    first = title(page)
    page.route("**/grades", lambda route: route.abort())
    page.keyboard.press("3")
    expect(page.get_by_role("alert")).to_contain_text("没有保存：网络连接不上")
    assert title(page) == first
    expect(page.locator("#progress-left")).to_have_text("还剩 4 件")
    page.unroute("**/grades")
    page.get_by_role("button", name="重试").click()
    expect(page.locator("#progress-left")).to_have_text("还剩 3 件")
    assert list(grades_of(book).values()) == [3]


def test_a_product_that_is_gone_can_only_be_skipped(page: Page, book: Book):
    book.add([Pair(Query("q2", "all", "伞"), "gone")])
    begin(page)
    for key, left in (("0", 4), ("0", 3), ("0", 2), ("0", 1)):
        press(page, key, left)
    expect(page.locator(".pair-gone")).to_contain_text("商品 gone 已下架")
    expect(page.get_by_role("button", name="正是")).to_be_disabled()
    page.keyboard.press("3")
    assert "gone" not in grades_of(book)
    press(page, "s", 0)
    assert grades_of(book)["gone"] is None


def test_markup_in_queries_and_products_is_shown_as_it_is_written(page: Page, book: Book):
    create_book(book.path.parent.parent, "春季").add([Pair(Query("q0", "all", "<b>怪</b>"), "hostile")])
    begin(page)
    for left in (4, 3, 2, 1):
        press(page, "0", left)
    expect(page.get_by_role("heading", level=1)).to_have_text("<b>怪</b>")
    expect(page.locator(".pair-head h2")).to_contain_text("<script>")
    assert page.locator("main script, main b, main img, main u, main q").count() == 0


def test_from_elsewhere_the_key_is_asked_for_and_stays_in_the_tab(page: Page, book: Book):
    key = "a key of the server"

    def check(route: Route) -> None:
        if route.request.headers.get("authorization") == f"Bearer {key}":
            route.continue_()
        else:
            problem = {"title": "Forbidden", "status": 403, "detail": "only with the key"}
            route.fulfill(status=403, json=problem, content_type="application/problem+json")

    page.route("**/v1/judgements**", check)
    page.goto("/judge")
    page.get_by_label("管理密钥").fill("not it")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("alert")).to_have_text("密钥不对，请再试一次。")
    page.get_by_label("管理密钥").fill(key)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("button", name="开始评测")).to_be_visible()
    assert key not in page.url
    assert page.evaluate("Object.values(localStorage).join()") == ""
    page.reload()
    expect(page.get_by_role("button", name="开始评测")).to_be_visible()


def test_without_a_book_the_page_says_how_one_is_made(page: Page):
    page.goto("/judge")
    expect(page.locator(".judge-start")).to_contain_text("shangsou judgements open")


def test_the_page_speaks_of_no_shopper(page: Page):
    page.goto("/judge")
    expect(page.locator(".judge-start")).to_be_visible()
    expect(page.locator("footer")).to_have_count(0)


def test_on_a_phone_the_keys_are_under_the_thumb_and_nothing_scrolls_sideways(phone: Page, book: Book):
    begin(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    keys = phone.locator(".pair-keys button")
    for box in (keys.nth(number).bounding_box() for number in range(keys.count())):
        assert box is not None
        assert box["y"] + box["height"] <= 844
        assert min(box["width"], box["height"]) >= 44
    phone.get_by_role("button", name="正是").tap()
    expect(phone.locator("#progress-left")).to_have_text("还剩 3 件")
    assert list(grades_of(book).values()) == [3]


def test_a_key_that_only_judges_does_so_under_its_own_name(page: Page, book: Book):
    def listed(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "judge": "小赵"})

    page.route("**/v1/judgements", listed)
    page.goto("/judge")
    expect(page.get_by_label("您的名字")).to_have_value("小赵")
    expect(page.get_by_label("您的名字")).not_to_be_editable()
    expect(page.locator(".judge-start")).to_contain_text("评分记在密钥的名字下")
    expect(page.locator(".book")).to_contain_text("您还没有评过")
    page.get_by_role("button", name="开始评测").click()
    expect(page.locator(".pair")).to_be_visible()
    press(page, "2", 3)
    assert list(grades_of(book, "小赵").values()) == [2]
    assert page.evaluate("Object.values(localStorage).join()") == ""

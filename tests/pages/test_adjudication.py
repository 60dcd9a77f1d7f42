"""The judging page where judges differ, and the time of a grade."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from relevance.judging.adjudication import conflicts_for_adjudicator, decisions
from relevance.judging.book import Book, create_book
from relevance.judging.imported_grades import import_grades
from relevance.judging.pool import Pair
from shangsou.settings import Settings
from tests.pages.test_accessibility import violations
from tests.pages.test_judge import QUERY, SHOWN, begin

pytestmark = pytest.mark.browser


@pytest.fixture
def book(shop_settings: Settings) -> Iterator[Book]:
    """A book in which three of four products are conflicts."""
    book = create_book(shop_settings.home, "春季")
    book.add([Pair(QUERY, product_id) for product_id in SHOWN])
    for judge, grades in {"小张": (3, 0, 2, 0), "小李": (0, 2, 2, 2)}.items():
        for product_id, grade in zip(SHOWN, grades, strict=True):
            book.grade(judge, "q1", product_id, grade)
    yield book
    book.path.unlink()


def begin_decisions(page: Page) -> None:
    begin(page, "主管", "裁定分歧")


def press(page: Page, key: str, left: int) -> None:
    page.keyboard.press(key)
    expect(page.locator("#progress-left")).to_have_text(f"还剩 {left} 件")
    expect(page.locator("#main:not([aria-busy])")).to_be_attached()


def test_one_key_decides_and_shows_the_next_until_all_are_decided(page: Page, book: Book):
    page.goto("/judge")
    expect(page.locator(".book-conflicts")).to_contain_text("评分分歧 3 件，已裁定 0 件")
    begin_decisions(page)
    ids = [one.doc_id for one in conflicts_for_adjudicator(book, "主管")]
    assert ids[0] == "dress-red"
    expect(page.locator(".pair-grades li")).to_have_text(["0不相关", "3正是"])
    for key, left in (("3", 2), ("1", 1), ("0", 0)):
        press(page, key, left)
    expect(page.get_by_role("heading", level=1)).to_have_text("分歧都裁定完了")
    assert decisions(book) == {"q1": dict(zip(ids, (3, 1, 0), strict=True))}
    assert set(book.judges()) == {"小张", "小李"}
    page.get_by_role("link", name="返回评测首页").click()
    expect(page.locator(".book-conflicts")).to_contain_text("评分分歧 3 件，已裁定 3 件")


def test_a_decision_is_skipped_and_taken_back_by_key(page: Page, book: Book):
    begin_decisions(page)
    press(page, "s", 2)
    press(page, "2", 1)
    press(page, "u", 2)
    expect(page.locator("#progress-who")).to_contain_text("主管 · 春季 · 裁定分歧 · 已裁定 0，跳过 1")
    assert decisions(book) == {}


def test_no_judge_is_named_where_judges_differ(page: Page, book: Book):
    begin_decisions(page)
    text = page.locator("main").inner_text()
    assert "小张" not in text
    assert "小李" not in text


def test_without_a_conflict_there_is_nothing_to_decide(page: Page, book: Book):
    for _ in SHOWN:
        book.undo_last("小李")
    page.goto("/judge")
    expect(page.get_by_role("button", name="开始评测")).to_be_visible()
    expect(page.get_by_role("button", name="裁定分歧")).to_have_count(0)


def test_a_key_that_may_not_decide_leads_to_another_key_or_back(page: Page, book: Book):
    def refuse(route: Route) -> None:
        problem = {"title": "Forbidden", "status": 403, "detail": "the key lacks the role adjudicate"}
        route.fulfill(status=403, json=problem, content_type="application/problem+json")

    page.route("**/conflicts**", refuse)
    page.goto("/judge")
    page.get_by_label("您的名字").fill("主管")
    page.get_by_role("button", name="裁定分歧").click()
    expect(page.locator(".judge-start")).to_contain_text("adjudicate")
    page.get_by_role("link", name="返回评测首页").click()
    expect(page.get_by_role("button", name="开始评测")).to_be_visible()


def test_a_key_that_has_ended_is_asked_for_again(page: Page, book: Book):
    def check(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer good":
            route.continue_()
        else:
            problem = {"title": "Unauthorized", "status": 401, "detail": "this key is unknown"}
            route.fulfill(status=401, json=problem, content_type="application/problem+json")

    page.route("**/v1/judgements**", check)
    page.goto("/judge")
    page.get_by_label("管理密钥").fill("bad")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("alert")).to_have_text("密钥不对，请再试一次。")
    page.get_by_label("管理密钥").fill("good")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("button", name="开始评测")).to_be_visible()


def test_the_name_of_a_machine_is_refused_in_words(page: Page, book: Book):
    import_grades(book, "qwen", "machine", {"q1": {"dress-red": 3}})
    page.goto("/judge")
    expect(page.locator(".book-judges li").first).to_contain_text("qwen机器")
    page.get_by_label("您的名字").fill("qwen")
    page.get_by_role("button", name="开始评测").click()
    expect(page.get_by_role("alert")).to_have_text("这个名字已用于机器的评分，请换一个您自己的名字。")
    page.get_by_label("您的名字").fill("小王")
    page.get_by_role("button", name="开始评测").click()
    expect(page.locator(".pair")).to_be_visible()


def test_the_time_of_a_grade_is_sent_and_a_pause_is_not(page: Page, book: Book):
    page.clock.install()
    begin(page)
    page.clock.run_for(4_000)
    press(page, "3", 3)
    seconds = book.median_seconds()["小王"]
    assert 4 <= seconds < 60
    page.clock.run_for(301_000)
    press(page, "3", 2)
    page.clock.run_for(8_000)
    press(page, "s", 1)
    # Neither the pause nor the skip has a time, so that the median is that of the first alone.
    assert book.median_seconds()["小王"] == seconds


def test_on_a_phone_the_grades_and_the_keys_are_seen_at_once_and_accessible(phone: Page, book: Book):
    begin_decisions(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    expect(phone.locator(".pair-grades")).to_be_in_viewport()
    expect(phone.get_by_role("group", name="裁定为")).to_be_in_viewport()
    phone.emulate_media(reduced_motion="reduce")
    assert violations(phone) == []
    phone.get_by_role("button", name="正是").tap()
    expect(phone.locator("#progress-left")).to_have_text("还剩 2 件")
    assert decisions(book) == {"q1": {"dress-red": 3}}


def test_the_start_with_conflicts_and_machines_is_accessible(page: Page, book: Book):
    import_grades(book, "qwen", "machine", {"q1": {"dress-red": 3}})
    page.emulate_media(reduced_motion="reduce")
    page.goto("/judge")
    expect(page.locator(".book-conflicts")).to_be_visible()
    assert violations(page) == []


def test_a_decision_on_what_judges_agree_on_by_now_is_taken_back_in_words(page: Page, book: Book):
    begin_decisions(page)
    press(page, "3", 2)
    book.grade("小李", "q1", "dress-red", 3)
    press(page, "u", 2)
    expect(page.locator("#status")).to_have_text("已撤销上一次裁定")
    expect(page.locator(".pair-head h2")).to_be_visible()
    assert decisions(book) == {}

"""Words of products that are sensitive, those of the package and a shop's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.customers.sensitive import SENSITIVE_FILE, read_sensitive_words
from shangsou.errors import UnusableInput
from shangsou.product import Product


def words_of(home, text):
    (home / SENSITIVE_FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_sensitive_words(home)


@pytest.mark.parametrize(
    "title",
    [
        "孕妇装春秋连衣裙",
        "验孕棒早早孕",
        "中药足浴包",
        "减肥药胶囊",
        "痔疮膏",
        "情趣内衣套装",
        "天然乳胶安全套 12只",
        "成人 用品",
        "防脱生发液",
        "產后修复束腹带",
        "电子血压计家用",
    ],
)
def test_titles_of_medicine_pregnancy_and_sex_are_sensitive(tmp_path, title):
    assert read_sensitive_words(tmp_path).in_text(title)


@pytest.mark.parametrize(
    "title",
    [
        "铁棍山药 5斤",
        "芍药花束",
        "女生发夹一字夹",
        "花生发糕",
        "设计生活家居收纳盒",
        "国产后视镜通用",
        "个性爱心手链",
        "女性用品收纳包",
        "头盔护膝安全套装",
        "主流产品体验装",
        "纯棉内衣女",
    ],
)
def test_titles_that_only_hold_the_characters_are_not(tmp_path, title):
    assert not read_sensitive_words(tmp_path).in_text(title)


def test_a_category_makes_a_product_sensitive_whatever_its_title(tmp_path):
    words = read_sensitive_words(tmp_path)
    assert words.in_product(Product("a", "舒缓贴", category=("医药健康", "膏贴")))
    assert not words.in_product(Product("b", "连衣裙", category=("女装", "裙")))
    # Levels are read one by one: nothing is found across them.
    assert not words.in_product(Product("c", "盒", category=("设计情", "趣味")))


def test_a_shop_adds_words_and_says_which_are_harmless(tmp_path):
    words = words_of(tmp_path, "\ufeff# 本店\n内衣  # 不要\n- 孕\nHIV\n")
    assert words.in_text("纯棉内衣女")
    assert not words.in_text("孕妇装")
    assert words.in_text("HIV 自测")
    assert not words.in_text("archive box")


def test_a_word_taken_off_the_list_takes_no_longer_word_with_it(tmp_path):
    words = words_of(tmp_path, "- 孕\n孕妇装\n")
    assert words.in_text("孕妇装 夏季")
    assert not words.in_text("孕妇枕")
    # 情趣 is shipped: a part of it is no word of the list, and nothing is taken off.
    assert words_of(tmp_path, "- 情\n").in_text("情趣内衣")


def test_a_harmless_word_cancels_what_lies_inside_it_alone(tmp_path):
    words = words_of(tmp_path, "- 孕妇\n孕妇装\n妇装\n- 药店装修\n店装\n装修队\n")
    # 孕 lies inside 孕妇; 孕妇装 and 妇装 reach beyond it.
    assert not words.in_text("孕妇枕")
    assert words.in_text("孕妇装")
    # 药 and 店装 lie inside 药店装修, 装修队 does not.
    assert not words.in_text("药店装修")
    assert words.in_text("药店装修队")
    # Another place of the same word is another matter.
    assert words.in_text("药店装修 送药")


def test_a_shop_may_call_sensitive_what_the_list_calls_harmless(tmp_path):
    # "- 山药" is shipped.
    assert words_of(tmp_path, "山药\n").in_text("铁棍山药")
    assert not words_of(tmp_path, "芍药\n").in_text("铁棍山药")


def test_of_two_lines_on_a_word_the_later_one_counts(tmp_path):
    assert words_of(tmp_path, "- 孕\n孕\n").in_text("孕妇枕")
    assert not words_of(tmp_path, "内衣\n- 内衣\n").in_text("纯棉内衣女")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("内衣\n药, 孕\n", r'sensitive.txt:2: "药, 孕" is more than one word'),
        ("-\n", r'sensitive.txt:1: "-" holds no word'),
        ("\n" + "药" * 31, r"sensitive.txt:2: .* has more than 30 characters"),
        ("ok\n内衣".encode("gbk"), r"sensitive.txt:2: this is no text in UTF-8; save the file as UTF-8"),
        ("药\n" * 5001, "has 5,001 lines"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(tmp_path, text, problem):
    with pytest.raises(UnusableInput, match=problem):
        words_of(tmp_path, text)


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    (tmp_path / SENSITIVE_FILE).mkdir()
    with pytest.raises(UnusableInput, match=r"sensitive.txt cannot be read"):
        read_sensitive_words(tmp_path)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_word_makes_any_text_around_it_sensitive(shipped_words, before, after):
    # 痔 is part of no harmless word.
    assert shipped_words.in_text(f"{before}痔{after}")


@pytest.fixture(scope="module")
def shipped_words(tmp_path_factory):
    return read_sensitive_words(tmp_path_factory.mktemp("home"))

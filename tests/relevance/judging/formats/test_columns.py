"""Names of the columns of judgements."""

import pytest

from relevance.judging.formats.columns import find_columns, is_known, parse_columns
from shangsou.errors import UnusableInput


def fields(header, given=()):
    """The name of the column of each field."""
    found = find_columns(header, dict(given), "a.csv")
    return {field: header[position] for field, position in found.positions.items()}


@pytest.mark.parametrize(
    "header",
    [
        ["query", "docid", "rating"],
        ["query", "doc_id", "rating"],
        ["Query Text", "Doc ID", "Rating"],
        ["搜索词", "商品ID", "评分"],
        ["关键词", "货号", "打分"],
        ["查询词", "商品编号", "相关性（0-3分）"],
        ["用户查询", "宝贝ID", "标注结果 [0/1/2/3]"],
        ["查询：", "SKU编码", "等级*"],
        ["query", "product_id", "esci_label"],
    ],
    ids=" ".join,
)
def test_columns_are_known_by_the_names_that_shops_and_tools_write(header):
    assert fields(header) == dict(zip(("query", "doc_id", "grade"), header, strict=True))


def test_judges_ids_and_sets_are_known_too():
    header = ["query-id", "查询", "商品编码", "等级", "标注人", "product_locale", "标题"]
    assert fields(header) == {
        "qid": "query-id", "query": "查询", "doc_id": "商品编码", "grade": "等级", "judge": "标注人",
        "set": "product_locale",
    }  # fmt: skip


def test_of_several_columns_the_likelier_counts_and_the_others_are_named():
    found = find_columns(["查询", "货号", "商品ID", "打分"], {}, "a.csv")
    assert found.positions["doc_id"] == 2
    assert found.notes == ['"商品ID" is taken for doc_id, not "货号"; --columns can say otherwise']


def test_columns_that_are_named_count_before_known_ones():
    given = parse_columns("query=甲，doc_id=货号, rating = 乙")
    assert given == {"query": "甲", "doc_id": "货号", "grade": "乙"}
    header = ["甲", "商品ID", "货号", "乙", "打分"]
    assert fields(header, given) == {"query": "甲", "doc_id": "货号", "grade": "乙"}


@pytest.mark.parametrize("text", ["查询=query", "query", "query=", "=查询", "price=价格"])
def test_fields_that_are_none_are_refused_with_those_that_are(text):
    with pytest.raises(UnusableInput, match="the fields are qid, query, doc_id, grade, judge, set"):
        parse_columns(text)


def test_a_named_column_that_is_missing_is_reported_with_those_there_are():
    with pytest.raises(UnusableInput, match=r'a\.csv: has no column \'甲\', .* it has "查询", "打分"'):
        find_columns(["查询", "打分"], {"query": "甲"}, "a.csv")


def test_titles_and_row_numbers_are_no_columns_of_judgements():
    assert [name for name in ("商品标题", "序号", "价格", "title", "", "相关性") if is_known(name)] == [
        "相关性"
    ]

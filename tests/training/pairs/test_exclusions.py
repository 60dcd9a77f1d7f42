"""Queries and products of judgements that no pair may have."""

import pytest

from shangsou.errors import UnusableInput
from training.pairs.exclusions import read_excluded_products, read_query_texts


def write(folder, name, text):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_queries_are_those_of_judgements_and_of_plain_lists_normalized(tmp_path):
    judged = write(tmp_path, "queries.tsv", "qid\tset\tquery\n1\ta\t连衣裙 Ｌ\n2\ta\tIPHONE\n")
    listed = write(tmp_path, "log.txt", "運動鞋\n")
    assert read_query_texts([judged, listed]) == {"连衣裙 l", "iphone", "运动鞋"}


@pytest.mark.parametrize(
    "text",
    [
        "qid\tdoc_id\tgrade\n1\tp1\t3\n2\tp2\t0\n2\tp1\t1\n",
        "query\tProduct_ID\ngrün\tp1\nx\tp2\n",
        "p1\n\n p2\np1\n",
    ],
)
def test_products_are_a_column_or_a_list(tmp_path, text):
    assert read_excluded_products([write(tmp_path, "ids", text)]) == {"p1", "p2"}


def test_a_row_without_a_product_is_refused_with_its_place(tmp_path):
    with pytest.raises(UnusableInput, match="ids:2: no doc_id"):
        read_excluded_products([write(tmp_path, "ids", "qid\tdoc_id\n1\t\n")])


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UnusableInput, match="none: cannot be read"):
        read_excluded_products([tmp_path / "none"])

"""BM25 impacts, worked by hand."""

from math import log
from pathlib import Path

import numpy as np
import pytest

from shangsou.engines.embedded.postings import Postings, PostingsBuilder
from shangsou.engines.fields import COVERAGE_FIELD, document_terms
from shangsou.product import Product
from shangsou.text.segmenter import PACKAGED


@pytest.fixture
def postings(tmp_path: Path) -> Postings:
    builder = PostingsBuilder(PACKAGED)
    builder.add(0, "title", ["红", "裙", "裙"])
    builder.add(2, "title", ["红"])
    builder.add(1, "brand", ["红"])
    builder.write(tmp_path, rows=3, k1=0.6, b=0.5)
    return Postings(tmp_path)


def test_an_impact_is_bm25_over_the_documents_that_have_the_field(postings: Postings) -> None:
    # Two documents have a title, of 3 and 1 terms, 2 on average.
    # 裙: idf = ln(1 + (2 - 1 + .5)/(1 + .5)) = ln 2; tf 2, norm .6 x (.5 + .5 x 3/2) = .75
    [[(rows, impacts)]] = postings.find(["title"], ["裙"])
    assert rows.tolist() == [0]
    assert impacts.tolist() == pytest.approx([log(2) * 2 / (2 + 0.75)])


def test_a_shorter_field_scores_more_for_the_same_term(postings: Postings) -> None:
    # 红: idf = ln(1 + .5/2.5) = ln 1.2; norms .75 for 3 terms and .6 x (.5 + .5 x 1/2) = .45 for 1.
    [[(rows, impacts)]] = postings.find(["title"], ["红"])
    assert rows.tolist() == [0, 2]
    assert impacts.tolist() == pytest.approx([log(1.2) / 1.75, log(1.2) / 1.45])


def test_a_term_counts_in_its_own_field_only(postings: Postings) -> None:
    assert [[rows.tolist() for rows, _ in found] for found in postings.find(["brand", "title"], ["红"])] == [
        [[1]],
        [[0, 2]],
    ]


def test_an_unknown_term_or_field_has_no_postings(postings: Postings) -> None:
    found = postings.find(["title", "subtitle"], ["伞", "\U0010ffff"])
    assert [[rows.tolist() for rows, _ in of_field] for of_field in found] == [[[], []], [[], []]]


def test_a_catalog_without_any_term_can_be_searched(tmp_path: Path) -> None:
    PostingsBuilder(PACKAGED).write(tmp_path, rows=0, k1=0.6, b=0.5)
    [[(rows, impacts)]] = Postings(tmp_path).find(["title"], ["红"])
    assert (len(rows), len(impacts)) == (0, 0)


def test_lengths_are_kept_as_lucene_keeps_them(tmp_path: Path) -> None:
    # 59 terms: 59 - 24 = 35 is 100011 in bits, its four highest 1000(00) = 32, so 24 + 32 = 56.
    # The mean length is that of the terms themselves: 59. One document: idf = ln(1 + .5/1.5).
    builder = PostingsBuilder(PACKAGED)
    builder.add(0, "title", ["红", *["裙"] * 58])
    builder.write(tmp_path, rows=1, k1=0.6, b=0.5)
    [[(_, impacts)]] = Postings(tmp_path).find(["title"], ["红"])
    assert impacts.tolist() == pytest.approx([log(4 / 3) / (1 + 0.6 * (0.5 + 0.5 * 56 / 59))])


def test_coverage_counts_repetitions_alone_and_once_as_the_idf(tmp_path: Path) -> None:
    # 红 stands in both documents: idf = ln(1 + .5/2.5) = ln 1.2; once 1 x 2/(1 + 1) of it, four times
    # 4 x 2/(4 + 1). Neither the k1 and b of the other fields nor the lengths count.
    builder = PostingsBuilder(PACKAGED)
    builder.add(0, COVERAGE_FIELD, ["红", *"夏季新款"])
    builder.add(1, COVERAGE_FIELD, ["红"] * 4)
    builder.write(tmp_path, rows=2, k1=0.6, b=0.5)
    [[(rows, impacts)]] = Postings(tmp_path).find([COVERAGE_FIELD], ["红"])
    assert rows.tolist() == [0, 1]
    assert impacts.tolist() == pytest.approx([log(1.2), 1.6 * log(1.2)])


def test_the_terms_of_products_are_those_that_both_engines_share(tmp_path: Path) -> None:
    products = [
        Product("1", "红色 连衣裙，USB-C\U0001f457\U0001f457", subtitle="红 红", brand="云裳"),
        Product("2", "!!!", category=("女装", "连衣裙"), tags=("包邮", "a b")),
        Product("3", "裙红裙裙", attributes={"颜色": ("红", "蓝")}),
    ]
    builder = PostingsBuilder(PACKAGED)
    builder.add_products(0, products)
    builder.write(tmp_path, rows=3, k1=0.6, b=0.5)
    expected = PostingsBuilder(PACKAGED)
    for row, product in enumerate(products):
        for field, terms in document_terms(product, PACKAGED).items():
            expected.add(row, field, terms)
    (tmp_path / "expected").mkdir()
    expected.write(tmp_path / "expected", rows=3, k1=0.6, b=0.5)
    for product in products:
        for field, terms in document_terms(product, PACKAGED).items():
            [found] = Postings(tmp_path).find([field], terms)
            [wanted] = Postings(tmp_path / "expected").find([field], terms)
            for (rows, impacts), (wanted_rows, wanted_impacts) in zip(found, wanted, strict=True):
                assert rows.tolist() == wanted_rows.tolist()
                assert impacts.tolist() == wanted_impacts.tolist()
    assert len(np.load(tmp_path / "terms.npy")) == len(np.load(tmp_path / "expected" / "terms.npy"))

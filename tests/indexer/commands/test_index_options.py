"""Options of `shangsou index` for what a file cannot tell."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shangsou.product import Product
from tests.fixtures.indexer import IndexerHome

pytestmark = pytest.mark.usefixtures("offline")

Write = Callable[[str, str | bytes], Path]


def test_a_dry_run_reports_and_writes_nothing(home: IndexerHome, write: Write) -> None:
    finished = home.run("index", write("goods.csv", "编号,名称,价格\n1,杯,面议\n"), "--dry-run")
    assert finished.code == 0, finished.err
    assert "编号 is product_id, 名称 is title, 价格 is price" in finished.out
    assert "price: none of 1 products; the column 价格 gives none that can be read" in finished.out
    assert "1 products would be indexed; nothing was written" in finished.out
    assert home.served() == (None, [])


def test_a_mapping_can_be_kept_in_a_file(home: IndexerHome, write: Write, tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[map]\n"标题" = "甲"\n', "utf-8")
    finished = home.run("index", write("goods.csv", "id,甲\n1,杯\n"), "--map-file", mapping)
    assert finished.code == 0, finished.err
    assert home.served()[1] == [Product("1", "杯")]


def test_a_mapping_need_fit_only_one_of_several_files(home: IndexerHome, write: Write) -> None:
    files = [write("a.csv", "id,甲\n1,杯\n"), write("b.csv", "id,名称\n2,壶\n")]
    assert home.run("index", *files, "--map", "标题=甲").code == 0
    assert home.served()[1] == [Product("1", "杯"), Product("2", "壶")]
    refused = home.run("index", *files, "--map", "标题=乙")
    assert refused.code == 2
    assert "--map title=乙 names a column of none of the files" in refused.err


def test_the_shops_money_is_a_setting(home: IndexerHome, write: Write) -> None:
    path = write("goods.csv", "id,title,price\n1,杯,$9.90\n2,壶,19\n")
    home.run("index", path)
    assert [product.price_fen for product in home.served()[1]] == [None, 1_900]
    home.run("index", path, "--currency", "USD")
    assert [product.price_fen for product in home.served()[1]] == [990, 1_900]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--encoding", "klingon"), "--encoding klingon: is not known"),
        (("--delimiter", "ab"), "--delimiter ab: give one character"),
        (("--map-file", "/none.toml"), "--map-file /none.toml: cannot be read"),
        (("--map", "title=a", "--map", "title=b"), "title is already read from a; give each field once"),
    ],
)
def test_a_wrong_option_says_what_is_right(
    home: IndexerHome, write: Write, options: tuple[str, ...], words: str
) -> None:
    refused = home.run("index", write("goods.csv", "id,title\n1,杯\n"), *options)
    assert refused.code == 2
    assert words in refused.err

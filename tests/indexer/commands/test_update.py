"""`shangsou update` as a merchant runs it, on the embedded engine."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shangsou.product import Product
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.indexer import IndexerHome

pytestmark = pytest.mark.usefixtures("offline")

Write = Callable[[str, str | bytes], Path]
CATALOG = """商品编号,商品名称,价格,库存,品牌,颜色
1,红色马克杯,19.9,3,云上,红色
2,陶瓷汤碗,9.9,0,云上,白色
3,不粘平底锅,99,5,山下,黑色
"""


@pytest.fixture
def shop(home: IndexerHome, write: Write, monkeypatch: pytest.MonkeyPatch) -> IndexerHome:
    monkeypatch.setattr("shangsou.search.service.live_index.open_encoder", lambda *_, **__: HashEncoder())
    monkeypatch.setattr("indexer.merge.open_index_encoder", lambda *_: HashEncoder())
    assert home.run("index", write("catalog.csv", CATALOG)).code == 0
    return home


def stored(home: IndexerHome) -> dict[str, Product]:
    from shangsou.engines.embedded.store import EmbeddedStore
    from shangsou.search.service.live_index import LiveIndex
    from shangsou.settings import Settings
    from shangsou.updates.journals import open_journal

    settings = Settings(home=home.folder)
    journal = open_journal(settings)
    index = LiveIndex(settings, EmbeddedStore(home.folder / "index"), journal, for_searches=False)
    index.follow()
    journal.close()
    return index.require().engine.stored(["1", "2", "3", "4", "5"])


def test_a_file_changes_what_it_has_columns_for(shop: IndexerHome, write: Write) -> None:
    finished = shop.run("update", write("prices.csv", "商品编号,价格\n1,15.5\n2,8\n3,99\n9,1\n"), "--json")
    assert finished.code == 0
    counts = {
        name: finished.document[name] for name in ("read", "updated", "unchanged", "rejected", "sequence")
    }
    assert counts == {"read": 4, "updated": 2, "unchanged": 1, "rejected": 1, "sequence": 2}
    products = stored(shop)
    assert [products[key].price_fen for key in "123"] == [1550, 800, 9900]
    mug = products["1"]
    assert (mug.title, mug.stock, mug.brand, mug.attributes) == ("红色马克杯", 3, "云上", {"颜色": ("红色",)})


def test_a_blank_cell_stays_unless_it_is_to_clear(shop: IndexerHome, write: Write) -> None:
    path = write("stock.csv", "商品编号,库存,品牌\n1,,山下\n2,7,\n")
    kept = shop.run("update", path, "--json")
    assert (kept.document["blank"], kept.document["cleared"]) == (2, 0)
    products = stored(shop)
    assert [(products[key].stock, products[key].brand) for key in "12"] == [(3, "山下"), (7, "云上")]
    cleared = shop.run("update", path, "--clear-blank", "--json")
    assert (cleared.document["blank"], cleared.document["cleared"]) == (0, 2)
    products = stored(shop)
    assert [(products[key].stock, products[key].brand) for key in "12"] == [(None, "山下"), (7, "")]


def test_a_value_that_cannot_be_read_changes_nothing_and_is_reported(shop: IndexerHome, write: Write) -> None:
    finished = shop.run("update", write("prices.csv", "商品编号,价格\n1,面议\n2,abc\n"), "--clear-blank")
    assert "price is no price" in finished.out
    assert [stored(shop)[key].price_fen for key in "12"] == [1990, 990]


def test_a_row_with_a_title_makes_a_product_and_another_file_completes_it(
    shop: IndexerHome, write: Write
) -> None:
    prices = write("prices.csv", "商品编号,价格\n4,45\n1,15\n")
    products = write("products.csv", "商品编号,商品名称\n4,玻璃密封罐\n")
    finished = shop.run("update", prices, products, "--json")
    counts = {name: finished.document[name] for name in ("updated", "inserted", "rejected")}
    assert counts == {"updated": 2, "inserted": 1, "rejected": 0}
    assert stored(shop)["4"] == Product("4", "玻璃密封罐", price_fen=4500)


def test_a_row_without_a_number_is_of_no_product_least_of_all_the_one_before(
    shop: IndexerHome, write: Write
) -> None:
    finished = shop.run("update", write("prices.csv", "商品编号,价格\n1,15\n,1\n"), "--json")
    assert (finished.document["updated"], finished.document["rejected"]) == (1, 1)
    assert stored(shop)["1"].price_fen == 1500


def test_products_are_removed_by_their_numbers(shop: IndexerHome, write: Write) -> None:
    finished = shop.run("update", write("gone.csv", "商品编号\n2\n3\n9\n"), "--delete", "--json")
    assert (finished.document["deleted"], finished.document["rejected"]) == (2, 1)
    assert list(stored(shop)) == ["1"]


def test_columns_are_mapped_as_for_an_index(shop: IndexerHome, write: Write) -> None:
    path = write("erp.csv", "nr,betrag\n1,15\n")
    refused = shop.run("update", path)
    assert refused.code == 2
    finished = shop.run("update", path, "--map", "product_id=nr", "--map", "price=betrag")
    assert finished.code == 0
    assert stored(shop)["1"].price_fen == 1500


def test_without_an_index_it_says_what_to_do(home: IndexerHome, write: Write) -> None:
    finished = home.run("update", write("prices.csv", "商品编号,价格\n1,15\n"))
    assert finished.code == 2
    assert "shangsou index" in finished.err


def test_a_merge_does_not_give_up_a_damaged_generation(shop: IndexerHome, write: Write) -> None:
    assert shop.run("index", str(write("again.csv", "商品编号,商品名称\n1,杯\n2,壶\n3,碗\n"))).code == 0
    damaged = shop.folder / "index" / "gen-2" / "generation.json"
    damaged.write_bytes(damaged.read_bytes()[:-20])
    assert shop.run("update", str(write("price.csv", "商品编号,价格\n1,5\n"))).code == 0
    merged = shop.run("merge")
    assert merged.code == 1
    assert "gen-2" in merged.err
    assert (shop.folder / "index" / "CURRENT").read_text("utf-8") == "gen-2\n"


def test_a_merge_leaves_nothing_to_merge(shop: IndexerHome, write: Write) -> None:
    shop.run("update", write("titles.csv", "商品编号,商品名称\n1,蓝色保温壶\n"))
    merged = shop.run("merge", "--json")
    assert json.loads(merged.out) == {"generation": "gen-2"}
    assert json.loads(shop.run("merge", "--json").out) == {"generation": None}
    assert stored(shop)["1"].title == "蓝色保温壶"


def test_a_new_index_serves_only_if_its_suite_passes(
    home: IndexerHome, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The suite is checked by a process of its own, which would ask the hub for the encoder of these tests.
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    suite = write(
        "suite.yaml", "name: cups\ncases:\n- query: 马克杯\n  mode: lexical\n  first:\n    id: '1'\n"
    )
    passed = home.run("index", write("catalog.csv", CATALOG), "--suite", suite)
    assert passed.code == 0
    failed = home.run(
        "index", write("other.csv", CATALOG.replace("红色马克杯", "红色瓷碗")), "--suite", suite
    )
    assert failed.code == 1
    assert "fails on gen-2" in failed.err
    assert stored(home)["1"].title == "红色马克杯"


def money(product: Product) -> tuple[int | None, int | None]:
    """Return the price that holds now, and the list price beside it."""
    current = product.current(datetime.now(UTC))
    return current.price_fen, current.list_price_fen


def test_a_promotion_changes_the_price_for_its_time_alone(shop: IndexerHome, write: Write) -> None:
    header = "商品编号,促销价,促销开始时间,促销结束时间\n"
    shop.run("update", write("market.csv", "商品编号,市场价\n1,29.9\n3,129\n"))
    assert [money(stored(shop)[key]) for key in "13"] == [(1_990, 2_990), (9_900, 12_900)]
    rows = "1,15,2099-01-01,2099-01-05\n2,8,2020-01-01,2020-01-05\n3,89,2020-01-01,2099-01-05\n"
    shop.run("update", write("promotion.csv", header + rows))
    products = stored(shop)
    assert money(products["1"])[0] == 1_990
    assert money(products["2"])[0] == 990
    assert money(products["3"]) == (8_900, 9_900)
    shop.run("update", write("ended.csv", header + "1,,,\n2,,,\n3,,,\n"), "--clear-blank")
    assert [money(stored(shop)[key]) for key in "123"] == [(1_990, None), (990, None), (9_900, None)]


def test_a_promotion_without_a_time_lasts_until_it_is_cleared(shop: IndexerHome, write: Write) -> None:
    shop.run("update", write("promotion.csv", "商品编号,促销价\n1,15\n"))
    assert money(stored(shop)["1"]) == (1_500, 1_990)
    shop.run("update", write("ended.csv", "商品编号,促销价\n1,\n2,\n"), "--clear-blank")
    assert [money(stored(shop)[key]) for key in "12"] == [(1_990, None), (990, None)]


def test_a_status_that_nobody_knows_stays(shop: IndexerHome, write: Write) -> None:
    shop.run("update", write("off.csv", "商品编号,状态\n1,下架\n"))
    finished = shop.run("update", write("odd.csv", "商品编号,状态\n1,飞了\n"))
    assert stored(shop)["1"].status == "off"
    assert "left as it was" in finished.out


def test_where_every_row_is_rejected_it_fails(shop: IndexerHome, write: Write) -> None:
    finished = shop.run("update", write("wrong.csv", "商品编号,价格\nzz,1\nyy,2\n"))
    assert finished.code == 1
    assert "every row was rejected, and no product was changed" in finished.err

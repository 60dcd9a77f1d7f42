"""`shangsou attach --follow`: changes and deletions in a merchant's index come into the shop."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shangsou.product import Product
from tests.fixtures.attached import MAP, Merchant, counts, document, state, stored, stored_apart
from tests.fixtures.indexer import Finished, IndexerHome

pytestmark = [pytest.mark.elastic, pytest.mark.usefixtures("offline", "offline_changes")]

FOLLOW = ["--follow", "updated_at"]


def test_changes_new_products_and_marks_are_followed(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    options = [*FOLLOW, "--deleted", "is_deleted", "--json"]
    assert attach(*options).code == 0
    assert state(home)["last"] == 1_796_032_800_000 + 5 * 60_000
    merchant.write(
        {
            "d1": document(1, 20, name="青花瓷汤碗", brand=None, labels=[]),
            "d2": {**document(2, 20), "is_deleted": True},
            "d9": document(9, 21, name="不锈钢漏勺"),
        }
    )
    before = merchant.figures()
    # Of minute 5, the last seen, and of the minute before it: d4 and d5, which are as they were.
    assert counts(attach(*options)) == {
        "pass": "changes",
        "documents": 5,
        "updated": 1,
        "inserted": 1,
        "deleted": 1,
        "unchanged": 2,
    }
    assert merchant.figures() == before
    products = stored(home)
    assert sorted(products) == ["G0", "G1", "G3", "G4", "G5", "G9"]
    # What the document no longer states is cleared.
    assert (products["G1"].title, products["G1"].brand, products["G1"].tags) == ("青花瓷汤碗", "", ())
    assert products["G9"] == Product(
        "G9", "不锈钢漏勺", brand="云上", tags=("新品", "热卖"), price_fen=1900, stock=9
    )
    assert home.store.current() == "gen-1"
    # Nothing new: the last minute alone is read again.
    assert counts(attach(*options)) == {"pass": "changes", "documents": 3, "unchanged": 2}


def test_a_number_that_counts_up_is_followed_from_the_last(
    merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    options = ["--follow", "version", "--json"]
    assert attach(*options).code == 0
    merchant.write({"d0": document(0, 6, name="绿色马克杯")})
    assert counts(attach(*options)) == {"pass": "changes", "documents": 2, "updated": 1, "unchanged": 1}


def test_a_date_of_the_future_hides_no_change(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    merchant.write({"d5": {**document(5), "updated_at": "2099-01-01T00:00:00Z"}})
    assert attach(*FOLLOW).code == 0
    merchant.write({"d0": {**document(0, name="绿色马克杯"), "updated_at": datetime.now(UTC).isoformat()}})
    followed = attach(*FOLLOW, "--json")
    assert counts(followed) == {"pass": "changes", "documents": 2, "updated": 1, "unchanged": 1}
    assert stored(home)["G0"].title == "绿色马克杯"


def test_a_counter_that_begins_again_is_read_from_the_start(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach("--follow", "version").code == 0
    merchant.write({f"d{number}": document(number, 0, name=f"玻璃杯{number}") for number in range(6)})
    finished = attach("--follow", "version", "--json")
    assert counts(finished) == {"pass": "full", "documents": 6, "updated": 6}
    assert "version is lower than it was" in finished.err


def test_what_no_document_states_stays_as_the_shop_has_set_it(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], write: Callable[[str, str], Path]
) -> None:
    assert attach(*FOLLOW).code == 0
    assert home.run("update", write("sales.csv", "商品编号,销量\nG0,70\n")).code == 0
    merchant.write({"d0": document(0, 30, name="绿色马克杯")})
    assert attach(*FOLLOW).code == 0
    assert (stored(home)["G0"].title, stored(home)["G0"].sales) == ("绿色马克杯", 70)


def test_a_full_pass_removes_what_is_no_longer_there(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach(*FOLLOW).code == 0
    merchant.delete("d0", "d3")
    assert counts(attach(*FOLLOW, "--json")) == {"pass": "changes", "documents": 2, "unchanged": 2}
    full = attach(*FOLLOW, "--full", "--json")
    assert counts(full) == {"pass": "full", "documents": 4, "deleted": 2, "unchanged": 4}
    assert sorted(stored(home)) == ["G1", "G2", "G4", "G5"]


def test_a_full_pass_keeps_the_products_of_documents_that_cannot_be_read(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach(*FOLLOW).code == 0
    merchant.write({"d1": document(1, 20, name="")})
    merchant.delete("d3")
    full = attach(*FOLLOW, "--full", "--max-rejected", "20%", "--json")
    assert counts(full) == {"pass": "full", "documents": 5, "deleted": 1, "unchanged": 4, "rejected": 1}
    products = stored(home)
    assert (sorted(products), products["G1"].title) == (["G0", "G1", "G2", "G4", "G5"], "陶瓷汤碗")


def test_a_full_pass_comes_when_the_last_is_as_long_ago(
    merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach(*FOLLOW).code == 0
    assert attach(*FOLLOW, "--full-every", 24, "--json").document["pass"] == "changes"
    assert attach(*FOLLOW, "--full-every", 1e-6, "--json").document["pass"] == "full"


def test_documents_that_complete_one_another_are_read_together(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    # The price of G0 lies in a document of its own.
    merchant.write(
        {
            "d0": document(0, price=None),
            "d7": {"goods": {"id": "G0", "price": 15}, "updated_at": "2026-11-30T10:06:00Z"},
        }
    )
    assert attach(*FOLLOW).code == 0
    assert stored(home)["G0"].price_fen == 1500
    assert counts(attach(*FOLLOW, "--json")) == {"pass": "changes"}
    merchant.write({"d7": {"goods": {"id": "G0", "price": 16}, "updated_at": "2026-11-30T10:07:00Z"}})
    followed = attach(*FOLLOW, "--json")
    assert counts(followed) == {"pass": "full", "documents": 7, "updated": 1, "unchanged": 5}
    assert (stored(home)["G0"].title, stored(home)["G0"].price_fen) == ("红色马克杯", 1600)


def test_changes_belong_to_the_catalog_that_they_are_of(
    home: IndexerHome, attach: Callable[..., Finished], write: Callable[[str, str], Path]
) -> None:
    assert attach(*FOLLOW).code == 0
    assert home.run("index", write("catalog.csv", "商品编号,商品名称\n1,杯\n2,碗\n3,锅\n")).code == 0
    finished = attach(*FOLLOW)
    assert finished.code == 2
    assert "gen-2, which serves, is of catalog.csv, not of" in finished.err
    assert len(stored(home)) == 3


def test_one_that_keeps_running_follows_changes_and_ends_cleanly(
    home: IndexerHome, merchant: Merchant
) -> None:
    arguments = ["attach", "--index", merchant.index, "--url", merchant.url, *MAP, *FOLLOW, "--every", "0.2"]
    with home.start(*arguments) as process:
        assert process.stdout is not None
        assert any("products serve as gen-1" in line for line in process.stdout)
        merchant.write({"d1": document(1, 20, name="青花瓷汤碗")})
        assert any("1 products updated" in line for line in process.stdout)
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "stopped" in err
    assert stored_apart(home)["G1"].title == "青花瓷汤碗"

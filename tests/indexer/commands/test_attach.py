"""`shangsou attach` the first time, on a real Elasticsearch that it only reads."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from shangsou.product import Product
from shangsou.settings import read_settings
from tests.fixtures.attached import MAP, Merchant, counts, document, state, stored
from tests.fixtures.indexer import Finished, IndexerHome

pytestmark = [pytest.mark.elastic, pytest.mark.usefixtures("offline", "offline_changes")]

FOLLOW = ["--follow", "updated_at"]


def test_the_first_pass_makes_of_an_index_what_a_dump_of_it_would_and_only_reads_it(
    merchant: Merchant, attach: Callable[..., Finished], tmp_path: Path
) -> None:
    # A repaired price, a rejected document without a title, a number given twice.
    merchant.write(
        {
            "d6": document(6, price="¥1,299.00"),
            "d7": document(7, name=""),
            "d8": document(0, 8, name="红色马克杯"),
            **{f"e{number}": document(number) for number in range(10, 40)},
        }
    )
    before = merchant.figures()
    attached = attach("--json")
    assert merchant.figures() == before
    dump = tmp_path / "dump.jsonl"
    dump.write_text("".join(json.dumps(one) + "\n" for one in merchant.dump()), "utf-8")
    other = IndexerHome(tmp_path / "other")
    indexed = other.run("index", dump, *MAP, "--json")
    assert (attached.code, indexed.code) == (0, 0)
    home = IndexerHome(tmp_path / "home")
    assert home.served()[1] == other.served()[1]
    assert len(home.served()[1]) == 37
    mine, theirs = dict(attached.document), dict(indexed.document)
    for document_ in (mine, theirs):
        del document_["seconds"], document_["encoded"]
    assert without_places(mine) == without_places(theirs)
    assert f'{merchant.index}/_doc/d6: price "¥1,299.00" is not' in str(mine["report"])


def without_places(payload: object) -> object:
    """Return what a run says without the names of files and the places in them."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    text = re.sub(r"test-x\w+-goods/_doc/\w+|dump\.jsonl:\d+", "PLACE", text)
    return json.loads(re.sub(r"test-x\w+-goods|dump\.jsonl", "FILE", text))


def test_without_a_map_the_values_are_recognized_as_those_of_a_file(
    home: IndexerHome, attach: Callable[..., Finished]
) -> None:
    assert attach(mapped=False).code == 0
    # The only number that Elasticsearch itself knows comes first.
    assert stored(home)["d0"] == Product(
        "d0", "红色马克杯", brand="云上", price_fen=1000, stock=0, tags=("新品", "热卖")
    )


def test_several_indices_of_an_alias_are_read(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    second = merchant.index.replace("-goods", "-more")
    merchant.client.indices.create(index=second)
    merchant.client.index(index=second, id="d0", document=document(8), refresh=True)
    alias = merchant.index.replace("-goods", "-all")
    merchant.client.indices.put_alias(index=[merchant.index, second], name=alias)
    assert home.run("attach", "--index", alias, "--url", merchant.url, *MAP, *FOLLOW).code == 0
    # Documents of the same id in two indices are two.
    assert sorted(stored(home)) == ["G0", "G1", "G2", "G3", "G4", "G5", "G8"]
    merchant.client.indices.delete_alias(index=second, name=alias)
    finished = home.run("attach", "--index", alias, "--url", merchant.url, *MAP, *FOLLOW, "--json")
    assert counts(finished) == {"pass": "full", "documents": 6, "deleted": 1, "unchanged": 6}
    assert "is of other indices now" in finished.err


def test_documents_without_a_date_are_reported(merchant: Merchant, attach: Callable[..., Finished]) -> None:
    assert "have no updated_at" not in attach(*FOLLOW).err
    undated = document(7)
    del undated["updated_at"]
    merchant.write({"d7": undated})
    assert "1 documents have no updated_at" in attach(*FOLLOW).err
    assert "have no updated_at" not in attach(*FOLLOW).err


def test_an_unreadable_mark_is_reported_and_the_product_stays(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    merchant.write({"d1": {**document(1), "is_deleted": "perhaps"}, "d2": {**document(2), "is_deleted": "1"}})
    finished = attach("--deleted", "is_deleted")
    assert f"as of {merchant.index}/_doc/d1, says neither" in finished.err
    assert sorted(stored(home)) == ["G0", "G1", "G3", "G4", "G5"]


def test_a_dry_run_changes_nothing(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert "6 products would be indexed" in attach(*FOLLOW, "--dry-run").out
    assert home.store.current() is None
    assert attach(*FOLLOW).code == 0
    before = state(home)
    merchant.write({"d1": document(1, 20, name="青花瓷汤碗")})
    assert attach(*FOLLOW, "--dry-run").code == 0
    assert (stored(home)["G1"].title, state(home)) == ("陶瓷汤碗", before)


def test_the_shop_may_be_in_the_same_elasticsearch_and_its_own_index_is_refused(
    home: IndexerHome,
    merchant: Merchant,
    attach: Callable[..., Finished],
    elastic_name: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = elastic_name()
    monkeypatch.setenv("SHANGSOU_HOME", str(home.folder))
    monkeypatch.setenv("SHANGSOU_ENGINE", "elastic")
    monkeypatch.setenv("SHANGSOU_ELASTIC_URL", merchant.url)
    monkeypatch.setenv("SHANGSOU_ELASTIC_INDEX", name)
    monkeypatch.setenv("SHANGSOU_ELASTIC_TIMEOUT_S", "30")
    command = ["attach", "--index", merchant.index, *MAP, *FOLLOW]
    assert home.run(*command).code == 0
    merchant.write({"d1": document(1, 20, name="青花瓷汤碗")})
    merchant.delete("d0")
    finished = home.run(*command, "--full", "--json")
    assert counts(finished) == {"pass": "full", "documents": 5, "updated": 1, "deleted": 1, "unchanged": 4}
    products = stored(home, read_settings())
    assert (sorted(products), products["G1"].title) == (["G1", "G2", "G3", "G4", "G5"], "青花瓷汤碗")
    for own in (name, f"{name}-1", f"{name}-*"):
        refused = home.run("attach", "--index", own)
        assert refused.code == 2
        assert "is an index of shangsou itself" in refused.err

"""`shangsou attach` as a merchant runs it, on a real Elasticsearch that it only reads."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shangsou.engines.elastic import point_in_time
from shangsou.engines.elastic.point_in_time import PointInTime
from shangsou.engines.stores import open_store
from shangsou.product import Product
from shangsou.search.service.live_index import LiveIndex
from shangsou.settings import Settings, read_settings
from shangsou.updates.journals import open_journal
from tests.fixtures.attached import MAP, Merchant, document
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.indexer import Finished, IndexerHome
from tests.indexer.program import StrikingEncoder
from tests.servers.relay import Relay

pytestmark = [pytest.mark.elastic, pytest.mark.usefixtures("offline")]

FOLLOW = ["--follow", "updated_at"]


@pytest.fixture(autouse=True)
def offline_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shangsou.search.service.live_index.open_encoder", lambda *_, **__: HashEncoder())


@pytest.fixture
def attach(home: IndexerHome, merchant: Merchant) -> Callable[..., Finished]:
    """Run the command on the merchant's index, with the map unless there is another."""

    def run(*arguments: object, mapped: bool = True) -> Finished:
        options = MAP if mapped else []
        return home.run("attach", "--index", merchant.index, "--url", merchant.url, *options, *arguments)

    return run


def stored_apart(home: IndexerHome) -> dict[str, Product]:
    """The products of a home that only programs of their own have used, with their encoder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shangsou.search.service.live_index.open_encoder", lambda *_, **__: StrikingEncoder())
        return stored(home)


def stored(home: IndexerHome, settings: Settings | None = None) -> dict[str, Product]:
    """The products as they are with all changes."""
    settings = settings or Settings(home=home.folder)
    journal = open_journal(settings)
    index = LiveIndex(settings, open_store(settings), journal, for_searches=False)
    index.follow()
    journal.close()
    engine = index.require().engine
    return engine.stored(list(engine.product_ids()))


def state(home: IndexerHome) -> dict[str, Any]:
    (path,) = (home.folder / "attached").glob("*.json")
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def counts(finished: Finished) -> dict[str, object]:
    names = ("pass", "documents", "updated", "inserted", "deleted", "unchanged", "rejected")
    return {name: finished.document[name] for name in names if finished.document[name]}


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


def test_a_full_pass_comes_when_the_last_is_as_long_ago(
    merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach(*FOLLOW).code == 0
    assert attach(*FOLLOW, "--full-every", 24, "--json").document["pass"] == "changes"
    assert attach(*FOLLOW, "--full-every", 1e-6, "--json").document["pass"] == "full"


@pytest.mark.parametrize("by", ["absence", "mark"])
def test_more_than_half_of_the_products_go_only_where_that_is_accepted(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], by: str
) -> None:
    options = [*FOLLOW, "--deleted", "is_deleted", *(["--full"] if by == "absence" else [])]
    assert attach(*options).code == 0
    if by == "absence":
        merchant.delete("d0", "d1", "d2", "d3")
    else:
        merchant.write({f"d{number}": {**document(number, 20), "is_deleted": 1} for number in range(4)})
    before = state(home)
    refused = attach(*options)
    assert refused.code == 1
    assert "4 of 6 products are no longer in" in refused.err
    assert "--allow-fewer" in refused.err
    assert len(stored(home)) == 6
    assert state(home) == before
    assert attach(*options, "--allow-fewer").code == 0
    assert sorted(stored(home)) == ["G4", "G5"]


def test_an_index_that_is_emptied_empties_no_shop(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach(*FOLLOW).code == 0
    merchant.delete(*(f"d{number}" for number in range(6)))
    for arguments in ([], FOLLOW, [*FOLLOW, "--full"]):
        finished = attach(*arguments)
        assert len(stored(home)) == 6, finished.err
    assert finished.code == 1


@pytest.mark.parametrize("arguments", [[], ["--full"]])
def test_a_field_that_was_renamed_meanwhile_is_refused_and_no_title_is_lost(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], arguments: list[str]
) -> None:
    assert attach(*FOLLOW).code == 0
    before = state(home)
    for number in range(6):
        renamed = document(number, 30)
        renamed["goods"]["label"] = renamed["goods"].pop("name")
        merchant.write({f"d{number}": renamed})
    finished = attach(*FOLLOW, *arguments)
    assert finished.code in {1, 2}
    assert re.search("6 of 6 rows were rejected|--map title=goods.name names no column", finished.err)
    assert stored(home)["G0"].title == "红色马克杯"
    assert state(home) == before
    # The way out: another map, by which all is read again.
    corrected = [one.replace("goods.name", "goods.label") for one in MAP]
    corrected_run = attach(*corrected, *FOLLOW, "--json", mapped=False)
    assert counts(corrected_run) == {"pass": "full", "documents": 6, "unchanged": 6}


def test_a_draft_among_the_changes_keeps_nothing_else_from_the_shop(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished]
) -> None:
    assert attach(*FOLLOW).code == 0
    # No share of the two is small, and it is read first.
    merchant.write({"d1": document(1, 20, name=""), "d2": document(2, 20, name="不粘炒锅")})
    finished = attach(*FOLLOW, "--json")
    assert counts(finished) == {
        "pass": "changes",
        "documents": 4,
        "updated": 1,
        "unchanged": 2,
        "rejected": 1,
    }
    assert f'{merchant.index}/_doc/d1: product \\"G1\\" has no title' in finished.out
    products = stored(home)
    assert (products["G1"].title, products["G2"].title) == ("陶瓷汤碗", "不粘炒锅")


@pytest.mark.parametrize("stage", ["update", "state"])
def test_after_a_kill_between_reading_and_the_end_nothing_is_lost(
    home: IndexerHome, merchant: Merchant, stage: str
) -> None:
    arguments = ["attach", "--index", merchant.index, "--url", merchant.url, *MAP, *FOLLOW]
    assert home.run_apart(*arguments).code == 0
    before = state(home)
    merchant.write({"d1": document(1, 20, name="青花瓷汤碗")})
    assert home.run_apart(*arguments, fault=f"{stage}:kill").code == -9
    assert state(home) == before
    assert home.run_apart(*arguments).code == 0
    assert stored_apart(home)["G1"].title == "青花瓷汤碗"
    assert state(home)["last"] == before["last"] + 15 * 60_000


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


def test_a_moment_that_was_lost_is_read_again(
    merchant: Merchant, attach: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_moments(merchant, monkeypatch, times=1)
    finished = attach("--json")
    assert (finished.code, finished.document["indexed"]) == (0, 6)


def test_a_moment_that_is_lost_again_and_again_ends_in_words_and_changes_nothing(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attach(*FOLLOW).code == 0
    before = state(home)
    lose_moments(merchant, monkeypatch, times=3)
    finished = attach(*FOLLOW, "--full")
    assert finished.code == 1
    assert "no longer has" in finished.err
    assert "nothing was changed" in finished.err
    assert (len(stored(home)), state(home)) == (6, before)


def lose_moments(merchant: Merchant, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let Elasticsearch forget a moment behind its first page, as a node does that restarts."""
    monkeypatch.setattr(point_in_time, "_PAGE_SIZE", 2)
    search = PointInTime.search
    remaining = [times]

    def lost(moment: PointInTime, **body: Any) -> dict[str, Any]:
        if body.get("search_after") and remaining[0]:
            remaining[0] -= 1
            merchant.client.close_point_in_time(id=moment._id)
        return search(moment, **body)

    monkeypatch.setattr(PointInTime, "search", lost)


def test_a_server_that_goes_away_between_two_pages_ends_in_words_without_its_password(
    home: IndexerHome, merchant: Merchant, attach: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_in_time, "_PAGE_SIZE", 2)
    search = PointInTime.search
    with Relay(merchant.url) as relay:
        opened: list[str] = []

        def cut(moment: PointInTime, **body: Any) -> dict[str, Any]:
            if body.get("search_after"):
                opened.append(moment._id)
                relay.cut()
            return search(moment, **body)

        monkeypatch.setattr(PointInTime, "search", cut)
        url = relay.url.replace("://", "://shop:secret@")
        finished = home.run("attach", "--index", merchant.index, "--url", url, *MAP)
    assert finished.code == 1
    assert "does not answer" in finished.err
    assert "check --url" in finished.err
    assert "secret" not in finished.err + finished.out
    assert home.store.current() is None
    # The cut kept it from being closed, and it would expire.
    merchant.client.close_point_in_time(id=opened[0])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--follow", "note"], "it is of type text"),
        (["--follow", "goods.name"], "it is of type text"),
        (["--follow", "unsorted"], "without doc values"),
        (["--follow", "changed_at"], "has no such field"),
        (["--every", "5"], "--every needs --follow"),
        (["--full-every", "5"], "--full-every needs --follow"),
        (["--map", "price=goods.cost"], "--map price=goods.cost names no column"),
    ],
)
def test_a_wrong_choice_is_refused_in_words(
    home: IndexerHome, attach: Callable[..., Finished], options: list[str], words: str
) -> None:
    finished = attach(*options)
    assert finished.code == 2
    assert words in finished.err
    assert home.store.current() is None


def test_a_field_without_any_value_is_refused(merchant: Merchant, attach: Callable[..., Finished]) -> None:
    merchant.client.indices.put_mapping(index=merchant.index, properties={"empty_at": {"type": "date"}})
    finished = attach("--follow", "empty_at")
    assert finished.code == 2
    assert "no document of" in finished.err


@pytest.mark.parametrize("name", ["test-there-is-none", "test-there-is-none-*"])
def test_an_index_that_is_not_there_is_named(home: IndexerHome, merchant: Merchant, name: str) -> None:
    finished = home.run("attach", "--index", name, "--url", merchant.url)
    assert finished.code == 2
    assert f"--index {name}: there is no such index, alias or pattern at {merchant.url}" in finished.err


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


def test_changes_belong_to_the_catalog_that_they_are_of(
    home: IndexerHome, attach: Callable[..., Finished], write: Callable[[str, str], Path]
) -> None:
    assert attach(*FOLLOW).code == 0
    assert home.run("index", write("catalog.csv", "商品编号,商品名称\n1,杯\n2,碗\n3,锅\n")).code == 0
    finished = attach(*FOLLOW)
    assert finished.code == 2
    assert "gen-2, which serves, is of catalog.csv, not of" in finished.err
    assert len(stored(home)) == 3


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


def test_two_at_once_are_refused(home: IndexerHome, attach: Callable[..., Finished]) -> None:
    from indexer.attached.state import attaching

    with attaching(home.folder):
        finished = attach(*FOLLOW)
    assert finished.code == 1
    assert "another shangsou attach is at work" in finished.err


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

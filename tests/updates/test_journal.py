"""The journal of changes, of both engines: numbers count up, and no two writers use one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from elasticsearch import Elasticsearch

from shangsou.engines.elastic import lock
from shangsou.errors import UpdatesUnavailable
from shangsou.settings import Settings
from shangsou.updates import elastic_journal
from shangsou.updates.journal import ChangeJournal
from shangsou.updates.journals import open_journal
from shangsou.updates.operation import Operation
from tests.fixtures.elastic import TIMEOUT_S

IN_ELASTICSEARCH = pytest.mark.parametrize(
    "engine_settings", [pytest.param("elastic", marks=pytest.mark.elastic)], indirect=True
)
NewJournal = Callable[[], ChangeJournal]


def priced(product_id: str, fen: int) -> Operation:
    return Operation("patch", product_id, {"price_fen": fen})


def append(journal: ChangeJournal, *operations: Operation) -> int:
    with journal.writing() as writer:
        return writer.append(operations)


def numbers(journal: ChangeJournal, sequence: int = 0) -> list[int]:
    return [change.sequence for change in journal.after(sequence)]


def test_a_journal_that_nothing_was_written_to_is_empty(new_journal: NewJournal) -> None:
    journal = new_journal()
    assert (journal.last_sequence(), journal.after(0)) == (0, [])
    journal.prune(9)


def test_numbers_count_up_and_every_process_reads_what_came_since(new_journal: NewJournal) -> None:
    first, second = new_journal(), new_journal()
    put = Operation("put", "b/1", {"title": "礼\x00🎁\ud83d", "attributes": {"颜色": None}, "price_fen": 5})
    assert append(first, priced("a", 1), put) == 2
    assert second.last_sequence() == 2
    assert append(second, Operation("delete", "a", {})) == 3
    assert first.last_sequence() == 3
    assert numbers(first) == [1, 2, 3]
    # From the middle of what was appended at once, too.
    assert [change.operation for change in first.after(1)] == [put, Operation("delete", "a", {})]
    assert first.after(3) == []


def test_what_is_forgotten_is_gone_and_numbers_count_on(new_journal: NewJournal) -> None:
    journal = new_journal()
    append(journal, priced("a", 1))
    append(journal, priced("a", 2))
    journal.prune(1)
    assert numbers(journal) == [2]
    journal.prune(2)
    assert (numbers(journal), journal.last_sequence()) == ([], 2)
    assert append(new_journal(), priced("a", 3)) == 3


def test_a_writer_waits_until_the_other_has_written(new_journal: NewJournal) -> None:
    first, second = new_journal(), new_journal()
    waiting = Event()

    def append_behind() -> int:
        waiting.set()
        return append(second, priced("b", 1))

    with ThreadPoolExecutor(1) as pool:
        with first.writing() as writer:
            behind = pool.submit(append_behind)
            waiting.wait(TIMEOUT_S)
            assert writer.append([priced("a", 1)]) == 1
        assert behind.result() == 2


@IN_ELASTICSEARCH
def test_who_lost_the_journal_to_another_can_append_nothing(
    engine_settings: Settings, elastic_client: Elasticsearch
) -> None:
    stalled, successor = open_journal(engine_settings), open_journal(engine_settings)
    with stalled.writing() as writer:
        # As if its beats had stopped for long enough to be taken for dead.
        elastic_client.delete(index=f"{engine_settings.elastic_index}-lock", id="changes")
        assert append(successor, priced("b", 1)) == 1
        with pytest.raises(UpdatesUnavailable, match="another process took over"):
            writer.append([priced("a", 1), priced("a", 2)])
    assert [change.operation for change in successor.after(0)] == [priced("b", 1)]
    assert successor.last_sequence() == 1


@IN_ELASTICSEARCH
def test_who_was_killed_before_its_number_was_noted_is_counted_all_the_same(
    engine_settings: Settings, elastic_client: Elasticsearch
) -> None:
    append(open_journal(engine_settings), priced("a", 1), priced("a", 2))
    elastic_client.delete(index=f"{engine_settings.elastic_index}-changes", id="head")
    journal = open_journal(engine_settings)
    assert append(journal, priced("b", 1)) == 3
    assert numbers(journal) == [1, 2, 3]


@IN_ELASTICSEARCH
def test_a_journal_that_a_dead_process_held_is_taken_over_and_one_in_use_is_not(
    engine_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "STALE_AFTER_S", 0.2)
    monkeypatch.setattr(lock, "HEARTBEAT_S", 1_000.0)
    dead, journal = open_journal(engine_settings), open_journal(engine_settings)
    with dead.writing():
        with journal.applying() as is_held:
            assert not is_held
        assert append(journal, priced("a", 1)) == 1
    monkeypatch.setattr(lock, "STALE_AFTER_S", 1_000.0)
    monkeypatch.setattr(elastic_journal, "_LOCK_TIMEOUT_S", 0.2)
    with dead.writing(), pytest.raises(UpdatesUnavailable, match="locked for too long; try again"):
        append(journal, priced("a", 1))


@IN_ELASTICSEARCH
def test_an_index_of_others_is_neither_written_to_nor_read(
    engine_settings: Settings, elastic_client: Elasticsearch
) -> None:
    name = f"{engine_settings.elastic_index}-changes"
    elastic_client.indices.create(index=name, mappings={"properties": {"sku": {"type": "keyword"}}})
    journal = open_journal(engine_settings)
    for attempt in (journal.last_sequence, lambda: journal.after(0), lambda: append(journal, priced("a", 1))):
        with pytest.raises(UpdatesUnavailable, match=f"index {name} at http.* does not belong to shangsou"):
            attempt()
    assert elastic_client.count(index=name)["count"] == 0

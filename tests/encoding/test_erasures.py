"""Models that were trained on events of shoppers who have been erased since."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.model_listing import list_all
from indexer.model_switch import find_usable
from shangsou.encoding.model_card import NO_EVENTS, EventsBehind
from shangsou.encoding.registry import copy_model, events_behind, find_model, mark_erased
from shangsou.errors import UnusableInput
from shangsou.settings import DEFAULT_MODEL, Settings
from tests.fixtures.trained_models import CARD, LICENCES, install_toy

ON_EVENTS = replace(CARD, trained_on_events_until="2026-11-30T00:00:00+00:00")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_an_erasure_marks_what_was_trained_on_events_before_it(home: Path) -> None:
    on_events = install_toy(home, "on-events", card=ON_EVENTS)
    without = install_toy(home, "without")
    assert mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC)) == ["on-events"]
    assert mark_erased(home, datetime(2026, 12, 3, tzinfo=UTC)) == ["on-events"]
    assert on_events.erased_since == "2026-12-02T00:00:00+00:00"
    assert without.erased_since == ""


def test_an_erasure_leaves_a_model_alone_whose_events_came_after_it(home: Path) -> None:
    model = install_toy(home, "toy", card=ON_EVENTS)
    assert mark_erased(home, datetime(2026, 11, 29, tzinfo=UTC)) == []
    assert model.erased_since == ""


def test_a_model_that_is_trained_on_events_read_before_an_erasure_is_marked_when_it_is_installed(
    home: Path,
) -> None:
    mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC))
    assert install_toy(home, "early", card=ON_EVENTS).erased_since == "2026-12-02T00:00:00+00:00"
    later = replace(CARD, trained_on_events_until="2026-12-02T00:00:01+00:00")
    assert install_toy(home, "later", card=later).erased_since == ""


def test_a_model_of_old_events_is_marked_only_by_erasures_that_its_pairs_did_not_know(home: Path) -> None:
    again = replace(ON_EVENTS, erasures_known_until="2026-12-03T00:00:00+00:00")
    mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC))
    model = install_toy(home, "again", card=again)
    assert model.erased_since == ""
    mark_erased(home, datetime(2026, 12, 4, tzinfo=UTC))
    assert model.erased_since == "2026-12-04T00:00:00+00:00"


def test_a_card_that_cannot_be_read_counts_as_one_of_events(home: Path) -> None:
    model = install_toy(home, "toy")
    card = json.loads((model.folder / "card.json").read_bytes())
    # As long as before, so that the folder still counts as complete.
    text = json.dumps(card | {"licences": LICENCES}).encode()
    (model.folder / "card.json").write_bytes(text[:-1].ljust((model.folder / "card.json").stat().st_size))
    assert mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC)) == ["toy"]


def test_a_copy_in_another_home_is_the_same_model_with_its_mark(home: Path, tmp_path: Path) -> None:
    model = install_toy(home, "toy", card=ON_EVENTS)
    mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC))
    copy_model(model, tmp_path / "other")
    copied = find_model(tmp_path / "other", "toy")
    assert copied is not None
    assert (copied.model_hash, copied.config, copied.card) == (model.model_hash, model.config, model.card)
    assert copied.erased_since == "2026-12-02T00:00:00+00:00"


def test_the_mark_of_an_erasure_reaches_a_copy_that_was_there_before(home: Path, tmp_path: Path) -> None:
    model = install_toy(home, "toy", card=ON_EVENTS)
    copy_model(model, tmp_path / "other")
    mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC))
    copy_model(model, tmp_path / "other")
    copied = find_model(tmp_path / "other", "toy")
    assert copied is not None
    assert copied.erased_since == "2026-12-02T00:00:00+00:00"


def test_an_event_of_the_moment_of_an_erasure_counts(home: Path) -> None:
    model = install_toy(home, "toy", card=ON_EVENTS)
    assert mark_erased(home, datetime(2026, 11, 30, tzinfo=UTC)) == ["toy"]
    assert model.erased_since == "2026-11-30T00:00:00+00:00"


def test_an_event_in_the_second_of_an_erasure_counts_for_a_model_that_is_installed_later(home: Path) -> None:
    mark_erased(home, datetime(2026, 12, 2, 8, 0, 0, 900_000, tzinfo=UTC))
    card = replace(CARD, trained_on_events_until="2026-12-02T08:00:00.500000+00:00")
    assert install_toy(home, "toy", card=card).erased_since == "2026-12-02T08:00:00+00:00"


def test_of_two_erasures_the_later_one_is_kept_in_whichever_order_they_are_noted(home: Path) -> None:
    mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC))
    mark_erased(home, datetime(2026, 11, 1, tzinfo=UTC))
    assert install_toy(home, "toy", card=ON_EVENTS).erased_since == "2026-12-02T00:00:00+00:00"


@pytest.mark.parametrize("command", ["list", "use"])
def test_a_folder_that_is_copied_here_by_hand_is_marked_when_it_is_listed_or_used(
    home: Path, tmp_path: Path, command: str
) -> None:
    elsewhere = install_toy(tmp_path / "elsewhere", "toy", card=ON_EVENTS).folder
    mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC))
    (home / "models").mkdir()
    elsewhere.rename(home / "models" / "toy")
    if command == "list":
        [_, listed] = list_all(Settings(home=home))
        assert listed.erased_since == "2026-12-02T00:00:00+00:00"
    else:
        used = find_usable(Settings(home=home), "toy")
        assert used is not None
        assert used.erased_since == "2026-12-02T00:00:00+00:00"


def test_a_mark_that_cannot_be_written_is_logged(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = install_toy(home, "toy", card=ON_EVENTS).folder
    mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC))
    (folder / "erased.json").unlink()

    def refuse(*_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr("shangsou.encoding.erasures.atomic_write", refuse)
    assert find_usable(Settings(home=home), "toy") is not None
    assert "toy was trained on events before 2026-12-02T00:00:00+00:00" in caplog.text


@pytest.mark.parametrize(
    ("until", "behind"),
    [
        ("", "2026-11-30T00:00:00+00:00"),
        ("2026-11-29T00:00:00+00:00", "2026-11-30T00:00:00+00:00"),
        # In Beijing it was the next day already.
        ("2026-11-30T09:00:00+08:00", "2026-11-30T09:00:00+08:00"),
    ],
)
def test_events_behind_a_teacher_are_behind_what_is_distilled_from_it(
    home: Path, until: str, behind: str
) -> None:
    folder = install_toy(home, "teacher", card=ON_EVENTS).folder
    own = EventsBehind(until, until and "2026-12-03T00:00:00+00:00")
    for teacher in ("teacher", str(folder)):
        found = events_behind(home, teacher, own)
        assert found.until == behind
        # The card of the teacher does not say when it was looked up: not before its last event.
        assert found.erasures_known_until == "2026-11-30T00:00:00+00:00"


def test_a_base_that_was_trained_on_no_events_adds_none(home: Path) -> None:
    install_toy(home, "toy")
    for base in ("toy", DEFAULT_MODEL, "bert-base-chinese"):
        assert events_behind(home, base) == NO_EVENTS
        own = EventsBehind("2026-11-29T00:00:00+00:00", "2026-12-03T00:00:00+00:00")
        assert events_behind(home, base, own) == own


def test_events_behind_a_teacher_whose_card_cannot_be_read_are_not_taken_for_none(home: Path) -> None:
    card = install_toy(home, "toy").folder / "card.json"
    card.write_bytes(b" " * card.stat().st_size)
    with pytest.raises(UnusableInput, match="is no card of a model"):
        events_behind(home, "toy")

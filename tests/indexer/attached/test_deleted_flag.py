"""Marks by which shops say that a document is deleted."""

import pytest

from indexer.attached.deleted_flag import is_deleted


@pytest.mark.parametrize(
    "mark",
    [
        True,
        1,
        -1,
        20260101,
        "1",
        "true",
        "Deleted",
        "是",
        "已删除",
        "2026-11-30 10:00:00",
        "2026-11-30T10:00:00Z",
    ],
)
def test_what_says_that_it_is_deleted(mark: object) -> None:
    assert is_deleted({"flag": mark}, "flag") is True


@pytest.mark.parametrize(
    "mark", [None, False, 0, 0.0, "", "0", "false", "No", "否", "正常", "0000-00-00 00:00:00"]
)
def test_what_says_that_it_is_there(mark: object) -> None:
    assert is_deleted({"flag": mark}, "flag") is False


def test_a_document_without_a_mark_is_there() -> None:
    assert is_deleted({"title": "马克杯"}, "flag") is False


@pytest.mark.parametrize("mark", ["archived", ["x"], {"state": 1}])
def test_another_mark_cannot_be_read(mark: object) -> None:
    assert is_deleted({"flag": mark}, "flag") is None


def test_a_mark_lies_at_a_dotted_path_or_has_a_dotted_name() -> None:
    assert is_deleted({"meta": {"deleted": True}}, "meta.deleted") is True
    assert is_deleted({"meta.deleted": 1, "meta": {"deleted": False}}, "meta.deleted") is True

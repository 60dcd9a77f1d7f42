"""Tell by a field of a merchant's documents which of them are deleted."""

from collections.abc import Mapping

from indexer.nested_records import value_at
from shangsou.reading.times import read_time, states_no_time

_DELETED = frozenset(
    {"true", "yes", "y", "t", "deleted", "delete", "removed", "是", "已删除", "删除", "已刪除"}
)
_PRESENT = frozenset(
    {"", "false", "no", "n", "f", "null", "none", "否", "未删除", "正常", "active", "normal", "present"}
)


def is_deleted(document: Mapping[str, object], path: str) -> bool | None:
    """Return whether a document is marked as deleted; None where its mark cannot be read.

    True, a number other than 0, a word for it, or the time of the deletion. Without a mark it is there.

    Parameters
    ----------
    document
        The `_source`.
    path
        Of the mark, dotted.
    """
    value = document[path] if path in document else value_at(document, path)
    if value is None or isinstance(value, bool | int | float):
        return bool(value)
    if not isinstance(value, str):
        return None
    text = value.strip().lower()
    if text in _PRESENT or text in _DELETED:
        return text in _DELETED
    try:
        return float(text) != 0
    except ValueError:
        # Where nothing is deleted, databases write zeros for a date.
        return True if read_time(text) else False if states_no_time(text) else None

"""The record of exports: files outside of the home, of which an erasure can only say that they exist."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from shangsou.customer_lists.customer_list import Export
from shangsou.customer_lists.names import kind_of

# After their list is removed: for as long as somebody may claim what is theirs, three years by article 188 of
# the Civil Code of China.
_KEPT_BEHIND_THE_LIST = timedelta(days=3 * 366)


def exports_that_may_hold(
    exports: Iterable[Export],
    held: Collection[str],
    present: Collection[str],
    kinds: Collection[str] | None,
) -> tuple[Export, ...]:
    """Return the exports that may hold a customer, the oldest first.

    Parameters
    ----------
    exports
        All, the oldest first.
    held
        The lists of which it is known that they held the customer.
    present
        The lists that are still there: of an export of another nobody knows whom it holds.
    kinds
        The kinds of lists that it is about; None: all.

    Of exports to one path the newest of these: it was written over, unless the writing failed.
    """
    newest: dict[str, Export] = {}
    for export in exports:
        if (kinds is None or export.kind in kinds) and (
            export.list_name in held or export.list_name not in present
        ):
            newest.pop(export.path, None)
            newest[export.path] = export
    return tuple(newest.values())


def without_old(exports: Iterable[Export], present: Collection[str], now: datetime) -> tuple[Export, ...]:
    """Return the exports without those that are as old as nobody asks for any more."""
    return tuple(
        export
        for export in exports
        if export.list_name in present or export.written_at >= now - _KEPT_BEHIND_THE_LIST
    )


def export_to_json(export: Export) -> dict[str, object]:
    """Return an export as values of JSON."""
    return {
        "list": export.list_name,
        "path": export.path,
        "written_at": export.written_at.isoformat(),
        "with_ids": export.with_ids,
    }


def export_from_json(payload: Mapping[str, object]) -> Export:
    """Return the export in values of JSON; raises `KeyError`, `ValueError` or `UnusableInput` for others."""
    name = str(payload["list"])
    written_at = datetime.fromisoformat(str(payload["written_at"]))
    return Export(name, kind_of(name), str(payload["path"]), written_at, payload["with_ids"] is True)

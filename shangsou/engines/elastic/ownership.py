"""Ownership of indices: only those marked as ours in `_meta` are written to, moved or deleted."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shangsou.engines.elastic.access import ElasticAccess
from shangsou.engines.elastic.mapping import read_mapping
from shangsou.errors import UnusableInput

MARK = {"application": "shangsou"}
"""The mark in the `_meta` of each of our indices."""
EVENT_NAMES = r"-(events|shoppers)(-1)?"
"""A regular expression for the suffixes of the indices and aliases of events."""
CHANGE_NAMES = r"-changes(-1)?"
"""The same of the changes of products."""
FILE_NAMES = r"-files(-1)?"
"""The same of the files that servers share."""
# `-building` is what earlier versions called the alias that documents are written through.
ALL_NAMES = rf"(-write|-lock|-\d+(-building|-documents)?|{EVENT_NAMES}|{CHANGE_NAMES}|{FILE_NAMES})?"
# Indices from before the mark: generations are recognized by their `_meta`, others by their fields.
_UNMARKED_META = frozenset({"format", "created_at", "documents", "source", "recipe", "complete"})
_UNMARKED_MAPPINGS = ("lock.json", "events.json", "shoppers.json")


def is_ours(mappings: Mapping[str, Any]) -> bool:
    """Return whether an index is ours, by its mappings."""
    meta = mappings.get("_meta", {})
    if MARK.items() <= meta.items() or meta.keys() >= _UNMARKED_META:
        return True
    fields = mappings.get("properties", {}).keys()
    return any(fields == read_mapping(name)["mappings"]["properties"].keys() for name in _UNMARKED_MAPPINGS)


def refuse_foreign(access: ElasticAccess, endings: str = ALL_NAMES) -> None:
    """Raise `UnusableInput` if one of our names is taken by an index, alias or data stream of others.

    Parameters
    ----------
    access
        To the Elasticsearch of a shop.
    endings
        Which of our names to check: `ALL_NAMES`, `EVENT_NAMES` or `CHANGE_NAMES`.
    """
    name = access.name
    with access.translate_errors():
        indices = access.client.indices.get(
            index=[name, f"{name}-*"],
            expand_wildcards="all",
            allow_no_indices=True,
            ignore_unavailable=True,
            filter_path="*.aliases,*.data_stream,*.mappings._meta,*.mappings.properties",
        )
    ours = re.compile(re.escape(name) + endings)
    for index, description in indices.items():
        if is_ours(description.get("mappings", {})):
            continue
        for kind, used_name in _names(index, description):
            if ours.fullmatch(used_name):
                raise UnusableInput(
                    f"{kind} at {access.address} does not belong to shangsou, but has a name that "
                    f"SHANGSOU_ELASTIC_INDEX={name} takes; nothing was changed: set SHANGSOU_ELASTIC_INDEX "
                    f"to a name that is free, such as {name}-search"
                )


def _names(index: str, description: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"index {index}", index
    for alias in description.get("aliases", {}):
        yield f"alias {alias} of index {index}", alias
    if "data_stream" in description:
        yield f"data stream {description['data_stream']}", description["data_stream"]

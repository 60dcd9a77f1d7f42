"""Which indices are ours: nothing is written to, moved or deleted that does not say so in its `_meta`."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shangsou.engines.elastic.client import public_address, translate_errors
from shangsou.engines.elastic.mapping import read_mapping
from shangsou.errors import UnusableInput

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

MARK = {"application": "shangsou"}
"""What the `_meta` of each of our indices holds."""
EVENT_NAMES = r"-(events|shoppers)(-1)?"
"""What stands behind the name in the settings, of indices and aliases of events; a regular expression."""
ALL_NAMES = rf"(-write|-lock|-\d+(-building)?|{EVENT_NAMES})?"
# Indices made before there was a mark: generations by what their `_meta` holds, the others by their fields.
_UNMARKED_META = frozenset({"format", "created_at", "documents", "source", "recipe", "complete"})
_UNMARKED_MAPPINGS = ("lock.json", "events.json", "shoppers.json")


def is_ours(mappings: Mapping[str, Any]) -> bool:
    """Return whether the mappings of an index say that it is ours."""
    meta = mappings.get("_meta", {})
    if MARK.items() <= meta.items() or meta.keys() >= _UNMARKED_META:
        return True
    fields = mappings.get("properties", {}).keys()
    return any(fields == read_mapping(name)["mappings"]["properties"].keys() for name in _UNMARKED_MAPPINGS)


def refuse_foreign(client: "Elasticsearch", url: str, name: str, endings: str = ALL_NAMES) -> None:
    """Raise `UnusableInput` where a name of ours is taken by an index, alias or data stream of others.

    Parameters
    ----------
    client
        Of `connect`.
    url
        For words.
    name
        As SHANGSOU_ELASTIC_INDEX has it.
    endings
        Which of our names to look at: `ALL_NAMES` or `EVENT_NAMES`.
    """
    with translate_errors(url):
        indices = client.indices.get(
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
                    f"{kind} at {public_address(url)} is not of shangsou, but has a name that "
                    f"SHANGSOU_ELASTIC_INDEX={name} takes; nothing was changed: set SHANGSOU_ELASTIC_INDEX "
                    f"to a name that is free, such as {name}-search"
                )


def _names(index: str, description: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"index {index}", index
    for alias in description.get("aliases", {}):
        yield f"alias {alias} of index {index}", alias
    if "data_stream" in description:
        yield f"data stream {description['data_stream']}", description["data_stream"]

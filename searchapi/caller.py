"""The sender of a request: the holder of a key, this machine where there are no keys, or anybody."""

from dataclasses import dataclass

from searchapi.key_filters import OF_ATTRIBUTE, KeyFilters
from searchapi.keys import Role
from shangsou.engines.query import FactCondition, Filters
from shangsou.lexicon.fact_terms import term
from shangsou.search.filter_values import parse_category_path

THIS_MACHINE, ANYBODY = "this machine", "anybody"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request."""

    name: str
    """Of the key, `this machine` or `anybody`."""
    roles: frozenset[Role]
    address: str
    """Of the client, as far as proxies that are trusted name it."""
    within: Filters | None = None
    """What the caller sees of the catalog; None: everything."""

    def may(self, role: Role) -> bool:
        """Return whether the caller has a role; an admin has all."""
        return role in self.roles or "admin" in self.roles


def to_filters(filters: KeyFilters) -> Filters:
    """Return the conditions on products that filters of a key are."""
    shops = tuple(term("shop", "", shop) for shop in filters.get("shop", ()))
    return Filters(
        categories=tuple(parse_category_path(path) for path in filters.get("category", ())),
        brands=filters.get("brand", ()),
        attributes=tuple(
            (name.removeprefix(OF_ATTRIBUTE), values)
            for name, values in filters.items()
            if name.startswith(OF_ATTRIBUTE)
        ),
        facts=(FactCondition(shops, must_hold=True),) if shops else (),
    )

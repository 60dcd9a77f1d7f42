"""One hit for the variants of a product, and at most a few for listings of the same thing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from shangsou.engines.listing import Listing
from shangsou.search.ranking.fusion import Candidate

# Of the first ten places, those that listings of one title and picture by one shop may take.
_SPREAD_OVER, _MAX_DUPLICATES = 10, 2


class Collapsed(NamedTuple):
    """Candidates, one for each group."""

    ranked: list[Candidate]
    """Best first."""
    sold_out: list[Candidate]
    """Those that come behind everything else that matches."""


def collapse(
    candidates: Iterable[Candidate], listings: Mapping[str, Listing], *, by_group: bool
) -> list[Candidate]:
    """Return the first candidate of each group.

    Parameters
    ----------
    candidates
        Best first.
    listings
        Of all candidates, by product id.
    by_group
        Whether the variants of a product are one; else each stands for itself.
    """
    first: dict[str | int, Candidate] = {}
    for candidate in candidates:
        group = listings[candidate.product_id].group if by_group else candidate.product_id
        first.setdefault(group, candidate)
    return list(first.values())


def put_sold_out_last(
    candidates: Sequence[Candidate],
    listings: Mapping[str, Listing],
    contradicting: Collection[str],
    *,
    by_group: bool,
) -> Collapsed:
    """Return the candidates that stand for their groups, what is sold out behind its equals.

    A variant that can be bought stands for a group before a better one that is sold out. What is sold out
    comes last, or before what contradicts a soft fact of the query and stands at the end: who asks for a
    sleeveless shirt rather sees that it is sold out than one with sleeves.

    Parameters
    ----------
    candidates
        Best first.
    listings
        Of all candidates, by product id.
    contradicting
        Ids of those that contradict a soft fact.
    by_group
        Whether the variants of a product are one.
    """
    rank = {candidate.product_id: rank for rank, candidate in enumerate(candidates)}
    in_stock_first = sorted(candidates, key=lambda one: not listings[one.product_id].in_stock)
    of_groups = collapse(in_stock_first, listings, by_group=by_group)
    of_groups.sort(key=lambda one: rank[one.product_id])
    available = [one for one in of_groups if listings[one.product_id].in_stock]
    sold_out = [one for one in of_groups if not listings[one.product_id].in_stock]
    fitting = [position for position, one in enumerate(available) if one.product_id not in contradicting]
    end = fitting[-1] + 1 if fitting else 0
    if end == len(available):
        return Collapsed(available, sold_out)
    equal = [one for one in sold_out if one.product_id not in contradicting]
    return Collapsed(
        [*available[:end], *equal, *available[end:]],
        [one for one in sold_out if one.product_id in contradicting],
    )


def spread_duplicates(product_ids: Sequence[str], listings: Mapping[str, Listing]) -> list[str]:
    """Return products in their order, but of listings of the same thing two at most among the first ten.

    Those too many come directly behind. What has no listing is like nothing else.
    """
    counts: dict[int, int] = {}
    first: list[str] = []
    deferred: list[str] = []
    remaining = iter(product_ids)
    for product_id in remaining:
        listing = listings.get(product_id)
        if listing is not None:
            counts[listing.duplicate] = counts.get(listing.duplicate, 0) + 1
        is_too_many = listing is not None and counts[listing.duplicate] > _MAX_DUPLICATES
        (deferred if is_too_many else first).append(product_id)
        if len(first) == _SPREAD_OVER:
            break
    return [*first, *deferred, *remaining]

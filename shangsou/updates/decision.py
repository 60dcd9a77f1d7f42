"""Decide what operations do to the products that there are, before anything is written."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from shangsou.product import Product
from shangsou.updates.operation import Operation, apply_operation, product_version

OutcomeStatus = Literal["inserted", "updated", "deleted", "unchanged", "not_found", "conflict", "rejected"]


CHANGING: Collection[OutcomeStatus] = ("inserted", "updated", "deleted")


class Outcome(NamedTuple):
    """What came of an operation."""

    product_id: str
    status: OutcomeStatus
    product: Product | None = None
    """As it is behind the operation; of a conflict, as it is."""
    reason: str = ""
    """Why nothing was changed."""


class Decision(NamedTuple):
    """What comes of some operations."""

    outcomes: list[Outcome]
    """Of each operation."""
    accepted: list[Operation]
    """Those that change something."""
    before: Mapping[str, Product]
    """The products that there are, of those that the operations name."""
    after: Mapping[str, Product | None]
    """What becomes of the products that change; None: they are gone."""


def decide(operations: Sequence[Operation], stored: Mapping[str, Product]) -> Decision:
    """Return what comes of operations, one behind the other.

    Parameters
    ----------
    operations
        In the order in which they are to be done.
    stored
        The products that there are, of those that the operations name.
    """
    after: dict[str, Product | None] = {}
    outcomes = []
    accepted = []
    for operation in operations:
        product_id = operation.product_id
        before = after[product_id] if product_id in after else stored.get(product_id)
        outcome = _decide(operation, before)
        outcomes.append(outcome)
        if outcome.status in CHANGING:
            accepted.append(operation)
            after[product_id] = outcome.product
    return Decision(outcomes, accepted, stored, after)


def _decide(operation: Operation, before: Product | None) -> Outcome:
    product_id = operation.product_id
    if operation.if_match is not None and (before is None or product_version(before) != operation.if_match):
        return Outcome(product_id, "conflict", before, "the product has changed since it was read")
    if before is None and operation.kind in {"delete", "patch"}:
        return Outcome(product_id, "not_found", None, f'there is no product "{product_id}"')
    after = apply_operation(before, operation)
    if after is None and operation.kind != "delete":
        reason = f'there is no product "{product_id}", and without a title none can be made'
        return Outcome(product_id, "not_found", None, reason)
    if after is None:
        return Outcome(product_id, "deleted")
    if before is None:
        return Outcome(product_id, "inserted", after)
    return Outcome(product_id, "unchanged" if after == before else "updated", after)

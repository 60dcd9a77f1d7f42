"""The first of two readings of catalogs: which numbers repeat, which rows are parents of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.catalog import Catalog, Row
from indexer.continuation import Continuation
from indexer.identifiers import read_identifier
from indexer.identity import NUMBER_FIELDS, Hashes, Identity, IdentityColumns
from indexer.parents import listed_variants, parent_key
from indexer.price_unit import PriceUnits
from indexer.unnamed_values import UnnamedValues


@dataclass(slots=True)
class FileSurvey:
    """Facts about the rows of one file that can only be told from all of them."""

    identity: Identity = field(default_factory=Identity)
    has_untitled_rows: bool = False
    """Whether rows leave the title to another row of the same product."""
    rows: int = 0
    price_units: PriceUnits = field(default_factory=PriceUnits)
    unnamed_values: UnnamedValues = field(default_factory=UnnamedValues)


@dataclass(slots=True)
class Survey:
    """Facts about all rows of a run."""

    files: list[FileSurvey]
    repeated: dict[int, int]
    """By the hash of a number, how many rows have it, where there are several."""
    parents: frozenset[int]
    """Hashes of numbers of rows that others name as their parent."""
    parent_of: Mapping[str, str]
    """By the number of a product, that of the parent which lists it."""


def survey(catalogs: Sequence[Catalog]) -> Survey:
    """Read catalogs once, keeping some 50 bytes a row.

    Parameters
    ----------
    catalogs
        In the order in which they are read.
    """
    files: list[FileSurvey] = []
    keys: list[Hashes] = []
    numbers: list[Hashes] = []
    references: list[Hashes] = []
    parent_of: dict[str, str] = {}
    for catalog in catalogs:
        fields = frozenset(catalog.columns.names)
        found, columns, filling = FileSurvey(), IdentityColumns(fields), Continuation(fields)
        parents: dict[int, None] = {}
        for row in catalog.rows():
            if not isinstance(row, Row):
                continue
            values = filling.fill(row.values)
            columns.add(values)
            if "title" not in values:
                found.has_untitled_rows = True
            if "group_id" in values:
                parents[hash(parent_key(values["group_id"]))] = None
            if "variant_skus" in values:
                parent = read_identifier(values.get("product_id"))
                parent_of.update(dict.fromkeys(listed_variants(values["variant_skus"]), parent))
            found.price_units.add(values)
            if "sku_attributes" in values:
                found.unnamed_values.add(values)
        found.rows = columns.rows
        found.identity = columns.identity()
        files.append(found)
        keys.append(_keys(columns, found.identity))
        numbers.extend(columns.hashes(name) for name in ("product_id", "sku"))
        references.append(np.fromiter(parents, np.int64, len(parents)))
    # Zero is the hash of a number that is not there.
    every_key = np.concatenate(keys) if keys else np.zeros(0, np.int64)
    distinct, counts = np.unique(every_key[every_key != 0], return_counts=True)
    several = counts > 1
    listed = np.array([hash(parent) for parent in set(parent_of.values())], np.int64)
    named = (
        np.intersect1d(np.concatenate([*references, listed]), np.concatenate(numbers)) if numbers else listed
    )
    return Survey(
        files,
        dict(zip(distinct[several].tolist(), counts[several].tolist(), strict=True)),
        frozenset(named.tolist()) - {0},
        parent_of,
    )


def _keys(columns: IdentityColumns, identity: Identity) -> Hashes:
    """Return the hash of each row's number; that of its group or style where it has none of its own."""
    keys = columns.hashes(identity.product)
    for field_name in NUMBER_FIELDS:
        keys = np.where(keys == 0, group_hash(columns.hashes(field_name)), keys)
    return keys


def group_hash(
    hashes: Hashes,
) -> Hashes:
    """Return other hashes for numbers of groups, so that none is taken for that of a product."""
    return np.where(hashes == 0, hashes, ~hashes)

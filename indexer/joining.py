"""Join the rows of one product: what several rows state, within a file and between files."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from indexer.catalog import Catalog, OtherRow, Row
from indexer.continuation import Continuation, has_variant_values, only_adds
from indexer.families import Families
from indexer.fields import PAIR_VALUE
from indexer.identifiers import read_identifier
from indexer.joined_rows import HeldRow, Joined, JoinedRow
from indexer.numbering import ROLES, Numbering
from indexer.option_pairs import OptionPairs
from indexer.parents import is_sold_itself
from indexer.row_merging import RowMerger
from indexer.survey import FileSurvey, Survey


def join_rows(catalogs: Sequence[Catalog], survey: Survey, *, needs_titles: bool = True) -> Iterator[Joined]:
    """Yield the products of catalogs, each behind the last of its rows; the second reading.

    Where no titles are needed, a row of a file without any is of a product that is known already.
    """
    return _Joiner(catalogs, survey, needs_titles=needs_titles).rows()


class _Joiner:
    def __init__(self, catalogs: Sequence[Catalog], survey: Survey, *, needs_titles: bool) -> None:
        self._catalogs, self._survey, self._needs_titles = catalogs, survey, needs_titles
        self._families = Families()
        self._numbering = Numbering(survey)
        self._merger = RowMerger(catalogs, survey, self._numbering)
        self._held: defaultdict[int, list[HeldRow]] = defaultdict(list)
        self._remaining = dict(survey.repeated)
        self._orphans: defaultdict[str, list[tuple[int, Row]]] = defaultdict(list)

    def rows(self) -> Iterator[Joined]:
        for number, catalog in enumerate(self._catalogs):
            yield from self._rows_of_file(number, catalog, self._survey.files[number])
        for orphans in list(self._orphans.values()):
            for number, row in orphans:
                yield from self._place(number, row, is_complete=True)
        # Rows that ended elsewhere than the first reading saw them, as in a file that changed since.
        for held in list(self._held.values()):
            yield from self._merger.merge(held)

    def _rows_of_file(self, number: int, catalog: Catalog, facts: FileSurvey) -> Iterator[Joined]:
        fields = catalog.columns.names.keys()
        filling = Continuation(frozenset(fields))
        pairs = OptionPairs() if any(field.startswith(PAIR_VALUE) for field in fields) else None
        stands_alone = not self._needs_titles and "title" not in fields
        has_families = (facts.has_untitled_rows and not stands_alone) or bool(self._survey.parents)
        has_titles = "title" in fields or stands_alone
        is_simple = (
            not has_families and not self._remaining and not (ROLES | {"group_id"}) & fields and not pairs
        )
        for row in catalog.rows():
            if not isinstance(row, Row):
                yield row
                continue
            if is_simple and "product_id" in row.values:
                yield JoinedRow(row.file, row.line, row.values, row.issue, (), 1)
                continue
            if only_adds(row.values):
                yield OtherRow(row.file, row.line, "another category or picture of the row above")
                continue
            # A row of amounts without a number is of no product, least of all of the one before.
            filled = row.values if stands_alone else filling.fill(row.values)
            values = facts.unnamed_values.complete(filled)
            if pairs:
                values = pairs.resolve(values)
            if not has_titles and self._numbering.key_hash(values, facts) not in self._remaining:
                yield OtherRow(row.file, row.line, "a number that no product has")
                continue
            yield from self._place(number, row._replace(values=values), is_complete=not has_families)

    def _place(self, number: int, row: Row, *, is_complete: bool) -> Iterator[Joined]:
        """Yield a row, keep it for others of its number, or take it as what its variants share."""
        facts = self._survey.files[number]
        if self._survey.parents:
            parent = self._numbering.parent_numbers(row.values)
            if parent and not is_sold_itself(row.values):
                yield from self._take_parent(parent, row)
                return
            if parent:
                row = row._replace(values={"group_id": parent[0], **row.values})
        if not is_complete:
            group = self._numbering.group(row.values, facts)
            if group and hash(group) in self._survey.parents and not self._families.has(group):
                self._orphans[group].append((number, row))
                return
            if self._only_adds_a_picture(row, group):
                yield from self._count_down(self._numbering.key_hash(row.values, facts))
                yield OtherRow(row.file, row.line, "another picture or text of a product")
                return
            row = self._completed(number, row, group, facts)
        key_hash = self._numbering.key_hash(row.values, facts)
        if key_hash not in self._remaining:
            yield self._numbering.finished(row, facts)
            return
        self._held[key_hash].append(HeldRow.of(number, row.line, row.values, row.issue))
        yield from self._count_down(key_hash)

    def _take_parent(self, numbers: Sequence[str], row: Row) -> Iterator[Joined]:
        for name in numbers:
            self._families.add(name, row.values)
        self._numbering.name_parent(numbers)
        yield OtherRow(row.file, row.line, "a parent, whose values its variants have")
        for name in numbers:
            for number, waiting in self._orphans.pop(name, ()):
                yield from self._place(number, waiting, is_complete=False)

    def _only_adds_a_picture(self, row: Row, group: str) -> bool:
        values = row.values
        return (
            "title" not in values
            and not has_variant_values(values)
            and self._families.has(_family(values, group))
        )

    def _completed(self, number: int, row: Row, group: str, facts: FileSurvey) -> Row:
        """Return a row with what others of its product state, and remember what it states for them."""
        family = _family(row.values, group)
        if not family:
            return row
        if "title" in row.values and facts.has_untitled_rows:
            self._families.add(family, row.values)
        platform = self._catalogs[number].columns.platform
        lists_pictures = platform is not None and platform.lists_pictures
        values = self._families.complete(family, row.values, lists_pictures=lists_pictures)
        return row._replace(values=values)

    def _count_down(self, key_hash: int) -> Iterator[Joined]:
        """Count a row of a number; behind the last, yield what was held of it."""
        remaining = self._remaining.get(key_hash, 0) - 1
        if remaining >= 0:
            self._remaining[key_hash] = remaining
        if remaining == 0:
            yield from self._merger.merge(self._held.pop(key_hash, []))


def _family(values: Mapping[str, object], group: str) -> str:
    """Return the number under which rows of one product share values."""
    return group or read_identifier(values.get("product_id") or values.get("group_id"))

"""Join the rows of one product: what several rows state, within a file and between files."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from indexer.attributes import split_tags
from indexer.catalog_files import BadRow, Catalog, OtherRow, Row
from indexer.columns import MORE_SKUS, PAIR_VALUE
from indexer.continuation import Continuation, has_variant_values
from indexer.families import Families
from indexer.identifiers import is_spoilt, read_identifier
from indexer.identity import SKU_FIELDS
from indexer.option_pairs import OptionPairs
from indexer.parents import is_sold_itself, parent_key
from indexer.survey import FileSurvey, Survey
from indexer.variation import value_text, variant_suffix, varying_fields
from shangsou.reading.issue import Issue, excerpt

_ROLES = frozenset(("sku", *MORE_SKUS, "row_type", "variant_skus"))
# Of these, rows of one product may differ without a word.
_UNREPORTED = _ROLES | {"product_id", "group_id", "sku_attribute_names"}


class JoinedRow(NamedTuple):
    """The values of one product, from one row or several."""

    file: str
    line: int
    """The last row."""
    values: Mapping[str, object]
    issue: Issue | None
    notes: Sequence[Issue]
    """What was joined."""
    rows: int
    """How many rows it was joined from, besides identical ones."""


class DuplicateRow(NamedTuple):
    """A row that is the same as an earlier one in every column."""

    file: str
    line: int
    issue: Issue


Joined = JoinedRow | DuplicateRow | BadRow | OtherRow


class _HeldRow(NamedTuple):
    """A row that waits for the others of its number, packed: a dictionary takes four times as much."""

    file_number: int
    line: int
    packed: bytes
    issue: Issue | None

    def values(self) -> dict[str, object]:
        values: dict[str, object] = json.loads(self.packed)
        return values


def join_rows(catalogs: Sequence[Catalog], survey: Survey) -> Iterator[Joined]:
    """Yield the products of catalogs, each behind the last of its rows; the second reading."""
    return _Joiner(catalogs, survey).rows()


class _Joiner:
    def __init__(self, catalogs: Sequence[Catalog], survey: Survey) -> None:
        self._catalogs, self._survey = catalogs, survey
        self._families = Families()
        self._held: defaultdict[int, list[_HeldRow]] = defaultdict(list)
        self._remaining = dict(survey.repeated)
        # The one number by which the group of a parent with several is called.
        self._group_names: dict[str, str] = {}
        self._orphans: defaultdict[str, list[tuple[int, Row]]] = defaultdict(list)

    def rows(self) -> Iterator[Joined]:
        for number, catalog in enumerate(self._catalogs):
            yield from self._rows_of_file(number, catalog, self._survey.files[number])
        for orphans in list(self._orphans.values()):
            for number, row in orphans:
                yield from self._place(number, row, is_complete=True)
        # Rows that ended elsewhere than the first reading saw them, as in a file that changed since.
        for held in list(self._held.values()):
            yield from self._resolve(held)

    def _rows_of_file(self, number: int, catalog: Catalog, facts: FileSurvey) -> Iterator[Joined]:
        fields = catalog.columns.names.keys()
        filling = Continuation(frozenset(fields))
        pairs = OptionPairs() if any(field.startswith(PAIR_VALUE) for field in fields) else None
        has_families = facts.has_untitled_rows or bool(self._survey.parents)
        has_titles = "title" in fields
        is_simple = (
            not has_families and not self._remaining and not (_ROLES | {"group_id"}) & fields and not pairs
        )
        for row in catalog.rows():
            if not isinstance(row, Row):
                yield row
                continue
            if is_simple and "product_id" in row.values:
                yield JoinedRow(row.file, row.line, row.values, row.issue, (), 1)
                continue
            values = facts.unnamed_values.complete(filling.fill(row.values))
            if pairs:
                values = pairs.resolve(values)
            if not has_titles and self._key_hash(values, facts) not in self._remaining:
                yield OtherRow(row.file, row.line, "a number that no product has")
                continue
            yield from self._place(number, row._replace(values=values), is_complete=not has_families)

    def _place(self, number: int, row: Row, *, is_complete: bool) -> Iterator[Joined]:
        """Yield a row, keep it for others of its number, or take it as what its variants share."""
        facts = self._survey.files[number]
        if self._survey.parents:
            parent = self._parent_numbers(row.values)
            if parent and not is_sold_itself(row.values):
                yield from self._take_parent(parent, row)
                return
            if parent:
                row = row._replace(values={"group_id": parent[0], **row.values})
        if not is_complete:
            group = self._group(row.values, facts)
            if group and hash(group) in self._survey.parents and not self._families.has(group):
                self._orphans[group].append((number, row))
                return
            if self._only_adds_a_picture(row, group):
                yield from self._count_down(self._key_hash(row.values, facts))
                yield OtherRow(row.file, row.line, "another picture or text of a product")
                return
            row = self._completed(number, row, group, facts)
        key_hash = self._key_hash(row.values, facts)
        if key_hash not in self._remaining:
            yield self._finished(row, facts)
            return
        packed = json.dumps(row.values, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
        self._held[key_hash].append(_HeldRow(number, row.line, packed, row.issue))
        yield from self._count_down(key_hash)

    def _take_parent(self, numbers: Sequence[str], row: Row) -> Iterator[Joined]:
        for name in numbers:
            self._families.add(name, row.values)
            self._group_names[name] = numbers[-1]
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
            yield from self._resolve(self._held.pop(key_hash, []))

    def _parent_numbers(self, values: Mapping[str, object]) -> list[str]:
        own = [read_identifier(values.get(field)) for field in ("product_id", "sku")]
        group = parent_key(values["group_id"]) if "group_id" in values else ""
        if group and group not in own:
            return []
        return [number for number in own if number and hash(number) in self._survey.parents]

    def _key_hash(self, values: Mapping[str, object], facts: FileSurvey) -> int:
        key = hash(read_identifier(values.get(facts.identity.product)))
        for field in ("product_id", "group_id"):
            if key == 0 and field in values:
                key = ~hash(read_identifier(values[field]))
        return key

    def _group(self, values: Mapping[str, object], facts: FileSurvey) -> str:
        field = facts.identity.group
        if field and field in values:
            return parent_key(values[field])
        if self._survey.parent_of:
            return self._survey.parent_of.get(read_identifier(values.get("product_id")), "")
        return ""

    def _finished(
        self, row: Row, facts: FileSurvey, *, suffix: str = "", notes: Sequence[Issue] = (), rows: int = 1
    ) -> JoinedRow:
        """Return a row with the number of the product and of its group in their places."""
        values = dict(row.values)
        number = read_identifier(values.get(facts.identity.product))
        group = self._group(values, facts)
        group = self._group_names.get(group, group)
        if not number:
            number = read_identifier(values.get("product_id")) or read_identifier(values.get("group_id"))
            suffix = suffix or (
                variant_suffix(values) if group and facts.identity.product != "group_id" else ""
            )
        if suffix:
            group = group or number
            number = f"{number}{suffix}"
        roles = (facts.identity.product, facts.identity.group)
        further = [field for field in SKU_FIELDS if field in values and field not in roles]
        # What number the variant or the product has besides: shoppers and clerks search by it.
        codes = [code for field in further if (code := read_identifier(values[field])) not in (number, "")]
        if codes:
            values["codes"] = [*split_tags(values.get("codes", ())), *codes]
        for field in _ROLES & values.keys():
            del values[field]
        values.pop("group_id", None)
        if number:
            values["product_id"] = number
        else:
            values.pop("product_id", None)
        if group:
            values["group_id"] = group
        return JoinedRow(row.file, row.line, values, row.issue, notes, rows)

    def _resolve(self, held: Sequence[_HeldRow]) -> Iterator[Joined]:
        """Yield the products of the rows of one number."""
        rows: list[tuple[_HeldRow, dict[str, object]]] = []
        for row in held:
            values = row.values()
            first = next((earlier for earlier, known in rows if known == values), None)
            if first is None:
                rows.append((row, values))
                continue
            facts = self._survey.files[row.file_number]
            number = read_identifier(values.get(facts.identity.product)) or parent_key(values.get("group_id"))
            problem = (
                f"product id {excerpt(number)} is that of {self._location(first)}, the same in every column"
            )
            yield DuplicateRow(self._name(row), row.line, Issue("duplicate id", problem, "row skipped"))
        if not rows:
            return
        titles = dict.fromkeys(_title(values) for _, values in rows)
        titles.pop("", None)
        if len(titles) > 1 and is_spoilt(self._number(rows[0])):
            yield from self._separated(rows, titles)
            return
        varying = varying_fields((row.file_number, values) for row, values in rows)
        if not varying:
            yield self._merged(rows, "")
            return
        signatures: dict[tuple[str, ...], list[tuple[_HeldRow, dict[str, object]]]] = {}
        shared = []
        for row, values in rows:
            signature = tuple(value_text(field, values.get(field)) for field in varying)
            if any(signature):
                signatures.setdefault(signature, []).append((row, values))
            else:
                shared.append((row, values))
        for signature, variants in signatures.items():
            yield self._merged(
                [*shared, *variants], "-" + "-".join(filter(None, signature)), skipped=len(shared)
            )

    def _separated(
        self, rows: Sequence[tuple[_HeldRow, dict[str, object]]], titles: Iterable[str]
    ) -> Iterator[Joined]:
        """Yield the products that Excel has given one number, by their titles."""
        for position, title in enumerate(titles):
            same = [(row, values) for row, values in rows if _title(values) == title]
            number = self._number(same[0])
            problem = f"product id {excerpt(number)} is that of several titles, and was rounded by Excel"
            note = Issue("one rounded id of several products", problem, "separated by their titles")
            joined = self._merged(same, f"-{position + 1}" if position else "", is_grouped=False)
            yield joined._replace(notes=[*joined.notes, note], issue=joined.issue or note)

    def _number(self, row: tuple[_HeldRow, Mapping[str, object]]) -> str:
        held, values = row
        return read_identifier(values.get(self._survey.files[held.file_number].identity.product))

    def _merged(
        self,
        rows: Sequence[tuple[_HeldRow, dict[str, object]]],
        suffix: str,
        skipped: int = 0,
        *,
        is_grouped: bool = True,
    ) -> JoinedRow:
        values: dict[str, object] = {}
        last: dict[str, _HeldRow] = {}
        notes = []
        number = ""
        for row, more in rows:
            number = number or read_identifier(more.get(self._survey.files[row.file_number].identity.product))
            for field, value in more.items():
                before = values.get(field)
                if before is not None and before != value and field not in _UNREPORTED:
                    if field == "image_url" and "title" not in more:
                        continue
                    where = self._location(last[field])
                    notes.append(_difference(field, f"product {excerpt(number)}", before, where, value))
                values[field] = value
                last[field] = row
        row = rows[-1][0]
        issue = next((held.issue for held, _ in rows if held.issue), None)
        titled = [held for held, more in rows if "title" in more] or [row]
        facts = self._survey.files[titled[0].file_number]
        merged = Row(self._name(row), row.line, values, issue)
        finished = self._finished(merged, facts, suffix=suffix, notes=notes, rows=len(rows) - skipped)
        if not is_grouped and suffix and facts.identity.group not in values:
            ungrouped = {field: value for field, value in finished.values.items() if field != "group_id"}
            finished = finished._replace(values=ungrouped)
        return finished

    def _name(self, row: _HeldRow) -> str:
        return self._catalogs[row.file_number].name

    def _location(self, row: _HeldRow) -> str:
        return f"{self._name(row)}:{row.line}"


def _title(values: Mapping[str, object]) -> str:
    return value_text("title", values.get("title", ""))


def _family(values: Mapping[str, object], group: str) -> str:
    """Return the number under which rows of one product share values."""
    return group or read_identifier(values.get("product_id") or values.get("group_id"))


def _difference(field: str, product: str, before: object, where: str, value: object) -> Issue:
    name = field.replace("_", " ")
    problem = f"{product} has {name} {excerpt(before)} at {where}, {excerpt(value)} here"
    return Issue(f"{name} differs between rows of one product", problem, "the later one kept")

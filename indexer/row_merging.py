"""Merge the rows of one number into one product, or into one a variant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from indexer.catalog import Catalog, Row
from indexer.fields import SLOTS
from indexer.identifiers import is_spoilt, read_identifier
from indexer.joined_rows import DuplicateRow, HeldRow, Joined, JoinedRow
from indexer.numbering import ROLES, Numbering
from indexer.parents import parent_key
from indexer.price_levels import LEVEL, keep_one_level
from indexer.survey import Survey
from indexer.variation import value_text, varying_fields
from indexer.warehouses import sum_stocks
from shangsou.reading.issue import Issue, excerpt

# Of these, rows of one product may differ without a word.
_UNREPORTED = ROLES | {"product_id", "group_id", "sku_attribute_names", LEVEL, *SLOTS["warehouse"]}


class RowMerger:
    """Merges the rows that were held of one number."""

    def __init__(self, catalogs: Sequence[Catalog], survey: Survey, numbering: Numbering) -> None:
        self._catalogs, self._survey, self._numbering = catalogs, survey, numbering

    def merge(self, held: Sequence[HeldRow]) -> Iterator[Joined]:
        """Yield the products of the rows of one number."""
        rows: list[tuple[HeldRow, dict[str, object]]] = []
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
        signatures: dict[tuple[str, ...], list[tuple[HeldRow, dict[str, object]]]] = {}
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
        self, rows: Sequence[tuple[HeldRow, dict[str, object]]], titles: Iterable[str]
    ) -> Iterator[Joined]:
        """Yield the products that Excel has given one number, by their titles."""
        for position, title in enumerate(titles):
            same = [(row, values) for row, values in rows if _title(values) == title]
            number = self._number(same[0])
            problem = f"product id {excerpt(number)} is that of several titles, and was rounded by Excel"
            note = Issue("one rounded id of several products", problem, "separated by their titles")
            joined = self._merged(same, f"-{position + 1}" if position else "", is_grouped=False)
            yield joined._replace(notes=[*joined.notes, note], issue=joined.issue or note)

    def _number(self, row: tuple[HeldRow, Mapping[str, object]]) -> str:
        held, values = row
        return read_identifier(values.get(self._survey.files[held.file_number].identity.product))

    def _merged(
        self,
        rows: Sequence[tuple[HeldRow, dict[str, object]]],
        suffix: str,
        skipped: int = 0,
        *,
        is_grouped: bool = True,
    ) -> JoinedRow:
        values: dict[str, object] = {}
        last: dict[str, HeldRow] = {}
        notes: list[Issue] = []
        number = next(filter(None, map(self._number, rows)), "")
        product = f"product {excerpt(number)}"
        level = keep_one_level([more for _, more in rows], product)
        if level:
            rows = [(row, more) for (row, _), more in zip(rows, level[0], strict=True)]
            notes.append(level[1])
        stock = sum_stocks([more for _, more in rows], product)
        if stock:
            rows = [(row, _with_stock(more, stock[0])) for row, more in rows]
            notes.append(stock[1])
        for row, more in rows:
            for field, value in more.items():
                before = values.get(field)
                if before is not None and before != value and field not in _UNREPORTED:
                    if field == "image_url" and "title" not in more:
                        continue
                    where = self._location(last[field])
                    notes.append(_difference(field, product, before, where, value))
                values[field] = value
                last[field] = row
        row = rows[-1][0]
        issue = next((held.issue for held, _ in rows if held.issue), None)
        titled = [held for held, more in rows if "title" in more] or [row]
        facts = self._survey.files[titled[0].file_number]
        merged = Row(self._name(row), row.line, values, issue)
        finished = self._numbering.finished(
            merged, facts, suffix=suffix, notes=notes, rows=len(rows) - skipped
        )
        if not is_grouped and suffix and facts.identity.group not in values:
            ungrouped = {field: value for field, value in finished.values.items() if field != "group_id"}
            finished = finished._replace(values=ungrouped)
        return finished

    def _name(self, row: HeldRow) -> str:
        return self._catalogs[row.file_number].name

    def _location(self, row: HeldRow) -> str:
        return self._catalogs[row.file_number].place(row.line)


def _title(values: Mapping[str, object]) -> str:
    return value_text("title", values.get("title", ""))


def _with_stock(values: Mapping[str, object], stock: int) -> dict[str, object]:
    """Return a row with the stock of all warehouses; whether one of them has any says nothing."""
    return {field: value for field, value in values.items() if field != "availability"} | {"stock": stock}


def _difference(field: str, product: str, before: object, where: str, value: object) -> Issue:
    name = field.replace("_", " ")
    problem = f"{product} has {name} {excerpt(before)} at {where}, {excerpt(value)} here"
    return Issue(f"{name} differs between rows of one product", problem, "the later one kept")

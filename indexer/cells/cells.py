"""The cells of one raw row as texts, with the issues found in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.cell_objects import as_text, read_object
from indexer.cell_vocabulary import vocabulary
from indexer.cells.limits import MAX_CHARACTERS
from indexer.identifiers import is_spoilt, read_identifier, unwrap
from indexer.markup import clean_text, is_clean
from indexer.number_texts import Number
from shangsou.reading.issue import Issue, excerpt

# Raw characters read for each one kept, since the rest may be markup.
_RAW_CHARACTERS_PER_KEPT = 20
# The longest placeholder for a missing value.
_MAX_EMPTY_WORD_LENGTH = 9
# Excel rounds numbers of twelve digits and more, to seven characters at least: `1.2E+11`.
_MIN_SPOILT = 4
# Columns that say whether a product is on sale; one that says off is enough.
STATUS_FIELDS = (
    *("status", "status.2", "status.3", "sku_status", "audit_status", "numbered_status"),
    *("is_off", "is_off.2", "visibility"),
)
# Kinds of values that fields want of an object (`indexer.cell_objects.VALUE_KEYS`).
_KINDS = {
    "stock": "stock",
    "availability": "status",
    "rating": "rating",
    "rating_percent": "rating",
    "reviews": "reviews",
} | (dict.fromkeys(STATUS_FIELDS, "status") | {"sales": "reviews", "product_id": "id", "group_id": "id"})


@dataclass(frozen=True, slots=True)
class Habits:
    """How the cells of a file are to be read, beyond what they say."""

    currency: str = "CNY"
    """The shop's money; a price in another is none."""
    category_separator: str = ""
    """What the platform puts between the levels of a category."""
    category_roots: frozenset[str] = frozenset()
    """First levels that every category of the platform has."""
    has_decimal_commas: bool = False
    """Whether `399,00` is a price: where semicolons separate the cells."""
    has_sections: bool = False
    """Whether attributes are written as `section:name:value`."""


class Cells:
    """The cells of a row by field; `issues` holds the issues found so far."""

    def __init__(self, values: Mapping[str, object], habits: Habits | None = None) -> None:
        self.values = values
        self.issues: list[Issue] = []
        self.habits = habits or Habits()

    def text(self, field: str) -> str:
        """Return the text of a cell on one line, truncated if too long."""
        value = self.values.get(field)
        if isinstance(value, str):
            # WooCommerce writes line ends as a backslash and a letter.
            return self.clean_text(field, value.replace("\\n", "\n") if field == "description" else value)
        if value is None:
            return ""
        if isinstance(value, Mapping | list | tuple):
            return self.clean_text(field, self.text_of_object(field, value))
        return self.clean_text(field, as_text(value))

    def identifier(self, field: str) -> str:
        """Return a number of a product, without what Excel and pandas make of it."""
        value = self.values.get(field)
        if value is None:
            return ""
        if not isinstance(value, str) and isinstance(value, Mapping | list | tuple):
            value = self.text_of_object(field, value)
        text = self.clean_text(field, read_identifier(value))
        if len(text) > _MIN_SPOILT and text[0] in "123456789" and is_spoilt(text):
            problem = f"{field_words(field)} {excerpt(text)} was rounded by Excel"
            self.add_issue(
                f"{field_words(field)} rounded by Excel",
                problem,
                "kept so; export it again as text, or as CSV",
            )
        return text

    def text_of_object(self, field: str, value: object) -> str:
        """Return the text in an object or list; what holds none is reported."""
        text = as_text(read_object(value, _KINDS.get(field, "")))
        if not text:
            self.leave_empty(field, str(value), "is an object without a text")
        return text

    def cell_text(self, field: str) -> str:
        """Return a number, date or word as text, empty for a cell without a value."""
        value = self.values.get(field)
        if value is None:
            return ""
        if isinstance(value, str):
            text = value.strip()
        else:
            if isinstance(value, Mapping | list | tuple):
                value = self.text_of_object(field, value)
            text = as_text(value).strip()
        if text[:1] in ("=", "'"):
            text = unwrap(text)
        return "" if text.lower() in vocabulary("nothing") else text

    def number(self, field: str, text: str, number: Number) -> int | None:
        """Return a number that was read, with its issue kept."""
        if number.value is None and number.oddity:
            self.leave_empty(field, text, number.oddity)
        elif number.oddity:
            self.add_issue(
                f"{field} {number.oddity}",
                f"{field} {excerpt(text)} {number.oddity}",
                f"read as {number.value}",
            )
        return number.value

    def clean_text(self, field: str, raw: str) -> str:
        """Return a text without markup and what else is no text, of bounded length."""
        max_length = MAX_CHARACTERS[field]
        if len(raw) <= max_length and is_clean(raw):
            text = raw.strip()
        else:
            text, oddities = clean_text(raw[: max_length * _RAW_CHARACTERS_PER_KEPT])
            for oddity in oddities:
                problem = f"{field_words(field)} {excerpt(raw)} holds {oddity}"
                self.add_issue(f"{oddity} in {field_words(field)}", problem, f"read as {excerpt(text)}")
        if (
            len(text) <= _MAX_EMPTY_WORD_LENGTH
            and text.lower() in vocabulary("nothing")
            and field != "product_id"
        ):
            return ""
        if len(text) > max_length:
            if field != "product_id":
                problem = f"{field_words(field)} {excerpt(text)} has more than {max_length:,} characters"
                self.add_issue(f"{field_words(field)} too long", problem, "cut there")
            text = text[:max_length].rstrip()
        return text

    def leave_empty(self, field: str, text: str, oddity: str, advice: str = "") -> None:
        """Keep the issue of a cell that says nothing usable."""
        name = field_words(field)
        self.add_issue(f"{name} {oddity}", f"{name} {excerpt(text)} {oddity}", f"{name} left empty{advice}")

    def add_issue(self, reason: str, problem: str, resolution: str) -> None:
        """Keep an issue."""
        self.issues.append(Issue(reason, problem, resolution))


def field_words(field: str) -> str:
    """Return a field as messages call it."""
    return field.replace("_", " ")

"""Parse the cells of one raw row, collecting the issues found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from indexer.attributes import (
    as_text,
    is_property_numbers,
    read_object,
    split_attributes,
    split_tags,
    split_unnamed,
)
from indexer.categories import split_category
from indexer.cell_vocabulary import vocabulary
from indexer.column_names import ATTRIBUTE_PREFIX
from indexer.identifiers import is_spoilt, read_identifier, unwrap
from indexer.markup import clean_text
from indexer.numbers import (
    MAX_COUNT,
    MAX_PRICE_FEN,
    Number,
    currency_of,
    plain_price,
    read_availability,
    read_count,
    read_price,
    read_rating,
    read_stock,
)
from indexer.pictures import read_image
from indexer.statuses import read_status
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.times import read_time

# Elasticsearch limits ids to 512 bytes; longer ones cannot be truncated without the risk of collisions.
MAX_ID_BYTES = 512
# Characters kept. The longest of 74,362 real titles has 101 and Taobao allows 60 (30 Chinese
# characters); the longest real description has 547, but merchants export whole pages.
MAX_CHARACTERS = {
    "product_id": MAX_ID_BYTES + 1,
    "title": 500,
    "subtitle": 500,
    "description": 20_000,
    "brand": 100,
    "product_type": 100,
    "shop": 100,
    "group_id": 200,
    "category": 100,
    "tags": 50,
    "codes": 50,
    "attribute name": 50,
    "attributes": 500,
    "image_url": 2_000,
}
# Real products have up to 40 attributes, 8 tags and 4 category levels; more is an export error.
MAX_ATTRIBUTES = 100
MAX_TAGS = 50  # and codes
MAX_LEVELS = 8
# Raw characters read for each one kept, since the rest may be markup.
_RAW_CHARACTERS_PER_KEPT = 20
# The longest placeholder for a missing value.
_MAX_EMPTY_WORD_LENGTH = 9
_LEVEL_FIELDS = ("cat1", "cat2", "cat3", "cat4")
_STATUS_FIELDS = (
    *("status", "status.2", "status.3", "sku_status", "audit_status", "numbered_status"),
    *("is_off", "is_off.2", "visibility"),
)
# Excel rounds numbers of twelve digits and more, to seven characters at least: `1.2E+11`.
_MIN_SPOILT = 4
# A text of variants is short; a longer one is a description in the wrong column.
_MAX_UNNAMED = 60
# Kinds of values that fields want of an object (`indexer.attributes.VALUE_KEYS`).
_DECIMAL_COMMA = re.compile(r"(?<![0-9.,])([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),([0-9]{1,2})(?![0-9.,])")
_KINDS = {
    "stock": "stock",
    "availability": "status",
    "rating": "rating",
    "rating_percent": "rating",
    "reviews": "reviews",
} | (dict.fromkeys(_STATUS_FIELDS, "status") | {"sales": "reviews", "product_id": "id", "group_id": "id"})


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


class Cells:
    """The cells of a row by field; `issues` holds the issues found so far."""

    def __init__(self, values: Mapping[str, object], habits: Habits | None = None) -> None:
        self.values = values
        self.issues: list[Issue] = []
        self._habits = habits or Habits()

    def text(self, field: str) -> str:
        """Return the text of a cell on one line, truncated if too long."""
        value = self.values.get(field)
        if isinstance(value, str):
            return self._clean_text(field, value)
        if value is None:
            return ""
        if isinstance(value, Mapping | list | tuple):
            return self._clean_text(field, self._text_of_object(field, value))
        return self._clean_text(field, as_text(value))

    def identifier(self, field: str) -> str:
        """Return a number of a product, without what Excel and pandas make of it."""
        value = self.values.get(field)
        if value is None:
            return ""
        if not isinstance(value, str) and isinstance(value, Mapping | list | tuple):
            value = self._text_of_object(field, value)
        text = self._clean_text(field, read_identifier(value))
        if len(text) > _MIN_SPOILT and text[0] in "123456789" and is_spoilt(text):
            problem = f"{_field_words(field)} {excerpt(text)} was rounded by Excel"
            self._add_issue(
                f"{_field_words(field)} rounded by Excel",
                problem,
                "kept so; export it again as text, or as CSV",
            )
        return text

    def brand(self) -> str:
        """Return the brand, empty for placeholders such as `其他`."""
        brand = self.text("brand")
        if brand and brand.lower() in vocabulary("no_brand"):
            self._add_issue("brand names none", f"brand {excerpt(brand)} names none", "brand left empty")
            return ""
        return brand

    def product_type(self) -> str:
        """Return the kind of product, empty for a kind of shipping such as 实物商品."""
        kind = self.text("product_type")
        return "" if kind.lower() in vocabulary("no_product_type") else kind

    def category(self) -> tuple[str, ...]:
        """Return the path of `category`, or else of `cat1` to `cat4`, without repeated levels."""
        value, separator = self.values.get("category"), self._habits.category_separator
        if isinstance(value, str):
            levels, issues = _category_of_text(value, separator)
        else:
            levels, issues = _clean_levels([] if value is None else split_category(value, separator))
        if not levels:
            parts = [
                level
                for field in _LEVEL_FIELDS
                if field in self.values
                for level in split_category(self.values[field])
            ]
            levels, issues = _clean_levels(parts)
        self.issues.extend(issues)
        return levels[1:] if levels and levels[0] in self._habits.category_roots else levels

    def price(self, field: str, fen_field: str) -> int | None:
        """Return a price in fen, from a cell in yuan or else from one in fen."""
        value = self.values.get(field)
        if (
            isinstance(value, str)
            and "currency" not in self.values
            and (fen := plain_price(value)) is not None
        ):
            return fen
        name = field.replace("_", " ")
        text = self._money_text(field)
        if not text:
            fen = self._count(fen_field, MAX_PRICE_FEN)
            if fen is None or fen >= 0:
                return fen
            self._leave_empty(fen_field, str(fen), "is negative")
            return None
        if self._habits.has_decimal_commas:
            text = _DECIMAL_COMMA.sub(lambda match: f"{match[1].replace('.', '')}.{match[2]}", text)
        number = read_price(text, self._habits.currency)
        if number.value is None:
            foreign = currency_of(text) if number.oddity.startswith("is in ") else ""
            advice = f"; if the shop sells in it, say --currency {foreign}" if foreign else ""
            self._leave_empty(field, text, number.oddity, advice)
        elif number.oddity:
            resolution = f"read as {number.value / 100:.2f}"
            self._add_issue(f"{name} {number.oddity}", f"{name} {excerpt(text)} {number.oddity}", resolution)
        return number.value

    def _money_text(self, field: str) -> str:
        """Return a price with its currency, which may have a column or a key of its own."""
        value = self.values.get(field)
        if value is None:
            return ""
        currency: object = self.values.get("currency", "")
        if isinstance(value, Mapping):
            keys = ("currency", "currency_code", "currencyCode", "unit", "symbol")
            currency = next((value[key] for key in keys if value.get(key)), currency)
        if isinstance(value, Mapping | list | tuple):
            value = read_object(value, "price")
            if value is None:
                self._leave_empty(field, str(self.values[field]), "holds no price")
        text = unwrap(as_text(value).strip())
        if not text or text.lower() in vocabulary("nothing"):
            return ""
        code = currency_of(as_text(currency)) if currency else ""
        return f"{text} {code}" if code and code != self._habits.currency and not currency_of(text) else text

    def states_a_price(self) -> bool:
        """Return whether the cell of the price says anything, readable or not."""
        return bool(self._money_text("price") or self._cell_text("price_fen"))

    def stock(self) -> int | None:
        """Return the pieces in stock. A negative number means none, not unknown."""
        text = self._cell_text("stock")
        stock = self._number("stock", text, read_stock(text)) if text else None
        if stock is not None and stock < 0:
            self._add_issue("stock is negative", f"stock {excerpt(text)} is negative", "read as 0")
            stock = 0
        if "availability" not in self.values:
            return stock
        word = self._cell_text("availability")
        if not word:
            return stock
        available = read_availability(word)
        if available.value is None and available.oddity == "can be ordered":
            return stock or None
        if available.value is None and available.oddity:
            self._leave_empty("availability", word, available.oddity)
        elif available.value == 0:
            if stock:
                problem = f"stock {excerpt(text)} of what is {excerpt(word)}"
                self._add_issue("stock of what is sold out", problem, "read as 0")
            return 0
        if stock is None and available.value is not None:
            return max(0, available.value)
        return stock

    def count(self, field: str) -> int:
        """Return a count, as of pieces sold or reviews; 0 for an unknown one."""
        count = self._count(field)
        if count is not None and count < 0:
            self._leave_empty(field, str(count), "is negative")
        return max(0, count or 0)

    def rating(self) -> float | None:
        """Return the rating of `rating`, or else of `rating_percent`."""
        text = self._cell_text("rating")
        is_percentage = not text
        if is_percentage:
            text = self._cell_text("rating_percent")
        if not text:
            return None
        rating = read_rating(text, is_percentage=is_percentage)
        if rating.value is None:
            self._leave_empty("rating", text, rating.oddity)
        elif rating.oddity:
            problem = f"rating {excerpt(text)} {rating.oddity}"
            self._add_issue(f"rating {rating.oddity}", problem, f"read as {rating.value:g}")
        return rating.value

    def status(self) -> Literal["on", "off"]:
        """Return the status of the product: off if one of its columns says so, on if none is known."""
        off = False
        for field in _STATUS_FIELDS:
            text = self._cell_text(field) if field in self.values else ""
            if not text:
                continue
            status = read_status(field.partition(".")[0], text)
            off = off or status == "off"
            if status is None and field in ("status", "sku_status"):
                problem = f"{_field_words(field)} {excerpt(text)} is not known"
                self._add_issue("status unknown", problem, "product counts as on")
        return "off" if off else "on"

    def is_sold_out(self) -> bool:
        """Return whether a status says that there is none left, as 售罄."""
        return any(
            self._cell_text(field).lower() in vocabulary("out_of_stock") - vocabulary("no")
            for field in ("status", "status.2", "status.3", "sku_status")
        )

    def time(self, field: str, *, end_of_day: bool = False) -> datetime | None:
        """Return a moment; see `read_time`."""
        text = self._cell_text(field)
        if not text or text in vocabulary("no_time"):
            return None
        moment = read_time(text, end_of_day=end_of_day)
        if moment is None:
            self._leave_empty(field, text, "is no date")
        return moment

    def image(self) -> str:
        """Return the address of the variant's first picture, else of the first one of the product."""
        return self._image("sku_image") or self._image("image_url")

    def _image(self, field: str) -> str:
        value = self.values.get(field)
        if value is None or str(value).strip().lower() in vocabulary("nothing") | {""}:
            return ""
        url, oddity = read_image(value)
        if not url:
            self._leave_empty("image_url", str(value), oddity)
        elif len(url) > MAX_CHARACTERS["image_url"]:
            self._leave_empty("image_url", url, "is too long")
            return ""
        elif oddity:
            self._add_issue(
                f"image url {oddity}", f"image url {excerpt(as_text(value) or value)} {oddity}", "https added"
            )
        return url

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the texts of `tags` or `codes`, each once."""
        value = self.values.get(name)
        if value is None:
            return ()
        texts = dict.fromkeys(self._clean_text(name, text) for text in split_tags(value))
        texts.pop("", None)
        if len(texts) > MAX_TAGS:
            self._add_issue(f"too many {name}", f"there are {len(texts)} {name}", f"first {MAX_TAGS} kept")
        return tuple(texts)[:MAX_TAGS]

    def attributes(self) -> dict[str, tuple[str, ...]]:
        """Return the attributes of `attributes` and of the columns `attributes.NAME`."""
        pairs = [*self._pairs("attributes"), *self._pairs("sku_attributes")]
        for field, cell in self.values.items():
            if field.startswith(ATTRIBUTE_PREFIX):
                name = field.removeprefix(ATTRIBUTE_PREFIX)
                if isinstance(cell, str):
                    pairs.append((name, cell))
                    continue
                cells = cell if isinstance(cell, list | tuple) else (cell,)
                pairs += [(name, as_text(read_object(single))) for single in cells]
        kept: dict[str, dict[str, None]] = {}
        for raw_name, raw_value in pairs:
            if raw_value:
                name = self._clean_text("attribute name", raw_name)
                cell = self._clean_text("attributes", raw_value)
                if name and cell:
                    kept.setdefault(name, {})[cell] = None
        if len(kept) > MAX_ATTRIBUTES:
            self._add_issue(
                "too many attributes", f"there are {len(kept)} attributes", f"first {MAX_ATTRIBUTES} kept"
            )
        return {name: tuple(cells) for name, cells in list(kept.items())[:MAX_ATTRIBUTES]}

    def _pairs(self, field: str) -> list[tuple[str, str]]:
        value = self.values.get(field)
        if value is None or str(value).strip().lower() in vocabulary("nothing") | {""}:
            return []
        pairs = None if is_property_numbers(value) else split_attributes(value)
        if pairs is not None:
            return pairs
        text = as_text(value).strip()
        if is_property_numbers(value):
            self._leave_empty(field, text, "holds numbers of properties, not their names")
        elif text and text[0] not in "{[" and len(text) <= _MAX_UNNAMED:
            names = self.values.get("sku_attribute_names") if field == "sku_attributes" else None
            return split_unnamed(text, names if isinstance(names, list) else ())
        else:
            self._leave_empty(field, text or str(value), "cannot be read")
        return []

    def _text_of_object(self, field: str, value: object) -> str:
        """Return the text in an object or list; what holds none is reported."""
        text = as_text(read_object(value, _KINDS.get(field, "")))
        if not text:
            self._leave_empty(field, str(value), "is an object without a text")
        return text

    def _cell_text(self, field: str) -> str:
        """Return a number, date or word as text, empty for a cell without a value."""
        value = self.values.get(field)
        if value is None:
            return ""
        if isinstance(value, str):
            text = value.strip()
        else:
            if isinstance(value, Mapping | list | tuple):
                value = self._text_of_object(field, value)
            text = as_text(value).strip()
        if text[:1] in ("=", "'"):
            text = unwrap(text)
        return "" if text.lower() in vocabulary("nothing") else text

    def _count(self, field: str, maximum: int = MAX_COUNT) -> int | None:
        text = self._cell_text(field)
        return self._number(field, text, read_count(text, maximum)) if text else None

    def _number(self, field: str, text: str, number: Number) -> int | None:
        if number.value is None and number.oddity:
            self._leave_empty(field, text, number.oddity)
        elif number.oddity:
            self._add_issue(
                f"{field} {number.oddity}",
                f"{field} {excerpt(text)} {number.oddity}",
                f"read as {number.value}",
            )
        return number.value

    def _clean_text(self, field: str, raw: str) -> str:
        max_length = MAX_CHARACTERS[field]
        text, oddities = clean_text(
            raw if len(raw) <= max_length else raw[: max_length * _RAW_CHARACTERS_PER_KEPT]
        )
        for oddity in oddities:
            problem = f"{_field_words(field)} {excerpt(raw)} holds {oddity}"
            self._add_issue(f"{oddity} in {_field_words(field)}", problem, f"read as {excerpt(text)}")
        if (
            len(text) <= _MAX_EMPTY_WORD_LENGTH
            and text.lower() in vocabulary("nothing")
            and field != "product_id"
        ):
            return ""
        if len(text) > max_length:
            if field != "product_id":
                problem = f"{_field_words(field)} {excerpt(text)} has more than {max_length:,} characters"
                self._add_issue(f"{_field_words(field)} too long", problem, "cut there")
            text = text[:max_length].rstrip()
        return text

    def _leave_empty(self, field: str, text: str, oddity: str, advice: str = "") -> None:
        name = _field_words(field)
        self._add_issue(f"{name} {oddity}", f"{name} {excerpt(text)} {oddity}", f"{name} left empty{advice}")

    def _add_issue(self, reason: str, problem: str, resolution: str) -> None:
        self.issues.append(Issue(reason, problem, resolution))


# Many products share a category.
@lru_cache(1 << 12)
def _category_of_text(text: str, separator: str) -> tuple[tuple[str, ...], tuple[Issue, ...]]:
    return _clean_levels(split_category(text, separator))


def _clean_levels(parts: Sequence[str]) -> tuple[tuple[str, ...], tuple[Issue, ...]]:
    """Return the levels of a path without repeated and empty ones, with the issues found in them."""
    cells = Cells({})
    levels: list[str] = []
    for part in parts:
        level = cells._clean_text("category", part).replace(">", " ").strip()
        if level and levels[-1:] != [level]:
            levels.append(level)
    if len(levels) > MAX_LEVELS:
        cells._add_issue(
            "category too deep", f"category has {len(levels)} levels", f"first {MAX_LEVELS} kept"
        )
    return tuple(levels[:MAX_LEVELS]), tuple(cells.issues)


def _field_words(field: str) -> str:
    return field.replace("_", " ")

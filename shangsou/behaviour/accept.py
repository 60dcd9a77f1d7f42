"""The values of one event, as they come from a file or over HTTP, to an `Event`, or why there is none."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from shangsou.behaviour.event import PRODUCT_ACTIONS, Event
from shangsou.reading.json_values import MAX_NUMBER_LENGTH
from shangsou.reading.repair import Repair, shown
from shangsou.reading.times import CHINA, read_time

MAX_ID_LENGTH = 256
"""Characters of any id; UBI 1.3 has 100, and 256 for products."""
MAX_ACTION_LENGTH = 100
"""UBI 1.3."""
MAX_QUERY_LENGTH = 256
"""Characters of a query that are kept: as many as a search reads."""
MAX_RESULTS = 100
"""Products that a search shows: no page has more."""
# No list is as deep, no order as large; a larger figure is a slip and says nothing.
_MAX_POSITION = 100_000
_MAX_QUANTITY = 1_000_000
_MAX_PRICE_FEN = 100_000_000_000
_ACTIONS = {
    "click_through": "click",
    "pv": "view",
    "page_view": "view",
    "product_view": "view",
    "fav": "favorite",
    "favourite": "favorite",
    "cart": "add_to_cart",
    "addtocart": "add_to_cart",
    "buy": "purchase",
    "on_search": "search",
    "view_search_results": "search",
}
# What programs write for a shopper whom they do not know: taken as an id, it would be one shopper with
# everybody's history.
_NOBODY = frozenset({"null", "none", "undefined", "nan", "nil", "(null)", "\\n", "-", "anonymous"})
_EPOCH_DIVISOR = {10: 1, 13: 1_000, 16: 1_000_000}
_YEARS = range(1990, 2101)
# Yuan, as a table or a JSON number writes them. Bounded, since what follows is arithmetic: Python takes
# minutes for `1e999999`.
_YUAN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,25})?(?:e[+-]?[0-9]{1,2})?|\.[0-9]{1,25}", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Flaw(NamedTuple):
    """What is wrong with a field of an event."""

    field: str
    repair: Repair

    @classmethod
    def of(cls, field: str, what: str) -> "Flaw":
        """Return a flaw in the words of whoever found it."""
        return cls(field, Repair(field or "event", what, "left out"))


class Accepted(NamedTuple):
    """An event, or None with the reason in the last flaw."""

    event: Event | None
    flaws: list[Flaw]


class _Refused(Exception):
    """The event cannot be kept; the last flaw says why."""


def accept_event(values: Mapping[str, object], row_id: Callable[[], str]) -> Accepted:
    """Return the event in some values; nothing raises.

    Without a readable time, an action and, where the action is done to one, a product, or with an id too
    long, there is no event. Any other bad value is left empty.

    Parameters
    ----------
    values
        By the names of `columns.NAMES`: text from a table, plain JSON values from JSON.
    row_id
        Gives the id of an event that brings none: a hash of its row.
    """
    flaws: list[Flaw] = []
    try:
        return Accepted(_event(values, row_id, flaws), flaws)
    except _Refused:
        return Accepted(None, flaws)


def hash_of_row(row: str | Mapping[str, object]) -> str:
    """Return the id of an event that brings none: the same for the same row, whenever and from wherever."""
    text = row if isinstance(row, str) else json.dumps(row, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _event(values: Mapping[str, object], row_id: Callable[[], str], flaws: list[Flaw]) -> Event:
    action = _action(values.get("action_name", ""), flaws)
    at = _time(values.get("timestamp", ""), flaws)
    product_id = _id(values, "product_id", flaws)
    if action in PRODUCT_ACTIONS and not product_id:
        _refuse(flaws, "product_id", "product missing", f"{shown(action)} is done to no product")
    return Event(
        event_id=_id(values, "event_id", flaws) or row_id(),
        action=action,
        at=at,
        user_id=_person(values, "user_id", flaws),
        session_id=_person(values, "session_id", flaws),
        query_id=_id(values, "query_id", flaws),
        query=_query(values.get("user_query"), flaws),
        product_id=product_id,
        position=_number(values, "position", 1, _MAX_POSITION, flaws),
        price_fen=_price(values.get("price"), flaws),
        quantity=_number(values, "quantity", 1, _MAX_QUANTITY, flaws),
        order_id=_id(values, "order_id", flaws),
        results=_results(values.get("results"), flaws),
    )


def _action(value: object, flaws: list[Flaw]) -> str:
    if not isinstance(value, str) or not value.strip():
        _refuse(flaws, "action_name", "action missing", f"the action is {shown(value)}, no name")
    name = str(value).strip().lower()
    if len(name) > MAX_ACTION_LENGTH:
        what = f"action {shown(name)} has more than {MAX_ACTION_LENGTH} characters"
        _refuse(flaws, "action_name", "action too long", what)
    return _ACTIONS.get(name, name)


def _time(value: object, flaws: list[Flaw]) -> datetime:
    moment = None if isinstance(value, bool) else read_moment(str(value))
    if moment is None:
        years = f"from {_YEARS[0]} to {_YEARS[-1]}"
        what = f"timestamp {shown(value)} is no time {years}" if value else "there is no timestamp"
        _refuse(flaws, "timestamp", "no time" if value else "time missing", what)
    return moment or _EPOCH


def read_moment(text: str) -> datetime | None:
    """Return the moment, aware and in UTC, or None where the text is no time.

    Epoch seconds, milliseconds or microseconds, or ISO 8601, and what catalogs write; without a zone it is
    Chinese time.
    """
    whole, _, fraction = text.strip().partition(".")
    if whole.isascii() and whole.isdigit() and len(whole) in _EPOCH_DIVISOR:
        microseconds = int(whole) * (1_000_000 // _EPOCH_DIVISOR[len(whole)])
        if len(whole) == 10 and fraction[:6].isdigit():
            microseconds += int(fraction[:6].ljust(6, "0"))
        moment = _EPOCH + timedelta(microseconds=microseconds)
    else:
        try:
            written = datetime.fromisoformat(text.strip())
        except ValueError:
            return read_time(text)
        if not 1 < written.year < MAXYEAR:
            return None  # its zone may lead out of what a datetime can hold
        moment = (written if written.tzinfo else written.replace(tzinfo=CHINA)).astimezone(UTC)
    return moment if moment.year in _YEARS else None


def _id(values: Mapping[str, object], field: str, flaws: list[Flaw]) -> str:
    value = values.get(field)
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.strip()
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    else:
        _refuse(
            flaws, field, f"{field} is no id", f"{field} {shown(value)} is neither text nor a whole number"
        )
    if len(text) > MAX_ID_LENGTH:
        what = f"{field} {shown(text)} has more than {MAX_ID_LENGTH} characters"
        _refuse(flaws, field, f"{field} too long", what)
    return text


def _person(values: Mapping[str, object], field: str, flaws: list[Flaw]) -> str:
    text = _id(values, field, flaws)
    if text and text.lower() in _NOBODY:
        repair = Repair(f"{field} of nobody", f"{field} {shown(text)} names nobody", f"{field} left empty")
        flaws.append(Flaw(field, repair))
        return ""
    return text


def _query(value: object, flaws: list[Flaw]) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        _leave_empty(flaws, "user_query", value, "is no text")
        return ""
    if len(value) > MAX_QUERY_LENGTH:
        what = f"the query has {len(value):,} characters"
        repair = Repair("query too long", what, f"cut to {MAX_QUERY_LENGTH}")
        flaws.append(Flaw("user_query", repair))
    return value[:MAX_QUERY_LENGTH].strip()


def _number(values: Mapping[str, object], field: str, least: int, most: int, flaws: list[Flaw]) -> int | None:
    value = values.get(field)
    if value is None or value == "":
        return None
    text = str(value).strip().removesuffix(".0")
    if not isinstance(value, bool) and text.isascii() and text.isdigit() and len(text) < 10:
        number = int(text)
        if least <= number <= most:
            return number
    _leave_empty(flaws, field, value, f"is no whole number from {least} to {most:,}")
    return None


def _price(value: object, flaws: list[Flaw]) -> int | None:
    if value is None or value == "":
        return None
    text = unicodedata.normalize("NFKC", str(value)[: MAX_NUMBER_LENGTH + 1])
    text = text.strip().strip("¥元").replace(",", "").strip()
    if not isinstance(value, bool) and len(text) <= MAX_NUMBER_LENGTH and _YUAN.fullmatch(text):
        fen = round(Decimal(text) * 100)
        if fen <= _MAX_PRICE_FEN:
            return fen
    _leave_empty(flaws, "price", value, "is no price in yuan")
    return None


def _results(value: object, flaws: list[Flaw]) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list | tuple) and all(
        isinstance(one, str) and len(one) <= MAX_ID_LENGTH for one in value
    ):
        return tuple(value[:MAX_RESULTS])
    _leave_empty(flaws, "results", value, "is no list of product ids")
    return ()


def _leave_empty(flaws: list[Flaw], field: str, value: object, why: str) -> None:
    flaws.append(Flaw(field, Repair(f"bad {field}", f"{field} {shown(value)} {why}", f"{field} left empty")))


def _refuse(flaws: list[Flaw], field: str, reason: str, what: str) -> None:
    flaws.append(Flaw(field, Repair(reason, what, "event left out")))
    raise _Refused

"""Parse the values of one event, from a file or over HTTP, into an `Event`, or explain why that failed."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, NoReturn

from shangsou.behaviour.actions import action_kind
from shangsou.behaviour.event import PRODUCT_ACTIONS, Event
from shangsou.limits import MAX_ID_LENGTH, MAX_QUERY_LENGTH
from shangsou.reading.issue import Issue, excerpt
from shangsou.reading.json_values import MAX_NUMBER_LENGTH
from shangsou.reading.times import CHINA, read_time

MAX_ACTION_LENGTH = 100
"""As in UBI 1.3."""
UNKNOWN_ACTION = "unknown action"
"""The reason for which an event with an action of unknown name is rejected."""
MAX_RESULTS = 100
"""Products that a search shows: no page has more."""
# No list is that deep, no order that large; a larger figure is an error.
_MAX_POSITION = 100_000
_MAX_QUANTITY = 1_000_000
_MAX_PRICE_FEN = 100_000_000_000
# Placeholders that programs write for unknown shoppers: taken as an id, each would be one shopper with
# everybody's history.
_ANONYMOUS_IDS = frozenset({"null", "none", "undefined", "nan", "nil", "(null)", "\\n", "-", "anonymous"})
_EPOCH_DIVISOR = {10: 1, 13: 1_000, 16: 1_000_000}
_YEARS = range(1990, 2101)
# Yuan, as a table or a JSON number writes them. Bounded, since arithmetic follows: Python takes
# minutes for `1e999999`.
_YUAN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,25})?(?:e[+-]?[0-9]{1,2})?|\.[0-9]{1,25}", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FieldIssue(NamedTuple):
    """An issue in a field of an event."""

    field: str
    issue: Issue

    @classmethod
    def of(cls, field: str, problem: str) -> "FieldIssue":
        """Return the issue of a field whose value was dropped."""
        return cls(field, Issue(field or "event", problem, "left out"))


class ParsedEvent(NamedTuple):
    """The parsed event, or None with the reason in the last issue."""

    event: Event | None
    issues: list[FieldIssue]


class _Rejected(Exception):
    """The event is rejected; the last issue gives the reason."""


def parse_event(
    values: Mapping[str, object],
    row_id: Callable[[], str],
    own_names: Mapping[str, str] | None = None,
    *,
    keeps_unknown: bool = True,
) -> ParsedEvent:
    """Parse an event from its values; never raises.

    An event without a readable time, an action or, where the action needs one, a product is rejected, and so
    is one with an id that is too long. Any other bad value is left empty.

    Parameters
    ----------
    values
        Under the names of `columns.COLUMN_NAMES`: text from a table, plain JSON values from JSON.
    row_id
        The id of an event that has none: a hash of its row.
    own_names
        Names of actions and what they stand for, from `actions.read_action_options`.
    keeps_unknown
        Whether an action of unknown name is kept under it, as of a client that sends what it likes. A file
        of another system has such names where nobody has told which action it is: there they are rejected.
    """
    issues: list[FieldIssue] = []
    try:
        action = _parse_action(values.get("action_name", ""), own_names, issues, keeps_unknown=keeps_unknown)
        return ParsedEvent(_parse_fields(action, values, row_id, issues), issues)
    except _Rejected:
        return ParsedEvent(None, issues)


def hash_row(row: str | Mapping[str, object]) -> str:
    """Return an id for an event without one: always the same for the same row."""
    text = row if isinstance(row, str) else json.dumps(row, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _parse_fields(
    action: str, values: Mapping[str, object], row_id: Callable[[], str], issues: list[FieldIssue]
) -> Event:
    at = _parse_time(values.get("timestamp", ""), issues)
    product_id = _parse_id(values, "product_id", issues)
    if action in PRODUCT_ACTIONS and not product_id:
        _reject(issues, "product_id", "product missing", f"{excerpt(action)} is done to no product")
    return Event(
        event_id=_parse_id(values, "event_id", issues) or row_id(),
        action=action,
        at=at,
        user_id=_parse_shopper_id(values, "user_id", issues),
        session_id=_parse_shopper_id(values, "session_id", issues),
        query_id=_parse_id(values, "query_id", issues),
        query=_parse_query(values.get("user_query"), issues),
        product_id=product_id,
        position=_parse_number(values, "position", 1, _MAX_POSITION, issues),
        price_fen=_parse_price(values.get("price"), issues),
        quantity=_parse_number(values, "quantity", 1, _MAX_QUANTITY, issues),
        order_id=_parse_id(values, "order_id", issues),
        results=_parse_results(values.get("results"), issues),
    )


def _parse_action(
    value: object, own_names: Mapping[str, str] | None, issues: list[FieldIssue], *, keeps_unknown: bool
) -> str:
    if not isinstance(value, str) or not value.strip():
        _reject(issues, "action_name", "action missing", f"the action is {excerpt(value)}, no name")
    name = value.strip().lower()
    if len(name) > MAX_ACTION_LENGTH:
        problem = f"action {excerpt(name)} has more than {MAX_ACTION_LENGTH} characters"
        _reject(issues, "action_name", "action too long", problem)
    kind = action_kind(name, own_names)
    if kind is None and not keeps_unknown:
        problem = f"action {excerpt(name)} is not known"
        _reject(issues, "action_name", UNKNOWN_ACTION, problem)
    return kind or name


def _parse_time(value: object, issues: list[FieldIssue]) -> datetime:
    moment = None if isinstance(value, bool) else parse_moment(str(value))
    if moment is None:
        years = f"from {_YEARS[0]} to {_YEARS[-1]}"
        problem = f"timestamp {excerpt(value)} is no time {years}" if value else "there is no timestamp"
        _reject(issues, "timestamp", "no time" if value else "time missing", problem)
    return moment


def parse_moment(text: str) -> datetime | None:
    """Return the moment, aware and in UTC, or None for text that is not a time.

    Epoch seconds, milliseconds or microseconds, ISO 8601, and the formats of catalogs; without a zone it
    is Chinese time.
    """
    whole, _, fraction = text.strip().partition(".")
    if whole.isascii() and whole.isdigit() and len(whole) in _EPOCH_DIVISOR:
        microseconds = int(whole) * (1_000_000 // _EPOCH_DIVISOR[len(whole)])
        if len(whole) == 10 and fraction.isascii() and fraction[:6].isdigit():
            microseconds += int(fraction[:6].ljust(6, "0"))
        moment = _EPOCH + timedelta(microseconds=microseconds)
    else:
        try:
            written = datetime.fromisoformat(text.strip())
        except ValueError:
            return read_time(text)
        if not 1 < written.year < MAXYEAR:
            return None  # its zone may put it outside the range of datetime
        moment = (written if written.tzinfo else written.replace(tzinfo=CHINA)).astimezone(UTC)
    return moment if moment.year in _YEARS else None


def _parse_id(values: Mapping[str, object], field: str, issues: list[FieldIssue]) -> str:
    value = values.get(field)
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.strip()
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    else:
        _reject(
            issues, field, f"{field} is no id", f"{field} {excerpt(value)} is neither text nor a whole number"
        )
    if len(text) > MAX_ID_LENGTH:
        problem = f"{field} {excerpt(text)} has more than {MAX_ID_LENGTH} characters"
        _reject(issues, field, f"{field} too long", problem)
    return text


def _parse_shopper_id(values: Mapping[str, object], field: str, issues: list[FieldIssue]) -> str:
    text = _parse_id(values, field, issues)
    if text and text.lower() in _ANONYMOUS_IDS:
        issue = Issue(f"{field} of nobody", f"{field} {excerpt(text)} names nobody", f"{field} left empty")
        issues.append(FieldIssue(field, issue))
        return ""
    return text


def _parse_query(value: object, issues: list[FieldIssue]) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        _leave_empty(issues, "user_query", value, "is no text")
        return ""
    if len(value) > MAX_QUERY_LENGTH:
        problem = f"the query has {len(value):,} characters"
        issue = Issue("query too long", problem, f"cut to {MAX_QUERY_LENGTH}")
        issues.append(FieldIssue("user_query", issue))
    return value[:MAX_QUERY_LENGTH].strip()


def _parse_number(
    values: Mapping[str, object], field: str, minimum: int, maximum: int, issues: list[FieldIssue]
) -> int | None:
    value = values.get(field)
    if value is None or value == "":
        return None
    text = str(value).strip().removesuffix(".0")
    if not isinstance(value, bool) and text.isascii() and text.isdigit() and len(text) < 10:
        number = int(text)
        if minimum <= number <= maximum:
            return number
    _leave_empty(issues, field, value, f"is no whole number from {minimum} to {maximum:,}")
    return None


def _parse_price(value: object, issues: list[FieldIssue]) -> int | None:
    if value is None or value == "":
        return None
    text = unicodedata.normalize("NFKC", str(value)[: MAX_NUMBER_LENGTH + 1])
    text = text.strip().strip("¥元").replace(",", "").strip()
    if not isinstance(value, bool) and len(text) <= MAX_NUMBER_LENGTH and _YUAN.fullmatch(text):
        fen = round(Decimal(text) * 100)
        if fen <= _MAX_PRICE_FEN:
            return fen
    _leave_empty(issues, "price", value, "is no price in yuan")
    return None


def _parse_results(value: object, issues: list[FieldIssue]) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list | tuple) and all(
        isinstance(product_id, str) and len(product_id) <= MAX_ID_LENGTH for product_id in value
    ):
        return tuple(value[:MAX_RESULTS])
    _leave_empty(issues, "results", value, "is no list of product ids")
    return ()


def _leave_empty(issues: list[FieldIssue], field: str, value: object, complaint: str) -> None:
    issues.append(
        FieldIssue(
            field, Issue(f"bad {field}", f"{field} {excerpt(value)} {complaint}", f"{field} left empty")
        )
    )


def _reject(issues: list[FieldIssue], field: str, reason: str, problem: str) -> NoReturn:
    issues.append(FieldIssue(field, Issue(reason, problem, "event left out")))
    raise _Rejected
